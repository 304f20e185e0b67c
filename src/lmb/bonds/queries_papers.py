"""The only functions that read off the books what the papers of a bond tell."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction
from uuid import UUID

from lmb.bonds import accounts, queries, queries_coupons, queries_payments, queries_registry
from lmb.bonds.auction.announcement import FIRST_AUCTION
from lmb.bonds.dated_rules import AUCTION_RULE
from lmb.bonds.linked.reach import sheet_reach
from lmb.bonds.linked.trace import Step
from lmb.bonds.papers.auction import HeldAuction
from lmb.bonds.papers.confirmation import AwardConfirmation, TradeConfirmation
from lmb.bonds.papers.coupon import CouponStatement, RuleSaid
from lmb.bonds.papers.redemption import RedemptionNotice
from lmb.bonds.papers.tax import TaxLot, TaxStatement
from lmb.bonds.payments.determined import period_payments
from lmb.bonds.payments.redemption import GuaranteeTranche, Redemption
from lmb.bonds.queries import BondOnFile
from lmb.bonds.queries_holdings import movements_of
from lmb.bonds.queries_payments import INTEREST, REDEMPTION, RunOnFile
from lmb.bonds.queries_registry import TradeOnFile
from lmb.bonds.registry.trade import BonusNotice, FlatOfBonus, period_on
from lmb.bonds.tax import (
    Accrual,
    Determined,
    Holding,
    ProjectedSchedule,
    accrue,
    expected_payments,
    fixed_bonuses,
    open_periods,
    projected_schedule,
    tax_figures,
    tax_rules_on,
)
from lmb.ledger import queries as ledger
from lmb.rules import queries as rules
from lmb.rules.queries import DeterminationOnFile
from lmb.values.clock import fiscal_date
from lmb.values.errors import NotFoundError, RefusedError
from lmb.values.rounding import PRECISION_DIGITS

# ── auctions and trades ───────────────────────────────────────────────────────────────────────


def held_auction(bond: BondOnFile, number: int = FIRST_AUCTION) -> HeldAuction:
    """An auction of a bond as its results notice tells it. Raises NotFoundError before it was
    held."""
    book = queries.auction_book(bond, number)
    announced = queries.announcement(bond, number)
    return HeldAuction(bond.terms.title, book, book.result(), announced.auction_on)


def award_of(bond: BondOnFile, account: str, number: int = FIRST_AUCTION) -> AwardConfirmation:
    """What a bidder was awarded at an auction. Raises NotFoundError where that is nothing."""
    bids = {bid.id: bid for bid in queries.bids_of(bond, [account], number)}
    awards = [
        award for award in queries.awards(bond, number) if award.bid in bids and award.par_cents
    ]
    if not awards:
        raise NotFoundError(f"{account} was awarded nothing at auction {number} of {bond.cusip}")
    announced = queries.announcement(bond, number)
    result = queries.auction_determination(bond, number).result
    yields = [bids[award.bid].yield_percent for award in awards]
    return AwardConfirmation(
        cusip=bond.cusip,
        title=bond.terms.title,
        terms_sha256=bond.terms_sha256,
        account=account,
        auction=number,
        auction_on=announced.auction_on,
        issue_on=announced.issue_on,
        bid_yields_percent=tuple(sorted(each for each in yields if each is not None)),
        high_yield_percent=Decimal(result["high_yield_percent"]),
        coupon_percent=Decimal(result["coupon_percent"]),
        face_cents=sum(award.par_cents for award in awards),
        price_per_100=Decimal(result["price_per_100"]),
        accrued_per_1000=Decimal(result["accrued_per_1000"]),
        principal_cents=sum(award.price_cents for award in awards),
        accrued_cents=sum(award.accrued_cents for award in awards),
    )


def trade_of(bond: BondOnFile, reference: str, account: str) -> TradeConfirmation:
    """A trade as it was agreed, for one of its parties. Raises NotFoundError for an unknown trade
    or another's."""
    trade = queries_registry.trade(bond, reference)
    if account not in (trade.seller, trade.buyer):
        raise NotFoundError(f"{account} is no party of trade {reference} in bond {bond.cusip}")
    order = ledger.instruction(trade.instruction)
    assert order is not None, "a trade is put on file with its order"
    agreed = order.document
    bonus = None if agreed["legend"] is None else _bonus_known(bond, trade)
    return TradeConfirmation(
        cusip=bond.cusip,
        title=bond.terms.title,
        terms_sha256=bond.terms_sha256,
        account=account,
        reference=reference,
        seller=trade.seller,
        buyer=trade.buyer,
        face_cents=trade.face_cents,
        price_per_100=trade.price_per_100,
        traded_on=trade.traded_on,
        settles_on=trade.settles_on,
        period=agreed["period"],
        coupon_percent=Decimal(agreed["coupon_percent"]),
        accrued_per_1000=Decimal(agreed["accrued_per_1000"]),
        principal_cents=trade.principal_cents,
        accrued_cents=trade.accrued_cents,
        bonus=bonus,
        order=str(trade.instruction),
    )


def _bonus_known(bond: BondOnFile, trade: TradeOnFile) -> BonusNotice | FlatOfBonus | None:
    """What was known of the outcome bonus when a trade was agreed."""
    at = period_on(bond.terms.schedule, trade.settles_on).number
    if not bond.terms.determination.in_advance:
        return FlatOfBonus(queries_coupons.period_plan(bond, at).record_on)
    for number in (at, at + 1):
        found = queries_coupons.coupon(bond, number)
        if found is None or fiscal_date(found.determination.recorded_at) > trade.traded_on:
            continue
        if found.adjustment_percent:
            return BonusNotice(found.adjustment_percent, found.determined_on, number)
    return None


# ── what is paid ──────────────────────────────────────────────────────────────────────────────


def coupon_of(bond: BondOnFile, account: str, number: int) -> CouponStatement:
    """The coupon of one holder of record for one period. Raises NotFoundError where the period has
    not been paid or the account held nothing."""
    run = queries_payments.run(bond, INTEREST, number)
    if run is None or run.cause.kind != "determination":
        raise NotFoundError(f"interest period {number} of bond {bond.cusip} has not been paid")
    entitled = queries_payments.entitlement(run, account)
    determined = rules.find(run.cause.id)
    assert determined is not None, "a run refers to its determination by foreign key"
    result, plan = determined.result, queries_coupons.period_plan(bond, number)
    payment = period_payments(bond.terms, result).interest
    a_year = 200 / plan.period.half_years
    return CouponStatement(
        cusip=bond.cusip,
        title=bond.terms.title,
        terms_sha256=bond.terms_sha256,
        period=plan.period,
        periods=bond.terms.last_period,
        record_on=plan.record_on,
        base_percent=payment.base * a_year,
        bonus_percent=payment.bonus * a_year,
        rounding=run.rounding,
        paid=entitled,
        steps=tuple(Step(**step) for step in result["trace"]),
        said=tuple(_said(determined, set())),
        transfers=tuple(_transfers(bond, account, run)),
        currency=bond.terms.currency,
    )


def _transfers(bond: BondOnFile, account: str, run: RunOnFile) -> Iterator[str]:
    """The movements of a run that paid an account, or set its money aside; none of another's."""
    own, waiting = accounts.investor(account), accounts.unclaimed(bond.cusip, account)
    # Money that waits leaves no trace in the holder's own account.
    for code in (own, waiting):
        for movement in movements_of(bond.cell, code):
            cause = movement.determination or movement.instruction
            if cause == run.cause.id and movement.credit == code:
                yield str(movement.id)


def redemption_of(bond: BondOnFile, account: str | None = None) -> RedemptionNotice:
    """A bond's redemption: as ordered where it was, else at maturity as its terms promise. Told to
    one holder by their account. Raises NotFoundError for an account that holds nothing then."""
    runs = [run for run in queries_payments.runs(bond) if run.kind == REDEMPTION]
    if runs:
        return _ordered(bond, runs[0], account)
    if account is not None:
        raise NotFoundError(
            f"the redemption of bond {bond.cusip} has not been ordered, so what {account} gets is "
            "not fixed; leave the account out for the notice to all"
        )
    plan = queries_coupons.period_plan(bond, bond.terms.last_period)
    return RedemptionNotice(
        cusip=bond.cusip,
        title=bond.terms.title,
        terms_sha256=bond.terms_sha256,
        redemption=_promised(bond),
        pays_on=plan.period.pays_on,
        noticed_on=plan.record_on,
        outstanding_cents=queries.outstanding_cents(bond),
        currency=bond.terms.currency,
    )


def _promised(bond: BondOnFile) -> Redemption:
    """What the terms repay with the last period whatever the outcome. Raises RefusedError where
    that depends on it: then its coupon has to be determined first."""
    terms, last = bond.terms, bond.terms.last_period
    determined = queries_coupons.coupon(bond, last)
    if determined is not None:
        redemption = period_payments(terms, determined.result).redemption
        assert redemption is not None, "the last coupon repays the bond"
        return redemption
    repaid = sheet_reach(terms).redemption
    if repaid.low != repaid.high:
        raise RefusedError(
            f"the outcome decides at what bond {bond.cusip} is repaid, and the coupon of interest "
            f"period {last} has not been determined; determine it first"
        )
    ends_on = terms.schedule.periods()[last - 1].ends_on
    reason = "maturity" if ends_on == terms.matures_on else "tender"
    return Redemption(ends_on, reason, repaid.low)


def _ordered(bond: BondOnFile, run: RunOnFile, account: str | None) -> RedemptionNotice:
    order = ledger.instruction(run.cause.id)
    assert order is not None, "a run refers to its order by foreign key"
    period, told = bond.terms.schedule.periods()[run.number - 1], order.document
    redemption = Redemption(period.ends_on, "maturity")
    if "percent" in told:
        name, part = told["guarantor"], told["guarantor_percent"]
        tranche = None if name is None else GuaranteeTranche(name, Fraction(part))
        redemption = Redemption(period.ends_on, told["reason"], Fraction(told["percent"]), tranche)
    return RedemptionNotice(
        cusip=bond.cusip,
        title=bond.terms.title,
        terms_sha256=bond.terms_sha256,
        redemption=redemption,
        pays_on=period.pays_on,
        noticed_on=fiscal_date(order.recorded_at),
        outstanding_cents=run.par_cents,
        holder=None if account is None else queries_payments.entitlement(run, account),
        order=str(order.id),
        currency=bond.terms.currency,
    )


def _said(on_file: DeterminationOnFile, seen: set[UUID]) -> list[RuleSaid]:
    """What a determination and those it rests on explain, the first reason first. The auction is
    left out: it has papers of its own."""
    if on_file.id in seen or on_file.rule == AUCTION_RULE:
        return []
    seen.add(on_file.id)
    said = []
    for reference in rules.inputs_of(on_file.cell, on_file.id):
        found = rules.find(reference.id) if reference.kind == "determination" else None
        if found is not None:
            said += _said(found, seen)
    return [*said, RuleSaid(on_file.rule, str(on_file.id), tuple(on_file.explanation))]


# ── tax ───────────────────────────────────────────────────────────────────────────────────────


def tax_of(
    bond: BondOnFile,
    account: str,
    year: int,
    comparable_yield_percent: Decimal,
    expected_bonus_percent: Decimal,
) -> TaxStatement:
    """What an account has to report of a year, from its lots and the issuer's comparable yield and
    expected bonus. Raises NotFoundError where it held nothing in that year, RefusedError where
    yield and bonus make no schedule."""
    last_day = date(year, 12, 31)
    tax_rules = tax_rules_on(last_day)
    schedule = tax_schedule(bond, comparable_yield_percent, expected_bonus_percent)
    fixings = fixed_bonuses(bond.terms, _determined(bond, last_day))
    accrual = accrue(schedule, fixings, tax_rules.fixed_early_months)
    lots = []
    for held_from, held_until, face_cents in _held(bond, account, year):
        holding = _tax_holding(accrual, held_from, held_until)
        (figures_year,) = (each for each in holding.years() if each.year == year)
        figures = tax_figures(year, face_cents, tax_rules, contingent_per_100=figures_year)
        lots.append(TaxLot(held_from, held_until, face_cents, figures_year, figures))
    if not lots:
        raise NotFoundError(f"{account} held nothing of bond {bond.cusip} in {year}")
    return TaxStatement(
        cusip=bond.cusip,
        title=bond.terms.title,
        terms_sha256=bond.terms_sha256,
        account=account,
        year=year,
        lots=tuple(lots),
        reporting_minimum_cents=tax_rules.reporting_minimum_cents,
        schedule=schedule,
    )


def tax_schedule(
    bond: BondOnFile, comparable_yield_percent: Decimal, expected_bonus_percent: Decimal
) -> ProjectedSchedule:
    """The issuer's projected schedule per $100: the auction's price with the interest accrued at
    issue, and the expected bonus in every period the outcome can change. Raises RefusedError where
    no schedule yields the comparable yield."""
    result, terms = queries.auction_determination(bond).result, bond.terms
    open_to = open_periods(terms)
    expected = [
        expected_bonus_percent if period.number in open_to else None
        for period in terms.schedule.periods()
    ]
    with localcontext(prec=PRECISION_DIGITS):
        issue_price = Decimal(result["price_per_100"]) + Decimal(result["accrued_per_1000"]) / 10
    base = Decimal(result["coupon_percent"])
    try:
        return projected_schedule(
            terms.issue_on,
            issue_price,
            comparable_yield_percent,
            expected_payments(terms.schedule, base, expected),
        )
    except ValueError as error:
        raise RefusedError(str(error)) from error


def _determined(bond: BondOnFile, until: date) -> list[Determined]:
    """The adjustments determined by a day."""
    return [
        Determined(coupon.period, coupon.determined_on, coupon.adjustment_percent)
        for coupon in queries_coupons.coupons(bond)
        if coupon.determined_on <= until
    ]


def _held(bond: BondOnFile, account: str, year: int) -> list[tuple[date, date, int]]:
    """From when until when how much was held, of everything with a day in the year: at the latest
    until its end or maturity."""
    last_day = min(date(year, 12, 31), bond.terms.matures_on)
    found = queries_registry.lots(bond, account, until=last_day)
    spans = [
        *((lot.acquired_on, last_day, lot.face_cents) for lot in found.lots),
        *(
            (gone.lot.acquired_on, min(gone.disposed_on, last_day), gone.lot.face_cents)
            for gone in found.disposals
        ),
    ]
    return sorted(span for span in spans if span[1].year == year and span[0] < span[1])


def _tax_holding(accrual: Accrual, held_from: date, held_until: date) -> Holding:
    """A lot as the issuer reports it: at its adjusted issue price, whatever the holder paid; a
    difference is the holder's to allocate (26 CFR 1.1275-4(b)(9)(i))."""
    acquired_on = max(held_from, accrual.schedule.issued_on)
    cost = accrual.adjusted_issue_price(acquired_on)
    return Holding(accrual, acquired_on, cost, held_until)
