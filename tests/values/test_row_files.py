"""Files whose rows go out again: every problem at once, untouched columns, both formats."""

from __future__ import annotations

import io
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmb.values.columns import Column, Reader, blank_or, decimal_number, iso_date
from lmb.values.errors import InputError
from lmb.values.row_files import Added, RowFile, read_row_file
from lmb.values.tables import Limits, table_bytes

DAY = Column("day", iso_date())
RATE = Column("rate", decimal_number(3, lowest=Decimal(0), highest=Decimal(10)))
FIRST = Column("first_day", blank_or(iso_date()))


def read(content: bytes | str, **limits: int) -> RowFile:
    content = content.encode() if isinstance(content, str) else content
    return read_row_file("f", content, (DAY, RATE), (FIRST,), Limits(**limits))


def problems(content: bytes | str, **limits: int) -> list[tuple[int | None, str | None, str]]:
    with pytest.raises(InputError) as caught:
        read_whole(content, **limits)
    return [(each.row, each.column, each.found) for each in caught.value.problems]


def read_whole(content: bytes | str, **limits: int) -> None:
    file = read(content, **limits)
    columns: list[Column[Any]] = [DAY, RATE, FIRST]
    for column in columns:
        file.values(column)
    file.refuse_problems()


def parquet(**columns: Any) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue()


def test_rows_come_out_as_they_went_in_with_the_results_at_the_end() -> None:
    file = read('name,rate,day\r\n"a, ""b""\n",4.125,2024-02-29\r\n\r\nc,0,2024-03-01\r\n')
    assert file.values(RATE) == [Decimal("4.125"), Decimal(0)]
    assert file.values(DAY) == [date(2024, 2, 29), date(2024, 3, 1)]
    assert file.values(FIRST) == [None, None]
    assert list(file.numbers) == [2, 5]
    assert file.with_columns(Added("price", [99671988, -5], 6)) == (
        b'name,rate,day,price\n"a, ""b""\n",4.125,2024-02-29,99.671988\nc,0,2024-03-01,-0.000005\n'
    )


def test_a_result_of_an_earlier_run_gives_way_to_the_new_one() -> None:
    file = read("day,price,rate\n2024-01-01,1,2\n")
    assert file.with_columns(Added("price", [25], 1)) == b"day,rate,price\n2024-01-01,2,2.5\n"


def test_every_problem_of_every_row_is_told_with_its_line() -> None:
    text = "day,rate\n2024-02-30,1\n2024-02-29,11\n,\n2024-02-29,1,1\n2024-02-30,1\n"
    assert problems(text) == [
        (2, "day", "'2024-02-30' (day is out of range for month)"),
        (3, "rate", "'11' (out of bounds)"),
        (4, "day", "nothing"),
        (4, "rate", "nothing"),
        (5, None, "3 fields"),
        (6, "day", "'2024-02-30' (day is out of range for month)"),
    ]


@pytest.mark.parametrize(
    ("text", "column", "found"),
    [
        ("", None, "an empty file"),
        ("\n", None, "an empty file"),
        ("day\n", "rate", "no such column"),
        ("day,rate,x,x\n", "x", "the column a second time"),
        ("day,rate,first_dya\n", "first_dya", "the column 'first_dya'"),
        ("day,rate,FirstDay\n", "FirstDay", "the column 'FirstDay'"),
        ("day,rate,first_interest\n", "first_interest", "the column 'first_interest'"),
    ],
)
def test_a_header_that_cannot_be_right_is_refused(
    text: str, column: str | None, found: str
) -> None:
    assert problems(text) == [(1, column, found)]


def test_bytes_that_are_no_text_are_told_even_in_columns_that_only_go_through() -> None:
    assert problems(b"day,rate,name\n2024-01-01,1,\xff\n2024-01-01,1,a\0\n") == [
        (2, "name", "'\\udcff'"),
        (3, "name", "'a\\x00'"),
    ]


def test_a_file_has_limits() -> None:
    rows = "day,rate\n" + "2024-01-01,1\n" * 3
    assert problems(rows, rows_max=2) == [(4, None, "more than 2 rows")]
    assert problems(rows, bytes_max=20) == [(None, None, "48 bytes")]
    days = parquet(day=["2024-01-01"] * 3, rate=[1.0] * 3)
    assert problems(days, rows_max=2) == [(None, None, "3 rows")]
    assert problems(parquet(day=["x" * 9_000_000], rate=[1]))[0][2].endswith("bytes unpacked")


# ── Parquet ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "days",
    [
        ["2024-02-29", "2024-03-01"],
        [date(2024, 2, 29), date(2024, 3, 1)],
        [datetime(2024, 2, 29), datetime(2024, 3, 1)],  # noqa: DTZ001 - as pandas writes days
        pa.array(["2024-02-29", "2024-03-01"]).dictionary_encode(),
    ],
)
@pytest.mark.parametrize(
    "rates", [[4.125, 0.1], [Decimal("4.125"), Decimal("0.1")], ["4.125", "0.1"]]
)
def test_parquet_columns_of_many_types_read_the_same(days: Any, rates: Any) -> None:
    file = read(parquet(day=days, rate=rates))
    assert file.values(DAY) == [date(2024, 2, 29), date(2024, 3, 1)]
    assert file.values(RATE) == [Decimal("4.125"), Decimal("0.1")]
    assert list(file.numbers) == [1, 2]


def test_whole_numbers_of_parquet_read_as_numbers() -> None:
    assert read(parquet(day=["2024-02-29"], rate=[4])).values(RATE) == [Decimal(4)]


def test_parquet_goes_out_as_it_came_in_exact_where_the_input_was() -> None:
    day = pa.array([date(2024, 2, 29)])
    exact = read(parquet(name=["a"], day=day, rate=[Decimal("4.1")]))
    out = pq.read_table(io.BytesIO(exact.with_columns(Added("price", [99671988], 6))))
    assert out.column_names == ["name", "day", "rate", "price"]
    assert out["price"].to_pylist() == [Decimal("99.671988")]
    floating = read(parquet(price=[1.0], day=day, rate=[4.1]))
    out = pq.read_table(io.BytesIO(floating.with_columns(Added("price", [99671988], 6))))
    assert out.column_names == ["day", "rate", "price"]
    assert out["price"].to_pylist() == [99.671988]


def test_parquet_problems_are_told_by_row() -> None:
    content = parquet(
        day=["2024-02-29", None, "x"],
        rate=[float("nan"), 1e-9, float("inf")],
        first_day=["", "y", None],
    )
    assert problems(content) == [
        (1, "rate", "'NaN' (not a plain number)"),
        (2, "day", "nothing"),
        (2, "rate", "'0.000000001' (too many decimals)"),
        (2, "first_day", "'y' (not written year-month-day)"),
        (3, "day", "'x' (not written year-month-day)"),
        (3, "rate", "'Infinity' (not a plain number)"),
    ]


def test_a_parquet_file_cut_short_is_refused() -> None:
    (problem,) = problems(parquet(day=["2024-01-01"], rate=[1])[:-20])
    assert problem[2].startswith("what cannot be read")


# ── both ──────────────────────────────────────────────────────────────────────────────────────

fields = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=5)


@given(st.lists(st.tuples(fields, st.integers(-(10**15), 10**15)), max_size=5))
def test_what_goes_through_comes_out_equal(rows: list[tuple[str, int]]) -> None:
    content = table_bytes(["day", "rate", "name"], [["2024-01-01", "1", name] for name, _ in rows])
    out = read(content).with_columns(Added("x", [units for _, units in rows], 12))
    name, x = Column("name", blank_or(_any_text())), Column("x", _any_text())
    again = read_row_file("f", out, (name, x))
    assert again.values(name) == [given_name or None for given_name, _ in rows]
    found = again.values(x)
    assert [Decimal(text) for text in found if text] == [
        Decimal(units).scaleb(-12) for _, units in rows
    ]


def _any_text() -> Reader[str]:
    return Reader(lambda text: text, "anything")
