"""People who sign in at our own issuer, for tests."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fido2.utils import websafe_encode

from lmb.people.acting import Acting
from lmb.people.homes import Home
from lmb.people.keys import VaultKeys
from lmb.people.roles import Role
from lmb.people.sign_in import accounts, counter, factors
from lmb.people.sign_in.accounts import From, SignedIn
from lmb.people.sign_in.code_generator import STEP_SECONDS, digits_of
from lmb.people.sign_in.codes import draw_number
from tests.people.authenticator import PARTY, SoftwareKey
from tests.people.support import CELL, MARYLAND, NOW, member

HOME = From("192.0.2.7", "Firefox on Linux")
SECRET = b"12345678901234567890"
LONG = "mi perro come tacos verdes"


def digits_at(moment: Any = NOW) -> str:
    """What the app with SECRET shows."""
    return digits_of(SECRET, int(moment.timestamp()) // STEP_SECONDS)


def board(keys: VaultKeys, person: UUID, home: Home = MARYLAND) -> Acting:
    """Somebody at the counter of a state board."""
    return member(keys, person, "state-board", Role.STATE_BOARD, state=home.state)


def sign_in_everyhow(
    keys: VaultKeys, by: Acting, clerk: Acting, identifiers: dict[str, str]
) -> list[str]:
    """A row in every table of signing in; the recovery codes."""
    factors.add_code_generator(keys, by, SECRET, digits_at(), NOW)
    code, _ = counter.new_code(keys, by, NOW)
    counter.prove(keys, clerk, code, ["passport"], identifiers, NOW)
    return factors.new_recovery_codes(keys, by, NOW)


def opened_with_passkey(keys: VaultKeys, key: SoftwareKey) -> tuple[str, SignedIn]:
    """A new account by a passkey, and its number."""
    number, challenge = draw_number(keys.randomness), keys.randomness(32)
    response = key.register(challenge)
    opened = accounts.open_with_passkey(
        keys, PARTY, CELL, MARYLAND, number, challenge, response, HOME, NOW
    )
    return number, opened


def signed(key: SoftwareKey, number: str, challenge: bytes, **how: Any) -> dict[str, Any]:
    """What a browser answers that was asked for any passkey of ours."""
    answer = key.sign(challenge, **how)
    return {
        **answer,
        "response": {**answer["response"], "userHandle": websafe_encode(number.encode())},
    }
