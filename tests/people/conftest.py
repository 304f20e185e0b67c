"""Keys and people the tests of this room share."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest
from django.db import connection
from django.db.backends.signals import connection_created
from django.db.backends.utils import CursorWrapper

from lmb.people.keys import VaultKeys
from tests.people.support import ANA, BEN, CLEO, VIRGINIA, enrolled, vault_keys


@pytest.fixture(autouse=True)
def the_test_looks_as_the_house(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let tests look at rows behind a service's back; what a session sees is tested by itself."""

    def as_house(connection: object, **_: object) -> None:
        with connection.cursor() as cursor:  # type: ignore[attr-defined]
            say_house(cursor)

    if "fresh_database" in request.fixturenames:
        connection_created.connect(as_house)
        request.getfixturevalue("fresh_database")
    elif "db" in request.fixturenames or request.node.get_closest_marker("django_db"):
        request.getfixturevalue("db")
        with connection.cursor() as cursor:
            say_house(cursor, for_this_transaction="true")
    yield
    connection_created.disconnect(as_house)


def say_house(cursor: CursorWrapper, for_this_transaction: str = "false") -> None:
    cursor.execute(f"SELECT set_config('lmb.house', 'yes', {for_this_transaction})")


@pytest.fixture
def keys() -> VaultKeys:
    return vault_keys()


@pytest.fixture
def ana(db: None, keys: VaultKeys) -> UUID:
    """Whom it is about; lives in Maryland."""
    return enrolled(keys, "ana", ANA).person


@pytest.fixture
def ben(db: None, keys: VaultKeys) -> UUID:
    """Acts for organisations; lives in Maryland."""
    return enrolled(keys, "ben", BEN).person


@pytest.fixture
def cleo(db: None, keys: VaultKeys) -> UUID:
    """Has nothing to do with it; lives in Virginia."""
    return enrolled(keys, "cleo", CLEO, home=VIRGINIA).person
