"""What set-up installs is what was reviewed, and no lock file names where it came from."""

from __future__ import annotations

import gzip
import json
import re
import stat
from pathlib import Path

import pytest

from lmb.config import assets, secret
from lmb.config.paths import CLONE

LOCKS = [
    "requirements/build.txt",
    "requirements/run.txt",
    "requirements/dev.txt",
    "requirements/spark.txt",
    "package-lock.json",
]


def test_copied_assets_are_those_of_the_manifest() -> None:
    copied = {
        path.relative_to(assets.STATIC).as_posix(): path.read_bytes()
        for path in assets.STATIC.rglob("*")
        if path.is_file() and path.suffix != ".gz"
    }
    assert assets.manifest_of(dict(sorted(copied.items()))) == assets.MANIFEST.read_text()


def test_compressed_copy_of_an_asset_holds_the_same() -> None:
    compressed = list(assets.STATIC.rglob("*.gz"))
    assert assets.STATIC / "uswds/css/uswds.min.css.gz" in compressed
    for path in compressed:
        assert gzip.decompress(path.read_bytes()) == path.with_suffix("").read_bytes()


def test_stylesheet_names_only_files_that_are_served_and_no_source_map() -> None:
    style = assets.STATIC / "uswds/css/uswds.min.css"
    text = style.read_text()
    named = set(re.findall(r"url\(([^)]+)\)", text))
    assert named
    assert [name for name in named if not (style.parent / name).is_file()] == []
    assert "sourceMappingURL" not in text
    assert "data:" not in text


def test_changed_asset_stops_set_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    altered = tmp_path / "assets.sha256"
    lines = assets.MANIFEST.read_text().splitlines(keepends=True)
    altered.write_text("".join(["0" * 64 + lines[0][64:], *lines[1:]]))
    monkeypatch.setattr(assets, "MANIFEST", altered)
    with pytest.raises(assets.AssetError, match="make lock"):
        assets.copy_assets()


def test_accessibility_checker_is_installed_but_not_served() -> None:
    assert assets.AXE_SCRIPT.is_file()
    assert not assets.AXE_SCRIPT.is_relative_to(assets.STATIC)


@pytest.mark.parametrize("name", LOCKS)
def test_lock_file_names_no_address(name: str) -> None:
    text = (CLONE / name).read_text()
    assert re.findall(r"https?://|file:/|--index|--find-links|\"resolved\"", text) == []


@pytest.mark.parametrize("name", LOCKS[:4])
def test_every_requirement_is_pinned_by_hash(name: str) -> None:
    entries = re.split(r"\n(?=[a-z0-9])", (CLONE / name).read_text(), flags=re.IGNORECASE)[1:]
    assert entries
    assert [entry for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == []


def test_every_npm_package_is_pinned_by_hash() -> None:
    packages = json.loads((CLONE / "package-lock.json").read_text())["packages"]
    assert [name for name, entry in packages.items() if name and "integrity" not in entry] == []


def test_statsmodels_is_an_oracle_of_tests_and_not_needed_to_run() -> None:
    locks = {name for name in LOCKS if "statsmodels" in (CLONE / name).read_text()}
    assert locks == {"requirements/dev.txt"}


def test_secret_key_is_made_once_for_its_owner_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LMB_HOME", str(tmp_path / "home"))
    monkeypatch.delenv(secret.VARIABLE, raising=False)
    key = secret.secret_key()
    assert len(key) > 50
    assert secret.secret_key() == key
    (file,) = (tmp_path / "home").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    monkeypatch.setenv(secret.VARIABLE, "given")
    assert secret.secret_key() == "given"
