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

-- A provider sees who trains with it, and what was attested of that: never what the lottery drew.
SELECT people_secure('training_enrolment', $$
    SELF(person) OR WARD(person) OR SERVED(person) OR ROLE(auditor)
    OR EXISTS (SELECT FROM programs_program p WHERE p.cell = training_enrolment.cell
               AND p.code = training_enrolment.program AND CODE(provider, provider))$$);
SELECT people_show('facts_attestation', $$
    (SELECT people_code('provider')) IS NOT NULL
    AND kind IN ('accepted', 'enrolled', 'completed') AND EXISTS (
        SELECT FROM training_enrolment e
        JOIN programs_program p ON p.cell = e.cell AND p.code = e.program
        WHERE e.cell = facts_attestation.cell AND e.person = facts_attestation.person
          AND CODE(provider, provider))$$);
