"""A witness cosigns what extends everything it saw, and answers anything else by the protocol."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmb.proofs.checkpoints import Checkpoint
from lmb.proofs.errors import MalformedError, NotProvenError
from lmb.proofs.notes import Note, Signature
from lmb.proofs.witness import (
    AddCheckpoint,
    Advance,
    Refusal,
    answered,
    cosignatures_in,
    cosigned,
    parse_add_checkpoint,
)
from tests.proofs.support import (
    LOG,
    LOG_ML_DSA,
    NOON,
    ORIGIN,
    OTHER_TREE,
    TREE,
    WITNESS,
    WITNESS_ML_DSA,
    checkpoint,
    request,
    signed,
    signing_key,
)

LOGS = [LOG.verifier, LOG_ML_DSA.verifier]
SEEN = {ORIGIN: checkpoint(100)}


def status(asked: AddCheckpoint | bytes, seen: dict[str, Checkpoint] = SEEN) -> HTTPStatus:
    content = asked if isinstance(asked, bytes) else asked.content
    decision = answered(content, seen, LOGS)
    return decision.status if isinstance(decision, Refusal) else HTTPStatus.OK


def test_requests_survive_their_text() -> None:
    for asked in (request(0, 7), request(100, 500)):
        assert parse_add_checkpoint(asked.content) == asked


@pytest.mark.parametrize("size", [0, 1, 500])
def test_the_first_checkpoint_of_a_log_needs_no_proof(size: int) -> None:
    assert status(request(0, size), {}) == HTTPStatus.OK


@pytest.mark.parametrize("size", [100, 101, 128, 600])
def test_a_checkpoint_that_extends_what_was_seen_is_cosigned(size: int) -> None:
    decision = answered(request(100, size).content, SEEN, LOGS)
    assert isinstance(decision, Advance)
    assert decision.checkpoint == checkpoint(size)


def test_what_is_kept_carries_the_log_s_signatures_alone() -> None:
    asked = request(100, 200)
    stranger = signing_key("stranger.example").sign(asked.note.text, NOON)
    asked = replace(asked, note=asked.note.with_signatures([stranger]))
    decision = answered(asked.content, SEEN, LOGS)
    assert isinstance(decision, Advance)
    assert [signature.name for signature in decision.note.signatures] == [ORIGIN]


@pytest.mark.parametrize(("old_size", "size"), [(0, 500), (99, 500), (101, 500), (50, 50)])
def test_another_old_size_is_a_conflict_that_tells_the_size_seen(old_size: int, size: int) -> None:
    decision = answered(request(old_size, size).content, SEEN, LOGS)
    assert isinstance(decision, Refusal)
    assert decision.status == HTTPStatus.CONFLICT
    assert (decision.content_type, decision.body) == ("text/x.tlog.size", b"100\n")


def test_a_conflict_with_nothing_seen_tells_zero() -> None:
    decision = answered(request(5, 7).content, {}, LOGS)
    assert isinstance(decision, Refusal)
    assert (decision.status, decision.body) == (HTTPStatus.CONFLICT, b"0\n")


def test_another_history_is_unprocessable() -> None:
    """The fork: a log that was rewritten, with a proof of its own."""
    assert status(request(100, 500, OTHER_TREE)) == HTTPStatus.UNPROCESSABLE_ENTITY
    assert status(request(100, 100, OTHER_TREE)) == HTTPStatus.UNPROCESSABLE_ENTITY


@pytest.mark.parametrize(
    ("old_size", "size", "proof"),
    [(100, 500, ()), (100, 500, (bytes(32),)), (100, 100, (bytes(32),))],
)
def test_a_wrong_proof_is_unprocessable(old_size: int, size: int, proof: tuple[bytes, ...]) -> None:
    assert status(request(old_size, size, proof=proof)) == HTTPStatus.UNPROCESSABLE_ENTITY


def test_a_proof_from_nothing_must_be_empty() -> None:
    asked = request(0, 500, proof=(bytes(32),))
    assert status(asked, {}) == HTTPStatus.UNPROCESSABLE_ENTITY
    assert status(asked, {ORIGIN: checkpoint(0)}) == HTTPStatus.UNPROCESSABLE_ENTITY


def test_an_empty_log_must_have_the_root_of_nothing() -> None:
    stated = Checkpoint(ORIGIN, 0, bytes(32))
    asked = AddCheckpoint(0, (), stated, signed(stated))
    assert status(asked, {}) == HTTPStatus.UNPROCESSABLE_ENTITY


def test_a_log_never_shrinks() -> None:
    assert status(request(100, 99)) == HTTPStatus.BAD_REQUEST


def test_an_unknown_log_is_not_found_even_when_badly_signed() -> None:
    stated = checkpoint(7, origin="stranger.example/log")
    assert status(AddCheckpoint(0, (), stated, signed(stated))) == HTTPStatus.NOT_FOUND


def test_a_checkpoint_without_a_true_signature_of_its_log_is_forbidden() -> None:
    asked = request(100, 500)
    (good,) = asked.note.signatures
    false = Signature(good.name, good.key_id, good.content[::-1])
    strangers = signed(asked.checkpoint, signing_key("stranger.example"))
    for note in (
        strangers,
        Note(asked.note.text, (false,)),
        Note(asked.note.text, (good, false)),
        Note(checkpoint(499).text, (good,)),
    ):
        assert status(replace(asked, note=note)) == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"old 100\n", b"old 0100\n"),
        (b"old 100\n", b"old -1\n"),
        (b"old 100\n", b"old  100\n"),
        (b"old 100\n", b"100\n"),
        (b"old 100\n", b""),
        (b"old 100\n", b"old 100\n\n"),
        (b"old 100\n", b"old 100\r\n"),
        (b"old 100\n", b"old 100\nnot base64\n"),
        (b"old 100\n", b"old 100\n" + (b"A" * 43 + b"=\n") * 64),
        (b"old 100\n", "old ١\n".encode()),
        (b"\n\n", b"\n"),
        (b"\n500\n", b"\n0500\n"),
        ("— ".encode(), b"- "),
    ],
)
def test_a_request_written_otherwise_is_a_bad_request(old: bytes, new: bytes) -> None:
    content = request(100, 500).content
    assert old in content
    assert status(content.replace(old, new)) == HTTPStatus.BAD_REQUEST


@given(st.binary(max_size=300))
def test_any_bytes_get_an_answer(content: bytes) -> None:
    assert status(content) == HTTPStatus.BAD_REQUEST


@given(st.lists(st.tuples(st.integers(0, 600), st.booleans()), max_size=12))
def test_whatever_is_asked_only_one_history_is_cosigned(asked: list[tuple[int, bool]]) -> None:
    seen: dict[str, Checkpoint] = {}
    for size, forged in asked:
        last = seen.get(ORIGIN, checkpoint(0))
        tree = OTHER_TREE if forged else TREE
        decision = answered(request(last.size, size, tree).content, seen, LOGS)
        if isinstance(decision, Advance):
            assert decision.checkpoint.size >= last.size
            seen[ORIGIN] = decision.checkpoint
    if seen and seen[ORIGIN].size > 0:
        size = seen[ORIGIN].size
        histories = [tree for tree in (TREE, OTHER_TREE) if seen[ORIGIN].root == tree.at(size).root]
        assert len(histories) == 1


def test_an_answer_s_cosignatures_are_verified_over_what_was_sent() -> None:
    asked = request(100, 500)
    decision = answered(asked.content, SEEN, LOGS)
    assert isinstance(decision, Advance)
    keys = (WITNESS, WITNESS_ML_DSA)
    lines = cosigned(decision, keys, NOON)
    known = [key.verifier for key in keys]
    assert len(cosignatures_in(lines, asked.checkpoint.text, known)) == 2
    assert cosignatures_in(lines, asked.checkpoint.text, [signing_key("w").verifier]) == ()
    with pytest.raises(NotProvenError):
        cosignatures_in(lines, checkpoint(499).text, known)
    with pytest.raises(MalformedError):
        cosignatures_in(b"not now", asked.checkpoint.text, known)
