"""A witness (C2SP tlog-witness): it remembers the newest checkpoint of each log it cosigned and
cosigns another only when that extends it.

    request ──answered(seen, logs)──▶ Refusal, or Advance ──the caller keeps it, then cosigns──▶

Nothing here reads a clock, signs or stores: `answered` decides, and whoever calls it must have
kept the advance before a cosignature leaves the house.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from lmb.proofs.checkpoints import (
    Checkpoint,
    check_empty_root,
    check_log_signature,
    parse_checkpoint,
)
from lmb.proofs.encoding import base64_from_bytes, decimal_from_text, hash_from_base64
from lmb.proofs.errors import MalformedError, NotProvenError
from lmb.proofs.keys import SigningKey, VerifierKey
from lmb.proofs.notes import NOTE_BYTES_MAX, Note, Signature, parse_note
from lmb.proofs.receipts import PROOF_HASHES_MAX
from lmb.proofs.verification import verify_consistency

REQUEST_BYTES_MAX = NOTE_BYTES_MAX + 4096
SIZE_CONTENT_TYPE = "text/x.tlog.size"
TEXT_CONTENT_TYPE = "text/plain; charset=utf-8"

_OLD = "old "


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """A log's request: its newest checkpoint, and the proof that it extends an older one."""

    old_size: int
    proof: tuple[bytes, ...]
    checkpoint: Checkpoint
    note: Note

    @property
    def content(self) -> bytes:
        lines = [f"{_OLD}{self.old_size}", *map(base64_from_bytes, self.proof), ""]
        return "".join(f"{line}\n" for line in lines).encode() + self.note.content


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a witness does not cosign. `size` is what it cosigned last, for status 409 alone."""

    status: HTTPStatus
    reason: str
    size: int | None = None

    @property
    def content_type(self) -> str:
        return TEXT_CONTENT_TYPE if self.size is None else SIZE_CONTENT_TYPE

    @property
    def body(self) -> bytes:
        return f"{self.reason if self.size is None else self.size}\n".encode()


@dataclass(frozen=True, slots=True)
class Advance:
    """A checkpoint that extends what was seen, with its log's signatures alone."""

    checkpoint: Checkpoint
    note: Note


def parse_add_checkpoint(content: bytes) -> AddCheckpoint:
    """Read a request without judging it. Raises MalformedError."""
    head, separator, note = content.partition(b"\n\n")
    if not separator:
        raise MalformedError("a request needs an empty line between its proof and its checkpoint")
    try:
        first, *lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise MalformedError(f"the proof of a request must be ASCII text: {error}") from error
    if not first.startswith(_OLD):
        raise MalformedError("a request starts with the line: old <size>")
    old_size = decimal_from_text(first.removeprefix(_OLD), "the old size")
    if len(lines) > PROOF_HASHES_MAX:
        raise MalformedError(f"a proof of {len(lines)} hashes; at most {PROOF_HASHES_MAX}")
    proof = tuple(hash_from_base64(line, "a hash of the proof") for line in lines)
    return AddCheckpoint(old_size, proof, *parse_checkpoint(note))


def answered(
    content: bytes, seen: Mapping[str, Checkpoint], logs: Sequence[VerifierKey]
) -> Refusal | Advance:
    """Decide on a request by what was cosigned last for each origin. The order of the checks is
    the protocol's."""
    try:
        request = parse_add_checkpoint(content)
    except MalformedError as error:
        return Refusal(HTTPStatus.BAD_REQUEST, str(error))
    stated = request.checkpoint
    own = [key for key in logs if key.name == stated.origin]
    if not own:
        return Refusal(HTTPStatus.NOT_FOUND, f"the log {stated.origin!r} is not known here")
    try:
        check_log_signature(stated, request.note, tuple(own))
    except NotProvenError as error:
        return Refusal(HTTPStatus.FORBIDDEN, str(error))
    return _judged(request, seen.get(stated.origin), own)


def _judged(
    request: AddCheckpoint, seen: Checkpoint | None, own: Sequence[VerifierKey]
) -> Refusal | Advance:
    stated = request.checkpoint
    seen_size = 0 if seen is None else seen.size
    if request.old_size > stated.size:
        reason = f"the old size {request.old_size} is beyond the checkpoint's {stated.size}"
        return Refusal(HTTPStatus.BAD_REQUEST, reason)
    if request.old_size != seen_size:
        return Refusal(HTTPStatus.CONFLICT, f"cosigned last: {seen_size}", seen_size)
    try:
        check_empty_root(stated)
        _check_extends(request, seen)
    except NotProvenError as error:
        return Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, str(error))
    return Advance(stated, Note(stated.text, request.note.verified(own)))


def _check_extends(request: AddCheckpoint, seen: Checkpoint | None) -> None:
    stated = request.checkpoint
    if seen is None or seen.size == 0:
        if request.proof:
            raise NotProvenError("a proof from an empty log must be empty")
        return
    verify_consistency(seen.size, stated.size, request.proof, seen.root, stated.root)


def cosigned(advance: Advance, keys: Sequence[SigningKey], timestamp: int) -> bytes:
    """The signature lines a witness answers with. `timestamp` is in seconds since 1970, not 0."""
    return b"".join(key.sign(advance.checkpoint.text, timestamp).line.encode() for key in keys)


def cosignatures_in(
    answer: bytes, checkpoint_text: str, witnesses: Sequence[VerifierKey]
) -> tuple[Signature, ...]:
    """The cosignatures of known witnesses in an answer, verified over the checkpoint sent.

    Raises MalformedError for an answer that is none, NotProvenError for a false signature.
    """
    note = parse_note(f"{checkpoint_text}\n".encode() + answer)
    keys = [key for key in witnesses if key.algorithm.is_cosignature]
    return note.verified(keys)
