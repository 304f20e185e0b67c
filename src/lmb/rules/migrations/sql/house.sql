-- Row-level security starts from nothing: of a table under it, the application role sees no row
-- and writes none, unless the house does its own work. That is said in a setting: for a process of
-- the house (the command line) on its connections, for a service of a door in its transaction
-- (lmb.rules.sessions). What a session sees beside that is decided where persons and roles are
-- known: in `people`, by people_show().
CREATE FUNCTION lmb_house() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
    SELECT coalesce(current_setting('lmb.house', true), '') = 'yes';
$$;

-- Puts a table under row-level security: the house does everything, everybody else nothing.
CREATE FUNCTION lmb_secure(p_table regclass)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', p_table);
    EXECUTE format('CREATE POLICY house ON %s TO lmb_app USING ((SELECT lmb_house()))
                    WITH CHECK ((SELECT lmb_house()))', p_table);
END $$;

REVOKE ALL ON FUNCTION lmb_house(), lmb_secure(regclass) FROM PUBLIC;
-- Policies call it with the rights of whoever asks.
GRANT EXECUTE ON FUNCTION lmb_house() TO lmb_app;

SELECT lmb_secure('rules_determination');
SELECT lmb_secure('rules_determination_input');
