"""Immutable values everything else is made of: cents, rates, dates, identifiers, errors.

Nothing here imports Django, reads a file or asks the machine what time it is.
"""
