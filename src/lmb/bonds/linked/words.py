"""A term sheet in plain language, complete: whatever changes what is paid has its sentence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from lmb.bonds.linked import phrases
from lmb.bonds.linked import sheet as s
from lmb.bonds.linked.phrases import Language
from lmb.bonds.linked.training import Delivery
from lmb.values.money import format_cents
from lmb.values.rates import decimal_text

_MONTHS = {
    Language.ENGLISH: (
        "January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December",
    ),
    Language.SPANISH: (
        "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre",
        "octubre", "noviembre", "diciembre",
    ),
}  # fmt: skip
_SIGNS = {"USD": "$", "GBP": "£"}


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its sentences."""

    title: str
    sentences: tuple[str, ...]


def sheet_in_words(sheet: s.LinkedSheet, language: Language) -> tuple[Section, ...]:
    """The whole sheet as sections of sentences; names and remarks stay as they were written."""
    tell = _Teller(sheet, language)
    sections = (
        ("bond", tell.bond()),
        ("measured", tell.measured()),
        ("pays", tell.pays()),
        ("when", tell.when()),
        ("limits", tell.limits()),
        ("if", tell.what_if()),
        ("notes", iter(sheet.notes)),
    )
    told = [(phrases.phrase(language, f"section/{key}"), tuple(lines)) for key, lines in sections]
    return tuple(Section(title, sentences) for title, sentences in told if sentences)


def written_day(day: date, language: Language) -> str:
    """A day written out, as the pages write it: `August 13, 1979`, `13 de agosto de 1979`."""
    month = _MONTHS[language][day.month - 1]
    if language is Language.ENGLISH:
        return f"{month} {day.day}, {day.year}"
    return f"{day.day} de {month} de {day.year}"


class _Teller:
    def __init__(self, sheet: s.LinkedSheet, language: Language) -> None:
        self._sheet = sheet
        self._language = language

    def _say(self, key: str, **values: object) -> str:
        written = {name: self._written(value) for name, value in values.items()}
        return phrases.phrase(self._language, key, **written)

    def _written(self, value: object) -> str:
        if isinstance(value, Decimal):
            return decimal_text(value)
        if isinstance(value, date):
            return written_day(value, self._language)
        return f"{value:,}" if isinstance(value, int) else str(value)

    def _money(self, cents: int) -> str:
        return format_cents(cents).replace("$", _SIGNS[self._sheet.currency])

    def _name(self, kpi: str) -> str:
        return self._sheet.kpi(kpi).name

    def bond(self) -> Iterator[str]:
        sheet, guarantee = self._sheet, self._sheet.guarantee
        yield self._say("bond/name", title=sheet.title, cusip=sheet.cusip)
        announced = sheet.programme is s.Programme.LABOR_MARKET_BOND
        yield self._say("bond/announced" if announced else "bond/illustration")
        yield self._say(
            "bond/offered",
            offering=self._money(sheet.offering_cents),
            multiple=self._money(sheet.multiple_cents),
            authorized=self._money(sheet.authorized_cents),
        )
        yield self._say(
            "bond/dates",
            issue=sheet.issue_on,
            first=sheet.schedule.first_interest_on,
            matures=sheet.schedule.matures_on,
        )
        base = "bond/base-fixed" if sheet.base_coupon.fixed else "bond/base-auction"
        yield self._say(base, percent=sheet.base_coupon.highest_percent)
        if guarantee.coupon_percent is None:
            yield self._say("bond/guarantee-base")
        else:
            yield self._say("bond/guarantee-rate", percent=guarantee.coupon_percent)
        yield self._say("bond/guarantee-principal", percent=guarantee.principal_percent)
        if guarantee.investors_pay_cents:
            yield self._say("bond/investors-pay", amount=self._money(guarantee.investors_pay_cents))
        if guarantee.guarantor is not None:
            name, percent = guarantee.guarantor.name, guarantee.guarantor.principal_percent
            yield self._say("bond/guarantor", name=name, percent=percent)
        if sheet.training is not None:
            people, description = sheet.training.people, sheet.training.description
            yield self._say("bond/training", people=people, description=description)
            yield from self._delivery(sheet.training.delivery)

    def _delivery(self, delivery: Delivery | None) -> Iterator[str]:
        if delivery is None:
            return
        yield self._say(
            "bond/delivery",
            provider=delivery.provider_name,
            program=delivery.program_title,
            board=delivery.board,
        )
        yield self._say(
            "bond/wallet",
            grant=self._money(delivery.grant_cents),
            tuition=self._money(delivery.tuition_cents),
            day=delivery.spend_until,
        )
        tranches = delivery.tranches
        yield self._say(
            "bond/tranches",
            enrolment=tranches.enrolment_percent,
            completion=tranches.completion_percent,
            placement=tranches.placement_percent,
        )

    def measured(self) -> Iterator[str]:
        for kpi in self._sheet.kpis:
            yield " ".join(self._kpi(kpi))

    def _kpi(self, kpi: s.Kpi) -> Iterator[str]:
        named = [kpi.cohort.name] if kpi.cohort is not None else []
        cohort = "".join(f"; {part}" for part in [*named, kpi.region] if part)
        unit = self._say(f"unit/{kpi.unit}", currency=self._sheet.currency)
        values = {"lowest": kpi.lowest, "highest": kpi.highest}
        yield self._say("kpi/what", name=kpi.name, unit=unit, cohort=cohort, **values)
        yield self._window(kpi)
        yield from self._basis(kpi)
        if kpi.measured is not None:
            first, last = kpi.measured.baseline_from, kpi.measured.baseline_to
            yield self._say("kpi/measured", rule=kpi.measured.rule, first=first, last=last)
        if kpi.minimum_people:
            yield self._say("kpi/people", people=kpi.minimum_people)
        if kpi.minimum_coverage_percent:
            yield self._say("kpi/coverage", percent=kpi.minimum_coverage_percent)
        if kpi.substitute is not None:
            other, change = self._name(kpi.substitute.kpi), kpi.substitute
            yield self._say("kpi/substitute", other=other, times=change.times, plus=change.plus)
        match kpi.missing:
            case s.MissingScore(score):
                yield self._say("kpi/missing-score", score=score)
            case s.MissingValue(value):
                yield self._say("kpi/missing-value", value=value)
            case s.MissingLast(score):
                yield self._say("kpi/missing-last", score=score)
        if kpi.verifier:
            yield self._say("kpi/verifier", name=kpi.verifier)
        if kpi.evidence:
            yield self._say("kpi/evidence", evidence=kpi.evidence)

    def _window(self, kpi: s.Kpi) -> str:
        due = {"days": kpi.publication_lag_days, "vintage": kpi.vintage}
        match kpi.window:
            case s.FixedWindow(first, last):
                return self._say("kpi/fixed", first=first, last=last, **due)
            case s.RollingWindow(length, lag):
                named = self._say(f"length/{length}")
                key = "kpi/rolling-lag" if lag else "kpi/rolling"
                return self._say(key, length=named, lag=lag, **due)

    def _basis(self, kpi: s.Kpi) -> Iterator[str]:
        match kpi.basis:
            case s.Baseline(value, s.Change.DIFFERENCE):
                yield self._say("kpi/baseline-difference", value=value)
            case s.Baseline(value, _):
                yield self._say("kpi/baseline-percent", value=value)
            case s.Impact(design, evaluate, significance):
                counted = self._say(f"evaluate/{evaluate}")
                yield self._say(
                    "kpi/impact", evaluate=counted, design=self._say(f"design/{design}")
                )
                if significance is not None:
                    yield self._say("kpi/significance", p=significance)
            case s.Gross():
                return

    def pays(self) -> Iterator[str]:
        for component in self._sheet.components:
            yield " ".join(self._component(component))

    def _component(self, component: s.Component) -> Iterator[str]:
        told = {"name": component.name, "score": self._score(component.score)}
        match component.pays:
            case s.PaysRate(percent):
                yield self._say("pays/rate", percent=percent, **told)
            case s.PaysOnce(cents, on):
                key = "pays/once" if cents >= 0 else "pays/once-back"
                yield self._say(key, amount=self._money(abs(cents)), day=on, **told)
            case s.PaysPrincipal(percent):
                yield self._say("pays/principal", percent=percent, **told)
            case s.PaysRateCard() as card:
                prices = [
                    self._say("pays/price", amount=self._money(cents), kpi=self._name(kpi))
                    for kpi, cents in card.prices
                ]
                yield self._say(
                    "pays/card",
                    prices=", ".join(prices),
                    person=self._money(card.person_cap_cents),
                    contract=self._money(card.contract_cap_cents),
                    **told,
                )
        first, last = component.from_period, component.to_period
        if last is not None:
            yield self._say("pays/from-to", first=first, last=last)
        elif first > 1:
            yield self._say("pays/from", first=first)
        if component.lasts_for_life:
            yield self._say("pays/life")
        if component.payer:
            yield self._say("pays/payer", name=component.payer)

    def _score(self, expression: s.Expression) -> str:
        match expression:
            case s.Always():
                return self._say("score/always")
            case s.Linear(kpi, threshold, target):
                name = self._name(kpi)
                return self._say("score/linear", kpi=name, threshold=threshold, target=target)
            case s.Digital(kpi, compare, value):
                passed = self._say(f"compare/{compare}")
                return self._say("score/digital", kpi=self._name(kpi), compare=passed, value=value)
            case s.Tiers(kpi, tiers):
                told = [self._say("score/tier", score=t.score, value=t.starts_at) for t in tiers]
                return self._say("score/tiers", kpi=self._name(kpi), tiers=", ".join(told))
            case s.All(parts):
                return self._say("score/all", parts="; ".join(map(self._score, parts)))
            case s.Any(parts):
                return self._say("score/any", parts="; ".join(map(self._score, parts)))
            case s.Weighted(parts):
                weighted = [
                    self._say("score/part", weight=weight, score=self._score(part))
                    for weight, part in parts
                ]
                return self._say("score/weighted", parts="; ".join(weighted))
            case s.Not(part):
                return self._say("score/not", score=self._score(part))

    def when(self) -> Iterator[str]:
        terms = self._sheet.determination
        key = "when/advance" if terms.in_advance else "when/arrears"
        yield self._say(key, business=terms.lockout_business_days, days=terms.dispute_days)
        notice, days = terms.notice_business_days, terms.dispute_days
        yield self._say("when/verifier", name=terms.verifier, notice=notice, days=days)
        yield self._say("when/record", days=terms.record_business_days)
        if self._sheet.materiality_percent is None:
            yield self._say("when/final")
        else:
            yield self._say("when/true-up", percent=self._sheet.materiality_percent)

    def limits(self) -> Iterator[str]:
        limits = self._sheet.limits
        yield self._say(
            "limits/adjustment",
            floor=limits.floor_percent,
            cap=limits.cap_percent,
            places=self._sheet.rounding.rate_places,
        )
        if limits.coupon_floor_percent is not None:
            yield self._say("limits/coupon-floor", percent=limits.coupon_floor_percent)
        if limits.coupon_cap_percent is not None:
            yield self._say("limits/coupon-cap", percent=limits.coupon_cap_percent)
        if limits.life_cap_per_100 is not None:
            yield self._say("limits/life", amount=limits.life_cap_per_100)
        if limits.budget_cents is not None:
            yield self._say("limits/budget", amount=self._money(limits.budget_cents))
        if limits.appropriation is not None:
            years = [
                f"{year}: {self._money(cents)}"
                for year, cents in limits.appropriation.by_fiscal_year
            ]
            yield self._say("limits/appropriation", years=", ".join(years))

    def what_if(self) -> Iterator[str]:
        sheet = self._sheet
        if sheet.catastrophe is not None:
            clause = sheet.catastrophe
            told = {"kpi": self._name(clause.kpi), "value": clause.at_least}
            if isinstance(clause.effect, s.Hold):
                yield self._say("if/hold", **told)
            else:
                yield self._say("if/score", score=clause.effect, **told)
        if sheet.cohort_shortfall is not None:
            shortfall = sheet.cohort_shortfall
            key = "if/terminate" if shortfall.terminates else "if/prorate"
            yield self._say(key, kpi=self._name(shortfall.kpi), minimum=shortfall.minimum)
        if sheet.termination is not None:
            ends = sheet.termination
            terms = {"first": ends.from_period, "percent": ends.redemption_percent}
            if ends.when is None:
                yield self._say("if/early", **terms)
            else:
                yield self._say("if/when", score=self._score(ends.when), **terms)
        if sheet.early_redemption is not None:
            early = sheet.early_redemption
            key = "if/tender" if early.mandatory else "if/call"
            yield self._say(key, day=early.on, percent=early.percent)
