"""Who holds a bond: accounts, transfers, trades and lots.

Nouns: a *securities account* holds bonds, at Treasury itself (retail direct) or through a chain of
*custodians* (commercial). A *trade* exchanges bonds for money on its *settlement date*. A *lot* is
what came in at one time, at one cost.

Nothing here counts a second time. Holdings are accounts of the books in the unit of the bond's face
amount; a custodian's position is the sum of what its clients hold; lots are read off the movements.
So what all hold is always what is outstanding.
"""
