"""What is put up for auction: an amount, its steps, its dates, and what is known of its coupon."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from lmb.bonds.schedule import InterestSchedule


@dataclass(frozen=True, slots=True)
class Offering:
    """What is put up for auction. `coupon_percent` is None where the auction sets the coupon; a
    reopening keeps the coupon it has (31 CFR 356.20(b)), and terms may fix one. Terms may also
    bound what can be bid by `highest_yield_percent`."""

    offering_cents: int
    minimum_cents: int
    multiple_cents: int
    issue_on: date
    schedule: InterestSchedule
    coupon_percent: Decimal | None = None
    highest_yield_percent: Decimal | None = None
