-- Cells, reference data, accounts and instructions: what must stand before money can move.
-- Each function may be called again with the same content; other content is refused, but for
-- descriptions, of which the first stays.

CREATE FUNCTION ledger_open_cell(p_cell integer, p_name text, p_simulated boolean)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO ledger_cell (id, name, simulated, seq_last)
    VALUES (p_cell, p_name, p_simulated, 0) ON CONFLICT DO NOTHING;
    IF NOT EXISTS (SELECT FROM ledger_cell
                   WHERE id = p_cell AND name = p_name AND simulated = p_simulated) THEN
        RAISE EXCEPTION 'cell % or the name % is taken by other books', p_cell, p_name
            USING ERRCODE = 'unique_violation';
    END IF;
END $$;

CREATE FUNCTION ledger_define_unit(p_code text, p_scale integer, p_description text)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO ledger_unit (code, scale, description) VALUES (p_code, p_scale, p_description)
    ON CONFLICT DO NOTHING;
    IF NOT EXISTS (SELECT FROM ledger_unit WHERE code = p_code AND scale = p_scale) THEN
        RAISE EXCEPTION 'unit % is known with another scale than %', p_code, p_scale
            USING ERRCODE = 'unique_violation';
    END IF;
END $$;
CREATE FUNCTION ledger_define_purpose(p_code text, p_description text)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO ledger_purpose (code, description) VALUES (p_code, p_description)
    ON CONFLICT DO NOTHING;
$$;
CREATE FUNCTION ledger_define_fund(p_code text, p_description text)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO ledger_fund (code, description) VALUES (p_code, p_description)
    ON CONFLICT DO NOTHING;
$$;

-- The moment a call is recorded at. In real books the database's own clock tells it; in a
-- simulated cell the caller does, and it never goes back.
CREATE FUNCTION ledger_moment(p_cell ledger_cell, p_at timestamptz)
RETURNS timestamptz LANGUAGE plpgsql AS $$
BEGIN
    IF p_cell.simulated IS DISTINCT FROM (p_at IS NOT NULL) THEN
        RAISE EXCEPTION 'cell % %: the caller must % the time', p_cell.name,
            CASE WHEN p_cell.simulated THEN 'is simulated' ELSE 'is real' END,
            CASE WHEN p_cell.simulated THEN 'tell' ELSE 'not tell' END
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    RETURN coalesce(p_at, greatest(clock_timestamp(), p_cell.recorded_at_last));
END $$;

-- Locks a cell for writing: one writer at a time keeps its history in one gapless order.
CREATE FUNCTION ledger_lock_cell(p_cell integer)
RETURNS ledger_cell LANGUAGE plpgsql AS $$
DECLARE
    v_cell ledger_cell;
BEGIN
    SELECT * INTO v_cell FROM ledger_cell WHERE id = p_cell FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there are no books of cell %; open the cell first', p_cell
            USING ERRCODE = 'no_data_found';
    END IF;
    RETURN v_cell;
END $$;

-- Opens accounts; answers how many were new. An account that is there with other terms is
-- refused, and then none is opened.
CREATE FUNCTION ledger_open_accounts(p_cell integer, p_at timestamptz, p_accounts jsonb)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_moment timestamptz := ledger_moment(ledger_lock_cell(p_cell), p_at);
    v_opened integer;
    v_other text;
BEGIN
    IF jsonb_array_length(p_accounts) > 8190 THEN
        RAISE EXCEPTION 'a call opens at most 8,190 accounts; split it'
            USING ERRCODE = 'program_limit_exceeded';
    END IF;
    INSERT INTO ledger_account (cell, id, code, kind, owner, unit, purpose, fund, limit_side,
        expires_at, state, posted_debit_cents, posted_credit_cents, held_debit_cents,
        held_credit_cents, seq_last, opened_at)
    SELECT p_cell, a.id, a.code, a.kind, a.owner, a.unit, a.purpose, a.fund, a.limit_side,
        a.expires_at, 'open', 0, 0, 0, 0, 0, v_moment
    FROM jsonb_to_recordset(p_accounts) AS a(id uuid, code text, kind text, owner text,
        unit text, purpose text, fund text, limit_side text, expires_at timestamptz)
    ON CONFLICT (code, cell) DO NOTHING;
    GET DIAGNOSTICS v_opened = ROW_COUNT;
    SELECT a.code INTO v_other
    FROM jsonb_to_recordset(p_accounts) AS a(code text, kind text, owner text,
        unit text, purpose text, fund text, limit_side text, expires_at timestamptz)
    JOIN ledger_account o ON o.cell = p_cell AND o.code = a.code
    WHERE (o.kind, o.owner, o.unit, o.purpose, o.fund, o.limit_side, o.expires_at)
        IS DISTINCT FROM (a.kind, a.owner, a.unit, a.purpose, a.fund, a.limit_side, a.expires_at)
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'account % is open with other terms', v_other
            USING ERRCODE = 'unique_violation';
    END IF;
    RETURN v_opened;
END $$;

-- Locks accounts, or opens locked ones again, as an order on file says: nothing new leaves a locked
-- account; what was held on it before is paid or released, and money comes in. Answers how many
-- changed. One that is frozen or closed stays so.
CREATE FUNCTION ledger_lock_accounts(p_cell integer, p_codes text[], p_locked boolean,
    p_instruction uuid)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_changed bigint;
BEGIN
    PERFORM ledger_lock_cell(p_cell);
    IF NOT EXISTS (SELECT FROM ledger_instruction i WHERE i.cell = p_cell AND i.id = p_instruction
            AND i.kind = CASE WHEN p_locked THEN 'lock' ELSE 'unlock' END) THEN
        RAISE EXCEPTION 'accounts are locked and unlocked by an order on file; instruct first'
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    UPDATE ledger_account SET state = CASE WHEN p_locked THEN 'locked' ELSE 'open' END
    WHERE cell = p_cell AND code = ANY (p_codes)
      AND state = CASE WHEN p_locked THEN 'open' ELSE 'locked' END;
    GET DIAGNOSTICS v_changed = ROW_COUNT;
    RETURN v_changed;
END $$;

-- Puts an order to move money on file and answers its identifier.
CREATE FUNCTION ledger_instruct(p_cell integer, p_at timestamptz, p_id uuid, p_kind text,
    p_subject text, p_content text, p_actor text)
RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_moment timestamptz := ledger_moment(ledger_lock_cell(p_cell), p_at);
    v_found ledger_instruction;
BEGIN
    SELECT * INTO v_found FROM ledger_instruction
    WHERE cell = p_cell AND kind = p_kind AND subject = p_subject;
    IF FOUND THEN
        IF v_found.content <> p_content THEN
            RAISE EXCEPTION 'the % of % was ordered before with other content',
                p_kind, p_subject USING ERRCODE = 'unique_violation';
        END IF;
        RETURN v_found.id;
    END IF;
    INSERT INTO ledger_instruction (cell, id, kind, subject, content, sha256, actor, recorded_at)
    VALUES (p_cell, p_id, p_kind, p_subject, p_content,
        encode(sha256(convert_to(p_content, 'UTF8')), 'hex'), p_actor, v_moment);
    RETURN p_id;
END $$;

-- Closes the books through a moment: no transfer may take effect at or before it any more.
CREATE FUNCTION ledger_close_through(p_cell integer, p_through timestamptz)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM ledger_lock_cell(p_cell);
    UPDATE ledger_cell SET closed_through = greatest(closed_through, p_through)
    WHERE id = p_cell;
END $$;
