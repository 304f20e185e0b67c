"""One of every paper, made from plain values, in either language."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction

from lmb.bonds.auction.announcement import first_announcement
from lmb.bonds.auction.book import AuctionBook, booked
from lmb.bonds.dated_rules import AUCTION_RULE, auction_rules_on, registry_rules_on
from lmb.bonds.linked.document import load_linked_sheet
from lmb.bonds.linked.phrases import Language
from lmb.bonds.linked.plan import determination_plan
from lmb.bonds.linked.sheet import LinkedSheet
from lmb.bonds.linked.trace import Step
from lmb.bonds.papers.auction import HeldAuction, auction_notice, auction_results
from lmb.bonds.papers.confirmation import (
    AwardConfirmation,
    TradeConfirmation,
    award_confirmation,
    trade_confirmation,
)
from lmb.bonds.papers.coupon import CouponStatement, RuleSaid, coupon_statement
from lmb.bonds.papers.holdings import (
    BondPosition,
    HoldingsStatement,
    Moved,
    Paid,
    holdings_statement,
)
from lmb.bonds.papers.impact import BonusEarned, ImpactReport, Measured, impact_report
from lmb.bonds.papers.offering import offering_circular
from lmb.bonds.papers.paper import Paper
from lmb.bonds.papers.redemption import RedemptionNotice, redemption_notice
from lmb.bonds.papers.tax import TaxLot, TaxStatement, tax_statement
from lmb.bonds.payments.determined import period_payments
from lmb.bonds.payments.redemption import GuaranteeTranche, Redemption
from lmb.bonds.payments.shares import Entitlement, Rounding, entitlements
from lmb.bonds.registry.custody import Mode
from lmb.bonds.registry.lots import Acquired, Disposal, Lot
from lmb.bonds.registry.trade import BonusNotice, Trade, trade_terms
from lmb.bonds.schedule import InterestSchedule
from lmb.bonds.tax import (
    Fixing,
    Holding,
    TaxFigures,
    accrue,
    expected_payments,
    projected_schedule,
    tax_figures,
    tax_rules_on,
)
from lmb.rules.parameters import in_force
from tests.bonds.desk import FULL_BOOK, OFFERED_CENTS
from tests.bonds.linked.support import EXAMPLE_NAMES, coupons, example, seen, sheet
from tests.bonds.support import sound_document

HOSTILE = '#panic("x") $x^2$ *bold* <script>alert(1)</script> \\ & "q"'
"""A title that is markup in every language a renderer could mistake it for."""


def terms(**changes: object) -> LinkedSheet:
    document = {**sound_document(), "offering_cents": OFFERED_CENTS, **changes}
    document["training"]["delivery"].update(grant_cents=10_000, tuition_cents=10_000)
    return load_linked_sheet("terms.json", json.dumps(document).encode())


def offering(language: Language) -> Paper:
    return offering_circular(terms(), language)


def linked_offering(name: str) -> Callable[[Language], Paper]:
    return lambda language: offering_circular(example(name), language)


def announcement(language: Language) -> Paper:
    sheet = terms()
    announced = first_announcement(sheet, auction_rules_on(sheet.auction_on))
    return auction_notice(announced, language, sheet.sha256)


def held() -> HeldAuction:
    sheet = terms()
    parameters = in_force(AUCTION_RULE, sheet.auction_on)
    book = AuctionBook(sheet.offering, parameters, booked(FULL_BOOK), cusip=sheet.cusip)
    return HeldAuction(sheet.title, book, book.result(), sheet.auction_on)


def results(language: Language) -> Paper:
    return auction_results(held(), language, terms().sha256)


def trade(bonus: BonusNotice | None = None, account: str = "south") -> TradeConfirmation:
    sheet, traded_on = terms(), date(1979, 7, 19)
    agreed = trade_terms(
        Trade("T-1", "north", "south", 100_000, Decimal("99.5"), traded_on),
        sheet.schedule,
        Decimal("8.000"),
        bonus,
        registry_rules_on(traded_on),
    )
    return TradeConfirmation(
        cusip=sheet.cusip,
        title=sheet.title,
        terms_sha256=sheet.sha256,
        account=account,
        reference="T-1",
        seller="north",
        buyer="south",
        face_cents=100_000,
        price_per_100=Decimal("99.5"),
        traded_on=traded_on,
        settles_on=agreed.settles_on,
        period=agreed.period,
        coupon_percent=agreed.coupon_percent,
        accrued_per_1000=agreed.accrued_per_1000,
        principal_cents=agreed.amount.principal_cents,
        accrued_cents=agreed.amount.accrued_cents,
        bonus=bonus,
        order="0046a44f-bd80-7aaa",
    )


def confirmation(language: Language) -> Paper:
    return trade_confirmation(trade(BonusNotice(Decimal("1.25"), date(1979, 7, 16), 8)), language)


def award(language: Language) -> Paper:
    auction = held()
    result, sheet = auction.result, terms()
    won = next(one for one in result.awards if one.bid.bidder == "east")
    pays = result.settlement(won)
    told = AwardConfirmation(
        cusip=sheet.cusip,
        title=sheet.title,
        terms_sha256=sheet.sha256,
        account="east",
        auction=1,
        auction_on=sheet.auction_on,
        issue_on=sheet.issue_on,
        bid_yields_percent=(Decimal("8.000"),),
        high_yield_percent=result.high_yield_percent,
        coupon_percent=result.coupon_percent,
        face_cents=won.award_cents,
        price_per_100=result.price_per_100,
        accrued_per_1000=result.accrued_per_1000,
        principal_cents=pays.principal_cents,
        accrued_cents=pays.accrued_cents,
    )
    return award_confirmation(told, language)


def holdings(language: Language) -> Paper:
    sheet = terms()
    lot = Lot(date(1976, 2, 17), Acquired.AUCTION, 40_000, 39_950, 18)
    gone = Lot(date(1976, 2, 17), Acquired.AUCTION, 10_000, 9_987, 4)
    position = BondPosition(
        cusip=sheet.cusip,
        title=sheet.title,
        terms_sha256=sheet.sha256,
        matures_on=sheet.matures_on,
        next_payment_on=date(1977, 2, 15),
        opening_cents=0,
        closing_cents=40_000,
        set_aside_cents=10_000,
        waits_cents=1_234,
        moved=(
            Moved(date(1976, 2, 17), "delivery", 50_000, 49_959, "journal-1"),
            Moved(date(1976, 10, 4), "sold", -10_000, 10_061, "journal-2"),
        ),
        paid=(
            Paid(date(1976, 8, 16), "interest", 1, 2_000, 55, ("t-1", "t-2")),
            Paid(date(1976, 9, 1), "claimed", 0, 321, 0, ("t-3",)),
        ),
        lots=(lot,),
        disposals=(Disposal(gone, date(1976, 10, 4), 9_900),),
    )
    days = (date(1976, 1, 1), date(1976, 12, 31))
    return holdings_statement(
        HoldingsStatement("ana", Mode.RETAIL_DIRECT, *days, (position,)), language
    )


def statement(**changes: object) -> CouponStatement:
    """The third coupon of the small linked sheet, on $25,000, after 56.5 per cent were in work."""
    small = sheet(**changes)
    determined = coupons(small, seen("56.5"))[2]
    payment = period_payments(small, determined.document()).interest
    (paid,) = entitlements([("ana", 25_000_00)], payment, Rounding.PER_HOLDER)
    plan = determination_plan(small)[2]
    return CouponStatement(
        cusip=small.cusip,
        title=small.title,
        terms_sha256=small.sha256,
        period=plan.period,
        periods=small.last_period,
        record_on=plan.record_on,
        base_percent=determined.base_percent,
        bonus_percent=determined.adjustment_percent,
        rounding=str(Rounding.PER_HOLDER),
        paid=paid,
        steps=(*determined.earned.trace.steps, *determined.trace.steps),
    )


def coupon(language: Language) -> Paper:
    return coupon_statement(statement(), language)


def coupon_on_file(language: Language) -> Paper:
    sheet = terms()
    period = sheet.schedule.periods()[0]
    said = RuleSaid("interest-payment", "0051c9c0-b280-75ab", ("The rate is 8 % a year.",))
    told = CouponStatement(
        cusip=sheet.cusip,
        title=sheet.title,
        terms_sha256=sheet.sha256,
        period=period,
        periods=10,
        record_on=date(1976, 8, 13),
        base_percent=Fraction(8),
        bonus_percent=Fraction(0),
        rounding=str(Rounding.LARGEST_REMAINDER),
        paid=Entitlement("ana", 50_000, 2_000, 0),
        steps=(Step("coupon", "8", "8 + 0", "base_coupon"),),
        said=(said,),
    )
    return coupon_statement(told, language)


def redemption(language: Language) -> Paper:
    sheet = terms()
    told = RedemptionNotice(
        cusip=sheet.cusip,
        title=sheet.title,
        terms_sha256=sheet.sha256,
        redemption=Redemption(
            sheet.matures_on, "tender", Fraction("102.5"), GuaranteeTranche("A Fund", Fraction(10))
        ),
        pays_on=date(1981, 2, 17),
        noticed_on=date(1981, 2, 13),
        outstanding_cents=1_000_000,
        holder=Entitlement("ana", 50_000, 50_000, 1_250),
    )
    return redemption_notice(told, language)


def impact_told() -> ImpactReport:
    return ImpactReport(
        terms=terms(),
        as_of=date(1981, 2, 17),
        sold_cents=1_000_000,
        base_percent=Decimal("8.000"),
        offered=185,
        enrolled=180,
        completed=170,
        placed=140,
        spent_cents=987_650,
        returned_cents=12_350,
        bonus_paid_cents=4_321,
        measured=Measured(
            determination="0046a44f-bd80-7afc",
            coverage_percent=Decimal("99.5"),
            people_treated=184,
            people_control=260,
            gain_dollars=Decimal("1794.34"),
            standard_error_dollars=Decimal("671.00"),
            ci95_dollars=(Decimal("479.21"), Decimal("3109.47")),
            earning_treated=Decimal("0.7568"),
            earning_control=Decimal("0.6462"),
            change_treated_dollars=Decimal("4817.09"),
            change_control_dollars=Decimal("-3287.89"),
        ),
        bonus=BonusEarned("0046a44f-bd80-7a41", Decimal("0.647170"), Decimal("1.942"), 8),
    )


def impact(language: Language) -> Paper:
    return impact_report(impact_told(), language)


def tax(language: Language) -> Paper:
    """The worked example of docs/reference/bond-tax.md, its year 2027, in two lots."""
    rules = tax_rules_on(date(2026, 2, 15))
    schedule = InterestSchedule(date(2026, 2, 15), date(2026, 8, 15), date(2028, 2, 15))
    expected = expected_payments(schedule, Decimal(3), [None, None, Decimal("0.8"), Decimal("0.8")])
    projected = projected_schedule(date(2026, 2, 15), Decimal(100), Decimal("3.5"), expected)
    paid = [
        Fixing(date(2027, 7, 1), date(2027, 8, 15), Decimal("0.75")),
        Fixing(date(2027, 7, 1), date(2028, 2, 15), Decimal("0.75")),
    ]
    accrual = accrue(projected, paid, rules.fixed_early_months)
    lots = []
    for held_from, face_cents in ((date(2026, 2, 15), 10_000_00), (date(2027, 3, 1), 500_00)):
        cost = accrual.adjusted_issue_price(held_from)
        until = date(2027, 12, 31)
        (year,) = (y for y in Holding(accrual, held_from, cost, until).years() if y.year == 2027)
        figures = tax_figures(2027, face_cents, rules, contingent_per_100=year)
        lots.append(TaxLot(held_from, until, face_cents, year, figures))
    sheet = terms()
    told = TaxStatement(
        sheet.cusip, sheet.title, sheet.sha256, "ana", 2027, tuple(lots), 10_00, projected
    )
    return tax_statement(told, language)


def tax_of_stated_interest(language: Language) -> Paper:
    """A bond that promises all of its interest: what is reported is what was paid."""
    sheet, until = terms(), date(1977, 12, 31)
    lot = TaxLot(date(1976, 2, 17), until, 50_000, None, TaxFigures(1977, 4_000, 0, 0, True))
    told = TaxStatement(sheet.cusip, sheet.title, sheet.sha256, "ana", 1977, (lot,), 1_000)
    return tax_statement(told, language)


SAMPLES: dict[str, Callable[[Language], Paper]] = {
    "offering": offering,
    **{f"offering-{name}": linked_offering(name) for name in EXAMPLE_NAMES},
    "announcement": announcement,
    "results": results,
    "confirmation": confirmation,
    "award": award,
    "holdings": holdings,
    "coupon": coupon,
    "coupon-on-file": coupon_on_file,
    "redemption": redemption,
    "impact": impact,
    "tax": tax,
    "tax-of-stated-interest": tax_of_stated_interest,
}
