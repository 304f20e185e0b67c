"""Who is enrolled with a provider, and what each enrolment has paid and may still pay."""

from __future__ import annotations

import secrets
from datetime import date
from http import HTTPMethod
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from lmb.api import admission, paging
from lmb.api.operations import ApiRequest, Shape, client_of, operation, scoped
from lmb.api.paging import Cursor, Limit, Page
from lmb.people.access_log import note_program
from lmb.people.codes import CodeKind, take_for_program
from lmb.people.scopes import Scope
from lmb.training.queries_of_provider import tuition_due

SHOWN = ("program", "accepted_on", "tuition")


class CodeShown(Shape):
    """A one-time code as a person showed it, however it was typed."""

    code: Annotated[str, Field(min_length=1, max_length=64)]


class Known(Shape):
    """The key of the person who showed a code."""

    person: UUID


class Enrolment(Shape):
    """One person in one of your programs, and their tuition in the books."""

    id: UUID
    bond: UUID = Field(description="The bond that pays for it.")
    person: UUID = Field(description="The person's key; who that is, they told you themselves.")
    program: str
    accepted_on: date
    tuition_cents: int
    paid_cents: int = Field(description="What was earned so far.")
    held_cents: int = Field(description="What may still become due.")
    returned_cents: int = Field(description="What was not earned and went back.")


@operation(
    HTTPMethod.GET,
    "/enrolments",
    scoped(Scope.ENROLMENTS_READ),
    Page[Enrolment],
    tag="Enrolments",
    summary="List your enrolments",
    example={
        "items": [
            {
                "id": "00286e4c-8000-7d3c-9f5e-6f2f0a6d1b17",
                "bond": "0051c9c0-b280-75ab-8b23-da1cbf7349e0",
                "person": "0192ce8b-d400-7b1d-9c0f-2f0e6a7d1c55",
                "program": "SW-1",
                "accepted_on": "1976-01-05",
                "tuition_cents": 640_000,
                "paid_cents": 448_000,
                "held_cents": 192_000,
                "returned_cents": 0,
            }
        ],
        "next": None,
    },
)
def list_enrolments(request: ApiRequest, limit: Limit = paging.PAGE, cursor: Cursor = None) -> Any:
    """The people in your programs, newest first, with what you were paid for each and what may
    still become due. Each look is on the record of the person it shows."""
    client = client_of(request)
    place = paging.place(cursor, str)
    before = None if place is None else paging.identifier(place[0])
    found, more = paging.cut(
        tuition_due(client.cell, client.code, before=before, limit=limit + 1), limit
    )
    note_program(
        secrets.token_bytes,
        client,
        [one.person for one in found],
        record="enrolment",
        fields=SHOWN,
        purpose="provider's own enrolments",
        at=admission.now(),
    )
    items = [Enrolment.model_validate(one) for one in found]
    return Page[Enrolment](items=items, next=paging.cursor(str(found[-1].id)) if more else None)


@operation(
    HTTPMethod.POST,
    "/enrolment-codes",
    scoped(Scope.CODES_TAKE),
    Known,
    tag="Enrolments",
    summary="Take an enrolment code",
    changes=True,
    body_example={"code": "K7QM-2XPD-3RTA"},
    example={"person": "0192ce8b-d400-7b1d-9c0f-2f0e6a7d1c55"},
)
def take_enrolment_code(request: ApiRequest, body: CodeShown) -> Any:
    """Learn the key of a person who wants to enrol with you, from the code they show. It works
    once, for a day; a code that is wrong, used or too old has one answer."""
    client = client_of(request)
    person = take_for_program(client, CodeKind.ENROLMENT, body.code, admission.now())
    return Known(person=person)
