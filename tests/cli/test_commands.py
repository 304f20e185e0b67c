"""The command line as a user meets it: real processes on a real database."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner

from lmb.cli.commands import lmb as commands
from tests.conftest import Database
from tests.settlement.small import small_files

pytestmark = pytest.mark.usefixtures("fresh_database")

MAIN = "from lmb.cli.main import main; main()"


def lmb(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", MAIN, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def answer(*arguments: str | Path) -> Any:
    done = lmb(*arguments)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def rows_written(database: Database) -> int:
    with psycopg.connect(database.owner_dsn) as connection:
        found = connection.execute("SELECT count(*) FROM ledger_cell").fetchone()
    assert found is not None
    return int(found[0])


def options(folder: Path) -> list[str | Path]:
    return [
        part
        for name, file in (
            ("--terms", "terms.json"),
            ("--bids", "bids.csv"),
            ("--people", "people.csv"),
            ("--earnings", "earnings.csv"),
        )
        for part in (name, folder / file)
    ]


def write_small(folder: Path, **changes: Any) -> list[str | Path]:
    for file in small_files(**changes):
        (folder / file.name).write_bytes(file.content)
    return options(folder)


def test_demonstration_gives_the_published_figures_and_balances() -> None:
    document = answer("demo", "--json")
    # Dehejia and Wahba (1999): 1,794 with a standard error of 633 pooled; Neyman's is 671.
    outcome = document["outcome"]
    assert (outcome["n_treated"], outcome["n_control"]) == (185, 260)
    assert round(outcome["estimate_dollars"]) == 1794
    assert round(outcome["standard_error_dollars"]) == 671
    assert round(outcome["pooled_standard_error_dollars"]) == 633
    books, money, wallets = document["ledger"], document["payments"], document["wallets"]
    assert books["unbalanced_accounts"] == 0
    assert books["debits_cents"] == books["credits_cents"]
    received = (
        money["interest_cents"]
        + money["bonus_cents"]
        + money["principal_cents"]
        + money["providers_cents"]
        + money["treasury_net_cents"]
    )
    assert received == money["investors_paid_cents"] + money["interest_appropriated_cents"]
    assert wallets["opened"] == 185
    assert wallets["granted_cents"] == wallets["captured_cents"] + wallets["returned_cents"]
    assert money["principal_cents"] == document["bond"]["awarded_cents"]
    assert document["bond"]["outstanding_cents"] == 0


def test_demonstration_exported_and_run_as_own_files_is_the_same_programme(tmp_path: Path) -> None:
    first = answer("demo", "--json")
    exported = lmb("demo", "--export", tmp_path)
    assert exported.returncode == 0, exported.stderr
    assert answer("run", *options(tmp_path), "--json") == first


def test_trace_prints_the_way_from_a_coupon_to_its_facts(tmp_path: Path) -> None:
    document = answer("run", *write_small(tmp_path), "--json")
    traced = lmb("trace", document["coupons"][-1]["id"])
    assert traced.returncode == 0, traced.stderr
    for words in ("outcome-coupon", "treasury-auction", "earnings-gain", "10 work records"):
        assert words in traced.stdout


def test_summary_tells_a_person_what_came_of_it(tmp_path: Path) -> None:
    told = lmb("run", *write_small(tmp_path))
    assert told.returncode == 0, told.stderr
    assert "Came in" in told.stdout
    assert "0 accounts out of balance" in told.stdout
    assert "lmb trace" in told.stdout


def test_bad_files_exit_with_2_name_every_problem_and_write_nothing(
    tmp_path: Path, fresh_database: Database
) -> None:
    files = small_files()
    people = files.people.content.decode().replace("c1,control", "w1,control")
    earnings = files.earnings.content.decode().replace(",1600", ",1600.005")
    done = lmb("run", *write_small(tmp_path, people=people, earnings=earnings))
    assert done.returncode == 2
    assert "people.csv, row 6, person" in done.stderr
    assert "earnings.csv, row 5, earnings_dollars" in done.stderr
    assert "Traceback" not in done.stderr
    assert rows_written(fresh_database) == 0


def test_missing_file_and_wrong_usage_exit_with_2(tmp_path: Path) -> None:
    assert lmb("run", "--terms", tmp_path / "none.json").returncode == 2
    assert lmb("trace", "not-an-identifier").returncode == 2


def test_unknown_identifier_exits_with_1_and_one_sentence() -> None:
    done = lmb("trace", "00000000-0000-7000-8000-000000000000")
    assert done.returncode == 1
    assert "is no transfer, journal, determination or instruction" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", sorted(commands.commands))
def test_every_command_has_help_with_an_example(name: str) -> None:
    command = commands.commands[name]
    told = CliRunner().invoke(command, ["--help"])
    assert told.exit_code == 0
    assert "Example: lmb " in " ".join(told.output.split()) or hasattr(command, "commands")
