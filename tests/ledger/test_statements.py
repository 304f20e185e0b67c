"""The books as a person looks at them agree with the sums they are kept by, at every moment."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from lmb.ledger import queries, service, statements
from lmb.ledger.entries import NewAccount
from lmb.values.clock import SimulatedClock
from lmb.values.errors import NotFoundError
from tests.ledger.books import START, Ledger, balance_line, execute, moment

BOOKS = """
    open world
    open wallet limit=debits<=credits
    open school
    a post    world  wallet 100 -> ok
    clock 2027-01-02
    h hold    wallet school  60 until=2027-01-05 -> ok
    clock 2027-01-03
    c capture h 25 -> ok
    + d post  school world 5 -> ok
    clock 2027-01-06
    e expire  h -> ok
    f post    wallet school 10 effective=2027-01-01 -> ok
"""


@pytest.fixture
def ledger(db: None) -> Ledger:
    ledger = Ledger()
    ledger.run(BOOKS)
    return ledger


def at(ledger: Ledger, day: str) -> list[str]:
    found = (statements.balance_at(ledger.cell, code, moment(day)) for code in ("wallet", "school"))
    return list(map(balance_line, found))


def test_now_the_recomputed_balances_are_the_ones_on_file(ledger: Ledger) -> None:
    for shown in queries.balances(ledger.cell):
        assert statements.balance_at(ledger.cell, shown.code, ledger.clock.now()) == shown
        assert statements.current_balance(ledger.cell, shown.code) == shown


def test_at_a_past_moment_stands_what_the_books_showed_then(ledger: Ledger) -> None:
    assert at(ledger, "2026-12-31") == ["balance wallet 0", "balance school 0"]
    assert at(ledger, "2027-01-01") == ["balance wallet 100", "balance school 0"]
    assert at(ledger, "2027-01-02") == ["balance wallet 100 out=60", "balance school 0 in=60"]
    assert at(ledger, "2027-01-03") == ["balance wallet 75 out=35", "balance school 20 in=35"]
    # The hold's time has passed, but nobody has released it yet.
    assert at(ledger, "2027-01-05") == ["balance wallet 75 out=35", "balance school 20 in=35"]
    # What takes effect earlier is known only since it was recorded.
    assert at(ledger, "2027-01-06") == ["balance wallet 65", "balance school 30"]


def test_history_is_read_newest_first_in_pages(ledger: Ledger) -> None:
    cell = ledger.cell
    whole = statements.history(cell, "wallet", limit=10)
    assert [
        (each.seq, each.kind, each.amount_cents, each.balance_after_cents) for each in whole
    ] == [
        (6, "post", -10, 65),
        (5, "expire", -35, 75),
        (3, "capture", -25, 75),
        (2, "hold", -60, 100),
        (1, "post", 100, 100),
    ]
    assert [each.other for each in whole] == ["school"] * 4 + ["world"]
    first = statements.history(cell, "wallet", limit=2)
    rest = statements.history(cell, "wallet", limit=10, before=first[-1].seq)
    assert [*first, *rest] == whole
    school = statements.history(cell, "school", limit=10)
    assert [each.amount_cents for each in school] == [10, 35, -5, 25, 60]


def test_accounts_are_read_by_code_in_pages(ledger: Ledger) -> None:
    codes = [terms.balance.code for terms in statements.accounts(ledger.cell)]
    assert codes == ["school", "wallet", "world"]
    page = statements.accounts(ledger.cell, after="school", limit=1)
    assert [(terms.balance.code, terms.limit, terms.fund) for terms in page] == [
        ("wallet", "debits<=credits", None)
    ]


def test_movements_are_read_in_order_across_pages(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statements, "PAGE", 4)
    assert [each.seq for each in statements.movements_in_order(ledger.cell)] == [1, 2, 3, 4, 5, 6]


def test_an_unknown_account_is_named(ledger: Ledger) -> None:
    for ask in (
        lambda: statements.current_balance(ledger.cell, "nobody"),
        lambda: statements.balance_at(ledger.cell, "nobody", START),
        lambda: statements.history(ledger.cell, "nobody", limit=1),
    ):
        with pytest.raises(NotFoundError, match="no account 'nobody'"):
            ask()


def test_books_are_chosen_by_name_where_there_are_several(db: None) -> None:
    with pytest.raises(NotFoundError, match="no books yet"):
        statements.cell_of_books(None)
    first = Ledger("first")
    assert statements.cell_of_books(None) == first.cell
    second = Ledger("second")
    assert statements.cell_of_books("second") == second.cell
    with pytest.raises(NotFoundError, match=r"--books: first, second$"):
        statements.cell_of_books(None)
    with pytest.raises(NotFoundError, match=r"named 'third'; there are: first, second$"):
        statements.cell_of_books("third")


PRESENT = SimulatedClock(datetime(2030, 1, 1, tzinfo=UTC))


def test_simulated_books_stand_at_their_newest_moment_and_real_ones_at_the_present(
    ledger: Ledger,
) -> None:
    kept = statements.books(ledger.cell, PRESENT)
    assert (kept.simulated, kept.at) == (True, moment("2027-01-06"))
    empty = service.open_simulated_books("empty", SimulatedClock(START))
    assert statements.books(empty.cell, PRESENT).at == statements.EPOCH
    service.open_accounts(empty, [NewAccount("a", "test", "tester")])
    assert statements.books(empty.cell, PRESENT).at == START
    execute("SELECT ledger_open_cell(7, 'real', false)")
    real = statements.books(7, PRESENT)
    assert real.at is None
    assert real.now() == PRESENT.now()
