"""What an employer filled in about somebody's work, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from dataclasses import field as made_by
from datetime import date
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from lmb.facts.service_employers import Work
from lmb.people.consents import ConsentOnFile
from lmb.values.money import cents_from_dollars
from lmb.web.formats import day_or_none

HOURS_CHARACTERS_MAX = 8


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the form as it stands; `kind` is that of the input, `problem` may be empty."""

    name: str
    label: str
    kind: str
    value: str
    problem: str


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers as typed, by the names of the form's fields. `problems` are by field too, under
    `whole` what is wrong with all of it; `work` is None while there are any."""

    person: str = ""
    period_from: str = ""
    period_to: str = ""
    hours: str = ""
    wages: str = ""
    problems: Mapping[str, str] = made_by(default_factory=dict)
    work: Work | None = None
    consent: ConsentOnFile | None = None

    @property
    def person_problem(self) -> str:
        return self.problems.get("person", "")

    @property
    def fields(self) -> list[Field]:
        """What is typed in, in the order of the form."""
        asked = (
            ("period_from", _("First day"), "date", self.period_from),
            ("period_to", _("Last day"), "date", self.period_to),
            ("hours", _("Hours worked"), "text", self.hours),
            ("wages", _("Wages before taxes, in dollars"), "text", self.wages),
        )
        return [Field(*each, self.problems.get(each[0], "")) for each in asked]

    def refused(self, reason: str) -> Answers:
        """The same answers, with what the house says against them."""
        return replace(self, problems={"whole": reason}, work=None)


def read_answers(given: Mapping[str, str], agreed: Iterable[ConsentOnFile], today: date) -> Answers:
    """The answers of a form, checked. A person is named by the consent they gave."""

    def answer(name: str) -> str:
        return given.get(name, "").strip()

    typed = Answers(
        person=answer("person"),
        period_from=answer("period_from"),
        period_to=answer("period_to"),
        hours=answer("hours"),
        wages=answer("wages"),
    )
    problems: dict[str, str] = {}
    consent = next((each for each in agreed if str(each.id) == typed.person), None)
    if consent is None:
        problems["person"] = _("Choose whose work you confirm.")
    first, last = day_or_none(typed.period_from), day_or_none(typed.period_to)
    if first is None:
        problems["period_from"] = _("Give the first day of the work.")
    if last is None:
        problems["period_to"] = _("Give the last day of the work.")
    elif last >= today:
        problems["period_to"] = _("Give a last day that is over: before today.")
    elif first is not None and last < first:
        problems["period_to"] = _("Give a last day that is not before the first.")
    hours, cents = _hours(typed.hours), _cents(typed.wages)
    if hours is None:
        problems["hours"] = _("Give the hours as a number, such as 160 or 37.5.")
    if cents is None:
        problems["wages"] = _("Give the wages in dollars, such as 3200 or 3200.50.")
    answers = replace(typed, problems=problems, consent=consent)
    if problems or consent is None or first is None or last is None or hours is None:
        return answers
    assert cents is not None, "without wages there is a problem"
    try:
        work = Work(consent.person, first, last, hours, cents)
    except ValueError:
        whole = _("These hours or wages are more than fit into this time. Check them.")
        return replace(answers, problems={"whole": whole})
    return replace(answers, work=work)


def _hours(text: str) -> Decimal | None:
    """Hours with at most two decimals."""
    if len(text) > HOURS_CHARACTERS_MAX:
        return None
    try:
        hours = Decimal(text)
    except InvalidOperation:
        return None
    if not hours.is_finite() or hours < 0 or hours != round(hours, 2):
        return None
    return hours


def _cents(text: str) -> int | None:
    try:
        cents = cents_from_dollars(text)
    except ValueError:
        return None
    return None if cents < 0 else cents
