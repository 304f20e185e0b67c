"""The rules that money and rights follow, version by version."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from lmb.rules.parameters import rule_names, versions
from lmb.web.tables import Column, Kind, Table


def rules_table(today: date) -> Table:
    """One row per version of each rule."""
    rows = [
        (
            version.title,
            version.version,
            version.effective_from,
            version.effective_to,
            _("in force") if version.in_force_on(today) else _("not in force"),
            version.citation,
            version.sha256[:16],
        )
        for name in rule_names()
        for version in versions(name)
    ]
    return Table(
        "rules",
        _("Rules by version: what a determination used can always be found again by its version"),
        (
            Column("rule", _("Rule")),
            Column("version", _("Version")),
            Column("effective_from", _("From"), Kind.DAY),
            Column("effective_to", _("To"), Kind.DAY),
            Column("state", _("Today")),
            Column("citation", _("Law it follows")),
            Column("sha256_begin", _("Fingerprint")),
        ),
        rows,
        _("Rules will appear here."),
        rows_a_page=50,
    )
