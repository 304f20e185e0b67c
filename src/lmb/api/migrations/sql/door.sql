-- Tokens, assertions and answers are seen by the client they belong to; the house writes the first
-- two. The rows go when they have served: until then nobody changes them.
SELECT people_secure('api_access_token', 'ROLE(security-officer)');
SELECT lmb_secure('api_used_assertion');
SELECT people_secure('api_key_use',
    'EXISTS (SELECT FROM people_api_key k WHERE k.cell = api_key_use.cell
             AND k.id = api_key_use.key)');
GRANT SELECT, INSERT ON api_access_token, api_used_assertion TO lmb_app;

CREATE FUNCTION api_client() RETURNS uuid
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT nullif(current_setting('lmb.client', true), '')::uuid;
$$;
ALTER TABLE api_answer ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON api_answer TO lmb_app
    USING (cell = (SELECT people_cell()) AND client = (SELECT api_client())
           AND (SELECT organisation FROM people_seat()) IS NOT NULL);
GRANT SELECT, INSERT ON api_answer TO lmb_app;

ALTER TABLE api_access_token
    ADD CONSTRAINT api_access_token_key
        FOREIGN KEY (cell, key) REFERENCES people_api_key (cell, id);
ALTER TABLE api_answer
    ADD CONSTRAINT api_answer_client
        FOREIGN KEY (cell, client) REFERENCES people_api_client (cell, id);
ALTER TABLE api_key_use
    ADD CONSTRAINT api_key_use_key
        FOREIGN KEY (cell, key) REFERENCES people_api_key (cell, id);
ALTER TABLE api_bucket SET UNLOGGED;
ALTER TABLE api_bucket SET (fillfactor = 50);

-- Whose an access token is; nothing unless it, its key and its client are all good.
CREATE FUNCTION api_admit_token(p_cell integer, p_prefix text, p_sha256 text, p_at timestamptz)
RETURNS TABLE (key uuid, client uuid, role text, organisation uuid, code text, state text,
    scopes text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT k.id, c.id, c.role, c.organisation, o.code, o.state, t.scopes
    FROM api_access_token t
    JOIN people_api_key k ON k.cell = t.cell AND k.id = t.key
    JOIN people_api_client c ON c.cell = k.cell AND c.id = k.client
    JOIN people_organisation o ON o.cell = c.cell AND o.id = c.organisation
    WHERE t.cell = p_cell AND t.prefix = p_prefix AND t.sha256 = p_sha256
      AND t.expires_at > p_at AND k.ended_at IS NULL AND k.expires_at > p_at
      AND c.ended_at IS NULL;
$$;

-- Notes that a key was used, where the last note is more than a minute old.
CREATE FUNCTION api_note_use(p_cell integer, p_key uuid, p_at timestamptz)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO api_key_use (cell, key, last_used_at) VALUES (p_cell, p_key, p_at)
    ON CONFLICT (cell, key) DO UPDATE SET last_used_at = p_at
        WHERE api_key_use.last_used_at < p_at - interval '1 minute';
$$;

-- Takes up to so many tokens out of a bucket that fills at a rate, tokens a second, up to a burst;
-- says how many there were and, where there were none, how many seconds until there is one.
-- Several servers share the bucket; each takes a few at once and asks again.
CREATE FUNCTION api_lease(p_key text, p_rate double precision, p_burst integer, p_most integer,
    p_at timestamptz, OUT granted integer, OUT wait double precision)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_bucket api_bucket;
BEGIN
    INSERT INTO api_bucket (key, tokens, filled_at) VALUES (p_key, p_burst, p_at)
    ON CONFLICT (key) DO NOTHING;
    IF FOUND THEN
        -- Whoever comes new clears away a few that have been full for long.
        DELETE FROM api_bucket b USING (
            SELECT key FROM api_bucket WHERE filled_at < p_at - interval '1 day'
            ORDER BY filled_at LIMIT 20 FOR UPDATE SKIP LOCKED) AS old
        WHERE b.key = old.key;
    END IF;
    SELECT * INTO STRICT v_bucket FROM api_bucket WHERE key = p_key FOR UPDATE;
    v_bucket.tokens := least(p_burst, v_bucket.tokens
        + p_rate * greatest(0, extract(epoch FROM p_at - v_bucket.filled_at)));
    granted := least(p_most, floor(v_bucket.tokens)::integer);
    wait := CASE WHEN granted > 0 THEN 0 ELSE (1 - v_bucket.tokens) / p_rate END;
    UPDATE api_bucket SET tokens = v_bucket.tokens - granted,
        filled_at = greatest(filled_at, p_at) WHERE key = p_key;
END $$;

-- Forgets what has served: expired tokens and assertions, answers older than a week; at most so
-- many of each.
CREATE FUNCTION api_forget(p_at timestamptz, p_most integer)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DELETE FROM api_access_token t USING (
        SELECT cell, prefix FROM api_access_token WHERE expires_at <= p_at
        LIMIT p_most FOR UPDATE SKIP LOCKED) AS old
    WHERE t.cell = old.cell AND t.prefix = old.prefix;
    DELETE FROM api_used_assertion a USING (
        SELECT cell, client, jti_sha256 FROM api_used_assertion WHERE expires_at <= p_at
        LIMIT p_most FOR UPDATE SKIP LOCKED) AS old
    WHERE a.cell = old.cell AND a.client = old.client AND a.jti_sha256 = old.jti_sha256;
    DELETE FROM api_answer a USING (
        SELECT cell, client, key FROM api_answer WHERE recorded_at <= p_at - interval '7 days'
        LIMIT p_most FOR UPDATE SKIP LOCKED) AS old
    WHERE a.cell = old.cell AND a.client = old.client AND a.key = old.key;
$$;

REVOKE ALL ON FUNCTION api_client(), api_admit_token(integer, text, text, timestamptz),
    api_note_use(integer, uuid, timestamptz),
    api_lease(text, double precision, integer, integer, timestamptz),
    api_forget(timestamptz, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api_client(), api_admit_token(integer, text, text, timestamptz),
    api_note_use(integer, uuid, timestamptz),
    api_lease(text, double precision, integer, integer, timestamptz),
    api_forget(timestamptz, integer) TO lmb_app;
