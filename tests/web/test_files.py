"""Files hold the same numbers as the pages, in plain digits with their units."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal

import pytest
from django.test import Client

from lmb.settlement.report import Report
from lmb.values.canonical import sha256_hex
from tests.web.support import bond_address


def rows(client: Client, report: Report, name: str) -> list[dict[str, str]]:
    response = client.get(f"{bond_address(report)}{name}.csv")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8; header=present"
    assert f"{report.bond.cusip}-" in response.headers["Content-Disposition"]
    content = response.content.decode()
    assert content.count("\n") == content.count("\r\n")
    found = list(csv.DictReader(io.StringIO(content), strict=True))
    assert found
    return found


def total(found: list[dict[str, str]], column: str) -> int:
    return sum(int(row[column]) for row in found)


def test_cash_flows_add_up_to_the_interest_paid(client: Client, demonstration: Report) -> None:
    found = rows(client, demonstration, "cash-flows")
    money = demonstration.money
    assert [row["period"] for row in found] == [str(number) for number in range(1, 11)]
    assert total(found, "interest_cents") == money.interest_cents
    assert total(found, "bonus_cents") == money.bonus_cents
    assert total(found, "total_cents") == money.interest_cents + money.bonus_cents
    assert found[-1]["pays_on"] == "1981-02-17"
    assert found[-1]["coupon_percent"] == "9.317"
    assert found[-1]["determination_id"] == str(demonstration.payments[-1].determination)


def test_money_flow_adds_up_to_what_came_in(client: Client, demonstration: Report) -> None:
    found = {
        row["movement"]: int(row["amount_cents"])
        for row in rows(client, demonstration, "money-flow")
    }
    came_in = (
        "bond-price",
        "accrued-interest",
        "interest-appropriation",
        "principal-appropriation",
    )
    assert sum(found[key] for key in came_in) == demonstration.money.sources_cents


def test_demand_adds_up_to_the_auction(client: Client, demonstration: Report) -> None:
    found = rows(client, demonstration, "demand")
    auction = demonstration.auction
    assert auction is not None
    assert total(found, "bid_cents") == auction.tendered_cents
    assert total(found, "awarded_cents") == auction.awarded_cents
    assert total(found, "bids") == 13
    yields = [Decimal(row["yield_percent"]) for row in found[1:]]
    assert found[0]["yield_percent"] == ""
    assert yields == sorted(yields)


def test_outcome_has_both_arms_of_the_lottery(client: Client, demonstration: Report) -> None:
    treated, control = rows(client, demonstration, "outcome")
    outcome = demonstration.outcome
    assert outcome is not None
    assert (treated["arm"], control["arm"]) == ("treated", "control")
    assert int(treated["people"]) + int(control["people"]) == 445
    means = [Decimal(arm["mean_earnings_dollars"]) for arm in (treated, control)]
    assert means[0] - means[1] == outcome.estimate_dollars


def test_term_sheet_is_the_document_whose_hash_is_locked(
    client: Client, demonstration: Report
) -> None:
    response = client.get(bond_address(demonstration) + "terms.json")
    assert response.headers["Content-Type"] == "application/json"
    assert sha256_hex(response.content) == demonstration.bond.terms_sha256
    assert json.loads(response.content)["cusip"] == demonstration.bond.cusip


@pytest.mark.parametrize("name", ["cash-flows", "money-flow", "demand", "outcome"])
def test_files_of_both_languages_are_the_same(
    client: Client, demonstration: Report, name: str
) -> None:
    address = f"{bond_address(demonstration)}{name}.csv"
    assert client.get(address).content == client.get(f"/es{address}").content
