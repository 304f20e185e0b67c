"""The offering circular: all a term sheet promises, in figures and in plain language."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from lmb.bonds.dated_rules import outcome_coupon_rules_on
from lmb.bonds.linked import sheet as s
from lmb.bonds.linked.phrases import Language, phrase
from lmb.bonds.linked.reach import PeriodReach, SheetReach, most_by_fiscal_year, sheet_reach
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
from lmb.bonds.papers.writing import NO_BREAK_SPACE, Phrases, Writer
from lmb.bonds.terms import TermSheet
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
    "section/measured": ("What is measured", "Qué se mide"),
    "measured": (
        "The gain in yearly earnings of people drawn by lottery to be offered training, against "
        "people drawn not to be. It is observed from {first} to {last}; {counted} counts.",
        "La ganancia en ingresos anuales de las personas sorteadas para recibir la oferta de "
        "formación, frente a las sorteadas para no recibirla. Se observa del {first} al {last}; "
        "cuenta {counted}.",
    ),
    "measured/thin": (
        "Where records cover fewer than {coverage} % of people, or fewer than {people} of a group "
        "are measured, the score is {score}.",
        "Si los datos cubren a menos del {coverage} % de las personas, o se miden menos de "
        "{people} de un grupo, la puntuación es {score}.",
    ),
    "counted/estimate": ("the estimate", "la estimación"),
    "counted/ci95-lower": (
        "the lower end of the 95 % interval",
        "el extremo inferior del intervalo del 95 %",
    ),
    "section/when": ("When it is decided", "Cuándo se decide"),
    "when": (
        "The outcome is determined once, on {day}, from records published within {days} days of "
        "the period observed. What it adds is paid in every interest period that starts at least "
        "{business} business days later, so each rate is known before its period starts, and "
        "accrued interest always.",
        "El resultado se determina una sola vez, el {day}, con datos publicados en un plazo de "
        "{days} días tras el periodo observado. Lo que añade se paga en cada periodo de intereses "
        "que empiece al menos {business} días hábiles después, de modo que cada tipo se conoce "
        "antes de que empiece su periodo, y el interés acumulado siempre.",
    ),
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
    "training": (
        "{provider} trains in the program “{program}”; the workforce board is {board}, {state}. A "
        "person is granted {grant} and the tuition is {tuition}: {enrolment} % is paid on "
        "enrolment, {completion} % on completion, {placement} % on verified placement. Credit may "
        "be spent until {until}.",
        "{provider} forma en el programa «{program}»; la junta laboral es {board}, {state}. Se "
        "conceden {grant} por persona y la matrícula es de {tuition}: el {enrolment} % se paga al "
        "inscribirse, el {completion} % al completar, el {placement} % con la colocación "
        "verificada. El crédito puede gastarse hasta el {until}.",
    ),
    "section/training": ("What the money pays for", "Qué paga el dinero"),
}


def offering_circular(
    sheet: s.LinkedSheet, language: Language, announced: TermSheet | None = None
) -> Paper:
    """The paper of a term sheet, as of its announcement.

    `announced` is the version 1 sheet that `sheet` restates, which is announced in its own version.
    """
    write = Writer(language, PHRASES, sheet.currency)
    offered = announced is not None or sheet.programme is s.Programme.LABOR_MARKET_BOND
    kind = "offer" if offered else "illustration"
    reach = sheet_reach(sheet)
    data = _data(sheet, reach, announced)
    base = sheet.base_coupon
    matures = Fact(write.say("head/matures"), write.day(sheet.schedule.matures_on))
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
            matures,
        ),
        lead=write.say(f"lead/{kind}", guaranteed=sheet.guarantee.principal_percent),
        sections=tuple(_sections(sheet, reach, announced, write)),
        about=write.about(_sha256(sheet, announced)),
        data=data,
    )


def _sha256(sheet: s.LinkedSheet, announced: TermSheet | None) -> str:
    """The fingerprint of the sheet that is announced."""
    return sheet.sha256 if announced is None else announced.sha256


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _sections(
    sheet: s.LinkedSheet, reach: SheetReach, announced: TermSheet | None, write: Writer
) -> Iterator[Section]:
    yield Section(write.say("section/key"), (_key_terms(sheet, announced, write),))
    for section in sheet_in_words(sheet, write.language):
        if announced is not None and section.title == phrase(write.language, "section/pays"):
            measured = Points(tuple(_measured(announced, write)))
            yield Section(write.say("section/measured"), (measured,))
        if announced is not None and section.title in _restated(write):
            continue
        sentences = (said.replace(" %", f"{NO_BREAK_SPACE}%") for said in section.sentences)
        yield Section(section.title, (Points(tuple(sentences)),))
    if announced is not None:
        yield Section(write.say("section/when"), (_when(announced, write),))
        yield Section(write.say("section/training"), (_training(announced, write),))
    table = _schedule(reach, announced, write)
    schedule = (Paragraph(write.say("schedule/why")), table)
    yield Section(write.say("section/schedule"), schedule)
    if sheet.base_coupon.fixed:
        yield Section(write.say("section/years"), (_years(sheet, reach, write),))


def _restated(write: Writer) -> list[str]:
    """The sections that tell of a version 1 sheet's restatement rather than of the bond: that it
    cannot be announced, the range it was given, when a sheet of version 2 would be determined."""
    return [phrase(write.language, f"section/{key}") for key in ("bond", "measured", "when")]


def _measured(terms: TermSheet, write: Writer) -> Iterator[str]:
    outcome, missing = terms.outcome, terms.outcome.missing_data
    counted = write.say(f"counted/{outcome.evaluate}")
    first, last = outcome.observed_from, outcome.observed_to
    yield write.say("measured", first=first, last=last, counted=counted)
    yield write.say(
        "measured/thin",
        coverage=missing.minimum_coverage_percent,
        people=missing.minimum_people_per_arm,
        score=missing.score,
    )


def _when(terms: TermSheet, write: Writer) -> Paragraph:
    outcome = terms.outcome
    rules = outcome_coupon_rules_on(outcome.determined_on)
    said = write.say(
        "when",
        day=outcome.determined_on,
        days=outcome.publication_lag_days,
        business=rules.lockout_business_days,
    )
    return Paragraph(said)


def _key_terms(sheet: s.LinkedSheet, announced: TermSheet | None, write: Writer) -> Facts:
    amounts = map(write.money, (sheet.minimum_cents, sheet.multiple_cents))
    facts = {
        "fact/multiple": " · ".join(amounts),
        "fact/authorized": write.money(sheet.authorized_cents),
        "fact/announced": write.day(sheet.announced_on),
        "fact/auction": write.day(sheet.auction_on),
        "fact/issued": write.day(sheet.issue_on),
        "fact/dated": write.day(sheet.schedule.dated_on),
        "fact/first": write.day(sheet.schedule.first_interest_on),
        "fact/matures": write.day(sheet.schedule.matures_on),
    }
    if announced is None:
        facts["fact/verifier"] = sheet.determination.verifier
    return Facts(tuple(Fact(write.say(key), value) for key, value in facts.items()))


def _training(terms: TermSheet, write: Writer) -> Paragraph:
    training, tranches = terms.training, terms.training.tranches
    said = write.say(
        "training",
        provider=training.provider_name,
        program=training.program_title,
        board=training.board,
        state=training.state,
        grant=write.money(training.grant_cents),
        tuition=write.money(training.tuition_cents),
        enrolment=tranches.enrolment_percent,
        completion=tranches.completion_percent,
        placement=tranches.placement_percent,
        until=training.spend_until,
    )
    return Paragraph(said)


def _schedule(reach: SheetReach, announced: TermSheet | None, write: Writer) -> Table:
    columns = ("number", "until", "pays", "determined", "adjustment")
    rows = []
    for one in reach.periods:
        period, adjustment = one.plan.period, one.adjustment
        low, high = write.percent(adjustment.low), write.percent(adjustment.high)
        days = map(write.day, (period.ends_on, period.pays_on))
        can = low if low == high else write.say("range", low=low, high=high)
        determined_on = _determined_on(one, announced)
        determined = "–" if determined_on is None else write.day(determined_on)
        rows.append((str(period.number), *days, determined, can))
    return Table(
        write.say("table/schedule"),
        tuple(
            Column(write.say(f"column/{name}"), figures=name == "adjustment", share=share)
            for name, share in zip(columns, (0, 1, 1, 1, 1), strict=True)
        ),
        tuple(rows),
    )


def _determined_on(one: PeriodReach, announced: TermSheet | None) -> date | None:
    """When a period's outcome is determined; of a version 1 sheet None where it has none."""
    if announced is None:
        return one.plan.determined_on
    return announced.outcome.determined_on if one.adjustment.high else None


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


def _data(
    sheet: s.LinkedSheet, reach: SheetReach, announced: TermSheet | None
) -> dict[str, Document]:
    base = sheet.base_coupon
    return {
        "cusip": sheet.cusip,
        "terms_sha256": _sha256(sheet, announced),
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
        "matures_on": sheet.schedule.matures_on.isoformat(),
        "grant_cents": None if announced is None else announced.training.grant_cents,
        "tuition_cents": None if announced is None else announced.training.tuition_cents,
        "periods": [
            {
                "number": one.plan.period.number,
                "starts_on": one.plan.period.starts_on.isoformat(),
                "ends_on": one.plan.period.ends_on.isoformat(),
                "pays_on": one.plan.period.pays_on.isoformat(),
                "determined_on": _iso(_determined_on(one, announced)),
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
