"""Where this clone keeps what is not code: installed assets, data, logs."""

from __future__ import annotations

import os
from pathlib import Path

CLONE = Path(__file__).resolve().parents[3]


def home() -> Path:
    """The folder of this clone's data: LMB_HOME when set, else `var` in the clone."""
    chosen = os.environ.get("LMB_HOME")
    return Path(chosen).expanduser().resolve() if chosen else CLONE / "var"
