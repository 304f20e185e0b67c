-- Each look is chained to the one before: its hash covers all of it and the hash before, so that a
-- row that is changed, taken out or put in between shows (lmb.people.access_chain says the same).
-- There are 256 chains in a cell, by the last byte of the key of whoever looked: those who look at
-- the same moment do not wait for each other, and somebody's own looks follow one another.

-- A text after its length in bytes, so that no two rows have the same bytes; a null is a hyphen.
CREATE FUNCTION people_counted(p_text text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
    SELECT coalesce(octet_length(convert_to(p_text, 'UTF8')) || ':' || p_text, '-') || ',';
$$;

-- The bytes of a look that its hash covers, beside the hash before. Times are microseconds since
-- 1970.
CREATE FUNCTION people_access_content(a people_access) RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
    SELECT convert_to(string_agg(people_counted(t.part), '' ORDER BY t.place), 'UTF8')
    FROM unnest(ARRAY[
        'lmb-access/1', a.cell::text, a.lane::text, a.seq::text, a.id::text, a.person::text,
        a.principal::text, a.membership::text, a.delegation::text, a.role, a.organisation::text,
        a.purpose, a.basis, a.record,
        trunc(extract(epoch FROM a.at) * 1000000)::bigint::text] || a.fields)
        WITH ORDINALITY AS t(part, place);
$$;

CREATE FUNCTION people_chain_access() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_last record;
BEGIN
    NEW.lane := get_byte(uuid_send(NEW.principal), 15);
    -- Until this look is committed, nobody can follow it.
    PERFORM pg_advisory_xact_lock(5082031, hashint4(NEW.cell) # NEW.lane);
    SELECT a.seq, a.hash INTO v_last FROM people_access a
    WHERE a.cell = NEW.cell AND a.lane = NEW.lane ORDER BY a.seq DESC LIMIT 1;
    NEW.seq := coalesce(v_last.seq, 0) + 1;
    NEW.hash := sha256(coalesce(v_last.hash, ''::bytea) || people_access_content(NEW));
    RETURN NEW;
END $$;
CREATE TRIGGER chain BEFORE INSERT ON people_access
    FOR EACH ROW EXECUTE FUNCTION people_chain_access();

REVOKE ALL ON FUNCTION people_counted(text), people_access_content(people_access),
    people_chain_access() FROM PUBLIC;
