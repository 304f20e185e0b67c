-- What holds for everyone who speaks SQL: histories are insert-only, endings are set once, and
-- references point at rows that exist.

-- Refuses any change of a row but of the columns named; `once`: and of those only while the first
-- of them is null, `many`: as often as needed.
CREATE FUNCTION people_keep_terms() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    v_free text[] := TG_ARGV[1:];
BEGIN
    IF to_jsonb(NEW) - v_free IS DISTINCT FROM to_jsonb(OLD) - v_free THEN
        RAISE EXCEPTION '% keeps its terms; record a new row instead', TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_ARGV[0] = 'once' AND to_jsonb(OLD) ->> v_free[1] IS NOT NULL THEN
        RAISE EXCEPTION '% has ended and stays so; record a new row instead', TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

-- Makes a table insert-only but for an ending that is set once, and opens it to the application.
CREATE FUNCTION people_make_ending(p_table regclass, VARIADIC p_columns text[])
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER keep_terms BEFORE UPDATE ON %s
                    FOR EACH ROW EXECUTE FUNCTION people_keep_terms(''once'', %s)', p_table,
                   (SELECT string_agg(quote_literal(c), ', ') FROM unnest(p_columns) AS c));
    EXECUTE format('CREATE TRIGGER refuse_delete BEFORE DELETE ON %s
                    FOR EACH ROW EXECUTE FUNCTION lmb_refuse_change()', p_table);
    EXECUTE format('CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON %s
                    FOR EACH STATEMENT EXECUTE FUNCTION lmb_refuse_change()', p_table);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE (%s) ON %s TO lmb_app',
                   (SELECT string_agg(quote_ident(c), ', ') FROM unnest(p_columns) AS c), p_table);
END $$;

REVOKE ALL ON FUNCTION people_keep_terms(), people_make_ending(regclass, text[]) FROM PUBLIC;
