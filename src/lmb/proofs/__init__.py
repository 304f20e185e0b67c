"""The proof log: what lets anyone check the books without believing whoever keeps them.

Nouns: a *leaf* is one posted transfer as canonical bytes that name nobody. The leaves of a cell,
in the order of its books, are a Merkle *tree* (RFC 6962), kept as *tiles* of 256 hashes. A
*checkpoint* is a signed statement of the tree's size and root; a *witness* cosigns it only when
it extends what that witness saw before. A *receipt* proves one leaf under one cosigned
checkpoint, offline. The formats are those of C2SP: signed-note, tlog-checkpoint, tlog-cosignature,
tlog-tiles, tlog-witness, tlog-proof.

    ledger ──leaves──▶ tree ──▶ tiles ──▶ checkpoint ──▶ witnesses ──cosignatures──▶ receipt
"""
