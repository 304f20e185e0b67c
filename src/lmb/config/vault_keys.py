"""The vault's keys of this clone, in a file only its owner may read. For development and small
installations: a KMS or HSM takes this file's place behind the same interfaces (`lmb.people.keys`).

    keys.json   {"master": {"current": "local-1", "keys": {"local-1": base64}},
                 "index": {"current": 1, "keys": {"1": base64}}, "receipts": base64}
"""

from __future__ import annotations

import base64
import json
import secrets
import stat
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from lmb.config.paths import home
from lmb.people.keys import LocalIndexKeys, LocalMasterKeys, VaultKeys
from lmb.people.receipts import LocalSigner
from lmb.people.sealing import KEY_BYTES
from lmb.proofs.key_files import replace_file
from lmb.values.errors import EnvironmentProblem


@dataclass(frozen=True, slots=True)
class KeyFile:
    """The keys of one file, ready to use."""

    vault: VaultKeys
    receipts: LocalSigner


def key_file() -> Path:
    """Where this clone keeps the vault's keys."""
    return home() / "vault" / "keys.json"


@cache
def of_this_clone() -> KeyFile:
    """The keys of this clone, read once a process."""
    return load(key_file())


def load(path: Path) -> KeyFile:
    """The keys of a file, made at the first use. Raises EnvironmentProblem when others may read it
    or it holds something else."""
    if not path.exists():
        _make(path)
    document = _read(path)
    try:
        master, index = document["master"], document["index"]
        return KeyFile(
            VaultKeys(
                LocalMasterKeys(
                    master["current"],
                    {name: _key(text) for name, text in master["keys"].items()},
                    secrets.token_bytes,
                ),
                LocalIndexKeys(
                    index["current"],
                    {int(number): _key(text) for number, text in index["keys"].items()},
                ),
                secrets.token_bytes,
            ),
            LocalSigner.from_seed(_key(document["receipts"])),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        # From None: the file's content must not reach a log.
        raise EnvironmentProblem(f"{path} holds no keys of a vault; restore it") from None


def add_keys(path: Path) -> KeyFile:
    """Add a new master key and a new index key and make them the current ones. The old ones stay
    until `drop_old_keys`."""
    document = _read(path)
    master, index = document["master"], document["index"]
    number = 1 + max(map(int, index["keys"]))
    index["keys"][str(number)] = _new()
    index["current"] = number
    name = f"local-{1 + len(master['keys']) + int(master.get('dropped', 0))}"
    master["keys"][name] = _new()
    master["current"] = name
    _write(path, document)
    return load(path)


def drop_old_keys(path: Path) -> None:
    """Forget all keys but the current ones. What was wrapped under them in a backup opens nowhere
    any more."""
    document = _read(path)
    for part in ("master", "index"):
        kept = str(document[part]["current"])
        document[part]["dropped"] = (
            document[part].get("dropped", 0) + len(document[part]["keys"]) - 1
        )
        document[part]["keys"] = {kept: document[part]["keys"][kept]}
    _write(path, document)


def _make(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write(
        path,
        {
            "master": {"current": "local-1", "keys": {"local-1": _new()}},
            "index": {"current": 1, "keys": {"1": _new()}},
            "receipts": _new(),
        },
    )


def _read(path: Path) -> dict[str, Any]:
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise EnvironmentProblem(f"{path} can be read by others; run: chmod 600 {path}")
    try:
        document = json.loads(path.read_text())
    except ValueError:
        raise EnvironmentProblem(f"{path} holds no keys of a vault; restore it") from None
    if not isinstance(document, dict):
        raise EnvironmentProblem(f"{path} holds no keys of a vault; restore it")
    return document


def _write(path: Path, document: dict[str, Any]) -> None:
    replace_file(path, json.dumps(document, indent=1).encode())


def _new() -> str:
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def _key(text: str) -> bytes:
    key = base64.b64decode(text, validate=True)
    if len(key) != KEY_BYTES:
        raise ValueError(f"a key has {KEY_BYTES} bytes")
    return key
