"""Make this clone ready to run: environment, packages, page assets, translations.

Runs on the machine's own Python with the standard library alone, because nothing is installed yet.
Each step is skipped when what it read last time is unchanged, so running it again costs nothing;
an interrupted step runs again. `--dev` adds what `make test` needs, `--spark` a cluster to test on.
"""

from __future__ import annotations

import argparse
import fcntl
import gzip
import hashlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENT = ROOT / ".venv"
BIN = ENVIRONMENT / "bin"
PYTHON = BIN / "python"
REQUIREMENTS = ROOT / "requirements"
VERIFIER = ROOT / "verifier"
ASSETS = ROOT / "var" / "assets"
MINIMUM_PYTHON = (3, 11)


class SetUpError(Exception):
    """A step failed; the message says which and what to do next."""


def fingerprint(parts: Iterable[Path | str]) -> str:
    """One hash over files (by content; absent counts as empty) and literal strings."""
    digest = hashlib.sha256()
    for part in parts:
        content = part.encode() if isinstance(part, str) else read_if_present(part)
        digest.update(hashlib.sha256(content).digest())
    return digest.hexdigest()


def read_if_present(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""


def step(title: str, stamp: Path, key: str, action: Callable[[], None]) -> bool:
    """Run `action` unless `stamp` holds `key` already; tell whether it ran."""
    if stamp.exists() and stamp.read_text() == key:
        return False
    stamp.unlink(missing_ok=True)
    print(f"{title} …", flush=True)
    started = time.monotonic()
    action()
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(key)
    print(f"  done in {time.monotonic() - started:.1f} s", flush=True)
    return True


def run(*words: str | Path, next_step: str) -> None:
    """Run one tool from the clone's root with the new environment first on PATH."""
    environment = dict(os.environ)
    environment["PATH"] = f"{BIN}{os.pathsep}{environment.get('PATH', os.defpath)}"
    # A personal `pip --user` default would fail inside an environment.
    environment["PIP_USER"] = "0"
    environment["PIP_NO_INPUT"] = "1"
    environment["PIP_DISABLE_PIP_VERSION_CHECK"] = "1"
    # Trust the authorities this machine trusts, as pip does: a company's proxy may need it.
    environment.setdefault("NODE_USE_SYSTEM_CA", "1")
    command = [str(word) for word in words]
    result = subprocess.run(command, cwd=ROOT, env=environment, check=False)
    if result.returncode != 0:
        shown = " ".join(command[:4])
        raise SetUpError(f"`{shown} …` failed (exit code {result.returncode}). {next_step}")


def make_environment() -> None:
    run(
        *(sys.executable, "-m", "venv", "--clear", ENVIRONMENT),
        next_step="On Debian, install the package python3-venv and run this again.",
    )
    pip_install("build.txt")


def pip_install(requirements: str) -> None:
    """Install one hashed file. Without build isolation: the build tools are pinned here too."""
    run(
        *(PYTHON, "-m", "pip", "install", "--quiet", "--require-hashes", "--no-deps"),
        *("--no-build-isolation", "-r", REQUIREMENTS / requirements),
        next_step="Check the network connection to the Python package index and run this again.",
    )


def install_project() -> None:
    """Install the house, and beside it the verifier, which knows nothing of the house."""
    run(
        *(PYTHON, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps"),
        *("--no-build-isolation", "--editable", ROOT, "--editable", VERIFIER),
        next_step="Check pyproject.toml and verifier/pyproject.toml.",
    )


def install_assets() -> None:
    """Install the npm packages by their integrity hashes and copy the few files the pages use."""
    with tempfile.TemporaryDirectory(prefix="lmb-npm-") as cache:
        run(
            *(BIN / "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"),
            *("--no-update-notifier", "--loglevel=error", f"--cache={cache}"),
            next_step="Check the network connection to the npm registry and run this again.",
        )
    run(
        *(PYTHON, "-m", "lmb.config.assets"),
        next_step="Run `make lock` after a change of package.json.",
    )


def compress_stylesheets() -> None:
    """Lay a compressed copy beside each of our stylesheets: the page server sends it to browsers
    that take it, a fifth of the bytes."""
    for source in stylesheets():
        compressed = gzip.compress(source.read_bytes(), mtime=0)
        source.with_name(f"{source.name}.gz").write_bytes(compressed)


def stylesheets() -> list[Path]:
    return sorted(ROOT.glob("src/lmb/*/static/**/*.css"))


def compile_translations() -> None:
    for source in translation_sources():
        run(
            *(BIN / "pybabel", "--quiet", "compile", "-l", source.parent.parent.name),
            *("-i", source, "-o", source.with_suffix(".mo")),
            next_step="Correct the translation file named above.",
        )


def translation_sources() -> list[Path]:
    return sorted(ROOT.glob("src/lmb/**/locale/*/LC_MESSAGES/*.po"))


def set_up(locks: Sequence[str]) -> None:
    stamps = ENVIRONMENT / "stamps"
    base = fingerprint([sys.version, str(ROOT), REQUIREMENTS / "build.txt"])
    step("Creating the Python environment", stamps / "environment", base, make_environment)
    for name in locks:
        key = fingerprint([REQUIREMENTS / f"{name}.txt"])
        title = f"Installing Python packages (requirements/{name}.txt)"
        step(title, stamps / name, key, partial(pip_install, f"{name}.txt"))
    project = fingerprint([ROOT / "pyproject.toml", VERIFIER / "pyproject.toml", str(ROOT)])
    step("Installing the project", stamps / "project", project, install_project)
    asset_sources = [ROOT / "package-lock.json", *sorted((ROOT / "src/lmb/config").glob("assets*"))]
    assets = fingerprint([path for path in asset_sources if path.is_file()])
    step("Installing page assets", ASSETS / "stamp", assets, install_assets)
    step(
        "Compressing stylesheets",
        stamps / "stylesheets",
        fingerprint(stylesheets()),
        compress_stylesheets,
    )
    step(
        "Compiling translations",
        stamps / "translations",
        fingerprint(translation_sources()),
        compile_translations,
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dev", action="store_true", help="also install what the tests need")
    parser.add_argument("--spark", action="store_true", help="also install Spark")
    arguments = parser.parse_args()
    if sys.version_info < MINIMUM_PYTHON:
        found = ".".join(str(number) for number in sys.version_info[:3])
        print(f"Python 3.11 or newer is needed, found {found}: set PYTHON=… on the make line.")
        return 1
    (ROOT / "var").mkdir(exist_ok=True)
    # Two makes in one clone take turns instead of writing one environment together.
    with (ROOT / "var" / "set-up.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            more = [name for name in ("dev", "spark") if getattr(arguments, name)]
            set_up(["run", *more])
        except SetUpError as error:
            print(f"Set-up stopped: {error}", file=sys.stderr)
            return 1
        except KeyboardInterrupt:
            print("Set-up interrupted; run it again to go on.", file=sys.stderr)
            return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
