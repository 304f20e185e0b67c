"""The key Django signs with: from the environment, else made once for this clone."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from lmb.config.paths import home

VARIABLE = "LMB_SECRET_KEY"


def secret_key() -> str:
    """The key of LMB_SECRET_KEY, else of `secret_key` in the home, readable by its owner only.

    Where the home cannot be written, a key for this process alone.
    """
    given = os.environ.get(VARIABLE)
    if given:
        return given
    path = home() / "secret_key"
    try:
        return path.read_text().strip() or _make(path)
    except FileNotFoundError:
        return _make(path)
    except PermissionError:
        return secrets.token_urlsafe(48)


def _make(path: Path) -> str:
    """Write the whole key under another name and link it: two first runs agree on one key."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(48))
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_text().strip()
