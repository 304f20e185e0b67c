"""Tables sort, page, add up and download the same rows whatever part of them is shown."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from django.test import RequestFactory

from lmb.web.tables import Column, Kind, Link, ShownTable, Table

TRACE = UUID(int=7)
TABLE = Table(
    "coupons",
    "Coupons, US dollars",
    (
        Column("bond", "Bond", Kind.LINK),
        Column("pays_on", "Paid on", Kind.DAY),
        Column("rate_percent", "Rate", Kind.PERCENT),
        Column("amount_cents", "Amount", Kind.MONEY, adds_up=True),
        Column("cause_id", "Why", Kind.TRACE),
    ),
    [
        (Link("beta", "/b/"), date(1979, 2, 1), Decimal("7.125"), 3_00, TRACE),
        (Link("Alpha", "/a/"), None, None, None, None),
        (Link("gamma", "/c/"), date(1977, 2, 1), Decimal("10.5"), 1_234_56, TRACE),
    ],
    "Coupons will appear here.",
    rows_a_page=2,
)


def shown(asked: str = "", table: Table = TABLE) -> ShownTable:
    return table.shown(RequestFactory().get(f"/investor/{asked}"))


def column(table: ShownTable, number: int) -> list[str]:
    return [row[number].text for row in table.rows]


def test_values_are_written_by_their_kind_and_a_missing_one_as_a_dash() -> None:
    first, second = shown().rows
    assert [cell.text for cell in first] == [
        "beta",
        "February 1, 1979",
        "7.125\N{NO-BREAK SPACE}%",
        "$3.00",
        "Trace",
    ]
    assert (first[0].address, first[4].address) == ("/b/", f"/trace/{TRACE}/")
    assert [cell.text for cell in second[1:]] == ["–"] * 4


@pytest.mark.parametrize(
    ("asked", "bonds"),
    [
        ("", ["beta", "Alpha"]),
        ("?sort=coupons.bond", ["Alpha", "beta"]),
        ("?sort=-coupons.bond", ["gamma", "beta"]),
        ("?sort=coupons.amount_cents", ["beta", "gamma"]),
        ("?sort=-coupons.rate_percent", ["gamma", "beta"]),
        ("?sort=coupons.pays_on", ["gamma", "beta"]),
        ("?sort=coupons.password", ["beta", "Alpha"]),
        ("?sort=others.bond", ["beta", "Alpha"]),
        ("?coupons=2", ["gamma"]),
        ("?coupons=99", ["gamma"]),
        ("?coupons=x", ["beta", "Alpha"]),
        ("?sort=coupons.pays_on&coupons=2", ["Alpha"]),
    ],
)
def test_rows_are_in_the_order_asked_for_and_those_without_a_value_come_last(
    asked: str, bonds: list[str]
) -> None:
    assert column(shown(asked), 0) == bonds


def test_sum_is_of_all_rows_whatever_page_is_shown() -> None:
    for asked in ("", "?coupons=2"):
        assert [cell.text for cell in shown(asked).sums] == ["", "", "", "$1,237.56", ""]


def test_heading_turns_the_order_round_and_keeps_what_else_was_asked() -> None:
    headings = shown("?seed=x&sort=coupons.bond").headings
    assert headings[0].sorted == "ascending"
    assert headings[0].address == "?seed=x&sort=-coupons.bond"
    assert headings[1].sorted == ""
    assert headings[1].address == "?seed=x&sort=coupons.pays_on"


def test_file_has_every_row_with_plain_values() -> None:
    lines = TABLE.file().content.decode().split("\r\n")
    assert lines == [
        "bond,pays_on,rate_percent,amount_cents,cause_id",
        f"beta,1979-02-01,7.125,300,{TRACE}",
        "Alpha,,,,",
        f"gamma,1977-02-01,10.5,123456,{TRACE}",
        "",
    ]


def test_moments_are_in_universal_time_and_in_files_as_they_are() -> None:
    at = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    columns = (Column("at", "When", Kind.MOMENT),)
    table = Table("looks", "Looks", columns, [(at,)], "None yet.")
    assert column(shown(table=table), 0) == ["January 2, 2026, 03:04 UTC"]
    assert "2026-01-02T03:04:05+00:00" in table.file().content.decode()


def test_empty_table_has_no_sum_and_says_what_will_appear() -> None:
    table = Table("coupons", "Coupons", TABLE.columns, [], "Coupons will appear here.")
    found = shown(table=table)
    assert (found.sums, found.rows, found.empty) == ([], [], "Coupons will appear here.")
