"""A provider's learners by what they need next. A provider knows its learners; this page knows them
by the end of their enrolment's number, because names are in the vault."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lmb.facts import queries as facts
from lmb.ledger.queries import open_holds, recorded_through
from lmb.programs import queries as catalog
from lmb.training import queries as training
from lmb.training.queries import Enrolment
from lmb.values.errors import NotFoundError
from lmb.web.tables import Column, Kind, Link, Table
from lmb.web.words import short_key
from lmb.web.workspaces import Words


class Step(Enum):
    """What comes next for a learner; the first two are the provider's to do."""

    ENROL = "enrol"
    COMPLETE = "complete"
    PLACEMENT = "placement"
    DONE = "done"

    @property
    def words(self) -> Words:
        return _WORDS[self]

    @property
    def fact(self) -> str:
        """What the provider attests by it; nothing for a step that is not the provider's."""
        return {Step.ENROL: "enrolled", Step.COMPLETE: "completed"}.get(self, "")


_WORDS = {
    Step.ENROL: gettext_lazy("confirm that they enrolled"),
    Step.COMPLETE: gettext_lazy("confirm that they completed"),
    Step.PLACEMENT: gettext_lazy("wait for the work records"),
    Step.DONE: gettext_lazy("nothing: settled"),
}


@dataclass(frozen=True, slots=True)
class Learner:
    """Somebody who accepted an offer of the provider, with the days of each step."""

    enrolment: Enrolment
    enrolled_on: date | None
    completed_on: date | None
    hold_is_open: bool

    @property
    def step(self) -> Step:
        if not self.hold_is_open:
            return Step.DONE
        if self.enrolled_on is None:
            return Step.ENROL
        return Step.COMPLETE if self.completed_on is None else Step.PLACEMENT

    @property
    def needs_provider(self) -> bool:
        return self.step in (Step.ENROL, Step.COMPLETE)


def learners(cell: int, provider: str) -> list[Learner]:
    """Everyone who accepted an offer of a provider's programs: those it can do something for first,
    then by the day they accepted."""
    offered = [program.code for program in catalog.programs(cell, provider)]
    enrolments = training.enrolments_in(cell, offered)
    persons = {enrolment.person for enrolment in enrolments}
    enrolled, completed = (_days(cell, kind, persons) for kind in ("enrolled", "completed"))
    held = open_holds(cell, [enrolment.hold for enrolment in enrolments])
    found = [
        Learner(
            enrolment,
            enrolled.get(enrolment.person),
            completed.get(enrolment.person),
            enrolment.hold in held,
        )
        for enrolment in enrolments
    ]
    order = list(Step)
    return sorted(found, key=lambda learner: order.index(learner.step))


def learner(cell: int, provider: str, enrolment: UUID) -> Learner:
    """One of them, while the provider has something to confirm. Raises NotFoundError otherwise."""
    for found in learners(cell, provider):
        if found.enrolment.id == enrolment and found.needs_provider:
            return found
    raise NotFoundError(f"there is nothing to confirm of a learner {enrolment} of yours")


def _days(cell: int, kind: str, persons: Collection[object]) -> dict[object, date]:
    newest = recorded_through(cell)
    if newest is None:
        return {}
    told = facts.attestations(cell, kind, known_at=newest)
    return {each.person: each.happened_on for each in told if each.person in persons}


def steps_table(listed: Iterable[Learner]) -> Table:
    """How many learners wait for each step."""
    waiting = Counter(learner.step for learner in listed)
    return Table(
        "steps",
        _("Your learners by what comes next, in people"),
        (
            Column("next", _("What comes next")),
            Column("learners", _("Learners"), Kind.COUNT, adds_up=True),
        ),
        [(str(step.words), waiting[step]) for step in Step if waiting[step]],
        _("Learners will appear here when somebody accepts your offer."),
    )


def learners_table(listed: Iterable[Learner]) -> Table:
    """One row per learner."""
    return Table(
        "learners",
        _("Your learners: days of each step and tuition, US dollars"),
        (
            Column("learner", _("Learner")),
            Column("next", _("What comes next")),
            Column("program", _("Program")),
            Column("accepted_on", _("Accepted"), Kind.DAY),
            Column("enrolled_on", _("Enrolled"), Kind.DAY),
            Column("completed_on", _("Completed"), Kind.DAY),
            Column("tuition_cents", _("Tuition agreed"), Kind.MONEY, adds_up=True),
        ),
        [
            (
                short_key(learner.enrolment.id),
                Link(
                    str(learner.step.words),
                    reverse("web:provider:confirm", args=[learner.enrolment.id]),
                )
                if learner.needs_provider
                else str(learner.step.words),
                learner.enrolment.program,
                learner.enrolment.accepted_on,
                learner.enrolled_on,
                learner.completed_on,
                learner.enrolment.tuition_cents,
            )
            for learner in listed
        ],
        _("Learners will appear here when somebody accepts your offer."),
    )
