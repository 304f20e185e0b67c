SELECT lmb_make_insert_only('settlement_step_done', true);

ALTER TABLE settlement_step_done
    ADD CONSTRAINT settlement_step_done_cell FOREIGN KEY (cell) REFERENCES ledger_cell (id);
