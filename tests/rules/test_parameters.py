"""Dated parameters: one version in force on a day, found again by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from lmb.rules import parameters
from lmb.values.errors import NotFoundError, RefusedError

VERSION = """
[[version]]
version = "{name}"
effective_from = {first}
{last}
citation = "a law"
[version.parameters]
limit = {limit}
"""

Write = Callable[..., None]


@pytest.fixture(autouse=True)
def no_version_is_remembered() -> Iterator[None]:
    parameters.versions.cache_clear()
    yield
    parameters.versions.cache_clear()


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Put a rule on file from (name, first day, last day, limit) tuples."""
    monkeypatch.setattr(parameters, "DATA", tmp_path)

    def write(rule: str, *versions: tuple[str, str, str | None, int]) -> None:
        text = f'[rule]\nid = "{rule}"\ntitle = "A rule"\n'
        for name, first, last, limit in versions:
            end = "" if last is None else f"effective_to = {last}"
            text += VERSION.format(name=name, first=first, last=end, limit=limit)
        (tmp_path / f"{rule}.toml").write_text(text)

    return write


@pytest.mark.parametrize(
    ("day", "limit"),
    [
        (date(1990, 1, 1), 10),
        (date(1999, 12, 31), 10),
        (date(2000, 1, 1), 20),
        (date(2050, 1, 1), 20),
    ],
)
def test_the_version_in_force_holds_from_its_first_day_to_its_last(
    write: Write, day: date, limit: int
) -> None:
    write("award", ("2", "2000-01-01", None, 20), ("1", "1990-01-01", "1999-12-31", 10))
    assert parameters.in_force("award", day).values == {"limit": limit}


@pytest.mark.parametrize("day", [date(1989, 12, 31), date(1996, 6, 1), date(2001, 1, 1)])
def test_a_day_without_a_version_is_refused(write: Write, day: date) -> None:
    write("award", ("1", "1990-01-01", "1995-12-31", 1), ("2", "1997-01-01", "2000-12-31", 2))
    with pytest.raises(RefusedError, match=f"no version in force on {day}: add a dated version"):
        parameters.in_force("award", day)


@pytest.mark.parametrize("last", [None, "1999-12-31", "2005-01-01"])
def test_windows_that_overlap_are_refused(write: Write, last: str | None) -> None:
    write("award", ("1", "1990-01-01", last, 1), ("2", "1999-12-31", None, 2))
    with pytest.raises(RefusedError, match="versions 1 and 2 overlap"):
        parameters.versions("award")


def test_two_versions_of_one_name_are_refused(write: Write) -> None:
    write("award", ("1", "1990-01-01", "1999-12-31", 1), ("1", "2000-01-01", None, 2))
    with pytest.raises(RefusedError, match="2 versions named '1'"):
        parameters.versions("award")


def test_a_version_is_found_again_by_name(write: Write) -> None:
    write("award", ("1", "1990-01-01", "1999-12-31", 10), ("2", "2000-01-01", None, 20))
    assert parameters.exact_version("award", "1").values == {"limit": 10}
    with pytest.raises(NotFoundError, match="no version '3'"):
        parameters.exact_version("award", "3")


@pytest.mark.parametrize("rule", ["bonus", "", "../award", "award.toml"])
def test_an_unknown_rule_is_answered_with_those_there_are(write: Write, rule: str) -> None:
    write("award", ("1", "1990-01-01", None, 1))
    with pytest.raises(NotFoundError, match="the rules are award"):
        parameters.versions(rule)


def test_the_fingerprint_follows_what_a_determination_depends_on(write: Write) -> None:
    write("award", ("1", "1990-01-01", None, 1))
    write("bonus", ("1", "1990-01-01", None, 1))
    write("other", ("1", "1990-01-01", None, 2))
    found = [parameters.exact_version(rule, "1").sha256 for rule in ("award", "bonus", "other")]
    assert len(set(found)) == 3
    parameters.versions.cache_clear()
    write("award", ("1", "1991-01-01", "1995-01-01", 1))
    assert parameters.exact_version("award", "1").sha256 == found[0]


@pytest.mark.parametrize("rule", parameters.rule_names())
def test_every_rule_on_file_is_whole(rule: str) -> None:
    for version in parameters.versions(rule):
        assert version.rule == rule
        assert version.citation.strip(), f"{rule} {version.version} cites nothing"
        assert version.effective_to is None or version.effective_from <= version.effective_to
        # Its values have one exact form: no float hides among them.
        assert len(version.sha256) == 64
