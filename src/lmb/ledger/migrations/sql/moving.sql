-- What a row of history brings about, whoever writes it: a transfer moves its two accounts and
-- its hold, and is the next of its cell. Nobody can write one without the other.
--
-- One look at all the rows a statement added is several times cheaper than a trigger's or a
-- foreign key's look at each of them. What they refer to can never be deleted.

-- What a transfer of a kind adds to the posted and to the held sums of its accounts.
CREATE FUNCTION ledger_posted(p_kind text, p_amount bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE RETURN CASE WHEN p_kind IN ('post', 'capture') THEN p_amount ELSE 0 END;
CREATE FUNCTION ledger_held(p_kind text, p_amount bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE
RETURN CASE p_kind WHEN 'post' THEN 0 WHEN 'hold' THEN p_amount ELSE -p_amount END;

CREATE FUNCTION ledger_check_journals() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp SET enable_seqscan = off AS $$
BEGIN
    IF EXISTS (
        SELECT FROM added j
        LEFT JOIN LATERAL (SELECT true AS found FROM ledger_cell o
            WHERE o.id = j.cell LIMIT 1) c ON true
        LEFT JOIN LATERAL (SELECT true AS found FROM rules_determination o
            WHERE o.cell = j.cell AND o.id = j.determination LIMIT 1) d ON true
        LEFT JOIN LATERAL (SELECT true AS found FROM ledger_instruction o
            WHERE o.cell = j.cell AND o.id = j.instruction LIMIT 1) i ON true
        LEFT JOIN LATERAL (SELECT true AS found FROM ledger_journal o
            WHERE o.cell = j.cell AND o.id = j.reverses LIMIT 1) r ON true
        WHERE c.found IS NULL
           OR (j.determination IS NOT NULL AND d.found IS NULL)
           OR (j.instruction IS NOT NULL AND i.found IS NULL)
           OR (j.reverses IS NOT NULL AND r.found IS NULL)
    ) THEN
        RAISE EXCEPTION 'a journal names a cell, a cause or a journal that is not on file'
            USING ERRCODE = 'foreign_key_violation',
                  CONSTRAINT = 'ledger_journal_refers_to_rows_on_file';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER refers_to_rows_on_file AFTER INSERT ON ledger_journal
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_journals();

-- Each cell's new transfers are numbered on from its last one, and recorded no earlier.
CREATE FUNCTION ledger_continue_cell() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE
    v_broken integer;
BEGIN
    WITH heads AS (
        SELECT cell, min(seq) AS first, max(seq) AS last, count(*) AS transfers,
            min(recorded_at) AS earliest, max(recorded_at) AS latest
        FROM added GROUP BY cell
    ), continued AS (
        UPDATE ledger_cell c SET seq_last = h.last, recorded_at_last = h.latest
        FROM heads h
        WHERE c.id = h.cell AND h.first = c.seq_last + 1 AND h.last = c.seq_last + h.transfers
          AND (c.recorded_at_last > h.earliest) IS NOT TRUE
        RETURNING c.id
    )
    SELECT count(*) INTO v_broken FROM heads WHERE cell NOT IN (SELECT id FROM continued);
    IF v_broken > 0 THEN
        RAISE EXCEPTION 'a transfer does not follow the last one of its cell'
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'ledger_transfer_follows_the_last';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER continue_cell AFTER INSERT ON ledger_transfer
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ledger_continue_cell();

CREATE FUNCTION ledger_move_accounts() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    v_missing bigint;
BEGIN
    WITH sides AS (
        SELECT cell, debit AS account, unit, seq, ledger_posted(kind, amount_cents) AS debited,
            0::bigint AS credited, ledger_held(kind, amount_cents) AS held_debit,
            0::bigint AS held_credit
        FROM added
        UNION ALL
        SELECT cell, credit, unit, seq, 0, ledger_posted(kind, amount_cents), 0,
            ledger_held(kind, amount_cents)
        FROM added
    ), sums AS (
        SELECT cell, account, unit, max(seq) AS seq, sum(debited) AS debited,
            sum(credited) AS credited, sum(held_debit) AS held_debit,
            sum(held_credit) AS held_credit
        FROM sides GROUP BY cell, account, unit
    ), moved AS (
        UPDATE ledger_account a SET seq_last = s.seq,
            posted_debit_cents = a.posted_debit_cents + s.debited,
            posted_credit_cents = a.posted_credit_cents + s.credited,
            held_debit_cents = a.held_debit_cents + s.held_debit,
            held_credit_cents = a.held_credit_cents + s.held_credit
        FROM sums s WHERE a.cell = s.cell AND a.id = s.account AND a.unit = s.unit
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM sums) - (SELECT count(*) FROM moved) INTO v_missing;
    IF v_missing > 0 OR EXISTS (
        SELECT FROM (SELECT DISTINCT cell, journal FROM added) t
        LEFT JOIN LATERAL (SELECT true AS found FROM ledger_journal o
            WHERE o.cell = t.cell AND o.id = t.journal LIMIT 1) j ON true
        WHERE j.found IS NULL
    ) THEN
        RAISE EXCEPTION 'a transfer names an account of its unit or a journal that is not on file'
            USING ERRCODE = 'foreign_key_violation',
                  CONSTRAINT = 'ledger_transfer_refers_to_rows_on_file';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER move_accounts AFTER INSERT ON ledger_transfer
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ledger_move_accounts();

CREATE FUNCTION ledger_move_holds() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM added WHERE hold IS NOT NULL) THEN
        RETURN NULL;
    END IF;
    IF EXISTS (
        SELECT FROM added t
        LEFT JOIN LATERAL (SELECT * FROM ledger_hold o
            WHERE o.cell = t.cell AND o.id = t.hold LIMIT 1) h ON true
        WHERE t.hold IS NOT NULL
          AND ((h.debit, h.credit, h.unit) IS DISTINCT FROM (t.debit, t.credit, t.unit)
               OR (t.kind = 'hold' AND (t.id, t.amount_cents) <> (h.id, h.amount_cents)))
    ) THEN
        RAISE EXCEPTION 'a transfer names a hold that is not on file between its accounts'
            USING ERRCODE = 'foreign_key_violation',
                  CONSTRAINT = 'ledger_transfer_refers_to_its_hold';
    END IF;
    WITH taken AS (
        SELECT cell, hold, sum(ledger_posted(kind, amount_cents)) AS captured,
            sum(amount_cents) AS taken, bool_or(kind = 'expire') AS expired
        FROM added WHERE hold IS NOT NULL AND kind <> 'hold' GROUP BY cell, hold
    )
    UPDATE ledger_hold h SET captured_cents = h.captured_cents + t.captured,
        released_cents = h.released_cents + t.taken - t.captured,
        state = CASE
            WHEN h.captured_cents + h.released_cents + t.taken < h.amount_cents THEN 'open'
            WHEN t.expired THEN 'expired'
            WHEN h.captured_cents + t.captured > 0 THEN 'captured'
            ELSE 'voided' END
    FROM taken t WHERE h.cell = t.cell AND h.id = t.hold;
    RETURN NULL;
END $$;
CREATE TRIGGER move_holds AFTER INSERT ON ledger_transfer
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ledger_move_holds();
