SELECT lmb_make_insert_only('facts_work_record', true);
SELECT lmb_make_insert_only('facts_attestation', true);

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
