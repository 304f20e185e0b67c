"""Who takes part. So far one noun, the *person*: a key that everything else carries.

Direct identifiers will live in a vault of this room alone; until there is one, none are stored:
`reference` is the pseudonym a state's own file uses.
"""
