"""The only functions that read verified values and the coupons they determined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from lmb.bonds import models, queries
from lmb.bonds.linked.kpis_file import Observation
from lmb.bonds.linked.plan import PeriodPlan, Window, determination_plan
from lmb.bonds.linked.rounding import percent
from lmb.bonds.queries import BondOnFile
from lmb.bonds.registry.trade import BonusNotice, FlatOfBonus
from lmb.rules.determination import in_order
from lmb.rules.queries import DeterminationOnFile, on_subjects
from lmb.values.canonical import Document
from lmb.values.errors import NotFoundError, RefusedError
from lmb.values.rates import decimal_text


@dataclass(frozen=True, slots=True)
class ObservationOnFile:
    """A verified value as it was put on file. `determination` is the measure of the house that it
    repeats, None where a verifier outside found it."""

    id: UUID
    observation: Observation
    determination: UUID | None

    def document(self) -> dict[str, Document]:
        """All of it; `row` counts the values of a bond as they came."""
        measured = None if self.determination is None else str(self.determination)
        return {**self.observation.document(), "determination": measured}


@dataclass(frozen=True, slots=True)
class CouponOnFile:
    """The coupon of an interest period as it was determined; rates in per cent a year."""

    determination: DeterminationOnFile
    period: int
    determined_on: date
    base_percent: Decimal
    adjustment_percent: Decimal
    redemption_percent: Fraction | None
    result: dict[str, Any]

    @property
    def coupon_percent(self) -> Decimal:
        """Base and adjustment together."""
        return self.base_percent + self.adjustment_percent


@dataclass(frozen=True, slots=True)
class PeriodRate:
    """What is known of the rate of a period before it is paid. `adjustment_percent` is None while
    nobody knows it."""

    plan: PeriodPlan
    base_percent: Decimal
    adjustment_percent: Decimal | None


def observations(bond: BondOnFile) -> list[ObservationOnFile]:
    """The verified values of a bond's indicators, as they came."""
    rows = models.Observation.objects.filter(cell=bond.cell, bond=bond.id)
    return [_observation(row) for row in rows.order_by("number")]


def observation_documents(ids: Sequence[UUID]) -> list[Document]:
    """The documents of verified values, in the order asked."""
    rows = models.Observation.objects.filter(id__in=ids)
    return in_order({row.id: _observation(row).document() for row in rows}, ids, "verified value")


def coupon_subject(bond: BondOnFile, number: int) -> str:
    """What the determination of one interest period's coupon is about."""
    return f"bond/{bond.cusip}/coupon/{number}"


def coupons(bond: BondOnFile) -> list[CouponOnFile]:
    """The coupons determined so far, in order of their periods."""
    subjects = [coupon_subject(bond, plan.period.number) for plan in plans(bond)]
    found = on_subjects(bond.cell, subjects)
    return [_coupon(found[subject]) for subject in subjects if subject in found]


def coupon(bond: BondOnFile, number: int) -> CouponOnFile | None:
    """The coupon of one interest period, None before it was determined."""
    subject = coupon_subject(bond, number)
    found = on_subjects(bond.cell, [subject]).get(subject)
    return None if found is None else _coupon(found)


def determined_coupon(bond: BondOnFile, number: int) -> CouponOnFile:
    """The coupon of one interest period. Raises NotFoundError before it was determined."""
    found = coupon(bond, number)
    if found is None:
        raise NotFoundError(
            f"the coupon of interest period {number} of bond {bond.cusip} has not been determined"
        )
    return found


def plans(bond: BondOnFile) -> tuple[PeriodPlan, ...]:
    """What the terms fix for every interest period."""
    return determination_plan(bond.terms)


def period_plan(bond: BondOnFile, number: int) -> PeriodPlan:
    """What the terms fix for an interest period. Raises NotFoundError for one the bond does not
    have."""
    every = plans(bond)
    if not 1 <= number <= len(every):
        raise NotFoundError(
            f"bond {bond.cusip} has interest periods 1 to {len(every)}, no period {number}"
        )
    return every[number - 1]


def period_rate(bond: BondOnFile, number: int) -> PeriodRate:
    """What is known of the rate of a period: all of it once determined, or where its terms score
    nothing yet; else the base alone."""
    plan, found = period_plan(bond, number), coupon(bond, number)
    if found is not None:
        return PeriodRate(plan, found.base_percent, found.adjustment_percent)
    earlier = any(each.due for each in plans(bond)[: number - 1])
    open_ = plan.due or earlier or bond.terms.limits.floor_percent > 0
    return PeriodRate(plan, queries.coupon_percent(bond), None if open_ else Decimal(0))


def bonus_notice(bond: BondOnFile, day: date) -> BonusNotice | FlatOfBonus | None:
    """What a buyer has to know of the outcome bonus of the period a day falls in, or of the next.

    Raises RefusedError where the rate of the day should be known and has not been determined.
    """
    running = [each.period for each in plans(bond) if each.period.starts_on <= day]
    if not running or running[-1].ends_on <= day:
        raise RefusedError(f"no interest period of bond {bond.cusip} runs on {day}")
    at = running[-1].number
    rate = period_rate(bond, at)
    if not bond.terms.determination.in_advance:
        return FlatOfBonus(rate.plan.record_on) if rate.plan.due else None
    if rate.adjustment_percent is None:
        raise RefusedError(
            f"the coupon of interest period {at} of bond {bond.cusip} has not been determined, so "
            "nobody knows what accrues; determine it first"
        )
    for number in (at, at + 1):
        found = coupon(bond, number)
        if found is not None and found.adjustment_percent:
            return BonusNotice(found.adjustment_percent, found.determined_on, number)
    return None


def _coupon(on_file: DeterminationOnFile) -> CouponOnFile:
    result = on_file.result
    redemption = result["redemption_percent"]
    return CouponOnFile(
        determination=on_file,
        period=result["period"],
        determined_on=date.fromisoformat(result["determined_on"]),
        base_percent=percent(Fraction(result["base_percent"])),
        adjustment_percent=percent(Fraction(result["adjustment_percent"])),
        redemption_percent=None if redemption is None else Fraction(redemption),
        result=result,
    )


def _observation(row: models.Observation) -> ObservationOnFile:
    return ObservationOnFile(
        row.id,
        Observation(
            row=row.number,
            kpi=row.kpi,
            window=Window(row.observed_from, row.observed_to),
            vintage=row.vintage,
            value=_plain(row.value),
            people=row.people,
            coverage_percent=_plain(row.coverage_percent),
            ci95_lower=_plain(row.ci95_lower),
            p_value=_plain(row.p_value),
            verified_on=row.verified_on,
            verifier=row.verifier,
        ),
        row.determination,
    )


def _plain(value: Decimal | None) -> Decimal | None:
    """A number without the zeros the column adds at its end."""
    return None if value is None else Decimal(decimal_text(value))
