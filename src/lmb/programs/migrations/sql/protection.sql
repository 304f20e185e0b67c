SELECT lmb_make_insert_only('programs_provider', true);
SELECT lmb_make_insert_only('programs_program', true);

ALTER TABLE programs_provider
    ADD CONSTRAINT programs_provider_cell FOREIGN KEY (cell) REFERENCES ledger_cell (id);
ALTER TABLE programs_program
    ADD CONSTRAINT programs_program_provider
        FOREIGN KEY (cell, provider) REFERENCES programs_provider (cell, code);
