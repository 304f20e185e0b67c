"""Facts on file: told once, corrected by a successor, about persons who are known."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from lmb.facts import models, service
from lmb.facts.service import NewAttestation, NewWorkRecord
from lmb.people import queries as people_queries
from lmb.people import service as people
from lmb.values.errors import ConflictError, NotFoundError

pytestmark = pytest.mark.django_db

CELL = 1
NOW = datetime(2027, 1, 1, tzinfo=UTC)
LATER = NOW + timedelta(days=30)
FIRST, LAST = date(2026, 10, 1), date(2026, 12, 31)


@pytest.fixture
def person() -> UUID:
    people.register(CELL, [people.NewPerson("p1", "MD", "Baltimore")], NOW)
    return people_queries.person_keys(CELL, ["p1"])["p1"]


@pytest.fixture
def work(person: UUID) -> NewWorkRecord:
    return NewWorkRecord(person, "mill", FIRST, LAST, Decimal("480"), 1_000_00)


@pytest.fixture
def assigned(person: UUID) -> NewAttestation:
    return NewAttestation(person, "assigned", FIRST, "treated")


def tell(*records: NewWorkRecord, source: str = "file", at: datetime = NOW) -> None:
    service.record_work(CELL, records, source=source, recorded_at=at)


def attest(*attestations: NewAttestation, at: datetime = NOW) -> None:
    service.attest(CELL, attestations, source="file", recorded_at=at)


def correct(record: UUID, cents: int = 900_00, at: datetime = LATER) -> UUID:
    return service.correct_work(
        CELL,
        record,
        earnings_cents=cents,
        hours=Decimal("400.00"),
        source="employer",
        recorded_at=at,
    )


def on_file() -> UUID:
    return models.WorkRecord.objects.get(supersedes=None).id


def test_telling_work_twice_changes_nothing(work: NewWorkRecord) -> None:
    tell(work)
    before = list(models.WorkRecord.objects.values())
    tell(work, replace(work, hours=Decimal("480.00")), source="another file", at=LATER)
    assert list(models.WorkRecord.objects.values()) == before


@pytest.mark.parametrize(
    "change", [{"earnings_cents": 999_99}, {"hours": Decimal("479.5")}, {"hours": None}]
)
def test_telling_work_otherwise_is_no_correction(
    work: NewWorkRecord, change: dict[str, Any]
) -> None:
    tell(work)
    fresh = replace(work, employer="fresh")
    with pytest.raises(ConflictError, match=f"correct work record {on_file()}"):
        tell(fresh, replace(work, **change), at=LATER)
    assert models.WorkRecord.objects.get().earnings_cents == 1_000_00


def test_one_call_that_contradicts_itself_is_refused(work: NewWorkRecord) -> None:
    with pytest.raises(ConflictError):
        tell(work, replace(work, earnings_cents=1))
    assert not models.WorkRecord.objects.exists()


def test_employers_and_periods_are_records_of_their_own(work: NewWorkRecord) -> None:
    unknown = replace(work, employer=None, earnings_cents=1)
    tell(work, unknown, replace(work, period_to=FIRST), replace(work, employer="farm"))
    tell(unknown)
    assert models.WorkRecord.objects.count() == 4


def test_a_correction_leaves_what_was_told(work: NewWorkRecord) -> None:
    tell(work)
    told = models.WorkRecord.objects.get()
    successor = models.WorkRecord.objects.get(id=correct(told.id))
    assert successor.supersedes == told.id
    assert (successor.earnings_cents, successor.hours) == (900_00, Decimal("400"))
    assert (successor.person, successor.employer) == (told.person, told.employer)
    assert (successor.period_from, successor.period_to) == (FIRST, LAST)
    assert (successor.source, successor.recorded_at) == ("employer", LATER)
    kept = models.WorkRecord.objects.get(id=told.id)
    assert (kept.earnings_cents, kept.source, kept.recorded_at) == (1_000_00, "file", NOW)


def test_the_same_correction_again_returns_the_first(work: NewWorkRecord) -> None:
    tell(work)
    successor = correct(on_file())
    assert correct(on_file(), at=LATER + timedelta(days=1)) == successor
    assert models.WorkRecord.objects.count() == 2


def test_a_second_correction_is_of_the_successor(work: NewWorkRecord) -> None:
    tell(work)
    successor = correct(on_file())
    with pytest.raises(ConflictError, match=f"correct its successor {successor}"):
        correct(on_file(), cents=800_00)
    assert correct(successor, cents=800_00) not in (successor, on_file())


def test_a_record_that_is_not_there_cannot_be_corrected(work: NewWorkRecord) -> None:
    tell(work)
    with pytest.raises(NotFoundError, match="no work record"):
        correct(UUID(int=1))


def test_telling_the_first_again_after_a_correction_changes_nothing(work: NewWorkRecord) -> None:
    tell(work)
    correct(on_file())
    tell(work, at=LATER)
    assert models.WorkRecord.objects.count() == 2


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"person": UUID(int=1)}, "facts_work_record_person"),
        ({"earnings_cents": -1}, "earnings_not_negative"),
        ({"period_to": date(2026, 9, 30)}, "facts_work_record_period"),
    ],
)
def test_work_that_cannot_be_true_is_refused(
    work: NewWorkRecord, change: dict[str, Any], constraint: str
) -> None:
    with pytest.raises(IntegrityError, match=constraint):
        tell(replace(work, **change))


def test_facts_of_one_cell_are_not_about_persons_of_another(work: NewWorkRecord) -> None:
    with pytest.raises(IntegrityError, match="facts_work_record_person"), transaction.atomic():
        service.record_work(2, [work], source="file", recorded_at=NOW)
    with pytest.raises(IntegrityError, match="facts_attestation_person"):
        service.attest(
            2, [NewAttestation(work.person, "accepted", FIRST)], source="f", recorded_at=NOW
        )


def test_attesting_twice_changes_nothing(assigned: NewAttestation) -> None:
    attest(assigned)
    before = list(models.Attestation.objects.values())
    attest(assigned, assigned, at=LATER)
    assert list(models.Attestation.objects.values()) == before


@pytest.mark.parametrize("change", [{"value": "control"}, {"happened_on": LAST}])
def test_attesting_otherwise_is_refused(assigned: NewAttestation, change: dict[str, Any]) -> None:
    attest(assigned)
    accepted = replace(assigned, kind="accepted", value="")
    with pytest.raises(ConflictError, match="attested before as assigned"):
        attest(accepted, replace(assigned, **change), at=LATER)
    assert models.Attestation.objects.get().value == "treated"


def test_telling_nothing_is_nothing() -> None:
    tell()
    attest()
    assert not models.WorkRecord.objects.exists()


def test_more_than_a_chunk_is_told_in_one_call(
    work: NewWorkRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "ROWS_AT_ONCE", 3)
    days = [replace(work, period_to=FIRST + timedelta(days=n)) for n in range(10)]
    tell(*days)
    tell(*days)
    assert models.WorkRecord.objects.count() == 10
