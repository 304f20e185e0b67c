SELECT lmb_make_insert_only('rules_determination', true);
SELECT lmb_make_insert_only('rules_determination_input', true);

ALTER TABLE rules_determination_input
    ADD CONSTRAINT rules_input_of_a_determination
    FOREIGN KEY (cell, determination) REFERENCES rules_determination (cell, id);
ALTER TABLE rules_determination
    ADD CONSTRAINT rules_determination_supersedes_one_on_file
    FOREIGN KEY (cell, supersedes) REFERENCES rules_determination (cell, id);
-- The hash is the content's, also for rows that came by raw SQL.
ALTER TABLE rules_determination
    ADD CONSTRAINT rules_determination_hash_is_of_content
    CHECK (sha256 = encode(sha256(convert_to(content, 'UTF8')), 'hex'));
