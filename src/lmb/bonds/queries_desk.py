"""What the pages of the investor and of the Treasury desk show first, read off the books.

What an investor holds and will be paid, what the Treasury owes in every future, how far an auction
has come. Amounts of the future are least and most, proved over everything the terms can pay.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from math import ceil, floor

from lmb.bonds import queries
from lmb.bonds import queries_coupons as coupons
from lmb.bonds import queries_payments as payments
from lmb.bonds import queries_registry as registry
from lmb.bonds.auction.announcement import FIRST_AUCTION, Announcement
from lmb.bonds.bids import BidKind
from lmb.bonds.linked.limits import bounds, rounding_cents
from lmb.bonds.linked.plan import PeriodPlan, fiscal_year
from lmb.bonds.linked.reach import PeriodReach, SheetReach, redeemable_percent, sheet_reach
from lmb.bonds.linked.rounding import percent
from lmb.bonds.linked.scores import Interval
from lmb.bonds.pricing import accrued_per_1000, settlement_amount
from lmb.bonds.queries import BondOnFile
from lmb.bonds.queries_registry import UnpaidAward
from lmb.bonds.registry.trade import period_on
from lmb.ledger import queries as ledger
from lmb.rules.queries import DeterminationOnFile
from lmb.values.clock import fiscal_date
from lmb.values.errors import NotFoundError

PAR = Decimal(100)


# ── the investor ──────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class NextCoupon:
    """The next payment of a bond: its base rate and the least and most an outcome can add, per
    cent a year; both are the bonus once it was determined."""

    period: int
    pays_on: date
    record_on: date
    base_percent: Decimal
    least_bonus_percent: Decimal
    most_bonus_percent: Decimal
    determined: bool


@dataclass(frozen=True, slots=True)
class Position:
    """What an account holds of a bond, in cents, and what comes next. `accrued_cents` is what a
    buyer would pay beside the price on that day; None where nobody knows the rate yet, or nothing
    accrues. `next_coupon` is None once nothing more is paid."""

    bond: BondOnFile
    account: str
    on: date
    par_cents: int
    available_cents: int
    accrued_cents: int | None
    next_coupon: NextCoupon | None


def positions(
    cell: int, account: str, day: date, held: Iterable[BondOnFile] | None = None
) -> list[Position]:
    """What an account holds on a day, bond by bond, the newest announcement first."""
    found = queries.bonds() if held is None else held
    return [
        position(bond, account, day)
        for bond in found
        if bond.cell == cell and registry.position_cents(bond, account) > 0
    ]


def position(bond: BondOnFile, account: str, day: date) -> Position:
    """What an account holds of one bond on a day. Raises NotFoundError before the auction."""
    par_cents = registry.position_cents(bond, account)
    return Position(
        bond=bond,
        account=account,
        on=day,
        par_cents=par_cents,
        available_cents=registry.available_cents(bond, account),
        accrued_cents=_accrued_cents(bond, par_cents, day),
        next_coupon=next_coupon(bond, day),
    )


def next_coupon(bond: BondOnFile, day: date) -> NextCoupon | None:
    """The first coupon paid after a day. Raises NotFoundError before the auction."""
    if payments.is_being_redeemed(bond):
        return None
    plan = next((each for each in coupons.plans(bond) if each.period.pays_on > day), None)
    if plan is None:
        return None
    base = queries.coupon_percent(bond)
    added = _adjustment(bond, plan, sheet_reach(bond.terms), base)
    return NextCoupon(
        period=plan.period.number,
        pays_on=plan.period.pays_on,
        record_on=plan.record_on,
        base_percent=base,
        least_bonus_percent=percent(added.low),
        most_bonus_percent=percent(added.high),
        determined=coupons.coupon(bond, plan.period.number) is not None,
    )


def _accrued_cents(bond: BondOnFile, par_cents: int, day: date) -> int | None:
    schedule = bond.terms.schedule
    if not schedule.dated_on <= day < schedule.matures_on:
        return None
    rate = coupons.period_rate(bond, period_on(schedule, day).number)
    added = Decimal(0)
    if bond.terms.determination.in_advance:
        if rate.adjustment_percent is None:
            return None
        added = rate.adjustment_percent
    per_1000 = accrued_per_1000(schedule, rate.base_percent + added, day)
    return settlement_amount(par_cents, PAR, per_1000).accrued_cents


def _adjustment(bond: BondOnFile, plan: PeriodPlan, reach: SheetReach, base: Decimal) -> Interval:
    """The least and most the outcome adds for a period: one number once it was determined."""
    found = coupons.coupon(bond, plan.period.number)
    if found is not None:
        known = Fraction(found.adjustment_percent)
        return Interval(known, known)
    added, limit = (
        reach.periods[plan.period.number - 1].adjustment,
        bounds(bond.terms, Fraction(base)),
    )
    return Interval(limit.cut(added.low), limit.cut(added.high))


# ── the Treasury ──────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class DebtService:
    """What falls due in a fiscal year on what is outstanding, in cents: at least and at most. What
    was paid already counts as paid."""

    year: int
    paid_cents: int
    least_cents: int
    most_cents: int


def debt_service(bonds: Iterable[BondOnFile]) -> list[DebtService]:
    """Debt service of some bonds by fiscal year, in order. A bond without an auction owes
    nothing."""
    years: dict[int, list[int]] = {}
    for bond in bonds:
        if queries.is_auctioned(bond):
            for year, paid, least, most in _due(bond):
                sums = years.setdefault(year, [0, 0, 0])
                sums[0] += paid
                sums[1] += least
                sums[2] += most
    return [DebtService(year, *sums) for year, sums in sorted(years.items())]


def _due(bond: BondOnFile) -> Iterable[tuple[int, int, int, int]]:
    """Period by period: the fiscal year, what was paid, and the least and most that comes to."""
    reach = sheet_reach(bond.terms)
    par_cents, base = queries.outstanding_cents(bond), queries.coupon_percent(bond)
    runs: dict[int, int] = {}
    paid_interest = set()
    for run in payments.runs(bond):
        runs[run.number] = runs.get(run.number, 0) + run.total_cents
        if run.kind == payments.INTEREST:
            paid_interest.add(run.number)
    for plan, reached in zip(coupons.plans(bond), reach.periods, strict=True):
        number = plan.period.number
        paid = least = most = runs.get(number, 0)
        if number not in paid_interest:
            added = _adjustment(bond, plan, reach, base)
            low, high = _interest_cents(bond, plan, par_cents, base, added)
            once = reached.once_cents
            least += low + floor(max(once.low, Fraction(0)))
            most += high + ceil(max(once.high, Fraction(0)))
        if not payments.is_being_redeemed(bond):
            least += _least_principal_cents(bond, plan, reach, par_cents)
            most += _most_principal_cents(bond, reach, reached, par_cents)
        yield fiscal_year(plan.period.pays_on), paid, least, most


def _interest_cents(
    bond: BondOnFile, plan: PeriodPlan, par_cents: int, base: Decimal, added: Interval
) -> tuple[int, int]:
    """The least and most of a coupon; rounding to each holder's cents adds to the most."""
    half = Fraction(par_cents) * plan.period.half_years / 200
    lots = rounding_cents(bond.terms, par_cents)
    least = floor(half * (Fraction(base) + added.low)) - lots
    most = ceil(half * (Fraction(base) + added.high)) + lots
    return max(least, 0), most if par_cents else 0


def _least_principal_cents(
    bond: BondOnFile, plan: PeriodPlan, reach: SheetReach, par_cents: int
) -> int:
    """Principal that surely falls due: nothing where the bond may have ended before."""
    last = plan.period.number == bond.terms.last_period
    if not last or bond.terms.termination is not None:
        return 0
    return floor(par_cents * reach.redemption.low / 100)


def _most_principal_cents(
    bond: BondOnFile, reach: SheetReach, period: PeriodReach, par_cents: int
) -> int:
    return ceil(par_cents * redeemable_percent(bond.terms, reach, period) / 100)


# ── the auction room ──────────────────────────────────────────────────────────────────────────


class RoomState(StrEnum):
    """How far an auction has come."""

    ANNOUNCED = "announced"
    OPEN = "open"
    COMPETITIVE_ONLY = "competitive-only"
    CLOSED = "closed"
    HELD = "held"
    SETTLED = "settled"


@dataclass(frozen=True, slots=True)
class AuctionRoom:
    """An auction as the desk sees it: bids on file by kind, commitments and those still sealed,
    the result once it was held, and awards that were not paid for."""

    announcement: Announcement
    state: RoomState
    competitive_bids: int
    competitive_cents: int
    noncompetitive_bids: int
    noncompetitive_cents: int
    sealed: int
    unopened: int
    result: DeterminationOnFile | None
    unpaid: tuple[UnpaidAward, ...]


def auction_room(bond: BondOnFile, now: datetime, number: int = FIRST_AUCTION) -> AuctionRoom:
    """An auction of a bond at a moment. Raises NotFoundError where it was not announced."""
    announced, bids = queries.announcement(bond, number), queries.bids(bond, number)
    sealed = queries.sealed_bids(bond, number)
    opened = {bid.commitment for bid in bids if bid.commitment is not None}
    try:
        result = queries.auction_determination(bond, number)
    except NotFoundError:
        result = None
    by_kind = {
        kind: [bid.par_cents for bid in bids if bid.kind == kind] for kind in map(str, BidKind)
    }
    competitive, saved = by_kind[BidKind.COMPETITIVE], by_kind[BidKind.NONCOMPETITIVE]
    return AuctionRoom(
        announcement=announced,
        state=_state(bond, announced, result, now),
        competitive_bids=len(competitive),
        competitive_cents=sum(competitive),
        noncompetitive_bids=len(saved),
        noncompetitive_cents=sum(saved),
        sealed=len(sealed),
        unopened=sum(one.commitment not in opened for one in sealed),
        result=result,
        unpaid=tuple(registry.unpaid_awards(bond, number)),
    )


def _state(
    bond: BondOnFile, announced: Announcement, result: DeterminationOnFile | None, now: datetime
) -> RoomState:
    if result is not None:
        first = announced.number == FIRST_AUCTION
        subject = bond.cusip if first else f"{bond.cusip}/{announced.number}"
        settled = ledger.instruction_on(bond.cell, "auction-settlement", subject)
        return RoomState.HELD if settled is None else RoomState.SETTLED
    if fiscal_date(now) < announced.announced_on:
        return RoomState.ANNOUNCED
    if now < announced.noncompetitive_closes_at:
        return RoomState.OPEN
    if now < announced.competitive_closes_at:
        return RoomState.COMPETITIVE_ONLY
    return RoomState.CLOSED
