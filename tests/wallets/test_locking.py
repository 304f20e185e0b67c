"""A person locks their wallet: nothing new leaves it, and nobody else can lock it or open it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from lmb.ledger.entries import Capture, Journal
from lmb.ledger.service import post_or_refuse
from lmb.people.acting import Acting
from lmb.people.assurance import Assurance, StepUpNeededError
from lmb.people.roles import Role
from lmb.values.errors import RefusedError
from lmb.wallets import service
from lmb.wallets.queries import pockets
from lmb.wallets.service_locking import lock, unlock
from lmb.wallets.service_paying import hold_from_wallet
from tests.ledger.books import Ledger
from tests.wallets.small import PERSON, Wallet


@pytest.fixture
def wallet(db: None) -> Wallet:
    wallet = Wallet(Ledger())
    wallet.fill("early", 20_00, expires="2027-07-01")
    wallet.fill("never", 50_00)
    return wallet


def owner(wallet: Wallet, **changes: object) -> Acting:
    at = wallet.ledger.books.now()
    sure = Assurance(2, 2, frozenset({"hwk"}), at, True, "phone")
    acting = Acting(wallet.ledger.books.cell, PERSON, Role.CITIZEN, sure)
    return replace(acting, **changes)  # type: ignore[arg-type]


def test_a_locked_wallet_pays_nothing_new_until_it_is_unlocked(wallet: Wallet) -> None:
    books, at = wallet.ledger.books, wallet.ledger.books.now()
    (held, *_) = hold_from_wallet(books, wallet.asked("course", 10_00))
    order = lock(books, owner(wallet), at)
    assert order is not None
    assert all(pocket.locked for pocket in pockets(books.cell, PERSON))
    assert not any(pocket.open for pocket in pockets(books.cell, PERSON))
    with pytest.raises(RefusedError, match=r"\$0.00 available"):
        hold_from_wallet(books, wallet.asked("another", 1_00))
    # What was set aside before the lock is still paid.
    capture = Capture("captured", held.transfer, 10_00, "tuition")
    post_or_refuse(
        books, [Journal("captured", "tuition", "tester", wallet.ledger.cause, [capture])]
    )
    later = at + timedelta(minutes=1)
    assert unlock(books, owner(wallet), later) is not None
    assert all(pocket.open for pocket in pockets(books.cell, PERSON))
    assert hold_from_wallet(books, wallet.asked("again", 1_00))


def test_locking_and_unlocking_twice_change_nothing(wallet: Wallet) -> None:
    books, at = wallet.ledger.books, wallet.ledger.books.now()
    assert unlock(books, owner(wallet), at) is None
    assert lock(books, owner(wallet), at) is not None
    assert lock(books, owner(wallet), at + timedelta(seconds=1)) is None


def test_credit_that_comes_into_a_locked_wallet_is_locked_too_and_goes_back_unspent(
    wallet: Wallet,
) -> None:
    books, at = wallet.ledger.books, wallet.ledger.books.now()
    lock(books, owner(wallet), at)
    wallet.ledger.run("open fund fund=bond:new")
    wallet.fill("new", 0)
    holders = [service.Holder(PERSON, "world")]
    service.grant(
        books,
        "new",
        holders,
        amount_cents=7_00,
        purpose="training",
        follows=UUID(int=1),
        actor="board",
    )
    (new,) = [each for each in pockets(books.cell, PERSON) if each.fund == "bond:new"]
    assert (new.available_cents, new.open) == (7_00, False)
    service.take_back_unspent(books, "new", holders, follows=UUID(int=1), actor="board")
    (new,) = [each for each in pockets(books.cell, PERSON) if each.fund == "bond:new"]
    assert new.available_cents == 0


def test_only_the_person_themselves_locks_and_with_a_session_that_could_spend_unlocks(
    wallet: Wallet,
) -> None:
    books, at = wallet.ledger.books, wallet.ledger.books.now()
    for somebody in (
        owner(wallet, membership=UUID(int=2), role=Role.STATE_BOARD),
        owner(wallet, delegation=UUID(int=3), role=Role.REPRESENTATIVE),
    ):
        with pytest.raises(RefusedError, match="only the person themselves"):
            lock(books, somebody, at)
    lock(books, owner(wallet), at)
    tired = replace(owner(wallet).assurance, authenticated_at=at - timedelta(hours=1))
    with pytest.raises(StepUpNeededError):
        unlock(books, owner(wallet, assurance=tired), at)
    with pytest.raises(RefusedError, match="no wallet yet"):
        lock(books, owner(wallet, person=UUID(int=9)), at)
