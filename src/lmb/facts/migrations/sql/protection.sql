SELECT lmb_make_insert_only('facts_work_record', true);
SELECT lmb_make_insert_only('facts_attestation', true);
SELECT lmb_make_insert_only('facts_hire', true);

ALTER TABLE facts_work_record
    ADD CONSTRAINT facts_work_record_person
        FOREIGN KEY (cell, person) REFERENCES people_person (cell, id),
    ADD CONSTRAINT facts_work_record_supersedes_one_on_file
        FOREIGN KEY (cell, supersedes) REFERENCES facts_work_record (cell, id);
ALTER TABLE facts_attestation
    ADD CONSTRAINT facts_attestation_person
        FOREIGN KEY (cell, person) REFERENCES people_person (cell, id),
    ADD CONSTRAINT facts_attestation_supersedes_one_on_file
        FOREIGN KEY (cell, supersedes) REFERENCES facts_attestation (cell, id);
ALTER TABLE facts_hire
    ADD CONSTRAINT facts_hire_person
        FOREIGN KEY (cell, person) REFERENCES people_person (cell, id),
    ADD CONSTRAINT facts_hire_supersedes_one_on_file
        FOREIGN KEY (cell, supersedes) REFERENCES facts_hire (cell, id);

-- A person sees their own; a board does the case work of its state; an employer sees what it told.
-- Neither is a delegate's business: no class of data that can be handed over covers them.
SELECT people_secure('facts_work_record',
    'SELF(person) OR SERVED(person) OR CODE(employer, employer) OR ROLE(auditor)');
SELECT people_secure('facts_hire',
    'SELF(person) OR SERVED(person) OR CODE(employer, employer) OR ROLE(auditor)');
SELECT people_secure('facts_attestation',
    'SELF(person) OR SERVED(person) OR ROLE(auditor)');
