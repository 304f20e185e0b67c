-- What holds for everyone who speaks SQL: histories are insert-only, references point at rows
-- that exist, and the application role may read the books but write nothing to them directly.
SELECT lmb_make_insert_only('ledger_unit', false);
SELECT lmb_make_insert_only('ledger_purpose', false);
SELECT lmb_make_insert_only('ledger_fund', false);
SELECT lmb_make_insert_only('ledger_instruction', false);
SELECT lmb_make_insert_only('ledger_journal', false);
SELECT lmb_make_insert_only('ledger_transfer', false);
GRANT SELECT ON ledger_cell, ledger_account, ledger_hold, ledger_refusal TO lmb_app;

-- Whose money it is, is nobody else's business. Posting asks nobody: its functions are the owner's.
-- Cells, units, purposes and funds are vocabulary.
SELECT lmb_secure('ledger_account');
SELECT lmb_secure('ledger_instruction');
SELECT lmb_secure('ledger_journal');
SELECT lmb_secure('ledger_transfer');
SELECT lmb_secure('ledger_hold');
SELECT lmb_secure('ledger_refusal');

ALTER TABLE ledger_account
    ADD CONSTRAINT ledger_account_cell FOREIGN KEY (cell) REFERENCES ledger_cell (id),
    ADD CONSTRAINT ledger_account_unit FOREIGN KEY (unit) REFERENCES ledger_unit (code),
    ADD CONSTRAINT ledger_account_purpose FOREIGN KEY (purpose) REFERENCES ledger_purpose (code),
    ADD CONSTRAINT ledger_account_fund FOREIGN KEY (fund) REFERENCES ledger_fund (code);
ALTER TABLE ledger_instruction
    ADD CONSTRAINT ledger_instruction_cell FOREIGN KEY (cell) REFERENCES ledger_cell (id),
    ADD CONSTRAINT ledger_instruction_hash_is_of_content
        CHECK (sha256 = encode(sha256(convert_to(content, 'UTF8')), 'hex'));
ALTER TABLE ledger_hold
    ADD CONSTRAINT ledger_hold_debit FOREIGN KEY (cell, debit) REFERENCES ledger_account (cell, id),
    ADD CONSTRAINT ledger_hold_credit
        FOREIGN KEY (cell, credit) REFERENCES ledger_account (cell, id);

-- Words that decide something are among those the functions know: a misspelt limit would be none.
ALTER TABLE ledger_account
    ADD CONSTRAINT ledger_account_limit_side_is_known
        CHECK (limit_side IN ('debits<=credits', 'credits<=debits')),
    ADD CONSTRAINT ledger_account_state_is_known CHECK (state IN ('open', 'locked', 'frozen', 'closed'));
ALTER TABLE ledger_hold
    ADD CONSTRAINT ledger_hold_state_is_known
        CHECK (state IN ('open', 'captured', 'voided', 'expired'));
ALTER TABLE ledger_transfer
    ADD CONSTRAINT ledger_transfer_kind_is_known
        CHECK (kind IN ('post', 'hold', 'capture', 'void', 'expire'));

-- Moments are ones that every program can read back: a history cannot be corrected in place.
ALTER TABLE ledger_cell ADD CONSTRAINT ledger_cell_moments_are_readable
    CHECK (recorded_at_last BETWEEN '0002-01-01 00:00Z' AND '9999-01-01 00:00Z'
           AND closed_through BETWEEN '0002-01-01 00:00Z' AND '9999-01-01 00:00Z');
ALTER TABLE ledger_account ADD CONSTRAINT ledger_account_moments_are_readable
    CHECK (opened_at BETWEEN '0002-01-01 00:00Z' AND '9999-01-01 00:00Z'
           AND expires_at BETWEEN '0002-01-01 00:00Z' AND '9999-01-01 00:00Z');
ALTER TABLE ledger_instruction ADD CONSTRAINT ledger_instruction_is_readable
    CHECK (recorded_at BETWEEN '0002-01-01 00:00Z' AND '9999-01-01 00:00Z'
           AND content IS JSON OBJECT);
ALTER TABLE ledger_journal ADD CONSTRAINT ledger_journal_moments_are_readable
    CHECK (recorded_at BETWEEN '0002-01-01 00:00Z' AND '9999-01-01 00:00Z'
           AND effective_at BETWEEN '0002-01-01 00:00Z' AND '9999-01-01 00:00Z');
ALTER TABLE ledger_hold ADD CONSTRAINT ledger_hold_moments_are_readable
    CHECK (expires_at BETWEEN '0002-01-01 00:00Z' AND '9999-01-01 00:00Z');

-- Sums change with every movement. Half of each page is left free, so that a new version of a row
-- stands beside the old one and no index has to learn of it.
ALTER TABLE ledger_account SET (fillfactor = 50);
ALTER TABLE ledger_hold SET (fillfactor = 50);
ALTER TABLE ledger_cell SET (fillfactor = 10);

-- An account and a hold keep what they are; only their sums and states move.
CREATE FUNCTION ledger_keep_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.cell, OLD.id, OLD.code, OLD.kind, OLD.owner, OLD.unit, OLD.opened_at)
           IS DISTINCT FROM
       (NEW.cell, NEW.id, NEW.code, NEW.kind, NEW.owner, NEW.unit, NEW.opened_at)
       OR (OLD.purpose, OLD.fund, OLD.limit_side, OLD.expires_at)
           IS DISTINCT FROM (NEW.purpose, NEW.fund, NEW.limit_side, NEW.expires_at) THEN
        RAISE EXCEPTION 'account % keeps its terms; open another account instead', OLD.code
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
-- A movement changes sums alone and is not asked. Asked before the update, each row would be
-- locked once more, as dear as the update itself.
CREATE TRIGGER keep_terms AFTER UPDATE OF cell, id, code, kind, owner, unit, opened_at, purpose,
    fund, limit_side, expires_at ON ledger_account
    FOR EACH ROW EXECUTE FUNCTION ledger_keep_account();

CREATE FUNCTION ledger_keep_hold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'open'
       OR (OLD.cell, OLD.id, OLD.debit, OLD.credit, OLD.unit, OLD.amount_cents, OLD.expires_at)
           IS DISTINCT FROM
          (NEW.cell, NEW.id, NEW.debit, NEW.credit, NEW.unit, NEW.amount_cents, NEW.expires_at)
       OR NEW.captured_cents < OLD.captured_cents OR NEW.released_cents < OLD.released_cents THEN
        RAISE EXCEPTION 'hold % is closed or would change its terms', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_terms AFTER UPDATE ON ledger_hold
    FOR EACH ROW EXECUTE FUNCTION ledger_keep_hold();

CREATE TRIGGER refuse_delete BEFORE DELETE ON ledger_account
    FOR EACH ROW EXECUTE FUNCTION lmb_refuse_change();
CREATE TRIGGER refuse_delete BEFORE DELETE ON ledger_hold
    FOR EACH ROW EXECUTE FUNCTION lmb_refuse_change();
CREATE TRIGGER refuse_delete BEFORE DELETE ON ledger_cell
    FOR EACH ROW EXECUTE FUNCTION lmb_refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON ledger_account
    FOR EACH STATEMENT EXECUTE FUNCTION lmb_refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON ledger_hold
    FOR EACH STATEMENT EXECUTE FUNCTION lmb_refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON ledger_cell
    FOR EACH STATEMENT EXECUTE FUNCTION lmb_refuse_change();

-- A refusal is kept for 13 months by the time of its books, then it may be forgotten.
CREATE FUNCTION ledger_keep_refusal() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.recorded_at < (
            SELECT recorded_at_last - interval '13 months' FROM ledger_cell WHERE id = OLD.cell) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'a refusal is kept for 13 months: % refused', TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER keep_refusal BEFORE UPDATE OR DELETE ON ledger_refusal
    FOR EACH ROW EXECUTE FUNCTION ledger_keep_refusal();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON ledger_refusal
    FOR EACH STATEMENT EXECUTE FUNCTION lmb_refuse_change();

-- Forgets refusals that were kept long enough, at most so many; answers how many.
CREATE FUNCTION ledger_forget_refusals(p_cell integer, p_most integer)
RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH old AS (
        SELECT r.id FROM ledger_refusal r JOIN ledger_cell c ON c.id = r.cell
        WHERE r.cell = p_cell AND r.recorded_at < c.recorded_at_last - interval '13 months'
        LIMIT p_most
    ), forgotten AS (
        DELETE FROM ledger_refusal r USING old WHERE r.cell = p_cell AND r.id = old.id RETURNING 1
    )
    SELECT count(*) FROM forgotten;
$$;
