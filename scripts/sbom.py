"""Write what this software is made of: a CycloneDX 1.6 bill of materials, from the lock files.

The same lock files give the same bytes on every machine: nothing is looked up, no time is noted.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import tomllib
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
NAMESPACE = uuid.UUID("2f1c2f3e-7a55-5a0b-9b3e-6d9b6b6d8f10")
REQUIREMENT = re.compile(r"([A-Za-z0-9._-]+)==([^\s;\\]+)")
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
ALGORITHMS = {"sha256": "SHA-256", "sha384": "SHA-384", "sha512": "SHA-512", "sha1": "SHA-1"}
Component = dict[str, Any]


def bill() -> Component:
    """The whole document. Raises SystemExit for a requirement without a hash."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    run = python_components(ROOT / "requirements" / "run.txt", "required")
    known = {component["bom-ref"] for component in run}
    for name in ("dev.txt", "build.txt"):
        found = python_components(ROOT / "requirements" / name, "excluded")
        run += [component for component in found if component["bom-ref"] not in known]
        known |= {component["bom-ref"] for component in found}
    components = sorted(
        [*run, *npm_components(ROOT / "package-lock.json")], key=lambda one: one["bom-ref"]
    )
    content = json.dumps(components, sort_keys=True).encode()
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(NAMESPACE, hashlib.sha256(content).hexdigest())}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": project["name"],
                "name": project["name"],
                "version": own_version(),
                "licenses": [{"license": {"id": "Apache-2.0"}}],
            }
        },
        "components": components,
        "dependencies": [
            {
                "ref": project["name"],
                "dependsOn": [one["bom-ref"] for one in components if one["scope"] == "required"],
            }
        ],
    }


def own_version() -> str:
    """The version the package gives itself."""
    text = (ROOT / "src" / "lmb" / "__init__.py").read_text()
    found = re.search(r'^__version__ = "([^"]+)"$', text, re.MULTILINE)
    if found is None:
        raise SystemExit("src/lmb/__init__.py names no version")
    return found[1]


def python_components(lock: Path, scope: str) -> list[Component]:
    """What a hashed requirement file pins: each archive's hash is one that may be installed."""
    found = []
    for block in re.split(r"\n(?=\S)", lock.read_text()):
        pinned = REQUIREMENT.match(block)
        if pinned is None:
            continue
        name, version = pinned[1].lower(), pinned[2]
        hashes = HASH.findall(block)
        if not hashes:
            raise SystemExit(f"{lock.name} pins {name} without a hash; run `make lock`")
        component = _component("pypi", name, version, scope)
        component["hashes"] = [{"alg": "SHA-256", "content": digest} for digest in sorted(hashes)]
        found.append(component)
    return found


def npm_components(lock: Path) -> list[Component]:
    """What a package lock pins, with the integrity hash of each archive."""
    found: dict[str, Component] = {}
    for path, package in json.loads(lock.read_text())["packages"].items():
        if not path:
            continue
        name = path.rpartition("node_modules/")[2]
        if "integrity" not in package:
            raise SystemExit(f"{lock.name} pins {name} without a hash; run `make lock`")
        # Pages use what set-up copies of them; nothing of npm runs here.
        scope = "excluded" if package.get("dev") else "required"
        component = _component("npm", name, package["version"], scope)
        component["hashes"] = list(_integrity(package["integrity"]))
        if package.get("license"):
            component["licenses"] = [{"expression": package["license"]}]
        found[component["bom-ref"]] = component
    return list(found.values())


def _component(kind: str, name: str, version: str, scope: str) -> Component:
    address = f"pkg:{kind}/{name.replace('@', '%40')}@{version}"
    return {
        "type": "library",
        "bom-ref": address,
        "name": name,
        "version": version,
        "purl": address,
        "scope": scope,
    }


def _integrity(told: str) -> Iterator[dict[str, str]]:
    for part in sorted(told.split()):
        algorithm, _, digest = part.partition("-")
        yield {"alg": ALGORITHMS[algorithm], "content": base64.b64decode(digest).hex()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("output", type=Path, nargs="?", default=ROOT / "var" / "sbom.json")
    output: Path = parser.parse_args().output
    output.parent.mkdir(parents=True, exist_ok=True)
    document = bill()
    output.write_text(json.dumps(document, indent=2, sort_keys=True) + "\n")
    print(f"{len(document['components'])} components in {output}")


if __name__ == "__main__":
    main()
