"""The coupon statement: what one holder was paid for one period, and how its rate came about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from lmb.bonds.linked.phrases import Language
from lmb.bonds.linked.rounding import exact_text
from lmb.bonds.linked.trace import Step
from lmb.bonds.papers.paper import (
    Block,
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
from lmb.bonds.payments.shares import Entitlement
from lmb.bonds.schedule import InterestPeriod
from lmb.values.canonical import Document

PHRASES: Phrases = {
    "title": ("Coupon statement", "Estado de cupón"),
    "head/paid": ("Paid to you", "Pagado a usted"),
    "head/base": ("Guaranteed part", "Parte garantizada"),
    "head/bonus": ("Outcome bonus", "Bonificación por resultados"),
    "lead/bonus": (
        "On {day} you are paid {total}: {base} that was guaranteed, and {bonus} that the outcome "
        "of the training earned.",
        "El {day} se le pagan {total}: {base} que estaban garantizados y {bonus} que ganó el "
        "resultado de la formación.",
    ),
    "lead/base": (
        "On {day} you are paid {total}, the guaranteed interest. No outcome bonus applies to this "
        "period.",
        "El {day} se le pagan {total}, el interés garantizado. A este periodo no se aplica "
        "ninguna bonificación.",
    ),
    "section/payment": ("The payment", "El pago"),
    "table/payment": ("From rate to amount", "Del tipo al importe"),
    "column/part": ("Part", "Parte"),
    "column/rate": ("Rate a year", "Tipo anual"),
    "column/amount": ("Amount", "Importe"),
    "section/period": ("The period", "El periodo"),
    "fact/number": ("Interest period", "Periodo de intereses"),
    "fact/number-of": ("{number} of {count}", "{number} de {count}"),
    "fact/days": ("From and until", "Desde y hasta"),
    "fact/half-years": ("Length", "Duración"),
    "fact/half-year": ("one half-year", "un semestre"),
    "fact/half-year-part": ("{ratio} half-years", "{ratio} semestres"),
    "fact/record": ("Record date", "Fecha de registro"),
    "fact/pays": ("Paid on", "Pagado el"),
    "fact/books": ("In the books", "En los libros"),
    "fact/held": ("Held at the record date", "Tenencia en la fecha de registro"),
    "arithmetic": (
        "Interest is face amount × rate ÷ 2 × half-years, rounded to the cent once ({rounding}); "
        "the bonus is what is left of the whole after the guaranteed part.",
        "El interés es valor nominal × tipo ÷ 2 × semestres, redondeado una sola vez al centavo "
        "({rounding}); la bonificación es lo que queda del total tras la parte garantizada.",
    ),
    "rounding/per-holder": ("each holder half up", "cada titular al centavo más cercano"),
    "rounding/largest-remainder": (
        "the whole issue half up, shared by largest remainder",
        "toda la emisión al centavo más cercano, repartida por el mayor resto",
    ),
    "section/why": ("How the rate came about", "Cómo se llegó al tipo"),
    "why/steps": (
        "Every number that led to the rate, in the order it was found. Each names the term of the "
        "bond it rests on.",
        "Cada número que llevó al tipo, en el orden en que se halló. Cada uno nombra la condición "
        "del bono en que se apoya. Los pasos están en inglés, como quedaron registrados.",
    ),
    "table/steps": ("The determination, step by step", "La determinación, paso a paso"),
    "column/step": ("Step", "Paso"),
    "column/value": ("Value", "Valor"),
    "column/how": ("How it was found", "Cómo se halló"),
    "why/file": (
        "From the determinations on file, in their own words. Each can be walked back to its facts "
        "by its identifier.",
        "De las determinaciones registradas, en sus propias palabras y en inglés. Cada una puede "
        "seguirse hasta sus hechos por su identificador.",
    ),
}


@dataclass(frozen=True, slots=True)
class RuleSaid:
    """A determination on file: its rule, its identifier and what it explains, in English."""

    rule: str
    identifier: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CouponStatement:
    """What a coupon statement tells. Rates are per cent a year; `steps` lead to them, and `said`
    are the determinations on file that say so. `transfers` are the movements in the books, none
    before it is paid."""

    cusip: str
    title: str
    terms_sha256: str
    period: InterestPeriod
    periods: int
    record_on: date
    base_percent: Fraction
    bonus_percent: Fraction
    rounding: str
    paid: Entitlement
    steps: tuple[Step, ...]
    transfers: tuple[str, ...] = ()
    said: tuple[RuleSaid, ...] = ()
    currency: str = "USD"


def coupon_statement(told: CouponStatement, language: Language) -> Paper:
    """The paper of one coupon of one holder, as of the day it is paid."""
    write = Writer(language, PHRASES, told.currency)
    paid, period = told.paid, told.period
    base, bonus = write.money(paid.base_cents), write.money(paid.bonus_cents)
    total = write.money(paid.base_cents + paid.bonus_cents)
    headline = [Fact(write.say("head/paid"), total), Fact(write.say("head/base"), base)]
    if paid.bonus_cents:
        headline.append(Fact(write.say("head/bonus"), bonus))
    lead = "lead/bonus" if paid.bonus_cents else "lead/base"
    return Paper(
        kind=PaperKind.COUPON,
        language=language,
        title=write.say("title"),
        subject=told.title,
        cusip=told.cusip,
        to=paid.account,
        as_of=period.pays_on,
        headline=tuple(headline),
        lead=write.say(lead, day=period.pays_on, total=total, base=base, bonus=bonus),
        sections=tuple(_sections(told, write)),
        about=write.about(told.terms_sha256),
        data=_data(told),
    )


def _sections(told: CouponStatement, write: Writer) -> Iterator[Section]:
    rounding = write.say(f"rounding/{told.rounding}")
    yield Section(
        write.say("section/payment"),
        (_payment(told, write), Paragraph(write.say("arithmetic", rounding=rounding))),
    )
    yield Section(write.say("section/period"), (_period(told, write),))
    why: list[Block] = []
    if told.said:
        why.append(Paragraph(write.say("why/file")))
        for one in told.said:
            why.append(Facts((Fact(one.rule, one.identifier),)))
            why.append(Points(tuple(map(unbroken, one.sentences)), "en"))
    why += [Paragraph(write.say("why/steps")), _steps(told.steps, write)]
    yield Section(write.say("section/why"), tuple(why))


def _payment(told: CouponStatement, write: Writer) -> Table:
    paid = told.paid
    parts = [("head/base", told.base_percent, paid.base_cents)]
    if told.bonus_percent or paid.bonus_cents:
        parts.append(("head/bonus", told.bonus_percent, paid.bonus_cents))
    rows = [
        (write.say(key), write.money(paid.par_cents), write.percent(rate), write.money(cents))
        for key, rate, cents in parts
    ]
    whole = told.base_percent + told.bonus_percent
    return Table(
        write.say("table/payment"),
        (
            Column(write.say("column/part"), share=1),
            Column(write.say("par"), figures=True),
            Column(write.say("column/rate"), figures=True),
            Column(write.say("column/amount"), figures=True),
        ),
        tuple(rows),
        (
            write.say("total"),
            write.money(paid.par_cents),
            write.percent(whole),
            write.money(paid.base_cents + paid.bonus_cents),
        ),
    )


def _period(told: CouponStatement, write: Writer) -> Facts:
    period = told.period
    number = write.say("fact/number-of", number=period.number, count=told.periods)
    if period.half_years == 1:
        length = write.say("fact/half-year")
    else:
        length = write.say("fact/half-year-part", ratio=str(period.half_years))
    days = f"{write.day(period.starts_on)} – {write.day(period.ends_on)}"
    facts = {
        "fact/number": number,
        "fact/days": days,
        "fact/half-years": length,
        "fact/record": write.day(told.record_on),
        "fact/held": write.money(told.paid.par_cents),
        "fact/pays": write.day(period.pays_on),
    }
    if told.transfers:
        facts["fact/books"] = " ".join(told.transfers)
    return Facts(tuple(Fact(write.say(key), value) for key, value in facts.items()))


def _steps(steps: tuple[Step, ...], write: Writer) -> Table:
    return Table(
        write.say("table/steps"),
        (
            Column(write.say("column/step"), share=4, lang="en"),
            Column(write.say("column/value"), share=3, lang="en"),
            Column(write.say("column/how"), share=7, lang="en"),
        ),
        tuple((step.name, step.value, f"{step.how} [{step.term}]") for step in steps),
    )


def _data(told: CouponStatement) -> dict[str, Document]:
    paid, period = told.paid, told.period
    return {
        "cusip": told.cusip,
        "terms_sha256": told.terms_sha256,
        "account": paid.account,
        "period": period.number,
        "starts_on": period.starts_on.isoformat(),
        "ends_on": period.ends_on.isoformat(),
        "record_on": told.record_on.isoformat(),
        "pays_on": period.pays_on.isoformat(),
        "half_years": str(period.half_years),
        "currency": told.currency,
        "par_cents": paid.par_cents,
        "base_percent": exact_text(told.base_percent),
        "bonus_percent": exact_text(told.bonus_percent),
        "base_cents": paid.base_cents,
        "bonus_cents": paid.bonus_cents,
        "total_cents": paid.base_cents + paid.bonus_cents,
        "rounding": told.rounding,
        "transfers": list(told.transfers),
        "trace": [step.document() for step in told.steps],
        "determinations": [
            {"rule": one.rule, "id": one.identifier, "explanation": list(one.sentences)}
            for one in told.said
        ],
    }
