"""Files of rows: the same data gives the same bytes from any file and in any order; bad rows are
named."""

from __future__ import annotations

import gzip
import json
import random
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from lmb.cli.outcomes_estimate import estimate
from lmb.outcomes.estimators.conventions import Convention
from lmb.outcomes.estimators.estimate import estimate as estimate_effect
from lmb.outcomes.estimators.request import Estimator, Request
from lmb.outcomes.samples import Rows, fingerprint_rows, read_rows
from lmb.values.errors import InputError
from tests.outcomes.estimators.samples import reordered, trial

HEADER = "site,offered,taken,age,before,after"
WORDS = ["--outcome", "after", "--treatment", "offered"]
REQUESTS = [
    "--estimator itt --se neyman",
    "--estimator itt --se hc1 --block site",
    "--estimator itt --se hc3 --covariates age,before",
    "--estimator itt --se neyman --covariates age,before --interacted",
    "--estimator ols --se hc1 --covariates age,before --block site",
    "--estimator did --se hc1 --pre before",
    "--estimator balance --se hc0 --covariates age --pre before",
    "--estimator match --se hc1 --covariates age",
    "--estimator quantile --quantile 0.75 --se neyman",
]


def people(count: int) -> list[str]:
    draw = random.Random(5)
    rows = []
    for _ in range(count):
        offered = draw.randint(0, 1)
        before = draw.choice([0, draw.randint(0, 2_000_000)])
        after = before // 2 + offered * 100_000 + draw.randint(0, 1_500_000)
        rows.append(
            f"site {draw.randint(1, 3)},{offered},{offered * draw.randint(0, 1)},"
            f"{draw.randint(20, 29)},{before / 100:.2f},{after / 100:.2f}"
        )
    return rows


def run(data: Path, words: str) -> str:
    result = CliRunner().invoke(
        estimate, [str(data), *WORDS, *words.split()], catch_exceptions=False
    )
    assert result.exit_code == 0, result.output
    return result.stdout


def written(path: Path, rows: list[str]) -> Path:
    path.write_text("\n".join([HEADER, *rows]) + "\n")
    return path


@pytest.mark.parametrize("words", REQUESTS)
def test_rows_in_another_order_give_the_same_bytes(tmp_path: Path, words: str) -> None:
    rows = people(150)
    before = run(written(tmp_path / "people.csv", rows), words)
    for seed in range(3):
        random.Random(seed).shuffle(rows)
        assert run(written(tmp_path / "people.csv", rows), words) == before


def test_csv_gzip_and_parquet_give_the_same_bytes(tmp_path: Path) -> None:
    plain = written(tmp_path / "people.csv", people(80))
    packed = tmp_path / "people.csv.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    lines = [line.split(",") for line in plain.read_text().splitlines()[1:]]
    columns = dict(zip(HEADER.split(","), zip(*lines, strict=True), strict=True))
    typed: dict[str, pa.Array] = {"site": pa.array(columns["site"]).dictionary_encode()}
    for name in ("offered", "taken", "age"):
        typed[name] = pa.array([int(text) for text in columns[name]], pa.int32())
    for name in ("before", "after"):
        typed[name] = pa.array([float(text) for text in columns[name]])
    pq.write_table(pa.table(typed), tmp_path / "floats.parquet")
    for name in ("before", "after"):
        typed[name] = pa.array(columns[name]).cast(pa.decimal128(20, 4))
    pq.write_table(pa.table(typed), tmp_path / "decimals.parquet")
    told = {
        run(path, "--estimator itt --se hc1 --block site")
        for path in (plain, packed, tmp_path / "floats.parquet", tmp_path / "decimals.parquet")
    }
    assert len(told) == 1


def test_threads_change_no_byte(tmp_path: Path) -> None:
    # 6,000 rows take the fast way; another number of threads would add floats in another order.
    data = written(tmp_path / "people.csv", people(6_000))
    words = [*WORDS, *["--estimator", "ols", "--se", "hc1", "--covariates", "age,before,taken"]]
    program = [str(Path(sys.executable).parent / "lmb"), "outcomes", "estimate", str(data)]
    told = {
        subprocess.run(
            [*program, *words],
            check=True,
            capture_output=True,
            env={"OPENBLAS_NUM_THREADS": threads, "PATH": ""},
        ).stdout
        for threads in ("1", "2")
    }
    assert len(told) == 1


@settings(max_examples=20, deadline=None)
@given(st.permutations(range(60)))
def test_any_order_of_people_gives_the_same_figures(order: list[int]) -> None:
    sample = trial(60).sample
    moved = reordered(sample, np.array(order, dtype=np.int64))
    for estimator in (Estimator.TWO_STAGE, Estimator.WALD):
        bare, other = (
            type(sample)(s.outcome, s.treatment, instrument=s.instrument, cluster=s.cluster)
            for s in (sample, moved)
        )
        request = Request(estimator, Convention.CLUSTER)
        assert estimate_effect(bare, request).figures == estimate_effect(other, request).figures


@given(st.lists(st.floats(-1e9, 1e9, allow_subnormal=False), min_size=1, max_size=20))
def test_a_floating_point_column_is_exact(values: list[float]) -> None:
    values = [value if abs(value) > 1e-9 else 0.0 for value in values]
    table = pa.table({"x": pa.array(values)})
    found = Rows("x.parquet", table).number("x")
    if found.unit.denominator & (found.unit.denominator - 1):
        # Decimals: each reads as the number that was stored.
        assert [float(number) for number in found.fractions()] == values
    else:
        assert found.fractions() == [Fraction(value) for value in values]


@given(st.lists(st.decimals(-(10**9), 10**9, places=4), min_size=1, max_size=20))
def test_decimals_as_text_and_as_floats_are_one_column(values: list[object]) -> None:
    texts = Rows("a.csv", pa.table({"x": [f"{value:f}" for value in values]})).number("x")
    floats = Rows("b.parquet", pa.table({"x": [float(str(v)) for v in values]})).number("x")
    assert texts.fractions() == floats.fractions() == [Fraction(str(value)) for value in values]
    assert fingerprint_rows([("x", texts)]) == fingerprint_rows([("x", floats)])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a,b\n1,2\n1,x\n", "row 3, b: found 'x', expected a number"),
        ("a,b\n1,2\n1,\n", "row 3, b: found nothing, expected a value in every row"),
        ("a,b\n1,2\n1,1e99\n", "row 3, b: found '1e99'"),
        ("a,b\n1,2\n1,nan\n", "row 3, b: found 'nan'"),
        ("a,c\n1,2\n", "row 1, b: found no such column, expected a, c"),
        ("a,b\n", "found 0 rows"),
        ("a,b\n1,2,3\n", "Expected 2 columns"),
        ("", "expected CSV, gzip CSV or Parquet"),
        ("PAR1 but not", "expected CSV, gzip CSV or Parquet"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        read_rows(path, ["a", "b"]).number("b")
    assert told in str(caught.value)
    assert "bad.csv" in str(caught.value)


def test_numbers_with_exponents_are_read_exactly(tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_text("x\n1e-05\n-2.50E+3\n0.1234567890123456789012\n")
    assert read_rows(path, ["x"]).number("x").fractions() == [
        Fraction(1, 10**5),
        Fraction(-2500),
        Fraction(1234567890123456789012, 10**22),
    ]


def test_the_run_changes_with_what_was_asked_and_the_inputs_do_not(tmp_path: Path) -> None:
    data = written(tmp_path / "people.csv", people(40))
    one, other = (json.loads(run(data, f"--estimator itt --se {se}")) for se in ("hc0", "hc1"))
    assert one["inputs_sha256"] == other["inputs_sha256"]
    assert one["run_id"] != other["run_id"]
    changed = written(tmp_path / "changed.csv", [*people(40)[:-1], people(41)[-1]])
    third = json.loads(run(changed, "--estimator itt --se hc0"))
    assert third["inputs_sha256"] != one["inputs_sha256"]


def test_the_keys_are_those_of_the_contract(tmp_path: Path) -> None:
    found = json.loads(run(written(tmp_path / "p.csv", people(40)), "--estimator itt --se hc1"))
    assert list(found) == [
        "estimate",
        "standard_error",
        "ci95",
        "n_treated",
        "n_control",
        "convention",
        "run_id",
        "inputs_sha256",
    ]
    assert found["convention"].startswith("hc1: ")
