"""Signed notes (C2SP signed-note): a text, an empty line, and who signed it.

    bytes ──parse_note──▶ Note ──verified(keys)──▶ the signatures of keys that are known

The text means nothing until a known key has verified; signatures of unknown keys are ignored.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from lmb.proofs.encoding import base64_from_bytes, bytes_from_base64
from lmb.proofs.errors import MalformedError, NotProvenError

NOTE_BYTES_MAX = 2**20
"""Larger notes are not read: 64 post-quantum signatures fit three times."""

SIGNATURES_MAX = 64
"""A reader must accept at least 16 (C2SP signed-note, Format)."""

KEY_ID_BYTES = 4

_LINE_START = "— "
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f]")


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: who, with which key, and the bytes of the algorithm."""

    name: str
    key_id: bytes
    content: bytes

    @property
    def line(self) -> str:
        return f"{_LINE_START}{self.name} {base64_from_bytes(self.key_id + self.content)}\n"


class Verifier(Protocol):
    """A known public key. `verifies` tells whether a signature is over this text."""

    @property
    def name(self) -> str: ...

    @property
    def key_id(self) -> bytes: ...

    def verifies(self, text: str, signature: bytes) -> bool: ...


@dataclass(frozen=True, slots=True)
class Note:
    """A text ending in a newline, and its signatures in order."""

    text: str
    signatures: tuple[Signature, ...]

    @property
    def content(self) -> bytes:
        return f"{self.text}\n{''.join(signature.line for signature in self.signatures)}".encode()

    def with_signatures(self, signatures: Iterable[Signature]) -> Note:
        """The same note with more signatures; those it has already are not repeated."""
        return Note(self.text, tuple(dict.fromkeys((*self.signatures, *signatures))))

    def verified(self, keys: Iterable[Verifier]) -> tuple[Signature, ...]:
        """The signatures of these keys. Raises NotProvenError when one of them is false: a note
        with one false signature is no note, whatever its others say."""
        known = {(key.name, key.key_id): key for key in keys}
        found = [s for s in self.signatures if (s.name, s.key_id) in known]
        for signature in found:
            if not known[signature.name, signature.key_id].verifies(self.text, signature.content):
                raise NotProvenError(
                    f"the signature of {signature.name} (key {signature.key_id.hex()}) "
                    "is not over this text"
                )
        return tuple(found)


def parse_note(content: bytes) -> Note:
    """Read a note that is written exactly as the format says. Raises MalformedError."""
    if len(content) > NOTE_BYTES_MAX:
        raise MalformedError(f"a note of {len(content):,} bytes; at most {NOTE_BYTES_MAX:,}")
    try:
        whole = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedError(f"a note must be UTF-8 text: {error}") from error
    control = _CONTROL.search(whole)
    if control:
        found = f"U+{ord(control[0]):04X}"
        raise MalformedError(f"a note must not hold the control character {found}")
    text, separator, block = whole.rpartition("\n\n")
    if not separator:
        raise MalformedError("a note needs an empty line between its text and its signatures")
    if not block.endswith("\n"):
        raise MalformedError("the last signature line of a note must end with a newline")
    lines = block[:-1].split("\n")
    if len(lines) > SIGNATURES_MAX:
        raise MalformedError(f"a note with {len(lines)} signatures; at most {SIGNATURES_MAX}")
    return Note(text + "\n", tuple(map(parse_signature, lines)))


def parse_signature(line: str) -> Signature:
    """Read one signature line, without its newline. Raises MalformedError."""
    name, _, encoded = line.removeprefix(_LINE_START).partition(" ")
    if not line.startswith(_LINE_START) or not is_key_name(name):
        raise MalformedError(
            f"{line[:60]!r} is no signature line: an em dash, a key name, base64, spaces between"
        )
    content = bytes_from_base64(encoded, f"the signature of {name}")
    if len(content) <= KEY_ID_BYTES:
        raise MalformedError(f"the signature of {name} has {len(content)} bytes; a key ID has 4")
    return Signature(name, content[:KEY_ID_BYTES], content[KEY_ID_BYTES:])


def is_key_name(name: str) -> bool:
    """Whether a key may have this name: not empty, without spaces of any kind, without a plus."""
    return (
        name != ""
        and "+" not in name
        and not _CONTROL.search(name)
        and not any(character.isspace() for character in name)
    )


def key_id(name: str, algorithm: int, public: bytes) -> bytes:
    """What tells a key's signatures from others: a hash of its name, algorithm and bytes."""
    return hashlib.sha256(f"{name}\n".encode() + bytes([algorithm]) + public).digest()[:4]
