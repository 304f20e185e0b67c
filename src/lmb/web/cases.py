"""Questions about people that two must decide, as a table for those who do."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from lmb.people.queries_bodies import CaseOnFile
from lmb.web.tables import Column, Kind, Table
from lmb.web.words import short_key


def cases_table(cases: Iterable[CaseOnFile]) -> Table:
    """One row per question, the longest open first."""
    return Table(
        "cases",
        _("Are two persons one? Questions for two members of staff, the longest open first"),
        (
            Column("opened_at", _("Opened"), Kind.MOMENT),
            Column("person", _("Person")),
            Column("kind", _("Why it was opened")),
            Column("outcome", _("Decision")),
            Column("decided_at", _("Decided"), Kind.MOMENT),
        ),
        [
            (
                case.recorded_at,
                short_key(case.person),
                _kind(case.kind),
                _outcome(case.outcome),
                case.decided_at,
            )
            for case in cases
        ],
        _(
            "Nothing waits. When somebody new shares a Social Security number, or a name and birth "
            "date, with somebody known, the question will appear here."
        ),
    )


def _kind(kind: str) -> str:
    names = {
        "same-ssn": _("the same Social Security number"),
        "same-name-and-birth-date": _("the same name and birth date"),
    }
    return names.get(kind, kind)


def _outcome(outcome: str | None) -> str:
    names = {
        None: _("waits"),
        "same-person": _("one person"),
        "different-persons": _("two persons"),
    }
    return names[outcome]
