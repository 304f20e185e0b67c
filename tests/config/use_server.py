"""Run as a program: use the server of a home until a line, or a signal, comes in.

Prints `progress: …` lines, then `ready: <socket folder>`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from lmb.config.postgres import embedded
from lmb.config.processes import exit_on_signals


def main() -> None:
    exit_on_signals()
    home = Path(sys.argv[1])
    with embedded(home, progress=lambda step: print(f"progress: {step}", flush=True)) as server:
        print(f"ready: {server.host}", flush=True)
        sys.stdin.readline()


if __name__ == "__main__":
    main()
