"""Files of bonds and bills: published figures out of plain rows, and every bad row told."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lmb.bonds.pricing.exact import accrued_per_1000, price_per_100, yield_percent_at_price
from lmb.bonds.pricing.files import price_bills, price_bonds, yield_bills, yield_bonds
from lmb.bonds.schedule import InterestSchedule
from lmb.values.errors import InputError
from lmb.values.rounding import half_up
from lmb.values.tables import table_bytes
from tests.bonds.pricing.cases import APPENDIX_B, coupons, read_auctions, settlements, yields

BONDS = "issue_date,dated_date,maturity_date,coupon_percent,yield_percent"
WITH_FIRST = f"{BONDS},first_payment_date"
Row = dict[str, str]


def rows(content: bytes) -> list[Row]:
    return list(csv.DictReader(io.StringIO(content.decode())))


def bond_row(
    schedule: InterestSchedule, settles_on: date, coupon: Decimal, yield_percent: Decimal
) -> list[str]:
    dates = (settles_on, schedule.dated_on, schedule.matures_on)
    return [*map(str, (*dates, coupon, yield_percent, schedule.first_interest_on))]


def problems(
    price: Callable[[str, bytes], bytes], *lines: str
) -> list[tuple[int | None, str | None]]:
    with pytest.raises(InputError) as caught:
        price("f.csv", "\n".join(lines).encode())
    return [(problem.row, problem.column) for problem in caught.value.problems]


def test_the_examples_of_appendix_b_come_out_of_a_file() -> None:
    lines = [
        bond_row(each.schedule, each.settles_on, each.coupon_percent, each.yield_percent)
        for each in APPENDIX_B
    ]
    found = rows(price_bonds("f.csv", table_bytes(WITH_FIRST.split(","), lines)))
    assert [row["price"] for row in found] == [str(each.price) for each in APPENDIX_B]
    assert found[0]["accrued_per_1000"] == "0.00000"
    assert found[4]["accrued_per_1000"] == "36.72798"


def test_all_published_auctions_come_out_of_a_file(shared_data: Path) -> None:
    auctions = list(read_auctions(shared_data))
    lines = [
        bond_row(each.schedule, each.issue_on, each.coupon_percent, each.high_yield_percent)[:5]
        for each in auctions
    ]
    priced = price_bonds("f.csv", table_bytes(BONDS.split(","), lines))
    for row, auction in zip(rows(priced), auctions, strict=True):
        assert Decimal(row["price"]) == auction.price
        assert Decimal(row["accrued_per_1000"]) == auction.accrued
    for row, auction in zip(rows(yield_bonds("f.csv", priced)), auctions, strict=True):
        assert len(row["yield_percent"].partition(".")[2]) == 12
        assert half_up(Decimal(row["yield_percent"]), 3) == auction.high_yield_percent


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(settlements(), coupons, yields), max_size=8))
def test_every_digit_of_a_file_is_that_of_exact_arithmetic(
    drawn: list[tuple[tuple[InterestSchedule, date], Decimal, Decimal]],
) -> None:
    lines = [bond_row(*settlement, coupon, given) for settlement, coupon, given in drawn]
    priced = price_bonds("f.csv", table_bytes(WITH_FIRST.split(","), lines))
    with_yields = yield_bonds("f.csv", priced)
    again = rows(with_yields)
    for row, back in zip(rows(price_bonds("f.csv", with_yields)), again, strict=True):
        # Where accrued interest ends in a 5 at the seventh place the last bit of the yield decides.
        assert abs(Decimal(row["price"]) - Decimal(back["price"])) <= Decimal("0.000001")
    for row, back, ((schedule, settles_on), coupon, given_yield) in zip(
        rows(priced), again, drawn, strict=True
    ):
        price = price_per_100(schedule, coupon, given_yield, settles_on)
        assert row["price"] == str(price)
        assert row["accrued_per_1000"] == str(accrued_per_1000(schedule, coupon, settles_on))
        exact = yield_percent_at_price(schedule, coupon, price, settles_on)
        assert len(back["yield_percent"].partition(".")[2]) == 12
        assert Decimal(back["yield_percent"]) == half_up(exact, 12)


def test_parquet_says_the_same_as_csv() -> None:
    columns = {
        "cusip": ["91282CDS7"],
        "issue_date": [date(2022, 1, 18)],
        "dated_date": [date(2022, 1, 15)],
        "maturity_date": [date(2025, 1, 15)],
        "coupon_percent": [1.125],
        "yield_percent": [1.237],
    }
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink)
    priced = price_bonds("f.parquet", sink.getvalue())
    (row,) = pq.read_table(io.BytesIO(priced)).to_pylist()
    assert (row["cusip"], row["price"], row["accrued_per_1000"]) == (
        "91282CDS7",
        99.671988,
        0.09323,
    )
    (row,) = pq.read_table(io.BytesIO(yield_bonds("f.parquet", priced))).to_pylist()
    assert row["yield_percent"] == 1.236999978225


def test_bills_come_out_of_a_file_and_back() -> None:
    priced = price_bills(
        "f.csv",
        b"issue_date,maturity_date,discount_rate_percent\n"
        b"1990-06-01,1990-06-21,7.930\n1990-06-07,1991-06-06,7.65\n",
    )
    assert [(row["price"], row["investment_rate_percent"]) for row in rows(priced)] == [
        ("99.559444", "8.076"),
        ("92.265000", "8.237"),
    ]
    back = rows(yield_bills("f.csv", priced))
    assert [(row["discount_rate_percent"], row["investment_rate_percent"]) for row in back] == [
        ("7.930", "8.076"),
        ("7.650", "8.237"),
    ]


def test_a_file_without_rows_comes_out_without_rows() -> None:
    assert price_bonds("f.csv", BONDS.encode()) == f"{BONDS},price,accrued_per_1000\n".encode()


def test_every_bad_row_of_bonds_is_told() -> None:
    assert problems(
        price_bonds,
        WITH_FIRST,
        "2024-02-15,2024-02-15,2034-02-15,4,4.1,",
        "2024-02-15,2024-02-15,2024-02-15,4,4.1,",
        "2024-02-14,2024-02-15,2034-02-15,4,4.1,",
        "2024-02-15,2024-02-15,2034-02-15,4,4.1,2024-09-15",
        "2024-02-15,2024-02-15,2034-02-15,-4,1001,",
        "2024-02-15,15.02.2024,2034-02-15,4,,",
        "2024-02-15,2024-02-15,2099-02-15,4,-90,",
        "2024-02-15,2024-02-15,2034-02-15,4",
    ) == [
        (3, "maturity_date"),
        (4, "issue_date"),
        (5, "first_payment_date"),
        (6, "coupon_percent"),
        (6, "yield_percent"),
        (7, "dated_date"),
        (7, "yield_percent"),
        (8, "yield_percent"),
        (9, None),
    ]


def test_every_bad_row_with_a_price_is_told() -> None:
    assert problems(
        yield_bonds,
        BONDS.replace("yield_percent", "price"),
        "2024-02-15,2024-02-15,2034-02-15,4,100",
        "2024-02-15,2024-02-15,2024-08-15,4,0.001",
        "2024-02-15,2024-02-15,2024-08-15,4,0",
        "2024-08-15,2024-02-15,2024-08-15,4,99",
    ) == [(3, "price"), (4, "price"), (5, "issue_date")]


def test_every_bad_row_of_bills_is_told() -> None:
    assert problems(
        price_bills,
        "issue_date,maturity_date,discount_rate_percent",
        "2024-01-04,2024-07-04,5.1",
        "2024-01-04,2024-01-04,5.1",
        "2024-01-04,2025-01-05,5.1",
        "2024-01-04,2025-01-02,100",
        "x,2025-01-02,5e1",
    ) == [
        (3, "maturity_date"),
        (4, "maturity_date"),
        (5, "discount_rate_percent"),
        (6, "issue_date"),
        (6, "discount_rate_percent"),
    ]
