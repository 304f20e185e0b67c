"""Persons: known by a key, once per reference and cell."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, connection

from lmb.people import models, queries, service
from lmb.people.homes import Home
from lmb.people.service import NewPerson
from lmb.values.errors import ConflictError, NotFoundError

pytestmark = pytest.mark.django_db

NOW = datetime(2027, 1, 1, tzinfo=UTC)
ANNA = NewPerson("anna", "MD", "Baltimore")
BERT = NewPerson("bert", "VA", "Richmond")
FRESNO = NewPerson("anna", "CA", "Fresno")


def test_keys_are_found_by_reference() -> None:
    service.register(1, [BERT, ANNA], NOW)
    keys = queries.person_keys(1, ["anna", "bert"])
    rows = {(row.reference, row.id) for row in models.Person.objects.all()}
    assert rows == {("anna", keys["anna"]), ("bert", keys["bert"])}
    assert queries.home_on(1, keys["anna"], NOW.date()) == Home("MD", "Baltimore")
    assert queries.home_on(1, keys["bert"], NOW.date()) == Home("VA", "Richmond")
    assert queries.person_keys(1, ["bert"]) == {"bert": keys["bert"]}


def test_a_reference_nobody_has_is_named() -> None:
    service.register(1, [ANNA], NOW)
    with pytest.raises(NotFoundError, match="no person is registered as 'bert'"):
        queries.person_keys(1, ["anna", "bert"])


def everything() -> tuple[list[object], list[object]]:
    persons = models.Person.objects.order_by("pk").values()
    homes = models.Residence.objects.order_by("pk").values()
    return list(persons), list(homes)


def test_registering_again_changes_nothing() -> None:
    service.register(1, [ANNA], NOW)
    before = everything()
    service.register(1, [ANNA, ANNA], NOW + timedelta(days=1))
    assert everything() == before


@pytest.mark.parametrize("again", [NewPerson("anna", "CA", "Baltimore"), FRESNO])
def test_another_home_is_explained_and_nothing_is_written(again: NewPerson) -> None:
    service.register(1, [ANNA], NOW)
    before = everything()
    with pytest.raises(ConflictError) as refused:
        service.register(1, [BERT, again], NOW + timedelta(days=1))
    assert str(refused.value) == (
        f"person 'anna' is registered with board 'Baltimore' of MD and told now with {again.home}; "
        "if they moved, record the move from its day on; if somebody else is meant, give them a "
        "reference of their own"
    )
    assert everything() == before


def test_one_list_cannot_give_a_person_two_homes() -> None:
    with pytest.raises(ConflictError, match="'anna' is registered with board 'Baltimore' of MD"):
        service.register(1, [ANNA, FRESNO], NOW)
    assert everything() == ([], [])


def test_a_move_holds_from_its_day_on_and_keeps_what_was() -> None:
    service.register(1, [ANNA], NOW)
    anna = queries.person_keys(1, ["anna"])["anna"]
    service.move(1, anna, FRESNO.home, date(2027, 6, 1), NOW)
    service.move(1, anna, FRESNO.home, date(2027, 7, 1), NOW)
    days = [date(2026, 12, 30), date(2027, 5, 31), date(2027, 6, 1), date(2028, 1, 1)]
    homes = [queries.home_on(1, anna, day) for day in days]
    assert homes == [None, ANNA.home, FRESNO.home, FRESNO.home]
    assert models.Residence.objects.count() == 2


def test_nobody_cannot_move() -> None:
    nobody = UUID(int=7)
    with pytest.raises(NotFoundError, match=str(nobody)):
        service.move(1, nobody, ANNA.home, date(2027, 6, 1), NOW)


def test_real_books_know_no_pseudonyms() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_open_cell(8, 'real books', false)")
    with pytest.raises(IntegrityError, match="enrol people by their identity"):
        service.register(8, [ANNA], NOW)


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
