"""A log is kept published: soon after movements, and with a sign of life from its witnesses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lmb.ledger.service import Books
from lmb.proofs import queries
from lmb.proofs.policy import parse_policy
from lmb.proofs.publisher import LEAVES_AT_ONCE, SIGN_OF_LIFE, Publisher
from lmb.proofs.witness_home import WitnessHome, witness_home
from lmb.proofs.witness_server import Witness
from tests.proofs.posting import open_books, pay, pay_many
from tests.proofs.support import LOG, NOON

pytestmark = pytest.mark.django_db
EVERY = timedelta(seconds=5)


class World:
    """A clock that is moved, and two witnesses of which each may be away."""

    def __init__(self, homes: list[WitnessHome]) -> None:
        self.at = datetime.fromtimestamp(NOON, UTC)
        self.away: set[str] = set()
        self.asked: list[str] = []
        self._witnesses = {
            f"http://w{number}.example/add-checkpoint": Witness(
                home, [LOG.verifier], lambda: int(self.at.timestamp())
            )
            for number, home in enumerate(homes, 1)
        }
        self.policy = parse_policy(
            "\n".join(
                f"witness w{number} {home.keys[0].verifier.text} http://w{number}.example"
                for number, home in enumerate(homes, 1)
            ).encode()
            + b"\nquorum none\n"
        )

    def now(self) -> datetime:
        return self.at

    def post(self, url: str, body: bytes) -> tuple[int, bytes]:
        self.asked.append(url[7:9])
        if self.asked[-1] in self.away:
            raise ConnectionRefusedError("nobody is there")
        status, _, answer = self._witnesses[url].add_checkpoint(body)
        return status, answer

    def later(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)
        self.asked.clear()


@pytest.fixture
def books() -> Books:
    return open_books()


@pytest.fixture
def world(tmp_path: Path) -> object:
    with (
        witness_home(tmp_path / "1", "w1.example") as one,
        witness_home(tmp_path / "2", "w2.example") as two,
    ):
        yield World([one, two])


@pytest.fixture
def publisher(books: Books, world: World) -> Publisher:
    return Publisher(books.cell, [LOG], world.now, EVERY, world.policy, world.post)


def test_movements_are_published_when_their_time_has_come(
    books: Books, world: World, publisher: Publisher
) -> None:
    first = publisher.round()
    assert first is not None
    assert (first.on_file.checkpoint.size, first.on_file.witnessed) == (1, 2)
    assert publisher.round() is None
    pay(books, "one more")
    world.later(4)
    assert publisher.round() is None
    world.later(1)
    second = publisher.round()
    assert second is not None
    assert (second.on_file.checkpoint.size, second.answering, second.changed) == (2, 2, True)


def test_a_thousand_movements_do_not_wait(books: Books, world: World, publisher: Publisher) -> None:
    publisher.round()
    pay_many(books, "many", LEAVES_AT_ONCE - 1)
    assert publisher.round() is None
    pay(books, "the last")
    done = publisher.round()
    assert done is not None
    assert done.on_file.checkpoint.size == 1 + LEAVES_AT_ONCE


def test_witnesses_give_a_sign_of_life_of_a_log_that_rests(
    books: Books, world: World, publisher: Publisher
) -> None:
    publisher.round()
    world.later(SIGN_OF_LIFE.total_seconds() - 1)
    assert publisher.round() is None
    world.later(1)
    done = publisher.round()
    assert done is not None
    assert (done.changed, world.asked) == (False, ["w1", "w2"])
    assert queries.newest_checkpoint(books.cell) == done.on_file
    assert {
        key.timestamp(signature.content)
        for key in world.policy.witness_keys
        for signature in done.on_file.note.verified([key])
    } == {NOON + 60}


def test_a_witness_that_is_away_is_asked_ever_more_rarely_and_holds_up_nobody(
    books: Books, world: World, publisher: Publisher
) -> None:
    world.away = {"w1"}
    done = publisher.round()
    assert done is not None
    assert done.answering == 1
    assert "nobody is there" in done.refusals[0]
    asked = []
    for second in range(1, 180):
        world.later(1)
        pay(books, f"pay {second}") if second % 5 == 0 else None
        publisher.round()
        if "w1" in world.asked:
            asked.append(second)
        if second % 5 == 0:
            assert "w2" in world.asked
    assert asked == [1, 3, 7, 15, 31, 63, 123]
    world.away = set()
    world.later(5)
    back = publisher.round()
    assert back is not None
    assert (back.refusals, back.answering) == ((), 2)
    assert queries.witnessed_size(books.cell, "w1.example") == back.on_file.checkpoint.size
