-- The proof log is insert-only for everyone, and the application adds to it. A salt alone may be
-- deleted, by the owner of the tables: that forgets what one leaf says and leaves the tree whole.
SELECT lmb_make_insert_only('proofs_leaf', true);
SELECT lmb_make_insert_only('proofs_tile', true);
SELECT lmb_make_insert_only('proofs_checkpoint', true);
SELECT lmb_make_insert_only('proofs_cosignature', true);
CREATE TRIGGER refuse_change BEFORE UPDATE ON proofs_salt
    FOR EACH ROW EXECUTE FUNCTION lmb_refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON proofs_salt
    FOR EACH STATEMENT EXECUTE FUNCTION lmb_refuse_change();
GRANT SELECT, INSERT ON proofs_salt TO lmb_app;
-- Leaves say nothing without their salts, and those are the house's. So is what an audit found: it
-- names rows. Everything else of the log is there to be published.
SELECT lmb_secure('proofs_salt');

ALTER TABLE proofs_leaf
    ADD CONSTRAINT proofs_leaf_cell FOREIGN KEY (cell) REFERENCES ledger_cell (id),
    ADD CONSTRAINT proofs_leaf_hash_is_of_content
        CHECK (hash = sha256('\x00'::bytea || content));
ALTER TABLE proofs_salt
    ADD CONSTRAINT proofs_salt_of_a_leaf
        FOREIGN KEY (cell, index) REFERENCES proofs_leaf (cell, index),
    ADD CONSTRAINT proofs_salt_is_long_enough CHECK (octet_length(salt) = 32);
ALTER TABLE proofs_tile
    ADD CONSTRAINT proofs_tile_cell FOREIGN KEY (cell) REFERENCES ledger_cell (id),
    ADD CONSTRAINT proofs_tile_is_full
        CHECK (octet_length(hashes) = 8192 AND octet_length(root) = 32);
ALTER TABLE proofs_checkpoint
    ADD CONSTRAINT proofs_checkpoint_cell FOREIGN KEY (cell) REFERENCES ledger_cell (id),
    ADD CONSTRAINT proofs_checkpoint_root_is_a_hash CHECK (octet_length(root) = 32);
ALTER TABLE proofs_cosignature
    ADD CONSTRAINT proofs_cosignature_of_a_checkpoint
        FOREIGN KEY (cell, size) REFERENCES proofs_checkpoint (cell, size);
-- Hashes do not compress; trying costs time.
ALTER TABLE proofs_tile ALTER COLUMN hashes SET STORAGE EXTERNAL;

-- Leaves follow each other without a gap, and so do the transfers they stand for: each names the
-- transfer of its number, in the order of the books. Type 1 is a posted transfer.
CREATE FUNCTION proofs_check_leaves() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_wrong record;
BEGIN
    SELECT a.cell, a.index INTO v_wrong
    FROM added a
    WHERE a.index > 0 AND NOT EXISTS (
        SELECT FROM proofs_leaf p WHERE p.cell = a.cell AND p.index = a.index - 1)
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'leaf % of cell % would leave a gap before it', v_wrong.index, v_wrong.cell
            USING ERRCODE = 'restrict_violation';
    END IF;
    SELECT a.cell, a.index, a.seq INTO v_wrong
    FROM added a
    WHERE a.type = 1 AND a.seq <> 1 AND NOT EXISTS (
        SELECT FROM proofs_leaf p
        WHERE p.cell = a.cell AND p.type = 1 AND p.seq = a.seq - 1 AND p.index < a.index)
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'leaf % of cell % is of transfer %, but the one before has no earlier leaf',
            v_wrong.index, v_wrong.cell, v_wrong.seq USING ERRCODE = 'restrict_violation';
    END IF;
    SELECT a.cell, a.index, a.subject INTO v_wrong
    FROM added a
    WHERE a.type <> 1 OR NOT EXISTS (
        SELECT FROM ledger_transfer t
        WHERE t.cell = a.cell AND t.id = a.subject AND t.seq = a.seq)
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'leaf % of cell % names %, which is no posted transfer of its number',
            v_wrong.index, v_wrong.cell, v_wrong.subject USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER no_gaps AFTER INSERT ON proofs_leaf REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION proofs_check_leaves();
REVOKE ALL ON FUNCTION proofs_check_leaves() FROM PUBLIC;
