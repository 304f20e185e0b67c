-- A history is insert-only for everyone: the application, the owner of the tables, a hurried
-- administrator. A correction is a new row that names what it supersedes.
CREATE FUNCTION lmb_refuse_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is insert-only: % refused; record a new row that supersedes the old one',
        TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;

-- Makes a table insert-only and opens it to the application role for reading and adding.
CREATE FUNCTION lmb_make_insert_only(p_table regclass, p_application_may_insert boolean)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON %s
                    FOR EACH ROW EXECUTE FUNCTION lmb_refuse_change()', p_table);
    EXECUTE format('CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON %s
                    FOR EACH STATEMENT EXECUTE FUNCTION lmb_refuse_change()', p_table);
    EXECUTE format('GRANT SELECT ON %s TO lmb_app', p_table);
    IF p_application_may_insert THEN
        EXECUTE format('GRANT INSERT ON %s TO lmb_app', p_table);
    END IF;
END $$;
REVOKE ALL ON FUNCTION lmb_make_insert_only(regclass, boolean) FROM PUBLIC;
