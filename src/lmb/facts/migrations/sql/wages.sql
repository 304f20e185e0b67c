-- Wages of people, in two times, and what waits to be decided about some.
SELECT lmb_make_insert_only(name::regclass, true)
FROM unnest(ARRAY['facts_wage_load', 'facts_wage', 'facts_wage_set_aside', 'facts_wage_decision',
    'facts_succession']) AS name;

ALTER TABLE facts_wage
    ADD CONSTRAINT facts_wage_person FOREIGN KEY (cell, person) REFERENCES people_person (cell, id),
    ADD CONSTRAINT facts_wage_of_a_load FOREIGN KEY (cell, load)
        REFERENCES facts_wage_load (cell, id);
ALTER TABLE facts_wage_set_aside
    ADD CONSTRAINT facts_wage_set_aside_of_a_load FOREIGN KEY (cell, load)
        REFERENCES facts_wage_load (cell, id),
    ADD CONSTRAINT facts_wage_set_aside_person FOREIGN KEY (cell, person)
        REFERENCES people_person (cell, id);
ALTER TABLE facts_wage_decision
    ADD CONSTRAINT facts_wage_decision_of_one_set_aside FOREIGN KEY (cell, load, row)
        REFERENCES facts_wage_set_aside (cell, load, row),
    ADD CONSTRAINT facts_wage_decision_person FOREIGN KEY (cell, person)
        REFERENCES people_person (cell, id);
ALTER TABLE facts_succession
    ADD CONSTRAINT facts_succession_supersedes_one_on_file FOREIGN KEY (cell, supersedes)
        REFERENCES facts_succession (cell, id);

-- An amendment is of the same person, employer, quarter and source, and is told later.
CREATE FUNCTION facts_check_amendments() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM added a LEFT JOIN facts_wage w ON w.cell = a.cell AND w.id = a.supersedes
        WHERE a.supersedes IS NOT NULL
          AND (w.person, w.employer, w.quarter, w.source)
              IS DISTINCT FROM (a.person, a.employer, a.quarter, a.source)
           OR a.recorded_at < w.recorded_at
    ) THEN
        RAISE EXCEPTION 'an amended wage is of the same person, employer, quarter and source, later'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER amends_its_own AFTER INSERT ON facts_wage REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION facts_check_amendments();
REVOKE ALL ON FUNCTION facts_check_amendments() FROM PUBLIC;

-- Pay is seen by whom it is of and by auditors; no class of data that can be handed to a delegate
-- covers it, and the law lets only aggregates go further (20 CFR 603).
SELECT people_secure('facts_wage', 'SELF(person) OR ROLE(auditor)');
SELECT people_secure('facts_wage_set_aside', 'ROLE(state-board) OR ROLE(agency) OR ROLE(auditor)');
SELECT people_secure('facts_wage_decision', 'ROLE(state-board) OR ROLE(agency) OR ROLE(auditor)');
SELECT people_secure('facts_wage_load', 'ROLE(state-board) OR ROLE(agency) OR ROLE(auditor)');
SELECT people_secure('facts_succession', 'ROLE(state-board) OR ROLE(agency) OR ROLE(auditor)');
