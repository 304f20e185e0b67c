-- Payment runs: opened once with every entitlement on file, then carried on batch by batch.
SELECT lmb_make_insert_only('bonds_payment_run', false);
SELECT lmb_make_insert_only('bonds_entitlement', false);
SELECT lmb_make_insert_only('bonds_payment_batch', true);
SELECT lmb_make_insert_only('bonds_payment_stop', true);

ALTER TABLE bonds_payment_run
    ADD CONSTRAINT bonds_payment_run_bond FOREIGN KEY (cell, bond) REFERENCES bonds_bond (cell, id),
    ADD CONSTRAINT bonds_payment_run_determination
        FOREIGN KEY (cell, determination) REFERENCES rules_determination (cell, id),
    ADD CONSTRAINT bonds_payment_run_instruction
        FOREIGN KEY (cell, instruction) REFERENCES ledger_instruction (cell, id),
    ADD CONSTRAINT bonds_payment_run_is_sound CHECK (
        kind IN ('interest', 'once', 'redemption')
        AND rounding IN ('per-holder', 'largest-remainder')
        AND num_nonnulls(determination, instruction) = 1
        -- The declared rounding says how far the sum of cents may be from the obligation.
        AND CASE rounding WHEN 'largest-remainder' THEN base_cents + bonus_cents = obligation_cents
            ELSE 2 * abs(base_cents + bonus_cents - obligation_cents) <= holders + 1 END);
ALTER TABLE bonds_payment_batch
    ADD CONSTRAINT bonds_payment_batch_run
        FOREIGN KEY (cell, run) REFERENCES bonds_payment_run (cell, id);
ALTER TABLE bonds_payment_stop
    ADD CONSTRAINT bonds_payment_stop_account
        FOREIGN KEY (cell, account) REFERENCES bonds_securities_account (cell, code);

-- The last movement of a cell recorded before a moment; movements are numbered without gaps, in
-- the order in which they were recorded.
CREATE FUNCTION bonds_last_seq_before(p_cell integer, p_moment timestamptz)
RETURNS bigint LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
DECLARE
    v_low bigint := 0;
    v_high bigint := (SELECT seq_last FROM ledger_cell WHERE id = p_cell);
    v_middle bigint;
BEGIN
    WHILE v_low < v_high LOOP
        v_middle := (v_low + v_high + 1) / 2;
        IF (SELECT recorded_at < p_moment FROM ledger_transfer
            WHERE cell = p_cell AND seq = v_middle) THEN
            v_low := v_middle;
        ELSE
            v_high := v_middle - 1;
        END IF;
    END LOOP;
    RETURN v_low;
END $$;

-- Opens a run: who held at the close of the record date (or holds now), and what each of them gets. Amounts per
-- cent of par are exact ratios; `total_cents` instead of them is an amount on the whole issue.
-- The application calls this and cannot write an entitlement otherwise.
CREATE FUNCTION bonds_open_payment_run(p_run jsonb)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_run bonds_payment_run := jsonb_populate_record(NULL::bonds_payment_run, p_run);
    v_unit text := p_run ->> 'unit';
    v_record_at timestamptz := v_run.record_at;
    v_cutoff bigint := CASE WHEN (p_run ->> 'as_of_now')::boolean THEN 9223372036854775807
        ELSE bonds_last_seq_before(v_run.cell, v_run.record_at) END;
    v_total numeric := (p_run ->> 'total_cents')::numeric;
    v_base numeric := (p_run ->> 'base_numerator')::numeric;
    v_base_of numeric := (p_run ->> 'base_denominator')::numeric;
    v_bonus numeric := (p_run ->> 'bonus_numerator')::numeric;
    v_bonus_of numeric := (p_run ->> 'bonus_denominator')::numeric;
BEGIN
    WITH later AS (
        SELECT account, sum(change) AS change
        FROM ledger_transfer t CROSS JOIN LATERAL (
            VALUES (t.credit, t.amount_cents), (t.debit, -t.amount_cents)
        ) AS side (account, change)
        WHERE t.cell = v_run.cell AND t.seq > v_cutoff AND t.unit = v_unit
          AND t.kind IN ('post', 'capture') AND t.effective_at >= v_record_at
        GROUP BY account
    ), held AS (
        SELECT a.owner AS account, a.code,
            (a.posted_credit_cents - a.posted_debit_cents - coalesce(l.change, 0))::numeric AS par
        FROM ledger_account a LEFT JOIN later l ON l.account = a.id
        WHERE a.cell = v_run.cell AND a.kind = 'holding' AND a.unit = v_unit
    ), ratios AS (
        -- An amount on the whole issue is a ratio too: of all that is held.
        SELECT coalesce(v_total, v_base) AS bn,
            CASE WHEN v_total IS NULL THEN v_base_of ELSE greatest(sum(par), 1) END AS bd,
            v_bonus AS un, v_bonus_of AS ud, sum(par) AS par
        FROM held
    ), totals AS (
        SELECT *, div(2 * par * bn + bd, 2 * bd) AS base_total,
            div(2 * par * (bn * ud + un * bd) + bd * ud, 2 * bd * ud) AS whole_total
        FROM ratios
    ), parts AS (
        SELECT h.account, h.code, h.par, t.base_total, t.whole_total,
            div(2 * h.par * t.bn + t.bd, 2 * t.bd) AS base_alone,
            div(2 * h.par * (t.bn * t.ud + t.un * t.bd) + t.bd * t.ud, 2 * t.bd * t.ud) AS whole_alone,
            div(h.par * t.bn, t.bd) AS base_floor, mod(h.par * t.bn, t.bd) AS base_rest,
            div(h.par * t.un, t.ud) AS bonus_floor, mod(h.par * t.un, t.ud) AS bonus_rest
        FROM held h CROSS JOIN totals t WHERE h.par > 0
    ), ranked AS (
        SELECT *, row_number() OVER (ORDER BY code) AS place,
            row_number() OVER (ORDER BY base_rest DESC, account COLLATE "C") AS base_rank,
            row_number() OVER (ORDER BY bonus_rest DESC, account COLLATE "C") AS bonus_rank,
            sum(base_floor) OVER () AS base_floors, sum(bonus_floor) OVER () AS bonus_floors
        FROM parts
    ), shares AS MATERIALIZED (
        SELECT place, account, par::bigint AS par_cents,
            (CASE v_run.rounding WHEN 'per-holder' THEN base_alone
                ELSE base_floor + (base_rank <= base_total - base_floors)::integer
             END)::bigint AS base_cents,
            (CASE v_run.rounding WHEN 'per-holder' THEN whole_alone - base_alone
                ELSE bonus_floor
                    + (bonus_rank <= whole_total - base_total - bonus_floors)::integer
             END)::bigint AS bonus_cents
        FROM ranked
    ), opened AS (
        INSERT INTO bonds_payment_run (cell, id, bond, kind, number, determination, instruction,
            rounding, record_at, holders, par_cents, base_cents, bonus_cents, obligation_cents,
            recorded_at)
        SELECT v_run.cell, v_run.id, v_run.bond, v_run.kind, v_run.number, v_run.determination,
            v_run.instruction, v_run.rounding, v_run.record_at, count(*),
            coalesce(sum(par_cents), 0), coalesce(sum(base_cents), 0),
            coalesce(sum(bonus_cents), 0), coalesce((SELECT whole_total FROM totals), 0),
            v_run.recorded_at
        FROM shares
    )
    INSERT INTO bonds_entitlement (cell, run, place, account, par_cents, base_cents, bonus_cents)
    SELECT v_run.cell, v_run.id, place, account, par_cents, base_cents, bonus_cents
    FROM shares ORDER BY place;
END $$;
REVOKE ALL ON FUNCTION bonds_last_seq_before(integer, timestamptz) FROM PUBLIC;
REVOKE ALL ON FUNCTION bonds_open_payment_run(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION bonds_open_payment_run(jsonb) TO lmb_app;
