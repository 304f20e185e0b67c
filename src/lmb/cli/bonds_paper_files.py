"""What `lmb bonds paper` tells from files alone: a sheet, an auction that was held, what verified
values determine."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from lmb.bonds.auction.announcement import FIRST_AUCTION
from lmb.bonds.auction.book import read_book
from lmb.bonds.linked.coupons import CouponDetermination, determine_coupons
from lmb.bonds.linked.document import load_linked_sheet
from lmb.bonds.linked.kpis_file import load_observations
from lmb.bonds.linked.sheet import LinkedSheet, Programme
from lmb.bonds.papers.auction import HeldAuction
from lmb.bonds.papers.coupon import CouponStatement
from lmb.bonds.papers.redemption import RedemptionNotice
from lmb.bonds.payments.determined import period_payments
from lmb.bonds.payments.shares import Rounding, entitlements
from lmb.cli.bonds_coupon import base_of, file_content
from lmb.values.errors import RefusedError


def sheet_of(terms: Path | None) -> LinkedSheet:
    """The term sheet of a file. Raises InputError with every problem of it."""
    assert terms is not None, "it is asked for where a file was given"
    return load_linked_sheet(terms.name, file_content(terms))


def announced_sheet(terms: Path | None) -> LinkedSheet:
    """A sheet that can be announced. Raises RefusedError for one that only shows a shape."""
    sheet = sheet_of(terms)
    if sheet.programme is not Programme.LABOR_MARKET_BOND:
        raise RefusedError(
            f"{sheet.title} is an illustration and is not auctioned; its terms are told by `lmb "
            "bonds paper offering`"
        )
    return sheet


def held_auction(book: Path | None, terms: Path | None) -> tuple[HeldAuction, str]:
    """An auction computed from its opened book, and the hash of its terms, empty without a sheet.
    Raises RefusedError where book and sheet are of two bonds."""
    assert book is not None, "it is asked for where a file was given"
    opened, _ = read_book(book.name, file_content(book))
    if terms is None:
        return HeldAuction("", opened, opened.result(), None), ""
    sheet = sheet_of(terms)
    if opened.cusip and opened.cusip != sheet.cusip:
        raise RefusedError(f"{book.name} is of bond {opened.cusip}, {terms.name} of {sheet.cusip}")
    first = opened.number == FIRST_AUCTION
    auction_on = sheet.auction_on if first else None
    return HeldAuction(sheet.title, opened, opened.result(), auction_on), sheet.sha256


def determined_coupon(
    sheet: LinkedSheet, kpis: Path, base_coupon: Decimal | None, period: int | None
) -> CouponDetermination:
    """A period's determined coupon; without one, that of the period the bond ends with."""
    observations = load_observations(kpis.name, file_content(kpis), sheet)
    base = base_of(sheet, base_coupon)
    found = determine_coupons(
        sheet, observations, base, sheet.offering_cents, sheet.schedule.matures_on
    )
    for one in found.coupons:
        if one.earned.plan.period.number == period:
            return one
    if period is not None:
        raise RefusedError(f"bond {sheet.cusip} pays no interest period {period}")
    return found.coupons[-1]


def coupon_of_files(
    sheet: LinkedSheet, determined: CouponDetermination, account: str, par_cents: int
) -> CouponStatement:
    """The coupon of a holder of so much, as it would be paid. Raises RefusedError for an amount
    nobody can hold."""
    plan = determined.earned.plan
    if par_cents % sheet.multiple_cents or par_cents > sheet.authorized_cents:
        raise RefusedError(
            f"a holder has a multiple of {sheet.multiple_cents // 100:,} dollars, at most what is "
            "authorized; correct --face-dollars"
        )
    payment = period_payments(sheet, determined.document()).interest
    (paid,) = entitlements([(account, par_cents)], payment, Rounding.PER_HOLDER)
    a_year = 200 / plan.period.half_years
    return CouponStatement(
        cusip=sheet.cusip,
        title=sheet.title,
        terms_sha256=sheet.sha256,
        period=plan.period,
        periods=sheet.last_period,
        record_on=plan.record_on,
        base_percent=payment.base * a_year,
        bonus_percent=payment.bonus * a_year,
        rounding=str(Rounding.PER_HOLDER),
        paid=paid,
        steps=(*determined.earned.trace.steps, *determined.trace.steps),
        currency=sheet.currency,
    )


def redemption_of_files(sheet: LinkedSheet, last: CouponDetermination) -> RedemptionNotice:
    """What the last coupon determined repays of the whole offering."""
    redeemed = period_payments(sheet, last.document()).redemption
    assert redeemed is not None, "the last coupon determined comes with the redemption"
    return RedemptionNotice(
        cusip=sheet.cusip,
        title=sheet.title,
        terms_sha256=sheet.sha256,
        redemption=redeemed,
        pays_on=last.earned.plan.period.pays_on,
        noticed_on=last.earned.plan.notice_on,
        outstanding_cents=sheet.offering_cents,
        currency=sheet.currency,
    )
