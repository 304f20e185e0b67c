"""The offering circular: all a term sheet promises, in figures and in plain language."""

from __future__ import annotations

from collections.abc import Iterator

from lmb.bonds.linked import sheet as s
from lmb.bonds.linked.phrases import Language
from lmb.bonds.linked.reach import SheetReach, most_by_fiscal_year, sheet_reach
from lmb.bonds.linked.rounding import exact_text
from lmb.bonds.linked.words import sheet_in_words
from lmb.bonds.papers.paper import (
    Column,
    Fact,
    Facts,
    Paper,
    PaperKind,
    Paragraph,
    Points,
    Section,
    Table,
)
from lmb.bonds.papers.writing import Phrases, Writer, unbroken
from lmb.values.canonical import Document

PHRASES: Phrases = {
    "title": ("Offering circular", "Circular de oferta"),
    "title/illustration": ("Terms of an illustration", "Condiciones de una ilustración"),
    "head/offered": ("Offered", "Se ofrecen"),
    "head/base": ("Base coupon", "Cupón base"),
    "head/bonus": ("Outcome adds at most", "El resultado añade como máximo"),
    "head/matures": ("Matures", "Vence"),
    "base/auction": ("set at auction", "según subasta"),
    "lead/offer": (
        "Whatever the outcome, {guaranteed} % of the face amount is paid back and the guaranteed "
        "coupon is paid. The outcome of the training can add to the coupon, within the limits "
        "below.",
        "Sea cual sea el resultado, se devuelve el {guaranteed} % del valor nominal y se paga el "
        "cupón garantizado. El resultado de la formación puede aumentar el cupón, dentro de los "
        "límites que siguen.",
    ),
    "lead/illustration": (
        "This sheet shows the shape of a deal. It can be valued and determined, but not "
        "announced: it is no offer. At least {guaranteed} % of the face amount is paid back.",
        "Esta hoja muestra la forma de una operación. Puede valorarse y determinarse, pero no "
        "anunciarse: no es una oferta. Se devuelve al menos el {guaranteed} % del valor nominal.",
    ),
    "section/key": ("Key terms", "Condiciones principales"),
    "fact/multiple": ("Smallest amount and steps", "Importe mínimo y pasos"),
    "fact/authorized": ("Most ever outstanding", "Máximo en circulación"),
    "fact/announced": ("Announced", "Anuncio"),
    "fact/auction": ("Auction", "Subasta"),
    "fact/issued": ("Issued", "Emisión"),
    "fact/dated": ("Interest accrues from", "Devenga intereses desde"),
    "fact/first": ("First interest payment", "Primer pago de intereses"),
    "fact/matures": ("Maturity", "Vencimiento"),
    "fact/verifier": ("Verifier", "Verificador"),
    "section/schedule": ("Interest payments", "Pagos de intereses"),
    "schedule/why": (
        "Coupons are on 100 of face amount a year. What the outcome can bring is proved from the "
        "terms over every value the indicators can take, not estimated.",
        "Los cupones son por cada 100 de valor nominal al año. Lo que el resultado puede aportar "
        "se demuestra a partir de las condiciones para todo valor posible de los indicadores; no "
        "es una estimación.",
    ),
    "table/schedule": (
        "Every interest period, and what the outcome can change",
        "Cada periodo de intereses y lo que el resultado puede cambiar",
    ),
    "column/number": ("No.", "N.º"),
    "column/until": ("Until", "Hasta"),
    "column/pays": ("Paid on", "Se paga el"),
    "column/determined": ("Determined by", "Determinado el"),
    "column/adjustment": ("Outcome", "Resultado"),
    "range": ("{low} to {high}", "{low} a {high}"),
    "section/years": ("What the issuer can owe", "Lo que el emisor puede deber"),
    "table/years": (
        "The most that can fall due by federal fiscal year, on all that is authorized",
        "Lo máximo que puede vencer por año fiscal federal, sobre todo lo autorizado",
    ),
    "column/year": ("Fiscal year", "Año fiscal"),
    "column/adjustments": ("Outcome", "Resultado"),
    "column/service": ("All debt service", "Todo el servicio de la deuda"),
}


def offering_circular(sheet: s.LinkedSheet, language: Language) -> Paper:
    """The paper of a term sheet, as of its announcement."""
    write = Writer(language, PHRASES, sheet.currency)
    offered = sheet.programme is s.Programme.LABOR_MARKET_BOND
    kind = "offer" if offered else "illustration"
    reach, base = sheet_reach(sheet), sheet.base_coupon
    return Paper(
        kind=PaperKind.OFFERING,
        language=language,
        title=write.say("title" if offered else "title/illustration"),
        subject=sheet.title,
        cusip=sheet.cusip,
        to="",
        as_of=sheet.announced_on,
        headline=(
            Fact(write.say("head/offered"), write.money(sheet.offering_cents)),
            Fact(
                write.say("head/base"),
                write.percent(base.highest_percent) if base.fixed else write.say("base/auction"),
            ),
            Fact(write.say("head/bonus"), write.percent(sheet.limits.cap_percent)),
            Fact(write.say("head/matures"), write.day(sheet.matures_on)),
        ),
        lead=write.say(f"lead/{kind}", guaranteed=sheet.guarantee.principal_percent),
        sections=tuple(_sections(sheet, reach, write)),
        about=write.about(sheet.sha256),
        data=_data(sheet, reach),
    )


def _sections(sheet: s.LinkedSheet, reach: SheetReach, write: Writer) -> Iterator[Section]:
    yield Section(write.say("section/key"), (_key_terms(sheet, write),))
    for section in sheet_in_words(sheet, write.language):
        yield Section(section.title, (Points(tuple(map(unbroken, section.sentences))),))
    schedule = (Paragraph(write.say("schedule/why")), _schedule(reach, write))
    yield Section(write.say("section/schedule"), schedule)
    if sheet.base_coupon.fixed:
        yield Section(write.say("section/years"), (_years(sheet, reach, write),))


def _key_terms(sheet: s.LinkedSheet, write: Writer) -> Facts:
    amounts = map(write.money, (sheet.minimum_cents, sheet.multiple_cents))
    facts = {
        "fact/multiple": " · ".join(amounts),
        "fact/authorized": write.money(sheet.authorized_cents),
        "fact/announced": write.day(sheet.announced_on),
        "fact/auction": write.day(sheet.auction_on),
        "fact/issued": write.day(sheet.issue_on),
        "fact/dated": write.day(sheet.schedule.dated_on),
        "fact/first": write.day(sheet.schedule.first_interest_on),
        "fact/matures": write.day(sheet.matures_on),
        "fact/verifier": sheet.determination.verifier,
    }
    return Facts(tuple(Fact(write.say(key), value) for key, value in facts.items()))


def _schedule(reach: SheetReach, write: Writer) -> Table:
    columns = ("number", "until", "pays", "determined", "adjustment")
    rows = []
    for one in reach.periods:
        period, adjustment = one.plan.period, one.adjustment
        low, high = write.percent(adjustment.low), write.percent(adjustment.high)
        days = map(write.day, (period.ends_on, period.pays_on, one.plan.determined_on))
        can = low if low == high else write.say("range", low=low, high=high)
        rows.append((str(period.number), *days, can))
    return Table(
        write.say("table/schedule"),
        tuple(
            Column(write.say(f"column/{name}"), figures=name == "adjustment", share=share)
            for name, share in zip(columns, (0, 1, 1, 1, 1), strict=True)
        ),
        tuple(rows),
    )


def _years(sheet: s.LinkedSheet, reach: SheetReach, write: Writer) -> Table:
    by_year = _most_by_year(sheet, reach)
    return Table(
        write.say("table/years"),
        (
            Column(write.say("column/year"), share=1),
            Column(write.say("column/adjustments"), figures=True, share=1),
            Column(write.say("column/service"), figures=True, share=1),
        ),
        tuple(
            (str(year), write.money(adjustments), write.money(service))
            for year, adjustments, service in by_year
        ),
    )


def _most_by_year(sheet: s.LinkedSheet, reach: SheetReach) -> list[tuple[int, int, int]]:
    adjustments = most_by_fiscal_year(sheet, reach, s.Covers.ADJUSTMENTS)
    service = most_by_fiscal_year(sheet, reach, s.Covers.DEBT_SERVICE)
    return [(year, adjustments[year], service[year]) for year in sorted(service)]


def _data(sheet: s.LinkedSheet, reach: SheetReach) -> dict[str, Document]:
    base = sheet.base_coupon
    return {
        "cusip": sheet.cusip,
        "terms_sha256": sheet.sha256,
        "currency": sheet.currency,
        "offering_cents": sheet.offering_cents,
        "minimum_cents": sheet.minimum_cents,
        "multiple_cents": sheet.multiple_cents,
        "authorized_cents": sheet.authorized_cents,
        "base_percent": f"{base.highest_percent:f}" if base.fixed else None,
        "cap_percent": f"{sheet.limits.cap_percent:f}",
        "announced_on": sheet.announced_on.isoformat(),
        "auction_on": sheet.auction_on.isoformat(),
        "issue_on": sheet.issue_on.isoformat(),
        "dated_on": sheet.schedule.dated_on.isoformat(),
        "matures_on": sheet.matures_on.isoformat(),
        "periods": [
            {
                "number": one.plan.period.number,
                "starts_on": one.plan.period.starts_on.isoformat(),
                "ends_on": one.plan.period.ends_on.isoformat(),
                "pays_on": one.plan.period.pays_on.isoformat(),
                "determined_on": one.plan.determined_on.isoformat(),
                "adjustment_low_percent": exact_text(one.adjustment.low),
                "adjustment_high_percent": exact_text(one.adjustment.high),
            }
            for one in reach.periods
        ],
        "most_by_fiscal_year": [
            {"fiscal_year": year, "adjustments_cents": adjustments, "debt_service_cents": service}
            for year, adjustments, service in _most_by_year(sheet, reach)
        ]
        if base.fixed
        else None,
    }
