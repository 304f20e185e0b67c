"""The signing keys of logs in this clone's data."""

from __future__ import annotations

from pathlib import Path

from lmb.config.paths import home
from lmb.proofs.key_files import read_signing_keys, write_signing_keys
from lmb.proofs.keys import Algorithm, SigningKey, generate_signing_key

DOMAIN = "labor-market-bonds.example"
"""Logs are named below it; `example` says that nobody serves them there (RFC 2606)."""


def log_keys(cell: int) -> tuple[SigningKey, ...]:
    """The keys of a cell's log, made at the first use."""
    path = log_key_file(cell)
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        origin = f"{DOMAIN}/books/{cell}"
        algorithms = (Algorithm.ED25519, Algorithm.ML_DSA_44_COSIGNATURE)
        write_signing_keys(path, [generate_signing_key(origin, each) for each in algorithms])
    return read_signing_keys(path)


def log_key_file(cell: int) -> Path:
    """Where the signing keys of a cell's log are kept in this clone's data."""
    return _folder() / f"{cell}.key"


def cells_with_keys() -> list[int]:
    """The cells whose log can be signed here."""
    return sorted(int(path.stem) for path in _folder().glob("*.key") if path.stem.isdecimal())


def _folder() -> Path:
    return home() / "proofs"
