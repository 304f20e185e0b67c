-- When a delegation is in force.
CREATE FUNCTION people_lasts(d people_delegation)
RETURNS tstzrange LANGUAGE sql IMMUTABLE AS $$
    SELECT tstzrange(d.starts_at, least(d.expires_at, d.ended_at));
$$;

-- Whom somebody can read, and by what right: the one place that says it. A look asks for a moment,
-- the report after a breach for a window of time; both get the answer from the same rows. It has no
-- settings of its own and names every schema, so that the planner sees through it: a look at one
-- person costs the same in a state of millions.
CREATE FUNCTION people_reach(p_cell integer, p_principal uuid, p_from timestamptz,
    p_to timestamptz)
RETURNS TABLE (person uuid, data_class text, basis text, membership uuid, delegation uuid,
    purpose text)
LANGUAGE sql STABLE AS $$
    WITH seat AS (
        SELECT m.id, m.role, m.organisation, o.state,
            tstzrange(m.starts_at, coalesce(m.ended_at, 'infinity'))
                * tstzrange(p_from, p_to, '[]') AS held
        FROM public.people_membership m
        JOIN public.people_organisation o ON o.cell = m.cell AND o.id = m.organisation
        WHERE m.cell = p_cell AND m.person = p_principal
    )
    -- Everyone reads everything of themselves.
    SELECT p.id, c.data_class, 'self', NULL::uuid, NULL::uuid, NULL::text
    FROM public.people_person p, unnest(ARRAY['name', 'birth-date', 'ssn', 'contact', 'bank'])
        AS c(data_class)
    WHERE p.cell = p_cell AND p.id = p_principal
    UNION ALL
    -- What a delegation hands over, while it lasts; for an organisation, while one belongs to it.
    SELECT d.person, c.data_class, 'delegation', NULL, d.id, NULL
    FROM public.people_delegation d, unnest(d.data_classes) AS c(data_class)
    WHERE d.cell = p_cell AND d.delegate = p_principal
      AND (d.organisation IS NULL AND public.people_lasts(d) && tstzrange(p_from, p_to, '[]')
           OR EXISTS (SELECT FROM seat s WHERE s.organisation = d.organisation
                      AND s.held && public.people_lasts(d)))
    UNION ALL
    -- What people consented to let an organisation have, for the purpose they consented to: those
    -- who act for it, but not those whose role is to watch and not to read.
    SELECT n.person, c.data_class, 'consent', s.id, NULL, n.purpose
    FROM seat s
    JOIN public.people_consent n ON n.cell = p_cell AND n.recipient = s.organisation
    LEFT JOIN public.people_withdrawal w ON w.cell = n.cell AND w.consent = n.id,
        unnest(n.data_classes) AS c(data_class)
    WHERE s.role <> 'security-officer'
      AND s.held && tstzrange(n.starts_at,
                              greatest(n.starts_at, least(n.expires_at, w.withdrawn_at)))
    UNION ALL
    -- A state board does the case work of those who live in its state.
    SELECT r.person, c.data_class, 'state', s.id, NULL, NULL
    FROM seat s
    JOIN (SELECT person, state, effective_on,
              lead(effective_on) OVER (PARTITION BY person ORDER BY effective_on, recorded_at)
                  AS until
          FROM public.people_residence WHERE cell = p_cell) AS r ON r.state = s.state,
        unnest(ARRAY['name', 'birth-date', 'contact']) AS c(data_class)
    WHERE s.role = 'state-board'
      AND s.held && tstzrange(
          r.effective_on::timestamp AT TIME ZONE 'America/New_York',
          coalesce(r.until::timestamp AT TIME ZONE 'America/New_York', 'infinity'))
    UNION ALL
    -- One case, for which two persons stand.
    SELECT g.person, c.data_class, 'grant', s.id, NULL, NULL
    FROM seat s JOIN public.people_record_grant g ON g.cell = p_cell AND g.membership = s.id,
        unnest(g.data_classes) AS c(data_class)
    WHERE s.held && tstzrange(g.starts_at, least(g.expires_at, g.ended_at));
$$;

-- Puts a look at a record outside the vault on file. Its own room checked the right to it.
CREATE FUNCTION people_note_access(p_cell integer, p_id uuid, p_person uuid, p_principal uuid,
    p_membership uuid, p_delegation uuid, p_role text, p_organisation uuid, p_purpose text,
    p_record text, p_fields text[], p_at timestamptz)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO people_access (cell, id, person, principal, membership, delegation, role,
        organisation, purpose, basis, record, fields, at)
    VALUES (p_cell, p_id, p_person, p_principal, p_membership, p_delegation, p_role,
        p_organisation, p_purpose, 'told', p_record, p_fields, p_at);
$$;

REVOKE ALL ON FUNCTION
    people_reach(integer, uuid, timestamptz, timestamptz),
    people_lasts(people_delegation),
    people_note_access(integer, uuid, uuid, uuid, uuid, uuid, text, uuid, text, text, text[],
        timestamptz)
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION people_note_access(integer, uuid, uuid, uuid, uuid, uuid, text, uuid,
    text, text, text[], timestamptz) TO lmb_app;
