"""Supplemental wage information: from a rate of pay to the earnings of a quarter. Pure.

The wage conversion chart of RSA-TAC-17-01, Attachment III. It is for rates of pay alone, and what
it gives may only be reported where it was actually paid in the quarter (RSA-TAC-17-04).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from typing import Any, cast

from lmb.rules.parameters import ParameterSet, in_force
from lmb.values.rounding import PRECISION_DIGITS, half_even

RULE = "wage-conversion"
HOURLY = "hourly"


@dataclass(frozen=True, slots=True)
class ConversionRules:
    """One dated version of the chart: how many of each pay period a quarter has."""

    per_quarter: Mapping[str, Decimal]

    @classmethod
    def of(cls, parameters: ParameterSet) -> ConversionRules:
        """The typed form of one version; raises KeyError for a parameter that is missing."""
        values = cast(Mapping[str, Any], parameters.values)
        return cls({str(name): Decimal(factor) for name, factor in values["per_quarter"].items()})

    @classmethod
    def in_force_on(cls, day: date) -> ConversionRules:
        """The version in force on a day. Raises RefusedError where there is none."""
        return cls.of(in_force(RULE, day))

    def quarterly_cents(
        self, basis: str, rate_dollars: Decimal, weekly_hours: Decimal | None = None
    ) -> int:
        """Earnings of a quarter in cents, rounded once, half to even, as the chart says nothing.

        Raises ValueError for an unknown basis, for an hourly rate without hours or another one
        with them, and for what is negative.
        """
        if basis not in self.per_quarter:
            raise ValueError(f"{basis!r} is no basis of pay: {', '.join(self.per_quarter)}")
        if (basis == HOURLY) != (weekly_hours is not None):
            raise ValueError("hours a week go with an hourly rate, and with no other")
        hours = Decimal(1) if weekly_hours is None else weekly_hours
        if rate_dollars < 0 or hours < 0:
            raise ValueError("neither pay nor hours are negative")
        with localcontext(prec=PRECISION_DIGITS):
            return int(half_even(rate_dollars * hours * self.per_quarter[basis], 2).scaleb(2))
