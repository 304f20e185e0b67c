"""Interest periods and what they paid: table, totals and chart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lmb.bonds import queries as bonds
from lmb.settlement.report import InterestPaid, Report
from lmb.values.money import format_cents
from lmb.web import charts
from lmb.web.charts import Column, Part
from lmb.web.formats import percent_text
from lmb.web.public.outcome import Chart, both


@dataclass(frozen=True, slots=True)
class CouponRow:
    """One interest period; `paid` is None while it is still to come."""

    number: int
    starts_on: date
    ends_on: date
    pays_on: date
    paid: InterestPaid | None

    @property
    def total_cents(self) -> int:
        return 0 if self.paid is None else self.paid.interest_cents + self.paid.bonus_cents

    @property
    def trace(self) -> UUID | None:
        return None if self.paid is None else self.paid.determination


@dataclass(frozen=True, slots=True)
class Coupons:
    """All interest periods with the totals of what was paid."""

    rows: tuple[CouponRow, ...]
    interest_cents: int
    bonus_cents: int
    chart: Chart | None

    @property
    def total_cents(self) -> int:
        return self.interest_cents + self.bonus_cents

    @property
    def last_paid(self) -> CouponRow | None:
        """The last coupon that was paid, one with a bonus if there is one."""
        paid = [row for row in self.rows if row.paid is not None]
        with_bonus = [row for row in paid if row.paid is not None and row.paid.bonus_cents > 0]
        found = with_bonus or paid
        return found[-1] if found else None


def coupons(report: Report) -> Coupons:
    """Every interest period of a bond and what it paid."""
    paid = {payment.period: payment for payment in report.payments}
    rows = tuple(
        CouponRow(
            period.number,
            period.starts_on,
            period.ends_on,
            period.pays_on,
            paid.get(period.number),
        )
        for period in bonds.periods(report.bond)
    )
    return Coupons(
        rows,
        sum(payment.interest_cents for payment in report.payments),
        sum(payment.bonus_cents for payment in report.payments),
        _chart(rows) if paid else None,
    )


def _chart(rows: tuple[CouponRow, ...]) -> Chart:
    paid = [row.paid for row in rows if row.paid is not None]
    with_bonus = sum(payment.bonus_cents > 0 for payment in paid)
    title = ngettext(
        "%(bonus)s of %(paid)s coupon paid the bonus",
        "%(bonus)s of %(paid)s coupons paid the bonus",
        len(paid),
    ) % {"bonus": with_bonus, "paid": len(paid)}
    columns, shown = [], None
    for payment in paid:
        # The rate stands once above every run of coupons that pay it.
        note = "" if payment.coupon_percent == shown else percent_text(payment.coupon_percent)
        shown = payment.coupon_percent
        parts = (
            Part(Decimal(payment.interest_cents), "main"),
            Part(Decimal(payment.bonus_cents), "bonus"),
        )
        columns.append(Column(str(payment.period), note, parts))
    description = "; ".join(
        _("coupon %(number)s: base %(base)s, bonus %(bonus)s")
        % {
            "number": payment.period,
            "base": format_cents(payment.interest_cents),
            "bonus": format_cents(payment.bonus_cents),
        }
        for payment in paid
    )
    return both(
        lambda name, width: charts.columns(name, title, description, columns, width),
        "coupons",
        title,
    )
