"""What a bond pays its holders, shared out to the cent.

Nouns: a *payment run* pays every *holder of record* an *entitlement*. It is opened once, with all
entitlements on file, and carried on batch by batch until everybody is paid. An *obligation* is what
the terms promise on the whole issue; how it becomes cents of each holder is *declared* beforehand.
Money nobody could be paid is *unclaimed* and waits in an account of the holder's own.
"""
