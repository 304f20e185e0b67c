"""The payments of a bond of ours as the tax rules see them: promised coupons, expected bonuses."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, localcontext

from lmb.bonds.coupon import interest_per_100
from lmb.bonds.schedule import InterestSchedule
from lmb.bonds.tax.projected import ProjectedPayment
from lmb.values.rounding import PRECISION_DIGITS

REDEMPTION_PER_100 = 100


def expected_payments(
    schedule: InterestSchedule, base_percent: Decimal, bonus_percent: Sequence[Decimal | None]
) -> list[ProjectedPayment]:
    """Payments per $100 of par on their nominal dates: the base coupon as a promise, for each
    period the bonus expected in per cent a year (None where no outcome can add one), and par at
    the end. Raises ValueError for another number of bonuses than of periods."""
    periods = schedule.periods()
    if len(bonus_percent) != len(periods):
        raise ValueError(
            f"{len(bonus_percent)} expected bonuses for {len(periods)} interest periods; "
            "give one for each, None where there can be none"
        )
    payments = []
    with localcontext(prec=PRECISION_DIGITS):
        for period, bonus in zip(periods, bonus_percent, strict=True):
            half_years = Decimal(period.half_years.numerator) / period.half_years.denominator
            base = interest_per_100(period, base_percent)
            promised = Decimal(base.numerator) / base.denominator
            if period.ends_on == schedule.matures_on:
                promised += REDEMPTION_PER_100
            contingent = None if bonus is None else bonus / 2 * half_years
            payments.append(ProjectedPayment(period.ends_on, promised, contingent))
    return payments
