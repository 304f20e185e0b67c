-- The registry: who may hold, what was traded, and what became of awards nobody paid for.
SELECT lmb_make_insert_only('bonds_award_event', true);
SELECT lmb_make_insert_only('bonds_securities_account', true);
SELECT lmb_make_insert_only('bonds_trade', true);

ALTER TABLE bonds_award_event
    ADD CONSTRAINT bonds_award_event_award FOREIGN KEY (cell, bid) REFERENCES bonds_award (cell, bid),
    ADD CONSTRAINT bonds_award_event_is_known CHECK (event IN ('unpaid', 'paid', 'cancelled'));
-- An unpaid award is paid late or cancelled, not both.
CREATE UNIQUE INDEX bonds_award_event_ends_once ON bonds_award_event (cell, bid)
    WHERE event <> 'unpaid';

ALTER TABLE bonds_securities_account
    ADD CONSTRAINT bonds_securities_account_cell FOREIGN KEY (cell) REFERENCES ledger_cell (id),
    ADD CONSTRAINT bonds_securities_account_custodian
        FOREIGN KEY (cell, custodian) REFERENCES bonds_securities_account (cell, code),
    ADD CONSTRAINT bonds_securities_account_is_its_chain CHECK (
        mode IN ('retail-direct', 'commercial')
        AND code ~ '^[^/]+(/[^/]+)*$'
        AND custodian IS NOT DISTINCT FROM substring(code FROM '^(.*)/[^/]*$')
        AND (mode = 'commercial' OR custodian IS NULL));

ALTER TABLE bonds_trade
    ADD CONSTRAINT bonds_trade_bond FOREIGN KEY (cell, bond) REFERENCES bonds_bond (cell, id),
    ADD CONSTRAINT bonds_trade_seller
        FOREIGN KEY (cell, seller) REFERENCES bonds_securities_account (cell, code),
    ADD CONSTRAINT bonds_trade_buyer
        FOREIGN KEY (cell, buyer) REFERENCES bonds_securities_account (cell, code),
    ADD CONSTRAINT bonds_trade_instruction
        FOREIGN KEY (cell, instruction) REFERENCES ledger_instruction (cell, id),
    ADD CONSTRAINT bonds_trade_hold FOREIGN KEY (cell, hold) REFERENCES ledger_hold (cell, id),
    ADD CONSTRAINT bonds_trade_is_sound CHECK (
        seller <> buyer AND face_cents > 0 AND price_per_100 > 0 AND traded_on < settles_on
        AND principal_cents >= 0 AND accrued_cents >= 0);

-- In the unit of a bond's face amount there is the issuer and there are holdings, nothing else; all
-- balances of a unit are zero together, so what all hold is always what is outstanding. A holding
-- cannot be overdrawn, and no more can be retired than was issued.
CREATE FUNCTION bonds_check_face_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.kind, coalesce(NEW.limit_side, '')) NOT IN
       (('holding', 'debits<=credits'), ('issuer', 'credits<=debits')) THEN
        RAISE EXCEPTION 'account % counts %: only holdings and their issuer do, each with its limit',
            NEW.code, NEW.unit USING ERRCODE = 'check_violation',
            CONSTRAINT = 'bonds_face_is_held_or_issued';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER face_is_held_or_issued BEFORE INSERT ON ledger_account
    FOR EACH ROW WHEN (NEW.unit LIKE 'face:%') EXECUTE FUNCTION bonds_check_face_account();
