"""A determination of outcomes that survives a lawsuit: frozen terms and inputs, two engines that
agree, a statement anyone recomputes, corrections that supersede and never overwrite.

    terms.json ──hash─┐
    records.csv ──freeze──▶ rows in one order, a hash, a Merkle root
                            ├──▶ Python engine ─┐
                            └──▶ SQL engine ────┴─ equal ──▶ statement ──▶ challenge ──▶ final
                                                                └─ correction ─┘   └─▶ true-up

Nouns: terms (hashed at issue), a record (what was known of a person from a source on a day), a
tally (what counts, as whole numbers), a statement, a challenge, a true-up.
"""
