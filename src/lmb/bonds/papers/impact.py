"""The impact report: what a bond set out to change, what changed, and who vouches for it.

Its sections are the five components of ICMA's Sustainability-Linked Bond Principles: selection of
KPIs, calibration of targets, bond characteristics, reporting, verification.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from lmb.bonds.linked.curve import outcome_curve
from lmb.bonds.linked.phrases import Language, phrase
from lmb.bonds.linked.sheet import LinkedSheet
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
from lmb.bonds.payments.shares import half_up_cents
from lmb.values.canonical import Document
from lmb.values.rates import decimal_text

PHRASES: Phrases = {
    "title": ("Impact report", "Informe de impacto"),
    "head/gain": ("More earned a year", "Más ingresos al año"),
    "head/placed": ("Verified placements", "Colocaciones verificadas"),
    "head/cost": ("Cost per placement", "Coste por colocación"),
    "head/bonus": ("Bonus earned", "Bonificación ganada"),
    "lead/measured": (
        "{trained} people were trained with {spent}. Those offered training earned {gain} a year "
        "more than those not offered it (95 % interval {low} to {high}).",
        "Se formó a {trained} personas con {spent}. Quienes recibieron la oferta ganaron {gain} al "
        "año más que quienes no la recibieron (intervalo del 95 %: de {low} a {high}).",
    ),
    "lead/not-measured": (
        "{trained} people have been trained with {spent}. The outcome has not been measured.",
        "Se ha formado a {trained} personas con {spent}. El resultado no se ha medido.",
    ),
    "section/1": ("1. The indicators", "1. Los indicadores"),
    "section/2": ("2. The targets", "2. Las metas"),
    "fact/threshold": ("The bonus starts above", "La bonificación empieza sobre"),
    "fact/target": ("and is full at", "y es completa en"),
    "section/3": ("3. The bond", "3. El bono"),
    "fact/sold": ("Sold, face amount", "Vendido, valor nominal"),
    "fact/base": ("Guaranteed coupon", "Cupón garantizado"),
    "fact/cap": ("Bonus at most", "Bonificación máxima"),
    "fact/score": ("Score reached", "Puntuación alcanzada"),
    "fact/bonus": ("Bonus earned", "Bonificación ganada"),
    "fact/from-period": ("Paid from interest period", "Pagada desde el periodo"),
    "fact/bonus-paid": ("Bonus paid so far", "Bonificación pagada hasta ahora"),
    "section/4": ("4. What came of it", "4. Qué resultó"),
    "table/people": ("From offer to placement", "De la oferta a la colocación"),
    "column/step": ("Step", "Paso"),
    "column/people": ("People", "Personas"),
    "column/share": ("Of those offered", "De quienes recibieron la oferta"),
    "people/offered": ("Offered training", "Oferta de formación"),
    "people/enrolled": ("Enrolled", "Inscritas"),
    "people/completed": ("Completed", "Completaron"),
    "people/placed": ("Verified placement", "Colocación verificada"),
    "table/compared": (
        "People offered training against people not offered it",
        "Personas con oferta de formación frente a personas sin ella",
    ),
    "column/figure": ("Figure", "Cifra"),
    "column/treated": ("Offered", "Con oferta"),
    "column/control": ("Not offered", "Sin oferta"),
    "compared/people": ("People measured", "Personas medidas"),
    "compared/earning": ("With earnings in the observed period", "Con ingresos en el periodo"),
    "compared/change": ("Change in yearly earnings", "Cambio en ingresos anuales"),
    "fact/gain": ("Gain in yearly earnings", "Ganancia en ingresos anuales"),
    "fact/interval": ("95 % interval", "Intervalo del 95 %"),
    "interval": ("{low} to {high}", "{low} a {high}"),
    "fact/error": ("Standard error", "Error estándar"),
    "fact/spent": ("Paid to the provider", "Pagado al proveedor"),
    "fact/per-enrolled": ("Cost per person enrolled", "Coste por persona inscrita"),
    "fact/per-placed": ("Cost per verified placement", "Coste por colocación verificada"),
    "fact/returned": ("Back to the Treasury, unspent", "Devuelto al Tesoro sin gastar"),
    "fact/region": ("Region", "Región"),
    "region": ("{state}, workforce board {board}", "{state}, junta laboral {board}"),
    "fact/provider": ("Provider", "Proveedor"),
    "fact/program": ("Program", "Programa"),
    "placement": (
        "A placement is verified by work records of the observed period, not within a number of "
        "months after training: the terms of this bond ask for no more.",
        "Una colocación se verifica con los registros laborales del periodo observado, no en un "
        "número de meses tras la formación: las condiciones de este bono no piden más.",
    ),
    "section/5": ("5. Who vouches for it", "5. Quién responde de ello"),
    "verified": (
        "Work records cover {coverage} % of the people measured. The measure and the bonus are "
        "determinations on file; anyone who keeps the books can compute them again from the facts "
        "to the same bytes.",
        "Los registros laborales cubren al {coverage} % de las personas medidas. La medición y "
        "la bonificación son determinaciones registradas; quien lleva los libros puede volver a "
        "calcularlas a partir de los hechos hasta los mismos bytes.",
    ),
    "fact/verifier": ("Verifier", "Verificador"),
    "not-verified": (
        "There is no measure on file to verify.",
        "No hay ninguna medición registrada que verificar.",
    ),
    "point/measure": ("Measure: determination {id}", "Medición: determinación {id}"),
    "point/bonus": ("Bonus: determination {id}", "Bonificación: determinación {id}"),
    "source": (
        "People and payments are counted in the books, the gain is that of the determination. "
        "Costs per person are rounded half up to the cent.",
        "Las personas y los pagos se cuentan en los libros; la ganancia es la de la "
        "determinación. Los costes por persona se redondean al centavo más cercano.",
    ),
}


@dataclass(frozen=True, slots=True)
class Measured:
    """What the measure found; rates of earning are fractions of one. `treated` and `control`
    figures are of those offered training and those not."""

    determination: str
    coverage_percent: Decimal
    people_treated: int
    people_control: int
    gain_dollars: Decimal
    standard_error_dollars: Decimal
    ci95_dollars: tuple[Decimal, Decimal]
    earning_treated: Decimal
    earning_control: Decimal
    change_treated_dollars: Decimal
    change_control_dollars: Decimal


@dataclass(frozen=True, slots=True)
class BonusEarned:
    """What the measure earned investors."""

    determination: str
    score: Decimal
    bonus_percent: Decimal
    from_period: int


@dataclass(frozen=True, slots=True)
class ImpactReport:
    """A programme as far as it has come. `enrolled`, `completed` and `placed` are people for whom
    the provider was paid that tranche."""

    terms: LinkedSheet
    as_of: date
    sold_cents: int
    base_percent: Decimal
    offered: int
    enrolled: int
    completed: int
    placed: int
    spent_cents: int
    returned_cents: int
    bonus_paid_cents: int
    measured: Measured | None
    bonus: BonusEarned | None

    @property
    def cost_per_enrolled_cents(self) -> int | None:
        return _cost_cents(self.spent_cents, self.enrolled)

    @property
    def cost_per_placed_cents(self) -> int | None:
        return _cost_cents(self.spent_cents, self.placed)


def impact_report(told: ImpactReport, language: Language) -> Paper:
    """The report of a programme, as of the last day the books tell of."""
    write = Writer(language, PHRASES)
    measured, bonus = told.measured, told.bonus
    said = {"trained": told.enrolled, "spent": write.money(told.spent_cents)}
    headline = [Fact(write.say("head/placed"), f"{told.placed:,}")]
    if told.cost_per_placed_cents is not None:
        headline.append(Fact(write.say("head/cost"), write.money(told.cost_per_placed_cents)))
    if measured is None:
        lead = write.say("lead/not-measured", **said)
    else:
        gain = _dollars(measured.gain_dollars, write)
        headline.insert(0, Fact(write.say("head/gain"), gain))
        low, high = (_dollars(bound, write) for bound in measured.ci95_dollars)
        lead = write.say("lead/measured", gain=gain, low=low, high=high, **said)
    if bonus is not None:
        headline.append(Fact(write.say("head/bonus"), write.percent(bonus.bonus_percent)))
    return Paper(
        kind=PaperKind.IMPACT,
        language=language,
        title=write.say("title"),
        subject=told.terms.title,
        cusip=told.terms.cusip,
        to="",
        as_of=told.as_of,
        headline=tuple(headline),
        lead=lead,
        sections=(
            Section(write.say("section/1"), (_words(told.terms, "measured", write),)),
            Section(write.say("section/2"), tuple(_targets(told.terms, write))),
            Section(write.say("section/3"), (_bond(told, write),)),
            Section(write.say("section/4"), tuple(_reported(told, write))),
            Section(write.say("section/5"), tuple(_verified(told, write))),
        ),
        about=write.about(told.terms.sha256, write.say("source")),
        data=_data(told),
    )


def _facts(facts: dict[str, str], write: Writer) -> Facts:
    return Facts(tuple(Fact(write.say(f"fact/{key}"), value) for key, value in facts.items()))


def _words(terms: LinkedSheet, key: str, write: Writer) -> Points:
    """What the term sheet in words says under one of its headings."""
    title = phrase(write.language, f"section/{key}")
    told = {part.title: part.sentences for part in sheet_in_words(terms, write.language)}
    return Points(tuple(map(unbroken, told[title])))


def _targets(terms: LinkedSheet, write: Writer) -> Iterator[Points | Facts]:
    yield _words(terms, "pays", write)
    curve = outcome_curve(terms)
    if curve is not None:
        ends = {
            "threshold": _dollars(curve.threshold_dollars, write),
            "target": _dollars(curve.target_dollars, write),
        }
        yield _facts(ends, write)


def _bond(told: ImpactReport, write: Writer) -> Facts:
    bonus = told.bonus
    facts = {
        "sold": write.money(told.sold_cents),
        "base": write.percent(told.base_percent),
        "cap": write.percent(told.terms.limits.cap_percent),
    }
    if bonus is not None:
        facts |= {
            "score": str(bonus.score),
            "bonus": write.percent(bonus.bonus_percent),
            "from-period": str(bonus.from_period),
        }
    return _facts({**facts, "bonus-paid": write.money(told.bonus_paid_cents)}, write)


def _reported(told: ImpactReport, write: Writer) -> Iterator[Table | Facts | Paragraph]:
    yield _people(told, write)
    if told.measured is not None:
        yield _compared(told.measured, write)
        low, high = (_dollars(bound, write) for bound in told.measured.ci95_dollars)
        gain = {
            "gain": _dollars(told.measured.gain_dollars, write),
            "interval": write.say("interval", low=low, high=high),
            "error": _dollars(told.measured.standard_error_dollars, write),
        }
        yield _facts(gain, write)
    costs = {
        "per-enrolled": told.cost_per_enrolled_cents,
        "per-placed": told.cost_per_placed_cents,
    }
    facts = {"spent": write.money(told.spent_cents)}
    facts |= {key: write.money(cents) for key, cents in costs.items() if cents is not None}
    facts["returned"] = write.money(told.returned_cents)
    delivery = None if told.terms.training is None else told.terms.training.delivery
    if delivery is not None:
        facts |= {
            "region": write.say("region", state=delivery.state, board=delivery.board),
            "provider": delivery.provider_name,
            "program": delivery.program_title,
        }
    yield _facts(facts, write)
    yield Paragraph(write.say("placement"))


def _people(told: ImpactReport, write: Writer) -> Table:
    steps = {
        "offered": told.offered,
        "enrolled": told.enrolled,
        "completed": told.completed,
        "placed": told.placed,
    }
    return Table(
        write.say("table/people"),
        (
            Column(write.say("column/step"), share=2),
            Column(write.say("column/people"), figures=True, share=1),
            Column(write.say("column/share"), figures=True, share=2),
        ),
        tuple(
            (
                write.say(f"people/{step}"),
                f"{people:,}",
                write.share(people, told.offered) if told.offered else "–",
            )
            for step, people in steps.items()
        ),
    )


def _compared(measured: Measured, write: Writer) -> Table:
    people = (f"{measured.people_treated:,}", f"{measured.people_control:,}")
    earning = (
        write.percent((measured.earning_treated * 100).normalize()),
        write.percent((measured.earning_control * 100).normalize()),
    )
    change = (
        _dollars(measured.change_treated_dollars, write),
        _dollars(measured.change_control_dollars, write),
    )
    return Table(
        write.say("table/compared"),
        (
            Column(write.say("column/figure"), share=2),
            Column(write.say("column/treated"), figures=True, share=1),
            Column(write.say("column/control"), figures=True, share=1),
        ),
        (
            (write.say("compared/people"), *people),
            (write.say("compared/earning"), *earning),
            (write.say("compared/change"), *change),
        ),
    )


def _verified(told: ImpactReport, write: Writer) -> Iterator[Paragraph | Points | Facts]:
    yield _facts({"verifier": told.terms.determination.verifier}, write)
    if told.measured is None:
        yield Paragraph(write.say("not-verified"))
        return
    yield Paragraph(write.say("verified", coverage=told.measured.coverage_percent))
    points = [write.say("point/measure", id=told.measured.determination)]
    if told.bonus is not None:
        points.append(write.say("point/bonus", id=told.bonus.determination))
    yield Points(tuple(points))


def _dollars(amount: Decimal, write: Writer) -> str:
    """Dollars that have no more than cents."""
    return write.money(int(amount.scaleb(2)))


def _cost_cents(cents: int, people: int) -> int | None:
    return half_up_cents(Fraction(cents, people)) if people else None


def _data(told: ImpactReport) -> dict[str, Document]:
    measured, bonus, curve = told.measured, told.bonus, outcome_curve(told.terms)
    training = told.terms.training
    delivery = None if training is None else training.delivery
    return {
        "cusip": told.terms.cusip,
        "terms_sha256": told.terms.sha256,
        "sold_cents": told.sold_cents,
        "base_percent": decimal_text(told.base_percent),
        "cap_percent": decimal_text(told.terms.limits.cap_percent),
        "threshold_dollars": None if curve is None else str(curve.threshold_dollars),
        "target_dollars": None if curve is None else str(curve.target_dollars),
        "state": None if delivery is None else delivery.state,
        "board": None if delivery is None else delivery.board,
        "people_offered": told.offered,
        "people_enrolled": told.enrolled,
        "people_completed": told.completed,
        "people_placed": told.placed,
        "spent_cents": told.spent_cents,
        "cost_per_enrolled_cents": told.cost_per_enrolled_cents,
        "cost_per_placed_cents": told.cost_per_placed_cents,
        "returned_cents": told.returned_cents,
        "bonus_paid_cents": told.bonus_paid_cents,
        "measured": None
        if measured is None
        else {
            "determination": measured.determination,
            "coverage_percent": decimal_text(measured.coverage_percent),
            "people_treated": measured.people_treated,
            "people_control": measured.people_control,
            "gain_dollars": str(measured.gain_dollars),
            "standard_error_dollars": str(measured.standard_error_dollars),
            "ci95_low_dollars": str(measured.ci95_dollars[0]),
            "ci95_high_dollars": str(measured.ci95_dollars[1]),
            "earning_treated_percent": decimal_text(measured.earning_treated * 100),
            "earning_control_percent": decimal_text(measured.earning_control * 100),
            "change_treated_dollars": str(measured.change_treated_dollars),
            "change_control_dollars": str(measured.change_control_dollars),
        },
        "bonus": None
        if bonus is None
        else {
            "determination": bonus.determination,
            "score": str(bonus.score),
            "bonus_percent": decimal_text(bonus.bonus_percent),
            "from_period": bonus.from_period,
        },
    }
