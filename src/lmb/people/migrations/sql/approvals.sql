SELECT lmb_make_insert_only('people_approval', true);
SELECT lmb_make_insert_only('people_security_event', true);
SELECT lmb_make_insert_only('people_payout_hold', true);
SELECT people_make_ending('people_authenticator', 'ended_at', 'ended_by', 'ended_because',
    'signature_count', 'used_at');
SELECT people_make_ending('people_proposal', 'spent_at', 'spent_on');

ALTER TABLE people_authenticator ADD CONSTRAINT people_authenticator_person
    FOREIGN KEY (cell, person) REFERENCES people_person (cell, id);
ALTER TABLE people_proposal
    ADD CONSTRAINT people_proposal_person
        FOREIGN KEY (cell, proposed_by) REFERENCES people_person (cell, id),
    ADD CONSTRAINT people_proposal_hash_is_of_content
        CHECK (sha256 = encode(sha256(convert_to(content, 'UTF8')), 'hex'));
ALTER TABLE people_approval
    ADD CONSTRAINT people_approval_proposal
        FOREIGN KEY (cell, proposal) REFERENCES people_proposal (cell, id),
    ADD CONSTRAINT people_approval_membership
        FOREIGN KEY (cell, membership) REFERENCES people_membership (cell, id),
    ADD CONSTRAINT people_approval_authenticator
        FOREIGN KEY (cell, authenticator) REFERENCES people_authenticator (cell, id);
ALTER TABLE people_security_event ADD CONSTRAINT people_security_event_person
    FOREIGN KEY (cell, person) REFERENCES people_person (cell, id);
ALTER TABLE people_payout_hold
    ADD CONSTRAINT people_payout_hold_person
        FOREIGN KEY (cell, person) REFERENCES people_person (cell, id),
    ADD CONSTRAINT people_payout_hold_determination
        FOREIGN KEY (cell, determination) REFERENCES rules_determination (cell, id);

-- Two persons approve a proposal that is open, each in a membership they hold; where it is to be
-- signed, with a passkey of their own. It is carried out once, after that.
CREATE FUNCTION people_check_approval() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    v_proposal people_proposal;
BEGIN
    IF TG_TABLE_NAME = 'people_proposal' THEN
        IF NEW.spent_at IS NOT NULL AND (NEW.spent_at >= NEW.expires_at OR (
            SELECT count(*) FROM people_approval a
            WHERE a.cell = NEW.cell AND a.proposal = NEW.id) < 2) THEN
            RAISE EXCEPTION 'proposal % is expired or not approved by two persons', NEW.id
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    SELECT * INTO v_proposal FROM people_proposal p
    WHERE p.cell = NEW.cell AND p.id = NEW.proposal FOR UPDATE;
    IF v_proposal.spent_at IS NOT NULL OR NEW.recorded_at >= v_proposal.expires_at THEN
        RAISE EXCEPTION 'proposal % is carried out or expired', NEW.proposal
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NOT EXISTS (SELECT FROM people_membership m
                   WHERE m.cell = NEW.cell AND m.id = NEW.membership
                     AND m.person = NEW.person AND m.ended_at IS NULL) THEN
        RAISE EXCEPTION 'an approval is given in a membership its person holds'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF v_proposal.signed AND NOT EXISTS (
        SELECT FROM people_authenticator a
        WHERE a.cell = NEW.cell AND a.id = NEW.authenticator
          AND a.person = NEW.person AND a.ended_at IS NULL) THEN
        RAISE EXCEPTION 'this approval is signed with a passkey of its person'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER check_approval BEFORE INSERT ON people_approval
    FOR EACH ROW EXECUTE FUNCTION people_check_approval();
CREATE TRIGGER check_approval BEFORE INSERT OR UPDATE ON people_proposal
    FOR EACH ROW EXECUTE FUNCTION people_check_approval();
REVOKE ALL ON FUNCTION people_check_approval() FROM PUBLIC;
