"""What one investor holds of each bond, what has accrued on it, and what it paid."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext

from django.urls import reverse
from django.utils.translation import gettext as _

from lmb.bonds import queries
from lmb.bonds.coupon import interest_cents
from lmb.bonds.pricing import exact_accrued
from lmb.bonds.queries import BondOnFile
from lmb.bonds.queries_payments import entitlements_of
from lmb.bonds.queries_registry import position_cents
from lmb.values.money import round_to_cents
from lmb.values.rounding import PRECISION_DIGITS
from lmb.web.investor.papers import paper_of
from lmb.web.tables import Column, Kind, Link, Table


@dataclass(frozen=True, slots=True)
class Held:
    """A holding of one bond on a day, in cents. `next_on` is the next interest date while something
    is held, and `next_cents` the interest guaranteed then."""

    bond: BondOnFile
    coupon_percent: Decimal | None
    par_cents: int
    accrued_cents: int
    received_cents: int
    next_on: date | None
    next_cents: int


def held(bond: BondOnFile, holder: str, day: date) -> Held:
    """What an account holds of a bond on a day, with what comes next."""
    got = entitlements_of(bond, holder)
    received_cents = sum(entitled.base_cents + entitled.bonus_cents for _run, entitled in got)
    par_cents = position_cents(bond, holder)
    coupon_percent = queries.coupon_percent(bond) if queries.is_auctioned(bond) else None
    paid = {run.number for run, _entitled in got if run.kind == "interest"}
    following = [
        period
        for period in bond.terms.schedule.periods()
        if period.number not in paid and period.ends_on >= day
    ]
    if coupon_percent is None or par_cents == 0 or not following:
        return Held(bond, coupon_percent, par_cents, 0, received_cents, None, 0)
    return Held(
        bond=bond,
        coupon_percent=coupon_percent,
        par_cents=par_cents,
        accrued_cents=_accrued_cents(bond, coupon_percent, par_cents, day),
        received_cents=received_cents,
        next_on=following[0].pays_on,
        next_cents=interest_cents(following[0], par_cents, coupon_percent),
    )


def _accrued_cents(bond: BondOnFile, coupon_percent: Decimal, par_cents: int, day: date) -> int:
    """Guaranteed interest since the last interest date, rounded half up to the cent once."""
    if not bond.terms.issue_on <= day < bond.terms.matures_on:
        return 0
    with localcontext(prec=PRECISION_DIGITS):
        per_100 = exact_accrued(bond.terms.schedule, coupon_percent, day)
        return round_to_cents(per_100 * par_cents / 100 / 100)


def holdings_table(listed: Iterable[Held]) -> Table:
    """One row per bond."""
    return Table(
        "holdings",
        _("What you hold of each bond, US dollars"),
        (
            Column("bond", _("Bond"), Kind.LINK),
            Column("par_cents", _("Par held now"), Kind.MONEY, adds_up=True),
            Column("coupon_percent", _("Base coupon"), Kind.PERCENT),
            Column("accrued_cents", _("Accrued"), Kind.MONEY, adds_up=True),
            Column("next_on", _("Next interest date"), Kind.DAY),
            Column("next_cents", _("Guaranteed then"), Kind.MONEY, adds_up=True),
            Column("received_cents", _("Received so far"), Kind.MONEY, adds_up=True),
        ),
        [
            (
                Link(each.bond.terms.title, reverse("web:bond", args=[each.bond.id])),
                each.par_cents,
                each.coupon_percent,
                each.accrued_cents,
                each.next_on,
                each.next_cents,
                each.received_cents,
            )
            for each in listed
        ],
        _("Bonds you hold will appear here. They come from an auction or from another holder."),
    )


def coupons_table(accounts: Iterable[tuple[BondOnFile, str]]) -> Table:
    """One row per payment to the holder as holder of record."""
    rows = []
    for bond, holder in accounts:
        pays_on = {period.number: period.pays_on for period in queries.periods(bond)}
        rows += [
            (
                pays_on[run.number],
                _("principal") if run.kind == "redemption" else _("coupon"),
                run.number,
                bond.cusip,
                entitled.par_cents,
                entitled.base_cents,
                entitled.bonus_cents,
                entitled.base_cents + entitled.bonus_cents,
                run.cause.id,
                paper_of(bond, run),
            )
            for run, entitled in entitlements_of(bond, holder)
        ]
    return Table(
        "coupons",
        _("What you were paid as holder of record, US dollars"),
        (
            Column("pays_on", _("Payment date"), Kind.DAY),
            Column("kind", _("Payment")),
            Column("number", _("Coupon"), Kind.COUNT),
            Column("cusip", _("Bond")),
            Column("par_cents", _("Par held"), Kind.MONEY),
            Column("base_cents", _("Base or principal"), Kind.MONEY, adds_up=True),
            Column("bonus_cents", _("Bonus"), Kind.MONEY, adds_up=True),
            Column("total_cents", _("Together"), Kind.MONEY, adds_up=True),
            Column("determination_id", _("Why"), Kind.TRACE),
            Column("paper", _("Paper"), Kind.LINK),
        ),
        rows,
        _("Coupons will appear here after the first interest date, each with why it is as it is."),
    )
