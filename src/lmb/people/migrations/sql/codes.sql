SELECT people_make_ending('people_code', 'ended_at', 'ended_by', 'ended_because', 'taken_for');
ALTER TABLE people_code
    ADD CONSTRAINT people_code_person FOREIGN KEY (cell, person)
        REFERENCES people_person (cell, id),
    ADD CONSTRAINT people_code_ended_before_it_expired CHECK (ended_at < expires_at);
SELECT people_secure('people_code',
    'SELF(person) OR BODY(taken_for)');
