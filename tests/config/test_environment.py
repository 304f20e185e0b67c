"""What the environment says is checked when a process starts, and every variable is documented."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from lmb.config.environment import INTERNAL, VARIABLES, read
from lmb.config.errors import SettingsError
from lmb.config.paths import CLONE

SECRET = "k3-" + "abcdefghij" * 6
NAME = re.compile(r"\b(?:LMB_[A-Z_]+[A-Z]|DATABASE_(?:OWNER_)?URL)\b")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"LMB_DEGUB": "1"}, "LMB_DEGUB is not a setting: write LMB_DEBUG"),
        ({"LMB_DEBUG": "yes"}, "LMB_DEBUG is 'yes': write 1"),
        ({"LMB_HOSTS": "https://bonds.example.gov"}, "write host names such as"),
        ({"LMB_HOSTS": "bonds.example.gov"}, "LMB_SECRET_KEY is needed with LMB_HOSTS"),
        (
            {"LMB_HOSTS": "bonds.example.gov", "LMB_SECRET_KEY": "a" * 60},
            "LMB_SECRET_KEY is needed",
        ),
        (
            {"LMB_HOSTS": "bonds.example.gov", "LMB_SECRET_KEY": SECRET, "LMB_DEBUG": "1"},
            "LMB_DEBUG cannot go with LMB_HOSTS",
        ),
        (
            {"LMB_HOSTS": "bonds.example.gov", "LMB_SECRET_KEY": SECRET, "LMB_PERSONAS": "1"},
            "LMB_PERSONAS cannot go with LMB_HOSTS",
        ),
        ({"LMB_HSTS_SECONDS": "a year"}, "LMB_HSTS_SECONDS is 'a year': write a number of"),
        ({"LMB_CHECKPOINT_AGE_MAX": "-1"}, "LMB_CHECKPOINT_AGE_MAX is '-1'"),
        ({"LMB_LOG": "loud"}, "LMB_LOG is 'loud': write error, warning or info"),
        ({"LMB_METRICS_TOKEN": "short"}, "LMB_METRICS_TOKEN is shorter than 32 characters"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_with_what_to_write(
    said: dict[str, str], told: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        read(said)
    assert told in str(refused.value)
    assert SECRET not in str(refused.value)


def test_everything_wrong_is_told_at_once() -> None:
    with pytest.raises(SettingsError) as refused:
        read({"LMB_LOG": "loud", "LMB_DEBUG": "yes", "LMB_HOSTS": "-"})
    assert len(str(refused.value).splitlines()) == 5


def test_nothing_said_is_a_clone_on_ones_own_machine() -> None:
    found = read({"PATH": "/bin", "LMB_LOG": ""})
    assert not found.public
    assert not found.debug
    assert found.log_level == "ERROR"


def test_hosts_make_the_pages_public() -> None:
    found = read({"LMB_HOSTS": " bonds.example.gov, .example.org ", "LMB_SECRET_KEY": SECRET})
    assert found.hosts == ("bonds.example.gov", ".example.org")
    assert found.public


def test_every_variable_the_code_reads_is_known_and_documented() -> None:
    page = (CLONE / "docs" / "operations.md").read_text(encoding="utf-8")
    for name in VARIABLES:
        assert f"| `{name}` |" in page, name
    read_somewhere = {
        name
        for folder in ("src", "tests/conftest.py")
        for file in ([CLONE / folder] if folder.endswith(".py") else (CLONE / folder).rglob("*.py"))
        for name in NAME.findall(file.read_text(encoding="utf-8"))
    }
    assert read_somewhere == set(VARIABLES) | INTERNAL


@pytest.mark.parametrize(
    "command",
    [["-m", "lmb.config.manage", "check"], ["-c", "from lmb.cli.main import main; main()"]],
)
def test_a_process_with_a_wrong_setting_does_not_start(command: list[str]) -> None:
    environment = {**os.environ, "LMB_LOG": "loud"}
    done = subprocess.run(
        [sys.executable, *command], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "LMB_LOG is 'loud'" in done.stderr
    assert "Traceback" not in done.stderr
