"""Payments that many clients make at once, what each was answered, and what must then be on file.

About one payment in seven asks for more than is there, and some wallets are soon empty. A journal
may be posted any number of times: the books must show it once, or, where they refused it, not at
all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import TypeAlias
from uuid import UUID

from lmb.ledger import queries, service
from lmb.ledger.entries import (
    NOT_OVERDRAWN,
    Answer,
    Capture,
    HoldFor,
    Item,
    Journal,
    NewAccount,
    Post,
)
from tests.ledger.books import Ledger
from tests.ledger.invariants import broken, not_their_prefix

LEAN = ["lean-0", "lean-1"]
RICH = [f"rich-{number}" for number in range(8)]
WALLETS = [*LEAN, *RICH]
SCHOOLS = ["school-a", "school-b"]
LEAN_GRANT_CENTS = 400
RICH_GRANT_CENTS = 10_000_000
BEYOND_ANY_LIMIT_CENTS = 1_000_000_000
BATCH_JOURNALS = (1, 1, 1, 2, 5, 20, 100)

Answers: TypeAlias = tuple[Answer, ...]


def open_books(name: str) -> Ledger:
    """Books with wallets that cannot be overdrawn, each with a grant, and two schools."""
    ledger = Ledger(name)
    service.define_unit("USD", "US dollar")
    limited = [NewAccount(code, "test", "tester", limit_side=NOT_OVERDRAWN) for code in WALLETS]
    free = [NewAccount(code, "test", "tester") for code in ["world", *SCHOOLS]]
    service.open_accounts(ledger.books, [*limited, *free])
    return ledger


@dataclass
class Client:
    """Writes journals, each under new keys; now and then it captures what it holds."""

    ledger: Ledger
    name: str
    chances: Random
    holds: list[UUID] = field(default_factory=list)
    keys: int = 0

    def batch(self) -> list[Journal]:
        """Journals to post in one call: mostly a few, now and then a hundred."""
        return [self.journal() for _ in range(self.chances.choice(BATCH_JOURNALS))]

    def journal(self) -> Journal:
        """One to three items that stand or fall together."""
        items = [self._item() for _ in range(self.chances.choice((1, 1, 1, 1, 2, 3)))]
        return self._about(items)

    def grants(self) -> list[Journal]:
        """A grant to each wallet."""
        grants = dict.fromkeys(LEAN, LEAN_GRANT_CENTS) | dict.fromkeys(RICH, RICH_GRANT_CENTS)
        return [
            self._about([Post(self._key(), "world", wallet, cents, "grant")])
            for wallet, cents in grants.items()
        ]

    def learn(self, journal: Journal, answers: Answers) -> None:
        """Remember the holds that stand."""
        for item, answer in zip(journal.items, answers, strict=True):
            if isinstance(item, HoldFor) and answer.transfer is not None:
                self.holds.append(answer.transfer)

    def _about(self, items: Sequence[Item]) -> Journal:
        return Journal(items[0].key, "test", "tester", self.ledger.cause, items)

    def _key(self) -> str:
        self.keys += 1
        return f"key-{self.name}-{self.keys:06}"

    def _item(self) -> Item:
        chance = self.chances.random()
        if chance < 0.12:
            return replace(self._fee(), amount_cents=BEYOND_ANY_LIMIT_CENTS)
        if chance < 0.24:
            fee = self._fee()
            return HoldFor(fee.key, fee.debit, fee.credit, fee.amount_cents, "tuition")
        if chance < 0.40 and self.holds:
            final = self.chances.random() < 0.5
            hold = self.holds.pop() if final else self.holds[-1]
            return Capture(self._key(), hold, self.chances.randint(1, 4), "tuition", final=final)
        if chance < 0.50:
            fee = self._fee()
            return replace(fee, debit=fee.credit, credit=fee.debit)
        return self._fee()

    def _fee(self) -> Post:
        wallet, school = self.chances.choice(WALLETS), self.chances.choice(SCHOOLS)
        return Post(self._key(), wallet, school, self.chances.randint(1, 40), "fee")


@dataclass
class Traffic:
    """Every journal sent, those of a client in its order, with the answer that came, if one did."""

    ledger: Ledger
    sent: list[tuple[Journal, Answers | None]] = field(default_factory=list)

    def client(self, name: str, chances: Random | None = None) -> Client:
        """A client of these books, whose keys start with its name."""
        return Client(self.ledger, name, chances or Random(name))

    def note(self, journals: Sequence[Journal], answers: Sequence[Answers] | None) -> None:
        """Remember a call and its answers, None where none came. Any thread may."""
        told = [None] * len(journals) if answers is None else answers
        self.sent.extend(list(zip(journals, told, strict=True)))

    def count(self) -> Counter[str]:
        """Items by what was answered: `stands`, `refused` or `unknown`."""
        counted: Counter[str] = Counter()
        for journal, answers in self.sent:
            if answers is None:
                counted["unknown"] += len(journal.items)
            else:
                counted.update("stands" if answer.stands else "refused" for answer in answers)
        return counted

    def settle(self) -> dict[UUID, Item]:
        """Assert that what was answered is on file; post everything twice more; assert that each
        answer stays what it was, and that each journal stands once or not at all. Gives the items
        that stand, by transfer."""
        on_file = {found.id for found in queries.movements(self.ledger.cell)}
        told = [answer for _, answers in self.sent for answer in answers or ()]
        lost = [answer for answer in told if answer.stands and answer.transfer not in on_file]
        assert lost == [], "acknowledged, but not on file"
        journals = [journal for journal, _ in self.sent]
        first = service.post(self.ledger.books, journals)
        for (_, answers), repeated in zip(self.sent, first, strict=True):
            assert answers is None or shown(repeated) == remembered(answers)
        second = service.post(self.ledger.books, journals)
        assert list(map(shown, second)) == list(map(remembered, first))
        items = standing(journals, first)
        self.check(items)
        return items

    def check(self, items: Mapping[UUID, Item]) -> None:
        """Assert that the books show these items, each once, and nothing else."""
        expected = Sums(items)
        movements = queries.movements(self.ledger.cell)
        told = Counter(found.id for found in movements if found.kind != "void")
        assert told == Counter(items.keys())
        # A final capture releases the rest of its hold by a transfer of its own.
        released = Counter(found.hold for found in movements if found.kind == "void")
        assert released == Counter(expected.released)
        shown = queries.balances(self.ledger.cell)
        assert {found.code: found.posted_cents for found in shown} == expected.posted
        assert {found.code: found.pending_out_cents for found in shown} == expected.going_out
        assert min(found.available_cents for found in shown if found.code in WALLETS) >= 0
        assert broken(self.ledger.cell) == []
        assert not_their_prefix(self.ledger.cell) == []


class Sums:
    """What accounts must show after some items, by plain arithmetic."""

    def __init__(self, items: Mapping[UUID, Item]) -> None:
        codes = ["world", *WALLETS, *SCHOOLS]
        self.posted = dict.fromkeys(codes, 0)
        self.going_out = dict.fromkeys(codes, 0)
        self.released: list[UUID] = []
        holds = {key: item for key, item in items.items() if isinstance(item, HoldFor)}
        left = {key: hold.amount_cents for key, hold in holds.items()}
        captures = [item for item in items.values() if isinstance(item, Capture)]
        for item in items.values():
            if isinstance(item, Post):
                self._move(item.debit, item.credit, item.amount_cents)
        for capture in captures:
            hold = holds[capture.hold]
            self._move(hold.debit, hold.credit, capture.amount_cents)
            left[capture.hold] -= capture.amount_cents
        for capture in captures:
            if capture.final and left[capture.hold] > 0:
                left[capture.hold] = 0
                self.released.append(capture.hold)
        for key, cents in left.items():
            self.going_out[holds[key].debit] += cents

    def _move(self, debit: str, credit: str, cents: int) -> None:
        self.posted[debit] -= cents
        self.posted[credit] += cents


def standing(journals: Sequence[Journal], answers: Sequence[Answers]) -> dict[UUID, Item]:
    """The items that stand, by the transfer each is on file as."""
    return {
        answer.transfer: item
        for journal, told in zip(journals, answers, strict=True)
        for item, answer in zip(journal.items, told, strict=True)
        if answer.transfer is not None
    }


Shown: TypeAlias = list[tuple[str, str, UUID | None]]


def shown(answers: Answers) -> Shown:
    """What a journal is answered: of each item its key, its result and its transfer."""
    return [(answer.key, answer.result, answer.transfer) for answer in answers]


def remembered(answers: Answers) -> Shown:
    """What a journal is answered when it is posted again."""
    return [
        (answer.key, "exists" if answer.stands else answer.result, answer.transfer)
        for answer in answers
    ]
