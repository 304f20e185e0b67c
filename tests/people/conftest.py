"""Keys and people the tests of this room share."""

from __future__ import annotations

from uuid import UUID

import pytest

from lmb.people.keys import VaultKeys
from tests.people.support import ANA, BEN, CLEO, VIRGINIA, enrolled, vault_keys


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
