"""Debt service as tables: by federal fiscal year and by interest date."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from lmb.bonds.queries import BondOnFile
from lmb.bonds.queries_debt import DebtService
from lmb.values.clock import fiscal_year
from lmb.web.tables import Column, Kind, Link, Table

Due = tuple[BondOnFile, DebtService]


@dataclass(frozen=True, slots=True)
class Year:
    """What all bonds together paid and still have to pay in one fiscal year, in cents."""

    year: int
    base_cents: int
    bonus_cents: int
    principal_cents: int
    unpaid_cents: int

    @property
    def total_cents(self) -> int:
        return self.base_cents + self.bonus_cents + self.principal_cents


def years(service: Sequence[Due]) -> list[Year]:
    """Debt service by fiscal year, in order."""
    found = sorted({fiscal_year(due.pays_on) for _bond, due in service})
    return [
        _year(year, [due for _bond, due in service if fiscal_year(due.pays_on) == year])
        for year in found
    ]


def _year(year: int, due: list[DebtService]) -> Year:
    return Year(
        year,
        sum(each.base_cents for each in due),
        sum(each.bonus_cents for each in due),
        sum(each.principal_cents for each in due),
        sum(each.total_cents for each in due if each.cause is None),
    )


def by_year(listed: Iterable[Year]) -> Table:
    """One row per fiscal year."""
    return Table(
        "years",
        _("Debt service of all bonds by federal fiscal year (October to September), US dollars"),
        (
            Column("fiscal_year", _("Fiscal year")),
            Column("interest_cents", _("Base interest"), Kind.MONEY, adds_up=True),
            Column("bonus_cents", _("Bonus"), Kind.MONEY, adds_up=True),
            Column("principal_cents", _("Principal"), Kind.MONEY, adds_up=True),
            Column("total_cents", _("Together"), Kind.MONEY, adds_up=True),
            Column("unpaid_cents", _("Not paid yet"), Kind.MONEY, adds_up=True),
        ),
        [
            (
                year.year,
                year.base_cents,
                year.bonus_cents,
                year.principal_cents,
                year.total_cents,
                year.unpaid_cents,
            )
            for year in listed
        ],
        _("Debt service by year appears here once a bond is sold."),
    )


def by_day(service: Iterable[Due]) -> Table:
    """One row per interest date of each bond."""
    return Table(
        "dates",
        _("Every interest date, US dollars; what is not paid yet shows the guaranteed interest"),
        (
            Column("pays_on", _("Payment date"), Kind.DAY),
            Column("cusip", _("Bond"), Kind.LINK),
            Column("number", _("Coupon"), Kind.COUNT),
            Column("interest_cents", _("Base interest"), Kind.MONEY, adds_up=True),
            Column("bonus_cents", _("Bonus"), Kind.MONEY, adds_up=True),
            Column("principal_cents", _("Principal"), Kind.MONEY, adds_up=True),
            Column("determination_id", _("Why"), Kind.TRACE),
        ),
        [
            (
                due.pays_on,
                Link(bond.cusip, reverse("web:treasury:bond", args=[bond.id])),
                due.number,
                due.base_cents,
                due.bonus_cents,
                due.principal_cents,
                due.cause,
            )
            for bond, due in service
        ],
        _("Interest dates appear here once a bond is sold."),
    )
