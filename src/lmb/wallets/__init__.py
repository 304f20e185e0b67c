"""Lifetime training wallets. A wallet is a set of accounts in the books, one per purpose and
source of money, so that what a cent may be used for is its place and not a filter.

So far each person is granted one pocket per bond series, for training. Whatever pockets a wallet
has, `queries.pockets` lists them, and `service_paying` holds or spends from those of one purpose,
oldest expiry first.
"""
