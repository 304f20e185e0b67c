-- The lean path of posting: a batch in which nothing is refused, written by one statement.
--
-- It answers null, and has then changed nothing, unless it is certain that posting the journals
-- one after another would accept every item. Where the order of items could matter it does not
-- try: a limited account must cover all that leaves it without counting what comes in, and a
-- hold appears once. The exact path in posting.sql then decides. Both write the same rows.

-- Every item of a batch with what it does to its two accounts: `posted` is added to the posted
-- sums, `held` to the held ones. `sound` is true where nothing but a limit can refuse it.
CREATE FUNCTION ledger_items(p_cell integer, p_moment timestamptz, p_journals jsonb)
RETURNS TABLE (place bigint, id uuid, journal_place bigint, journal uuid, key text,
    content_sha256 text, kind text, code text, hold uuid, debit uuid, credit uuid, unit text,
    amount bigint, posted bigint, held bigint, effective_at timestamptz, expires_at timestamptz,
    hold_row tid, sound boolean)
LANGUAGE sql STABLE AS $$
    -- Apart from its items a journal is small, and stays small when it is copied to each of them.
    WITH j AS MATERIALIZED (
        SELECT ordinality, value - 'items' AS value
        FROM jsonb_array_elements(p_journals) WITH ORDINALITY
    )
    SELECT row_number() OVER (ORDER BY j.ordinality, i.ordinality),
        (i.value ->> 'id')::uuid, j.ordinality, (j.value ->> 'id')::uuid, i.value ->> 'key',
        ledger_content_sha256(j.value, i.value), k.kind,
        coalesce(i.value ->> 'code', j.value ->> 'kind'),
        coalesce(h.id, CASE WHEN k.kind = 'hold' THEN (i.value ->> 'id')::uuid END),
        coalesce(h.debit, d.id), coalesce(h.credit, c.id), coalesce(h.unit, d.unit), a.amount,
        CASE WHEN k.kind IN ('post', 'capture') THEN a.amount ELSE 0 END,
        CASE k.kind WHEN 'post' THEN 0 WHEN 'hold' THEN a.amount ELSE -a.amount END,
        coalesce((j.value ->> 'effective_at')::timestamptz, p_moment),
        (i.value ->> 'expires_at')::timestamptz, h.row,
        coalesce(r.key IS NULL AND CASE
            WHEN k.kind IN ('post', 'hold') THEN
                a.amount > 0 AND d.id <> c.id AND d.unit = c.unit
                AND d.state = 'open' AND c.state = 'open' AND coalesce(d.fund = c.fund, true)
                AND (c.fund IS NULL OR d.purpose IS NULL
                     OR d.purpose IS NOT DISTINCT FROM c.purpose)
                AND d.expires_at IS NULL
            WHEN k.kind IN ('capture', 'void') THEN
                h.state = 'open' AND a.amount BETWEEN 1 AND a.rest
                AND (k.kind = 'void' OR h.expires_at IS NULL)
                AND (a.amount = a.rest OR NOT coalesce((i.value ->> 'final')::boolean, false))
            END, false)
    FROM j CROSS JOIN LATERAL jsonb_array_elements(
        p_journals -> (j.ordinality - 1)::integer -> 'items') WITH ORDINALITY AS i
    CROSS JOIN LATERAL (SELECT i.value ->> 'kind' AS kind) AS k
    LEFT JOIN LATERAL (
        SELECT o.*, o.ctid AS row FROM ledger_hold o
        WHERE o.cell = p_cell AND o.id = CASE WHEN k.kind IN ('capture', 'void')
            THEN (i.value ->> 'hold')::uuid END LIMIT 1
    ) h ON true
    CROSS JOIN LATERAL (
        SELECT h.amount_cents - h.captured_cents - h.released_cents AS rest,
            CASE WHEN k.kind = 'void'
                 THEN h.amount_cents - h.captured_cents - h.released_cents
                 WHEN jsonb_typeof(i.value -> 'amount_cents') = 'number'
                      AND i.value ->> 'amount_cents' ~ '^[1-9][0-9]{0,17}$'
                 THEN (i.value ->> 'amount_cents')::bigint END AS amount
    ) AS a
    LEFT JOIN LATERAL (
        SELECT * FROM ledger_account o
        WHERE o.cell = p_cell AND o.code = i.value ->> 'debit' LIMIT 1
    ) d ON true
    LEFT JOIN LATERAL (
        SELECT * FROM ledger_account o
        WHERE o.cell = p_cell AND o.code = i.value ->> 'credit' LIMIT 1
    ) c ON true
    LEFT JOIN LATERAL (
        SELECT o.key FROM ledger_request o
        WHERE o.cell = p_cell AND o.key = i.value ->> 'key' LIMIT 1
    ) r ON true
$$;

-- Whether every journal of a batch may be posted, whatever its items are.
CREATE FUNCTION ledger_journals_sound(p_cell ledger_cell, p_moment timestamptz, p_journals jsonb)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT bool_and(coalesce(
            num_nonnulls(j.determination, j.instruction) = 1 AND j.actor <> ''
            AND (j.effective_at > p_cell.closed_through) IS NOT FALSE
            AND NOT EXISTS (SELECT FROM ledger_journal o
                            WHERE o.cell = p_cell.id AND o.id = j.id)
            AND (j.reverses IS NULL)
            AND (EXISTS (SELECT FROM rules_determination o
                         WHERE o.cell = p_cell.id AND o.id = j.determination)
                 OR EXISTS (SELECT FROM ledger_instruction o
                            WHERE o.cell = p_cell.id AND o.id = j.instruction)), false))
        AND count(DISTINCT j.id) = count(*)
        AND (p_moment < p_cell.recorded_at_last) IS NOT TRUE
    FROM (
        SELECT (value ->> 'id')::uuid AS id, value ->> 'actor' AS actor,
            (value ->> 'determination')::uuid AS determination,
            (value ->> 'instruction')::uuid AS instruction,
            (value ->> 'reverses')::uuid AS reverses,
            coalesce((value ->> 'effective_at')::timestamptz, p_moment) AS effective_at
        FROM jsonb_array_elements(p_journals)
    ) j;
$$;

-- Writes the whole batch, or answers null.
--
-- Rows of tables are fetched by key in a lateral LIMIT 1, and changed by where they stand (ctid):
-- before statistics are gathered a planner free to choose reads the whole table instead. Nobody
-- else can move them meanwhile; the cell is locked.
CREATE FUNCTION ledger_post_at_once(p_cell ledger_cell, p_moment timestamptz, p_journals jsonb,
    OUT o_seq bigint, OUT o_answers jsonb)
LANGUAGE plpgsql SET enable_seqscan = off AS $$
BEGIN
    WITH items AS MATERIALIZED (
        SELECT * FROM ledger_items(p_cell.id, p_moment, p_journals)
    ), sides AS MATERIALIZED (
        SELECT i.*, true AS is_debit, debit AS account, -posted AS change,
            posted AS debited, held AS held_debit, 0::bigint AS credited, 0::bigint AS held_credit,
            greatest(posted + held, 0) AS going_out, 0::bigint AS coming_in
        FROM items i
        UNION ALL
        SELECT i.*, false, credit, posted, 0, 0, posted, held, 0, greatest(posted + held, 0)
        FROM items i
    ), touched AS MATERIALIZED (
        SELECT account, sum(debited) AS debited, sum(credited) AS credited,
            sum(held_debit) AS held_debit, sum(held_credit) AS held_credit,
            sum(going_out) AS going_out, sum(coming_in) AS coming_in
        FROM sides GROUP BY account
    ), accounts AS MATERIALIZED (
        SELECT t.*, a.*
        FROM touched t CROSS JOIN LATERAL (
            SELECT o.ctid AS row, o.limit_side, o.posted_debit_cents, o.posted_credit_cents,
                o.held_debit_cents, o.held_credit_cents
            FROM ledger_account o WHERE o.cell = p_cell.id AND o.id = t.account LIMIT 1
        ) a
    ), verdict AS MATERIALIZED (
        SELECT coalesce((SELECT bool_and(sound) AND count(DISTINCT key) = count(*)
                    AND count(DISTINCT hold) = count(hold)
                    AND count(DISTINCT journal_place) = jsonb_array_length(p_journals)
                    FROM items), false)
            AND ledger_journals_sound(p_cell, p_moment, p_journals)
            AND (SELECT bool_and(
                CASE limit_side
                    WHEN 'debits<=credits' THEN going_out
                        <= posted_credit_cents - posted_debit_cents - held_debit_cents
                    WHEN 'credits<=debits' THEN coming_in
                        <= posted_debit_cents - posted_credit_cents - held_credit_cents
                    ELSE true END
                -- Far from the largest number there is, so that no sum can overflow.
                AND greatest(posted_debit_cents + debited, posted_credit_cents + credited,
                    held_debit_cents + going_out, held_credit_cents + coming_in)
                    < 4611686018427387904)
                FROM accounts)
            AS accepted
    ), journals AS (
        INSERT INTO ledger_journal (cell, id, kind, actor, determination, instruction,
            effective_at, recorded_at)
        SELECT p_cell.id, (value ->> 'id')::uuid, value ->> 'kind', value ->> 'actor',
            (value ->> 'determination')::uuid, (value ->> 'instruction')::uuid,
            coalesce((value ->> 'effective_at')::timestamptz, p_moment), p_moment
        FROM jsonb_array_elements(p_journals), verdict WHERE accepted
    ), opened AS (
        INSERT INTO ledger_hold (cell, id, debit, credit, unit, amount_cents, captured_cents,
            released_cents, state, expires_at)
        SELECT p_cell.id, hold, debit, credit, unit, amount, 0, 0, 'open', expires_at
        FROM items, verdict WHERE accepted AND kind = 'hold'
    ), taken AS (
        UPDATE ledger_hold h SET captured_cents = h.captured_cents + i.posted,
            released_cents = h.released_cents + i.amount - i.posted,
            state = CASE
                WHEN h.captured_cents + h.released_cents + i.amount < h.amount_cents THEN 'open'
                WHEN h.captured_cents + i.posted > 0 THEN 'captured'
                ELSE 'voided' END
        FROM items i, verdict WHERE accepted AND h.ctid = i.hold_row
    ), summed AS (
        UPDATE ledger_account a SET posted_debit_cents = a.posted_debit_cents + t.debited,
            posted_credit_cents = a.posted_credit_cents + t.credited,
            held_debit_cents = a.held_debit_cents + t.held_debit,
            held_credit_cents = a.held_credit_cents + t.held_credit
        FROM accounts t, verdict WHERE accepted AND a.ctid = t.row
    ), after AS MATERIALIZED (
        SELECT s.*, a.posted_credit_cents - a.posted_debit_cents
            + sum(s.change) OVER (PARTITION BY s.account ORDER BY s.place) AS balance_cents
        FROM sides s CROSS JOIN LATERAL (
            SELECT o.posted_debit_cents, o.posted_credit_cents
            FROM ledger_account o WHERE o.cell = p_cell.id AND o.id = s.account LIMIT 1
        ) a
    ), moved AS (
        INSERT INTO ledger_transfer (cell, id, seq, journal, kind, code, debit, credit,
            amount_cents, unit, hold, effective_at, recorded_at,
            debit_balance_after_cents, credit_balance_after_cents)
        SELECT p_cell.id, id, p_cell.seq_last + place, journal, kind, code, debit, credit,
            amount, unit, hold, effective_at, p_moment,
            min(balance_cents) FILTER (WHERE is_debit),
            min(balance_cents) FILTER (WHERE NOT is_debit)
        FROM after, verdict WHERE accepted
        GROUP BY place, id, journal, kind, code, debit, credit, amount, unit, hold, effective_at
        ORDER BY place
    ), remembered AS (
        INSERT INTO ledger_request (cell, key, content_sha256, result, transfer, recorded_at)
        SELECT p_cell.id, key, content_sha256, 'ok', id, p_moment
        FROM items, verdict WHERE accepted
    )
    SELECT p_cell.seq_last + sum(n), jsonb_agg(answer ORDER BY journal_place)
    INTO o_seq, o_answers
    FROM (
        SELECT journal_place, count(*) AS n, jsonb_build_object(
            'journal', journal, 'items', jsonb_agg(jsonb_build_object(
                'key', key, 'result', 'ok', 'transfer', id) ORDER BY place)) AS answer
        FROM items, verdict WHERE accepted GROUP BY journal_place, journal
    ) answered;
END $$;
