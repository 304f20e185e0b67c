"""What leaves the house about groups of people, and what must not be told by it.

Nouns: a table of counts (rows by category, with totals and places within places), a cell (one
count of a group in a period), a relation (a whole cell is the sum of its parts), a release (a table
that is out and cannot be taken back), an attack (what an outsider can infer of a hidden cell).

    CSV ──tables──▶ CountTable ──cells──▶ cells, relations ──suppression──▶ which cells are shown
                                                 └──attack, from shown cells alone──▶ exposures

A table is protected when the attack finds nothing. That it finds nothing is not the solver's word:
for every hidden cell two tables of whole numbers stand ready that fit all that was published and
differ enough in that cell, checked in integers.
"""
