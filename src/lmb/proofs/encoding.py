"""How the C2SP text formats write numbers and bytes: one way only, so that what was signed and
what was read cannot differ."""

from __future__ import annotations

import base64
import binascii
import re

from lmb.proofs.errors import MalformedError

HASH_BYTES = 32
"""SHA-256."""

SIZE_MAX = 2**63 - 1
"""The largest tree size, index and timestamp taken: what a signed 64-bit integer holds."""

_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}")


def decimal_from_text(text: str, what: str) -> int:
    """A number in ASCII decimal without sign or leading zeros. Raises MalformedError."""
    if not _DECIMAL.fullmatch(text) or int(text) > SIZE_MAX:
        raise MalformedError(
            f"{what} is {_shown(text)}; it must be a decimal number from 0 to 2^63 - 1 "
            "without sign, space or leading zero"
        )
    return int(text)


def bytes_from_base64(text: str, what: str) -> bytes:
    """Bytes of standard base64 with padding, written the one canonical way (RFC 4648 section 4).
    Raises MalformedError."""
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise MalformedError(f"{what} is not base64: {_shown(text)}") from error
    if base64_from_bytes(content) != text:
        raise MalformedError(f"{what} is not written in the one canonical base64: {_shown(text)}")
    return content


def hash_from_base64(text: str, what: str) -> bytes:
    """A SHA-256 hash in base64. Raises MalformedError."""
    return checked_hash(bytes_from_base64(text, what), what)


def checked_hash(content: bytes, what: str) -> bytes:
    """The same bytes when they are as long as a hash. Raises MalformedError."""
    if len(content) != HASH_BYTES:
        raise MalformedError(f"{what} has {len(content)} bytes; a SHA-256 hash has {HASH_BYTES}")
    return content


def base64_from_bytes(content: bytes) -> str:
    """Standard base64 with padding."""
    return base64.b64encode(content).decode("ascii")


def _shown(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:60] + "…")
