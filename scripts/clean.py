"""Remove what set-up and runs made in this clone: environment, assets, caches and data.

A server left behind by a killed run is stopped first, and what root keeps outside the clone
(see `lmb.config.cluster`) is removed with it. What a person put elsewhere with LMB_HOME stays.
"""

from __future__ import annotations

import shutil
import subprocess
import sys

from set_up import PYTHON, ROOT

FOLDERS = [
    "var",
    "node_modules",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".hypothesis",
    ".import_linter_cache",
    "htmlcov",
    ".venv",
]


def main() -> int:
    if PYTHON.exists() and (ROOT / "var" / "postgres").exists():
        command = [str(PYTHON), "-m", "lmb.config.remove"]
        if subprocess.run(command, cwd=ROOT, check=False).returncode != 0:
            print("Nothing was removed.", file=sys.stderr)
            return 1
    for folder in FOLDERS:
        shutil.rmtree(ROOT / folder, ignore_errors=True)
    for cache in [*ROOT.glob("src/**/__pycache__"), *ROOT.glob("tests/**/__pycache__")]:
        shutil.rmtree(cache, ignore_errors=True)
    for translation in ROOT.glob("src/**/*.mo"):
        translation.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
