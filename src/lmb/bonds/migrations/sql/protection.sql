SELECT lmb_make_insert_only('bonds_bond', true);
SELECT lmb_make_insert_only('bonds_interest_period', true);

-- The terms are locked: the hash is the content's, and no row can change.
ALTER TABLE bonds_bond
    ADD CONSTRAINT bonds_bond_cell FOREIGN KEY (cell) REFERENCES ledger_cell (id),
    ADD CONSTRAINT bonds_bond_hash_is_of_terms
        CHECK (terms_sha256 = encode(sha256(convert_to(terms, 'UTF8')), 'hex'));
ALTER TABLE bonds_interest_period
    ADD CONSTRAINT bonds_interest_period_bond
        FOREIGN KEY (cell, bond) REFERENCES bonds_bond (cell, id);
