"""Lifetime training wallets. A wallet is a set of accounts in the books, one per purpose and
source of money, so that what a cent may be used for is its place and not a filter.

So far each person has one pocket per bond series, for training.
"""
