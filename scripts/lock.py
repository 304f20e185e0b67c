"""Write the lock files again: hashed requirements, npm lock, manifest of the copied assets.

No lock file names a registry: whoever installs uses the registry configured on that machine, and
the hashes decide whether what it serves is what was locked. `--upgrade` looks for newer releases;
without it only what pyproject.toml or package.json asks for differently changes.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
import venv
from pathlib import Path

from set_up import BIN, REQUIREMENTS, ROOT, install_assets

OPTIONS = [
    "--quiet",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--universal",
    "--python-version=3.11",
    "--custom-compile-command=make lock",
]


def compile_requirements(uv: Path, upgrade: list[str]) -> None:
    # The order matters: dev.txt takes the versions that run.txt settled.
    jobs = [
        (["requirements/build.in"], "build.txt"),
        (["pyproject.toml"], "run.txt"),
        (["pyproject.toml", "--extra=dev", "--constraint=requirements/run.txt"], "dev.txt"),
        (["requirements/spark.in"], "spark.txt"),
    ]
    for sources, output in jobs:
        target = str(REQUIREMENTS / output)
        command = [str(uv), "pip", "compile", *OPTIONS, *upgrade, *sources, "-o", target]
        subprocess.run(command, cwd=ROOT, check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--upgrade", action="store_true", help="take the newest releases allowed")
    upgrade = ["--upgrade"] if parser.parse_args().upgrade else []
    with tempfile.TemporaryDirectory(prefix="lmb-lock-") as folder:
        venv.create(folder, with_pip=True)
        python = Path(folder) / "bin" / "python"
        subprocess.run([python, "-m", "pip", "install", "--quiet", "uv"], check=True)
        compile_requirements(python.with_name("uv"), upgrade)
    subprocess.run(
        [
            *(str(BIN / "npm"), "install", "--package-lock-only", "--ignore-scripts"),
            *("--omit-lockfile-registry-resolved", "--no-audit", "--no-fund"),
        ],
        cwd=ROOT,
        check=True,
    )
    (ROOT / "src/lmb/config/assets.sha256").unlink(missing_ok=True)
    install_assets()


if __name__ == "__main__":
    main()
