-- The one way money moves: look at everything, decide what is in doubt, write what stands.
--
-- ledger_post answers one result per item, and the results are those of posting the items one
-- after another. The items of a linked journal stand or fall together; those of another stand
-- alone. Looking and writing take one statement each for the whole batch. Most items can be
-- answered by looking: nothing that came before them in the batch could change the answer. Only
-- the others are decided in order, in deciding.sql.

-- A journal of a batch; it takes effect when it is recorded unless it says when. `refusal` is what
-- refuses all its items; `certain` that nothing earlier in the batch can change that.
CREATE TYPE ledger_header AS (
    id uuid, kind text, actor text, determination uuid, instruction uuid, reverses uuid,
    effective_at timestamptz, linked boolean, refusal text, certain boolean);

-- An item of a batch: what was asked, what the books know of it, and its answer.
--
-- Places are even; the rest that a final capture releases stands one after it. `result` is null
-- while in doubt, `certain` says that it is not. The room of an account is what a limit leaves to
-- an item that opens or posts; null is no limit. Balances and sequence numbers are those the last
-- transfer before the batch left.
CREATE TYPE ledger_step AS (
    place bigint, journal integer, certain boolean, debit uuid, credit uuid, amount bigint,
    debit_balance bigint, credit_balance bigint, debit_seq bigint, credit_seq bigint, id uuid,
    result text, kind text, code text, unit text, hold uuid, final boolean,
    expires_at timestamptz, debit_room bigint, credit_room bigint, key text, debit_code text,
    credit_code text, asked numeric);

-- The first 128 bits of a SHA-256 as a UUID of version 8 (RFC 9562).
CREATE FUNCTION ledger_uuid8(p_digest bytea) RETURNS uuid LANGUAGE sql IMMUTABLE
RETURN encode(substring(set_byte(set_byte(p_digest, 6, get_byte(p_digest, 6) & 15 | 128),
    8, get_byte(p_digest, 8) & 63 | 128) FOR 16), 'hex')::uuid;

-- A transfer's identifier follows from its key, so that a key can move at most once.
CREATE FUNCTION ledger_digest(p_cell integer, p_key text) RETURNS bytea LANGUAGE sql IMMUTABLE
RETURN sha256(convert_to(p_cell::text || chr(31) || p_key, 'UTF8'));
CREATE FUNCTION ledger_transfer_id(p_cell integer, p_key text) RETURNS uuid LANGUAGE sql IMMUTABLE
RETURN ledger_uuid8(ledger_digest(p_cell, p_key));

-- Reads the journals of a batch and answers what refuses them whatever their items are.
CREATE FUNCTION ledger_read_headers(p_cell ledger_cell, p_moment timestamptz, p_journals jsonb)
RETURNS ledger_header[] LANGUAGE sql STABLE SET enable_seqscan = off AS $$
    WITH told AS MATERIALIZED (
        SELECT (value ->> 'id')::uuid AS id, value ->> 'kind' AS kind, value ->> 'actor' AS actor,
            (value ->> 'determination')::uuid AS determination,
            (value ->> 'instruction')::uuid AS instruction,
            (value ->> 'reverses')::uuid AS reverses,
            (value ->> 'effective_at')::timestamptz AS effective_at,
            coalesce((value ->> 'linked')::boolean, true) AS linked, ordinality AS place,
            count(*) OVER (PARTITION BY value -> 'id') AS namesakes
        FROM jsonb_array_elements(p_journals) WITH ORDINALITY
    )
    SELECT array_agg(ROW(j.id, j.kind, j.actor, j.determination, j.instruction, j.reverses,
            j.effective_at, j.linked,
            CASE
                WHEN num_nonnulls(j.determination, j.instruction) <> 1 OR coalesce(j.actor, '') = ''
                    THEN 'no_cause'
                WHEN d.found IS NULL AND i.found IS NULL THEN 'unknown_cause'
                WHEN coalesce(j.effective_at, p_moment) <= p_cell.closed_through
                    THEN 'period_closed'
                WHEN o.found THEN 'journal_exists'
                WHEN j.reverses IS NOT NULL AND r.found IS NULL THEN 'unknown_journal'
                WHEN again.found THEN 'journal_reversed'
            END,
            -- A second journal of one identifier, or one that reverses, looks at those before it.
            j.reverses IS NULL AND j.namesakes = 1
        )::ledger_header ORDER BY j.place)
    FROM told j
    LEFT JOIN LATERAL (SELECT true AS found FROM rules_determination x
        WHERE x.cell = p_cell.id AND x.id = j.determination LIMIT 1) d ON true
    LEFT JOIN LATERAL (SELECT true AS found FROM ledger_instruction x
        WHERE x.cell = p_cell.id AND x.id = j.instruction LIMIT 1) i ON true
    LEFT JOIN LATERAL (SELECT true AS found FROM ledger_journal x
        WHERE x.cell = p_cell.id AND x.id = j.id LIMIT 1) o ON true
    LEFT JOIN LATERAL (SELECT true AS found FROM ledger_journal x
        WHERE x.cell = p_cell.id AND x.id = j.reverses LIMIT 1) r ON true
    LEFT JOIN LATERAL (SELECT true AS found FROM ledger_journal x
        WHERE x.cell = p_cell.id AND x.reverses = j.reverses LIMIT 1) again ON true;
$$;

-- An account by its code, or as the side of a hold.
CREATE FUNCTION ledger_seen(p_cell integer, p_code text, p_id uuid)
RETURNS TABLE (id uuid, unit text, state text, fund text, purpose text, expires_at timestamptz,
    limit_side text, balance bigint, room bigint, peak bigint, seq_last bigint)
LANGUAGE sql STABLE AS $$
    SELECT o.id, o.unit, o.state, o.fund, o.purpose, o.expires_at, o.limit_side,
        o.posted_credit_cents - o.posted_debit_cents,
        CASE o.limit_side
            WHEN 'debits<=credits'
                THEN o.posted_credit_cents - o.posted_debit_cents - o.held_debit_cents
            WHEN 'credits<=debits'
                THEN o.posted_debit_cents - o.posted_credit_cents - o.held_credit_cents END,
        greatest(o.posted_debit_cents, o.posted_credit_cents, o.held_debit_cents,
            o.held_credit_cents), o.seq_last
    FROM (
        SELECT * FROM ledger_account WHERE cell = p_cell AND code = p_code AND p_id IS NULL
        UNION ALL
        SELECT * FROM ledger_account WHERE cell = p_cell AND id = p_id
    ) o LIMIT 1;
$$;

-- Looks at all items of a batch at once: fetches what they name, and answers those that nothing
-- else in the batch can touch but through the room of an account.
--
-- Rows are fetched by key in a lateral LIMIT 1: before statistics are gathered a planner free to
-- choose reads the whole table instead.
CREATE FUNCTION ledger_look(p_cell integer, p_moment timestamptz, p_headers ledger_header[],
    p_journal integer[], p_key text[], p_kind text[], p_debit text[], p_credit text[],
    p_amount numeric[], p_code text[], p_hold uuid[], p_expires_at timestamptz[], p_final boolean[],
    p_twice text[], OUT o_steps ledger_step[], OUT o_certain boolean, OUT o_total numeric,
    OUT o_peak bigint, OUT o_room bigint)
LANGUAGE plpgsql STABLE SET enable_seqscan = off SET enable_nestloop = off
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_holds uuid[] := ARRAY(SELECT h FROM unnest(p_hold) h WHERE h IS NOT NULL
                            GROUP BY h HAVING count(*) > 1);
BEGIN
    WITH named AS MATERIALIZED (
        SELECT i.*, ledger_digest(p_cell, key) AS digest
        FROM unnest(p_journal, p_key, p_kind, p_debit, p_credit, p_amount, p_code, p_hold,
            p_expires_at, p_final) WITH ORDINALITY AS i(journal, key, kind, debit_code,
            credit_code, asked, code, hold, expires_at, final, place)
    ), items AS MATERIALIZED (
        SELECT *, ledger_uuid8(digest) AS id FROM named
    )
    SELECT array_agg(ROW(2 * s.place, s.journal, s.certain, s.debit, s.credit, s.amount,
            s.debit_balance, s.credit_balance, s.debit_seq, s.credit_seq, s.id,
            CASE WHEN s.certain THEN 'ok' ELSE s.refusal END, s.kind,
            coalesce(s.code, s.journal_kind), s.unit,
            CASE s.kind WHEN 'hold' THEN s.id WHEN 'post' THEN NULL ELSE s.hold END,
            CASE s.kind WHEN 'capture' THEN coalesce(s.final, false) END, s.expires_at,
            s.debit_room, s.credit_room, s.key, s.debit_code, s.credit_code, s.asked
        )::ledger_step ORDER BY s.place), bool_and(s.certain), sum(s.amount), max(s.peak),
        min(least(s.debit_room, s.credit_room))
    INTO o_steps, o_certain, o_total, o_peak, o_room
    FROM (
        SELECT i.*, j.journal_kind, j.journal_certain, a.*, d.id AS debit, c.id AS credit, d.unit,
            d.balance AS debit_balance, c.balance AS credit_balance,
            d.seq_last AS debit_seq, c.seq_last AS credit_seq,
            CASE WHEN a.opens AND d.limit_side = 'debits<=credits' THEN d.room END AS debit_room,
            CASE WHEN a.opens AND c.limit_side = 'credits<=debits' THEN c.room END AS credit_room,
            greatest(d.peak, c.peak) AS peak, w.refusal,
            coalesce(t.found IS NULL AND f.found IS NULL AND i.key <> ALL (p_twice)
                AND j.journal_certain AND w.refusal IS NULL AND a.amount IS NOT NULL
                AND (a.opens OR h.state = 'open' AND a.amount <= a.rest AND i.hold <> ALL (v_holds)
                    AND CASE i.kind
                        WHEN 'capture' THEN d.state IN ('open', 'locked')
                                AND c.state IN ('open', 'locked')
                            AND (h.expires_at <= p_moment) IS NOT TRUE
                            AND (a.amount = a.rest OR NOT coalesce(i.final, false))
                        WHEN 'expire' THEN h.expires_at <= p_moment
                        ELSE true END), false)
            AS certain
        FROM items i
        JOIN (SELECT ordinality AS journal, kind AS journal_kind,
                certain AND refusal IS NULL AS journal_certain
            FROM unnest(p_headers) WITH ORDINALITY) j USING (journal)
        LEFT JOIN LATERAL (SELECT * FROM ledger_hold o WHERE o.cell = p_cell AND o.id = i.hold
            AND i.kind IN ('capture', 'void', 'expire') LIMIT 1) h ON true
        LEFT JOIN LATERAL ledger_seen(p_cell, i.debit_code, h.debit) d ON true
        LEFT JOIN LATERAL ledger_seen(p_cell, i.credit_code, h.credit) c ON true
        LEFT JOIN LATERAL (SELECT true AS found FROM ledger_transfer o
            WHERE o.cell = p_cell AND o.id = i.id LIMIT 1) t ON true
        LEFT JOIN LATERAL (SELECT true AS found FROM ledger_refusal o
            WHERE o.cell = p_cell AND o.id = i.id LIMIT 1) f ON true
        CROSS JOIN LATERAL (
            SELECT i.kind IN ('post', 'hold') AS opens,
                h.amount_cents - h.captured_cents - h.released_cents AS rest,
                CASE WHEN i.kind IN ('void', 'expire')
                    THEN h.amount_cents - h.captured_cents - h.released_cents
                    WHEN i.asked BETWEEN 1 AND 9223372036854775807 AND i.asked = trunc(i.asked)
                    THEN i.asked::bigint END AS amount
        ) a
        CROSS JOIN LATERAL (SELECT CASE
            WHEN i.kind IN ('void', 'expire') THEN NULL
            WHEN NOT coalesce(a.opens OR i.kind = 'capture', false) THEN 'unknown_kind'
            WHEN a.amount IS NULL THEN 'invalid_amount'
            WHEN i.kind = 'capture' THEN NULL
            WHEN d.id IS NULL OR c.id IS NULL THEN 'unknown_account'
            WHEN d.id = c.id THEN 'same_account'
            WHEN d.unit <> c.unit THEN 'unit_mismatch'
            WHEN d.state NOT IN ('open', 'locked') OR c.state NOT IN ('open', 'locked')
                THEN 'account_not_open'
            -- A lock is against spending; what was not spent still goes back.
            WHEN d.state = 'locked' AND j.journal_kind NOT IN ('expiry', 'grant-return')
                THEN 'account_locked'
            WHEN d.fund <> c.fund THEN 'fund_mismatch'
            WHEN c.fund IS NOT NULL AND d.purpose IS DISTINCT FROM c.purpose
                AND d.purpose IS NOT NULL THEN 'purpose_mismatch'
            WHEN d.expires_at <= p_moment AND j.journal_kind <> 'expiry' THEN 'account_expired'
        END AS refusal) w
    ) s;
END $$;

-- Writes the steps that stand, in order, with their journals and holds; the history's own
-- triggers move the sums.
CREATE FUNCTION ledger_write(p_cell ledger_cell, p_moment timestamptz, p_headers ledger_header[],
    p_steps ledger_step[])
RETURNS void LANGUAGE plpgsql SET enable_nestloop = off SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    WITH standing AS MATERIALIZED (
        SELECT p_cell.seq_last + row_number() OVER (ORDER BY s.place) AS seq,
            ledger_posted(s.kind, s.amount) AS posted, s.journal, s.debit, s.credit, s.amount,
            s.debit_balance, s.credit_balance, s.debit_seq, s.credit_seq, s.id, s.kind, s.code,
            s.unit, s.hold, s.final, s.expires_at
        FROM unnest(p_steps) s WHERE s.result = 'ok'
    ), sides AS (
        SELECT seq, true AS is_debit, debit AS account, debit_balance AS start,
            debit_seq AS seq_before, -posted AS change
        FROM standing
        UNION ALL
        SELECT seq, false, credit, credit_balance, credit_seq, posted FROM standing
    ), after AS MATERIALIZED (
        SELECT seq, is_debit, start + sum(change) OVER earlier AS balance,
            coalesce(lag(seq) OVER earlier, seq_before) AS seq_before
        FROM sides WINDOW earlier AS (PARTITION BY account ORDER BY seq)
    ), headers AS MATERIALIZED (
        SELECT h.*, ordinality AS journal FROM unnest(p_headers) WITH ORDINALITY AS h
    ), journals AS (
        INSERT INTO ledger_journal (cell, id, kind, actor, determination, instruction, reverses,
            linked, seq_first, seq_last, effective_at, recorded_at)
        SELECT p_cell.id, j.id, j.kind, j.actor, j.determination, j.instruction, j.reverses,
            j.linked, s.seq_first, s.seq_last, coalesce(j.effective_at, p_moment), p_moment
        FROM (SELECT journal, min(seq) AS seq_first, max(seq) AS seq_last
              FROM standing GROUP BY journal) s
        JOIN headers j USING (journal)
    ), opened AS (
        INSERT INTO ledger_hold (cell, id, debit, credit, unit, amount_cents, captured_cents,
            released_cents, state, expires_at)
        SELECT p_cell.id, id, debit, credit, unit, amount, 0, 0, 'open', expires_at
        FROM standing WHERE kind = 'hold'
    )
    INSERT INTO ledger_transfer (cell, id, seq, journal, kind, code, debit, credit, amount_cents,
        unit, hold, final, effective_at, recorded_at, debit_balance_after_cents,
        credit_balance_after_cents, debit_seq_before, credit_seq_before)
    SELECT p_cell.id, s.id, s.seq, j.id, s.kind, s.code, s.debit, s.credit,
        s.amount, s.unit, s.hold, s.final,
        coalesce(j.effective_at, p_moment), p_moment, d.balance, c.balance, d.seq_before,
        c.seq_before
    FROM standing s
    JOIN headers j USING (journal)
    JOIN after d ON d.seq = s.seq AND d.is_debit
    JOIN after c ON c.seq = s.seq AND NOT c.is_debit
    ORDER BY s.seq;
END $$;

-- Refuses a batch that is not of the shape ledger_post asks for.
CREATE FUNCTION ledger_check_shape(p_headers ledger_header[], p_journal integer[], p_key text[],
    p_twice text[])
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_journals integer := coalesce(cardinality(p_headers), 0);
    v_wrong integer;
BEGIN
    IF cardinality(p_key) > 8190 THEN
        RAISE EXCEPTION 'a batch has at most 8,190 items, this one %; split it', cardinality(p_key)
            USING ERRCODE = 'program_limit_exceeded';
    END IF;
    IF v_journals > 1 THEN
        SELECT count(*) INTO v_wrong FROM (
            SELECT journal, lag(journal, 1, 0) OVER (ORDER BY place) AS before
            FROM unnest(p_journal) WITH ORDINALITY AS i(journal, place)) i
        WHERE (journal BETWEEN before AND before + 1 AND journal <= v_journals) IS NOT TRUE;
    ELSE
        v_wrong := cardinality(array_remove(p_journal, 1));
    END IF;
    IF coalesce(cardinality(p_journal), 0) <> coalesce(cardinality(p_key), 0)
       OR v_wrong > 0 OR v_journals > coalesce(p_journal[cardinality(p_journal)], 0) THEN
        RAISE EXCEPTION 'journals need items, each with a key of its own, in the order of the journals'
            USING ERRCODE = 'invalid_parameter_value';
    ELSIF array_position(p_key, NULL) IS NOT NULL OR cardinality(p_twice) > 0 AND EXISTS (
            SELECT FROM unnest(p_journal, p_key) AS i(journal, key) WHERE key = ANY (p_twice)
            GROUP BY journal, key HAVING count(*) > 1 AND (p_headers[journal]).linked) THEN
        RAISE EXCEPTION 'journals need items, each with a key of its own'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
END $$;

-- The accounts that might not have the room for all that a batch asks of them, whatever order it
-- comes in: those whose limit it could pass, and all of them where a sum might overflow.
CREATE FUNCTION ledger_tight_accounts(p_steps ledger_step[], p_total numeric, p_peak bigint,
    p_room bigint)
RETURNS uuid[] LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN p_total + p_peak >= 2::numeric ^ 62 THEN
            ARRAY(SELECT debit FROM unnest(p_steps) UNION SELECT credit FROM unnest(p_steps))
        WHEN p_total <= p_room OR p_room IS NULL THEN '{}'
        ELSE ARRAY(
            SELECT account FROM (
                SELECT debit AS account, amount, debit_room AS room FROM unnest(p_steps)
                WHERE debit_room IS NOT NULL
                UNION ALL
                SELECT credit, amount, credit_room FROM unnest(p_steps)
                WHERE credit_room IS NOT NULL) asked
            GROUP BY account HAVING sum(amount) > min(room)) END;
$$;

-- The places of the steps that must be decided in order: what is not certain, what touches a
-- tight account, and what is linked to either.
CREATE FUNCTION ledger_doubtful(p_headers ledger_header[], p_steps ledger_step[], p_tight uuid[])
RETURNS bigint[] LANGUAGE sql STABLE AS $$
    WITH doubted AS MATERIALIZED (
        SELECT place, journal,
            NOT certain OR coalesce(debit = ANY (p_tight), false)
                OR coalesce(credit = ANY (p_tight), false) AS doubtful
        FROM unnest(p_steps)
    ), journals AS (
        SELECT DISTINCT journal FROM doubted WHERE doubtful AND (p_headers[journal]).linked
    )
    SELECT ARRAY(SELECT place FROM doubted
        WHERE doubtful OR journal IN (SELECT journal FROM journals) ORDER BY place);
$$;

-- The clock of a simulated cell cannot go back; what was answered before may be asked again.
CREATE FUNCTION ledger_check_clock(p_cell ledger_cell, p_moment timestamptz,
    p_steps ledger_step[])
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF p_moment < p_cell.recorded_at_last AND EXISTS (
            SELECT id FROM unnest(p_steps)
            EXCEPT SELECT id FROM ledger_transfer WHERE cell = p_cell.id
            EXCEPT SELECT id FROM ledger_refusal WHERE cell = p_cell.id) THEN
        RAISE EXCEPTION 'the clock of cell % stands at % and cannot go back to %',
            p_cell.name, p_cell.recorded_at_last, p_moment
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
END $$;

-- Posts a batch. The items are given column by column, `p_journal` by their place in
-- `p_journals`, from 1 and in order; a column that no item needs may be null.
--
--   journal  {"id", "kind", "actor", "determination" | "instruction", "reverses",
--             "effective_at", "linked"}
--   kinds    post, hold     debit and credit (account codes), amount; a hold may expire
--            capture        hold, amount, final (the rest is released)
--            void, expire   hold
--
-- Answers one result per item.
CREATE FUNCTION ledger_post(p_cell integer, p_at timestamptz, p_journals jsonb,
    p_journal integer[], p_key text[], p_kind text[], p_debit text[], p_credit text[],
    p_amount numeric[], p_code text[], p_hold uuid[], p_expires_at timestamptz[], p_final boolean[])
RETURNS text[] LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_cell ledger_cell := ledger_lock_cell(p_cell);
    v_moment timestamptz := ledger_moment(v_cell, p_at);
    v_headers ledger_header[] := ledger_read_headers(v_cell, v_moment, p_journals);
    -- What a batch names twice is decided in order.
    v_twice text[] := ARRAY(SELECT k FROM unnest(p_key) k GROUP BY k HAVING count(*) > 1);
    v_steps ledger_step[];
    v_certain boolean;
    v_total numeric;
    v_peak bigint;
    v_room bigint;
    v_tight uuid[];
BEGIN
    PERFORM ledger_check_shape(v_headers, p_journal, p_key, v_twice);
    IF v_headers IS NULL THEN
        RETURN '{}';
    END IF;
    SELECT o_steps, o_certain, o_total, o_peak, o_room
    INTO v_steps, v_certain, v_total, v_peak, v_room
    FROM ledger_look(p_cell, v_moment, v_headers, p_journal, p_key, p_kind, p_debit, p_credit,
        p_amount, p_code, p_hold, p_expires_at, p_final, v_twice);
    PERFORM ledger_check_clock(v_cell, v_moment, v_steps);
    v_tight := ledger_tight_accounts(v_steps, v_total, v_peak, v_room);
    IF NOT v_certain OR cardinality(v_tight) > 0 THEN
        v_steps := ledger_decide(v_cell, v_moment, v_headers, v_steps,
            ledger_doubtful(v_headers, v_steps, v_tight), v_tight, v_twice);
    END IF;
    PERFORM ledger_write(v_cell, v_moment, v_headers, v_steps);
    RETURN CASE WHEN v_certain AND cardinality(v_tight) = 0
        THEN array_fill('ok'::text, ARRAY[cardinality(p_key)])
        ELSE ARRAY(SELECT result FROM unnest(v_steps[:cardinality(p_key)])) END;
END $$;

-- The same, with a batch as one document; for people and other programs.
--
--   [{…journal…, "items": [{"key", "kind", "debit", "credit", "amount_cents", "code", "hold",
--                           "expires_at", "final"}, …]}, …]
--
-- Answers [{"journal", "items": [{"key", "result", "transfer"}, …]}, …].
CREATE FUNCTION ledger_post(p_cell integer, p_at timestamptz, p_journals jsonb)
RETURNS jsonb LANGUAGE sql SET search_path = public, pg_temp AS $$
    WITH items AS MATERIALIZED (
        SELECT j.ordinality::integer AS journal, j.value ->> 'id' AS journal_id,
            row_number() OVER (ORDER BY j.ordinality, i.ordinality) AS place, i.value AS item
        FROM jsonb_array_elements(p_journals) WITH ORDINALITY AS j
        CROSS JOIN LATERAL jsonb_array_elements(j.value -> 'items') WITH ORDINALITY AS i
    ), answered AS (
        SELECT ledger_post(p_cell, p_at,
            (SELECT coalesce(jsonb_agg(value - 'items' ORDER BY ordinality), '[]')
             FROM jsonb_array_elements(p_journals) WITH ORDINALITY),
            array_agg(journal ORDER BY place), array_agg(item ->> 'key' ORDER BY place),
            array_agg(item ->> 'kind' ORDER BY place),
            array_agg(item ->> 'debit' ORDER BY place),
            array_agg(item ->> 'credit' ORDER BY place),
            array_agg(CASE WHEN jsonb_typeof(item -> 'amount_cents') = 'number'
                      THEN (item ->> 'amount_cents')::numeric END ORDER BY place),
            array_agg(item ->> 'code' ORDER BY place),
            array_agg(CASE WHEN item ->> 'kind' IN ('capture', 'void', 'expire')
                      THEN (item ->> 'hold')::uuid END ORDER BY place),
            array_agg((item ->> 'expires_at')::timestamptz ORDER BY place),
            array_agg((item ->> 'final')::boolean ORDER BY place)) AS results
        FROM items
    ), answers AS (
        SELECT journal, jsonb_build_object('journal', journal_id, 'items', jsonb_agg(
            jsonb_build_object('key', item ->> 'key', 'result', results[place], 'transfer',
                CASE WHEN results[place] IN ('ok', 'exists')
                     THEN ledger_transfer_id(p_cell, item ->> 'key') END) ORDER BY place)) AS answer
        FROM items, answered GROUP BY journal, journal_id
    )
    SELECT coalesce(jsonb_agg(answer ORDER BY journal), '[]') FROM answers;
$$;
