"""What a cosigner signs (C2SP tlog-cosignature), and how the signature is wrapped.

timestamped_signature = timestamp (8 bytes, big-endian seconds since 1970) | signature
"""

from __future__ import annotations

from dataclasses import dataclass

from lmb.proofs.checkpoints import Checkpoint
from lmb.proofs.encoding import SIZE_MAX
from lmb.proofs.errors import MalformedError

TIMESTAMP_BYTES = 8
ED25519_SIGNATURE_BYTES = 64
ML_DSA_44_SIGNATURE_BYTES = 2420

_ED25519_HEADER = "cosignature/v1"
_ML_DSA_44_LABEL = b"subtree/v1\n\0"
_NAME_BYTES_MAX = 255


@dataclass(frozen=True, slots=True)
class TimestampedSignature:
    """A signature and the second it was made at, 0 where the cosigner makes no claim of time."""

    timestamp: int
    signature: bytes

    @property
    def content(self) -> bytes:
        return self.timestamp.to_bytes(TIMESTAMP_BYTES, "big") + self.signature


def parse_timestamped(content: bytes, signature_bytes: int) -> TimestampedSignature:
    """Read a cosignature of an algorithm whose signatures are this long. Raises MalformedError."""
    if len(content) != TIMESTAMP_BYTES + signature_bytes:
        raise MalformedError(
            f"a cosignature of {len(content)} bytes, expected {TIMESTAMP_BYTES + signature_bytes}"
        )
    timestamp = int.from_bytes(content[:TIMESTAMP_BYTES], "big")
    if timestamp > SIZE_MAX:
        raise MalformedError(f"a cosignature's time of {timestamp} is beyond 2^63 - 1")
    return TimestampedSignature(timestamp, content[TIMESTAMP_BYTES:])


def ed25519_message(text: str, timestamp: int) -> bytes:
    """What an Ed25519 cosigner signs: two lines, then the whole text of the checkpoint."""
    return f"{_ED25519_HEADER}\ntime {timestamp}\n{text}".encode()


def ml_dsa_44_message(cosigner: str, timestamp: int, checkpoint: Checkpoint) -> bytes:
    """What an ML-DSA-44 cosigner signs: its name, the time, and the tree as a subtree from 0.

    Extension lines are not part of it. Raises MalformedError for a name over 255 bytes.
    """
    return b"".join(
        (
            _ML_DSA_44_LABEL,
            _prefixed(cosigner, "cosigner"),
            timestamp.to_bytes(8, "big"),
            _prefixed(checkpoint.origin, "origin"),
            (0).to_bytes(8, "big"),
            checkpoint.size.to_bytes(8, "big"),
            checkpoint.root,
        )
    )


def _prefixed(name: str, what: str) -> bytes:
    content = name.encode()
    if not 1 <= len(content) <= _NAME_BYTES_MAX:
        raise MalformedError(f"the {what} {name[:60]!r} has {len(content)} bytes; at most 255")
    return bytes([len(content)]) + content
