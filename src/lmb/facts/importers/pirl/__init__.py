"""The participant record layout (PIRL) as data: elements, edit checks, reading, quarantine.

    elements.csv ──▶ Layout ─┐
    checks.csv ───▶ Check ───┴─▶ read ──▶ accepted rows, and findings: row, element, check, why

A layout is a table of elements, not code: number, name, type, length, codes, programs, versions.
The one shipped has the elements whose numbers and meaning are public; an operator who has the
whole layout gives it as a file of the same form. Files of records are CSV without a header, one
field for each element of the layout version, in its order; a header of element numbers is
understood too.
"""
