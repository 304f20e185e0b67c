"""Files that must not be half written or read by others: signing keys, a witness's memory."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from lmb.proofs.errors import MalformedError
from lmb.proofs.keys import SigningKey, parse_signing_key
from lmb.values.errors import EnvironmentProblem


def replace_file(path: Path, content: bytes) -> None:
    """Write a file, readable by its owner alone, so that a crash leaves the old one or the new
    one, whole and on the disk."""
    draft = path.with_name(f"{path.name}.new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def write_signing_keys(path: Path, keys: Iterable[SigningKey]) -> None:
    """Write keys one a line."""
    replace_file(path, "".join(f"{key.text}\n" for key in keys).encode())


def read_signing_keys(path: Path) -> tuple[SigningKey, ...]:
    """The keys of a file, at least one. Raises EnvironmentProblem when others may read it or it
    holds none."""
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise EnvironmentProblem(f"{path} can be read by others; run: chmod 600 {path}")
    try:
        keys = tuple(map(parse_signing_key, path.read_text().splitlines()))
    except (MalformedError, UnicodeDecodeError) as error:
        raise EnvironmentProblem(f"{path} holds no signing keys; restore it") from error
    if not keys:
        raise EnvironmentProblem(f"{path} is empty and holds no signing keys; restore it")
    return keys
