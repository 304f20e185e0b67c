"""The workspace of somebody who acts for a person: what was handed over, and nothing more."""
