"""The outcome-linked term sheet, format `lmb-term-sheet/2`, as values.

    kpis ──expression──▶ score of each component ──pays──▶ adjustment of the coupon, within limits

A sheet is made by `document.load_linked_sheet` alone, which checks it. Numbers are exact; rates
are per cent a year. `docs/reference/term-sheet.md` describes every field.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from lmb.bonds.linked.training import Delivery, Training
from lmb.bonds.offering import Offering
from lmb.bonds.schedule import InterestSchedule
from lmb.values.canonical import Document, sha256_hex
from lmb.values.errors import RefusedError

FORMAT = "lmb-term-sheet/2"


class Programme(StrEnum):
    """Whether a sheet can be announced, or only shows the shape of a deal."""

    LABOR_MARKET_BOND = "labor-market-bond"
    ILLUSTRATION = "illustration"


class Unit(StrEnum):
    """What an indicator's values count."""

    PERCENT = "percent"
    POINTS = "points"
    MONEY = "money"
    COUNT = "count"
    INDEX = "index"


class Length(StrEnum):
    """How long a rolling window is."""

    QUARTER = "quarter"
    HALF_YEAR = "half-year"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class FixedWindow:
    """One window for all coupons; both days count."""

    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class RollingWindow:
    """The latest complete window of the calendar, `lag` windows further back."""

    length: Length
    lag: int


@dataclass(frozen=True, slots=True)
class Gross:
    """The published value itself."""


class Change(StrEnum):
    """How a value is compared with its baseline."""

    DIFFERENCE = "difference"
    PERCENT_CHANGE = "percent-change"


@dataclass(frozen=True, slots=True)
class Baseline:
    """The change from a baseline value."""

    value: Decimal
    change: Change


class Evaluate(StrEnum):
    """Which number of an estimate counts."""

    ESTIMATE = "estimate"
    CI95_LOWER = "ci95-lower"


@dataclass(frozen=True, slots=True)
class Impact:
    """An estimate against people who were not treated; above `significance` it counts as 0."""

    design: str
    evaluate: Evaluate
    significance: Decimal | None


@dataclass(frozen=True, slots=True)
class MissingScore:
    """Without a sound value this score applies."""

    score: Decimal


@dataclass(frozen=True, slots=True)
class MissingValue:
    """Without a sound value this one is used."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class MissingLast:
    """Without a sound value that of the determination before is used; before any, a score."""

    score: Decimal


@dataclass(frozen=True, slots=True)
class Substitute:
    """The indicator that takes another's place: its value `times` a factor `plus` a number."""

    kpi: str
    times: Decimal
    plus: Decimal


@dataclass(frozen=True, slots=True)
class Cohort:
    """The people an indicator is about; None where no day of entry bounds them."""

    name: str
    entered_from: date | None
    entered_to: date | None


@dataclass(frozen=True, slots=True)
class Measured:
    """The house measures an indicator itself, by a rule, against a baseline; both days count."""

    rule: str
    baseline_from: date
    baseline_to: date


@dataclass(frozen=True, slots=True)
class Kpi:
    """One indicator: what is observed, when it is due, and what applies when it is not there."""

    id: str
    name: str
    unit: Unit
    lowest: Decimal
    highest: Decimal
    cohort: Cohort | None
    region: str
    window: FixedWindow | RollingWindow
    publication_lag_days: int
    vintage: int
    basis: Gross | Baseline | Impact
    minimum_people: int
    minimum_coverage_percent: Decimal
    missing: MissingScore | MissingValue | MissingLast
    substitute: Substitute | None
    measured: Measured | None
    verifier: str
    evidence: str


# ── expressions: how a score is found ─────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Always:
    """The score is 1."""


@dataclass(frozen=True, slots=True)
class Linear:
    """From 0 at the threshold to 1 at the target, which may lie below it."""

    kpi: str
    threshold: Decimal
    target: Decimal


class Compare(StrEnum):
    """How a value is held against a mark."""

    AT_LEAST = "at-least"
    ABOVE = "above"
    AT_MOST = "at-most"
    BELOW = "below"


@dataclass(frozen=True, slots=True)
class Digital:
    """1 where the value passes, else 0."""

    kpi: str
    compare: Compare
    value: Decimal


@dataclass(frozen=True, slots=True)
class Tier:
    """From this value on, this score."""

    starts_at: Decimal
    score: Decimal


@dataclass(frozen=True, slots=True)
class Tiers:
    """The score of the last tier the value reaches; 0 below the first."""

    kpi: str
    tiers: tuple[Tier, ...]


@dataclass(frozen=True, slots=True)
class All:
    """AND: the smallest score of its parts."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """OR: the largest score of its parts."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Weighted:
    """The sum of weights times scores."""

    parts: tuple[tuple[Decimal, Expression], ...]


@dataclass(frozen=True, slots=True)
class Not:
    """1 less the score."""

    part: Expression


Leaf = Linear | Digital | Tiers
Expression = Always | Linear | Digital | Tiers | All | Any | Weighted | Not


# ── components: what a score pays ─────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class PaysRate:
    """Per cent a year added to the coupon for a score of 1."""

    percent: Decimal


@dataclass(frozen=True, slots=True)
class PaysOnce:
    """One payment on the whole issue for a score of 1; below zero investors pay."""

    cents: int
    on: date


@dataclass(frozen=True, slots=True)
class PaysPrincipal:
    """Per cent of par added to the redemption for a score of 1."""

    percent: Decimal


@dataclass(frozen=True, slots=True)
class PaysRateCard:
    """A price for every outcome of every person, up to a cap for a person and for all."""

    prices: tuple[tuple[str, int], ...]
    people: int
    person_cap_cents: int
    contract_cap_cents: int

    @property
    def most_cents(self) -> int:
        """No more than this is ever paid."""
        return min(self.contract_cap_cents, self.people * self.person_cap_cents)


@dataclass(frozen=True, slots=True)
class Component:
    """One part of the adjustment."""

    id: str
    name: str
    score: Expression
    pays: PaysRate | PaysOnce | PaysPrincipal | PaysRateCard
    from_period: int
    to_period: int | None
    lasts_for_life: bool
    payer: str

    def applies_to(self, period: int) -> bool:
        """Whether its terms reach an interest period at all."""
        return self.from_period <= period and (self.to_period is None or period <= self.to_period)


# ── the sheet ─────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class BaseCoupon:
    """The coupon before any adjustment; `fixed` says whether the terms or the auction set it."""

    fixed: bool
    highest_percent: Decimal

    @property
    def lowest_percent(self) -> Decimal:
        """The lowest it can be: an auction may end at any rate from zero."""
        return self.highest_percent if self.fixed else Decimal(0)


@dataclass(frozen=True, slots=True)
class Guarantor:
    """A third party that makes up principal to a share of par."""

    name: str
    principal_percent: Decimal


@dataclass(frozen=True, slots=True)
class Guarantee:
    """The least an investor is promised. `coupon_percent` None means the base coupon."""

    coupon_percent: Decimal | None
    principal_percent: Decimal
    investors_pay_cents: int
    guarantor: Guarantor | None


class Covers(StrEnum):
    """What an appropriation must cover."""

    ADJUSTMENTS = "adjustments"
    INTEREST = "interest"
    DEBT_SERVICE = "debt-service"


@dataclass(frozen=True, slots=True)
class Appropriation:
    """What has been appropriated, in cents by federal fiscal year."""

    covers: Covers
    by_fiscal_year: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """Floors and caps that cut every coupon; None where there is no such limit."""

    floor_percent: Decimal
    cap_percent: Decimal
    coupon_floor_percent: Decimal | None
    coupon_cap_percent: Decimal | None
    life_cap_per_100: Decimal | None
    budget_cents: int | None
    appropriation: Appropriation | None


class RoundingMode(StrEnum):
    """How scores and rates are rounded."""

    HALF_EVEN = "half-even"
    HALF_UP = "half-up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Rounding:
    """Where numbers are rounded; `score_places` None keeps scores exact."""

    score_places: int | None
    rate_places: int
    mode: RoundingMode


@dataclass(frozen=True, slots=True)
class DeterminationTerms:
    """When and by whom each coupon is determined."""

    in_advance: bool
    lockout_business_days: int
    notice_business_days: int
    dispute_days: int
    record_business_days: int
    verifier: str


@dataclass(frozen=True, slots=True)
class Hold:
    """The adjustment of the period before stands."""


@dataclass(frozen=True, slots=True)
class Catastrophe:
    """From this value of an indicator on, the last adjustment stands or a score is given."""

    kpi: str
    at_least: Decimal
    effect: Hold | Decimal


@dataclass(frozen=True, slots=True)
class CohortShortfall:
    """Fewer people than promised: a positive adjustment shrinks, or the bond ends."""

    kpi: str
    minimum: int
    terminates: bool


@dataclass(frozen=True, slots=True)
class Termination:
    """Early redemption when a score is 1 or, where the shortfall clause says so, people lack."""

    when: Expression | None
    from_period: int
    redemption_percent: Decimal


@dataclass(frozen=True, slots=True)
class EarlyRedemption:
    """A mandatory tender, or the issuer's right to call."""

    on: date
    percent: Decimal
    mandatory: bool


@dataclass(frozen=True, slots=True)
class LinkedSheet:
    """A checked outcome-linked term sheet. `content` is its canonical bytes."""

    content: bytes
    title: str
    programme: Programme
    notes: tuple[str, ...]
    currency: str
    cusip: str
    offering_cents: int
    authorized_cents: int
    minimum_cents: int
    multiple_cents: int
    announced_on: date
    auction_on: date
    issue_on: date
    schedule: InterestSchedule
    base_coupon: BaseCoupon
    guarantee: Guarantee
    limits: Limits
    rounding: Rounding
    determination: DeterminationTerms
    materiality_percent: Decimal | None
    kpis: tuple[Kpi, ...]
    components: tuple[Component, ...]
    catastrophe: Catastrophe | None
    cohort_shortfall: CohortShortfall | None
    termination: Termination | None
    early_redemption: EarlyRedemption | None
    training: Training | None

    @property
    def sha256(self) -> str:
        """The fingerprint that locks the terms once they are announced."""
        return sha256_hex(self.content)

    def document(self) -> dict[str, Document]:
        """The JSON document again, number texts as they were written."""
        return dict(json.loads(self.content))

    @property
    def matures_on(self) -> date:
        """The nominal day of redemption."""
        return self.schedule.matures_on

    @property
    def offering(self) -> Offering:
        """What its first auction offers."""
        base = self.base_coupon
        return Offering(
            self.offering_cents,
            self.minimum_cents,
            self.multiple_cents,
            self.issue_on,
            self.schedule,
            coupon_percent=base.highest_percent if base.fixed else None,
            highest_yield_percent=None if base.fixed else base.highest_percent,
        )

    @property
    def delivery(self) -> Delivery:
        """Who trains people, where and for what. Raises RefusedError where the terms leave it
        open: the house does not carry such training out."""
        delivery = None if self.training is None else self.training.delivery
        if delivery is None:
            raise RefusedError(
                f"the terms of {self.cusip} do not say who trains (training.delivery, "
                "term-sheet.md, section 2.1)"
            )
        return delivery

    @property
    def scores_last(self) -> bool:
        """Whether the first coupon that is scored fixes all later ones: every score lasts for life
        from the first period on, and nothing else can change what is paid."""
        clauses = (
            self.materiality_percent,
            self.catastrophe,
            self.cohort_shortfall,
            self.limits.life_cap_per_100,
            self.limits.budget_cents,
        )
        return all(clause is None for clause in clauses) and all(
            part.lasts_for_life and part.applies_to(1) and part.to_period is None
            for part in self.components
        )

    @property
    def pays_amounts(self) -> bool:
        """Whether it pays amounts of money on the whole issue, not only rates."""
        amounts = (PaysOnce, PaysRateCard)
        budgeted = self.limits.budget_cents is not None
        return budgeted or any(isinstance(part.pays, amounts) for part in self.components)

    @property
    def measured_kpis(self) -> tuple[Kpi, ...]:
        """The indicators the house measures itself."""
        return tuple(kpi for kpi in self.kpis if kpi.measured is not None)

    def kpi(self, identifier: str) -> Kpi:
        """The indicator of that id. Raises KeyError for an unknown one."""
        for kpi in self.kpis:
            if kpi.id == identifier:
                return kpi
        raise KeyError(identifier)

    @property
    def last_period(self) -> int:
        """The number of the last interest period: of maturity, or of a mandatory tender."""
        return _last_period(self.schedule, self.early_redemption)


@lru_cache(maxsize=64)
def _last_period(schedule: InterestSchedule, early: EarlyRedemption | None) -> int:
    periods = schedule.periods()
    if early is None or not early.mandatory:
        return len(periods)
    return next(period.number for period in periods if period.ends_on == early.on)


def leaves_of(expression: Expression) -> tuple[Leaf, ...]:
    """Every leaf of an expression that reads an indicator, in order."""
    match expression:
        case Always():
            return ()
        case Linear() | Digital() | Tiers():
            return (expression,)
        case All(parts) | Any(parts):
            return tuple(leaf for part in parts for leaf in leaves_of(part))
        case Weighted(parts):
            return tuple(leaf for _, part in parts for leaf in leaves_of(part))
        case Not(part):
            return leaves_of(part)


def kpis_of(component: Component) -> tuple[str, ...]:
    """The indicators a component reads, each once, in order."""
    read = [leaf.kpi for leaf in leaves_of(component.score)]
    if isinstance(component.pays, PaysRateCard):
        read += [kpi for kpi, _ in component.pays.prices]
    return tuple(dict.fromkeys(read))
