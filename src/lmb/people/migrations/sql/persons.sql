SELECT lmb_make_insert_only('people_person', true);
SELECT lmb_make_insert_only('people_residence', true);
SELECT lmb_make_insert_only('people_circumstances', true);
SELECT lmb_make_insert_only('people_sign_in', true);
SELECT people_make_ending('people_identity', 'ended_at', 'ended_by', 'ended_because');
SELECT people_make_ending('people_review_case', 'decided_at', 'outcome', 'decided_by',
    'approved_by', 'decided_because');

ALTER TABLE people_residence ADD CONSTRAINT people_residence_person
    FOREIGN KEY (cell, person) REFERENCES people_person (cell, id);
ALTER TABLE people_identity ADD CONSTRAINT people_identity_person
    FOREIGN KEY (cell, person) REFERENCES people_person (cell, id);
ALTER TABLE people_sign_in
    ADD CONSTRAINT people_sign_in_person
        FOREIGN KEY (cell, person) REFERENCES people_person (cell, id),
    ADD CONSTRAINT people_sign_in_account
        FOREIGN KEY (issuer, subject) REFERENCES people_identity (issuer, subject);
ALTER TABLE people_review_case ADD CONSTRAINT people_review_case_person
    FOREIGN KEY (cell, person) REFERENCES people_person (cell, id);
ALTER TABLE people_circumstances
    ADD CONSTRAINT people_circumstances_person
        FOREIGN KEY (cell, person) REFERENCES people_person (cell, id),
    ADD CONSTRAINT people_circumstances_hash_is_of_content
        CHECK (sha256 = encode(sha256(convert_to(content, 'UTF8')), 'hex'));

-- A person under a pseudonym is a simulated run's: their key follows from the pseudonym, and a
-- real person's key must not follow from anything.
CREATE FUNCTION people_refuse_pseudonyms() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM added a JOIN ledger_cell c ON c.id = a.cell
               WHERE a.reference IS NOT NULL AND NOT c.simulated) THEN
        RAISE EXCEPTION 'real books know no pseudonyms: enrol people by their identity'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER refuse_pseudonyms AFTER INSERT ON people_person REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION people_refuse_pseudonyms();

REVOKE ALL ON FUNCTION people_refuse_pseudonyms() FROM PUBLIC;
