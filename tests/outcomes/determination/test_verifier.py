"""`lmb-verify determination` alone: it agrees with the system, and with nothing changed."""

from __future__ import annotations

import io
import json
import runpy
import shutil
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from lmb.cli.outcomes_determine import determine, row_proof
from lmb.config.paths import CLONE
from lmb.values.errors import ConflictError, InputError
from tests.outcomes.determination.cohorts import SECRET, TERMS, lines, table

PROGRAM = CLONE / "verifier" / "lmb_verify_determination.py"
ENTRY = runpy.run_path(str(CLONE / "verifier" / "lmb_verify.py"))
run = partial(CliRunner().invoke, catch_exceptions=False)


def verify(path: Path) -> tuple[int, str]:
    """What the one file says, through the command that people have."""
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        code = ENTRY["main"](["determination", str(path)])
    return code, said.getvalue()


def inputs(folder: Path, rows: list[str], **changes: Any) -> Path:
    folder.mkdir()
    (folder / "records.csv").write_bytes(table(rows))
    (folder / "secret.txt").write_text(SECRET + "\n")
    (folder / "terms.json").write_text(json.dumps({**TERMS, **changes}, indent=2))
    return folder


def determined(folder: Path, *more: str) -> Path:
    words = ["--terms", str(folder / "terms.json"), "--inputs", str(folder), *more]
    assert run(determine, words).exit_code == 0
    return folder / "determination"


def success_rows() -> list[str]:
    """The cohort with outcomes of 0 and 1."""
    rows = []
    for row in lines():
        head, _, outcome = row.rpartition(",")
        rows.append(f"{head},{int(outcome) % 2 if outcome else ''}")
    return rows


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return determined(inputs(tmp_path_factory.mktemp("bond") / "cohort", lines()))


def test_the_verifier_is_small_and_stands_alone() -> None:
    source = PROGRAM.read_text()
    assert len(source.splitlines()) < 500
    imported = {
        line.split()[1].split(".")[0] for line in source.splitlines() if "import" in line[:7]
    }
    assert not imported & {"lmb", "duckdb", "numpy", "cryptography"}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"evaluate": "lower", "interval_standard_errors": "2.0311"},
        {"missing": "zero", "floor": "0.25"},
        {"minimum_people": 500},
        {"minimum_coverage_percent": "99", "fallback": ["prior-statement", "floor"]},
        {"sources": ["supplemental", "ui"], "freeze_on": "2026-12-31"},
    ],
)
def test_two_programs_reach_the_same_statement(tmp_path: Path, changes: dict[str, Any]) -> None:
    folder = inputs(tmp_path / "cohort", lines(), **changes)
    assert verify(determined(folder))[0] == 0
    assert verify(folder) == verify(folder / "determination")


def test_rates_are_verified_too(tmp_path: Path) -> None:
    changes = {"estimator": "rate/1", "threshold": "20", "target": "70"}
    code, said = verify(determined(inputs(tmp_path / "cohort", success_rows(), **changes)))
    assert code == 0
    assert "rate_percent" in said


def test_a_chain_of_corrections_is_verified_whole(tmp_path: Path) -> None:
    first = determined(inputs(tmp_path / "one", lines()))
    rows = [*lines(), "p00003,B,control,site-0,ui,2026-06-30,counted,77"]
    arm, block = next(row.split(",")[2:4] for row in lines() if row.startswith("p00003"))
    rows[-1] = f"p00003,B,{arm},{block},ui,2026-06-30,counted,77"
    second = determined(
        inputs(tmp_path / "two", rows), "--corrects", str(first), "--published-on", "2026-07-20"
    )
    third = determined(
        inputs(tmp_path / "three", rows[:-1]),
        "--corrects",
        str(second),
        "--published-on",
        "2026-12-01",
    )
    assert [verify(folder)[0] for folder in (first, second, third)] == [0, 0, 0]
    assert "the true-up follows" in verify(third)[1]
    earlier = third / "superseded" / "superseded" / "statement.json"
    earlier.write_bytes(earlier.read_bytes().replace(b'"answers":[]', b'"answers":["x"]'))
    assert verify(third)[0] == 1


def edited(name: str, change: Callable[[str], str]) -> Callable[[Path], None]:
    def edit(folder: Path) -> None:
        path = folder / name
        before = path.read_text()
        after = change(before)
        assert after != before
        path.write_text(after)

    return edit


def recomputed_hash(folder: Path) -> None:
    """A cent more for the provider, and every total that shows it."""
    path = folder / "statement.json"
    document = json.loads(path.read_text())
    document["tranches"][1]["payees"]["provider"] += 1
    document["tranches"][1]["cents"] += 1
    path.write_text(json.dumps(document, sort_keys=True, separators=(",", ":")) + "\n")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            edited("records.csv", lambda text: text.replace(",counted,4", ",counted,5", 1)),
            "records",
        ),
        (
            edited("records.csv", lambda text: text.replace("deceased", "incarcerated", 1)),
            "records",
        ),
        (edited("records.csv", lambda text: text.rsplit("\n", 2)[0] + "\n"), "records"),
        (edited("terms.json", lambda text: text.replace('"200000"', '"150000"')), "terms_sha256"),
        (edited("secret.txt", lambda text: text.replace("5e", "5f", 1)), "merkle_root"),
        (recomputed_hash, "tranches[1].cents"),
        (
            edited("statement.json", lambda text: text.replace('"kind":"determ', '"kind":"Determ')),
            "kind",
        ),
    ],
)
def test_what_was_changed_afterwards_is_named(
    kept: Path, tmp_path: Path, change: Callable[[Path], None], told: str
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(kept, copy)
    assert verify(copy)[0] == 0
    change(copy)
    code, said = verify(copy)
    assert (code, told in said) == (1, True), said


def test_what_is_no_determination_is_not_readable(tmp_path: Path, kept: Path) -> None:
    assert verify(tmp_path)[0] == 2
    assert verify(tmp_path / "absent")[0] == 2
    assert ENTRY["main"](["determination"]) == 2
    copy = tmp_path / "copy"
    shutil.copytree(kept, copy)
    (copy / "statement.json").write_text("{")
    assert verify(copy)[0] == 2


def test_a_participant_proves_their_record_and_learns_of_nobody_else(
    kept: Path, tmp_path: Path
) -> None:
    result = run(row_proof, [str(kept), "--person", "p00011"])
    proof = tmp_path / "proof.json"
    proof.write_text(result.stdout)
    code, said = verify(proof)
    assert code == 0
    assert json.loads((kept / "statement.json").read_text())["records"]["merkle_root"] in said
    others = {row.split(",")[0] for row in lines()} - {"p00011"}
    assert not any(person in result.stdout for person in others)
    assert SECRET not in result.stdout
    proof.write_text(result.stdout.replace(",counted,", ",counted,1", 1))
    assert verify(proof)[0] == 1
    document = json.loads(result.stdout)
    document["rows"][0]["index"] += 1
    proof.write_text(json.dumps(document))
    assert verify(proof)[0] == 1


def test_a_statement_is_superseded_and_never_overwritten(kept: Path, tmp_path: Path) -> None:
    folder = inputs(tmp_path / "cohort", lines())
    determined(folder)
    determined(folder)
    with pytest.raises(ConflictError, match="write a correction to a new folder"):
        determined(folder, "--published-on", "2026-08-01")


def test_inputs_that_are_missing_are_named(tmp_path: Path) -> None:
    folder = inputs(tmp_path / "cohort", lines())
    (folder / "secret.txt").unlink()
    with pytest.raises(InputError, match="openssl rand -hex 32"):
        determined(folder)
    (folder / "secret.txt").write_text("hunter2")
    with pytest.raises(InputError, match="64 digits of 0-9 and a-f"):
        determined(folder)


def test_a_folder_that_does_not_hold_together_is_not_corrected(kept: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(kept, copy)
    recomputed_hash(copy)
    with pytest.raises(InputError, match="the statement that terms and records lead to"):
        determined(
            inputs(tmp_path / "next", lines()),
            "--corrects",
            str(copy),
            "--published-on",
            "2026-07-20",
        )
    (copy / "statement.json").write_text('{"answers": []}')
    with pytest.raises(InputError, match="a statement as lmb outcomes determine writes it"):
        run(row_proof, [str(copy), "--person", "p00011"])
