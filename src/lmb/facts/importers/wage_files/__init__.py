"""Employers' quarterly wage reports (ICESA, SSA EFW2, CSV, XML), and who is in them.

    file ──reader──▶ Collecting: totals, set aside ──▶ wages by keyed hash ──match──▶ person keys

A Social Security number is never stored: it is hashed with a secret key while its line is read.
Either the file is taken, with every count and sum as its own totals say, or nothing of it; wages
under a number nobody could have been issued are set aside.
"""
