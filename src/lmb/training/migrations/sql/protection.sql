SELECT lmb_make_insert_only('training_enrolment', true);

ALTER TABLE training_enrolment
    ADD CONSTRAINT training_enrolment_bond
        FOREIGN KEY (cell, bond) REFERENCES bonds_bond (cell, id),
    ADD CONSTRAINT training_enrolment_person
        FOREIGN KEY (cell, person) REFERENCES people_person (cell, id),
    ADD CONSTRAINT training_enrolment_program
        FOREIGN KEY (cell, program) REFERENCES programs_program (cell, code),
    ADD CONSTRAINT training_enrolment_hold
        FOREIGN KEY (cell, hold) REFERENCES ledger_hold (cell, id);
