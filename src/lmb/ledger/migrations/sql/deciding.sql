-- Deciding in order what looking could not answer: items whose key is known, that name what an
-- earlier item of the batch opened or used, or that touch an account without room for all.
--
-- What earlier items did is kept in small documents while the loop goes on; nothing is written.

-- Everything the answer to a key depends on. Moments are compared, not their spelling.
CREATE FUNCTION ledger_asked(p_header ledger_header, p_step ledger_step)
RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object('kind', p_step.kind, 'code', p_step.code,
        'debit', p_step.debit_code, 'credit', p_step.credit_code, 'amount', p_step.asked,
        'hold', CASE WHEN p_step.kind <> 'hold' THEN p_step.hold END, 'final', p_step.final,
        'expires_at', extract(epoch FROM p_step.expires_at), 'journal', jsonb_build_array(
            p_header.kind, p_header.actor, p_header.determination, p_header.instruction,
            p_header.reverses, extract(epoch FROM p_header.effective_at)));
$$;

-- What the books answered to this key before; null where it is new.
CREATE FUNCTION ledger_remembered(p_cell integer, p_header ledger_header, p_step ledger_step)
RETURNS text LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    v_refusal ledger_refusal;
    v_transfer ledger_transfer;
    v_journal ledger_journal;
    v_expires_at timestamptz;
BEGIN
    SELECT * INTO v_refusal FROM ledger_refusal WHERE cell = p_cell AND id = p_step.id;
    IF FOUND THEN
        RETURN CASE WHEN v_refusal.asked = ledger_asked(p_header, p_step) THEN v_refusal.result
            ELSE 'exists_with_different_content' END;
    END IF;
    SELECT * INTO v_transfer FROM ledger_transfer WHERE cell = p_cell AND id = p_step.id;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    SELECT * INTO v_journal FROM ledger_journal WHERE cell = p_cell AND id = v_transfer.journal;
    SELECT expires_at INTO v_expires_at FROM ledger_hold
    WHERE cell = p_cell AND id = p_step.id;
    RETURN CASE WHEN
        (v_transfer.kind, v_transfer.code, v_transfer.hold, v_transfer.final, v_expires_at,
            v_journal.kind, v_journal.actor, v_journal.determination, v_journal.instruction,
            v_journal.reverses, v_journal.effective_at)
        IS NOT DISTINCT FROM
        (p_step.kind, p_step.code, p_step.hold, p_step.final, p_step.expires_at,
            p_header.kind, p_header.actor, p_header.determination, p_header.instruction,
            p_header.reverses, coalesce(p_header.effective_at, v_journal.recorded_at))
        AND (p_step.kind IN ('void', 'expire') OR v_transfer.amount_cents = p_step.asked)
        AND (p_step.hold IS NOT NULL AND p_step.kind <> 'hold'
             OR (v_transfer.debit, v_transfer.credit)
                IS NOT DISTINCT FROM (p_step.debit, p_step.credit))
        THEN 'exists' ELSE 'exists_with_different_content' END;
END $$;

-- Adds to the sums of the tight ones of two accounts, or answers what refuses it.
CREATE FUNCTION ledger_move_tight(p_cell integer, p_tight uuid[], p_step ledger_step,
    p_posted bigint, p_held bigint, INOUT p_accounts jsonb, OUT o_refusal text)
LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    v_account uuid;
    v_sums numeric[];
    v_limit text;
    v_is_debit boolean;
BEGIN
    FOREACH v_account IN ARRAY ARRAY[p_step.debit, p_step.credit] LOOP
        CONTINUE WHEN v_account <> ALL (p_tight);
        v_is_debit := v_account = p_step.debit;
        IF NOT p_accounts ? v_account::text THEN
            SELECT p_accounts || jsonb_build_object(id, jsonb_build_array(posted_debit_cents,
                posted_credit_cents, held_debit_cents, held_credit_cents, limit_side))
            INTO p_accounts FROM ledger_account WHERE cell = p_cell AND id = v_account;
        END IF;
        SELECT array_agg(value::numeric ORDER BY n) FILTER (WHERE n < 5),
            min(value) FILTER (WHERE n = 5)
        INTO v_sums, v_limit
        FROM jsonb_array_elements_text(p_accounts -> v_account::text) WITH ORDINALITY
            AS s(value, n);
        IF v_is_debit AND v_limit = 'debits<=credits'
                AND v_sums[2] - v_sums[1] - v_sums[3] < p_posted::numeric + p_held
           OR NOT v_is_debit AND v_limit = 'credits<=debits'
                AND v_sums[1] - v_sums[2] - v_sums[4] < p_posted::numeric + p_held THEN
            o_refusal := 'exceeds_balance';
            RETURN;
        END IF;
        v_sums := CASE WHEN v_is_debit
            THEN ARRAY[v_sums[1] + p_posted, v_sums[2], v_sums[3] + p_held, v_sums[4]]
            ELSE ARRAY[v_sums[1], v_sums[2] + p_posted, v_sums[3], v_sums[4] + p_held] END;
        IF (SELECT max(s) FROM unnest(v_sums) s) > 9223372036854775807 THEN
            o_refusal := coalesce(o_refusal, 'overflow');
        END IF;
        p_accounts := p_accounts || jsonb_build_object(v_account,
            to_jsonb(v_sums) || to_jsonb(ARRAY[v_limit]));
    END LOOP;
END $$;

-- The rest of a hold, its state, and where its accounts can be read: in the books, or in the step
-- of this batch that opened it.
CREATE FUNCTION ledger_find_hold(p_cell integer, p_steps ledger_step[], p_step ledger_step)
RETURNS jsonb LANGUAGE sql STABLE SET enable_seqscan = off AS $$
    SELECT jsonb_build_array(amount_cents - captured_cents - released_cents, state, NULL)
    FROM ledger_hold WHERE cell = p_cell AND id = p_step.hold
    UNION ALL
    SELECT jsonb_build_array(amount, 'open', place / 2) FROM unnest(p_steps)
    WHERE id = p_step.hold AND kind = 'hold' AND result = 'ok' AND place < p_step.place
    LIMIT 1;
$$;

-- What an item of a hold does to it: answers the step with what it moves, the step that releases
-- the rest after a final capture, and what refuses it.
CREATE FUNCTION ledger_take(p_cell integer, p_moment timestamptz, p_steps ledger_step[],
    INOUT p_step ledger_step, INOUT p_holds jsonb, OUT o_release ledger_step, OUT o_refusal text)
LANGUAGE plpgsql AS $$
DECLARE
    v_hold jsonb := coalesce(p_holds -> p_step.hold::text,
        ledger_find_hold(p_cell, p_steps, p_step));
    v_rest bigint := (v_hold ->> 0)::bigint;
    v_state text := v_hold ->> 1;
    v_opened ledger_step := p_steps[(v_hold ->> 2)::bigint];
    v_expires_at timestamptz;
    v_frozen boolean;
BEGIN
    IF v_hold IS NULL THEN
        o_refusal := 'unknown_hold';
        RETURN;
    ELSIF v_hold -> 2 <> 'null' THEN
        p_step.debit := v_opened.debit; p_step.credit := v_opened.credit;
        p_step.unit := v_opened.unit;
        p_step.debit_balance := v_opened.debit_balance; p_step.debit_seq := v_opened.debit_seq;
        p_step.credit_balance := v_opened.credit_balance; p_step.credit_seq := v_opened.credit_seq;
        v_expires_at := v_opened.expires_at;
    ELSE
        SELECT expires_at INTO v_expires_at FROM ledger_hold
        WHERE cell = p_cell AND id = p_step.hold;
    END IF;
    SELECT bool_or(state NOT IN ('open', 'locked')) INTO v_frozen FROM ledger_account
    WHERE cell = p_cell AND id IN (p_step.debit, p_step.credit);
    o_refusal := CASE
        WHEN v_state = 'expired' OR v_state = 'open' AND p_step.kind = 'capture'
            AND v_expires_at <= p_moment THEN 'hold_expired'
        WHEN v_state <> 'open' THEN 'hold_closed'
        WHEN p_step.kind = 'expire' AND coalesce(v_expires_at > p_moment, true)
            THEN 'hold_not_expired'
        WHEN p_step.kind = 'capture' AND p_step.amount > v_rest THEN 'exceeds_hold'
        WHEN p_step.kind = 'capture' AND v_frozen THEN 'account_not_open' END;
    IF o_refusal IS NOT NULL THEN
        RETURN;
    END IF;
    IF p_step.kind <> 'capture' THEN
        p_step.amount := v_rest;
    ELSIF p_step.final AND p_step.amount < v_rest THEN
        o_release := p_step;
        o_release.place := p_step.place + 1; o_release.kind := 'void'; o_release.final := NULL;
        o_release.id := ledger_transfer_id(p_cell, p_step.key || chr(31) || 'release');
        o_release.amount := v_rest - p_step.amount; o_release.result := 'ok';
    END IF;
    v_rest := v_rest - p_step.amount - coalesce(o_release.amount, 0);
    p_holds := p_holds || jsonb_build_object(p_step.hold, jsonb_build_array(v_rest,
        CASE WHEN v_rest > 0 THEN 'open' WHEN p_step.kind = 'expire' THEN 'expired'
             ELSE 'captured' END, v_hold -> 2));
END $$;

-- What refuses a journal after those decided before it: one of its own identifier that stands, or
-- what it reverses being reversed, or not there at all.
CREATE FUNCTION ledger_journal_refusal(p_headers ledger_header[], p_steps ledger_step[],
    p_journal integer)
RETURNS text LANGUAGE sql STABLE AS $$
    WITH one AS (SELECT (p_headers[p_journal]).*), standing AS (
        SELECT DISTINCT (p_headers[s.journal]).id AS id, (p_headers[s.journal]).reverses
        FROM unnest(p_steps) s WHERE s.journal < p_journal AND s.result = 'ok'
    )
    SELECT CASE
        WHEN one.refusal NOT IN ('unknown_journal', 'journal_reversed') THEN one.refusal
        WHEN one.id IN (SELECT id FROM standing) THEN 'journal_exists'
        WHEN one.refusal = 'unknown_journal'
            AND one.reverses NOT IN (SELECT id FROM standing) THEN one.refusal
        WHEN one.refusal = 'journal_reversed'
            OR one.reverses IN (SELECT reverses FROM standing) THEN 'journal_reversed' END
    FROM one;
$$;

-- What was answered to a key before, in the books or earlier in this batch; null where it is new.
-- `p_keys` has what earlier items asked and were answered: {key: [asked, result]}.
CREATE FUNCTION ledger_known(p_cell integer, p_header ledger_header, p_step ledger_step,
    p_keys jsonb)
RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN p_step.certain THEN NULL
        WHEN NOT p_keys ? p_step.key THEN ledger_remembered(p_cell, p_header, p_step)
        WHEN p_keys -> p_step.key -> 0 <> ledger_asked(p_header, p_step)
            THEN 'exists_with_different_content'
        WHEN p_keys -> p_step.key ->> 1 = 'ok' THEN 'exists'
        ELSE p_keys -> p_step.key ->> 1 END;
$$;

-- Puts on file what was refused for the first time.
CREATE FUNCTION ledger_keep_refusals(p_cell integer, p_moment timestamptz,
    p_headers ledger_header[], p_steps ledger_step[], p_places bigint[])
RETURNS void LANGUAGE sql AS $$
    INSERT INTO ledger_refusal (cell, id, asked, result, recorded_at)
    SELECT p_cell, (s).id, ledger_asked(p_headers[(s).journal], s), (s).result, p_moment
    FROM (SELECT p_steps[place / 2] AS s FROM unnest(p_places) AS place) refused;
$$;

-- Decides the doubtful steps in order and answers all steps with their results, releases after
-- them. Steps of a linked journal are decided together: first whether their keys are known, then
-- each on what those before it did, and if one is refused, none of it was done.
CREATE FUNCTION ledger_decide(p_cell ledger_cell, p_moment timestamptz, p_headers ledger_header[],
    p_steps ledger_step[], p_doubtful bigint[], p_tight uuid[], p_twice text[])
RETURNS ledger_step[] LANGUAGE plpgsql AS $$
DECLARE
    v_steps ledger_step[] := p_steps;
    v_step ledger_step;
    v_header ledger_header;
    v_release ledger_step;
    v_releases ledger_step[] := '{}';
    v_refused bigint[] := '{}';
    v_first integer := 1;
    v_last integer;
    v_known integer;
    v_failed bigint;
    v_refusal text;
    -- Tight accounts [debits, credits, held debits, held credits, limit], holds [rest, state,
    -- step that opened it], keys [asked, result]: as the items before left them.
    v_accounts jsonb := '{}';
    v_holds jsonb := '{}';
    v_keys jsonb := '{}';
    v_before record;
    v_taken record;
    v_moved record;
    v_place bigint;
BEGIN
    WHILE v_first <= cardinality(p_doubtful) LOOP
        v_step := v_steps[p_doubtful[v_first] / 2];
        v_header := p_headers[v_step.journal];
        v_last := v_first;
        WHILE v_header.linked
              AND (v_steps[p_doubtful[v_last + 1] / 2]).journal = v_step.journal LOOP
            v_last := v_last + 1;
        END LOOP;

        v_known := 0;
        FOREACH v_place IN ARRAY p_doubtful[v_first:v_last] LOOP
            v_step := v_steps[v_place / 2];
            v_refusal := ledger_known(p_cell.id, v_header, v_step, v_keys);
            v_known := v_known + num_nonnulls(v_refusal);
            -- Kept aside in the code's place: what is asked is looked at again only if all is new.
            v_steps[v_place / 2].certain := v_refusal IS NULL;
            IF v_refusal IS NOT NULL THEN
                v_steps[v_place / 2].result := v_refusal;
            END IF;
        END LOOP;
        IF v_known > 0 THEN
            FOREACH v_place IN ARRAY p_doubtful[v_first:v_last] LOOP
                IF (v_steps[v_place / 2]).certain THEN
                    v_steps[v_place / 2].result := 'linked_failed';
                END IF;
            END LOOP;
            v_first := v_last + 1;
            CONTINUE;
        END IF;

        SELECT v_accounts AS accounts, v_holds AS holds, v_releases AS releases INTO v_before;
        v_failed := p_doubtful[v_first];
        v_refusal := CASE WHEN v_header.refusal IS NOT NULL OR NOT v_header.certain
            THEN ledger_journal_refusal(p_headers, v_steps, v_step.journal) END;
        FOREACH v_place IN ARRAY p_doubtful[v_first:v_last] LOOP
            EXIT WHEN v_refusal IS NOT NULL;
            v_failed := v_place;
            v_step := v_steps[v_place / 2];
            v_refusal := nullif(v_step.result, 'ok');
            v_release := NULL;
            IF v_refusal IS NULL AND v_step.kind IN ('capture', 'void', 'expire') THEN
                v_taken := ledger_take(p_cell.id, p_moment, v_steps, v_step, v_holds);
                v_refusal := v_taken.o_refusal;
                v_step := v_taken.p_step;
                v_holds := v_taken.p_holds;
                v_release := v_taken.o_release;
            END IF;
            IF v_refusal IS NULL THEN
                v_moved := ledger_move_tight(p_cell.id, p_tight, v_step,
                    ledger_posted(v_step.kind, v_step.amount),
                    ledger_held(v_step.kind, v_step.amount)
                        - coalesce(v_release.amount, 0), v_accounts);
                v_refusal := v_moved.o_refusal;
                v_accounts := v_moved.p_accounts;
            END IF;
            IF v_release.place IS NOT NULL THEN
                v_releases := v_releases || v_release;
            END IF;
            v_step.result := 'ok';
            v_steps[v_place / 2] := v_step;
        END LOOP;
        IF v_refusal IS NOT NULL THEN
            v_accounts := v_before.accounts;
            v_holds := v_before.holds;
            v_releases := v_before.releases;
            v_refused := v_refused || p_doubtful[v_first:v_last];
        END IF;

        FOREACH v_place IN ARRAY p_doubtful[v_first:v_last] LOOP
            v_step := v_steps[v_place / 2];
            v_step.result := CASE WHEN v_refusal IS NULL THEN 'ok'
                WHEN v_place = v_failed THEN v_refusal ELSE 'linked_failed' END;
            v_steps[v_place / 2] := v_step;
            IF v_step.key = ANY (p_twice) THEN
                v_keys := v_keys || jsonb_build_object(v_step.key,
                    jsonb_build_array(ledger_asked(v_header, v_step), v_step.result));
            END IF;
        END LOOP;
        v_first := v_last + 1;
    END LOOP;
    PERFORM ledger_keep_refusals(p_cell.id, p_moment, p_headers, v_steps, v_refused);
    RETURN v_steps || v_releases;
END $$;
