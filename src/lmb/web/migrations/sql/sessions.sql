-- Sessions of browsers. Whoever has the secret finds its row; nobody else does, and nobody lists
-- them: the application role has these functions, and of the table what a person may see of their
-- own.
REVOKE ALL ON web_session FROM lmb_app;
GRANT SELECT (id, cell, person, membership, delegation, device, started_at, seen_at, idle_seconds,
    ends_at) ON web_session TO lmb_app;
SELECT people_secure('web_session', 'ME(person) OR ROLE(security-officer)');

-- How stale the sign of life may be: a page a second would else be a write a second.
CREATE FUNCTION web_session_grain() RETURNS interval LANGUAGE sql IMMUTABLE
    SET search_path = public, pg_temp AS $$ SELECT interval '1 minute'; $$;

-- What a session holds and in which capacity it acts, while it is alive; marks it as seen. The
-- capacity is read from the rows it comes from: `role` is null for one that has ended.
CREATE FUNCTION web_session_load(p_key_sha256 text, p_at timestamptz)
RETURNS TABLE (id uuid, content text, role text, organisation uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE web_session s SET seen_at = p_at
    WHERE s.key_sha256 = p_key_sha256 AND s.seen_at < p_at - web_session_grain()
      AND p_at < s.ends_at AND p_at < s.seen_at + make_interval(secs => s.idle_seconds);
    RETURN QUERY
    SELECT s.id, s.content,
        CASE WHEN s.membership IS NOT NULL THEN m.role
             WHEN s.delegation IS NOT NULL THEN
                 CASE WHEN people_lasts(d) @> p_at THEN 'representative' END
             ELSE 'citizen' END,
        coalesce(m.organisation, d.organisation)
    FROM web_session s
    LEFT JOIN people_membership m ON m.cell = s.cell AND m.id = s.membership
        AND m.person = s.person AND m.ended_at IS NULL
    LEFT JOIN people_delegation d ON d.cell = s.cell AND d.id = s.delegation
        AND d.delegate = s.person AND (d.organisation IS NULL OR EXISTS (
            SELECT FROM people_membership o WHERE o.cell = d.cell AND o.person = d.delegate
                AND o.organisation = d.organisation AND o.ended_at IS NULL))
    WHERE s.key_sha256 = p_key_sha256 AND p_at < s.ends_at
      AND p_at < s.seen_at + make_interval(secs => s.idle_seconds);
END $$;

CREATE FUNCTION web_session_exists(p_key_sha256 text)
RETURNS boolean LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM web_session WHERE key_sha256 = p_key_sha256);
$$;

-- Makes a session, or changes one that is there; false where it was to be new and is not, or was
-- to be there and has ended.
CREATE FUNCTION web_session_save(p_new boolean, p_id uuid, p_key_sha256 text, p_content text,
    p_cell integer, p_person uuid, p_membership uuid, p_delegation uuid, p_device text,
    p_at timestamptz, p_idle_seconds integer, p_total_seconds integer)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF p_new THEN
        INSERT INTO web_session (id, key_sha256, content, cell, person, membership, delegation,
            device, started_at, seen_at, idle_seconds, ends_at)
        VALUES (p_id, p_key_sha256, p_content, p_cell, p_person, p_membership, p_delegation,
            p_device, p_at, p_at, p_idle_seconds, p_at + make_interval(secs => p_total_seconds))
        ON CONFLICT DO NOTHING;
    ELSE
        -- The total time counts from when the session began, whatever it became since.
        UPDATE web_session SET content = p_content, cell = p_cell, person = p_person,
            membership = p_membership, delegation = p_delegation, device = p_device,
            seen_at = greatest(seen_at, p_at), idle_seconds = p_idle_seconds,
            ends_at = started_at + make_interval(secs => p_total_seconds)
        WHERE key_sha256 = p_key_sha256;
    END IF;
    RETURN FOUND;
END $$;

CREATE FUNCTION web_session_end(p_key_sha256 text)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DELETE FROM web_session WHERE key_sha256 = p_key_sha256;
$$;

-- Ends one session of a person, or all of them but one; answers how many.
CREATE FUNCTION web_session_end_of(p_cell integer, p_person uuid, p_id uuid, p_but uuid)
RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH ended AS (
        DELETE FROM web_session WHERE cell = p_cell AND person = p_person
            AND (p_id IS NULL OR id = p_id) AND id IS DISTINCT FROM p_but
        RETURNING 1
    )
    SELECT count(*) FROM ended;
$$;

CREATE FUNCTION web_session_forget(p_at timestamptz)
RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH ended AS (
        DELETE FROM web_session WHERE ends_at <= p_at
            OR seen_at + make_interval(secs => idle_seconds) <= p_at
        RETURNING 1
    )
    SELECT count(*) FROM ended;
$$;

REVOKE ALL ON FUNCTION web_session_grain(), web_session_load(text, timestamptz),
    web_session_exists(text), web_session_save(boolean, uuid, text, text, integer, uuid, uuid, uuid,
        text, timestamptz, integer, integer),
    web_session_end(text), web_session_end_of(integer, uuid, uuid, uuid),
    web_session_forget(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION web_session_load(text, timestamptz),
    web_session_exists(text), web_session_save(boolean, uuid, text, text, integer, uuid, uuid, uuid,
        text, timestamptz, integer, integer),
    web_session_end(text), web_session_end_of(integer, uuid, uuid, uuid),
    web_session_forget(timestamptz) TO lmb_app;
