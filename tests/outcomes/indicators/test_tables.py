"""Files of periods and wages are read strictly: file, row, column, found, expected; or whole."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from lmb.outcomes.indicators.columns import period_columns, wage_columns
from lmb.outcomes.indicators.duckdb_engine import engine
from lmb.outcomes.indicators.tables import PERIOD_BREACHES, load
from lmb.values.errors import InputError
from tests.outcomes.indicators.cohorts import PERIOD, RULES, WAGE, period, wage, write


def told(path: Path, kind: str) -> list[str]:
    """What is wrong with a file, without its name."""
    with tempfile.TemporaryDirectory() as name, engine() as connection:
        try:
            if kind == "periods":
                columns = period_columns(RULES)
                load(connection, kind, path, columns, Path(name), PERIOD_BREACHES, "period_id")
            else:
                load(connection, kind, path, wage_columns(RULES), Path(name))
        except InputError as error:
            return [str(problem).removeprefix(f"{path.name}, ") for problem in error.problems]
    return []


def told_of_periods(folder: Path, *rows: dict[str, str]) -> list[str]:
    return told(write(folder / "periods.csv", rows, PERIOD), "periods")


def told_of_wages(folder: Path, *rows: dict[str, str]) -> list[str]:
    return told(write(folder / "wages.csv", rows, WAGE), "wages")


BAD_PERIOD_FIELDS = {
    "person_id": ["", " p", "p ", "123-45-6789", "123456789", "x" * 65],
    "program": ["", "Adult", "title I"],
    "entry_date": ["", "2023-1-5", "2023/01/05", "20230105"],
    "exit_date": ["2023-02-29", "0023-01-01", "2023-08-15 "],
    "exit_reason": ["8", "003", "-1", "dead"],
    "training_type": ["13", "1.0", " 6"],
    "secondary": ["2", "yes", "true"],
    "credential_type": ["9", "x"],
    "gain_dates": [";", "2023-08-01;", "2023-08-01,2023-09-01"],
    "wage_status_q2": ["not yet", "1"],
}
BAD_WAGE_FIELDS = {
    "quarter": ["", "2024q1", "2024Q5", "24Q1", "2024-Q1", "2024Q12"],
    "cents": ["", "-1", "1.0", "1e3", "+5", "007", "10000000000001"],
    "source": ["", "UI", "irs"],
    "employer_id": ["", " "],
}


def expected_places(bad: dict[str, list[str]]) -> list[str]:
    """The beginnings of what is told when each bad field has a row of its own, from row 2 on."""
    fields = [(field, value) for field, values in bad.items() for value in values]
    return [
        f"row {row}, {field}: found {shown(value)}"
        for row, (field, value) in enumerate(fields, start=2)
    ]


def shown(value: str) -> str:
    return repr(value if len(value) < 60 else "x" * 60 + "…") if value else "nothing"


def test_every_field_of_a_period_is_read_strictly(tmp_path: Path) -> None:
    rows = [
        period(**{"period_id": f"{field}-{number}", field: value})
        for field, values in BAD_PERIOD_FIELDS.items()
        for number, value in enumerate(values)
    ]
    found = told_of_periods(tmp_path, *rows)
    places = [problem.partition(", expected ")[0] for problem in found]
    assert places == expected_places(BAD_PERIOD_FIELDS)


def test_every_field_of_a_wage_is_read_strictly(tmp_path: Path) -> None:
    rows = [
        {**wage(), field: value} for field, values in BAD_WAGE_FIELDS.items() for value in values
    ]
    found = told_of_wages(tmp_path, *rows)
    places = [problem.partition(", expected ")[0] for problem in found]
    assert places == expected_places(BAD_WAGE_FIELDS)


@pytest.mark.parametrize(
    ("fields", "column"),
    [
        ({"exit_date": "2023-01-14"}, "exit_date"),
        ({"exit_date": "", "exit_reason": "03"}, "exit_reason"),
        (
            {"msg_enrolled_date": "2023-03-01", "msg_completed_date": "2023-02-28"},
            "msg_completed_date",
        ),
        ({"credential_date": "2023-03-01"}, "credential_date"),
    ],
)
def test_fields_that_contradict_each_other_are_refused(
    tmp_path: Path, fields: dict[str, str], column: str
) -> None:
    (problem,) = told_of_periods(tmp_path, period(), period(period_id="b", **fields))
    assert problem.startswith(f"row 3, {column}: found ")


def test_a_period_told_twice_is_refused_with_both_rows(tmp_path: Path) -> None:
    rows = [period(), period(period_id="b"), period(person_id="q")]
    assert told_of_periods(tmp_path, *rows) == [
        "row 4, period_id: found 'a' as in row 2, expected each only once"
    ]


def test_all_problems_are_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    rows = [period(period_id=str(number), program="x", secondary="9") for number in range(3)]
    found = told_of_periods(tmp_path, *rows)
    assert [problem.partition(":")[0] for problem in found] == [
        f"row {row}, {column}" for row in (2, 3, 4) for column in ("program", "secondary")
    ]


def test_a_truncated_last_line_names_its_row(tmp_path: Path) -> None:
    path = write(tmp_path / "wages.csv", [wage(), wage("2024Q2")], WAGE)
    path.write_bytes(path.read_bytes()[: -len("100000,ui\n")])
    (problem,) = told(path, "wages")
    assert problem.startswith("row 3: found missing columns")


def test_bytes_of_another_encoding_name_their_row(tmp_path: Path) -> None:
    path = write(tmp_path / "wages.csv", [wage(), wage(employer_id="?")], WAGE)
    path.write_bytes(path.read_bytes().replace(b"?", b"Caf\xe9"))
    (problem,) = told(path, "wages")
    assert problem.startswith("row 3: found invalid encoding")


def test_rows_are_named_rightly_behind_lines_that_cannot_be_split(tmp_path: Path) -> None:
    path = write(tmp_path / "wages.csv", [wage(), wage(), wage(quarter="x")], WAGE)
    lines = path.read_bytes().splitlines()
    path.write_bytes(b"\n".join([lines[0], lines[1], b"p,e", *lines[2:]]) + b"\n")
    found = told(path, "wages")
    assert [problem.partition(":")[0] for problem in found] == ["row 3", "row 5, quarter"]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_line_ends_and_a_byte_order_mark_change_nothing(
    tmp_path: Path, mark: bytes, end: bytes
) -> None:
    path = write(tmp_path / "wages.csv", [wage(), wage("2024Q2")], WAGE)
    path.write_bytes(mark + path.read_bytes().replace(b"\n", end))
    assert told(path, "wages") == []


def test_a_header_names_every_column_once_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "wages.csv"
    path.write_text("person_id,employer_id,quarter,quarter,cents,colour\n")
    assert [problem.partition(", expected")[0] for problem in told(path, "wages")] == [
        "row 1, colour: found an unknown column",
        "row 1, quarter: found the column a second time",
        "row 1, source: found no such column",
    ]


def test_the_order_of_columns_is_free(tmp_path: Path) -> None:
    row = wage()
    turned = dict(reversed(row.items()))
    assert told(write(tmp_path / "wages.csv", [turned], WAGE), "wages") == []


def test_a_parquet_file_is_read_like_a_csv_file(tmp_path: Path) -> None:
    source = write(tmp_path / "periods.csv", [period(), period(period_id="b")], PERIOD)
    path = tmp_path / "periods.parquet"
    with engine() as connection:
        for select in (
            "*",
            "* REPLACE (CAST(entry_date AS DATE) AS entry_date, TRUE AS secondary)",
        ):
            connection.execute(
                f"COPY (SELECT {select} FROM read_csv('{source}', all_varchar = true)) TO '{path}'"
            )
            assert told(path, "periods") == []
        connection.execute(
            f"COPY (SELECT * REPLACE ('x' AS program) FROM read_csv('{source}', "
            f"all_varchar = true)) TO '{path}'"
        )
    assert [problem.partition(":")[0] for problem in told(path, "periods")] == [
        "row 1, program",
        "row 2, program",
    ]


def test_a_file_that_is_no_parquet_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "wages.parquet"
    path.write_bytes(b"person_id,employer_id\n")
    (problem,) = told(path, "wages")
    assert problem.startswith("wages.parquet: found ")
