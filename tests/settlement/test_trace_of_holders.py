"""A trace tells kinds of holders, never their names: whoever pays for, trades or misses a bond."""

from __future__ import annotations

import pytest

from lmb.bonds import accounts, service_unclaimed
from lmb.ledger import queries as ledger
from lmb.settlement.trace import Node, label, trace
from tests.bonds.desk import Desk
from tests.bonds.payments.test_service import pay_first
from tests.bonds.registry.test_service import LATER, issued, sold

pytestmark = pytest.mark.django_db


def words(node: Node) -> str:
    below = " ".join(map(words, node.children))
    return " ".join((node.title, *node.lines, below))


def told(desk: Desk, code: str) -> str:
    """The traces of all movements of a code."""
    movements = ledger.movements(desk.books.cell, code=code)
    assert movements
    return " ".join(words(trace(movement.id)) for movement in movements)


def test_an_interest_payment_is_worked_out_from_what_the_holder_of_record_had() -> None:
    desk = issued()
    service_unclaimed.stop_payments(desk.books, "ana", "mail came back")
    pay_first(desk)
    said = told(desk, "interest")
    assert "$3,500.00 par x 8 % x 1/2 year = $140.00" in said
    assert "$500.00 par x 8 % x 1/2 year = $20.00" in said
    assert "money that waits for its investor" in said


def test_no_trace_names_a_holder() -> None:
    desk = issued().at(LATER)
    sold(desk, "north", "south", 1_000)
    run = pay_first(desk)
    service_unclaimed.return_payment(desk.books, desk.bond, run, "east", "account closed")
    service_unclaimed.pay_unclaimed(desk.books, desk.bond, "east", "claim-of-east")
    said = " ".join(
        told(desk, code) for code in ("trade", "interest", "returned-payment", "claimed-payment")
    )
    assert "account closed" in said
    assert not {name for name in ("north", "south", "east", "ana") if name in said}


def test_accounts_that_hold_others_names_are_told_by_kind() -> None:
    assert label(accounts.unclaimed("LMB760AA3", "ana")) == "money that waits for its investor"
    assert label(accounts.guarantor("a foundation")) == "the guarantor"
