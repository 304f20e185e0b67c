"""Run the benchmarks named on the command line, or all: `python -m benchmarks [NAME …]`."""

from __future__ import annotations

import os
import platform
import sys
from importlib import import_module
from pathlib import Path


def names() -> list[str]:
    """Every benchmark here: a module with a `main`."""
    files = Path(__file__).parent.glob("*.py")
    return sorted(file.stem for file in files if not file.stem.startswith("_"))


def main() -> None:
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    for name in sys.argv[1:] or names():
        print(f"\n{name}", flush=True)
        import_module(f"benchmarks.{name}").main()


if __name__ == "__main__":
    main()
