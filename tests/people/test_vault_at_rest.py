"""What the vault keeps, by raw SQL: it says nothing, it stays, and keys can be changed under it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from uuid import UUID

import psycopg
import pytest
from django.db import connections

from lmb.people import models, rotation, vault
from lmb.people.identifiers import IndexKind, normalised
from lmb.people.keys import LocalIndexKeys, LocalMasterKeys, VaultKeys
from lmb.values.errors import NotFoundError, RefusedError
from tests.people.support import ANA, BEN, CLEO, NOW, as_self, enrolled, repeating, vault_keys

pytestmark = pytest.mark.usefixtures("fresh_database")


def test_what_is_sealed_says_nothing_in_the_database(
    owner_connection: psycopg.Connection, keys: VaultKeys
) -> None:
    ana = enrolled(keys, "ana", ANA).person
    found = owner_connection.execute(
        "SELECT string_agg(s::text, '')"
        " || (SELECT string_agg(b::text, '') FROM vault.blind_index b)"
        " || (SELECT string_agg(p::text, '') FROM people_person p) FROM vault.sealed s"
    ).fetchone()
    assert found is not None
    assert str(ana) in found[0]
    for value in normalised(ANA).values():
        assert value not in found[0]
        assert value.encode().hex() not in found[0]


@pytest.mark.parametrize(
    ("statement", "refused"),
    [
        ("UPDATE vault.sealed SET version = version + 1", True),
        ("DELETE FROM vault.sealed", True),
        ("DELETE FROM vault.person_key", True),
        ("TRUNCATE vault.person_key CASCADE", True),
        ("UPDATE vault.person_key SET person = gen_random_uuid()", True),
        ("UPDATE vault.person_key SET wrapped = wrapped", False),
        ("DELETE FROM vault.blind_index", False),
    ],
)
def test_the_owner_changes_a_key_only_by_wrapping_it_anew(
    owner_connection: psycopg.Connection,
    keys: VaultKeys,
    statement: str,
    refused: bool,
) -> None:
    enrolled(keys, "ana", ANA)
    if refused:
        with pytest.raises(psycopg.errors.RestrictViolation):
            owner_connection.execute(statement)
    else:
        owner_connection.execute(statement)


def test_a_value_moved_to_another_person_does_not_open(
    owner_connection: psycopg.Connection, keys: VaultKeys
) -> None:
    ana, cleo = enrolled(keys, "ana", ANA).person, enrolled(keys, "cleo", CLEO).person
    owner_connection.execute(
        "INSERT INTO vault.sealed SELECT cell, %s, field, 2, content, recorded_by, recorded_at"
        " FROM vault.sealed WHERE person = %s AND field = 'ssn'",
        [ana, cleo],
    )
    with pytest.raises(RefusedError, match="does not open"):
        vault.read(keys, as_self(ana), [ana], ["ssn"], purpose="my data", at=NOW)


def with_new_master(keys: VaultKeys) -> VaultKeys:
    assert isinstance(keys.master, LocalMasterKeys)
    known = {**keys.master.keys, "m2": repeating("m2")(32)}
    return replace(keys, master=LocalMasterKeys("m2", known, repeating("wrap")))


def with_new_index(keys: VaultKeys) -> VaultKeys:
    assert isinstance(keys.index, LocalIndexKeys)
    return replace(keys, index=LocalIndexKeys(2, {**keys.index.keys, 2: repeating("i2")(32)}))


def everyone(keys: VaultKeys) -> list[UUID]:
    people = {"ana": ANA, "ben": BEN, "cleo": CLEO}
    return [enrolled(keys, subject, who).person for subject, who in people.items()]


def test_after_rewrapping_the_old_master_key_is_not_needed(
    keys: VaultKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "PERSONS_IN_A_BATCH", 2)
    ana, _, _ = everyone(keys)
    rotated = with_new_master(keys)
    assert rotation.rewrap(rotated) == 3
    assert rotation.rewrap(rotated) == 0
    assert isinstance(rotated.master, LocalMasterKeys)
    alone = LocalMasterKeys("m2", {"m2": rotated.master.keys["m2"]}, repeating("x"))
    later = replace(rotated, master=alone)
    assert vault.read(later, as_self(ana), [ana], ["ssn"], purpose="my data", at=NOW) == {
        ana: {"ssn": "219099999"}
    }
    with pytest.raises(NotFoundError, match="'m2' is not among the keys"):
        vault.read(keys, as_self(ana), [ana], ["ssn"], purpose="my data", at=NOW)


def test_an_interrupted_rewrapping_goes_on_where_it_stopped(
    keys: VaultKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "PERSONS_IN_A_BATCH", 1)
    ana, ben, cleo = everyone(keys)
    rotated = with_new_master(keys)
    rewrap_batch, batches = rotation._rewrap_batch, []

    def killed_at_the_third(keys: VaultKeys) -> int:
        batches.append(1)
        if len(batches) == 3:
            raise KeyboardInterrupt
        return rewrap_batch(keys)

    monkeypatch.setattr(rotation, "_rewrap_batch", killed_at_the_third)
    with pytest.raises(KeyboardInterrupt):
        rotation.rewrap(rotated)
    for person in (ana, ben, cleo):
        found = vault.read(rotated, as_self(person), [person], ["ssn"], purpose="x", at=NOW)
        assert found[person]["ssn"]
    monkeypatch.setattr(rotation, "_rewrap_batch", rewrap_batch)
    assert rotation.rewrap(rotated) == 1


def test_the_index_is_renewed_and_duplicates_are_met_all_the_while(keys: VaultKeys) -> None:
    ana, _, _ = everyone(keys)
    rotated = with_new_index(keys)
    twin = enrolled(rotated, "ana again", ANA)
    assert twin.waits, "met under the old key"
    assert rotation.renew_index(rotated) == 3
    assert rotation.renew_index(rotated) == 0
    assert isinstance(rotated.index, LocalIndexKeys)
    later = replace(rotated, index=LocalIndexKeys(2, {2: rotated.index.keys[2]}))
    found = vault.find(later, IndexKind.SSN, "219099999")
    assert {standing.person for standing in found} == {ana, twin.person}
    assert vault.find(keys, IndexKind.SSN, "219099999") == []


def test_two_who_enrol_the_same_number_at_once_meet(keys: VaultKeys) -> None:
    barrier = Barrier(2)

    def one(subject: str) -> bool:
        try:
            own = replace(vault_keys(), randomness=repeating(subject))
            barrier.wait(30)
            return enrolled(own, subject, ANA).waits
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        waits = list(pool.map(one, ["first", "second"]))
    assert sorted(waits) == [False, True]


def test_the_same_account_enrolled_at_once_is_one_person(keys: VaultKeys) -> None:
    barrier = Barrier(2)

    def one(name: str) -> UUID:
        try:
            own = replace(vault_keys(), randomness=repeating(name))
            barrier.wait(30)
            return enrolled(own, "ana", ANA).person
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        persons = set(pool.map(one, ["first", "second"]))
    assert len(persons) == 1
    assert models.Person.objects.count() == 1
    assert not models.ReviewCase.objects.exists()
