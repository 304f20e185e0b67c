"""The only function by which an employer puts work on file: of people who agreed to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from lmb.facts.service import NewWorkRecord, record_work
from lmb.people import consents
from lmb.people.acting import Acting
from lmb.people.assurance import Action, requires
from lmb.people.queries_bodies import organisation
from lmb.people.roles import Role
from lmb.people.sessions import house
from lmb.values.errors import RefusedError

EMPLOYMENT = "employment"
"""The purpose people consent to when an employer may confirm their work."""

HOURS_A_DAY_MAX = 24
CENTS_A_DAY_MAX = 100_000_00
"""Beyond, somebody slipped a digit: $100,000 a day is nobody's wage."""

DAYS_MAX = 366


@dataclass(frozen=True, slots=True)
class Work:
    """A person's work in one period, both days included, as their employer confirms it. Raises
    ValueError for what cannot be."""

    person: UUID
    period_from: date
    period_to: date
    hours: Decimal
    earnings_cents: int

    def __post_init__(self) -> None:
        days = (self.period_to - self.period_from).days + 1
        if not 0 < days <= DAYS_MAX:
            raise ValueError(f"the last day comes after the first, at most {DAYS_MAX} days later")
        if not 0 <= self.hours <= days * HOURS_A_DAY_MAX:
            raise ValueError(f"{days} days have at most {days * HOURS_A_DAY_MAX} hours")
        if not 0 <= self.earnings_cents <= days * CENTS_A_DAY_MAX:
            raise ValueError("these are more dollars than anybody earns in this time")


@house()
def confirm_work(by: Acting, work: Work, at: datetime) -> None:
    """Put a person's work on file as the employer's word that `by` acts for; the same again changes
    nothing.

    Raises RefusedError for whoever acts for no employer, a period that is not over, and a person
    who did not consent or does no longer; ConflictError where the employer said otherwise before;
    StepUpNeededError for a session not sure enough.
    """
    requires(Action.PROVIDER_CLAIM, by.assurance, at)
    if by.role is not Role.EMPLOYER or by.organisation is None:
        raise RefusedError("an employer confirms work; act for one first")
    if work.period_to >= at.date():
        raise RefusedError("this time is not over yet; confirm it when it is")
    if not consents.any_covers(by.cell, work.person, by.organisation, EMPLOYMENT, at):
        raise RefusedError("this person does not let you confirm their work; ask them to agree")
    employer = organisation(by.cell, by.organisation)
    record = NewWorkRecord(
        person=work.person,
        employer=employer.code,
        period_from=work.period_from,
        period_to=work.period_to,
        hours=work.hours,
        earnings_cents=work.earnings_cents,
    )
    record_work(by.cell, [record], source=f"employer {employer.code}", recorded_at=at)
