"""`lmb bonds unclaimed` as a shell uses it: stop, list, take back, pay."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from click.testing import CliRunner

from lmb.bonds import queries_payments
from lmb.cli import bonds_unclaimed
from lmb.cli.bonds import bonds
from lmb.ledger.service import Books
from lmb.values.errors import NotFoundError, RefusedError
from tests.bonds.desk import Desk
from tests.bonds.payments.test_service import pay_first
from tests.bonds.registry.test_service import issued

pytestmark = pytest.mark.django_db
CUSIP = "LMB760AA3"


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A bond delivered, and the command on the books and clock of its desk."""
    found = issued()

    @contextmanager
    def these_books(_: str | None) -> Iterator[Books]:
        yield found.books

    monkeypatch.setattr(bonds_unclaimed, "_books", these_books)
    return found


def unclaimed(*arguments: str) -> str:
    done = CliRunner().invoke(bonds, ["unclaimed", *arguments])
    if done.exception is not None:
        raise done.exception
    return done.output


def test_money_waits_while_payments_are_stopped_and_is_paid_when_it_is_claimed(desk: Desk) -> None:
    unclaimed("stop", "ana", "--because", "mail came back")
    pay_first(desk)
    told = unclaimed("list", CUSIP)
    assert "$20.00  ana  stopped: mail came back" in told
    assert "$20.00  waits for 1 accounts of bond LMB760AA3" in told
    (row,) = json.loads(unclaimed("list", CUSIP, "--json"))["unclaimed"]
    assert row == {"account": "ana", "waits_cents": 2_000, "stopped": "mail came back"}
    with pytest.raises(RefusedError, match="payments to ana are stopped; resume them first"):
        unclaimed("pay", CUSIP, "ana", "--reference", "c1")
    unclaimed("resume", "ana", "--because", "new address")
    assert "paid ana what waited" in unclaimed("pay", CUSIP, "ana", "--reference", "c1")
    assert queries_payments.unclaimed_cents(desk.bond) == {}


def test_a_payment_that_a_bank_sent_back_waits_and_one_never_made_is_named(desk: Desk) -> None:
    told = ["returned", CUSIP, "ana", "--period", "1", "--because", "account closed"]
    with pytest.raises(NotFoundError, match="no interest of bond LMB760AA3 was paid with period 1"):
        unclaimed(*told)
    pay_first(desk)
    assert "took back the interest of period 1 from ana" in unclaimed(*told)
    assert queries_payments.unclaimed_cents(desk.bond) == {"ana": 2_000}
