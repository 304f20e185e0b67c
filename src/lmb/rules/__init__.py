"""Dated rules, and the determinations they lead to.

Nouns: a *parameter set* is one dated version of a rule's numbers with its citation. A *rule*
turns parameters and inputs into a *decision*. A *determination* is a decision on file: rule and
version, the inputs it used (by identifier and hash), the result, an explanation a person can
read, and the earlier determination it supersedes. Replaying it gives the same bytes.

This room knows no money: a determination that has money is paid by the books above it, whose
journals name the determination they carry out.
"""
