"""Checkpoints (C2SP tlog-checkpoint): which log, how many leaves, which root."""

from __future__ import annotations

from dataclasses import dataclass

from lmb.proofs.encoding import base64_from_bytes, decimal_from_text, hash_from_base64
from lmb.proofs.errors import MalformedError, NotProvenError
from lmb.proofs.notes import Note, Verifier, parse_note
from lmb.proofs.tree import EMPTY_ROOT


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log states about itself. Extension lines are opaque; ours has none."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The note text, three lines or more."""
        lines = (self.origin, str(self.size), base64_from_bytes(self.root), *self.extensions)
        return "".join(f"{line}\n" for line in lines)


def parse_checkpoint_text(text: str) -> Checkpoint:
    """Read the text of a checkpoint's note. Raises MalformedError."""
    if not text.endswith("\n"):
        raise MalformedError("the last line of a checkpoint must end with a newline")
    lines = text[:-1].split("\n")
    if len(lines) < 3 or "" in lines:
        raise MalformedError(
            "a checkpoint has three lines or more, none of them empty: origin, size, root"
        )
    size = decimal_from_text(lines[1], "the size of the checkpoint")
    root = hash_from_base64(lines[2], "the root of the checkpoint")
    return Checkpoint(lines[0], size, root, tuple(lines[3:]))


def parse_checkpoint(content: bytes) -> tuple[Checkpoint, Note]:
    """Read a signed checkpoint without verifying it. Raises MalformedError."""
    note = parse_note(content)
    return parse_checkpoint_text(note.text), note


def check_log_signature(checkpoint: Checkpoint, note: Note, keys: tuple[Verifier, ...]) -> None:
    """Return when the checkpoint is its log's own. Raises NotProvenError otherwise.

    A log's keys are named by its origin: a key of another log says nothing about this one.
    """
    own = [key for key in keys if key.name == checkpoint.origin]
    if not own:
        raise NotProvenError(f"no key is known for the log {checkpoint.origin!r}")
    if not note.verified(own):
        raise NotProvenError(
            f"no known key of the log {checkpoint.origin!r} signed this checkpoint"
        )


def check_empty_root(checkpoint: Checkpoint) -> None:
    """Return unless a log without leaves states another root than that of no leaves."""
    if checkpoint.size == 0 and checkpoint.root != EMPTY_ROOT:
        raise NotProvenError("a log without leaves has the root of no leaves")
