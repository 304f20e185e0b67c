"""docs/reference/ledger.md says what the books do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lmb.config.paths import CLONE
from tests.ledger.books import Ledger

REFERENCE = (CLONE / "docs" / "reference" / "ledger.md").read_text(encoding="utf-8")
MIGRATIONS = CLONE / "src" / "lmb" / "ledger" / "migrations" / "sql"
SQL = "".join(file.read_text(encoding="utf-8") for file in sorted(MIGRATIONS.glob("*.sql")))


NO_ANSWERS = {
    *("open", "locked", "expired", "captured", "voided", "void", "lock", "unlock", "tell")
}
"""Words that SQL chooses between and that are no answers: states and kinds."""


def results_in_sql() -> set[str]:
    """Every answer the posting function can give: refusals, and what is answered from memory."""
    chosen = re.findall(r"(?:THEN|ELSE|:=|coalesce\(o_refusal,)\s+'(\w+)'", SQL)
    return set(chosen) - NO_ANSWERS


def test_every_result_is_documented_with_meaning_and_next_step() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.+) \| (.+) \|$", REFERENCE, re.MULTILINE)
    assert {result for result, _, _ in rows} == results_in_sql()
    assert len(rows) == len({result for result, _, _ in rows})
    for result, meaning, next_step in rows:
        assert meaning.endswith("."), result
        assert next_step.endswith("."), result


def test_every_result_stands_in_some_test() -> None:
    tests = "".join(file.read_text() for file in sorted(Path(__file__).parent.glob("test_*.py")))
    assert {result for result in results_in_sql() if result not in tests} == set()


@pytest.mark.parametrize("page", ["reference/ledger.md", "books.md"])
def test_the_worked_example_goes_as_written(db: None, page: str) -> None:
    text = (CLONE / "docs" / page).read_text(encoding="utf-8")
    (example,) = re.findall(r"```ledger\n(.*?)```", text, re.DOTALL)
    Ledger().run(example)
