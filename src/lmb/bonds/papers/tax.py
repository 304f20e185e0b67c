"""The tax statement: what the information returns of a year show, and how it was found."""

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
from lmb.bonds.tax.forms import TaxFigures
from lmb.bonds.tax.holder import TaxYear
from lmb.bonds.tax.projected import ProjectedSchedule
from lmb.values.canonical import Document
from lmb.values.rounding import half_even

PLACES = 6
"""Decimals of amounts per 100 of face amount: they are shown rounded and computed exactly."""

PHRASES: Phrases = {
    "title": ("Tax statement for {year}", "Estado fiscal de {year}"),
    "head/oid": ("Form 1099-OID, box 8", "Formulario 1099-OID, casilla 8"),
    "head/int": ("Form 1099-INT, box 3", "Formulario 1099-INT, casilla 3"),
    "head/loss": ("Ordinary loss", "Pérdida ordinaria"),
    "lead/report": (
        "For {year}, {total} of interest on this bond is reported to the Internal Revenue Service.",
        "Por {year} se declaran al Servicio de Impuestos Internos {total} de intereses de este "
        "bono.",
    ),
    "lead/no-report": (
        "For {year}, interest on this bond is {total}, below the amount from which it is reported. "
        "It is taxable all the same.",
        "Por {year}, los intereses de este bono son {total}, por debajo del importe a partir del "
        "cual se declaran. Son imponibles igualmente.",
    ),
    "section/forms": ("What the forms show", "Qué muestran los formularios"),
    "table/forms": ("Figures of the year", "Cifras del año"),
    "column/form": ("Where", "Dónde"),
    "column/what": ("What", "Qué"),
    "column/amount": ("Amount", "Importe"),
    "form/oid": ("1099-OID, box 8", "1099-OID, casilla 8"),
    "what/oid": (
        "original issue discount on Treasury obligations",
        "descuento de emisión original de obligaciones del Tesoro",
    ),
    "form/int": ("1099-INT, box 3", "1099-INT, casilla 3"),
    "what/int": (
        "interest on Treasury obligations paid",
        "intereses pagados de obligaciones del Tesoro",
    ),
    "form/loss": ("Your own return", "Su propia declaración"),
    "what/loss": ("ordinary loss", "pérdida ordinaria"),
    "section/why": ("Why it is not what you were paid", "Por qué no es lo que se le pagó"),
    "why": (
        "An outcome can raise the coupon of this bond, so it is a contingent payment debt "
        "instrument. Interest accrues at the comparable yield on a projected payment schedule, "
        "whatever is paid; what a payment differs from its projection is an adjustment (26 CFR "
        "1.1275-4(b)).",
        "Un resultado puede elevar el cupón de este bono, por lo que es un instrumento de deuda de "
        "pago contingente. El interés se devenga al rendimiento comparable sobre un calendario "
        "proyectado, sea cual sea el pago; la diferencia entre un pago y su proyección es un "
        "ajuste (26 CFR 1.1275-4(b)).",
    ),
    "stated": (
        "This bond promises all of its interest, so what is reported is what was paid in the year.",
        "Este bono promete todos sus intereses, por lo que se declara lo pagado en el año.",
    ),
    "fact/yield": ("Comparable yield", "Rendimiento comparable"),
    "fact/price": ("Issue price per 100", "Precio de emisión por 100"),
    "fact/issued": ("Issued", "Emisión"),
    "table/lots": (
        "What was held in {year}, lot by lot; accrued and adjusted are for each 100 of face amount",
        "Lo que se mantuvo en {year}, lote por lote; devengado y ajustes por cada 100 de valor "
        "nominal",
    ),
    "column/since": ("Held from", "Desde"),
    "column/until": ("Until", "Hasta"),
    "column/face": ("Face amount", "Valor nominal"),
    "column/accrued": ("Accrued", "Devengado"),
    "column/adjusted": ("Adjusted", "Ajustes"),
    "column/income": ("Interest", "Intereses"),
    "table/schedule": (
        "Projected payment schedule of the issuer, for each 100 of face amount",
        "Calendario de pagos proyectado del emisor, por cada 100 de valor nominal",
    ),
    "column/due": ("Due", "Vence"),
    "column/promised": ("Promised", "Prometido"),
    "column/projected": ("Projected bonus", "Bonificación proyectada"),
    "projection": (
        "The schedule serves tax alone. It is no promise and no forecast of what will be paid.",
        "El calendario sirve solo a efectos fiscales. No promete ni predice lo que se pagará.",
    ),
    "source": (
        "The figures support a return; they are no tax advice. The box numbers were not confirmed "
        "in the instructions of the forms.",
        "Las cifras apoyan una declaración; no son asesoramiento fiscal. Los números de casilla no "
        "se confirmaron en las instrucciones de los formularios.",
    ),
    "source/places": (
        "Amounts per 100 are shown rounded to six decimals and computed without rounding.",
        "Los importes por 100 se muestran redondeados a seis decimales y se calculan sin "
        "redondear.",
    ),
}


@dataclass(frozen=True, slots=True)
class TaxLot:
    """A lot over the days of the year it was held; `year` is per $100, None where all interest of
    the bond is promised."""

    held_from: date
    held_until: date
    face_cents: int
    year: TaxYear | None
    figures: TaxFigures


@dataclass(frozen=True, slots=True)
class TaxStatement:
    """One holder's year, lot by lot. `schedule` is that of a bond with a bonus, else None.
    `reporting_minimum_cents` is the interest from which a return is due."""

    cusip: str
    title: str
    terms_sha256: str
    account: str
    year: int
    lots: tuple[TaxLot, ...]
    reporting_minimum_cents: int
    schedule: ProjectedSchedule | None = None

    @property
    def discount_cents(self) -> int:
        """Form 1099-OID, box 8."""
        return sum(lot.figures.form_1099_oid_box_8_cents for lot in self.lots)

    @property
    def stated_cents(self) -> int:
        """Form 1099-INT, box 3."""
        return sum(lot.figures.form_1099_int_box_3_cents for lot in self.lots)

    @property
    def loss_cents(self) -> int:
        return sum(lot.figures.ordinary_loss_cents for lot in self.lots)

    @property
    def to_report(self) -> bool:
        """Whether a return is due: all lots of a holder count together."""
        return self.discount_cents + self.stated_cents >= self.reporting_minimum_cents


def tax_statement(told: TaxStatement, language: Language) -> Paper:
    """The statement of a year, as of its last day."""
    write = Writer(language, PHRASES)
    year, contingent = str(told.year), told.schedule is not None
    total = write.money(told.discount_cents + told.stated_cents)
    headline = [Fact(write.say("head/oid" if contingent else "head/int"), total)]
    if told.loss_cents:
        headline.append(Fact(write.say("head/loss"), write.money(told.loss_cents)))
    about = (write.say("source"), write.say("source/places")) if contingent else ()
    return Paper(
        kind=PaperKind.TAX,
        language=language,
        title=write.say("title", year=year),
        subject=told.title,
        cusip=told.cusip,
        to=told.account,
        as_of=date(told.year, 12, 31),
        headline=tuple(headline),
        lead=write.say(
            "lead/report" if told.to_report else "lead/no-report", year=year, total=total
        ),
        sections=tuple(_sections(told, write)),
        about=write.about(told.terms_sha256, *(about or (write.say("source"),))),
        data=_data(told),
    )


def _sections(told: TaxStatement, write: Writer) -> Iterator[Section]:
    schedule = told.schedule
    yield Section(write.say("section/forms"), (_forms(told, write),))
    if schedule is None:
        yield Section(write.say("section/why"), (Paragraph(write.say("stated")),))
        return
    known = {
        "fact/issued": write.day(schedule.issued_on),
        "fact/price": str(schedule.issue_price),
        "fact/yield": write.percent(schedule.yield_percent),
    }
    yield Section(
        write.say("section/why"),
        (
            Paragraph(write.say("why")),
            _lots(told, write),
            Facts(tuple(Fact(write.say(key), value) for key, value in known.items())),
            _schedule(schedule, write),
            Paragraph(write.say("projection")),
        ),
    )


def _forms(told: TaxStatement, write: Writer) -> Table:
    if told.schedule is None:
        rows = [("int", told.stated_cents)]
    else:
        rows = [("oid", told.discount_cents), ("loss", told.loss_cents)]
    return Table(
        write.say("table/forms"),
        (
            Column(write.say("column/form"), share=2),
            Column(write.say("column/what"), share=4),
            Column(write.say("column/amount"), figures=True),
        ),
        tuple(
            (write.say(f"form/{key}"), write.say(f"what/{key}"), write.money(cents))
            for key, cents in rows
        ),
    )


def _lots(told: TaxStatement, write: Writer) -> Table:
    keys = ("since", "until", "face", "accrued", "adjusted", "income")
    rows = []
    for lot in told.lots:
        assert lot.year is not None, "a bond with a projected schedule has years"
        per_100 = (lot.year.accrued, lot.year.adjusted)
        rows.append(
            (
                *map(write.day, (lot.held_from, lot.held_until)),
                write.money(lot.face_cents),
                *map(_shown, per_100),
                write.money(lot.figures.form_1099_oid_box_8_cents),
            )
        )
    return Table(
        write.say("table/lots", year=str(told.year)),
        tuple(
            Column(write.say(f"column/{key}"), figures=place > 1, share=int(place == 1))
            for place, key in enumerate(keys)
        ),
        tuple(rows),
        (write.say("total"), "", "", "", "", write.money(told.discount_cents)),
    )


def _schedule(schedule: ProjectedSchedule, write: Writer) -> Table:
    return Table(
        write.say("table/schedule"),
        (
            Column(write.say("column/due"), share=2),
            Column(write.say("column/promised"), figures=True, share=2),
            Column(write.say("column/projected"), figures=True, share=2),
        ),
        tuple(
            (
                write.day(payment.due_on),
                _shown(payment.noncontingent),
                "–" if payment.contingent is None else _shown(payment.contingent),
            )
            for payment in schedule.payments
        ),
    )


def _shown(amount: Decimal) -> str:
    shown = half_even(amount, PLACES)
    return f"{shown or abs(shown):f}"


def _data(told: TaxStatement) -> dict[str, Document]:
    schedule = told.schedule
    return {
        "cusip": told.cusip,
        "terms_sha256": told.terms_sha256,
        "account": told.account,
        "year": told.year,
        "form_1099_int_box_3_cents": told.stated_cents if schedule is None else None,
        "form_1099_oid_box_8_cents": None if schedule is None else told.discount_cents,
        "ordinary_loss_cents": None if schedule is None else told.loss_cents,
        "to_report": told.to_report,
        "lots": [
            {
                "held_from": lot.held_from.isoformat(),
                "held_until": lot.held_until.isoformat(),
                "face_cents": lot.face_cents,
                "accrued_per_100": _shown(lot.year.accrued),
                "adjusted_per_100": _shown(lot.year.adjusted),
                "interest_cents": lot.figures.form_1099_oid_box_8_cents,
            }
            for lot in told.lots
            if lot.year is not None
        ],
        "schedule": None
        if schedule is None
        else {
            "issued_on": schedule.issued_on.isoformat(),
            "issue_price_per_100": str(schedule.issue_price),
            "comparable_yield_percent": str(schedule.yield_percent),
            "payments": [
                {
                    "due_on": one.due_on.isoformat(),
                    "noncontingent_per_100": _shown(one.noncontingent),
                    "contingent_per_100": None
                    if one.contingent is None
                    else _shown(one.contingent),
                }
                for one in schedule.payments
            ],
        },
    }
