"""Facts are read as they were known at a moment, whatever was learned later."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from lmb.facts import models, queries, service
from lmb.facts.service import NewAttestation, NewWorkRecord
from lmb.people import queries as people_queries
from lmb.people import service as people
from lmb.values.canonical import fingerprint
from lmb.values.errors import NotFoundError

pytestmark = pytest.mark.django_db

CELL = 1
YEAR = (date(2026, 1, 1), date(2026, 12, 31))
TOLD = datetime(2027, 1, 1, tzinfo=UTC)
CORRECTED = datetime(2027, 2, 1, tzinfo=UTC)
CORRECTED_AGAIN = datetime(2027, 3, 1, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)


@pytest.fixture
def person() -> UUID:
    people.register(CELL, [people.NewPerson("p1", "MD", "Baltimore")], TOLD)
    return people_queries.person_keys(CELL, ["p1"])["p1"]


def tell(person: UUID, first: date, last: date, cents: int) -> UUID:
    record = NewWorkRecord(person, "mill", first, last, None, cents)
    service.record_work(CELL, [record], source="file", recorded_at=TOLD)
    return models.WorkRecord.objects.get(period_from=first, period_to=last, supersedes=None).id


def correct(record: UUID, cents: int, at: datetime) -> UUID:
    return service.correct_work(
        CELL, record, earnings_cents=cents, hours=None, source="employer", recorded_at=at
    )


def known(at: datetime, *period: date) -> list[int]:
    first, last = period or YEAR
    found = queries.work_records(CELL, first, last, known_at=at)
    return [record.earnings_cents for record in found]


def test_a_correction_is_known_from_its_moment_on(person: UUID) -> None:
    first = tell(person, *YEAR, 100)
    second = correct(first, 90, CORRECTED)
    correct(second, 80, CORRECTED_AGAIN)
    assert known(TOLD - MOMENT) == []
    assert known(TOLD) == [100]
    assert known(CORRECTED - MOMENT) == [100]
    assert known(CORRECTED) == [90]
    assert known(CORRECTED_AGAIN - MOMENT) == [90]
    assert known(CORRECTED_AGAIN) == [80]


def test_a_record_counts_where_it_lies_wholly_within_the_period(person: UUID) -> None:
    tell(person, date(2026, 4, 1), date(2026, 6, 30), 1)
    assert known(TOLD) == [1]
    assert known(TOLD, date(2026, 4, 1), date(2026, 6, 30)) == [1]
    assert known(TOLD, date(2026, 4, 2), date(2026, 12, 31)) == []
    assert known(TOLD, date(2026, 1, 1), date(2026, 6, 29)) == []


def test_cells_do_not_see_each_other(person: UUID) -> None:
    tell(person, *YEAR, 1)
    assert queries.work_records(2, *YEAR, known_at=CORRECTED) == []
    assert queries.attestations(2, "assigned", known_at=CORRECTED) == []


def test_attestations_are_read_by_kind_as_known_at_a_moment(person: UUID) -> None:
    told = [
        NewAttestation(person, "assigned", YEAR[0], "treated"),
        NewAttestation(person, "accepted", YEAR[0]),
    ]
    service.attest(CELL, told, source="file", recorded_at=TOLD)
    (found,) = queries.attestations(CELL, "assigned", known_at=TOLD)
    assert (found.person, found.value, found.happened_on) == (person, "treated", YEAR[0])
    assert queries.attestations(CELL, "assigned", known_at=TOLD - MOMENT) == []
    assert queries.attestations(CELL, "completed", known_at=TOLD) == []


def test_attestations_of_some_persons_are_read_alone(person: UUID) -> None:
    told = [NewAttestation(person, "assigned", YEAR[0], "treated")]
    service.attest(CELL, told, source="file", recorded_at=TOLD)

    def asked(*persons: UUID) -> int:
        found = queries.attestations(CELL, "assigned", known_at=TOLD, persons=persons)
        return len(found)

    assert asked(person) == 1
    assert asked(UUID(int=1)) == 0
    assert asked() == 0


def test_a_superseded_attestation_is_known_until_its_successor_is(person: UUID) -> None:
    told = [NewAttestation(person, "assigned", YEAR[0], "treated")]
    service.attest(CELL, told, source="file", recorded_at=TOLD)
    first = models.Attestation.objects.get()
    models.Attestation.objects.create(
        cell=CELL,
        id=UUID(int=1),
        person=person,
        kind="assigned",
        value="control",
        happened_on=YEAR[0],
        source="registrar",
        supersedes=first.id,
        recorded_at=CORRECTED,
    )

    def arms(at: datetime) -> list[str]:
        return [found.value for found in queries.attestations(CELL, "assigned", known_at=at)]

    assert arms(CORRECTED - MOMENT) == ["treated"]
    assert arms(CORRECTED) == ["control"]


def test_documents_come_in_the_order_asked(person: UUID) -> None:
    days = [YEAR[0] + timedelta(days=n) for n in range(4)]
    ids = [tell(person, day, day, n) for n, day in enumerate(days)]
    asked = [ids[2], ids[0], ids[3], ids[2]]
    documents = queries.work_documents(asked)
    assert [document["earnings_cents"] for document in documents] == [2, 0, 3, 2]  # type: ignore[call-overload,index]
    with pytest.raises(NotFoundError, match=f"no work record {UUID(int=1)} on file"):
        queries.work_documents([ids[0], UUID(int=1)])
    with pytest.raises(NotFoundError, match="no attestation"):
        queries.attestation_documents([ids[0]])


def test_a_fact_has_the_same_document_when_read_later(person: UUID) -> None:
    """Its hash stands in determinations, so a correction must not change it."""
    record = NewWorkRecord(person, "mill", *YEAR, Decimal("480.50"), 100)
    service.record_work(CELL, [record], source="file", recorded_at=TOLD)
    (before,) = queries.work_records(CELL, *YEAR, known_at=TOLD)
    correct(before.id, 90, CORRECTED)
    (document,) = queries.work_documents([before.id])
    assert fingerprint(document) == fingerprint(before.document())
    assert document == {
        "person": str(person),
        "employer": "mill",
        "from": "2026-01-01",
        "to": "2026-12-31",
        "hours": "480.5",
        "earnings_cents": 100,
        "source": "file",
        "supersedes": None,
    }
