-- Who sees which rows, for raw SQL too. Each transaction says who acts, in which capacity and when,
-- in variables set for it alone (lmb.people.sessions):
--     lmb.cell, lmb.person, lmb.at    who, in which cell, at which moment
--     lmb.membership                  for an organisation; the role is read from the membership
--     lmb.delegation                  for another person; whom is read from the delegation
--     lmb.client                      a program for its organisation, and no person at all
--     lmb.house                       'yes' while a service of the house does its own work
-- Where nothing is said, nothing is seen. A session reads; the house alone writes.

CREATE FUNCTION people_cell() RETURNS integer
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
    SELECT nullif(current_setting('lmb.cell', true), '')::integer;
$$;
CREATE FUNCTION people_me() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
    SELECT nullif(current_setting('lmb.person', true), '')::uuid;
$$;
CREATE FUNCTION people_now() RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
    SELECT nullif(current_setting('lmb.at', true), '')::timestamptz;
$$;

-- Oneself, while one acts in no other capacity.
CREATE FUNCTION people_self() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
    SELECT people_me() WHERE coalesce(current_setting('lmb.membership', true), '') = ''
        AND coalesce(current_setting('lmb.delegation', true), '') = '';
$$;

-- The membership one acts in; nothing unless it is one's own and has not ended. A program's seat is
-- its registration, as long as that has not ended.
CREATE FUNCTION people_seat(OUT membership uuid, OUT role text, OUT organisation uuid,
    OUT state text)
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT m.id, m.role, m.organisation, CASE WHEN m.role = 'state-board' THEN o.state END
    FROM people_membership m
    JOIN people_organisation o ON o.cell = m.cell AND o.id = m.organisation
    WHERE m.cell = people_cell() AND m.person = people_me() AND m.ended_at IS NULL
      AND m.id = nullif(current_setting('lmb.membership', true), '')::uuid
      AND coalesce(current_setting('lmb.delegation', true), '') = ''
    UNION ALL
    SELECT NULL, c.role, c.organisation, CASE WHEN c.role = 'state-board' THEN o.state END
    FROM people_api_client c
    JOIN people_organisation o ON o.cell = c.cell AND o.id = c.organisation
    WHERE c.cell = people_cell() AND c.ended_at IS NULL AND people_me() IS NULL
      AND c.id = nullif(current_setting('lmb.client', true), '')::uuid;
$$;
CREATE FUNCTION people_role() RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$ SELECT role FROM people_seat(); $$;

-- Whom one acts for; nobody unless the delegation is one's own and in force.
CREATE FUNCTION people_ward() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT d.person FROM people_delegation d
    WHERE d.cell = people_cell() AND d.delegate = people_me()
      AND d.id = nullif(current_setting('lmb.delegation', true), '')::uuid
      AND people_lasts(d) @> people_now()
      AND (d.organisation IS NULL OR EXISTS (
          SELECT FROM people_membership m
          WHERE m.cell = d.cell AND m.person = d.delegate AND m.organisation = d.organisation
            AND m.ended_at IS NULL));
$$;

-- Whether a person lives in the state whose board one acts for.
CREATE FUNCTION people_serves(p_cell integer, p_person uuid) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce((
        SELECT r.state FROM people_residence r
        WHERE r.cell = p_cell AND r.person = p_person
          AND r.effective_on <= (people_now() AT TIME ZONE 'America/New_York')::date
        ORDER BY r.effective_on DESC, r.recorded_at DESC LIMIT 1
    ) = (SELECT state FROM people_seat()), false);
$$;

-- Which roles stand behind an action that takes two (lmb.people.approvals says the same).
CREATE FUNCTION people_approves(p_role text, p_action text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
    SELECT (p_role, p_action) IN (VALUES
        ('treasury', 'pay-out'), ('treasury', 'issue-bond'), ('treasury', 'change-rate'),
        ('agency', 'revoke-many'), ('state-board', 'revoke-many'), ('provider', 'revoke-many'),
        ('agency', 'change-accreditation'), ('state-board', 'change-accreditation'),
        ('agency', 'change-roles'), ('state-board', 'change-roles'), ('treasury', 'change-roles'),
        ('auditor', 'change-roles'), ('security-officer', 'change-roles'),
        ('agency', 'decide-review'), ('state-board', 'decide-review'),
        ('agency', 'break-glass'), ('state-board', 'break-glass'), ('auditor', 'break-glass'),
        ('agency', 'erase-person'), ('state-board', 'erase-person'),
        ('agency', 'sign-determination'), ('treasury', 'sign-determination'));
$$;

-- The code of the organisation one acts for in a role: what rooms that know organisations by the
-- codes of their own files compare with. Nothing in any other role.
CREATE FUNCTION people_code(p_role text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT o.code FROM people_seat() AS s
    JOIN people_organisation o ON o.cell = people_cell() AND o.id = s.organisation
    WHERE s.role = p_role;
$$;

-- The person whose key a text ends with; nothing where it ends otherwise.
CREATE FUNCTION people_named(p_text text) RETURNS uuid
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
    SELECT substring(p_text FROM '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$')::uuid;
$$;

-- Lets a session read what `p_visible` says of a table under row-level security, beside what other
-- calls let it. The shorthands stand for conditions: on a column with a person's key (SELF, ME,
-- WARD, SERVED), with an organisation's (BODY), with the code of a provider or an employer (CODE)
-- or of a holder of bonds, whose custodian sees it too (HOLDER); or on the role.
CREATE FUNCTION people_show(p_table regclass, p_visible text)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_visible text := p_visible;
BEGIN
    v_visible := regexp_replace(v_visible, 'SELF\((\w+)\)', '\1 = (SELECT people_self())', 'g');
    v_visible := regexp_replace(v_visible, 'ME\((\w+)\)', '\1 = (SELECT people_me())', 'g');
    v_visible := regexp_replace(v_visible, 'WARD\((\w+)\)', '\1 = (SELECT people_ward())', 'g');
    v_visible := regexp_replace(v_visible, 'BODY\((\w+)\)',
        '\1 = (SELECT organisation FROM people_seat())', 'g');
    v_visible := regexp_replace(v_visible, 'SERVED\((\w+)\)',
        '(SELECT state FROM people_seat()) IS NOT NULL AND people_serves(cell, \1)', 'g');
    v_visible := regexp_replace(v_visible, 'CODE\((\w+), (\w+)\)',
        '\2 = (SELECT people_code(''\1''))', 'g');
    v_visible := regexp_replace(v_visible, 'HOLDER\((\w+)\)',
        'starts_with(\1 || ''/'', (SELECT people_code(''investor'')) || ''/'')', 'g');
    v_visible := regexp_replace(v_visible, 'ROLE\(([\w-]+)\)',
        '(SELECT people_role()) = ''\1''', 'g');
    -- Policies are tried one after another, and the house's comes last: so this one says first that
    -- it is not for the house. Else every row of a long list is looked at for nothing.
    EXECUTE format('CREATE POLICY %I ON %s FOR SELECT TO lmb_app
                    USING (NOT (SELECT lmb_house()) AND cell = (SELECT people_cell()) AND (%s))',
        'sessions ' || (SELECT count(*) FROM pg_policy WHERE polrelid = p_table),
        p_table, v_visible);
END $$;

CREATE FUNCTION people_secure(p_table regclass, p_visible text)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM lmb_secure(p_table);
    PERFORM people_show(p_table, p_visible);
END $$;

SELECT people_secure('people_person',
    'SELF(id) OR WARD(id) OR SERVED(id) OR ROLE(auditor)');
SELECT people_secure('people_residence',
    'SELF(person) OR WARD(person) OR SERVED(person) OR ROLE(auditor)');
SELECT people_secure('people_circumstances',
    'SELF(person) OR WARD(person) OR SERVED(person) OR ROLE(auditor)');
SELECT people_secure('people_identity', 'SELF(person) OR ROLE(security-officer)');
SELECT people_secure('people_sign_in', 'SELF(person) OR ROLE(security-officer)');
-- Whom somebody may be the same as is told to those who decide, never to the two.
SELECT people_secure('people_review_case', 'SERVED(person) OR ROLE(agency) OR ROLE(auditor)');
-- Who takes part is public.
SELECT people_secure('people_organisation', 'true');
SELECT people_secure('people_membership',
    'ME(person) OR BODY(organisation) OR ROLE(security-officer) OR ROLE(auditor)');
SELECT people_secure('people_invitation',
    'BODY(organisation) OR ROLE(security-officer) OR ROLE(auditor)');
SELECT people_secure('people_api_client',
    'BODY(organisation) OR ROLE(security-officer) OR ROLE(auditor)');
SELECT people_secure('people_api_key',
    'EXISTS (SELECT FROM people_api_client c WHERE c.cell = people_api_key.cell
             AND c.id = people_api_key.client)');
SELECT people_secure('people_consent',
    'SELF(person) OR WARD(person) OR ROLE(auditor)
     OR BODY(recipient) AND NOT ROLE(security-officer)');
SELECT people_secure('people_withdrawal',
    'EXISTS (SELECT FROM people_consent c WHERE c.cell = people_withdrawal.cell
             AND c.id = people_withdrawal.consent)');
SELECT people_secure('people_delegation',
    'SELF(person) OR WARD(person) OR ME(delegate) OR BODY(organisation) OR ROLE(auditor)');
SELECT people_secure('people_delegated_act', 'SELF(person) OR ME(delegate) OR ROLE(auditor)');
SELECT people_secure('people_record_grant',
    'SELF(person) OR membership = (SELECT membership FROM people_seat())
     OR ROLE(security-officer) OR ROLE(auditor)');
SELECT people_secure('people_access',
    'SELF(person) OR ROLE(security-officer) OR ROLE(auditor)');
SELECT people_secure('people_authenticator', 'ME(person) OR ROLE(security-officer)');
SELECT people_secure('people_proposal',
    'ME(proposed_by) OR ROLE(auditor) OR people_approves((SELECT people_role()), action)');
SELECT people_secure('people_approval',
    'EXISTS (SELECT FROM people_proposal p WHERE p.cell = people_approval.cell
             AND p.id = people_approval.proposal)');
SELECT people_secure('people_security_event',
    'SELF(person) OR SERVED(person) OR ROLE(security-officer) OR ROLE(auditor)');
SELECT people_secure('people_payout_hold',
    'SELF(person) OR SERVED(person) OR ROLE(treasury) OR ROLE(auditor)');

REVOKE ALL ON FUNCTION people_secure(regclass, text), people_show(regclass, text) FROM PUBLIC;
REVOKE ALL ON FUNCTION people_cell(), people_me(), people_now(), people_self(),
    people_seat(), people_role(), people_ward(), people_serves(integer, uuid),
    people_approves(text, text), people_code(text), people_named(text) FROM PUBLIC;
-- Policies call these with the rights of whoever asks.
GRANT EXECUTE ON FUNCTION people_cell(), people_me(), people_now(), people_self(),
    people_seat(), people_role(), people_ward(), people_serves(integer, uuid),
    people_approves(text, text), people_code(text), people_named(text) TO lmb_app;
