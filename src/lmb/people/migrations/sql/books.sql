-- Whose an account of the books is, and who sees what moved there. The public purse (the fund, the
-- bonds' own accounts, what providers are paid) is open to every session; a wallet is one person's,
-- a holding or an investor's money is one holder's. An account of a kind not named here is the
-- house's and the auditors'.

SELECT people_show('ledger_account', $$
    kind IN ('appropriation', 'board-fund', 'debt-service', 'fund', 'issuer', 'proceeds',
             'provider', 'state-fund', 'treasury')
    OR kind = 'wallet' AND (
        owner = (SELECT people_self())::text OR owner = (SELECT people_ward())::text
        OR (SELECT state FROM people_seat()) IS NOT NULL
           AND people_serves(cell, people_named(owner)))
    OR kind IN ('guarantor', 'holding', 'investor', 'unclaimed')
       AND (HOLDER(owner) OR ROLE(treasury))
    OR ROLE(auditor)$$);

-- The accounts that are one's own in the capacity one acts in. What moved there is one's own too,
-- also where the other side is not.
CREATE FUNCTION people_accounts() RETURNS uuid[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_owners text[] := ARRAY[people_self()::text, people_ward()::text];
    v_holder text := people_code('investor');
BEGIN
    RETURN ARRAY(
        SELECT a.id FROM ledger_account a
        WHERE a.cell = people_cell() AND a.kind = 'wallet' AND a.owner = ANY (v_owners)
        UNION ALL
        SELECT a.id FROM ledger_account a
        WHERE a.cell = people_cell() AND a.code = 'world/provider/' || people_code('provider')
        UNION ALL
        SELECT a.id FROM ledger_account a
        WHERE a.cell = people_cell() AND a.kind IN ('holding', 'investor', 'unclaimed')
          -- The index is in the order of bytes, where '0' follows '/'.
          AND (a.owner = v_holder
               OR a.owner ~>=~ (v_holder || '/') AND a.owner ~<~ (v_holder || '0')));
END $$;

-- Whether one sees both sides; the rows themselves decide.
CREATE FUNCTION people_sees_both(p_cell integer, p_debit uuid, p_credit uuid) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
    SELECT count(*) = 2 FROM ledger_account a WHERE a.cell = p_cell AND a.id IN (p_debit, p_credit);
$$;

SELECT people_show(moved, $$
    debit = ANY ((SELECT people_accounts())::uuid[])
    OR credit = ANY ((SELECT people_accounts())::uuid[])
    OR people_sees_both(cell, debit, credit)$$)
FROM unnest(ARRAY['ledger_transfer', 'ledger_hold']::regclass[]) AS moved;

-- A journal is seen with one of its movements, its cause with one of its journals.
SELECT people_show('ledger_journal', $$
    ROLE(auditor) OR EXISTS (
        SELECT FROM ledger_transfer t WHERE t.cell = ledger_journal.cell
          AND t.seq BETWEEN ledger_journal.seq_first AND ledger_journal.seq_last)$$);
SELECT people_show('ledger_instruction', $$
    ROLE(auditor) OR EXISTS (
        SELECT FROM ledger_journal j
        WHERE j.cell = ledger_instruction.cell AND j.instruction = ledger_instruction.id)$$);
SELECT people_show('ledger_refusal', 'ROLE(auditor)');

-- A determination about a person is theirs; about a bond or a programme it is public.
SELECT people_show('rules_determination', $$
    people_named(subject) IS NULL
    OR people_named(subject) = (SELECT people_self())
    OR people_named(subject) = (SELECT people_ward())
    OR ROLE(auditor)
    OR EXISTS (
        SELECT FROM ledger_journal j WHERE j.cell = rules_determination.cell
          AND j.determination = rules_determination.id)$$);
SELECT people_show('rules_determination_input', $$
    EXISTS (SELECT FROM rules_determination d
            WHERE d.cell = rules_determination_input.cell
              AND d.id = rules_determination_input.determination)$$);

REVOKE ALL ON FUNCTION people_accounts(), people_sees_both(integer, uuid, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION people_accounts(), people_sees_both(integer, uuid, uuid) TO lmb_app;
