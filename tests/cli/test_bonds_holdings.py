"""`lmb bonds holdings` and `lmb bonds trade` as a shell uses them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from click.testing import CliRunner

from lmb.bonds import queries, service_coupons
from lmb.cli import bonds_holdings
from lmb.cli.bonds import bonds
from lmb.ledger.service import Books
from lmb.values.errors import RefusedError
from tests.bonds.desk import Desk
from tests.bonds.registry.test_service import LATER, issued

pytestmark = pytest.mark.django_db
CUSIP = "LMB760AA3"


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A bond delivered, and the commands on the books and clock of its desk."""
    found = issued().at(LATER)
    service_coupons.determine_due_coupons(found.books, found.bond)

    @contextmanager
    def these_books(_: str | None) -> Iterator[Books]:
        yield found.books

    monkeypatch.setattr(bonds_holdings, "_books", these_books)
    return found


def run(*arguments: str) -> str:
    done = CliRunner().invoke(bonds, list(arguments))
    if done.exception is not None:
        raise done.exception
    return done.output


def test_all_that_is_held_is_listed_and_adds_up_to_what_is_out(desk: Desk) -> None:
    told = run("holdings", CUSIP)
    assert "$3,500.00  north" in told
    assert told.splitlines()[-1].strip() == "$10,000.00  outstanding, held by all"
    document = json.loads(run("holdings", CUSIP, "--json"))
    assert document["outstanding_cents"] == sum(row["par_cents"] for row in document["holdings"])


def test_an_account_is_told_what_it_holds_and_what_comes_next(desk: Desk) -> None:
    told = run("holdings", CUSIP, "--account", "north")
    assert told.startswith("$3,500.00 par, accrued $")
    assert told.endswith("next coupon 1976-08-16: 8 % + 0 %\n")
    document = json.loads(run("holdings", CUSIP, "--account", "north", "--json"))
    assert document["par_cents"] == document["available_cents"] == 350_000
    assert document["next_coupon"]["most_bonus_percent"] == "0"


def test_a_trade_is_agreed_listed_and_settled_or_given_up(desk: Desk) -> None:
    agree = ("trade", "agree", CUSIP)
    parties = ("--seller", "north", "--buyer", "south", "--face-dollars", "500", "--price", "99.5")
    told = json.loads(run(*agree, "t-1", *parties))
    assert told["principal_cents"] == 49_750
    run(*agree, "t-2", *parties)
    assert "2 trades wait" in run("trade", "list", CUSIP)
    with pytest.raises(RefusedError, match="settles on"):
        run("trade", "settle", CUSIP, "t-1")
    desk.at(date.fromisoformat(told["settles_on"]))
    assert run("trade", "settle", CUSIP, "t-1") == "trade t-1 is settled\n"
    assert run("trade", "fail", CUSIP, "t-2") == "trade t-2 is given up\n"
    assert "0 trades wait" in run("trade", "list", CUSIP)
    held = {one.investor: one.par_cents for one in queries.holdings(desk.bond)}
    assert held["south"] == 400_000
