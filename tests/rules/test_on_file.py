"""Determinations on file: put there once, superseded once, replayed to the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from lmb.rules import models, queries, service
from lmb.rules.determination import Decision, Determination, Input, determine, documents
from lmb.rules.parameters import ParameterSet
from lmb.rules.queries import DeterminationOnFile
from lmb.values.canonical import Document
from lmb.values.errors import ConflictError, NotFoundError, RefusedError

pytestmark = pytest.mark.django_db

CELL = 1
NOW = datetime(2027, 1, 1, tzinfo=UTC)
PARAMETERS = ParameterSet("sum", "Sum", "1", date(2027, 1, 1), None, "a law", "", {"per_cent": 3})
FACTS: dict[UUID, Document] = {UUID(int=n): {"cents": n} for n in range(1, 6)}


def total(parameters: ParameterSet, inputs: Sequence[Input]) -> Decision:
    cents = sum(int(document["cents"]) for document in documents(inputs, "work"))
    return Decision({"cents": cents}, (f"the sum of {len(inputs)} facts is {cents} cents",))


def made(*numbers: int, subject: str = "coupon", supersedes: UUID | None = None) -> Determination:
    inputs = [Input("work", UUID(int=n), FACTS[UUID(int=n)]) for n in numbers]
    return determine(total, PARAMETERS, subject, inputs, supersedes)


def record(determination: Determination, cell: int = CELL, after: timedelta = timedelta()) -> UUID:
    return service.record(cell, determination, actor="judge", recorded_at=NOW + after)


def found(identifier: UUID) -> DeterminationOnFile:
    on_file = queries.find(identifier)
    assert on_file is not None
    return on_file


def test_it_is_read_back_as_it_was_made() -> None:
    determination = made(3, 1, 2)
    on_file = found(record(determination))
    assert on_file.content.encode() == determination.content
    assert on_file.sha256 == determination.sha256
    assert on_file.result == {"cents": 6}
    assert on_file.explanation == ["the sum of 3 facts is 6 cents"]
    assert (on_file.cell, on_file.actor, on_file.recorded_at) == (CELL, "judge", NOW)
    assert queries.inputs_of(CELL, on_file.id) == determination.inputs
    assert queries.on_subject(CELL, "coupon") == on_file


def test_recording_the_same_again_returns_the_first() -> None:
    first = record(made(1, 2))
    assert record(made(2, 1), after=timedelta(days=9)) == first
    assert models.Determination.objects.count() == 1
    assert models.DeterminationInput.objects.count() == 2
    assert found(first).recorded_at == NOW


def test_another_result_on_the_same_subject_is_refused() -> None:
    first = record(made(1))
    with pytest.raises(ConflictError, match="coupon was determined before"):
        record(made(2))
    assert record(made(2, subject="another coupon")) != first
    assert record(made(2), cell=2) != first


def test_many_are_recorded_in_order_and_a_repeated_one_once() -> None:
    kept = record(made(1))
    told = [made(2, subject="b"), made(1), made(3, subject="c"), made(2, subject="b")]
    identifiers = service.record_all(CELL, told, actor="judge", recorded_at=NOW)
    assert [found(each).subject for each in identifiers] == ["b", "coupon", "c", "b"]
    assert identifiers[1] == kept
    assert identifiers[0] == identifiers[3]


def test_a_call_that_contradicts_itself_records_nothing() -> None:
    told = [made(1, subject="d"), made(2, subject="d")]
    with pytest.raises(ConflictError):
        service.record_all(CELL, told, actor="judge", recorded_at=NOW)
    assert queries.on_subject(CELL, "d") is None


def test_a_determination_is_superseded_once_and_the_last_is_current() -> None:
    first = record(made(1))
    second = record(made(1, 2, supersedes=first))
    assert record(made(1, 2, supersedes=first)) == second
    third = record(made(1, 2, 3, supersedes=second))
    current = queries.on_subject(CELL, "coupon")
    assert current is not None
    assert current.id == third
    assert len({first, second, third}) == 3
    with pytest.raises(ConflictError):
        record(made(4, supersedes=first))


def test_what_is_superseded_is_on_file_and_of_the_same_subject() -> None:
    other = record(made(1, subject="the other"))
    for supersedes in (UUID(int=99), other):
        with pytest.raises(IntegrityError, match="supersedes_one_on_file"), transaction.atomic():
            record(made(2, supersedes=supersedes))


def test_nothing_is_current_on_a_subject_nobody_determined() -> None:
    assert queries.on_subject(CELL, "nothing") is None
    assert queries.find(UUID(int=1)) is None


def test_readers_of_a_fact_are_those_a_correction_reopens() -> None:
    first = record(made(1, 2))
    second = record(made(2, 3, subject="another"))
    elsewhere = record(made(2), cell=2)
    assert queries.readers_of(CELL, UUID(int=2)) == sorted([first, second])
    assert queries.readers_of(CELL, UUID(int=1)) == [first]
    assert queries.readers_of(CELL, UUID(int=5)) == []
    assert queries.readers_of(2, UUID(int=2)) == [elsewhere]


def resolve(kind: str, ids: Sequence[UUID]) -> list[Document]:
    assert kind == "work"
    return [FACTS[identifier] for identifier in ids]


@pytest.fixture
def version_on_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def exact_version(rule: str, version: str) -> ParameterSet:
        assert (rule, version) == ("sum", "1")
        return PARAMETERS

    monkeypatch.setattr(queries, "exact_version", exact_version)


def test_replay_gives_the_same_bytes(version_on_file: None) -> None:
    first = record(made(1))
    on_file = found(record(made(5, 3, 1, supersedes=first)))
    assert queries.replay(on_file, {"sum": total}, resolve).content.decode() == on_file.content


def test_replay_refuses_an_input_that_changed(version_on_file: None) -> None:
    on_file = found(record(made(1, 2)))

    def changed(kind: str, ids: Sequence[UUID]) -> list[Document]:
        return [{"cents": 1}, {"cents": 200}]

    with pytest.raises(RefusedError, match=f"work {UUID(int=2)} is not what determination"):
        queries.replay(on_file, {"sum": total}, changed)


def test_replay_shows_an_input_that_is_missing(version_on_file: None) -> None:
    """A row filed by raw SQL without all its inputs does not replay to its bytes."""
    identifier = record(made(1, 2))
    on_file = found(identifier)
    forged = replace(on_file, id=record(made(1, subject="another")))
    assert queries.replay(forged, {"sum": total}, resolve).content.decode() != on_file.content


def test_replay_by_another_rule_gives_other_bytes(version_on_file: None) -> None:
    on_file = found(record(made(1, 2)))
    other = queries.replay(on_file, {"sum": lambda *_: Decision({}, ())}, resolve)
    assert other.content.decode() != on_file.content
    with pytest.raises(NotFoundError, match="no rule 'sum'"):
        queries.replay(on_file, {}, resolve)
