"""Whose work an employer may confirm, and what it confirmed, as tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from lmb.facts.records import WorkRecord
from lmb.people.consents import ConsentOnFile
from lmb.web.tables import Column, Kind, Table
from lmb.web.words import short_key


def agreed_table(agreed: Iterable[ConsentOnFile], told: Sequence[WorkRecord]) -> Table:
    """One row per person who agreed; the last day confirmed stands beside."""
    through = {
        record.person: record.period_to
        for record in sorted(told, key=lambda record: record.period_to)
    }
    return Table(
        "agreed",
        _("People who agreed that you confirm their work; each stands with the end of a number"),
        (
            Column("person", _("Person")),
            Column("agreed_at", _("Agreed"), Kind.MOMENT),
            Column("until", _("Until"), Kind.MOMENT),
            Column("confirmed_through", _("Confirmed through"), Kind.DAY),
        ),
        [
            (
                short_key(consent.id),
                consent.starts_at,
                consent.expires_at,
                through.get(consent.person),
            )
            for consent in agreed
        ],
        _(
            "People will appear here when they agree, in their own workspace, that you confirm "
            "their work. You cannot look for people."
        ),
    )


def told_table(told: Iterable[WorkRecord]) -> Table:
    """One row per period confirmed, the newest first."""
    return Table(
        "told",
        _("Work you confirmed, the newest first; wages in US dollars"),
        (
            Column("recorded_at", _("Confirmed at"), Kind.MOMENT),
            Column("period_from", _("First day"), Kind.DAY),
            Column("period_to", _("Last day"), Kind.DAY),
            Column("hours", _("Hours"), Kind.COUNT, adds_up=True),
            Column("wages_cents", _("Wages"), Kind.MONEY, adds_up=True),
        ),
        [
            (
                record.recorded_at,
                record.period_from,
                record.period_to,
                record.hours,
                record.earnings_cents,
            )
            for record in told
        ],
        _("Work you confirm will appear here."),
    )
