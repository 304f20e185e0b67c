-- Walking the books. An account's transfers are a chain: each names the one before it on either
-- side, so a history is read from its end without an index, and shows itself if one is missing.

-- The transfers of an account from one of them back to its first.
CREATE FUNCTION ledger_entries_back(p_cell integer, p_account uuid, p_seq bigint)
RETURNS SETOF ledger_transfer LANGUAGE sql STABLE AS $$
    WITH RECURSIVE chain AS (
        SELECT t AS entry FROM ledger_transfer t WHERE t.cell = p_cell AND t.seq = p_seq
        UNION ALL
        SELECT t FROM chain
        JOIN ledger_transfer t ON t.cell = p_cell AND t.seq = CASE (chain.entry).debit
            WHEN p_account THEN (chain.entry).debit_seq_before
            ELSE (chain.entry).credit_seq_before END
    )
    SELECT (entry).* FROM chain;
$$;
