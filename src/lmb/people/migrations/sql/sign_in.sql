-- Secrets of signing in: the house alone reads them. What a person may know of their own is told by
-- lmb.people.sign_in.queries.
CREATE TRIGGER keep_terms BEFORE UPDATE ON people_account
    FOR EACH ROW EXECUTE FUNCTION people_keep_terms('many', 'password', 'password_set_at');
CREATE TRIGGER refuse_delete BEFORE DELETE ON people_account
    FOR EACH ROW EXECUTE FUNCTION lmb_refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON people_account
    FOR EACH STATEMENT EXECUTE FUNCTION lmb_refuse_change();
GRANT SELECT, INSERT, UPDATE (password, password_set_at) ON people_account TO lmb_app;

-- The wrapped secret changes only by the owner, when master keys are renewed.
SELECT people_make_ending('people_code_generator', 'ended_at', 'ended_because', 'step_last',
    'master', 'wrapped');
REVOKE UPDATE (master, wrapped) ON people_code_generator FROM lmb_app;
SELECT people_make_ending('people_recovery_code', 'ended_at', 'ended_because');
SELECT people_make_ending('people_counter_code', 'ended_at', 'ended_because');
SELECT lmb_make_insert_only('people_proofing', true);
GRANT SELECT, INSERT, UPDATE, DELETE ON sign_in_attempt TO lmb_app;

ALTER TABLE people_account ADD CONSTRAINT people_account_person
    FOREIGN KEY (cell, person) REFERENCES people_person (cell, id);
ALTER TABLE people_code_generator ADD CONSTRAINT people_code_generator_person
    FOREIGN KEY (cell, person) REFERENCES people_person (cell, id);
ALTER TABLE people_recovery_code ADD CONSTRAINT people_recovery_code_person
    FOREIGN KEY (cell, person) REFERENCES people_person (cell, id);
ALTER TABLE people_counter_code ADD CONSTRAINT people_counter_code_person
    FOREIGN KEY (cell, person) REFERENCES people_person (cell, id);
ALTER TABLE people_proofing
    ADD CONSTRAINT people_proofing_person
        FOREIGN KEY (cell, person) REFERENCES people_person (cell, id),
    ADD CONSTRAINT people_proofing_organisation
        FOREIGN KEY (cell, organisation) REFERENCES people_organisation (cell, id),
    ADD CONSTRAINT people_proofing_code
        FOREIGN KEY (cell, counter_code) REFERENCES people_counter_code (cell, id),
    ADD CONSTRAINT people_proofing_by_another CHECK (recorded_by <> person);

SELECT people_secure('people_account', 'false');
SELECT people_secure('people_code_generator', 'false');
SELECT people_secure('people_recovery_code', 'false');
SELECT people_secure('people_counter_code', 'false');
SELECT people_secure('people_proofing',
    'SELF(person) OR BODY(organisation) OR ROLE(security-officer) OR ROLE(auditor)');
SELECT lmb_secure('sign_in_attempt');
