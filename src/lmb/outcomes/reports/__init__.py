"""The federal report forms: every figure from the indicators engine, and from which rows.

    periods, wages ──cohort──▶ periods of each window ──annual, quarterly, studies──▶ Form
                                        │                                               │
                                        └── lineage of a cell: its period ids           ▼
                                                                       CSV, workbook, page

Nouns: a form (what is handed in), a sheet (one table of it), a line (one group of people), a figure
(one cell, with a name of its own), a lineage (the period ids that make a figure).
"""
