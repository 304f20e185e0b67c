"""`lmb facts`: wages from a file to the books, what waits, and indicators as known on a day."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner
from django.db import connection
from pytest_django.plugin import DjangoDbBlocker

from lmb.cli.facts import facts
from lmb.cli.outcomes import outcomes
from lmb.config import vault_keys
from lmb.config.paths import CLONE
from lmb.ledger.entries import NewAccount
from lmb.ledger.service import Books, define_unit, open_accounts
from lmb.people.sessions import house
from lmb.values.clock import SimulatedClock
from lmb.values.errors import LmbError
from tests.conftest import Database
from tests.facts.wage_files.files import Report, csv_file
from tests.people.support import ANA, CELL, NOW, enrolled
from tests.people.support import vault_keys as keys_of_tests

REFERENCE = (CLONE / "docs" / "reference" / "wage-files.md").read_text(encoding="utf-8")
ANAS = "219099999"
PERIODS = (
    "period_id,person_id,program,entry_date,exit_date,exit_reason,training_type,secondary,"
    "diploma_date,credential_type,credential_date,msg_enrolled_date,msg_completed_date,gain_dates,"
    "wage_status_q2,wage_status_q4\nx,{},adult,2025-07-01,2026-02-01,,,0,,,,,,,,\n"
)

pytestmark = pytest.mark.usefixtures("fresh_database")


@pytest.fixture
def ana(
    fresh_database: Database,
    django_db_blocker: DjangoDbBlocker,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[UUID]:
    keys = keys_of_tests()
    monkeypatch.setattr(
        vault_keys,
        "of_this_clone",
        lambda: vault_keys.KeyFile(keys, None),  # type: ignore[arg-type]
    )
    with django_db_blocker.unblock():
        with connection.cursor() as cursor:
            cursor.execute("SELECT ledger_open_cell(%s, 'state', true)", [CELL])
        with house():
            person = enrolled(keys, "ana", ANA).person
        define_unit("USD", "US dollars")
        books = Books(CELL, "state", True, SimulatedClock(NOW))
        open_accounts(books, [NewAccount("world", "world", "nobody")])
        yield person


def lmb(group: Any, *words: object) -> Any:
    result = CliRunner().invoke(group, list(map(str, words)))
    if isinstance(result.exception, LmbError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_wages_are_loaded_what_waits_is_decided_and_indicators_read_them(
    ana: UUID, tmp_path: Path
) -> None:
    file = tmp_path / "wages.csv"
    file.write_bytes(csv_file([Report("1", 2026, "09", [(ANAS, 900_000), ("000000001", 5)])]))
    words = [file, "--format", "csv", "--source", "ui", "--because", "2026Q3"]
    receipt = lmb(facts, "load-wages", *words)
    assert (receipt["matched"], receipt["quarantined"]) == (1, 1)
    assert [load["id"] for load in lmb(facts, "loads")] == [receipt["load"]]
    (waits,) = lmb(facts, "set-aside", receipt["load"])
    assert (waits["row"], waits["reason"], waits["quarter"]) == (3, "no-number", "2026Q3")
    decided = tmp_path / "decisions.csv"
    decided.write_text(f"row,decision,number,person\n3,taken,{ANAS},\n")
    lmb(facts, "decide-wages", receipt["load"], decided, "--because", "the employer wrote")
    assert lmb(facts, "set-aside", receipt["load"]) == []

    successors = tmp_path / "successors.csv"
    successors.write_text("predecessor,successor\n1,2\n")
    assert lmb(facts, "load-successors", successors, "--because", "state list") == 1
    periods = tmp_path / "periods.csv"
    periods.write_text(PERIODS.format(ana))
    known = ["--periods", periods, "--exits", "2026-01-01..2026-03-31", "--known-at"]
    found = lmb(outcomes, "indicators", *known, NOW.isoformat(), "--check")
    assert found["employment_q2"] == {"numerator": 1, "denominator": 1, "rate_percent": 100.0}
    assert found["median_earnings_q2_cents"] == 900_005
    before = lmb(outcomes, "indicators", *known, "2026-12-31")
    assert before["employment_q2"]["numerator"] == 0


def test_the_reference_names_every_command_and_option() -> None:
    for name, command in facts.commands.items():
        assert f"lmb facts {name}" in REFERENCE, name
        for parameter in command.params:
            for option in parameter.opts:
                assert not option.startswith("--") or f"`{option}" in REFERENCE, (name, option)
