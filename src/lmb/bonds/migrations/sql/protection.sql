SELECT lmb_make_insert_only('bonds_bond', true);
SELECT lmb_make_insert_only('bonds_interest_period', true);
SELECT lmb_make_insert_only('bonds_bid', true);
SELECT lmb_make_insert_only('bonds_award', true);

-- The terms are locked: the hash is the content's, and no row can change.
ALTER TABLE bonds_bond
    ADD CONSTRAINT bonds_bond_cell FOREIGN KEY (cell) REFERENCES ledger_cell (id),
    ADD CONSTRAINT bonds_bond_hash_is_of_terms
        CHECK (terms_sha256 = encode(sha256(convert_to(terms, 'UTF8')), 'hex'));
ALTER TABLE bonds_interest_period
    ADD CONSTRAINT bonds_interest_period_bond
        FOREIGN KEY (cell, bond) REFERENCES bonds_bond (cell, id);
ALTER TABLE bonds_bid
    ADD CONSTRAINT bonds_bid_bond FOREIGN KEY (cell, bond) REFERENCES bonds_bond (cell, id),
    ADD CONSTRAINT bonds_bid_is_a_bid CHECK (
        par_cents > 0 AND net_long_cents >= 0
        AND (kind = 'competitive' AND yield_percent IS NOT NULL
             OR kind = 'noncompetitive' AND yield_percent IS NULL));
ALTER TABLE bonds_award
    ADD CONSTRAINT bonds_award_bid FOREIGN KEY (cell, bid) REFERENCES bonds_bid (cell, id),
    ADD CONSTRAINT bonds_award_determination
        FOREIGN KEY (cell, determination) REFERENCES rules_determination (cell, id),
    ADD CONSTRAINT bonds_award_is_positive
        CHECK (par_cents > 0 AND price_cents > 0 AND accrued_cents >= 0);
