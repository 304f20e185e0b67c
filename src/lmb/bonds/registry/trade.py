"""A trade between holders: when it settles, what changes hands, and what stands in its way. Pure.

    clean price x face ──▶ principal      coupon of the running period, days ──▶ accrued interest
    trade date + 1 business day ──▶ settlement date ──▶ bonds against principal and accrued interest

Where the rate of an interest period is fixed before the period starts, the outcome bonus included,
accrued interest is known on every day; where it is determined in arrears, the bond trades flat of
the bonus. Either way, whoever holds at the record date gets the whole coupon.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from lmb.bonds.dated_rules import RegistryRules
from lmb.bonds.pricing import SettlementAmount, accrued_per_1000, settlement_amount
from lmb.bonds.registry.custody import Mode
from lmb.bonds.schedule import InterestPeriod, InterestSchedule
from lmb.values.business_calendar import business_days_after, business_days_before
from lmb.values.canonical import Document
from lmb.values.money import format_cents
from lmb.values.rates import decimal_text
from lmb.values.rounding import half_up

PRICE_PLACES = 6
"""Decimals of a clean price, as those of auctions have."""


@dataclass(frozen=True, slots=True)
class Trade:
    """What buyer and seller agreed on. `reference` is their own name for it, which nobody uses
    twice; `price_per_100` is clean: accrued interest comes on top."""

    reference: str
    seller: str
    buyer: str
    face_cents: int
    price_per_100: Decimal
    traded_on: date


@dataclass(frozen=True, slots=True)
class BonusNotice:
    """An outcome bonus that was determined for a period, and accrues from its start."""

    bonus_percent: Decimal
    determined_on: date
    from_period: int


@dataclass(frozen=True, slots=True)
class FlatOfBonus:
    """The bond trades flat of its bonus, which goes to whoever holds on the record date."""

    record_on: date


@dataclass(frozen=True, slots=True)
class TradeTerms:
    """What a trade comes to. `coupon_percent` is the rate of the period it settles in, and
    `legend` what buyer and seller have to know of a bonus."""

    trade: Trade
    settles_on: date
    period: int
    coupon_percent: Decimal
    accrued_per_1000: Decimal
    amount: SettlementAmount
    legend: str | None

    def document(self) -> dict[str, Document]:
        """The confirmation's content."""
        trade = self.trade
        return {
            "reference": trade.reference,
            "seller": trade.seller,
            "buyer": trade.buyer,
            "face_cents": trade.face_cents,
            "price_per_100": decimal_text(trade.price_per_100),
            "traded_on": trade.traded_on.isoformat(),
            "settles_on": self.settles_on.isoformat(),
            "period": self.period,
            "coupon_percent": decimal_text(self.coupon_percent),
            "accrued_per_1000": str(self.accrued_per_1000),
            "principal_cents": self.amount.principal_cents,
            "accrued_cents": self.amount.accrued_cents,
            "legend": self.legend,
        }


def settlement_date(traded_on: date, rules: RegistryRules) -> date:
    """The day a trade settles: the next business day."""
    return business_days_after(traded_on, rules.trade_settlement_business_days)


def period_on(schedule: InterestSchedule, day: date) -> InterestPeriod:
    """The interest period a day falls in. Raises ValueError outside the bond's life."""
    starts_on = schedule.period_start(day)
    return next(period for period in schedule.periods() if period.starts_on == starts_on)


def trade_terms(
    trade: Trade,
    schedule: InterestSchedule,
    base_percent: Decimal,
    bonus: BonusNotice | FlatOfBonus | None,
    rules: RegistryRules,
) -> TradeTerms:
    """What a trade comes to on its settlement date. Raises ValueError where it would settle
    outside the bond's life."""
    settles_on = settlement_date(trade.traded_on, rules)
    period = period_on(schedule, settles_on)
    coupon_percent = base_percent
    if isinstance(bonus, BonusNotice) and period.number >= bonus.from_period:
        coupon_percent += bonus.bonus_percent
    accrued = accrued_per_1000(schedule, coupon_percent, settles_on)
    return TradeTerms(
        trade=trade,
        settles_on=settles_on,
        period=period.number,
        coupon_percent=coupon_percent,
        accrued_per_1000=accrued,
        amount=settlement_amount(trade.face_cents, trade.price_per_100, accrued),
        legend=_legend(bonus, period),
    )


def closed_book(
    schedule: InterestSchedule, day: date, rules: RegistryRules
) -> InterestPeriod | None:
    """The period whose payment keeps the book of retail direct accounts closed on a day (31 CFR
    363.210), None while it is open."""
    for period in schedule.periods():
        closes_on = business_days_before(period.pays_on, rules.closed_book_business_days)
        if closes_on <= day < period.pays_on:
            return period
    return None


def amount_faults(face_cents: int, minimum_cents: int, multiple_cents: int) -> Iterator[str]:
    """What is wrong with a face amount to transfer, in words."""
    face, minimum, multiple = map(format_cents, (face_cents, minimum_cents, multiple_cents))
    if face_cents < minimum_cents:
        yield f"{face} is less than the minimum of {minimum}"
    if face_cents % multiple_cents:
        yield f"{face} is not a multiple of {multiple}"


def trade_faults(trade: Trade) -> Iterator[str]:
    """What is wrong with a trade in itself, in words."""
    if trade.seller == trade.buyer:
        yield f"{trade.seller} cannot trade with itself; transfer between accounts without payment"
    price = trade.price_per_100
    if price <= 0 or half_up(price, PRICE_PLACES) != price:
        yield f"a price of {price} is not above 0 with at most {PRICE_PLACES} decimals"


def closed_faults(
    modes: dict[str, Mode], schedule: InterestSchedule, day: date, rules: RegistryRules
) -> Iterator[str]:
    """Why a day is no day to move bonds into or out of some accounts, in words."""
    period = closed_book(schedule, day, rules)
    if period is not None:
        for account, mode in modes.items():
            if mode is Mode.RETAIL_DIRECT:
                yield (
                    f"the book of {account} is closed on {day} for the payment of "
                    f"{period.pays_on} (31 CFR 363.210); let it settle from then on"
                )


def _legend(bonus: BonusNotice | FlatOfBonus | None, period: InterestPeriod) -> str | None:
    if bonus is None:
        return None
    if isinstance(bonus, FlatOfBonus):
        return (
            "The price is flat of the outcome bonus: that of this period is paid to whoever holds "
            f"at the close of {bonus.record_on}; nothing of it accrues."
        )
    percent = decimal_text(bonus.bonus_percent)
    if period.number >= bonus.from_period:
        return f"Accrued interest includes the outcome bonus of {percent} % a year."
    return (
        f"An outcome bonus of {percent} % a year was determined on {bonus.determined_on} for "
        f"interest period {bonus.from_period}, to be paid to whoever holds then; nothing of it has "
        "accrued yet."
    )
