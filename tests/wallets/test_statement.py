"""A statement: each cent that came in is in one place, and the entries say how it got there."""

from __future__ import annotations

import pytest

from lmb.ledger.entries import Capture, Journal
from lmb.ledger.service import post_or_refuse
from lmb.programs.service import list_program, provider_account
from lmb.wallets.queries_statement import statement
from lmb.wallets.service_paying import hold_from_wallet
from tests.ledger.books import Ledger
from tests.wallets.small import PERSON, Wallet


@pytest.fixture
def wallet(db: None) -> Wallet:
    return Wallet(Ledger())


def test_each_cent_is_available_held_earned_or_returned(wallet: Wallet) -> None:
    books = wallet.ledger.books
    list_program(books, provider="p", provider_name="P", program="c", title="C")
    wallet.fill("early", 20_00, expires="2027-07-01")
    wallet.fill("never", 50_00)
    (first, second) = hold_from_wallet(
        books, wallet.asked("course", 30_00, to=provider_account("p"))
    )
    captured = [Capture("paid", first.transfer, 8_00, "enrolment-tranche")]
    post_or_refuse(books, [Journal("paid", "tranche", "office", wallet.ledger.cause, captured)])
    wallet.move("back", wallet.code("never"), "world", 5_00)

    found = statement(books.cell, PERSON)
    assert [
        (
            each.granted_cents,
            each.available_cents,
            each.held_cents,
            each.earned_cents,
            each.returned_cents,
        )
        for each in found.standings
    ] == [(20_00, 0, 12_00, 8_00, 0), (50_00, 35_00, 10_00, 0, 5_00)]
    assert found.granted_cents == (
        found.available_cents + found.held_cents + found.earned_cents + found.returned_cents
    )
    assert [(entry.kind, entry.cents, entry.moved) for entry in found.entries] == [
        ("post", -5_00, True),
        ("capture", -8_00, True),
        ("hold", 10_00, False),
        ("hold", 20_00, False),
        ("post", 50_00, True),
        ("post", 20_00, True),
    ]
    assert second.cents == 10_00
    assert found.spendable_cents(books.now()) == 35_00


def test_of_a_pocket_that_is_over_nothing_can_be_spent(wallet: Wallet) -> None:
    wallet.fill("early", 20_00, expires="2027-07-01")
    wallet.ledger.run("clock 2027-07-02")
    found = statement(wallet.ledger.books.cell, PERSON)
    assert found.available_cents == 20_00
    assert found.spendable_cents(wallet.ledger.books.now()) == 0


def test_somebody_without_a_wallet_has_an_empty_statement(wallet: Wallet) -> None:
    found = statement(wallet.ledger.books.cell, PERSON)
    assert (found.standings, found.entries, found.granted_cents) == ((), (), 0)
