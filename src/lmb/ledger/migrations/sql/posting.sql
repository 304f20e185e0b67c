-- The one way money moves.
--
-- ledger_post(cell, at, journals) takes an array of journals and answers, for each, one result
-- per item. A journal is atomic: its items succeed together or none does. Journals stand alone:
-- one refused does not touch its neighbours. Results are the same as posting the journals one
-- after another.
--
--   journal: {"id", "kind", "actor", "determination" | "instruction", "reverses",
--             "effective_at", "items": [item, …]}
--   item:    {"key", "id", "kind": "post" | "hold" | "capture" | "void" | "expire", "code",
--             "debit", "credit", "amount_cents",     post, hold: account codes
--             "expires_at",                          hold: the hold's identifier is the item's
--             "hold", "final", "release_id"}         capture, void, expire
--   answer:  [{"journal", "items": [{"key", "result", "transfer"}, …]}, …]
--
-- A refusal is raised inside as condition LB001 with the result as its message, and becomes the
-- answer: the journal's changes are undone, its keys remember what was answered.

CREATE FUNCTION ledger_refuse(p_result text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', p_result USING ERRCODE = 'LB001';
END $$;

-- The amount of an item: a whole number from 1 to 2^63 - 1.
CREATE FUNCTION ledger_amount(p_item jsonb) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_amount numeric;
BEGIN
    IF jsonb_typeof(p_item -> 'amount_cents') IS DISTINCT FROM 'number' THEN
        PERFORM ledger_refuse('invalid_amount');
    END IF;
    v_amount := (p_item ->> 'amount_cents')::numeric;
    IF v_amount <> trunc(v_amount) OR v_amount < 1 OR v_amount > 9223372036854775807 THEN
        PERFORM ledger_refuse('invalid_amount');
    END IF;
    RETURN v_amount;
END $$;

-- Adds to the sums of two accounts and answers nothing; limits are checked here by name and by
-- the table's constraints for everyone else.
CREATE FUNCTION ledger_move(p_debit ledger_account, p_credit ledger_account,
    p_posted bigint, p_held bigint)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF p_debit.limit_side = 'debits<=credits'
       AND p_debit.posted_credit_cents::numeric - p_debit.posted_debit_cents
           - p_debit.held_debit_cents < p_posted::numeric + p_held THEN
        PERFORM ledger_refuse('exceeds_balance');
    END IF;
    IF p_credit.limit_side = 'credits<=debits'
       AND p_credit.posted_debit_cents::numeric - p_credit.posted_credit_cents
           - p_credit.held_credit_cents < p_posted::numeric + p_held THEN
        PERFORM ledger_refuse('exceeds_balance');
    END IF;
    UPDATE ledger_account SET posted_debit_cents = posted_debit_cents + p_posted,
        held_debit_cents = held_debit_cents + p_held
    WHERE cell = p_debit.cell AND id = p_debit.id;
    UPDATE ledger_account SET posted_credit_cents = posted_credit_cents + p_posted,
        held_credit_cents = held_credit_cents + p_held
    WHERE cell = p_credit.cell AND id = p_credit.id;
END $$;

-- Writes the history row of a movement that the accounts already show.
CREATE FUNCTION ledger_record(p_journal ledger_journal, p_item jsonb, p_id uuid, p_kind text,
    p_debit uuid, p_credit uuid, p_unit text, p_amount bigint, p_hold uuid, p_seq bigint)
RETURNS void LANGUAGE sql AS $$
    INSERT INTO ledger_transfer (cell, id, seq, journal, kind, code, debit, credit,
        amount_cents, unit, hold, effective_at, recorded_at,
        debit_balance_after_cents, credit_balance_after_cents)
    SELECT p_journal.cell, p_id, p_seq, p_journal.id, p_kind,
        coalesce(p_item ->> 'code', p_journal.kind), p_debit, p_credit, p_amount, p_unit, p_hold,
        p_journal.effective_at, p_journal.recorded_at,
        d.posted_credit_cents - d.posted_debit_cents,
        c.posted_credit_cents - c.posted_debit_cents
    FROM ledger_account d, ledger_account c
    WHERE d.cell = p_journal.cell AND d.id = p_debit
      AND c.cell = p_journal.cell AND c.id = p_credit;
$$;

-- Posts between two accounts, or opens a hold between them. Answers the last sequence number.
CREATE FUNCTION ledger_apply_between(p_journal ledger_journal, p_item jsonb, p_seq bigint)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_amount bigint := ledger_amount(p_item);
    v_id uuid := (p_item ->> 'id')::uuid;
    v_is_hold boolean := p_item ->> 'kind' = 'hold';
    v_debit ledger_account;
    v_credit ledger_account;
BEGIN
    SELECT * INTO v_debit FROM ledger_account
    WHERE cell = p_journal.cell AND code = p_item ->> 'debit';
    SELECT * INTO v_credit FROM ledger_account
    WHERE cell = p_journal.cell AND code = p_item ->> 'credit';
    IF v_debit.id IS NULL OR v_credit.id IS NULL THEN
        PERFORM ledger_refuse('unknown_account');
    ELSIF v_debit.id = v_credit.id THEN
        PERFORM ledger_refuse('same_account');
    ELSIF v_debit.unit <> v_credit.unit THEN
        PERFORM ledger_refuse('unit_mismatch');
    ELSIF v_debit.state <> 'open' OR v_credit.state <> 'open' THEN
        PERFORM ledger_refuse('account_not_open');
    ELSIF v_debit.fund <> v_credit.fund THEN
        PERFORM ledger_refuse('fund_mismatch');
    ELSIF v_credit.fund IS NOT NULL AND v_debit.purpose IS DISTINCT FROM v_credit.purpose
          AND v_debit.purpose IS NOT NULL THEN
        PERFORM ledger_refuse('purpose_mismatch');
    ELSIF v_debit.expires_at <= p_journal.recorded_at AND p_journal.kind <> 'expiry' THEN
        PERFORM ledger_refuse('account_expired');
    END IF;
    IF v_is_hold THEN
        PERFORM ledger_move(v_debit, v_credit, 0, v_amount);
        INSERT INTO ledger_hold (cell, id, debit, credit, unit, amount_cents, captured_cents,
            released_cents, state, expires_at)
        VALUES (p_journal.cell, v_id, v_debit.id, v_credit.id, v_debit.unit, v_amount, 0, 0,
            'open', (p_item ->> 'expires_at')::timestamptz);
    ELSE
        PERFORM ledger_move(v_debit, v_credit, v_amount, 0);
    END IF;
    PERFORM ledger_record(p_journal, p_item, v_id, p_item ->> 'kind', v_debit.id, v_credit.id,
        v_debit.unit, v_amount, CASE WHEN v_is_hold THEN v_id END, p_seq + 1);
    RETURN p_seq + 1;
END $$;

-- Takes an amount off a hold: captured (posted) or released, and closes the hold when used up.
CREATE FUNCTION ledger_take_from_hold(p_journal ledger_journal, p_item jsonb, p_hold ledger_hold,
    p_id uuid, p_kind text, p_amount bigint, p_seq bigint)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_captured bigint := CASE WHEN p_kind = 'capture' THEN p_amount ELSE 0 END;
BEGIN
    UPDATE ledger_account SET posted_debit_cents = posted_debit_cents + v_captured,
        held_debit_cents = held_debit_cents - p_amount
    WHERE cell = p_hold.cell AND id = p_hold.debit;
    UPDATE ledger_account SET posted_credit_cents = posted_credit_cents + v_captured,
        held_credit_cents = held_credit_cents - p_amount
    WHERE cell = p_hold.cell AND id = p_hold.credit;
    UPDATE ledger_hold SET captured_cents = captured_cents + v_captured,
        released_cents = released_cents + p_amount - v_captured,
        state = CASE
            WHEN captured_cents + released_cents + p_amount < amount_cents THEN 'open'
            WHEN p_kind = 'expire' THEN 'expired'
            WHEN captured_cents + v_captured > 0 THEN 'captured'
            ELSE 'voided' END
    WHERE cell = p_hold.cell AND id = p_hold.id;
    PERFORM ledger_record(p_journal, p_item, p_id, p_kind, p_hold.debit, p_hold.credit,
        p_hold.unit, p_amount, p_hold.id, p_seq);
END $$;

-- Captures from a hold (`final` releases the rest), voids it, or expires it.
CREATE FUNCTION ledger_apply_to_hold(p_journal ledger_journal, p_item jsonb, p_seq bigint)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_kind text := p_item ->> 'kind';
    v_id uuid := (p_item ->> 'id')::uuid;
    v_hold ledger_hold;
    v_rest bigint;
    v_amount bigint;
BEGIN
    IF v_kind = 'capture' THEN
        v_amount := ledger_amount(p_item);
    END IF;
    SELECT * INTO v_hold FROM ledger_hold
    WHERE cell = p_journal.cell AND id = (p_item ->> 'hold')::uuid;
    IF v_hold.id IS NULL THEN
        PERFORM ledger_refuse('unknown_hold');
    ELSIF v_hold.state = 'expired'
          OR v_hold.state = 'open' AND v_kind = 'capture'
             AND v_hold.expires_at <= p_journal.recorded_at THEN
        PERFORM ledger_refuse('hold_expired');
    ELSIF v_hold.state <> 'open' THEN
        PERFORM ledger_refuse('hold_closed');
    ELSIF v_kind = 'expire' AND coalesce(v_hold.expires_at > p_journal.recorded_at, true) THEN
        PERFORM ledger_refuse('hold_not_expired');
    END IF;
    v_rest := v_hold.amount_cents - v_hold.captured_cents - v_hold.released_cents;
    IF v_amount > v_rest THEN
        PERFORM ledger_refuse('exceeds_hold');
    END IF;
    PERFORM ledger_take_from_hold(p_journal, p_item, v_hold, v_id, v_kind,
        coalesce(v_amount, v_rest), p_seq + 1);
    IF v_amount < v_rest AND coalesce((p_item ->> 'final')::boolean, false) THEN
        v_hold.captured_cents := v_hold.captured_cents + v_amount;
        PERFORM ledger_take_from_hold(p_journal, p_item, v_hold,
            (p_item ->> 'release_id')::uuid, 'void', v_rest - v_amount, p_seq + 2);
        RETURN p_seq + 2;
    END IF;
    RETURN p_seq + 1;
END $$;

-- Everything a key's answer depends on, as one hash: the item without the identifiers the
-- application made for it, and the journal's cause. Moments are compared, not their spelling.
CREATE FUNCTION ledger_content_sha256(p_journal jsonb, p_item jsonb)
RETURNS text LANGUAGE sql STABLE AS $$
    SELECT encode(sha256(convert_to(jsonb_build_array(
        p_journal -> 'kind', p_journal -> 'actor', p_journal -> 'determination',
        p_journal -> 'instruction', p_journal -> 'reverses',
        extract(epoch FROM (p_journal ->> 'effective_at')::timestamptz),
        extract(epoch FROM (p_item ->> 'expires_at')::timestamptz),
        p_item - 'id' - 'release_id' - 'expires_at')::text, 'UTF8')), 'hex');
$$;

-- Refuses a journal that may not be posted whatever its items say.
CREATE FUNCTION ledger_check_journal(p_cell ledger_cell, p_journal ledger_journal)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF num_nonnulls(p_journal.determination, p_journal.instruction) <> 1
       OR coalesce(p_journal.actor, '') = '' THEN
        PERFORM ledger_refuse('no_cause');
    ELSIF NOT EXISTS (SELECT FROM rules_determination
                      WHERE cell = p_journal.cell AND id = p_journal.determination)
          AND NOT EXISTS (SELECT FROM ledger_instruction
                          WHERE cell = p_journal.cell AND id = p_journal.instruction) THEN
        PERFORM ledger_refuse('unknown_cause');
    ELSIF p_journal.effective_at <= p_cell.closed_through THEN
        PERFORM ledger_refuse('period_closed');
    ELSIF EXISTS (SELECT FROM ledger_journal
                  WHERE cell = p_journal.cell AND id = p_journal.id) THEN
        PERFORM ledger_refuse('journal_exists');
    ELSIF p_journal.reverses IS NULL THEN
        RETURN;
    ELSIF NOT EXISTS (SELECT FROM ledger_journal
                      WHERE cell = p_journal.cell AND id = p_journal.reverses) THEN
        PERFORM ledger_refuse('unknown_journal');
    ELSIF EXISTS (SELECT FROM ledger_journal
                  WHERE cell = p_journal.cell AND reverses = p_journal.reverses) THEN
        PERFORM ledger_refuse('journal_reversed');
    END IF;
END $$;

-- Posts one new journal in full, or answers which item was refused and why.
CREATE FUNCTION ledger_post_new(p_cell ledger_cell, p_moment timestamptz, p_journal jsonb,
    p_seq bigint, OUT o_seq bigint, OUT o_refused integer, OUT o_result text)
LANGUAGE plpgsql AS $$
DECLARE
    v_journal ledger_journal;
    v_item jsonb;
    v_position integer := 0;
BEGIN
    o_seq := p_seq;
    v_journal := (p_cell.id, p_journal ->> 'id', p_journal ->> 'kind', p_journal ->> 'actor',
        p_journal ->> 'determination', p_journal ->> 'instruction', p_journal ->> 'reverses',
        coalesce((p_journal ->> 'effective_at')::timestamptz, p_moment), p_moment);
    PERFORM ledger_check_journal(p_cell, v_journal);
    INSERT INTO ledger_journal SELECT v_journal.*;
    FOR v_item IN SELECT value FROM jsonb_array_elements(p_journal -> 'items') LOOP
        v_position := v_position + 1;
        IF v_item ->> 'kind' IN ('post', 'hold') THEN
            o_seq := ledger_apply_between(v_journal, v_item, o_seq);
        ELSIF v_item ->> 'kind' IN ('capture', 'void', 'expire') THEN
            o_seq := ledger_apply_to_hold(v_journal, v_item, o_seq);
        ELSE
            PERFORM ledger_refuse('unknown_kind');
        END IF;
    END LOOP;
    o_result := 'ok';
EXCEPTION
    WHEN SQLSTATE 'LB001' THEN
        o_seq := p_seq; o_refused := greatest(v_position, 1); o_result := SQLERRM;
    WHEN numeric_value_out_of_range THEN
        o_seq := p_seq; o_refused := v_position; o_result := 'overflow';
END $$;

-- Answers one journal: from memory where its keys are known, by posting it where they are new.
CREATE FUNCTION ledger_answer(p_cell ledger_cell, p_moment timestamptz, p_journal jsonb,
    p_seq bigint, OUT o_seq bigint, OUT o_items jsonb)
LANGUAGE plpgsql AS $$
DECLARE
    v_known integer;
    v_keys integer;
    v_posted record;
BEGIN
    o_seq := p_seq;
    SELECT count(DISTINCT i.value ->> 'key') INTO v_keys
    FROM jsonb_array_elements(p_journal -> 'items') AS i;
    IF v_keys = 0 OR v_keys < jsonb_array_length(p_journal -> 'items') THEN
        RAISE EXCEPTION 'journal % needs items, each with a key of its own', p_journal ->> 'id'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT jsonb_agg(jsonb_build_object('key', i.value ->> 'key', 'result',
            CASE WHEN r.key IS NULL THEN 'linked_failed'
                 WHEN r.content_sha256 <> ledger_content_sha256(p_journal, i.value)
                     THEN 'exists_with_different_content'
                 WHEN r.result = 'ok' THEN 'exists' ELSE r.result END,
            'transfer', r.transfer) ORDER BY i.ordinality),
        count(r.key)
    INTO o_items, v_known
    FROM jsonb_array_elements(p_journal -> 'items') WITH ORDINALITY AS i
    LEFT JOIN ledger_request r ON r.cell = p_cell.id AND r.key = i.value ->> 'key';
    IF v_known > 0 THEN
        RETURN;
    END IF;

    IF p_moment < p_cell.recorded_at_last THEN
        RAISE EXCEPTION 'the clock of cell % stands at % and cannot go back to %',
            p_cell.name, p_cell.recorded_at_last, p_moment
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    v_posted := ledger_post_new(p_cell, p_moment, p_journal, p_seq);
    o_seq := v_posted.o_seq;
    WITH answers AS (
        SELECT i.ordinality, i.value AS item,
            CASE WHEN v_posted.o_result = 'ok' OR i.ordinality = v_posted.o_refused
                 THEN v_posted.o_result ELSE 'linked_failed' END AS result
        FROM jsonb_array_elements(p_journal -> 'items') WITH ORDINALITY AS i
    ), remembered AS (
        INSERT INTO ledger_request (cell, key, content_sha256, result, transfer, recorded_at)
        SELECT p_cell.id, item ->> 'key', ledger_content_sha256(p_journal, item), result,
            CASE WHEN result = 'ok' THEN (item ->> 'id')::uuid END, p_moment
        FROM answers
    )
    SELECT jsonb_agg(jsonb_build_object('key', item ->> 'key', 'result', result, 'transfer',
        CASE WHEN result = 'ok' THEN item ->> 'id' END) ORDER BY ordinality)
    INTO o_items FROM answers;
END $$;

-- Answers journals in order: at once where nothing is refused, else each half in its turn, down
-- to a handful that are answered one by one. A few refusals in a large batch cost little more.
CREATE FUNCTION ledger_answer_all(p_cell ledger_cell, p_moment timestamptz, p_journals jsonb[],
    OUT o_seq bigint, OUT o_answers jsonb)
LANGUAGE plpgsql AS $$
DECLARE
    v_count integer := cardinality(p_journals);
    v_cell ledger_cell := p_cell;
    v_part record;
BEGIN
    -- Below this, finding out that nothing is refused costs more than it saves.
    IF (SELECT sum(jsonb_array_length(j -> 'items')) FROM unnest(p_journals) AS j) >= 4 THEN
        v_part := ledger_post_at_once(p_cell, p_moment, to_jsonb(p_journals));
        o_seq := v_part.o_seq;
        o_answers := v_part.o_answers;
        IF o_answers IS NOT NULL THEN
            RETURN;
        END IF;
    END IF;
    o_answers := '[]';
    IF v_count >= 16 THEN
        v_part := ledger_answer_all(p_cell, p_moment, p_journals[:v_count / 2]);
        v_cell.seq_last := v_part.o_seq;
        o_answers := v_part.o_answers;
        v_part := ledger_answer_all(v_cell, p_moment, p_journals[v_count / 2 + 1:]);
        o_seq := v_part.o_seq;
        o_answers := o_answers || v_part.o_answers;
        RETURN;
    END IF;
    o_seq := p_cell.seq_last;
    FOR v_place IN 1 .. v_count LOOP
        v_part := ledger_answer(p_cell, p_moment, p_journals[v_place], o_seq);
        o_seq := v_part.o_seq;
        o_answers := o_answers || jsonb_build_array(jsonb_build_object(
            'journal', p_journals[v_place] ->> 'id', 'items', v_part.o_items));
    END LOOP;
END $$;

CREATE FUNCTION ledger_post(p_cell integer, p_at timestamptz, p_journals jsonb)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_cell ledger_cell := ledger_lock_cell(p_cell);
    v_moment timestamptz := ledger_moment(v_cell, p_at);
    v_items bigint;
    v_posted record;
BEGIN
    SELECT sum(jsonb_array_length(j.value -> 'items')) INTO v_items
    FROM jsonb_array_elements(p_journals) AS j;
    IF v_items > 8190 THEN
        RAISE EXCEPTION 'a batch has at most 8,190 items, this one %; split it', v_items
            USING ERRCODE = 'program_limit_exceeded';
    END IF;
    v_posted := ledger_answer_all(v_cell, v_moment,
        ARRAY(SELECT value FROM jsonb_array_elements(p_journals)));
    IF v_posted.o_seq > v_cell.seq_last THEN
        UPDATE ledger_cell SET seq_last = v_posted.o_seq, recorded_at_last = v_moment
        WHERE id = p_cell;
    END IF;
    RETURN v_posted.o_answers;
END $$;
