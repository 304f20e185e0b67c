"""What an employer tells of those who work for it: hires, and what was earned. Facts in two times.

An employer tells only of people who agreed to it: a consent to the employer for the purpose
`employment` must be in force. Somebody who never agreed and somebody who is unknown are answered
alike.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from http import HTTPMethod, HTTPStatus
from typing import Annotated, Any, Self
from uuid import UUID

from ninja import Path
from pydantic import Field, model_validator

from lmb.api import admission
from lmb.api.operations import ApiRequest, Shape, client_of, operation, scoped
from lmb.api.problems import CONFLICT, NOT_FOUND
from lmb.facts import queries, service, service_hires
from lmb.facts.service import NewWorkRecord
from lmb.facts.service_employers import EMPLOYMENT
from lmb.facts.service_hires import NewHire
from lmb.people.acting import ActingClient
from lmb.people.consents import any_covers
from lmb.people.scopes import Scope
from lmb.people.sessions import house
from lmb.values.clock import fiscal_date
from lmb.values.errors import NotFoundError, RefusedError

TAG = "Work"
ACCESS = scoped(Scope.WORK_ATTEST)
EARNINGS_CENTS_MAX = 1_000_000_000
"""Ten million dollars in one period: more is an amount in the wrong field."""
HOURLY_CENTS_MAX = 1_000_000
PERIOD_DAYS_MAX = 366
EARLIEST = date(1970, 1, 1)

Day = Annotated[date, Field(ge=EARLIEST, description="A day in Washington.")]
Person = Annotated[UUID, Field(description="The person's key, as they gave it to you.")]
Occupation = Annotated[str, Field(pattern=r"^[0-9]{2}-[0-9]{4}$", description="An SOC 2018 code.")]
Earnings = Annotated[
    int, Field(strict=True, ge=0, le=EARNINGS_CENTS_MAX, description="Whole cents, gross.")
]
Hourly = Annotated[
    int, Field(strict=True, ge=1, le=HOURLY_CENTS_MAX, description="Whole cents an hour.")
]
Hours = Annotated[
    str, Field(pattern=r"^[0-9]{1,4}(\.[0-9]{1,2})?$", description="Hours, at most two decimals.")
]
FactId = Annotated[UUID, Path(description="The fact's identifier, as it was answered.")]
PERSON = "0192ce8b-d400-7b1d-9c0f-2f0e6a7d1c55"
TOLD = {
    "id": "0192ce8b-d400-7c1e-8a11-3d5f0b6e2a77",
    "supersedes": None,
    "recorded_at": "2026-11-21T12:00:00Z",
}


class HireTold(Shape):
    """That a person began to work for you."""

    person: Person
    hired_on: Day
    occupation: Occupation | None = None
    hourly_cents: Hourly | None = None


class HireCorrected(Shape):
    """What should have been told of a hire, all of it."""

    occupation: Occupation | None = None
    hourly_cents: Hourly | None = None


class WorkTold(Shape):
    """What a person earned from you in one period, both days included."""

    person: Person
    period_from: Day
    period_to: Day
    hours: Hours | None = None
    earnings_cents: Earnings

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.period_from <= self.period_to:
            raise ValueError("a period that ends on or after the day it begins")
        if (self.period_to - self.period_from).days >= PERIOD_DAYS_MAX:
            raise ValueError(f"a period of at most {PERIOD_DAYS_MAX} days")
        return self


class WorkCorrected(Shape):
    """What should have been told of a period, all of it."""

    hours: Hours | None = None
    earnings_cents: Earnings


class Told(Shape):
    """A fact on file. `recorded_at` is when we learned it; a correction names what it
    supersedes."""

    id: UUID
    supersedes: UUID | None
    recorded_at: datetime


@operation(
    HTTPMethod.POST,
    "/hires",
    ACCESS,
    Told,
    tag=TAG,
    summary="Attest a hire",
    status=HTTPStatus.CREATED,
    changes=True,
    problems=[NOT_FOUND, CONFLICT],
    body_example={
        "person": PERSON,
        "hired_on": "2026-11-02",
        "occupation": "49-9041",
        "hourly_cents": 2650,
    },
    example=TOLD,
)
def attest_hire(request: ApiRequest, body: HireTold) -> Any:
    """Put on file that somebody was hired. Told again alike, it is the same fact; told otherwise,
    it is a conflict that names the fact to correct."""
    client, at = client_of(request), admission.now()
    _refuse_future(body.hired_on, at)
    _refuse_stranger(client, body.person, at)
    new = NewHire(body.person, client.code, body.hired_on, body.occupation, body.hourly_cents)
    found = service_hires.record_hire(client.cell, new, source=_source(client), recorded_at=at)
    return Told(id=found, supersedes=None, recorded_at=at)


@operation(
    HTTPMethod.POST,
    "/hires/{fact}/corrections",
    ACCESS,
    Told,
    tag=TAG,
    summary="Correct a hire",
    status=HTTPStatus.CREATED,
    changes=True,
    problems=[NOT_FOUND, CONFLICT],
    body_example={"occupation": "49-9041", "hourly_cents": 2750},
    example={**TOLD, "supersedes": TOLD["id"]},
)
def correct_hire(request: ApiRequest, fact: FactId, body: HireCorrected) -> Any:
    """Supersede a hire you told. What was told stays on file beside it; person and day cannot be
    corrected, since another person or day is another hire."""
    client, at = client_of(request), admission.now()
    found = service_hires.correct_hire(
        client.cell,
        fact,
        employer=client.code,
        occupation=body.occupation,
        hourly_cents=body.hourly_cents,
        source=_source(client),
        recorded_at=at,
    )
    return Told(id=found, supersedes=fact, recorded_at=at)


@operation(
    HTTPMethod.POST,
    "/work-records",
    ACCESS,
    Told,
    tag=TAG,
    summary="Attest wages",
    status=HTTPStatus.CREATED,
    changes=True,
    problems=[NOT_FOUND, CONFLICT],
    body_example={
        "person": PERSON,
        "period_from": "2026-07-01",
        "period_to": "2026-09-30",
        "hours": "487.5",
        "earnings_cents": 1_291_875,
    },
    example=TOLD,
)
def attest_work(request: ApiRequest, body: WorkTold) -> Any:
    """Put on file what somebody earned from you in a period that is over."""
    client, at = client_of(request), admission.now()
    _refuse_future(body.period_to, at)
    _refuse_stranger(client, body.person, at)
    record = NewWorkRecord(
        body.person,
        client.code,
        body.period_from,
        body.period_to,
        None if body.hours is None else Decimal(body.hours),
        body.earnings_cents,
    )
    service.record_work(client.cell, [record], source=_source(client), recorded_at=at)
    with house():
        found = queries.told_work(
            client.cell, body.person, client.code, body.period_from, body.period_to
        )
    return Told(id=found, supersedes=None, recorded_at=at)


@operation(
    HTTPMethod.POST,
    "/work-records/{fact}/corrections",
    ACCESS,
    Told,
    tag=TAG,
    summary="Correct wages",
    status=HTTPStatus.CREATED,
    changes=True,
    problems=[NOT_FOUND, CONFLICT],
    body_example={"hours": "480", "earnings_cents": 1_272_000},
    example={**TOLD, "supersedes": TOLD["id"]},
)
def correct_work(request: ApiRequest, fact: FactId, body: WorkCorrected) -> Any:
    """Supersede wages you told. Whatever was determined from them is looked at again."""
    client, at = client_of(request), admission.now()
    with house():
        is_theirs = queries.told_by(client.cell, client.code, fact)
    if not is_theirs:
        raise NotFoundError(f"there is no work record {fact} of yours to correct")
    found = service.correct_work(
        client.cell,
        fact,
        earnings_cents=body.earnings_cents,
        hours=None if body.hours is None else Decimal(body.hours),
        source=_source(client),
        recorded_at=at,
    )
    return Told(id=found, supersedes=fact, recorded_at=at)


def _source(client: ActingClient) -> str:
    return f"employer/{client.code}"


def _refuse_future(day: date, at: datetime) -> None:
    today = fiscal_date(at)
    if day > today:
        raise RefusedError(f"{day} is still to come; tell it once it has happened")


def _refuse_stranger(client: ActingClient, person: UUID, at: datetime) -> None:
    if not any_covers(client.cell, person, client.organisation, EMPLOYMENT, at):
        raise NotFoundError(
            f"nobody with the key {person} has agreed that you tell us of their work; ask them "
            "to give your organisation their consent for employment"
        )
