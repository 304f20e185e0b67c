"""Signs that an outcome was made rather than earned: one check, one file, one kind of flag.

A flag never changes a number and accuses nobody. It names what to look at before a statement is
signed, with the counts it rests on, so that whoever is named can answer.
"""
