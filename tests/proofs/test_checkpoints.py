"""A checkpoint is three lines written one way, signed by its own log."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmb.proofs.checkpoints import (
    Checkpoint,
    check_empty_root,
    check_log_signature,
    parse_checkpoint,
    parse_checkpoint_text,
)
from lmb.proofs.errors import MalformedError, NotProvenError
from lmb.proofs.keys import SigningKey
from lmb.proofs.tree import EMPTY_ROOT
from tests.proofs.support import LOG, LOG_ML_DSA, ORIGIN, checkpoint, signed, signing_key

PUBLISHED = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"


def test_the_published_checkpoint_is_read_and_written_back() -> None:
    stated = parse_checkpoint_text(PUBLISHED)
    assert (stated.origin, stated.size) == ("example.com/behind-the-sofa", 20_852_163)
    assert stated.root.hex().startswith("0ac5186a91863e8e")
    assert stated.text == PUBLISHED


@given(
    st.text(st.characters(min_codepoint=32, codec="utf-8"), min_size=1, max_size=40),
    st.integers(0, 2**63 - 1),
    st.binary(min_size=32, max_size=32),
    st.lists(st.text("abc =+ü", min_size=1, max_size=9), max_size=3),
)
def test_every_checkpoint_survives_its_text(
    origin: str, size: int, root: bytes, extensions: list[str]
) -> None:
    stated = Checkpoint(origin, size, root, tuple(extensions))
    assert parse_checkpoint_text(stated.text) == stated


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("20852163", "020852163", "leading zero"),
        ("20852163", "00", "leading zero"),
        ("20852163", "+20852163", "decimal"),
        ("20852163", "-1", "decimal"),
        ("20852163", "2 0", "decimal"),
        ("20852163", "20_852", "decimal"),
        ("20852163", "٣", "decimal"),
        ("20852163", "0x10", "decimal"),
        ("20852163", "9223372036854775808", "2\\^63"),
        ("20852163", "99999999999999999999999999", "2\\^63"),
        ("20852163", "", "none of them empty"),
        ("example.com/behind-the-sofa", "", "none of them empty"),
        ("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n", "", "three lines"),
        ("q2I=\n", "q2I=\n\nextension\n", "none of them empty"),
        ("q2I=\n", "q2I=", "end with a newline"),
        ("q2I=", "q2I", "not base64"),
        ("q2I=", "q2J=", "canonical"),
        ("q2I=", "", "30 bytes"),
        ("CsUY", "CsUYCsUY", "35 bytes"),
        ("CsUYapGGPo4d", "CsUYapGG-o4d", "not base64"),
    ],
)
def test_a_checkpoint_written_otherwise_is_refused_with_the_reason(
    old: str, new: str, reason: str
) -> None:
    assert old in PUBLISHED
    with pytest.raises(MalformedError, match=reason):
        parse_checkpoint_text(PUBLISHED.replace(old, new))


@pytest.mark.parametrize(("signer", "other"), [(LOG, LOG_ML_DSA), (LOG_ML_DSA, LOG)])
def test_a_log_signs_with_either_algorithm(signer: SigningKey, other: SigningKey) -> None:
    stated, note = parse_checkpoint(signed(checkpoint(7), signer).content)
    check_log_signature(stated, note, (LOG.verifier, LOG_ML_DSA.verifier))
    with pytest.raises(NotProvenError, match="no known key"):
        check_log_signature(stated, note, (other.verifier,))


def test_a_key_of_another_log_does_not_sign_for_this_one() -> None:
    other = signing_key("books.example/other")
    stated, note = parse_checkpoint(signed(checkpoint(7), other).content)
    with pytest.raises(NotProvenError, match=f"no key is known for the log '{ORIGIN}'"):
        check_log_signature(stated, note, (other.verifier,))


def test_a_log_without_leaves_has_the_root_of_no_leaves() -> None:
    check_empty_root(Checkpoint(ORIGIN, 0, EMPTY_ROOT))
    check_empty_root(checkpoint(7))
    with pytest.raises(NotProvenError, match="root of no leaves"):
        check_empty_root(Checkpoint(ORIGIN, 0, bytes(32)))
