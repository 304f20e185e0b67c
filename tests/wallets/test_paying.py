"""A wallet pays from its pockets for a purpose, oldest expiry first, all or nothing, once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from itertools import count
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lmb.ledger import queries as books
from lmb.ledger.entries import Answer, Journal
from lmb.ledger.service import Books
from lmb.ledger.service import post as really_post
from lmb.values.errors import ConflictError, RefusedError
from lmb.wallets import attempts, service_paying
from lmb.wallets.queries import pockets
from lmb.wallets.service_paying import hold_from_wallet, spend_from_wallet
from tests.ledger.books import START, Ledger, moment
from tests.ledger.invariants import broken
from tests.wallets.small import Wallet

pytestmark = pytest.mark.django_db

numbers = count()


def new_wallet() -> Wallet:
    return Wallet(Ledger(f"wallet-{next(numbers)}"))


@pytest.fixture
def wallet() -> Wallet:
    """$20 lost in 2027, $30 lost in 2028, $50 that never is."""
    wallet = new_wallet()
    wallet.fill("never", 50_00)
    wallet.fill("late", 30_00, expires="2028-07-01")
    wallet.fill("early", 20_00, expires="2027-07-01")
    return wallet


def available(wallet: Wallet) -> list[int]:
    return [pocket.available_cents for pocket in pockets(wallet.ledger.cell, wallet.person)]


# ── the pockets ───────────────────────────────────────────────────────────────────────────────


def test_pockets_are_listed_oldest_expiry_first(wallet: Wallet) -> None:
    hold_from_wallet(wallet.ledger.books, wallet.asked("course", 25_00))
    wallet.fill("care", 5_00, expires="2027-02-01", purpose="childcare")
    Wallet(wallet.ledger, UUID(int=5)).fill("early", 7_00)
    listed = [
        (
            pocket.account.rpartition("/")[2],
            pocket.purpose,
            pocket.fund,
            pocket.expires_at,
            pocket.posted_cents,
            pocket.held_cents,
            pocket.available_cents,
        )
        for pocket in pockets(wallet.ledger.cell, wallet.person)
    ]
    early, late = moment("2027-07-01"), moment("2028-07-01")
    assert listed == [
        ("care", "childcare", "bond:care", moment("2027-02-01"), 5_00, 0, 5_00),
        ("early", "training", "bond:early", early, 20_00, 20_00, 0),
        ("late", "training", "bond:late", late, 30_00, 5_00, 25_00),
        ("never", "training", "bond:never", None, 50_00, 0, 50_00),
    ]
    assert len(pockets(wallet.ledger.cell, wallet.person, purpose="training")) == 3
    assert pockets(wallet.ledger.cell, UUID(int=6)) == []


# ── what a payment takes ──────────────────────────────────────────────────────────────────────


def test_the_example_of_the_reference(wallet: Wallet) -> None:
    ledger = wallet.ledger
    held = hold_from_wallet(ledger.books, wallet.asked("course", 60_00))
    assert wallet.sources(held) == [("early", 20_00), ("late", 30_00), ("never", 10_00)]
    assert books.open_holds(ledger.cell, [part.transfer for part in held]) == {
        part.transfer for part in held
    }
    assert available(wallet) == [0, 0, 40_00]
    ledger.run("balance school 0 in=6000")

    spent = spend_from_wallet(ledger.books, wallet.asked("books", 15_00))
    assert wallet.sources(spent) == [("never", 15_00)]
    ledger.run("balance school 1500 in=6000")

    with pytest.raises(RefusedError) as refused:
        hold_from_wallet(ledger.books, wallet.asked("more", 25_01))
    assert str(refused.value) == (
        f"more asks the wallet of {wallet.person} for $25.01 for training, but it has $25.00 "
        "available; nothing moved. Ask for less, or wait for a grant or the release of a hold, "
        "under a new key"
    )
    assert available(wallet) == [0, 0, 25_00]
    assert broken(ledger.cell) == []


def test_the_parts_are_one_journal_with_the_cause_and_the_actor(wallet: Wallet) -> None:
    parts = spend_from_wallet(wallet.ledger.books, wallet.asked("course", 60_00))
    moved = books.movements(wallet.ledger.cell, id__in=[part.transfer for part in parts])
    assert len(moved) == 3
    assert len({movement.journal for movement in moved}) == 1
    assert {
        (movement.kind, movement.code, movement.credit, movement.actor, movement.instruction)
        for movement in moved
    } == {("post", "tuition", "school", "tester", wallet.ledger.cause.id)}


def test_only_pockets_of_the_purpose_pay(wallet: Wallet) -> None:
    wallet.fill("care", 5_00, purpose="childcare")
    ledger = wallet.ledger
    with pytest.raises(RefusedError, match=r"\$6.00 for childcare, but it has \$5.00"):
        spend_from_wallet(ledger.books, wallet.asked("a", 6_00, purpose="childcare"))
    with pytest.raises(RefusedError, match=r"\$1.00 for housing, but it has \$0.00"):
        spend_from_wallet(ledger.books, wallet.asked("b", 1_00, purpose="housing"))
    parts = spend_from_wallet(ledger.books, wallet.asked("c", 5_00, purpose="childcare"))
    assert wallet.sources(parts) == [("care", 5_00)]


def test_a_pocket_that_is_over_does_not_pay_but_its_hold_stays(wallet: Wallet) -> None:
    ledger = wallet.ledger
    (held,) = hold_from_wallet(
        ledger.books, wallet.asked("a", 5_00), expires_at=moment("2027-12-31")
    )
    ledger.clock.move_to(moment("2027-07-01"))
    parts = hold_from_wallet(ledger.books, wallet.asked("b", 10_00))
    assert wallet.sources(parts) == [("late", 10_00)]
    assert books.open_holds(ledger.cell, [held.transfer]) == {held.transfer}


@pytest.mark.parametrize("cents", [0, -1])
def test_an_amount_that_is_none_is_refused_by_the_books(wallet: Wallet, cents: int) -> None:
    for message in ("the books refuse: invalid amount", "it was refused before"):
        with pytest.raises(RefusedError, match=message):
            spend_from_wallet(wallet.ledger.books, wallet.asked("a", cents))
    assert available(wallet) == [20_00, 30_00, 50_00]


def test_the_books_refuse_what_is_paid_to_nobody(wallet: Wallet) -> None:
    asked = wallet.asked("a", 1_00, to="nobody")
    with pytest.raises(RefusedError, match="to nobody, and the books refuse: unknown account"):
        spend_from_wallet(wallet.ledger.books, asked)
    wallet.ledger.run("open nobody")
    with pytest.raises(RefusedError, match="a refused key stays refused"):
        spend_from_wallet(wallet.ledger.books, asked)


# ── the same key again ────────────────────────────────────────────────────────────────────────


def test_the_same_payment_again_finds_the_same_parts_whatever_moved_since(wallet: Wallet) -> None:
    ledger, asked = wallet.ledger, wallet.asked("course", 60_00)
    until = moment("2027-12-31")
    held = hold_from_wallet(ledger.books, asked, expires_at=until)
    assert hold_from_wallet(ledger.books, asked, expires_at=until) == held
    wallet.fill("first", 90_00, expires="2027-02-01")
    ledger.clock.move_to(moment("2029-01-01"))
    assert hold_from_wallet(ledger.books, asked, expires_at=until) == held
    ledger.run("balance school 0 in=6000")


def test_a_refused_payment_stays_refused_whatever_came_since(wallet: Wallet) -> None:
    ledger = wallet.ledger
    for message in (r"it has \$100.00 available", r"refused before.* has \$100.00 for it now"):
        with pytest.raises(RefusedError, match=message):
            hold_from_wallet(ledger.books, wallet.asked("course", 100_01))
    wallet.fill("more", 50_00)
    with pytest.raises(RefusedError, match=r"has \$150.00 for it now; ask again under a new key"):
        hold_from_wallet(ledger.books, wallet.asked("course", 100_01))
    assert (
        sum(
            part.cents
            for part in hold_from_wallet(ledger.books, wallet.asked("course again", 100_01))
        )
        == 100_01
    )


@pytest.mark.parametrize("cents", [60_00, 100_01])
def test_a_key_is_for_one_payment(wallet: Wallet, cents: int) -> None:
    """Whether it stood or was refused."""
    ledger, asked = wallet.ledger, wallet.asked("course", cents)
    try:
        hold_from_wallet(ledger.books, asked)
    except RefusedError:
        assert cents > 100_00
    others = [
        replace(asked, cents=asked.cents + 1),
        replace(asked, cents=1),
        replace(asked, to="world"),
        replace(asked, purpose="childcare"),
        replace(asked, person=UUID(int=5)),
        replace(asked, code="fee"),
        replace(asked, actor="somebody else"),
    ]
    before = available(wallet)
    for other in others:
        with pytest.raises(ConflictError, match="the key was used before for something else"):
            hold_from_wallet(ledger.books, other)
    with pytest.raises(ConflictError):
        hold_from_wallet(ledger.books, asked, expires_at=moment("2028-01-01"))
    with pytest.raises(ConflictError):
        spend_from_wallet(ledger.books, asked)
    assert available(wallet) == before


# ── somebody else is faster ───────────────────────────────────────────────────────────────────


class Faster:
    """Somebody who takes a cent of a pocket just before each of the first journals is posted."""

    def __init__(self, wallet: Wallet, source: str, times: int) -> None:
        self.wallet, self.source, self.times = wallet, source, times

    def post(self, books: Books, journals: Iterable[Journal]) -> list[tuple[Answer, ...]]:
        if self.times > 0:
            self.times -= 1
            self.wallet.move(f"faster {self.times}", self.wallet.code(self.source), "world", 1)
        return really_post(books, journals)


def test_a_pocket_emptied_after_the_plan_is_planned_again(
    wallet: Wallet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service_paying, "post", Faster(wallet, "late", 2).post)
    asked = wallet.asked("course", 60_00)
    parts = hold_from_wallet(wallet.ledger.books, asked)
    assert wallet.sources(parts) == [("early", 20_00), ("late", 29_98), ("never", 10_02)]
    assert hold_from_wallet(wallet.ledger.books, asked) == parts
    assert available(wallet) == [0, 0, 39_98]
    with pytest.raises(ConflictError):
        hold_from_wallet(wallet.ledger.books, replace(asked, cents=60_01))


def test_a_payment_that_is_short_once_somebody_was_faster_is_refused(
    wallet: Wallet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service_paying, "post", Faster(wallet, "never", 1).post)
    with pytest.raises(RefusedError, match=r"but it has \$99.99 available"):
        hold_from_wallet(wallet.ledger.books, wallet.asked("course", 100_00))
    assert available(wallet) == [20_00, 30_00, 49_99]


def test_whoever_is_overtaken_every_time_is_told_so_and_again(
    wallet: Wallet, monkeypatch: pytest.MonkeyPatch
) -> None:
    faster = Faster(wallet, "early", attempts.ATTEMPTS)
    monkeypatch.setattr(service_paying, "post", faster.post)
    for _ in range(2):
        with pytest.raises(RefusedError, match="8 times somebody else was faster; nothing moved"):
            hold_from_wallet(wallet.ledger.books, wallet.asked("course", 60_00))
        assert faster.times == 0
    assert available(wallet) == [19_92, 30_00, 50_00]


@pytest.mark.parametrize("cents", [60_00, 110_00])
def test_a_twin_with_the_same_key_that_was_faster_has_the_payment(
    wallet: Wallet, monkeypatch: pytest.MonkeyPatch, cents: int
) -> None:
    """The twin plans on another wallet: a pocket was filled since, without which $110 are too
    much."""
    ledger, asked = wallet.ledger, wallet.asked("course", cents)
    twins = []

    def post(books: Books, journals: Iterable[Journal]) -> list[tuple[Answer, ...]]:
        monkeypatch.setattr(service_paying, "post", really_post)
        wallet.fill("first", 15_00, expires="2027-02-01")
        twins.append(hold_from_wallet(ledger.books, asked))
        return really_post(books, journals)

    monkeypatch.setattr(service_paying, "post", post)
    assert [hold_from_wallet(ledger.books, asked)] == twins
    ledger.run(f"balance school 0 in={cents}")


# ── whatever the wallet ───────────────────────────────────────────────────────────────────────

DAY = timedelta(days=1)
NEVER = 10**6
filled = st.lists(
    st.tuples(st.integers(0, 40), st.none() | st.integers(-2, 3)), min_size=1, max_size=5
)
wanted = st.lists(st.tuples(st.booleans(), st.integers(1, 60)), min_size=1, max_size=4)


@settings(
    max_examples=40,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(filled, wanted)
def test_a_wallet_pays_all_it_can_and_never_more_what_is_lost_first_first(
    amounts: list[tuple[int, int | None]], payments: list[tuple[bool, int]]
) -> None:
    """Against arithmetic on the amounts: pockets that are over keep what they have."""
    wallet, now = new_wallet(), START + 3 * DAY
    for number, (cents, days) in enumerate(amounts):
        wallet.fill(str(number), cents, expires=None if days is None else now + days * DAY)
    ledger = wallet.ledger
    ledger.clock.move_to(now)
    left = {str(number): cents for number, (cents, _) in enumerate(amounts)}
    days_left = {
        str(number): NEVER if days is None else days for number, (_, days) in enumerate(amounts)
    }
    alive = sorted(
        (each for each in left if days_left[each] > 0), key=lambda each: (days_left[each], each)
    )
    for number, (at_once, cents) in enumerate(payments):
        pay = spend_from_wallet if at_once else hold_from_wallet
        expected = greedy(left, alive, cents)
        if sum(part for _, part in expected) < cents:
            with pytest.raises(RefusedError, match="nothing moved"):
                pay(ledger.books, wallet.asked(str(number), cents))
        else:
            parts = pay(ledger.books, wallet.asked(str(number), cents))
            assert wallet.sources(parts) == expected
            left |= {source: left[source] - part for source, part in expected}
    found = pockets(ledger.cell, wallet.person)
    assert {each.account: each.available_cents for each in found} == {
        wallet.code(source): cents for source, cents in left.items()
    }
    assert broken(ledger.cell) == []


def greedy(left: dict[str, int], order: list[str], cents: int) -> list[tuple[str, int]]:
    """What each gives when asked in order, those that give nothing left out."""
    parts = []
    for each in order:
        part = min(left[each], cents)
        cents -= part
        if part > 0:
            parts.append((each, part))
    return parts
