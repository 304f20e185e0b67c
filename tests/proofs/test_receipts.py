"""A receipt shows one leaf under one cosigned checkpoint, offline; nothing near it does."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmb.proofs.errors import MalformedError, NotProvenError
from lmb.proofs.keys import Algorithm, SigningKey
from lmb.proofs.receipts import HEADER, Cosigner, Receipt, parse_receipt, verify_receipt
from lmb.values.errors import RefusedError
from tests.proofs.support import (
    ENTRIES,
    LOG,
    LOG_ML_DSA,
    NOON,
    OTHER_TREE,
    TREE,
    WITNESS,
    WITNESS_ML_DSA,
    checkpoint,
    signed,
    signing_key,
)

SIZE = 500
SECOND = signing_key("second.example", Algorithm.ML_DSA_44_COSIGNATURE)
LOGS = [LOG.verifier, LOG_ML_DSA.verifier]
WITNESSES = [WITNESS.verifier, WITNESS_ML_DSA.verifier, SECOND.verifier]


def receipt(index: int = 42, *signers: SigningKey, extra: bytes | None = b"extra") -> Receipt:
    stated = checkpoint(SIZE)
    note = signed(stated, *(signers or (LOG, LOG_ML_DSA, WITNESS, WITNESS_ML_DSA, SECOND)))
    return Receipt(index, tuple(TREE.at(SIZE).inclusion(index)), stated, note, extra)


GOOD = receipt()


@pytest.mark.parametrize("extra", [None, b"", b"opaque \0 bytes"])
def test_a_receipt_survives_its_text(extra: bytes | None) -> None:
    kept = receipt(extra=extra)
    assert parse_receipt(kept.content) == kept
    assert kept.content.startswith(f"{HEADER}\n".encode())


def test_a_receipt_of_the_only_leaf_has_no_hashes() -> None:
    stated = checkpoint(1)
    kept = Receipt(0, (), stated, signed(stated))
    assert parse_receipt(kept.content) == kept
    verify_receipt(kept, ENTRIES[0], LOGS, [], 0)


def test_a_receipt_names_the_witnesses_that_cosigned() -> None:
    cosigners = verify_receipt(GOOD, ENTRIES[42], LOGS, WITNESSES, 2)
    assert cosigners == (Cosigner("second.example", NOON), Cosigner("witness.example/w1", NOON))


def test_two_keys_of_one_witness_count_once() -> None:
    kept = receipt(42, LOG, WITNESS, WITNESS_ML_DSA)
    verify_receipt(kept, ENTRIES[42], LOGS, WITNESSES, 1)
    with pytest.raises(NotProvenError, match=r"1 known witnesses .* 2 are"):
        verify_receipt(kept, ENTRIES[42], LOGS, WITNESSES, 2)


def test_a_log_key_is_no_witness() -> None:
    with pytest.raises(NotProvenError, match="0 known witnesses"):
        verify_receipt(receipt(42, LOG), ENTRIES[42], LOGS, LOGS[:1], 1)


def test_a_receipt_without_its_log_s_signature_shows_nothing() -> None:
    with pytest.raises(NotProvenError, match="no known key of the log"):
        verify_receipt(receipt(42, WITNESS), ENTRIES[42], LOGS, WITNESSES, 0)


@pytest.mark.parametrize("index", [41, 43])
def test_a_receipt_shows_no_other_leaf(index: int) -> None:
    with pytest.raises(NotProvenError, match="leads to the hash"):
        verify_receipt(GOOD, ENTRIES[index], LOGS, WITNESSES, 1)
    with pytest.raises(NotProvenError):
        verify_receipt(replace(GOOD, index=index), ENTRIES[42], LOGS, WITNESSES, 1)


def test_a_receipt_from_a_rewritten_tree_shows_nothing() -> None:
    forged = replace(GOOD, proof=tuple(OTHER_TREE.at(SIZE).inclusion(42)))
    with pytest.raises(NotProvenError, match="leads to the hash"):
        verify_receipt(forged, b"forged " + ENTRIES[42], LOGS, WITNESSES, 1)


TEXT = GOOD.content.decode()


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (HEADER, "c2sp.org/tlog-proof@v2", "starts with the line"),
        (HEADER, f" {HEADER}", "starts with the line"),
        ("extra ZXh0cmE=\n", "extra ZXh0cmE\n", "not base64"),
        ("extra ZXh0cmE=\n", "extra\n", "index <number>"),
        ("extra ZXh0cmE=\n", "Extra ZXh0cmE=\n", "index <number>"),
        ("index 42\n", "", "index <number>"),
        ("index 42\n", "index 042\n", "leading zero"),
        ("index 42\n", "index  42\n", "leading zero"),
        ("index 42\n", "index 42\nindex 42\n", "not base64"),
        ("index 42\n", "index 42\r\n", "decimal"),
        ("index 42\n", "index 42\n\n", "three lines"),
        ("index 42\n", "index 42\n" + "A" * 43 + "=\n", None),
        ("index 42\n", "index 42\n" + ("A" * 43 + "=\n") * 64, "at most 63"),
        ("index 42\n", "index 42\nAAAA\n", "3 bytes"),
        ("index 42\n", "index ä\n", "ASCII"),
        (f"\n\n{GOOD.checkpoint.origin}", f"\n{GOOD.checkpoint.origin}", "not base64"),
    ],
)
def test_a_receipt_written_otherwise_is_refused_with_the_reason(
    old: str, new: str, reason: str | None
) -> None:
    assert old in TEXT
    content = TEXT.replace(old, new).encode()
    if reason is None:
        with pytest.raises(NotProvenError):
            verify_receipt(parse_receipt(content), ENTRIES[42], LOGS, WITNESSES, 1)
    else:
        with pytest.raises(MalformedError, match=reason):
            parse_receipt(content)


@pytest.mark.parametrize("tail", ["\n", "x", " ", "\0", "\n\n"])
def test_nothing_may_follow_a_receipt(tail: str) -> None:
    with pytest.raises(MalformedError):
        parse_receipt((TEXT + tail).encode())


def test_a_receipt_is_not_read_without_bound() -> None:
    with pytest.raises(MalformedError, match="at most"):
        parse_receipt(GOOD.content + bytes(2**21))
    with pytest.raises(MalformedError, match="an empty line"):
        parse_receipt(b"")


@given(st.data())
def test_no_byte_of_a_receipt_can_be_changed_but_in_its_extra_data(data: st.DataObject) -> None:
    start = TEXT.index("index 42")
    changed = bytearray(GOOD.content)
    at = data.draw(st.integers(len(TEXT[:start].encode()), len(changed) - 1))
    changed[at] ^= data.draw(st.integers(1, 255))
    try:
        cosigners = verify_receipt(parse_receipt(bytes(changed)), ENTRIES[42], LOGS, WITNESSES, 2)
    except RefusedError:
        return
    # A change in the name or key ID of one signature makes it a stranger's; the others suffice.
    assert len(cosigners) == 2
