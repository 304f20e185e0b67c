"""Keys travel as text with their own identifier, and sign exactly what C2SP says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmb.proofs.cosignatures import ed25519_message, ml_dsa_44_message, parse_timestamped
from lmb.proofs.encoding import base64_from_bytes
from lmb.proofs.errors import MalformedError
from lmb.proofs.keys import (
    Algorithm,
    SigningKey,
    generate_signing_key,
    parse_signing_key,
    parse_verifier_key,
)
from lmb.proofs.notes import Signature
from tests.proofs.support import (
    LOG,
    NOON,
    WITNESS,
    WITNESS_ML_DSA,
    checkpoint,
    signing_key,
)

every_algorithm = pytest.mark.parametrize("algorithm", list(Algorithm))
TEXT = checkpoint(7).text


@every_algorithm
def test_keys_survive_their_text(algorithm: Algorithm) -> None:
    key = generate_signing_key("keeper.example/k1", algorithm)
    assert parse_signing_key(key.text) == key
    assert parse_verifier_key(key.verifier.text) == key.verifier
    assert key.text.startswith("PRIVATE+KEY+keeper.example/k1+")


@every_algorithm
def test_a_signature_is_over_its_text_alone(algorithm: Algorithm) -> None:
    key = signing_key("keeper.example", algorithm)
    signature = key.sign(TEXT, NOON)
    assert key.verifier.verifies(TEXT, signature.content)
    assert not key.verifier.verifies(checkpoint(8).text, signature.content)
    stranger = signing_key("stranger.example", algorithm).verifier
    assert not stranger.verifies(TEXT, signature.content)


@every_algorithm
@given(data=st.data())
def test_no_byte_of_a_signature_can_be_changed(algorithm: Algorithm, data: st.DataObject) -> None:
    key = signing_key("keeper.example", algorithm)
    content = bytearray(_SIGNATURES[algorithm].content)
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    assert not key.verifier.verifies(TEXT, bytes(content))


_SIGNATURES: dict[Algorithm, Signature] = {
    algorithm: signing_key("keeper.example", algorithm).sign(TEXT, NOON) for algorithm in Algorithm
}


@every_algorithm
@pytest.mark.parametrize("change", [-1, 1])
def test_a_signature_of_another_length_verifies_nothing(algorithm: Algorithm, change: int) -> None:
    content = _SIGNATURES[algorithm].content
    other = content[:change] if change < 0 else content + b"\0"
    assert not signing_key("keeper.example", algorithm).verifier.verifies(TEXT, other)


def test_an_ed25519_cosigner_signs_two_lines_and_the_whole_text() -> None:
    published = (
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    )
    expected = f"cosignature/v1\ntime 1679315147\n{published}"
    assert ed25519_message(published, 1_679_315_147) == expected.encode()


def test_an_ml_dsa_44_cosigner_signs_its_name_and_the_tree_from_the_first_leaf() -> None:
    stated = checkpoint(7)
    message = ml_dsa_44_message("w.example", 0x01020304, stated)
    assert message == (
        b"subtree/v1\n\0" + b"\x09w.example" + bytes.fromhex("0000000001020304")
        + b"\x11books.example/log" + bytes(8) + (7).to_bytes(8, "big") + stated.root
    )  # fmt: skip


def test_cosignatures_have_the_lengths_of_the_standard() -> None:
    assert len(WITNESS.sign(TEXT, NOON).content) == 8 + 64
    assert len(WITNESS_ML_DSA.sign(TEXT, NOON).content) == 8 + 2420
    assert len(WITNESS_ML_DSA.verifier.public) == 1312
    assert WITNESS.verifier.timestamp(WITNESS.sign(TEXT, NOON).content) == NOON


def test_extension_lines_are_signed_by_ed25519_cosigners_only() -> None:
    extended = TEXT + "extension\n"
    assert not WITNESS.verifier.verifies(extended, WITNESS.sign(TEXT, NOON).content)
    assert WITNESS_ML_DSA.verifier.verifies(extended, WITNESS_ML_DSA.sign(TEXT, NOON).content)


def test_a_cosigner_signs_nothing_but_checkpoints() -> None:
    with pytest.raises(MalformedError, match="three lines"):
        WITNESS.sign("This is an example message.\n", NOON)


def test_a_time_beyond_63_bits_is_refused() -> None:
    with pytest.raises(MalformedError, match="beyond"):
        parse_timestamped(b"\xff" * 72, 64)


def test_a_name_too_long_for_its_length_byte_is_refused() -> None:
    with pytest.raises(MalformedError, match="256 bytes"):
        ml_dsa_44_message("w" * 256, NOON, checkpoint(7))


@pytest.mark.parametrize("name", ["", "two words", "plus+plus"])
def test_a_key_needs_a_name_a_note_can_carry(name: str) -> None:
    with pytest.raises(MalformedError, match="no key name"):
        generate_signing_key(name, Algorithm.ED25519)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "written <name>"),
        ("name+00000000", "written <name>"),
        (LOG.verifier.text.replace("books", "other"), "key ID"),
        (LOG.verifier.text.replace(LOG.verifier.key_id.hex(), "00000000"), "key ID"),
        (LOG.verifier.text.upper(), "written|base64|key ID"),
        (LOG.verifier.text + "\n", "base64 of an algorithm"),
        (f"name+00000000+{base64_from_bytes(bytes([2]) + bytes(32))}", "known are 0x01"),
        ("name+00000000+", "known are"),
        (f"name+00000000+{base64_from_bytes(bytes([1]) + bytes(31))}", "31 bytes"),
        (f"name+00000000+{base64_from_bytes(bytes([6]) + bytes(32))}", "keys have 1312"),
    ],
)
def test_a_verifier_key_written_otherwise_is_refused_with_the_reason(
    text: str, reason: str
) -> None:
    with pytest.raises(MalformedError, match=reason):
        parse_verifier_key(text)


def test_a_signing_key_is_never_shown() -> None:
    key = signing_key("keeper.example")
    material = key.text.rpartition("+")[2]
    assert material not in repr(key)
    assert key.seed.hex() not in repr(key)
    for broken in (key.text[:-3], key.text.replace("keeper", "other"), key.verifier.text):
        with pytest.raises(MalformedError) as raised:
            parse_signing_key(broken)
        assert material[:20] not in str(raised.value)


def test_a_signing_key_of_another_length_is_refused() -> None:
    short = SigningKey("keeper.example", Algorithm.ED25519, bytes(32)).text
    name, identifier, _ = short.removeprefix("PRIVATE+KEY+").split("+", 2)
    material = base64_from_bytes(bytes([1]) + bytes(31))
    with pytest.raises(MalformedError, match="must have 32 bytes"):
        parse_signing_key(f"PRIVATE+KEY+{name}+{identifier}+{material}")
