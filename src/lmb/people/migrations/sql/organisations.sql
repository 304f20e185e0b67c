SELECT lmb_make_insert_only('people_organisation', true);
SELECT people_make_ending('people_membership', 'ended_at', 'ended_by', 'ended_because');
SELECT people_make_ending('people_invitation', 'ended_at', 'ended_by', 'ended_because',
    'membership');
SELECT people_make_ending('people_api_client', 'ended_at', 'ended_by', 'ended_because');
SELECT people_make_ending('people_api_key', 'ended_at', 'ended_by', 'ended_because');

ALTER TABLE people_membership
    ADD CONSTRAINT people_membership_person
        FOREIGN KEY (cell, person) REFERENCES people_person (cell, id),
    ADD CONSTRAINT people_membership_organisation
        FOREIGN KEY (cell, organisation) REFERENCES people_organisation (cell, id),
    ADD CONSTRAINT people_membership_ends_after_its_start CHECK (ended_at >= starts_at);
ALTER TABLE people_invitation
    ADD CONSTRAINT people_invitation_organisation
        FOREIGN KEY (cell, organisation) REFERENCES people_organisation (cell, id),
    ADD CONSTRAINT people_invitation_membership
        FOREIGN KEY (cell, membership) REFERENCES people_membership (cell, id),
    ADD CONSTRAINT people_invitation_ended_before_it_expired
        CHECK (ended_because <> 'accepted' OR ended_at < expires_at);
ALTER TABLE people_api_client
    ADD CONSTRAINT people_api_client_organisation
        FOREIGN KEY (cell, organisation) REFERENCES people_organisation (cell, id),
    ADD CONSTRAINT people_api_client_registered_by
        FOREIGN KEY (cell, registered_by) REFERENCES people_person (cell, id),
    ADD CONSTRAINT people_api_client_approved_by
        FOREIGN KEY (cell, approved_by) REFERENCES people_person (cell, id),
    ADD CONSTRAINT people_api_client_has_scopes CHECK (cardinality(scopes) > 0);
ALTER TABLE people_api_key ADD CONSTRAINT people_api_key_client
    FOREIGN KEY (cell, client) REFERENCES people_api_client (cell, id);

-- Which program a secret belongs to, whoever asks: nothing unless it is one on file, neither it nor
-- its client has ended, and it has not expired. Where no secret is shown (a signature was), the
-- public key is given back to be verified with.
CREATE FUNCTION people_api_admit(p_cell integer, p_prefix text, p_sha256 text, p_at timestamptz)
RETURNS TABLE (key uuid, client uuid, role text, organisation uuid, code text, state text,
    scopes text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT k.id, c.id, c.role, c.organisation, o.code, o.state, c.scopes
    FROM people_api_key k
    JOIN people_api_client c ON c.cell = k.cell AND c.id = k.client
    JOIN people_organisation o ON o.cell = c.cell AND o.id = c.organisation
    WHERE k.cell = p_cell AND k.prefix = p_prefix AND k.sha256 = p_sha256
      AND k.ended_at IS NULL AND k.expires_at > p_at AND c.ended_at IS NULL;
$$;
CREATE FUNCTION people_api_keys_of(p_cell integer, p_client uuid, p_at timestamptz)
RETURNS TABLE (key uuid, jwk text, role text, organisation uuid, code text, state text,
    scopes text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT k.id, k.jwk, c.role, c.organisation, o.code, o.state, c.scopes
    FROM people_api_client c
    JOIN people_api_key k ON k.cell = c.cell AND k.client = c.id
    JOIN people_organisation o ON o.cell = c.cell AND o.id = c.organisation
    WHERE c.cell = p_cell AND c.id = p_client AND c.ended_at IS NULL
      AND k.jwk IS NOT NULL AND k.ended_at IS NULL AND k.expires_at > p_at
    ORDER BY k.id;
$$;
REVOKE ALL ON FUNCTION people_api_admit(integer, text, text, timestamptz),
    people_api_keys_of(integer, uuid, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION people_api_admit(integer, text, text, timestamptz),
    people_api_keys_of(integer, uuid, timestamptz) TO lmb_app;
