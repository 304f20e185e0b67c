"""What an employer may tell, of whom, and what it may correct."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from lmb.facts import models, queries
from lmb.people import consents
from lmb.people import models as people
from lmb.people.acting import Acting
from lmb.people.identifiers import DataClass
from lmb.people.receipts import ConsentTerms, ConsentText, LocalSigner
from lmb.people.roles import Role
from lmb.people.sessions import house
from tests.api.conftest import World
from tests.api.support import Registered, post, problem
from tests.people.support import repeating, sure

SIGNER = LocalSigner.from_seed(b"s" * 32)


def worker(world: World, name: str = "w1") -> UUID:
    with house():
        return people.Person.objects.get(cell=world.cell, reference=name).id


def agreed(world: World, purpose: str = "employment", name: str = "w1") -> UUID:
    """A worker's consent to the employer; returns the worker."""
    person, now = worker(world, name), timezone.now()
    terms = ConsentTerms(
        recipient=world.clients[Role.EMPLOYER].organisation,
        purpose=purpose,
        data_classes=frozenset({DataClass.NAME}),
        starts_at=now - timedelta(minutes=1),
        expires_at=now + timedelta(days=30),
        text=ConsentText.of("employment", "1", "en", "I agree."),
    )
    by = Acting(world.cell, person, Role.CITIZEN, sure(now))
    consents.give(SIGNER, repeating(f"consent {purpose} {name}"), by, terms, now)
    return person


def hire(world: World) -> dict[str, Any]:
    return {
        "person": str(worker(world)),
        "hired_on": "2020-02-03",
        "occupation": "51-4121",
        "hourly_cents": 2650,
    }


def work(world: World) -> dict[str, Any]:
    return {
        "person": str(worker(world)),
        "period_from": "2020-01-01",
        "period_to": "2020-03-31",
        "hours": "487.5",
        "earnings_cents": 1_291_875,
    }


@pytest.fixture
def employer(world: World) -> Registered:
    agreed(world)
    return world.clients[Role.EMPLOYER]


def test_a_hire_is_put_on_file_in_two_times(world: World, employer: Registered) -> None:
    told = json.loads(post("/hires", hire(world), employer).content)
    with house():
        row = models.Hire.objects.get(cell=world.cell, id=told["id"])
    assert (row.employer, row.source) == ("mill", "employer/mill")
    assert (row.hired_on.isoformat(), row.occupation, row.hourly_cents) == (
        "2020-02-03",
        "51-4121",
        2650,
    )
    assert abs(row.recorded_at - timezone.now()) < timedelta(minutes=1)
    again = json.loads(post("/hires", hire(world), employer, key="key-2").content)
    assert again["id"] == told["id"]


def test_wages_are_facts_that_every_reader_finds(world: World, employer: Registered) -> None:
    response = post("/work-records", work(world), employer)
    assert response.status_code == 201, response.content
    told = json.loads(response.content)
    first, last = date(2020, 1, 1), date(2020, 3, 31)
    with house():
        found = queries.work_records(world.cell, first, last, known_at=timezone.now())[0]
    assert str(found.id) == told["id"]
    assert (found.employer, found.earnings_cents, str(found.hours)) == (
        "mill",
        1_291_875,
        "487.50",
    )


@pytest.mark.parametrize(
    ("path", "changes"), [("/hires", "hourly_cents"), ("/work-records", "earnings_cents")]
)
def test_what_was_told_otherwise_is_corrected_and_not_overwritten(
    path: str, changes: str, world: World, employer: Registered
) -> None:
    body = hire(world) if path == "/hires" else work(world)
    told = json.loads(post(path, body, employer).content)["id"]
    other = {**body, changes: 2750}
    conflict = post(path, other, employer, key="key-2")
    assert problem(conflict) == "conflict"
    assert told in json.loads(conflict.content)["detail"]
    corrected = {
        name: value
        for name, value in other.items()
        if name in ("occupation", "hourly_cents", "hours", "earnings_cents")
    }
    answer = json.loads(
        post(f"{path}/{told}/corrections", corrected, employer, key="key-3").content
    )
    assert answer["supersedes"] == told
    assert answer["id"] != told
    again = post(f"{path}/{told}/corrections", corrected, employer, key="key-4")
    assert json.loads(again.content)["id"] == answer["id"]
    third = {**corrected, changes: 2900}
    assert problem(post(f"{path}/{told}/corrections", third, employer, key="key-5")) == "conflict"


def test_of_somebody_who_did_not_agree_nothing_is_told_and_nothing_learned(
    world: World, employer: Registered
) -> None:
    agreed(world, purpose="hiring", name="w2")
    answers = set()
    for person in (worker(world, "w2"), worker(world, "w3"), employer.client):
        for path, body in (("/hires", hire(world)), ("/work-records", work(world))):
            response = post(path, {**body, "person": str(person)}, employer)
            assert problem(response) == "not-found"
            answers.add(response.content.decode().replace(str(person), "KEY"))
    assert len(answers) == 1


def test_what_another_employer_told_is_not_there(world: World, employer: Registered) -> None:
    with house():
        theirs = models.WorkRecord.objects.filter(cell=world.cell).exclude(employer="mill")
        other = theirs.first()
    assert other is not None
    body = {"earnings_cents": 1}
    for path in ("/work-records", "/hires"):
        changes = body if path == "/work-records" else {"hourly_cents": 1}
        response = post(f"{path}/{other.id}/corrections", changes, employer)
        assert problem(response) == "not-found"


def test_what_is_still_to_come_is_refused(world: World, employer: Registered) -> None:
    for path, body, day in (
        ("/hires", hire(world), "hired_on"),
        ("/work-records", {**work(world), "period_from": "2099-01-01"}, "period_to"),
    ):
        response = post(path, {**body, day: "2099-03-01"}, employer)
        assert problem(response) == "refused"
        assert "still to come" in json.loads(response.content)["detail"]


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"period_to": "2019-12-31"}, "/body"),
        ({"period_to": "2021-06-30"}, "/body"),
        ({"earnings_cents": -1}, "/body/earnings_cents"),
        ({"earnings_cents": 12.5}, "/body/earnings_cents"),
        ({"earnings_cents": "12"}, "/body/earnings_cents"),
        ({"earnings_cents": 10**12}, "/body/earnings_cents"),
        ({"earnings_cents": True}, "/body/earnings_cents"),
        ({"hours": "1e3"}, "/body/hours"),
        ({"hours": 40}, "/body/hours"),
        ({"person": "somebody"}, "/body/person"),
        ({"ssn": "219-09-9999"}, "/body/ssn"),
    ],
)
def test_a_fault_is_told_with_its_place_and_nothing_is_done(
    changes: dict[str, Any], place: str, world: World, employer: Registered
) -> None:
    response = post("/work-records", {**work(world), **changes}, employer)
    assert problem(response) == "invalid-request"
    (fault,) = json.loads(response.content)["errors"]
    assert fault["place"] == place
    # What was sent is not sent back: it may be somebody's number.
    assert "219-09-9999" not in response.content.decode()
