"""A signed note is read one way only and says nothing until a known key has verified."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmb.proofs.errors import MalformedError, NotProvenError
from lmb.proofs.keys import Algorithm, parse_verifier_key
from lmb.proofs.notes import NOTE_BYTES_MAX, Note, Signature, is_key_name, parse_note
from lmb.values.errors import RefusedError
from tests.proofs.support import LOG, WITNESS, checkpoint, signed, signing_key

# The example of C2SP signed-note.
PUBLISHED_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
PUBLISHED_NOTE = (
    "This is an example message.\n\n"
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXm"
    "RKuwHjG1Yu72IneyaQM=\n"
).encode()


def test_the_published_note_is_verified_by_the_published_key() -> None:
    note = parse_note(PUBLISHED_NOTE)
    assert note.text == "This is an example message.\n"
    assert note.content == PUBLISHED_NOTE
    (signature,) = note.verified([parse_verifier_key(PUBLISHED_KEY)])
    assert signature.name == "example.com/foo"
    assert signature.key_id.hex() == "530d903a"


def test_another_text_is_not_what_was_signed() -> None:
    note = parse_note(PUBLISHED_NOTE.replace(b"an example", b"no example"))
    with pytest.raises(NotProvenError, match=r"example\.com/foo.*not over this text"):
        note.verified([parse_verifier_key(PUBLISHED_KEY)])


def test_signatures_of_unknown_keys_are_ignored() -> None:
    note = signed(checkpoint(7), LOG, WITNESS)
    assert [signature.name for signature in note.verified([LOG.verifier])] == [LOG.name]
    assert note.verified([signing_key("stranger.example").verifier]) == ()


def test_a_key_of_the_same_name_and_another_identifier_is_unknown() -> None:
    namesake = signing_key(LOG.name, Algorithm.ED25519_COSIGNATURE)
    note = signed(checkpoint(7), LOG, namesake)
    assert len(note.verified([LOG.verifier])) == 1
    assert len(note.verified([LOG.verifier, namesake.verifier])) == 2


def test_one_false_signature_of_a_known_key_spoils_the_note() -> None:
    good = signed(checkpoint(7), LOG, WITNESS)
    false = Signature(WITNESS.name, WITNESS.verifier.key_id, good.signatures[1].content[:-1] + b"!")
    note = Note(good.text, (good.signatures[0], false))
    with pytest.raises(NotProvenError, match=WITNESS.name):
        note.verified([LOG.verifier, WITNESS.verifier])
    assert note.verified([LOG.verifier])


def test_sixteen_signatures_and_more_are_read() -> None:
    keys = [signing_key(f"k{number}.example") for number in range(40)]
    note = parse_note(signed(checkpoint(7), *keys).content)
    assert len(note.verified([key.verifier for key in keys])) == 40


def test_the_last_empty_line_separates_the_signatures() -> None:
    text = "one\n\nthree\n\n"
    note = parse_note(Note(text, (LOG.sign(text, 0),)).content)
    assert note.text == text
    assert note.verified([LOG.verifier])


def test_signatures_are_added_once() -> None:
    note = signed(checkpoint(7))
    more = signed(checkpoint(7), LOG, WITNESS).signatures
    assert note.with_signatures(more).signatures == more
    assert note.with_signatures(more).with_signatures(more).signatures == more


GOOD = PUBLISHED_NOTE.decode()
LINE = GOOD.partition("\n\n")[2]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "needs an empty line"),
        (b"text\n", "needs an empty line"),
        (GOOD.removesuffix("\n").encode(), "must end with a newline"),
        ((GOOD + "\n").encode(), "must end with a newline"),
        ((GOOD + "x").encode(), "must end with a newline"),
        (b"text\n\n", "must end with a newline"),
        (GOOD.replace("— ", "- ").encode(), "no signature line"),
        (GOOD.replace("— ", "—").encode(), "no signature line"),
        (GOOD.replace("— ", "—  ").encode(), "no signature line"),
        (GOOD.replace("example.com/foo", "example.com/f+o").encode(), "no signature line"),
        (GOOD.replace("example.com/foo", "a\u00a0b").encode(), "no signature line"),
        (GOOD.replace("yaQM=", "yaQM").encode(), "not base64"),
        (GOOD.replace("yaQM=", "yaQN=").encode(), "canonical"),
        (GOOD.replace("yaQM=", "yaQM= ").encode(), "not base64"),
        (("text\n\n— name AAAA\n").encode(), "has 3 bytes"),
        (GOOD.replace("This", "Th\x00s").encode(), "U\\+0000"),
        (GOOD.replace("This", "Th\ts").encode(), "U\\+0009"),
        (GOOD.replace("\n", "\r\n").encode(), "U\\+000D"),
        (GOOD.replace("This", "Th\x1fs").encode(), "U\\+001F"),
        (GOOD.encode().replace(b"This", b"Th\xffs"), "UTF-8"),
        (("text\n\n" + LINE * 65).encode(), "at most 64"),
        (b"x" * NOTE_BYTES_MAX + GOOD.encode(), "at most 1,048,576"),
    ],
)
def test_what_is_not_written_as_a_note_is_refused_with_the_reason(
    content: bytes, reason: str
) -> None:
    with pytest.raises(MalformedError, match=reason):
        parse_note(content)


@given(st.binary(max_size=200))
def test_bytes_that_are_no_note_are_refused_and_nothing_else_happens(content: bytes) -> None:
    with pytest.raises(RefusedError):
        parse_note(content + b"\0")


@given(st.integers(0, len(PUBLISHED_NOTE) - 1), st.integers(1, 255))
def test_no_byte_of_a_note_can_be_changed(at: int, change: int) -> None:
    changed = bytearray(PUBLISHED_NOTE)
    changed[at] ^= change
    try:
        note = parse_note(bytes(changed))
        assert note.verified([parse_verifier_key(PUBLISHED_KEY)]) == ()
    except RefusedError:
        pass


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u2003b", "a\nb", "a\x00"])
def test_a_key_name_has_no_spaces_plus_or_control_characters(name: str) -> None:
    assert not is_key_name(name)
