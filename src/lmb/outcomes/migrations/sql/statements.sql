-- Determinations on file. Nothing is changed or deleted; what a statement says of itself, the table
-- it was counted from, two engines, two persons, its window: all of it is held here, for raw SQL too.
SELECT lmb_make_insert_only(name::regclass, true)
FROM unnest(ARRAY['outcomes_terms', 'outcomes_frozen', 'outcomes_frozen_secret',
    'outcomes_frozen_row', 'outcomes_frozen_tile', 'outcomes_statement', 'outcomes_engine_run',
    'outcomes_signature', 'outcomes_challenge', 'outcomes_answer']) AS name;

ALTER TABLE outcomes_terms
    ADD CONSTRAINT outcomes_terms_cell FOREIGN KEY (cell) REFERENCES ledger_cell (id),
    ADD CONSTRAINT outcomes_terms_hash_is_of_content
        CHECK (sha256 = encode(sha256(convert_to(content, 'UTF8')), 'hex'));
ALTER TABLE outcomes_frozen
    ADD CONSTRAINT outcomes_frozen_cell FOREIGN KEY (cell) REFERENCES ledger_cell (id),
    ADD CONSTRAINT outcomes_frozen_hashes
        CHECK (root ~ '^[0-9a-f]{64}$' AND sha256 ~ '^[0-9a-f]{64}$' AND records > 0);
ALTER TABLE outcomes_frozen_secret
    ADD CONSTRAINT outcomes_frozen_secret_of FOREIGN KEY (cell, root)
        REFERENCES outcomes_frozen (cell, root),
    ADD CONSTRAINT outcomes_frozen_secret_is_long CHECK (secret ~ '^[0-9a-f]{64}$');
ALTER TABLE outcomes_frozen_row
    ADD CONSTRAINT outcomes_frozen_row_of FOREIGN KEY (cell, root)
        REFERENCES outcomes_frozen (cell, root),
    ADD CONSTRAINT outcomes_frozen_row_person FOREIGN KEY (cell, person)
        REFERENCES people_person (cell, id),
    ADD CONSTRAINT outcomes_frozen_row_begins_with_its_key CHECK (key = split_part(row, ',', 1));
ALTER TABLE outcomes_frozen_tile
    ADD CONSTRAINT outcomes_frozen_tile_of FOREIGN KEY (cell, root)
        REFERENCES outcomes_frozen (cell, root);
ALTER TABLE outcomes_frozen_tile ALTER COLUMN hashes SET STORAGE EXTERNAL;
ALTER TABLE outcomes_statement
    ADD CONSTRAINT outcomes_statement_terms FOREIGN KEY (cell, terms)
        REFERENCES outcomes_terms (cell, sha256),
    ADD CONSTRAINT outcomes_statement_frozen FOREIGN KEY (cell, root)
        REFERENCES outcomes_frozen (cell, root),
    ADD CONSTRAINT outcomes_statement_supersedes FOREIGN KEY (cell, supersedes)
        REFERENCES outcomes_statement (cell, sha256),
    ADD CONSTRAINT outcomes_statement_hash_is_of_content
        CHECK (sha256 = encode(sha256(convert_to(content, 'UTF8')), 'hex')),
    ADD CONSTRAINT outcomes_statement_columns_are_of_content
        CHECK ((content::jsonb ->> 'terms_sha256', content::jsonb #>> '{records,merkle_root}',
                content::jsonb ->> 'run_id', content::jsonb ->> 'kind',
                content::jsonb ->> 'published_on', content::jsonb ->> 'challenge_until',
                content::jsonb ->> 'supersedes')
               IS NOT DISTINCT FROM (terms, root, run_id, kind, to_char(published_on, 'YYYY-MM-DD'),
                to_char(challenge_until, 'YYYY-MM-DD'), supersedes));
ALTER TABLE outcomes_engine_run
    ADD CONSTRAINT outcomes_engine_run_of FOREIGN KEY (cell, statement)
        REFERENCES outcomes_statement (cell, sha256);
ALTER TABLE outcomes_signature
    ADD CONSTRAINT outcomes_signature_of FOREIGN KEY (cell, statement)
        REFERENCES outcomes_statement (cell, sha256),
    ADD CONSTRAINT outcomes_signature_supersedes_a_signed_one FOREIGN KEY (cell, supersedes)
        REFERENCES outcomes_signature (cell, statement),
    ADD CONSTRAINT outcomes_signature_proposal FOREIGN KEY (cell, proposal)
        REFERENCES people_proposal (cell, id),
    ADD CONSTRAINT outcomes_signature_instruction FOREIGN KEY (cell, instruction)
        REFERENCES ledger_instruction (cell, id),
    ADD CONSTRAINT outcomes_signature_transfer FOREIGN KEY (cell, transfer)
        REFERENCES ledger_transfer (cell, id);
ALTER TABLE outcomes_challenge
    ADD CONSTRAINT outcomes_challenge_of_a_signed_statement FOREIGN KEY (cell, statement)
        REFERENCES outcomes_signature (cell, statement),
    ADD CONSTRAINT outcomes_challenge_claimant FOREIGN KEY (cell, claimant)
        REFERENCES people_person (cell, id);
ALTER TABLE outcomes_answer
    ADD CONSTRAINT outcomes_answer_of FOREIGN KEY (cell, challenge)
        REFERENCES outcomes_challenge (cell, id),
    ADD CONSTRAINT outcomes_answer_by FOREIGN KEY (cell, answered_by)
        REFERENCES people_person (cell, id);

CREATE FUNCTION outcomes_day(p_at timestamptz) RETURNS date
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT (p_at AT TIME ZONE 'America/New_York')::date;
$$;

-- Rows come before the first statement that counts them, and none after.
CREATE FUNCTION outcomes_check_rows() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM (SELECT DISTINCT cell, root FROM added) a
               JOIN outcomes_statement s USING (cell, root)) THEN
        RAISE EXCEPTION 'records that a statement counts are frozen: freeze another table'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER frozen AFTER INSERT ON outcomes_frozen_row REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION outcomes_check_rows();

-- A statement counts the table its content names, whole and in order. Corrections come in time.
CREATE FUNCTION outcomes_check_statement() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_frozen outcomes_frozen;
    v_before outcomes_statement;
    v_rows integer;
    v_sha256 text;
BEGIN
    SELECT * INTO v_frozen FROM outcomes_frozen f WHERE f.cell = NEW.cell AND f.root = NEW.root;
    SELECT count(*), encode(sha256(convert_to(
            'person,tranche,arm,block,source,recorded_on,status,outcome' || E'\n'
            || string_agg(r.row, E'\n' ORDER BY r.index) || E'\n', 'UTF8')), 'hex')
    INTO v_rows, v_sha256
    FROM outcomes_frozen_row r WHERE r.cell = NEW.cell AND r.root = NEW.root;
    IF (v_rows, v_sha256) IS DISTINCT FROM (v_frozen.records, v_frozen.sha256)
       OR (NEW.content::jsonb #>> '{records,sha256}') IS DISTINCT FROM v_frozen.sha256 THEN
        RAISE EXCEPTION 'statement % does not count the table on file under its root', NEW.sha256
            USING ERRCODE = 'restrict_violation';
    END IF;
    SELECT * INTO v_before FROM outcomes_statement s
    WHERE s.cell = NEW.cell AND s.sha256 = NEW.supersedes;
    IF NEW.kind = 'correction' AND NEW.published_on > v_before.challenge_until
       AND NEW.content::jsonb -> 'answers' = '[]' THEN
        RAISE EXCEPTION 'after the window only an answer to a challenge corrects; make a true-up'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.supersedes IS NOT NULL
       AND NEW.published_on > (NEW.content::jsonb ->> 'longstop_on')::date THEN
        RAISE EXCEPTION 'after its longstop a statement stands' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER counts_its_table BEFORE INSERT ON outcomes_statement
    FOR EACH ROW EXECUTE FUNCTION outcomes_check_statement();

-- Signed is what two engines counted alike and two persons approved, by the day it is published. The
-- approval names this statement and was carried out for it; the movement has the instruction as its
-- cause. A true-up waits until nothing about the statement before it is open.
CREATE FUNCTION outcomes_check_signature() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_statement outcomes_statement;
BEGIN
    SELECT * INTO v_statement FROM outcomes_statement s
    WHERE s.cell = NEW.cell AND s.sha256 = NEW.statement;
    IF (SELECT (count(*), count(DISTINCT tallies_sha256)) FROM outcomes_engine_run r
        WHERE r.cell = NEW.cell AND r.statement = NEW.statement) IS DISTINCT FROM (2::bigint, 1::bigint)
    THEN
        RAISE EXCEPTION 'statement % was not counted alike by two engines', NEW.statement
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.supersedes, NEW.issue) IS DISTINCT FROM (v_statement.supersedes, (
        SELECT t.issue FROM outcomes_terms t
        WHERE t.cell = NEW.cell AND t.sha256 = v_statement.terms)) THEN
        RAISE EXCEPTION 'a signature repeats what its statement supersedes and the issue of its terms'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF outcomes_day(NEW.recorded_at) > v_statement.published_on THEN
        RAISE EXCEPTION 'statement % was to be published on %: its window would be cut short',
            NEW.statement, v_statement.published_on USING ERRCODE = 'restrict_violation';
    END IF;
    IF NOT EXISTS (
        SELECT FROM people_proposal p
        WHERE p.cell = NEW.cell AND p.id = NEW.proposal AND p.spent_at IS NOT NULL
          AND p.action = 'sign-determination'
          AND p.content::jsonb #>> '{content,statement_sha256}' = NEW.statement
          AND (SELECT count(*) FROM people_approval a
               WHERE a.cell = p.cell AND a.proposal = p.id
                 AND a.person IN (NEW.signed_by, NEW.approved_by)) = 2) THEN
        RAISE EXCEPTION 'statement % was not approved by these two persons', NEW.statement
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NOT EXISTS (
        SELECT FROM ledger_transfer t
        JOIN ledger_journal j ON j.cell = t.cell AND j.id = t.journal
        JOIN ledger_instruction i ON i.cell = j.cell AND i.id = j.instruction
        WHERE t.cell = NEW.cell AND t.id = NEW.transfer AND i.id = NEW.instruction
          AND i.content::jsonb ->> 'statement_sha256' = NEW.statement) THEN
        RAISE EXCEPTION 'statement % is not what this movement stands for', NEW.statement
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF v_statement.kind = 'true-up' AND EXISTS (
        SELECT FROM outcomes_challenge c
        WHERE c.cell = NEW.cell AND c.statement = NEW.supersedes AND NOT EXISTS (
            SELECT FROM outcomes_answer a WHERE a.cell = c.cell AND a.challenge = c.id)) THEN
        RAISE EXCEPTION 'a challenge to the statement before is open: answer it first'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER signed_by_two BEFORE INSERT ON outcomes_signature
    FOR EACH ROW EXECUTE FUNCTION outcomes_check_signature();

-- A challenge is filed on its day, within the window, about people with a record, and not against a
-- statement that another has taken the place of.
CREATE FUNCTION outcomes_check_challenge() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_statement outcomes_statement;
BEGIN
    SELECT * INTO v_statement FROM outcomes_statement s
    WHERE s.cell = NEW.cell AND s.sha256 = NEW.statement;
    IF NEW.filed_on <> outcomes_day(NEW.recorded_at)
       OR NEW.filed_on NOT BETWEEN v_statement.published_on AND v_statement.challenge_until THEN
        RAISE EXCEPTION 'statement % is open to challenge from % to %', NEW.statement,
            v_statement.published_on, v_statement.challenge_until
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (SELECT FROM outcomes_signature g
               WHERE g.cell = NEW.cell AND g.supersedes = NEW.statement) THEN
        RAISE EXCEPTION 'statement % was superseded: challenge the one in its place', NEW.statement
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (SELECT FROM unnest(NEW.keys) AS k(key) WHERE NOT EXISTS (
        SELECT FROM outcomes_frozen_row r
        WHERE r.cell = NEW.cell AND r.root = v_statement.root AND r.key = k.key)) THEN
        RAISE EXCEPTION 'a challenge names people with a record in statement %', NEW.statement
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER in_its_window BEFORE INSERT ON outcomes_challenge
    FOR EACH ROW EXECUTE FUNCTION outcomes_check_challenge();

-- Nobody answers their own challenge; a correction answers those it names.
CREATE FUNCTION outcomes_check_answer() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_challenge outcomes_challenge;
BEGIN
    SELECT * INTO v_challenge FROM outcomes_challenge c
    WHERE c.cell = NEW.cell AND c.id = NEW.challenge;
    IF NEW.answered_by = v_challenge.claimant THEN
        RAISE EXCEPTION 'whoever filed a challenge does not answer it'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.correction IS NOT NULL AND NOT EXISTS (
        SELECT FROM outcomes_signature g
        JOIN outcomes_statement s ON s.cell = g.cell AND s.sha256 = g.statement
        WHERE g.cell = NEW.cell AND g.statement = NEW.correction
          AND g.supersedes = v_challenge.statement
          AND s.content::jsonb -> 'answers' ? NEW.challenge::text) THEN
        RAISE EXCEPTION 'statement % is no signed correction that answers challenge %',
            NEW.correction, NEW.challenge USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER answered_by_another BEFORE INSERT ON outcomes_answer
    FOR EACH ROW EXECUTE FUNCTION outcomes_check_answer();

REVOKE ALL ON FUNCTION outcomes_check_rows(), outcomes_check_statement(),
    outcomes_check_signature(), outcomes_check_challenge(), outcomes_check_answer(),
    outcomes_day(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION outcomes_day(timestamptz) TO lmb_app;

-- Statements hold exact counts of small groups: those who carry them out read them, the public reads
-- what `publish` makes of them. Rows are read by whom they are about; the secret by no session.
SELECT people_secure(name::regclass,
    'ROLE(agency) OR ROLE(state-board) OR ROLE(treasury) OR ROLE(auditor)')
FROM unnest(ARRAY['outcomes_terms', 'outcomes_frozen', 'outcomes_statement', 'outcomes_engine_run',
    'outcomes_signature']) AS name;
SELECT people_secure('outcomes_frozen_secret', 'false');
SELECT people_secure('outcomes_frozen_tile', 'ROLE(auditor)');
SELECT people_secure('outcomes_frozen_row', 'SELF(person) OR ROLE(auditor)');
SELECT people_secure('outcomes_challenge',
    'ME(claimant) OR BODY(organisation) OR ROLE(agency) OR ROLE(treasury) OR ROLE(auditor)');
SELECT people_secure('outcomes_answer',
    'EXISTS (SELECT FROM outcomes_challenge c WHERE c.cell = outcomes_answer.cell
             AND c.id = outcomes_answer.challenge)');
