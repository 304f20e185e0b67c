"""The Workforce Development Fund: bond proceeds on their way to states and their boards.

    proceeds ──deposit──▶ national fund ──allocate──▶ state ──▶ board ──▶ (wallets)
                               ▲                                            │
                               └──────────── what was not spent ◀───────────┘

The fund keeps no tables of its own: it is accounts in the books.
"""
