"""What this is made of can be listed, the same everywhere, and asked about."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

import audit
import sbom
from lmb.config.paths import CLONE


def test_the_bill_has_every_locked_package_with_its_hashes() -> None:
    document = sbom.bill()
    listed = {component["purl"]: component for component in document["components"]}
    pins = {
        f"pkg:pypi/{name.lower()}@{version}"
        for lock in ("run.txt", "dev.txt", "build.txt")
        for name, version in re.findall(
            r"^([\w.-]+)==([^\s;\\]+)", (CLONE / "requirements" / lock).read_text(), re.MULTILINE
        )
    }
    assert pins <= set(listed)
    packages = json.loads((CLONE / "package-lock.json").read_text())["packages"]
    assert len(listed) == len(pins) + len(
        {
            (path.rpartition("node_modules/")[2], package["version"])
            for path, package in packages.items()
            if path
        }
    )
    assert all(component["hashes"] for component in listed.values())
    run = (CLONE / "requirements" / "run.txt").read_text().lower()
    for component in listed.values():
        if component["purl"].startswith("pkg:pypi"):
            required = f"\n{component['name']}=={component['version']}" in f"\n{run}"
            assert (component["scope"] == "required") == required, component["name"]


def test_the_bill_is_written_as_its_standard_says() -> None:
    validator = JsonStrictValidator(SchemaVersion.V1_6)
    assert validator.validate_str(json.dumps(sbom.bill())) is None
    assert validator.validate_str(json.dumps({**sbom.bill(), "components": [{}]})) is not None


def test_the_bill_is_the_same_bytes_each_time_and_names_no_index(tmp_path: Path) -> None:
    for name in ("one.json", "two.json"):
        command = [sys.executable, str(CLONE / "scripts" / "sbom.py"), str(tmp_path / name)]
        subprocess.run(command, check=True, capture_output=True)
    one = (tmp_path / "one.json").read_bytes()
    assert one == (tmp_path / "two.json").read_bytes()
    assert b"http" not in one
    assert json.loads(one)["serialNumber"].startswith("urn:uuid:")


def test_a_requirement_without_a_hash_is_refused(tmp_path: Path) -> None:
    (tmp_path / "run.txt").write_text("django==5.2.19\n    # via nobody\n")
    with pytest.raises(SystemExit, match="without a hash"):
        sbom.python_components(tmp_path / "run.txt", "required")


def auditor(folder: Path, said: str) -> tuple[str, ...]:
    """A program that stands in for pip-audit: `said` is an expression of the file's text."""
    file = folder / "auditor.py"
    file.write_text(
        "import json, sys\n"
        "text = open(sys.argv[-1]).read()\n"
        "known = {'name': 'django', 'version': '3.0', 'vulns': [{'id': 'CVE-1'}]}\n"
        "fine = {'name': 'django', 'version': '5', 'vulns': []}\n"
        f"print(json.dumps({{'dependencies': {said}}}))\n"
    )
    return (sys.executable, str(file))


@pytest.mark.parametrize(
    ("said", "code", "words"),
    [
        ("[known] if 'django==3.0' in text.split() else [fine]", 0, "No vulnerability is known"),
        ("[known]", 1, "django 3.0: CVE-1"),
        ("[fine]", 2, "no index that knows of vulnerabilities"),
        (
            "[known] if 'django==3.0' in text.split() else [{'name': 'x', 'skip_reason': 'none'}]",
            2,
            "did not tell of x in requirements/run.txt",
        ),
        ("1 / 0", 2, "Not audited"),
    ],
)
def test_an_audit_that_could_not_be_done_is_not_called_clean(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], said: str, code: int, words: str
) -> None:
    assert audit.main(auditor(tmp_path, said)) == code
    assert words in capsys.readouterr().out
