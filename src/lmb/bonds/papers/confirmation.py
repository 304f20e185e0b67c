"""Confirmations: of a trade to either party, and of an award to a bidder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from lmb.bonds.linked.phrases import Language
from lmb.bonds.papers.paper import (
    Column,
    Fact,
    Facts,
    Paper,
    PaperKind,
    Paragraph,
    Section,
    Table,
)
from lmb.bonds.papers.writing import Phrases, Writer
from lmb.bonds.registry.trade import BonusNotice, FlatOfBonus
from lmb.values.canonical import Document
from lmb.values.rates import decimal_text

PHRASES: Phrases = {
    "title/trade": ("Trade confirmation", "Confirmación de operación"),
    "title/award": ("Confirmation of award", "Confirmación de adjudicación"),
    "head/bought": ("You pay", "Usted paga"),
    "head/sold": ("You are paid", "Se le paga"),
    "head/face": ("Face amount", "Valor nominal"),
    "head/settles": ("Settles", "Se liquida"),
    "lead/bought": (
        "You bought {face} of this bond at {price} per 100 and pay {total} against delivery on "
        "{day}.",
        "Usted compró {face} de este bono a {price} por 100 y paga {total} contra entrega el "
        "{day}.",
    ),
    "lead/sold": (
        "You sold {face} of this bond at {price} per 100 and are paid {total} against delivery on "
        "{day}.",
        "Usted vendió {face} de este bono a {price} por 100 y se le pagan {total} contra entrega "
        "el {day}.",
    ),
    "lead/award": (
        "You were awarded {face} of this bond at {price} per 100 and pay {total} against delivery "
        "on {day}.",
        "Se le adjudicaron {face} de este bono a {price} por 100 y paga {total} contra entrega el "
        "{day}.",
    ),
    "section/amount": ("What is paid", "Qué se paga"),
    "table/amount": ("Settlement amount", "Importe de liquidación"),
    "column/item": ("Item", "Concepto"),
    "column/how": ("How", "Cómo"),
    "column/amount": ("Amount", "Importe"),
    "item/principal": ("Principal", "Principal"),
    "item/accrued": ("Accrued interest", "Interés acumulado"),
    "how/principal": ("{face} at {price} per 100", "{face} a {price} por 100"),
    "how/accrued": (
        "{accrued} per 1,000 at a coupon of {coupon}",
        "{accrued} por 1,000 con un cupón del {coupon}",
    ),
    "section/trade": ("The trade", "La operación"),
    "section/award": ("The award", "La adjudicación"),
    "fact/reference": ("Reference", "Referencia"),
    "fact/seller": ("Seller", "Vendedor"),
    "fact/buyer": ("Buyer", "Comprador"),
    "fact/traded": ("Traded on", "Fecha de operación"),
    "fact/settles": ("Settles on", "Fecha de liquidación"),
    "fact/period": ("Interest period at settlement", "Periodo de intereses al liquidar"),
    "fact/coupon": ("Coupon of that period", "Cupón de ese periodo"),
    "fact/order": ("Order in the books", "Orden en los libros"),
    "fact/bid": ("Kind of bid", "Tipo de puja"),
    "fact/bid-yield": ("Yield bid", "Rendimiento pujado"),
    "fact/high-yield": ("High yield", "Rendimiento máximo"),
    "fact/auction": ("Auction", "Subasta"),
    "bid/competitive": ("competitive", "competitiva"),
    "bid/noncompetitive": ("noncompetitive", "no competitiva"),
    "section/bonus": ("The outcome bonus", "La bonificación por resultados"),
    "bonus/accrues": (
        "Accrued interest includes the outcome bonus of {percent} % a year.",
        "El interés acumulado incluye la bonificación del {percent} % al año.",
    ),
    "bonus/later": (
        "An outcome bonus of {percent} % a year was determined on {day} for interest period "
        "{period}, to be paid to whoever holds then; nothing of it has accrued yet.",
        "El {day} se determinó una bonificación del {percent} % al año para el periodo de "
        "intereses {period}, que se paga a quien sea titular entonces; aún no se ha acumulado nada "
        "de ella.",
    ),
    "bonus/flat": (
        "The price is flat of the outcome bonus: that of this period is paid to whoever holds at "
        "the close of {day}; nothing of it accrues.",
        "El precio no incluye la bonificación: la de este periodo se paga a quien sea titular al "
        "cierre del {day}; no se acumula nada de ella.",
    ),
    "source/trade": (
        "Bonds, principal and accrued interest change hands together or not at all.",
        "Los bonos, el principal y el interés acumulado cambian de manos juntos o no cambian.",
    ),
    "source/award": (
        "All awards of an auction pay one price. Bonds are delivered against payment on the issue "
        "date (31 CFR 356.25).",
        "Todas las adjudicaciones de una subasta pagan un mismo precio. Los bonos se entregan "
        "contra pago en la fecha de emisión (31 CFR 356.25).",
    ),
}


@dataclass(frozen=True, slots=True)
class TradeConfirmation:
    """A trade as agreed, for one of its parties. `bonus` is what was known of one when it was
    agreed, `order` the instruction it stands under in the books."""

    cusip: str
    title: str
    terms_sha256: str
    account: str
    reference: str
    seller: str
    buyer: str
    face_cents: int
    price_per_100: Decimal
    traded_on: date
    settles_on: date
    period: int
    coupon_percent: Decimal
    accrued_per_1000: Decimal
    principal_cents: int
    accrued_cents: int
    bonus: BonusNotice | FlatOfBonus | None
    order: str

    @property
    def total_cents(self) -> int:
        return self.principal_cents + self.accrued_cents


@dataclass(frozen=True, slots=True)
class AwardConfirmation:
    """What a bidder was awarded at an auction, over all bids of theirs that were awarded;
    `bid_yields_percent` is empty for a noncompetitive bidder."""

    cusip: str
    title: str
    terms_sha256: str
    account: str
    auction: int
    auction_on: date
    issue_on: date
    bid_yields_percent: tuple[Decimal, ...]
    high_yield_percent: Decimal
    coupon_percent: Decimal
    face_cents: int
    price_per_100: Decimal
    accrued_per_1000: Decimal
    principal_cents: int
    accrued_cents: int

    @property
    def total_cents(self) -> int:
        return self.principal_cents + self.accrued_cents


def trade_confirmation(told: TradeConfirmation, language: Language) -> Paper:
    """The confirmation of a trade, as of the day it was agreed."""
    write = Writer(language, PHRASES)
    side = "bought" if told.account == told.buyer else "sold"
    return _paper(told, write, "trade", side, told.settles_on, told.traded_on)


def award_confirmation(told: AwardConfirmation, language: Language) -> Paper:
    """The confirmation of an award, as of the auction."""
    write = Writer(language, PHRASES)
    return _paper(told, write, "award", "bought", told.issue_on, told.auction_on)


def _paper(
    told: TradeConfirmation | AwardConfirmation,
    write: Writer,
    what: str,
    side: str,
    settles_on: date,
    as_of: date,
) -> Paper:
    face, total = write.money(told.face_cents), write.money(told.total_cents)
    lead = "lead/award" if what == "award" else f"lead/{side}"
    return Paper(
        kind=PaperKind.CONFIRMATION,
        language=write.language,
        title=write.say(f"title/{what}"),
        subject=told.title,
        cusip=told.cusip,
        to=told.account,
        as_of=as_of,
        headline=(
            Fact(write.say(f"head/{side}"), total),
            Fact(write.say("head/face"), face),
            Fact(write.say("head/settles"), write.day(settles_on)),
        ),
        lead=write.say(lead, face=face, price=told.price_per_100, total=total, day=settles_on),
        sections=tuple(_sections(told, write)),
        about=write.about(told.terms_sha256, write.say(f"source/{what}")),
        data=_trade_data(told) if isinstance(told, TradeConfirmation) else _award_data(told),
    )


def _sections(told: TradeConfirmation | AwardConfirmation, write: Writer) -> Iterator[Section]:
    yield Section(write.say("section/amount"), (_amounts(told, write),))
    if isinstance(told, AwardConfirmation):
        yield Section(write.say("section/award"), (_award(told, write),))
        return
    yield Section(write.say("section/trade"), (_trade(told, write),))
    if told.bonus is not None:
        yield Section(
            write.say("section/bonus"), (Paragraph(_legend(told.bonus, told.period, write)),)
        )


def _amounts(told: TradeConfirmation | AwardConfirmation, write: Writer) -> Table:
    principal = write.say(
        "how/principal", face=write.money(told.face_cents), price=told.price_per_100
    )
    accrued = write.say(
        "how/accrued", accrued=told.accrued_per_1000, coupon=write.percent(told.coupon_percent)
    )
    return Table(
        write.say("table/amount"),
        (
            Column(write.say("column/item"), share=2),
            Column(write.say("column/how"), share=4),
            Column(write.say("column/amount"), figures=True),
        ),
        (
            (write.say("item/principal"), principal, write.money(told.principal_cents)),
            (write.say("item/accrued"), accrued, write.money(told.accrued_cents)),
        ),
        (write.say("total"), "", write.money(told.total_cents)),
    )


def _trade(told: TradeConfirmation, write: Writer) -> Facts:
    facts = {
        "fact/reference": told.reference,
        "fact/seller": told.seller,
        "fact/buyer": told.buyer,
        "fact/traded": write.day(told.traded_on),
        "fact/settles": write.day(told.settles_on),
        "fact/period": str(told.period),
        "fact/coupon": write.percent(told.coupon_percent),
        "fact/order": told.order,
    }
    return Facts(tuple(Fact(write.say(key), value) for key, value in facts.items()))


def _award(told: AwardConfirmation, write: Writer) -> Facts:
    bids = told.bid_yields_percent
    facts = {
        "fact/auction": write.day(told.auction_on),
        "fact/bid": write.say("bid/competitive" if bids else "bid/noncompetitive"),
        "fact/high-yield": write.percent(told.high_yield_percent),
        "fact/settles": write.day(told.issue_on),
    }
    if bids:
        facts["fact/bid-yield"] = ", ".join(map(write.percent, bids))
    return Facts(tuple(Fact(write.say(key), value) for key, value in facts.items()))


def _legend(bonus: BonusNotice | FlatOfBonus, period: int, write: Writer) -> str:
    if isinstance(bonus, FlatOfBonus):
        return write.say("bonus/flat", day=bonus.record_on)
    percent = decimal_text(bonus.bonus_percent)
    if period >= bonus.from_period:
        return write.say("bonus/accrues", percent=percent)
    return write.say(
        "bonus/later", percent=percent, day=bonus.determined_on, period=bonus.from_period
    )


def _trade_data(told: TradeConfirmation) -> dict[str, Document]:
    bonus = told.bonus
    return {
        **_amount_data(told),
        "reference": told.reference,
        "order": told.order,
        "seller": told.seller,
        "buyer": told.buyer,
        "traded_on": told.traded_on.isoformat(),
        "settles_on": told.settles_on.isoformat(),
        "period": told.period,
        "bonus_percent": decimal_text(bonus.bonus_percent)
        if isinstance(bonus, BonusNotice)
        else None,
    }


def _award_data(told: AwardConfirmation) -> dict[str, Document]:
    return {
        **_amount_data(told),
        "auction": told.auction,
        "auction_on": told.auction_on.isoformat(),
        "issue_on": told.issue_on.isoformat(),
        "bid_yields_percent": list(map(str, told.bid_yields_percent)),
        "high_yield_percent": str(told.high_yield_percent),
    }


def _amount_data(told: TradeConfirmation | AwardConfirmation) -> dict[str, Document]:
    return {
        "cusip": told.cusip,
        "terms_sha256": told.terms_sha256,
        "account": told.account,
        "face_cents": told.face_cents,
        "price_per_100": str(told.price_per_100),
        "coupon_percent": decimal_text(told.coupon_percent),
        "accrued_per_1000": str(told.accrued_per_1000),
        "principal_cents": told.principal_cents,
        "accrued_cents": told.accrued_cents,
        "total_cents": told.total_cents,
    }
