SELECT lmb_make_insert_only('rules_determination', true);
SELECT lmb_make_insert_only('rules_determination_input', true);

ALTER TABLE rules_determination_input
    ADD CONSTRAINT rules_input_of_a_determination
    FOREIGN KEY (cell, determination) REFERENCES rules_determination (cell, id);
-- What supersedes a determination is about the same subject.
ALTER TABLE rules_determination
    ADD CONSTRAINT rules_determination_supersedes_one_on_file
    FOREIGN KEY (cell, subject, supersedes) REFERENCES rules_determination (cell, subject, id);
-- The hash is the content's, also for rows that came by raw SQL.
ALTER TABLE rules_determination
    ADD CONSTRAINT rules_determination_hash_is_of_content
    CHECK (sha256 = encode(sha256(convert_to(content, 'UTF8')), 'hex'));
-- So do the columns one searches by say what the content says.
ALTER TABLE rules_determination
    ADD CONSTRAINT rules_determination_columns_are_of_content
    CHECK ((content::jsonb ->> 'rule', content::jsonb ->> 'rule_version',
            content::jsonb ->> 'subject', content::jsonb ->> 'supersedes')
           IS NOT DISTINCT FROM (rule, rule_version, subject, supersedes::text));

-- A determination has the inputs it counts, and none can be added to it later.
CREATE FUNCTION rules_refuse_uncounted_input() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM (SELECT cell, determination, min(position) AS first, max(position) AS last
                     FROM added GROUP BY cell, determination) AS a
        JOIN rules_determination d ON d.cell = a.cell AND d.id = a.determination
        WHERE a.first < 0
           OR a.last >= coalesce((d.content::jsonb ->> 'inputs_count')::integer, 0)
    ) THEN
        RAISE EXCEPTION 'a determination has no more inputs than its content counts'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER refuse_uncounted AFTER INSERT ON rules_determination_input
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION rules_refuse_uncounted_input();
