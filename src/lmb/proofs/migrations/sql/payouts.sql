-- Whom the books trust is decided by their owner: the application reads it and cannot lift it.
SELECT lmb_make_insert_only('proofs_policy', false);
SELECT lmb_make_insert_only('proofs_witnessed', true);
SELECT lmb_make_insert_only('proofs_audit', true);
SELECT lmb_secure('proofs_audit');
ALTER TABLE proofs_policy
    ADD CONSTRAINT proofs_policy_cell FOREIGN KEY (cell) REFERENCES ledger_cell (id);
ALTER TABLE proofs_witnessed
    ADD CONSTRAINT proofs_witnessed_under_a_policy
        FOREIGN KEY (cell, policy) REFERENCES proofs_policy (cell, number),
    ADD CONSTRAINT proofs_witnessed_a_checkpoint
        FOREIGN KEY (cell, size) REFERENCES proofs_checkpoint (cell, size);
ALTER TABLE proofs_audit
    ADD CONSTRAINT proofs_audit_cell FOREIGN KEY (cell) REFERENCES ledger_cell (id);

-- Why payouts of these books wait at a moment, as a sentence with the next step; null when they
-- need not wait. Moments are real ones also where the books are simulated: witnesses know no other.
CREATE FUNCTION proofs_payout_refusal(p_cell integer, p_at timestamptz) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
DECLARE
    v_policy record;
    v_last record;
    v_found text;
BEGIN
    SELECT p.number, p.patience_seconds INTO v_policy
    FROM proofs_policy p WHERE p.cell = p_cell ORDER BY p.number DESC LIMIT 1;
    IF NOT FOUND OR v_policy.patience_seconds IS NULL THEN
        RETURN NULL;
    END IF;
    SELECT w.size, w.witnessed_at INTO v_last
    FROM proofs_witnessed w
    WHERE w.cell = p_cell AND w.policy = v_policy.number
    ORDER BY w.witnessed_at DESC LIMIT 1;
    IF NOT FOUND THEN
        v_found := 'no checkpoint has been cosigned by the witnesses these books trust';
    ELSIF v_last.witnessed_at >= p_at - make_interval(secs => v_policy.patience_seconds) THEN
        RETURN NULL;
    ELSE
        v_found := format(
            'the last witnessed checkpoint, of %s leaves, was cosigned at %s UTC, %s ago',
            v_last.size,
            to_char(v_last.witnessed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS'),
            proofs_duration(extract(epoch FROM p_at - v_last.witnessed_at)));
    END IF;
    RETURN format('payouts of the books "%s" wait: %s; at most %s may pass. See which witnesses '
                  'do not answer with `lmb proofs trust`, then run `lmb proofs publish`; nothing '
                  'was paid, and the same order can be given again',
                  (SELECT c.name FROM ledger_cell c WHERE c.id = p_cell), v_found,
                  proofs_duration(v_policy.patience_seconds));
END $$;

-- A duration for people: "40 s", "17 min", "3 h".
CREATE FUNCTION proofs_duration(p_seconds numeric) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN p_seconds < 120 THEN floor(p_seconds) || ' s'
                WHEN p_seconds < 7200 THEN floor(p_seconds / 60) || ' min'
                ELSE floor(p_seconds / 3600) || ' h' END
$$;

-- A payout moves posted money from an account that has a source (its fund) to one that has none:
-- to the world outside. Whoever writes it, through whichever door, it waits for the witnesses;
-- money set aside, released or moved within the programme does not.
CREATE FUNCTION proofs_hold_back_payouts() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    v_cell integer;
    v_refusal text;
BEGIN
    IF NOT EXISTS (SELECT FROM proofs_policy) THEN
        RETURN NULL;
    END IF;
    FOR v_cell IN
        SELECT DISTINCT a.cell
        FROM added a
        JOIN ledger_account d ON d.cell = a.cell AND d.id = a.debit
        JOIN ledger_account c ON c.cell = a.cell AND c.id = a.credit
        WHERE a.kind IN ('post', 'capture') AND d.fund IS NOT NULL AND c.fund IS NULL
    LOOP
        v_refusal := proofs_payout_refusal(v_cell, clock_timestamp());
        IF v_refusal IS NOT NULL THEN
            RAISE EXCEPTION '%', v_refusal USING ERRCODE = 'LB002';
        END IF;
    END LOOP;
    RETURN NULL;
END $$;
CREATE TRIGGER hold_back_payouts AFTER INSERT ON ledger_transfer REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION proofs_hold_back_payouts();
REVOKE ALL ON FUNCTION proofs_hold_back_payouts(), proofs_duration(numeric),
    proofs_payout_refusal(integer, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION proofs_duration(numeric), proofs_payout_refusal(integer, timestamptz)
    TO lmb_app;
