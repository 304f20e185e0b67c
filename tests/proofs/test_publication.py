"""A log is logged, signed and cosigned by witnesses that run apart from it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lmb.ledger.service import Books
from lmb.proofs import queries
from lmb.proofs.publication import publish
from lmb.proofs.submission import WitnessAddress, post_over_http
from lmb.proofs.witness_home import witness_home
from lmb.proofs.witness_server import Witness
from lmb.values.errors import RefusedError
from tests.proofs.posting import open_books, pay_many
from tests.proofs.support import LOG, NOON, WITNESS, checkpoint, signed
from tests.proofs.witness_process import NAME, process

pytestmark = pytest.mark.django_db


def now() -> datetime:
    return datetime.fromtimestamp(NOON, UTC)


@pytest.fixture
def books() -> Books:
    opened = open_books()
    pay_many(opened, "many", 300)
    return opened


def answering(status: int, body: bytes) -> Callable[[str, bytes], tuple[int, bytes]]:
    return lambda _url, _body: (status, body)


ADDRESS = WitnessAddress("http://w.example/", (WITNESS.verifier,))


def refusal(books: Books, post: Callable[[str, bytes], tuple[int, bytes]]) -> str:
    (reason,) = publish(books.cell, [LOG], [ADDRESS], now, post).refusals
    return reason


def test_a_witness_process_cosigns_each_checkpoint(books: Books, tmp_path: Path) -> None:
    with process(tmp_path) as (_, port, keys):
        address = WitnessAddress(f"http://127.0.0.1:{port}", tuple(keys))
        for round_number in range(3):
            pay_many(books, f"round {round_number}", 10)
            published = publish(books.cell, [LOG], [address], now)
            assert published.refusals == ()
            assert published.on_file.witnessed == 1
            assert len(published.on_file.note.verified(keys)) == 2
    assert queries.witnessed_size(books.cell, NAME) == 331


def test_a_witness_whose_memory_is_ahead_of_ours_is_asked_again(
    books: Books, tmp_path: Path
) -> None:
    with witness_home(tmp_path, NAME) as home:
        witness = Witness(home, [LOG.verifier], lambda: NOON)
        address = WitnessAddress("http://w.example", tuple(key.verifier for key in home.keys))
        asked = []

        def post(_url: str, body: bytes) -> tuple[int, bytes]:
            asked.append(body.partition(b"\n")[0])
            status, _, answer = witness.add_checkpoint(body)
            if len(asked) == 1:
                raise TimeoutError("the answer was lost")
            return status, answer

        assert publish(books.cell, [LOG], [address], now, post).on_file.witnessed == 0
        pay_many(books, "more", 5)
        assert publish(books.cell, [LOG], [address], now, post).on_file.witnessed == 1
        assert asked == [b"old 0", b"old 0", b"old 301"]


def test_a_witness_that_remembers_more_leaves_tells_of_a_shortened_log(books: Books) -> None:
    assert "the log was shortened" in refusal(books, answering(409, b"302\n"))


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (422, b"the proof leads elsewhere\n", "did not cosign (422): the proof leads elsewhere"),
        (409, b"many\n", "a size that is none"),
        (409, b"\xff", "a size that is none"),
        (200, b"thanks", "answer of the witness at http://w.example/ is wrong"),
        (200, signed(checkpoint(7), WITNESS).signatures[0].line.encode(), "not over this text"),
        (200, LOG.sign("x\n", 0).line.encode(), "keys that are not known"),
    ],
)
def test_an_answer_that_is_no_cosignature_is_told_and_not_kept(
    books: Books, status: int, body: bytes, reason: str
) -> None:
    assert reason in refusal(books, answering(status, body))
    assert queries.witnessed_size(books.cell, WITNESS.name) == 0


def test_a_witness_that_does_not_answer_leaves_the_checkpoint_standing(books: Books) -> None:
    def post(_url: str, _body: bytes) -> tuple[int, bytes]:
        raise ConnectionRefusedError("nobody is there")

    published = publish(books.cell, [LOG], [ADDRESS], now, post)
    assert "does not answer: nobody is there" in published.refusals[0]
    assert (published.on_file.checkpoint.size, published.on_file.witnessed) == (301, 0)


def test_http_answers_come_with_their_status(witness_port: int) -> None:
    url = f"http://127.0.0.1:{witness_port}"
    assert post_over_http(f"{url}/add-checkpoint", b"x")[0] == 400
    assert post_over_http(f"{url}/elsewhere", b"x")[0] == 404
    with pytest.raises(OSError, match="refused"):
        post_over_http("http://127.0.0.1:1/add-checkpoint", b"x")
    with pytest.raises(RefusedError, match="no http or https address"):
        post_over_http("file:///etc/hostname", b"x")
