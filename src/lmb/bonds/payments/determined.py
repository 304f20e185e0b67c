"""What one determined coupon of linked terms has paid: a rate, an amount, or the bond itself. Pure.

The terms determine per cent; here they become payments that the runs share out to the cent.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from lmb.bonds.linked.coupons import CouponDetermination
from lmb.bonds.linked.sheet import LinkedSheet
from lmb.bonds.payments.redemption import GuaranteeTranche, Redemption
from lmb.bonds.payments.shares import Payment


@dataclass(frozen=True, slots=True)
class PeriodPayments:
    """All that is paid with one period. `redemption` is None while the bond goes on."""

    interest: Payment
    once_cents: int
    redemption: Redemption | None


def period_payments(sheet: LinkedSheet, coupon: CouponDetermination) -> PeriodPayments:
    """The payments of a determined coupon. What is taken off the base coupon lowers the guaranteed
    part; what is added is bonus. Raises ValueError where investors would have to pay."""
    period = coupon.earned.plan.period
    per_cent_of_par = period.half_years / 200
    guaranteed = coupon.base_percent + min(coupon.adjustment_percent, Fraction(0))
    bonus = max(coupon.adjustment_percent, Fraction(0))
    if coupon.once_cents < 0:
        raise ValueError(f"period {period.number}: holders are paid, they do not pay")
    return PeriodPayments(
        Payment(guaranteed * per_cent_of_par, bonus * per_cent_of_par),
        coupon.once_cents,
        _redemption(sheet, coupon),
    )


def _redemption(sheet: LinkedSheet, coupon: CouponDetermination) -> Redemption | None:
    percent, period = coupon.redemption_percent, coupon.earned.plan.period
    if percent is None:
        return None
    guarantor, part = sheet.guarantee.guarantor, coupon.guarantor_percent
    tranche = GuaranteeTranche(guarantor.name, part) if guarantor is not None and part else None
    at_end = "maturity" if period.ends_on == sheet.schedule.matures_on else "tender"
    return Redemption(period.ends_on, coupon.earned.terminated or at_end, percent, tranche)
