"""A table is read whole, or everything wrong with it is said at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmb.values.columns import (
    Column,
    blank_or,
    choice,
    decimal_number,
    dollars,
    integer,
    iso_date,
    percent,
    text,
)
from lmb.values.errors import InputError
from lmb.values.tables import Limits, Row, Table, read_table, table_bytes


class Kind(StrEnum):
    LEVY = "levy"
    GRANT = "grant"


NAME = Column("name", text(20))
KIND = Column("kind", choice(Kind.LEVY, Kind.GRANT))
PAID = Column("paid_dollars", dollars(cents_max=1_000_000_00))
ON = Column("on", blank_or(iso_date()))
COLUMNS = (NAME, KIND, PAID, ON)
HEADER = b"name,kind,paid_dollars,on\n"


@dataclass(frozen=True)
class Payment:
    name: str
    kind: Kind
    paid_cents: int
    on: date | None


def payment(row: Row) -> Payment:
    return Payment(row[NAME], row[KIND], row[PAID], row[ON])


def read(content: bytes, limits: Limits | None = None) -> Table:
    return read_table("paid.csv", content, COLUMNS, limits)


def problems(content: bytes, limits: Limits | None = None) -> list[str]:
    table = read(content, limits)
    with pytest.raises(InputError) as refused:
        table.accept(payment)
    assert refused.value.problems == table.problems
    return [str(problem) for problem in table.problems]


GOOD = (Payment("Ann", Kind.LEVY, 1250, date(1976, 4, 1)), Payment("Bo", Kind.GRANT, 0, None))


@pytest.mark.parametrize(
    "content",
    [
        HEADER + b"Ann,levy,12.50,1976-04-01\nBo,grant,0,\n",
        b"\xef\xbb\xbf" + HEADER + b"Ann,levy,12.50,1976-04-01\nBo,grant,0,",
        b"name,kind,paid_dollars,on\r\nAnn,levy,12.50,1976-04-01\r\n\r\nBo,grant,0,\r\n",
        b"name,kind,paid_dollars,on\rAnn,levy,12.50,1976-04-01\rBo,grant,0,\r",
        b"on,paid_dollars,kind,name\n1976-04-01,12.50,levy,Ann\n,0,grant,Bo\n",
        b'"name","kind","paid_dollars","on"\n"Ann",levy,"12.50",1976-04-01\nBo,grant,0,""\n',
    ],
    ids=["plain", "byte order mark", "crlf and empty line", "cr", "other order", "quoted"],
)
def test_a_sound_file_becomes_typed_rows(content: bytes) -> None:
    assert read(content).accept(payment) == GOOD


def test_quoted_fields_may_hold_commas_and_quotes() -> None:
    rows = read(HEADER + b'"Ann ""A"", Ltd",levy,1,\n').accept(payment)
    assert rows[0].name == 'Ann "A", Ltd'


def test_all_problems_of_a_file_come_at_once_in_its_order() -> None:
    content = HEADER + b"Ann,tax,12.505,1976-02-30\n,levy,-1,19760401\nBo,grant,1\nCy,levy,1e3,\n"
    assert problems(content) == [
        "paid.csv, row 2, kind: found 'tax' (none of the choices), expected levy or grant",
        "paid.csv, row 2, paid_dollars: found '12.505' (is not a number of dollars with at most "
        "two decimals), expected dollars from 0.00 to 1000000.00 like 6200.00, without parts of "
        "a cent",
        "paid.csv, row 2, on: found '1976-02-30' (day is out of range for month), expected a date "
        "from 1900-01-01 to 2199-12-31 like 1976-04-15, or nothing",
        "paid.csv, row 3, name: found nothing, expected printable text of 1 to 20 characters",
        "paid.csv, row 3, paid_dollars: found '-1' (out of bounds), expected dollars from 0.00 to "
        "1000000.00 like 6200.00, without parts of a cent",
        "paid.csv, row 3, on: found '19760401' (not written year-month-day), expected a date from "
        "1900-01-01 to 2199-12-31 like 1976-04-15, or nothing",
        "paid.csv, row 4: found 3 fields, expected 4 fields as in the header",
        "paid.csv, row 5, paid_dollars: found '1e3' (is not a number of dollars with at most two "
        "decimals), expected dollars from 0.00 to 1000000.00 like 6200.00, without parts of a cent",
    ]


def test_missing_extra_and_doubled_columns_are_named_and_the_rows_still_checked() -> None:
    found = problems(b"name,name,colour,paid_dollars,on\nAnn,Ann,red,x,\n")
    assert found[:3] == [
        "paid.csv, row 1, name: found the column a second time, expected each column once",
        "paid.csv, row 1, colour: found an unknown column 'colour', expected the columns "
        "name,kind,paid_dollars,on",
        "paid.csv, row 1, kind: found no such column, expected a column kind with levy or grant",
    ]
    assert len(found) == 4
    assert "row 2, paid_dollars: found 'x'" in found[3]


def test_a_file_of_another_kind_is_refused_by_its_header_alone() -> None:
    found = problems(b"Ann;levy;12.50;1976-04-01\nBo;grant;0;\n")
    assert len(found) == 5
    assert all(", row 1, " in problem for problem in found)


def test_an_empty_file_lacks_its_header() -> None:
    expected = "expected a header: name,kind,paid_dollars,on"
    for content in (b"", b"\n\n", b"\xef\xbb\xbf"):
        assert problems(content) == [f"paid.csv, row 1: found an empty file, {expected}"]


def test_a_header_alone_is_a_table_without_rows() -> None:
    assert read(HEADER).accept(payment) == ()


def test_bytes_that_are_not_text_are_reported_where_they_stand() -> None:
    found = problems(HEADER + b"An\x00n,levy,1,\nB\xf6,levy,1,\nCy,levy,1,\n")
    assert found == [
        "paid.csv, row 2, name: found 'An\\x00n', expected UTF-8 text without NUL bytes",
        "paid.csv, row 3, name: found 'B\\udcf6', expected UTF-8 text without NUL bytes",
    ]
    assert problems("name,kind".encode("utf-16"))


def test_a_broken_quote_is_reported_and_reading_goes_on() -> None:
    found = problems(HEADER + b'"Ann"x,levy,1,\nBo,tax,1,\n"Cy,levy,1,\n')
    assert [problem.split(":")[0] for problem in found] == [
        "paid.csv, row 2",
        "paid.csv, row 3, kind",
        "paid.csv, row 4",
    ]


def test_row_numbers_are_lines_of_the_file() -> None:
    found = problems(HEADER + b'"A\nB",levy,1,\n\nBo,tax,1,\n')
    assert found[0].startswith("paid.csv, row 2, name: found 'A\\nB' (a character that does not")
    assert found[1].startswith("paid.csv, row 5, kind: found 'tax'")


def test_a_file_beyond_a_limit_is_not_read_on() -> None:
    body = HEADER + b"Ann,levy,1,\n" * 3
    assert problems(body, Limits(bytes_max=20)) == [
        "paid.csv: found 62 bytes, expected at most 20 bytes"
    ]
    assert problems(body, Limits(rows_max=2)) == [
        "paid.csv, row 4: found more than 2 rows, expected at most 2 rows"
    ]
    assert len(read(body, Limits(rows_max=3)).accept(payment)) == 3


def test_problems_beyond_the_cap_are_counted() -> None:
    found = problems(HEADER + b"Ann,tax,1,\n" * 12, Limits(problems_max=5))
    assert len(found) == 6
    assert found[-1] == "paid.csv: found 7 more problems, expected none; these are not listed"


def test_a_field_too_long_to_show_is_cut() -> None:
    (found,) = problems(HEADER + b"x" * 90_000 + b",levy,1,\n")
    assert len(found) < 200
    assert "(90,000 characters)" in found


def test_duplicates_are_seen_also_in_rows_with_other_problems() -> None:
    table = read(HEADER + b"Ann,levy,1,\nAnn,tax,2,\nBo,levy,1,\nAnn,levy,1,\n")
    table.report_duplicates(NAME)
    table.report_duplicates(NAME, ON)
    assert [str(problem) for problem in table.problems] == [
        "paid.csv, row 3, kind: found 'tax' (none of the choices), expected levy or grant",
        "paid.csv, row 3, name: found 'Ann' as in row 2, expected each only once",
        "paid.csv, row 3, name, on: found 'Ann, nothing' as in row 2, expected each only once",
        "paid.csv, row 5, name: found 'Ann' as in row 2, expected each only once",
        "paid.csv, row 5, name, on: found 'Ann, nothing' as in row 2, expected each only once",
    ]


def test_a_field_that_could_not_be_read_has_no_value() -> None:
    (row,) = read(HEADER + b"Ann,tax,1,\n").rows
    assert row.has(NAME, PAID, ON)
    assert not row.has(NAME, KIND)
    assert row[ON] is None
    with pytest.raises(KeyError, match="kind"):
        row[KIND]


RATE = Column("v", percent(3, percent_min=Decimal(0), percent_max=Decimal(20)))
HOURS = Column("v", decimal_number(2, lowest=Decimal(0), highest=Decimal(9000)))
COUNT = Column("v", integer(-5, 1000))
AMOUNT = Column("v", dollars())
WORD = Column("v", text(20))
DAY = Column("v", iso_date(date(1976, 1, 1), date(1976, 12, 31)))


def read_field(column: Column[Any], field: str) -> Table:
    return read_table("v.csv", table_bytes(["v"], [[field]]), (column,))


@pytest.mark.parametrize(
    ("column", "field", "value"),
    [
        (COUNT, "-5", -5),
        (COUNT, "1000", 1000),
        (RATE, "7.310", Decimal("7.310")),
        (RATE, "20", Decimal(20)),
        (HOURS, "8760.25", Decimal("8760.25")),
        (AMOUNT, "10000000000000", 10**15),
        (AMOUNT, "0.07", 7),
        (DAY, "1976-02-29", date(1976, 2, 29)),
        (WORD, "Zoë O'Hara", "Zoë O'Hara"),
    ],
)
def test_readers_take_what_they_describe(column: Column[Any], field: str, value: object) -> None:
    assert read_field(column, field).accept(lambda row: row[column]) == (value,)


@pytest.mark.parametrize(
    ("column", "fields"),
    [
        (COUNT, ["", "-6", "1001", "1.0", "+1", "01", "1_0", "٣", " 1", "1" * 400]),
        (RATE, ["", "7.3101", "20.001", "-0.001", "7,3", "1e1", "NaN", "Infinity"]),
        (HOURS, ["8.125", "-1", "9000.01", "1e3", ".5", "5."]),
        (AMOUNT, ["", "-0.01", "10000000000000.01", "1.005", "$5", "1,000", "1e2", "9" * 30]),
        (DAY, ["", "1975-12-31", "1977-01-01", "1975-02-29", "19760101", "1976-W01-1", "1/2/76"]),
        (WORD, ["", " Ann", "Ann ", "Ann\t", "x" * 21, "Zoe\u0308", "A\u200bnn", "A\u202enn"]),
    ],
)
def test_readers_refuse_everything_else(column: Column[Any], fields: list[str]) -> None:
    for field in fields:
        table = read_field(column, field)
        assert len(table.problems) == 1, field
        assert table.problems[0].row == 2


@given(st.lists(st.tuples(st.text(), st.text(), st.text(), st.text()), max_size=8))
def test_any_text_is_accepted_or_explained(rows: list[tuple[str, str, str, str]]) -> None:
    clean = [[field.encode(errors="replace").decode() for field in row] for row in rows]
    table = read(table_bytes([column.name for column in COLUMNS], clean))
    good = sum(row.has(*COLUMNS) for row in table.rows)
    assert len(table.rows) == len(rows)
    assert (good == len(rows)) == (not table.problems)


@given(st.binary(max_size=300))
def test_any_bytes_are_accepted_or_explained(content: bytes) -> None:
    table = read(HEADER + content)
    assert all(problem.file == "paid.csv" for problem in table.problems)
    assert all(str(problem).isprintable() for problem in table.problems)


fields = st.text(
    st.characters(min_codepoint=32, max_codepoint=0x2FF, exclude_categories=["Cc", "Cf"]),
    min_size=1,
)


@given(st.lists(st.tuples(fields, fields), min_size=1))
def test_what_is_written_reads_back(rows: list[tuple[str, str]]) -> None:
    from_text = text(10_000)
    columns = (Column("a", blank_or(from_text)), Column("b", blank_or(from_text)))
    written = table_bytes(["a", "b"], rows)
    table = read_table("a.csv", written, columns)
    for row, (first, second) in zip(table.rows, rows, strict=True):
        for column, field in zip(columns, (first, second), strict=True):
            if row.has(column):
                assert row[column] == field
