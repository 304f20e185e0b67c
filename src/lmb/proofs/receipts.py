"""Receipts (C2SP tlog-proof): one text that shows offline that a leaf is in a log.

c2sp.org/tlog-proof@v1
extra <base64>               what the leaf stands for; proves nothing by itself
index <number>
<base64 hash>                 the inclusion proof, one hash a line
                              an empty line
<checkpoint>                  signed by the log and its witnesses
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lmb.proofs.checkpoints import (
    Checkpoint,
    check_empty_root,
    check_log_signature,
    parse_checkpoint,
)
from lmb.proofs.encoding import (
    base64_from_bytes,
    bytes_from_base64,
    decimal_from_text,
    hash_from_base64,
)
from lmb.proofs.errors import MalformedError, NotProvenError
from lmb.proofs.keys import VerifierKey
from lmb.proofs.notes import NOTE_BYTES_MAX, Note
from lmb.proofs.tree import leaf_hash
from lmb.proofs.verification import verify_inclusion

HEADER = "c2sp.org/tlog-proof@v1"
PROOF_HASHES_MAX = 63
RECEIPT_BYTES_MAX = 2 * NOTE_BYTES_MAX


@dataclass(frozen=True, slots=True)
class Receipt:
    """A leaf's place in a log, the proof of it, and the signed checkpoint it leads to."""

    index: int
    proof: tuple[bytes, ...]
    checkpoint: Checkpoint
    note: Note
    extra: bytes | None = None

    @property
    def content(self) -> bytes:
        lines = [HEADER]
        if self.extra is not None:
            lines.append(f"extra {base64_from_bytes(self.extra)}")
        lines.append(f"index {self.index}")
        lines += map(base64_from_bytes, self.proof)
        return "".join(f"{line}\n" for line in (*lines, "")).encode() + self.note.content


@dataclass(frozen=True, slots=True)
class Cosigner:
    """A witness whose cosignature was verified, and the second it was made at."""

    name: str
    timestamp: int


def parse_receipt(content: bytes) -> Receipt:
    """Read a receipt without verifying it. Raises MalformedError."""
    if len(content) > RECEIPT_BYTES_MAX:
        raise MalformedError(f"a receipt of {len(content):,} bytes; at most {RECEIPT_BYTES_MAX:,}")
    head, separator, note = content.partition(b"\n\n")
    if not separator:
        raise MalformedError("a receipt needs an empty line between its proof and its checkpoint")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise MalformedError(f"the proof of a receipt must be ASCII text: {error}") from error
    if lines.pop(0) != HEADER:
        raise MalformedError(f"a receipt starts with the line {HEADER}")
    extra = None
    if lines and lines[0].startswith("extra "):
        extra = bytes_from_base64(lines.pop(0).removeprefix("extra "), "the extra data")
    if not lines or not lines[0].startswith("index "):
        raise MalformedError("a receipt names its leaf in a line: index <number>")
    index = decimal_from_text(lines.pop(0).removeprefix("index "), "the index")
    if len(lines) > PROOF_HASHES_MAX:
        raise MalformedError(f"a proof of {len(lines)} hashes; at most {PROOF_HASHES_MAX}")
    proof = tuple(hash_from_base64(line, "a hash of the proof") for line in lines)
    return Receipt(index, proof, *parse_checkpoint(note), extra)


def verify_receipt(
    receipt: Receipt,
    leaf: bytes,
    logs: Sequence[VerifierKey],
    witnesses: Sequence[VerifierKey],
    quorum: int,
) -> tuple[Cosigner, ...]:
    """The witnesses that cosigned, when the leaf is in the log and at least `quorum` did.

    Raises NotProvenError otherwise, and for a false signature of any known key. Two keys of one
    witness count once.
    """
    stated = receipt.checkpoint
    check_log_signature(stated, receipt.note, tuple(logs))
    check_empty_root(stated)
    cosigners = cosigners_of(receipt.note, witnesses)
    if len({cosigner.name for cosigner in cosigners}) < quorum:
        raise NotProvenError(
            f"{len({cosigner.name for cosigner in cosigners})} known witnesses cosigned this "
            f"checkpoint; {quorum} are asked for"
        )
    verify_inclusion(receipt.index, stated.size, leaf_hash(leaf), receipt.proof, stated.root)
    return cosigners


def cosigners_of(note: Note, witnesses: Sequence[VerifierKey]) -> tuple[Cosigner, ...]:
    """The known witnesses whose cosignatures a checkpoint carries, each with its newest time.
    Raises NotProvenError for a false one."""
    by_key = {(key.name, key.key_id): key for key in witnesses if key.algorithm.is_cosignature}
    newest: dict[str, int] = {}
    for signature in note.verified(by_key.values()):
        key = by_key[signature.name, signature.key_id]
        timestamp = key.timestamp(signature.content)
        newest[key.name] = max(timestamp, newest.get(key.name, 0))
    return tuple(Cosigner(name, timestamp) for name, timestamp in sorted(newest.items()))
