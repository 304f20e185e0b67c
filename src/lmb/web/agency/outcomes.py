"""What training changed, bond by bond, and who trains."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from lmb.programs.queries import ProgramOnFile
from lmb.settlement.report import Report
from lmb.web.formats import cents_of, people_text
from lmb.web.tables import Column, Kind, Link, Table


def outcomes_table(reports: Iterable[Report]) -> Table:
    """One row per bond that was measured."""
    rows = []
    for each in reports:
        outcome = each.outcome
        if outcome is None:
            continue
        low, high = outcome.ci95_dollars
        rows.append(
            (
                Link(each.bond.terms.title, reverse("web:bond", args=[each.bond.id])),
                people_text(outcome.n_treated),
                people_text(outcome.n_control),
                cents_of(outcome.estimate_dollars),
                cents_of(low),
                cents_of(high),
                each.money.providers_cents,
                outcome.determination,
            )
        )
    return Table(
        "outcomes",
        _(
            "Gain in earnings per person and year by bond, by lottery, with its 95-percent "
            "interval; US dollars"
        ),
        (
            Column("bond", _("Bond"), Kind.LINK),
            Column("people_offered", _("Offered"), Kind.COUNT),
            Column("people_not_offered", _("Not offered"), Kind.COUNT),
            Column("gain_cents", _("Gain a year"), Kind.MONEY),
            Column("low_cents", _("From"), Kind.MONEY),
            Column("high_cents", _("To"), Kind.MONEY),
            Column("paid_cents", _("Paid for training"), Kind.MONEY, adds_up=True),
            Column("determination_id", _("Why"), Kind.TRACE),
        ),
        rows,
        _("Outcomes will appear here when a bond is measured."),
    )


def programs_table(programs: Iterable[ProgramOnFile]) -> Table:
    """One row per program of the catalog."""
    return Table(
        "programs",
        _("Programs in the catalog"),
        (
            Column("program", _("Program")),
            Column("provider", _("Provider")),
            Column("code", _("Code")),
        ),
        [(program.title, program.provider_name, program.code) for program in programs],
        _("Programs will appear here when a provider lists one."),
    )
