"""Ask an index which of the locked Python packages have known vulnerabilities.

Exit code 0: none is known. 1: some are, named above. 2: nobody who knows could be asked, which
proves nothing either way. Many an index serves packages and knows nothing of vulnerabilities, so it
is first asked for one that everybody knows.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ("run.txt", "dev.txt", "build.txt")
AUDITOR = (str(ROOT / ".venv" / "bin" / "pip-audit"),)
OPTIONS = ("--disable-pip", "--format=json", "--progress-spinner=off", "--timeout=15")
KNOWN = "django==3.0"
"""Has many known vulnerabilities, and is not installed."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What an index said of a file: the vulnerable packages with their advisories, and those it
    could not tell of; None for both where it did not answer."""

    vulnerable: dict[str, list[str]] | None
    untold: list[str] | None


def ask(auditor: Sequence[str], requirements: Path, *options: str) -> Answer:
    """Ask about the packages of one file."""
    command = [*auditor, *OPTIONS, *options, "-r", str(requirements)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        return Answer(None, None)
    return Answer(
        {
            f"{one['name']} {one['version']}": [found["id"] for found in one["vulns"]]
            for one in packages
            if one.get("vulns")
        },
        [one["name"] for one in packages if "skip_reason" in one],
    )


def knows_vulnerabilities(auditor: Sequence[str]) -> bool:
    """Whether an index answers, and knows of vulnerabilities at all."""
    with tempfile.TemporaryDirectory() as folder:
        requirements = Path(folder) / "known.txt"
        requirements.write_text(f"{KNOWN}\n")
        return bool(ask(auditor, requirements, "--no-deps").vulnerable)


def main(auditor: Sequence[str] = AUDITOR) -> int:
    if not knows_vulnerabilities(auditor):
        return _not_audited("no index that knows of vulnerabilities can be reached from here")
    vulnerable: dict[str, list[str]] = {}
    for name in LOCKS:
        answer = ask(auditor, ROOT / "requirements" / name, "--require-hashes")
        if answer.vulnerable is None or answer.untold:
            untold = ", ".join(answer.untold or ["anything"])
            return _not_audited(f"the index did not tell of {untold} in requirements/{name}")
        vulnerable |= answer.vulnerable
    for package, advisories in sorted(vulnerable.items()):
        print(f"{package}: {', '.join(advisories)}")
    if vulnerable:
        print("Take newer releases with `make lock UPGRADE=1`, or say why these do no harm here.")
        return 1
    print(f"No vulnerability is known in {', '.join(f'requirements/{name}' for name in LOCKS)}.")
    return 0


def _not_audited(why: str) -> int:
    print(f"Not audited: {why}. Run `make audit` where one can be reached, before a release.")
    return 2


if __name__ == "__main__":
    sys.exit(main())
