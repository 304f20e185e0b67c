"""What the documents lead to is there: pages, headings, files, commands, decisions, licences."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import click
import pytest
from benchmarks.__main__ import names
from django.utils.text import slugify

from lmb.cli.commands import lmb

CLONE = Path(__file__).parents[1]
PAGES = [*CLONE.glob("*.md"), *sorted((CLONE / "docs").rglob("*.md"))]
DECISIONS = sorted((CLONE / "docs" / "decisions").glob("*.md"))

LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
BLOCK = re.compile(r"^```(?:sh)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_every_link_leads_to_a_page_and_a_heading_that_are_there() -> None:
    broken = [
        f"{page.relative_to(CLONE)}: {link}"
        for page in PAGES
        for link in LINK.findall(page.read_text(encoding="utf-8"))
        if "://" not in link and not _leads_somewhere(page, link)
    ]
    assert broken == []


def _leads_somewhere(page: Path, link: str) -> bool:
    path, _, heading = link.partition("#")
    target = page.parent / path if path else page
    if not heading:
        return target.exists()
    return target.is_file() and heading in {
        slugify(found.replace(".", "")) for found in HEADING.findall(target.read_text())
    }


def test_every_file_that_a_page_names_is_there() -> None:
    tops = "benchmarks|docs|scripts|src|tests|verifier"
    missing = [
        f"{page.relative_to(CLONE)}: {path}"
        for page in PAGES
        for path in re.findall(rf"`((?:{tops})/[\w./-]+)`", page.read_text(encoding="utf-8"))
        if not (CLONE / path).exists()
    ]
    assert missing == []


def test_every_reference_page_is_found_from_the_front_page() -> None:
    seen, to_read = set(), [CLONE / "README.md"]
    while to_read:
        page = to_read.pop().resolve()
        if page.suffix == ".md" and page not in seen:
            seen.add(page)
            links = LINK.findall(page.read_text(encoding="utf-8"))
            to_read += [page.parent / link.partition("#")[0] for link in links if "://" not in link]
    unseen = {page.resolve() for page in PAGES} - seen - {page.resolve() for page in DECISIONS}
    assert {page.name for page in unseen} == {"CHANGELOG.md"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_a_page_shows_exists_with_its_options(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    lines = "".join(BLOCK.findall(text)).replace("\\\n", " ").splitlines()
    shown = [re.split(r" # | {2,}#", line)[0].removeprefix("$ ") for line in lines]
    shown += [code.replace("\n", " ") for code in re.findall(r"`(lmb [^`]+)`", text)]
    commands = [part for line in shown for part in re.split(r" (?:\||&&) ", line)]
    unknown = [text for text in commands if text.startswith("lmb ") and not _exists(text[4:])]
    assert unknown == []


def _exists(text: str) -> bool:
    words = shlex.split(re.sub(r"[\[\]…]", "", text))
    command: click.Command = lmb
    while isinstance(command, click.Group) and words:
        found = command.commands.get(words.pop(0))
        if found is None:
            return False
        command = found
    options = {name for option in command.params for name in [*option.opts, *option.secondary_opts]}
    return {word.partition("=")[0] for word in words if word.startswith("--")} <= options | {
        "--help"
    }


def test_decisions_are_numbered_one_by_one() -> None:
    numbers = [int(page.name[:4]) for page in DECISIONS]
    assert numbers == list(range(1, len(DECISIONS) + 1))
    for page in DECISIONS:
        assert page.read_text(encoding="utf-8").startswith(f"# {page.name[:4]} ")


def test_every_part_we_did_not_write_has_a_row_and_a_licence() -> None:
    project = tomllib.loads((CLONE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    required = [name for group in groups for name in group]
    page = (CLONE / "docs" / "decisions" / "0005-chosen-parts.md").read_text(encoding="utf-8")
    rows = [
        re.split(r" *\| *", row.strip("| ")) for row in re.findall(r"^\|.+", page, re.MULTILINE)
    ]
    named = {
        re.sub(r" .*| \(.*", "", name).lower()
        for part, _, licence in rows
        if licence
        for name in part.split(", ")
    }
    assert {re.split(r"[^\w-]", name)[0].lower() for name in required} <= named


def test_every_benchmark_has_its_section() -> None:
    page = (CLONE / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^## `(\w+)`", page, re.MULTILINE)) == names()
