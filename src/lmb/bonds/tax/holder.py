"""What a holder of a contingent debt includes and deducts, year by year and at the end
(26 CFR 1.1275-4(b)(6) to (9)). A year is the calendar year.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext

from lmb.bonds.tax.accrual import Accrual, Adjustment
from lmb.values.rounding import PRECISION_DIGITS

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class TaxYear:
    """One year of one holder.

    `accrued` are daily portions; `adjusted` is positive less negative adjustments, with what was
    carried into the year. From them come interest to include, an ordinary loss, and a carryforward.
    """

    year: int
    accrued: Decimal
    adjusted: Decimal
    interest_income: Decimal
    ordinary_loss: Decimal
    carryforward: Decimal


@dataclass(frozen=True, slots=True)
class Disposition:
    """What a sale, exchange or retirement makes; no amount is below 0."""

    interest_income: Decimal = ZERO
    capital_gain: Decimal = ZERO
    ordinary_loss: Decimal = ZERO
    capital_loss: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Holding:
    """A debt held from the end of one day to the end of a later one, bought at a cost.

    `allocated` are the parts of a difference between cost and adjusted issue price that the holder
    allocated to days or payments, positive where the cost was less ((b)(9)(i)).
    """

    accrual: Accrual
    acquired_on: date
    cost: Decimal
    held_until: date
    allocated: Sequence[Adjustment] = ()

    def years(self) -> list[TaxYear]:
        """Every calendar year with a day of the holding, in order ((b)(6))."""
        first = date.fromordinal(self.acquired_on.toordinal() + 1).year
        years: list[TaxYear] = []
        with localcontext(prec=PRECISION_DIGITS):
            for year in range(first, self.held_until.year + 1):
                years.append(self._year(year, years))
        return years

    def basis(self) -> Decimal:
        """The adjusted basis at the end of the holding, after what is paid on that day."""
        with localcontext(prec=PRECISION_DIGITS):
            moved = self.accrual.price_change(self.acquired_on, self.held_until)
            return self.cost + moved + self._allocated(self.acquired_on, self.held_until)

    def sold(self, amount: Decimal) -> Disposition:
        """What comes of giving the debt up for an amount at the end of the holding. A gain is
        interest while contingent payments are left; a loss is ordinary as far as interest was
        included before and not taken back ((b)(8))."""
        return self._disposed(amount, contingent=self.accrual.contingent_after(self.held_until))

    def retired(self) -> Disposition:
        """What comes of the scheduled payment at maturity, which counts as projected ((b)(7)(iv)):
        only a carryforward, or a cost not wholly allocated, leaves a gain or loss."""
        before = date.fromordinal(self.held_until.toordinal() - 1)
        return self._disposed(ZERO, contingent=self.accrual.contingent_after(before))

    def _year(self, year: int, before: Sequence[TaxYear]) -> TaxYear:
        after = max(self.acquired_on, date(year - 1, 12, 31))
        until = min(self.held_until, date(year, 12, 31))
        accrued = self.accrual.interest(after, until)
        adjusted = self.accrual.adjusted(after, until) + self._allocated(after, until)
        adjusted -= before[-1].carryforward if before else ZERO
        if accrued + adjusted >= 0:
            return TaxYear(year, accrued, adjusted, accrued + adjusted, ZERO, ZERO)
        excess = -(accrued + adjusted)
        ordinary = min(excess, _not_taken_back(before))
        return TaxYear(year, accrued, adjusted, ZERO, ordinary, excess - ordinary)

    def _allocated(self, after: date, until: date) -> Decimal:
        return sum((each.between(after, until) for each in self.allocated), ZERO)

    def _disposed(self, amount: Decimal, *, contingent: bool) -> Disposition:
        years = self.years()
        with localcontext(prec=PRECISION_DIGITS):
            gain = amount - years[-1].carryforward - self.basis()
            if gain < 0:
                ordinary = min(-gain, _not_taken_back(years)) if contingent else ZERO
                return Disposition(ordinary_loss=ordinary, capital_loss=-gain - ordinary)
            interest = gain if contingent else min(gain, self._still_spread())
            return Disposition(interest_income=interest, capital_gain=gain - interest)

    def _still_spread(self) -> Decimal:
        """Positive adjustments spread over days that were to come ((b)(8)(iii)(B))."""
        matures_on = self.accrual.schedule.matures_on
        return max(ZERO, self.accrual.adjusted(self.held_until, matures_on))


def _not_taken_back(years: Sequence[TaxYear]) -> Decimal:
    """Interest included so far less ordinary losses: the bound of a further one."""
    return sum((year.interest_income - year.ordinary_loss for year in years), ZERO)
