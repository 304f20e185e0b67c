"""Any movement leads back to what it rests on, and names nobody."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest

from lmb.ledger import queries as ledger
from lmb.ledger.service import Books
from lmb.settlement.service import run
from lmb.settlement.trace import Node, trace
from lmb.values.errors import NotFoundError
from tests.settlement.small import small_programme

pytestmark = pytest.mark.django_db


@pytest.fixture
def books() -> Books:
    return run(small_programme(), lambda step: None)


def nodes(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from nodes(child)


def text(node: Node) -> str:
    return "\n".join("\n".join((found.title, *found.lines)) for found in nodes(node))


def the(books: Books, code: str) -> list[ledger.Movement]:
    return ledger.movements(books.cell, code=code)


def test_every_movement_leads_back_to_the_terms_and_bids_of_its_bond(books: Books) -> None:
    movements = ledger.movements(books.cell)
    assert len(movements) > 50
    for movement in movements:
        found = list(nodes(trace(movement.id)))
        titles = {node.title for node in found if node.kind in {"fact", "facts"}}
        assert "1 term sheet" in titles, movement
        assert all(node.kind in {"fact", "facts"} or node.children or node.lines for node in found)


def test_bonus_leads_through_measure_to_work_records(books: Books) -> None:
    told = text(trace(the(books, "bonus")[0].id))
    assert "Determined by rule outcome-coupon" in told
    assert "Determined by rule earnings-gain" in told
    assert "10 work records" in told
    assert "31 CFR 356" in told


def test_arithmetic_of_a_payment_ends_in_its_amount(books: Books) -> None:
    for movement in (*the(books, "interest"), *the(books, "bonus")):
        shown = trace(movement.id).lines[1]
        assert shown.endswith(
            f"= ${movement.amount_cents // 100:,}.{movement.amount_cents % 100:02d}"
        )


def test_tranche_leads_back_through_its_hold_to_the_auction(books: Books) -> None:
    told = text(trace(the(books, "placement-tranche")[0].id))
    for step in ("acceptance", "grant", "allocation", "deposit", "auction settlement"):
        assert step in told
    assert "Determined by rule treasury-auction" in told


def test_trace_names_no_person_and_no_investor(books: Books) -> None:
    persons = {
        balance.owner
        for balance in ledger.balances(books.cell)
        if balance.kind in {"wallet", "investor", "holding"}
    }
    for movement in ledger.movements(books.cell):
        told = text(trace(movement.id))
        assert not [name for name in persons if name in told]


def test_facts_of_one_person_are_marked_as_such(books: Books) -> None:
    facts = [
        node
        for movement in the(books, "completion-tranche")
        for node in nodes(trace(movement.id))
        if node.kind == "fact"
    ]
    marked = {node.title: node.personal for node in facts}
    assert marked["1 attestation"]
    assert marked["1 enrolment"]
    assert not marked["1 term sheet"]


def test_what_was_told_once_is_only_referred_to_again(books: Books) -> None:
    found = list(nodes(trace(the(books, "delivery")[0].journal)))
    orders = [node for node in found if node.title.endswith("auction settlement")]
    assert [bool(node.children) for node in orders] == [True, False, False]
    assert orders[1].lines == ("As above.",)


def test_journal_determination_and_instruction_have_traces_too(books: Books) -> None:
    delivery = the(books, "delivery")[0]
    assert len(trace(delivery.journal).children) == 3
    assert delivery.instruction is not None
    assert "It caused 12 transfers:" in trace(delivery.instruction).lines
    interest = the(books, "interest")[0]
    assert interest.determination is not None
    assert trace(interest.determination).kind == "determination"


def test_unknown_identifier_is_told_with_the_next_step(books: Books) -> None:
    with pytest.raises(NotFoundError, match="prints identifiers to try"):
        trace(UUID(int=7))
