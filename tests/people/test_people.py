"""Persons: known by a key, once per reference and cell."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from lmb.people import models, queries, service
from lmb.people.service import NewPerson
from lmb.values.errors import NotFoundError

pytestmark = pytest.mark.django_db

NOW = datetime(2027, 1, 1, tzinfo=UTC)
ANNA = NewPerson("anna", "MD", "Baltimore")
BERT = NewPerson("bert", "VA", "Richmond")


def test_keys_are_found_by_reference() -> None:
    service.register(1, [BERT, ANNA], NOW)
    keys = queries.person_keys(1, ["anna", "bert"])
    rows = {(row.reference, row.id, row.state, row.board) for row in models.Person.objects.all()}
    assert rows == {
        ("anna", keys["anna"], "MD", "Baltimore"),
        ("bert", keys["bert"], "VA", "Richmond"),
    }
    assert queries.person_keys(1, ["bert"]) == {"bert": keys["bert"]}


def test_a_reference_nobody_has_is_named() -> None:
    service.register(1, [ANNA], NOW)
    with pytest.raises(NotFoundError, match="no person is registered as 'bert'"):
        queries.person_keys(1, ["anna", "bert"])


def test_registering_again_changes_nothing() -> None:
    service.register(1, [ANNA], NOW)
    before = list(models.Person.objects.values())
    service.register(1, [ANNA, NewPerson("anna", "CA", "Fresno")], NOW + timedelta(days=1))
    assert list(models.Person.objects.values()) == before


def test_a_reference_means_somebody_else_in_another_cell() -> None:
    service.register(1, [ANNA], NOW)
    service.register(2, [ANNA], NOW)
    here, there = queries.person_keys(1, ["anna"]), queries.person_keys(2, ["anna"])
    assert here != there
    with pytest.raises(NotFoundError):
        queries.person_keys(3, ["anna"])


def test_a_key_is_the_same_on_every_machine() -> None:
    service.register(1, [ANNA], NOW)
    assert str(queries.person_keys(1, ["anna"])["anna"]) == "01a2ce8b-d400-74dd-85a7-5b81d67dcbd5"


def test_a_thousand_and_more_are_registered_in_one_call() -> None:
    service.register(1, (NewPerson(f"{n:05}", "MD", "B") for n in range(2500)), NOW)
    assert models.Person.objects.count() == 2500


def test_no_column_holds_a_direct_identifier() -> None:
    """A name, a number or an address belongs in the vault; a new column needs that thought."""
    columns = {field.name for field in models.Person._meta.get_fields()}
    assert columns == {"pk", "cell", "id", "reference", "state", "board", "recorded_at"}
