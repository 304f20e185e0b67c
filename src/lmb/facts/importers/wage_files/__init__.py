"""Employers' quarterly wage reports: fixed-width files (ICESA, SSA EFW2), and who is in them.

    file ──layout (data)──▶ records ──control totals──▶ wages by keyed hash ──match──▶ person keys

A Social Security number is never stored: it is hashed with a secret key while its line is read.
Either the whole file is taken, with every count and sum as its own totals say, or nothing of it.
"""
