"""docs/reference/ledger.md says what the books do."""

from __future__ import annotations

import re
from pathlib import Path

from lmb.config.paths import CLONE
from tests.ledger.books import Ledger

REFERENCE = (CLONE / "docs" / "reference" / "ledger.md").read_text(encoding="utf-8")
MIGRATIONS = CLONE / "src" / "lmb" / "ledger" / "migrations" / "sql"
SQL = "".join(file.read_text(encoding="utf-8") for file in sorted(MIGRATIONS.glob("*.sql")))


def results_in_sql() -> set[str]:
    """Every answer the posting function can give: refusals, and what is answered from memory."""
    answering = [body for body in SQL.split("CREATE FUNCTION") if "'exists'" in body]
    return {
        *re.findall(r"ledger_refuse\('(\w+)'\)", SQL),
        *re.findall(r"o_result := '(\w+)'", SQL),
        *re.findall(r"(?:THEN|ELSE)\s+'(\w+)'", "".join(answering)),
    }


def test_every_refusal_in_sql_is_written_out() -> None:
    """Else the next test would miss one that is put together."""
    calls = SQL.count("PERFORM ledger_refuse(")
    assert calls == len(re.findall(r"PERFORM ledger_refuse\('\w+'\);", SQL)) > 20
    assert "exists_with_different_content" in results_in_sql()


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


def test_the_worked_example_goes_as_written(db: None) -> None:
    (example,) = re.findall(r"```ledger\n(.*?)```", REFERENCE, re.DOTALL)
    Ledger().run(example)
