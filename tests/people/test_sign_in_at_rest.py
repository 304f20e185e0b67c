"""What the database keeps of signing in, and for whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest

from lmb.people import rotation
from lmb.people.keys import LocalMasterKeys, VaultKeys
from lmb.people.sign_in import accounts, entering, factors
from lmb.people.sign_in.attempts import Tried, count
from tests.people.signing_in import HOME, LONG, SECRET, digits_at
from tests.people.support import CELL, MARYLAND, NOW, as_self, unsure

LATER = NOW + timedelta(minutes=1)


def test_secrets_of_signing_in_are_the_houses_alone(
    fresh_database: object, keys: VaultKeys, app_connection: psycopg.Connection
) -> None:
    count(keys, Tried.NETWORK, "192.0.2.7", NOW)
    assert app_connection.execute("SELECT count(*) FROM sign_in_attempt").fetchone() == (0,)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        app_connection.execute(
            "INSERT INTO sign_in_attempt VALUES ('x', now(), 1, 1)", prepare=False
        )


def test_secrets_of_apps_move_to_a_new_master_key(fresh_database: object, keys: VaultKeys) -> None:
    number, opened = accounts.open_with_password(keys, CELL, MARYLAND, LONG, HOME, NOW)
    mine = unsure(as_self(opened.person), aal=1, phishing_resistant=False)
    factors.add_code_generator(keys, mine, SECRET, digits_at(), NOW)
    assert isinstance(keys.master, LocalMasterKeys)
    both = LocalMasterKeys("m2", {**keys.master.keys, "m2": b"2" * 32}, keys.randomness)
    assert rotation.rewrap(replace(keys, master=both)) == 2
    assert rotation.rewrap(replace(keys, master=both)) == 0
    alone = LocalMasterKeys("m2", {"m2": b"2" * 32}, keys.randomness)
    entered = entering.with_password(
        replace(keys, master=alone), number, LONG, digits_at(LATER), HOME, LATER
    )
    assert entered.assurance.aal == 2
