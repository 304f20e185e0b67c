"""A witness's folder: its keys, what it has seen, and the promise that only one process uses it.

    witness.key   its signing keys, one a line, readable by their owner alone
    state         the newest checkpoint it cosigned of each log, replaced as a whole
    lock          held while a process runs

A witness that forgets would cosign two histories. So what it saw is on the disk before a
cosignature leaves, and a key without its state is refused rather than started afresh.
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from lmb.proofs.checkpoints import Checkpoint, parse_checkpoint
from lmb.proofs.errors import MalformedError
from lmb.proofs.key_files import read_signing_keys, replace_file, write_signing_keys
from lmb.proofs.keys import Algorithm, SigningKey, generate_signing_key
from lmb.proofs.notes import Note
from lmb.values.errors import EnvironmentProblem

KEY_FILE = "witness.key"
STATE_FILE = "state"
LOCK_FILE = "lock"
STATE_VERSION = 1
STATE_BYTES_MAX = 64 * 2**20


@dataclass(slots=True)
class WitnessHome:
    """An open folder. `seen` is what is on the disk, never more."""

    folder: Path
    keys: tuple[SigningKey, ...]
    notes: dict[str, Note] = field(default_factory=dict)
    seen: dict[str, Checkpoint] = field(default_factory=dict)

    def keep(self, note: Note) -> None:
        """Replace what was seen of a log. When this returns it survives a power failure."""
        checkpoint, parsed = parse_checkpoint(note.content)
        notes = {**self.notes, checkpoint.origin: parsed}
        _write_state(self.folder / STATE_FILE, notes)
        self.notes = notes
        self.seen = {**self.seen, checkpoint.origin: checkpoint}


@contextmanager
def witness_home(folder: Path, name: str) -> Iterator[WitnessHome]:
    """The folder of the witness with this name, made with new keys where there is none.

    Raises EnvironmentProblem when it is in use, another witness's, or has lost its key or state.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / LOCK_FILE).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise EnvironmentProblem(
                f"another process is the witness of {folder}; stop it or choose another folder"
            ) from error
        yield _opened(folder, name)


def _opened(folder: Path, name: str) -> WitnessHome:
    key_file, state_file = folder / KEY_FILE, folder / STATE_FILE
    if not state_file.exists():
        if key_file.exists():
            raise EnvironmentProblem(
                f"{state_file} is gone: without it this witness could cosign another history. "
                "Restore it, or start a new witness with new keys in an empty folder"
            )
        # The state comes first: a key without state is never left behind by a crash in between.
        _write_state(state_file, {})
    notes = _read_state(state_file)
    if not key_file.exists():
        if notes:
            raise EnvironmentProblem(
                f"{key_file} is gone, but this witness has cosigned before. Restore it, or start "
                "a new witness in an empty folder"
            )
        write_signing_keys(key_file, _new_keys(name))
    seen = {origin: parse_checkpoint(note.content)[0] for origin, note in notes.items()}
    return WitnessHome(folder, _own_keys(key_file, name), notes, seen)


def _new_keys(name: str) -> list[SigningKey]:
    return [
        generate_signing_key(name, algorithm)
        for algorithm in (Algorithm.ED25519_COSIGNATURE, Algorithm.ML_DSA_44_COSIGNATURE)
    ]


def _own_keys(path: Path, name: str) -> tuple[SigningKey, ...]:
    keys = read_signing_keys(path)
    if any(key.name != name or not key.algorithm.is_cosignature for key in keys):
        raise EnvironmentProblem(
            f"{path} does not hold the cosigning keys of {name}; "
            "give the name this folder was made with"
        )
    return keys


def _write_state(path: Path, notes: dict[str, Note]) -> None:
    texts = {origin: note.content.decode() for origin, note in notes.items()}
    document = {"version": STATE_VERSION, "checkpoints": texts}
    replace_file(path, json.dumps(document, ensure_ascii=False, indent=1).encode())


def _read_state(path: Path) -> dict[str, Note]:
    try:
        if path.stat().st_size > STATE_BYTES_MAX:
            raise ValueError("it is too large")
        document = json.loads(path.read_bytes())
        if document["version"] != STATE_VERSION:
            raise ValueError(f"version {document['version']} is not known")
        notes: dict[str, Note] = {}
        for origin, text in document["checkpoints"].items():
            checkpoint, note = parse_checkpoint(text.encode())
            if checkpoint.origin != origin:
                raise ValueError(f"the checkpoint of {origin} is of {checkpoint.origin}")
            notes[origin] = note
    except (ValueError, TypeError, KeyError, AttributeError, MalformedError) as error:
        raise EnvironmentProblem(
            f"{path} cannot be read ({error}); restore it, or start a new witness with new keys "
            "in an empty folder"
        ) from error
    return notes
