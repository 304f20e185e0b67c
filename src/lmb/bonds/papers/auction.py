"""The auction notice before an auction and the results notice after it (31 CFR 356.10, 356.23)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from lmb.bonds.auction.allocation import AuctionResult
from lmb.bonds.auction.announcement import Announcement
from lmb.bonds.auction.book import AuctionBook
from lmb.bonds.auction.notice import figures
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
from lmb.values.canonical import Document, fingerprint

PHRASES: Phrases = {
    "title/announcement": ("Auction notice", "Anuncio de subasta"),
    "title/results": ("Auction results", "Resultados de la subasta"),
    "head/offered": ("Offered", "Se ofrecen"),
    "head/auction": ("Auction", "Subasta"),
    "head/issued": ("Issued", "Emisión"),
    "head/matures": ("Matures", "Vence"),
    "head/yield": ("High yield", "Rendimiento máximo"),
    "head/coupon": ("Coupon", "Cupón"),
    "head/price": ("Price per 100", "Precio por 100"),
    "head/cover": ("Bid-to-cover", "Cobertura"),
    "lead/first": (
        "{amount} of a new {security} is sold at one price on {day}; the auction sets its coupon.",
        "El {day} se venden a precio único {amount} de un nuevo {security}; la subasta fija su "
        "cupón.",
    ),
    "lead/reopening": (
        "{amount} more of a {security} with a coupon of {coupon} is sold at one price on {day}.",
        "El {day} se venden a precio único otros {amount} de un {security} con un cupón del "
        "{coupon}.",
    ),
    "lead/results": (
        "{awarded} was awarded of {tendered} bid for. All pay {price} per 100 of face amount, for "
        "a coupon of {coupon} a year.",
        "Se adjudicaron {awarded} de {tendered} solicitados. Todos pagan {price} por cada 100 de "
        "valor nominal, con un cupón del {coupon} al año.",
    ),
    "security/note": ("note", "pagaré (note)"),
    "security/bond": ("bond", "bono"),
    "section/security": ("The security", "El valor"),
    "section/bidding": ("How to bid", "Cómo pujar"),
    "section/decided": ("How it is decided", "Cómo se decide"),
    "decided": (
        "Noncompetitive bids are awarded in full, then the lowest yields upward. At the highest "
        "yield accepted every bid gets the same percentage. Everyone pays the price of that yield. "
        "Rules: 31 CFR part 356, sections 356.12 and 356.20 to 356.25.",
        "Las pujas no competitivas se adjudican por entero; después, los rendimientos de menor a "
        "mayor. Al rendimiento más alto aceptado, cada puja recibe el mismo porcentaje. Todos "
        "pagan el precio de ese rendimiento. Reglas: 31 CFR parte 356, secciones 356.12 y 356.20 a "
        "356.25.",
    ),
    "fact/coupon": ("Coupon", "Cupón"),
    "fact/by-auction": ("set by the auction", "la fija la subasta"),
    "fact/number": ("Auction of this security", "Subasta de este valor"),
    "fact/announced": ("Announced", "Anuncio"),
    "fact/auction": ("Auction", "Subasta"),
    "fact/issued": ("Issued and paid for", "Emisión y pago"),
    "fact/dated": ("Interest accrues from", "Devenga intereses desde"),
    "fact/first": ("First interest payment", "Primer pago de intereses"),
    "fact/matures": ("Maturity", "Vencimiento"),
    "fact/minimum": ("Smallest bid", "Puja mínima"),
    "fact/multiple": ("Multiples of", "Múltiplos de"),
    "fact/noncompetitive-closes": ("Noncompetitive bids by", "Pujas no competitivas hasta"),
    "fact/competitive-closes": ("Competitive bids by", "Pujas competitivas hasta"),
    "fact/noncompetitive-limit": ("Most for a noncompetitive bid", "Máximo no competitivo"),
    "fact/single-bid": ("Most at one yield", "Máximo a un rendimiento"),
    "fact/award": ("Most awarded to one bidder", "Máximo por postor"),
    "fact/net-long": ("Report a net long position from", "Declarar posición larga desde"),
    "fact/highest-yield": ("Highest yield accepted", "Rendimiento más alto admitido"),
    "fact/yield-places": ("Decimals of a yield", "Decimales del rendimiento"),
    "closes": (
        "{day}, {hour} in Washington",
        "{day}, {hour} en Washington",
    ),
    "section/rates": ("Rates and price", "Tipos y precio"),
    "fact/high": ("High yield", "Rendimiento máximo"),
    "fact/median": ("Median yield", "Rendimiento mediano"),
    "fact/low": ("Low yield", "Rendimiento mínimo"),
    "fact/proration": ("Awarded at the high yield", "Adjudicado al rendimiento máximo"),
    "fact/price": ("Price per 100", "Precio por 100"),
    "fact/accrued": ("Accrued interest per 1,000", "Interés acumulado por 1,000"),
    "fact/cover": ("Bid-to-cover ratio", "Razón de cobertura"),
    "section/amounts": ("Amounts", "Importes"),
    "table/amounts": ("Tendered and accepted, face amount", "Solicitado y aceptado, valor nominal"),
    "column/kind": ("Bids", "Pujas"),
    "column/tendered": ("Tendered", "Solicitado"),
    "column/accepted": ("Accepted", "Aceptado"),
    "kind/competitive": ("Competitive", "Competitivas"),
    "kind/noncompetitive": ("Noncompetitive", "No competitivas"),
    "yields": (
        "Half of the accepted competitive amount was bid at or below the median yield, and 5 % at "
        "or below the low yield. Where awards are rounded up to the multiple, they exceed the "
        "offering slightly (31 CFR 356.21).",
        "La mitad del importe competitivo aceptado se pujó al rendimiento mediano o por debajo, y "
        "el 5 % al rendimiento mínimo o por debajo. Como las adjudicaciones se redondean hacia "
        "arriba al múltiplo, superan ligeramente la oferta (31 CFR 356.21).",
    ),
    "section/check": ("Compute it again", "Vuelva a calcularlo"),
    "check": (
        "The opened book of this auction has every bid, and the commitment of every sealed one. "
        "Anyone can compute these results from it: {bids} bids, {sealed} commitments, SHA-256 of "
        "the book {sha256}.",
        "El libro abierto de esta subasta contiene todas las pujas y el compromiso de cada puja "
        "sellada. Cualquiera puede calcular estos resultados con él: {bids} pujas, {sealed} "
        "compromisos, SHA-256 del libro {sha256}.",
    ),
    "source/announcement": (
        "Limits and closing times are those of the auction rules in force on the day of auction.",
        "Los límites y horas de cierre son los de las reglas de subasta vigentes el día de la "
        "subasta.",
    ),
    "source/results": (
        "Every figure is computed from the bids of the opened book.",
        "Cada cifra se calcula a partir de las pujas del libro abierto.",
    ),
    "source/unnamed": ("an auction held from files", "una subasta celebrada con archivos"),
}


@dataclass(frozen=True, slots=True)
class HeldAuction:
    """An auction that was held: what was offered, its opened book and its result. `auction_on` is
    None where the book alone is known, which does not say the day."""

    title: str
    book: AuctionBook
    result: AuctionResult
    auction_on: date | None


def auction_notice(announced: Announcement, language: Language, terms_sha256: str) -> Paper:
    """The paper that announces an auction, as of its announcement."""
    write = Writer(language, PHRASES)
    amount, coupon = write.money(announced.offering_cents), announced.coupon_percent
    lead = write.say(
        "lead/first" if coupon is None else "lead/reopening",
        amount=amount,
        security=write.say(f"security/{announced.security}"),
        day=announced.auction_on,
        coupon="" if coupon is None else write.percent(coupon),
    )
    headline = {
        "head/offered": amount,
        "head/auction": write.day(announced.auction_on),
        "head/matures": write.day(announced.schedule.matures_on),
    }
    return Paper(
        kind=PaperKind.ANNOUNCEMENT,
        language=language,
        title=write.say("title/announcement"),
        subject=announced.title,
        cusip=announced.cusip,
        to="",
        as_of=announced.announced_on,
        headline=tuple(Fact(write.say(key), value) for key, value in headline.items()),
        lead=lead,
        sections=(
            Section(write.say("section/security"), (_security(announced, write),)),
            Section(write.say("section/bidding"), (_bidding(announced, write),)),
            Section(write.say("section/decided"), (Paragraph(write.say("decided")),)),
        ),
        about=write.about(terms_sha256, write.say("source/announcement")),
        data={**announced.document(), "terms_sha256": terms_sha256},
    )


def _security(announced: Announcement, write: Writer) -> Facts:
    coupon, schedule = announced.coupon_percent, announced.schedule
    facts = {
        "fact/number": str(announced.number),
        "fact/coupon": write.say("fact/by-auction") if coupon is None else write.percent(coupon),
        "fact/announced": write.day(announced.announced_on),
        "fact/auction": write.day(announced.auction_on),
        "fact/issued": write.day(announced.issue_on),
        "fact/dated": write.day(schedule.dated_on),
        "fact/first": write.day(schedule.first_interest_on),
        "fact/matures": write.day(schedule.matures_on),
    }
    return Facts(tuple(Fact(write.say(key), value) for key, value in facts.items()))


def _bidding(announced: Announcement, write: Writer) -> Facts:
    facts = {
        "fact/noncompetitive-closes": _closes(announced.noncompetitive_closes_at, write),
        "fact/competitive-closes": _closes(announced.competitive_closes_at, write),
        "fact/minimum": write.money(announced.minimum_cents),
        "fact/multiple": write.money(announced.multiple_cents),
        "fact/noncompetitive-limit": write.money(announced.noncompetitive_limit_cents),
        "fact/single-bid": write.money(announced.single_bid_limit_cents),
        "fact/award": write.money(announced.award_limit_cents),
        "fact/net-long": write.money(announced.net_long_report_cents),
        "fact/yield-places": str(announced.yield_places),
    }
    if announced.highest_yield_percent is not None:
        facts["fact/highest-yield"] = write.percent(announced.highest_yield_percent)
    return Facts(tuple(Fact(write.say(key), value) for key, value in facts.items()))


def _closes(at: datetime, write: Writer) -> str:
    return write.say("closes", day=at.date(), hour=f"{at:%H:%M}")


def auction_results(held: HeldAuction, language: Language, terms_sha256: str = "") -> Paper:
    """The results notice of an auction, as of its day (of the issue, where only its book is
    known). It names no bidder."""
    write = Writer(language, PHRASES)
    result, offering = held.result, held.book.offering
    coupon, price = write.percent(result.coupon_percent), str(result.price_per_100)
    headline = {
        "head/yield": write.percent(result.high_yield_percent),
        "head/coupon": coupon,
        "head/price": price,
        "head/cover": str(result.bid_to_cover),
    }
    lead = write.say(
        "lead/results",
        awarded=write.money(result.awarded_cents),
        tendered=write.money(result.tendered_cents),
        price=price,
        coupon=coupon,
    )
    source = write.say("source/results")
    return Paper(
        kind=PaperKind.RESULTS,
        language=language,
        title=write.say("title/results"),
        subject=held.title or write.say("source/unnamed"),
        cusip=held.book.cusip,
        to="",
        as_of=held.auction_on or offering.issue_on,
        headline=tuple(Fact(write.say(key), value) for key, value in headline.items()),
        lead=lead,
        sections=(
            Section(write.say("section/rates"), (_rates(held, write),)),
            Section(
                write.say("section/amounts"),
                (_amounts(result, write), Paragraph(write.say("yields"))),
            ),
            Section(write.say("section/check"), (Paragraph(_check(held, write)),)),
        ),
        about=write.about(terms_sha256, source)
        if terms_sha256
        else (write.say("unit/USD"), source),
        data=_results_data(held),
    )


def _rates(held: HeldAuction, write: Writer) -> Facts:
    result, offering = held.result, held.book.offering
    facts = {
        "fact/number": str(held.book.number),
        "fact/high": write.percent(result.high_yield_percent),
        "fact/median": write.percent(result.median_yield_percent),
        "fact/low": write.percent(result.low_yield_percent),
        "fact/proration": write.percent(result.proration_percent),
        "fact/coupon": write.percent(result.coupon_percent),
        "fact/price": str(result.price_per_100),
        "fact/accrued": str(result.accrued_per_1000),
        "fact/cover": str(result.bid_to_cover),
        "fact/issued": write.day(offering.issue_on),
        "fact/matures": write.day(offering.schedule.matures_on),
    }
    return Facts(tuple(Fact(write.say(key), value) for key, value in facts.items()))


def _amounts(result: AuctionResult, write: Writer) -> Table:
    rows = (
        ("kind/competitive", result.competitive_tendered_cents, result.competitive_cents),
        ("kind/noncompetitive", result.noncompetitive_cents, result.noncompetitive_cents),
    )
    return Table(
        write.say("table/amounts"),
        (
            Column(write.say("column/kind"), share=1),
            Column(write.say("column/tendered"), figures=True, share=1),
            Column(write.say("column/accepted"), figures=True, share=1),
        ),
        tuple(
            (write.say(key), write.money(tendered), write.money(accepted))
            for key, tendered, accepted in rows
        ),
        (write.say("total"), write.money(result.tendered_cents), write.money(result.awarded_cents)),
    )


def _book_sha256(held: HeldAuction) -> str:
    return fingerprint(held.book.document(held.result))


def _check(held: HeldAuction, write: Writer) -> str:
    book = held.book
    return write.say(
        "check", bids=len(book.bids), sealed=len(book.sealed), sha256=_book_sha256(held)
    )


def _results_data(held: HeldAuction) -> dict[str, Document]:
    offering = held.book.offering
    return {
        "cusip": held.book.cusip,
        "title": held.title,
        "auction": held.book.number,
        "issue_on": offering.issue_on.isoformat(),
        "matures_on": offering.schedule.matures_on.isoformat(),
        **figures(held.result),
        "book_sha256": _book_sha256(held),
    }
