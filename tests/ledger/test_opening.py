"""What must stand before money moves: cells, units, accounts, instructions, closed periods."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.db import DataError, IntegrityError, transaction

from lmb.ledger import queries, service
from lmb.ledger.entries import NewAccount
from lmb.ledger.models import Account, Unit
from lmb.values.clock import SimulatedClock
from tests.ledger.books import START, Ledger, execute

WALLET = NewAccount("wallet", "wallet", "person", limit_side="debits<=credits")


@pytest.fixture
def ledger(db: None) -> Ledger:
    ledger = Ledger()
    service.define_unit("USD", "US dollars")
    return ledger


def test_opening_the_same_accounts_again_opens_none(ledger: Ledger) -> None:
    other = replace(WALLET, code="another")
    assert service.open_accounts(ledger.books, [WALLET, other]) == 2
    assert service.open_accounts(ledger.books, [other, WALLET]) == 0


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "pool"},
        {"owner": "somebody else"},
        {"limit_side": None},
        {"limit_side": "credits<=debits"},
        {"expires_at": START},
    ],
)
def test_an_account_is_not_opened_again_with_other_terms(
    ledger: Ledger, change: dict[str, Any]
) -> None:
    service.open_accounts(ledger.books, [WALLET])
    fresh = replace(WALLET, code="fresh")
    with pytest.raises(IntegrityError, match="with other terms"), transaction.atomic():
        service.open_accounts(ledger.books, [fresh, replace(WALLET, **change)])
    assert not Account.objects.filter(code="fresh").exists()


@pytest.mark.parametrize(
    "change", [{"unit": "gold"}, {"purpose": "fun"}, {"fund": "thin air"}, {"limit_side": "none"}]
)
def test_the_terms_of_an_account_are_known_ones(ledger: Ledger, change: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError):
        service.open_accounts(ledger.books, [replace(WALLET, **change)])


def test_a_unit_keeps_its_scale_and_its_first_description(ledger: Ledger) -> None:
    service.define_unit("USD", "dollars of the United States")
    assert Unit.objects.get(code="USD").description == "US dollars"
    with pytest.raises(IntegrityError, match="another scale"):
        service.define_unit("USD", "US dollars", scale=3)


def test_the_same_instruction_is_given_once(ledger: Ledger) -> None:
    def instruct(amount: int) -> object:
        return service.instruct(
            ledger.books, kind="grant", subject="p1", document={"cents": amount}, actor="board"
        )

    first = instruct(5)
    ledger.run("clock 2027-05-01")
    assert instruct(5) == first
    found = queries.instruction_on(ledger.cell, "grant", "p1")
    assert found is not None
    assert (found.id, found.document, found.recorded_at) == (first, {"cents": 5}, START)
    assert queries.instruction(found.id) == found
    with pytest.raises(IntegrityError, match="ordered before with other content"):
        instruct(6)


def test_an_instruction_names_its_actor(ledger: Ledger) -> None:
    with pytest.raises(IntegrityError, match="names_its_actor"):
        service.instruct(ledger.books, kind="grant", subject="p1", document={}, actor="")


def test_the_same_run_finds_its_books_again(ledger: Ledger) -> None:
    again = service.open_simulated_books(ledger.name, SimulatedClock(START))
    assert again.cell == ledger.cell
    assert queries.cell_number(ledger.name) == ledger.cell
    assert queries.cell_number("no such run") is None
    assert queries.cell_name(ledger.cell) == ledger.name


@pytest.mark.parametrize("moment", ["infinity", "-infinity", "20000-01-01Z", "0044-03-15 BC"])
@pytest.mark.parametrize(
    "statement",
    [
        "SELECT ledger_close_through({cell}, '{moment}')",
        "SELECT ledger_instruct({cell}, '{moment}', gen_random_uuid(), 'k', 's', '{{}}', 'me')",
        """SELECT ledger_open_accounts({cell}, '2027-01-01Z', jsonb_build_array(jsonb_build_object(
            'id', gen_random_uuid(), 'code', 'a', 'kind', 'k', 'owner', 'o', 'unit', 'USD',
            'expires_at', '{moment}')))""",
    ],
)
def test_a_moment_that_python_cannot_read_back_is_refused(
    ledger: Ledger, statement: str, moment: str
) -> None:
    with pytest.raises((IntegrityError, DataError)):
        execute(statement.format(cell=ledger.cell, moment=moment))


@pytest.mark.parametrize("moment", ["infinity", "-infinity", "20000-01-01T00:00:00Z"])
@pytest.mark.parametrize("place", ["effective_at", "expires_at"])
def test_no_journal_and_no_hold_is_at_infinity(ledger: Ledger, place: str, moment: str) -> None:
    ledger.run("""
        open world
        open school
    """)
    document = ledger.document_of("a hold world school 1 until=2027-03-01")
    (document if place == "effective_at" else document["items"][0])[place] = moment
    with pytest.raises(IntegrityError, match="moments_are_readable"), transaction.atomic():
        ledger.post([document])
    ledger.run("a hold world school 1 -> ok")


def test_an_instruction_is_a_document(ledger: Ledger) -> None:
    with pytest.raises(IntegrityError, match="ledger_instruction_is_readable"):
        execute(
            "SELECT ledger_instruct(%s, %s, gen_random_uuid(), 'k', 's', 'not JSON', 'me')",
            [ledger.cell, START],
        )
