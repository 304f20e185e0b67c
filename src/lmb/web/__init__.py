"""The pages: server-rendered, without script, in English and Spanish.

One folder per kind of visitor; `public/` is for everyone. A view reads through the rooms below,
puts figures into words and pictures, and changes nothing. `formats.py` is how a number is shown,
`charts.py` and `money_flow.py` draw it, `glossary.py` says what a word means.
"""
