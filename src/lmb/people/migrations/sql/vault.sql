-- The vault: direct identifiers, sealed, in a schema the application role cannot read. It enters
-- by the functions below alone, and the one that gives anything back writes the access log in the
-- same statement. Values are sealed and opened in the application, which has the master key; the
-- database has the right to look. Neither is enough alone.
CREATE SCHEMA vault;

-- The data key of each person, wrapped by a master key. Deleting the row is the erasure.
CREATE TABLE vault.person_key (
    cell integer NOT NULL,
    person uuid NOT NULL,
    master text NOT NULL CHECK (master <> ''),
    wrapped bytea NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (cell, person),
    FOREIGN KEY (cell, person) REFERENCES people_person (cell, id)
);

-- What may be kept, and the class it belongs to (lmb.people.identifiers says the same).
CREATE TABLE vault.field (
    name text PRIMARY KEY,
    data_class text NOT NULL
);
INSERT INTO vault.field (name, data_class) VALUES
    ('given_name', 'name'), ('family_name', 'name'), ('birth_date', 'birth-date'),
    ('ssn', 'ssn'), ('street', 'contact'), ('city', 'contact'), ('postal_code', 'contact'),
    ('phone', 'contact'), ('email', 'contact'), ('bank_routing', 'bank'),
    ('bank_account', 'bank');

CREATE TABLE vault.sealed (
    cell integer NOT NULL,
    person uuid NOT NULL,
    field text NOT NULL REFERENCES vault.field (name),
    version integer NOT NULL CHECK (version > 0),
    content bytea NOT NULL CHECK (octet_length(content) >= 12 + 16),
    recorded_by uuid NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (cell, person, field, version),
    FOREIGN KEY (cell, person) REFERENCES vault.person_key (cell, person)
        DEFERRABLE INITIALLY DEFERRED
);

-- A directory across cells: one lifetime account for each person is a control on money, so the
-- same number in two states must meet. Not unique: what meets is a question for two people.
CREATE TABLE vault.blind_index (
    kind text NOT NULL,
    key integer NOT NULL,
    digest bytea NOT NULL CHECK (octet_length(digest) = 32),
    cell integer NOT NULL,
    person uuid NOT NULL,
    PRIMARY KEY (kind, key, digest, cell, person)
);
CREATE INDEX blind_index_of_person ON vault.blind_index (cell, person);

-- That somebody was forgotten, by whose word; nothing of what was.
CREATE TABLE vault.erasure (
    cell integer NOT NULL,
    person uuid NOT NULL,
    because text NOT NULL CHECK (because <> ''),
    erased_by uuid NOT NULL,
    approved_by uuid NOT NULL CHECK (approved_by <> erased_by),
    erased_at timestamptz NOT NULL,
    PRIMARY KEY (cell, person),
    FOREIGN KEY (cell, person) REFERENCES people_person (cell, id)
);

CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON vault.erasure
    FOR EACH ROW EXECUTE FUNCTION lmb_refuse_change();
CREATE TRIGGER refuse_change BEFORE UPDATE ON vault.sealed
    FOR EACH ROW EXECUTE FUNCTION lmb_refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON vault.erasure
    FOR EACH STATEMENT EXECUTE FUNCTION lmb_refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON vault.sealed
    FOR EACH STATEMENT EXECUTE FUNCTION lmb_refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON vault.person_key
    FOR EACH STATEMENT EXECUTE FUNCTION lmb_refuse_change();

-- Keys and sealed values go only with an erasure on file; a key never changes its person.
CREATE FUNCTION vault.refuse_unless_erased() RETURNS trigger
LANGUAGE plpgsql SET search_path = vault, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM vault.erasure e
                   WHERE e.cell = OLD.cell AND e.person = OLD.person) THEN
        RAISE EXCEPTION '% keeps what it has of person %; erase the person as a whole',
            TG_TABLE_NAME, OLD.person USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER refuse_delete BEFORE DELETE ON vault.person_key
    FOR EACH ROW EXECUTE FUNCTION vault.refuse_unless_erased();
CREATE TRIGGER refuse_delete BEFORE DELETE ON vault.sealed
    FOR EACH ROW EXECUTE FUNCTION vault.refuse_unless_erased();
CREATE TRIGGER keep_terms BEFORE UPDATE ON vault.person_key
    FOR EACH ROW EXECUTE FUNCTION people_keep_terms('many', 'master', 'wrapped');

-- Gives a person a key. Refused for a person who was erased: their key would bring nothing back.
CREATE FUNCTION vault.open(p_cell integer, p_person uuid, p_master text, p_wrapped bytea,
    p_at timestamptz)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = vault, public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM vault.erasure e WHERE e.cell = p_cell AND e.person = p_person) THEN
        RAISE EXCEPTION 'person % was erased; register them anew', p_person
            USING ERRCODE = 'restrict_violation';
    END IF;
    INSERT INTO vault.person_key (cell, person, master, wrapped, recorded_at)
    VALUES (p_cell, p_person, p_master, p_wrapped, p_at);
END $$;

-- The wrapped key to seal with, and the newest version of each field. The key stays locked until
-- the transaction ends, so that two writers take turns and an erasure waits.
CREATE FUNCTION vault.prepare(p_cell integer, p_person uuid, OUT master text, OUT wrapped bytea,
    OUT versions jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = vault, public, pg_temp AS $$
BEGIN
    SELECT k.master, k.wrapped INTO master, wrapped
    FROM vault.person_key k WHERE k.cell = p_cell AND k.person = p_person FOR UPDATE;
    SELECT coalesce(jsonb_object_agg(s.field, s.version), '{}') INTO versions
    FROM (SELECT field, max(version) AS version FROM vault.sealed
          WHERE cell = p_cell AND person = p_person GROUP BY field) AS s;
END $$;

CREATE FUNCTION vault.put(p_cell integer, p_person uuid, p_fields text[], p_versions integer[],
    p_contents bytea[], p_by uuid, p_at timestamptz)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = vault, public, pg_temp AS $$
    INSERT INTO vault.sealed (cell, person, field, version, content, recorded_by, recorded_at)
    SELECT p_cell, p_person, n.field, n.version, n.content, p_by, p_at
    FROM unnest(p_fields, p_versions, p_contents) AS n(field, version, content);
$$;

-- Enters a person under a digest, in the place of their earlier value of that kind, and answers who else stands there under any of the digests of the
-- same value. Callers with the same value take turns, so of two at once the second meets the first.
CREATE FUNCTION vault.enter_index(p_kind text, p_keys integer[], p_digests bytea[],
    p_current integer, p_cell integer, p_person uuid)
RETURNS TABLE (cell integer, person uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = vault, public, pg_temp AS $$
#variable_conflict use_column
BEGIN
    PERFORM pg_advisory_xact_lock(5082028, ('x' || substr(encode(d, 'hex'), 1, 8))::bit(32)::int)
    FROM (SELECT d FROM unnest(p_digests) AS d ORDER BY d) AS digests;
    DELETE FROM vault.blind_index b
    WHERE b.kind = p_kind AND b.cell = p_cell AND b.person = p_person
      AND (b.key, b.digest) NOT IN (SELECT d.key, d.digest
                                    FROM unnest(p_keys, p_digests) AS d(key, digest));
    INSERT INTO vault.blind_index (kind, key, digest, cell, person)
    SELECT p_kind, d.key, d.digest, p_cell, p_person
    FROM unnest(p_keys, p_digests) AS d(key, digest) WHERE d.key = p_current
    ON CONFLICT DO NOTHING;
    RETURN QUERY
    SELECT DISTINCT b.cell, b.person
    FROM vault.blind_index b JOIN unnest(p_keys, p_digests) AS d(key, digest)
        ON b.key = d.key AND b.digest = d.digest
    WHERE b.kind = p_kind AND (b.cell, b.person) <> (p_cell, p_person)
    ORDER BY b.cell, b.person;
END $$;

-- Who stands under a value: keys, never values. For matching records that name people otherwise.
CREATE FUNCTION vault.find(p_kind text, p_keys integer[], p_digests bytea[])
RETURNS TABLE (cell integer, person uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = vault, public, pg_temp AS $$
    SELECT DISTINCT b.cell, b.person
    FROM vault.blind_index b JOIN unnest(p_keys, p_digests) AS d(key, digest)
        ON b.key = d.key AND b.digest = d.digest
    WHERE b.kind = p_kind ORDER BY 1, 2;
$$;

-- Who stands under each of many digests of one key, in one cell: for wages that name people by
-- number alone. Says so where the index is being renewed, because then some stand elsewhere.
CREATE FUNCTION vault.find_many(p_kind text, p_key integer, p_digests bytea[], p_cell integer)
RETURNS TABLE (digest bytea, person uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = vault, public, pg_temp AS $$
#variable_conflict use_column
BEGIN
    IF EXISTS (SELECT FROM vault.blind_index b WHERE b.kind = p_kind AND b.key < p_key)
       OR EXISTS (SELECT FROM vault.blind_index b WHERE b.kind = p_kind AND b.key > p_key) THEN
        RAISE EXCEPTION 'the blind index is being renewed' USING ERRCODE = 'object_in_use';
    END IF;
    RETURN QUERY
    SELECT b.digest, b.person FROM vault.blind_index b
    WHERE b.kind = p_kind AND b.key = p_key AND b.cell = p_cell AND b.digest = ANY (p_digests);
END $$;

-- What was sealed of some persons, newest version of each field, and the look at it on record.
-- The database decides by what right: every field asked for must be in the reach of the principal
-- now, in the capacity they act in (a membership, a delegation, or neither: as themselves).
CREATE FUNCTION vault.read(p_cell integer, p_ids uuid[], p_persons uuid[], p_fields text[],
    p_principal uuid, p_membership uuid, p_delegation uuid, p_purpose text, p_at timestamptz)
RETURNS TABLE (person uuid, field text, version integer, content bytea, master text, wrapped bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = vault, public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    v_refused record;
BEGIN
    IF cardinality(p_persons) > 1000 THEN
        RAISE EXCEPTION 'a call reads at most 1,000 persons; split it'
            USING ERRCODE = 'program_limit_exceeded';
    END IF;
    SELECT a.person, a.field INTO v_refused
    FROM vault.asked(p_cell, p_persons, p_fields, p_principal, p_membership, p_delegation,
        p_purpose, p_at) AS a
    WHERE a.basis IS NULL LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'no right to read % of person % in this capacity',
            v_refused.field, v_refused.person USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO people_access (cell, id, person, principal, membership, delegation, role,
        organisation, purpose, basis, record, fields, at)
    SELECT p_cell, p_ids[array_position(p_persons, a.person)], a.person, p_principal,
        p_membership, p_delegation,
        coalesce(m.role, CASE WHEN p_delegation IS NULL THEN 'citizen' ELSE 'representative' END),
        coalesce(m.organisation, d.organisation), p_purpose,
        string_agg(DISTINCT a.basis, '+' ORDER BY a.basis), 'vault',
        array_agg(a.field ORDER BY a.field), p_at
    FROM vault.asked(p_cell, p_persons, p_fields, p_principal, p_membership, p_delegation,
        p_purpose, p_at) AS a
    LEFT JOIN people_membership m ON m.cell = p_cell AND m.id = p_membership
    LEFT JOIN people_delegation d ON d.cell = p_cell AND d.id = p_delegation
    GROUP BY a.person, m.role, m.organisation, d.organisation;
    RETURN QUERY
    SELECT DISTINCT ON (s.person, s.field)
        s.person, s.field, s.version, s.content, k.master, k.wrapped
    FROM vault.sealed s JOIN vault.person_key k ON k.cell = s.cell AND k.person = s.person
    WHERE s.cell = p_cell AND s.person = ANY (p_persons) AND s.field = ANY (p_fields)
    ORDER BY s.person, s.field, s.version DESC;
END $$;

-- Puts a look that was refused on record: asking is a sign too. Only of persons there are.
CREATE FUNCTION vault.note_refusal(p_cell integer, p_ids uuid[], p_persons uuid[], p_fields text[],
    p_principal uuid, p_membership uuid, p_delegation uuid, p_purpose text, p_at timestamptz)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = vault, public, pg_temp AS $$
    INSERT INTO people_access (cell, id, person, principal, membership, delegation, role,
        organisation, purpose, basis, record, fields, at)
    SELECT p_cell, a.id, a.person, p_principal, p_membership, p_delegation,
        coalesce(m.role, CASE WHEN p_delegation IS NULL THEN 'citizen' ELSE 'representative' END),
        m.organisation, p_purpose, 'refused', 'vault', p_fields, p_at
    FROM unnest(p_ids, p_persons) AS a(id, person)
    JOIN people_person p ON p.cell = p_cell AND p.id = a.person
    LEFT JOIN people_membership m ON m.cell = p_cell AND m.id = p_membership
        AND m.person = p_principal;
$$;

-- Each person and field asked for with the right to it; null where there is none. The planner sees
-- through it, as through people_reach.
CREATE FUNCTION vault.asked(p_cell integer, p_persons uuid[], p_fields text[], p_principal uuid,
    p_membership uuid, p_delegation uuid, p_purpose text, p_at timestamptz)
RETURNS TABLE (person uuid, field text, basis text)
LANGUAGE sql STABLE AS $$
    SELECT p.person, f.field, r.basis
    FROM unnest(p_persons) AS p(person) CROSS JOIN unnest(p_fields) AS f(field)
    LEFT JOIN vault.field k ON k.name = f.field
    LEFT JOIN LATERAL (
        SELECT min(r.basis) AS basis
        FROM public.people_reach(p_cell, p_principal, p_at, p_at) AS r
        WHERE r.person = p.person AND r.data_class = k.data_class
          AND r.membership IS NOT DISTINCT FROM p_membership
          AND r.delegation IS NOT DISTINCT FROM p_delegation
          AND (r.purpose IS NULL OR r.purpose = p_purpose)) AS r ON true;
$$;

-- Forgets a person: key, sealed values and index go, the key of the person in the books stays.
-- Answers whether there was anything to forget.
CREATE FUNCTION vault.erase(p_cell integer, p_person uuid, p_because text, p_by uuid,
    p_approved_by uuid, p_at timestamptz)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = vault, public, pg_temp AS $$
BEGIN
    PERFORM FROM vault.person_key WHERE cell = p_cell AND person = p_person FOR UPDATE;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    INSERT INTO vault.erasure (cell, person, because, erased_by, approved_by, erased_at)
    VALUES (p_cell, p_person, p_because, p_by, p_approved_by, p_at);
    DELETE FROM vault.blind_index WHERE cell = p_cell AND person = p_person;
    DELETE FROM vault.sealed WHERE cell = p_cell AND person = p_person;
    DELETE FROM vault.person_key WHERE cell = p_cell AND person = p_person;
    RETURN true;
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA vault FROM PUBLIC;
GRANT USAGE ON SCHEMA vault TO lmb_app;
GRANT EXECUTE ON FUNCTION
    vault.open(integer, uuid, text, bytea, timestamptz),
    vault.prepare(integer, uuid),
    vault.put(integer, uuid, text[], integer[], bytea[], uuid, timestamptz),
    vault.enter_index(text, integer[], bytea[], integer, integer, uuid),
    vault.find(text, integer[], bytea[]),
    vault.find_many(text, integer, bytea[], integer),
    vault.read(integer, uuid[], uuid[], text[], uuid, uuid, uuid, text, timestamptz),
    vault.note_refusal(integer, uuid[], uuid[], text[], uuid, uuid, uuid, text, timestamptz),
    vault.erase(integer, uuid, text, uuid, uuid, timestamptz)
TO lmb_app;
