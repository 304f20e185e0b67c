SELECT lmb_make_insert_only('bonds_bond', true);
SELECT lmb_make_insert_only('bonds_interest_period', true);
SELECT lmb_make_insert_only('bonds_observation', true);

-- The terms are locked: the hash is the content's, and no row can change.
ALTER TABLE bonds_bond
    ADD CONSTRAINT bonds_bond_cell FOREIGN KEY (cell) REFERENCES ledger_cell (id),
    ADD CONSTRAINT bonds_bond_hash_is_of_terms
        CHECK (terms_sha256 = encode(sha256(convert_to(terms, 'UTF8')), 'hex'));
ALTER TABLE bonds_interest_period
    ADD CONSTRAINT bonds_interest_period_bond
        FOREIGN KEY (cell, bond) REFERENCES bonds_bond (cell, id);
ALTER TABLE bonds_observation
    ADD CONSTRAINT bonds_observation_bond
        FOREIGN KEY (cell, bond) REFERENCES bonds_bond (cell, id),
    ADD CONSTRAINT bonds_observation_determination
        FOREIGN KEY (cell, determination) REFERENCES rules_determination (cell, id),
    ADD CONSTRAINT bonds_observation_is_sound CHECK (
        number > 0 AND vintage > 0 AND observed_from <= observed_to AND observed_to < verified_on
        AND people >= 0 AND coverage_percent BETWEEN 0 AND 100 AND p_value BETWEEN 0 AND 1);
