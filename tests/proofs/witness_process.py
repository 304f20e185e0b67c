"""`lmb witness serve` as a process of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lmb.proofs.keys import VerifierKey, parse_verifier_key
from tests.proofs.support import LOG

NAME = "auditor.example/w1"


@contextmanager
def process(
    folder: Path, log: str = LOG.verifier.text
) -> Iterator[tuple[subprocess.Popen[str], int, list[VerifierKey]]]:
    """`lmb witness serve` as a process, with the port and the keys it tells."""
    program = (
        "from lmb.config.processes import exit_on_signals; from lmb.cli.witness import witness;"
        "exit_on_signals(); witness()"
    )
    words = ["serve", "--name", NAME, "--folder", str(folder), "--port", "0"]
    with subprocess.Popen(
        [sys.executable, "-c", program, *words, "--log", log],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as running:
        try:
            assert running.stdout is not None
            keys = [parse_verifier_key(running.stdout.readline().split()[-1]) for _ in range(2)]
            assert running.stdout.readline() == f"group {NAME} any {NAME}#1 {NAME}#2\n"
            found = re.search(r":(\d+)$", running.stdout.readline().strip())
            assert found is not None
            yield running, int(found[1]), keys
        finally:
            running.kill()
