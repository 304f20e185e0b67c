"""What one determined coupon has paid: a rate, an amount, or the bond itself. Pure.

The terms determine per cent; here they become payments that the runs share out to the cent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from lmb.bonds.linked.sheet import LinkedSheet
from lmb.bonds.payments.redemption import GuaranteeTranche, Redemption
from lmb.bonds.payments.shares import Payment


@dataclass(frozen=True, slots=True)
class PeriodPayments:
    """All that is paid with one period. `redemption` is None while the bond goes on."""

    interest: Payment
    once_cents: int
    redemption: Redemption | None


def period_payments(sheet: LinkedSheet, coupon: Mapping[str, Any]) -> PeriodPayments:
    """The payments of a coupon, read off its determination (`CouponDetermination.document`): what
    is paid is what stands on file. What is taken off the base coupon lowers the guaranteed part;
    what is added is bonus. Raises ValueError where investors would have to pay."""
    period = sheet.schedule.periods()[coupon["period"] - 1]
    base, adjustment = (
        Fraction(coupon["base_percent"]),
        Fraction(coupon["adjustment_percent"]),
    )
    per_cent_of_par = period.half_years / 200
    if coupon["once_cents"] < 0:
        raise ValueError(f"period {period.number}: holders are paid, they do not pay")
    return PeriodPayments(
        Payment(
            (base + min(adjustment, Fraction(0))) * per_cent_of_par,
            max(adjustment, Fraction(0)) * per_cent_of_par,
        ),
        coupon["once_cents"],
        _redemption(sheet, coupon),
    )


def _redemption(sheet: LinkedSheet, coupon: Mapping[str, Any]) -> Redemption | None:
    percent = coupon["redemption_percent"]
    if percent is None:
        return None
    ends_on = sheet.schedule.periods()[coupon["period"] - 1].ends_on
    guarantor, part = sheet.guarantee.guarantor, Fraction(coupon["guarantor_percent"])
    tranche = GuaranteeTranche(guarantor.name, part) if guarantor is not None and part else None
    at_end = "maturity" if ends_on == sheet.matures_on else "tender"
    return Redemption(ends_on, coupon["terminated"] or at_end, Fraction(percent), tranche)
