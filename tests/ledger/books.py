"""Tests written as little ledgers. A script is run line by line and compared with what the books
answered, so that a failing test shows where the two part.

    open     school                                      an account without a limit
    open     wallet  limit=debits<=credits  fund=bond-a
    clock    2027-01-02
    grant    post    world wallet 100          -> ok
    tuition  hold    wallet school 60 until=2027-03-01 -> ok
    start    capture tuition 25                -> ok
    + fee    post    wallet school 50          -> exceeds_balance   linked to the line above
    balance  wallet  100 out=60                posted, then what is held on its way in and out

Further options of a transfer: `code=`; of its journal: `kind=`, `actor=`, `effective=`,
`journal=` (its name), `reverses=` (another's name), `cause=` none, both or unknown.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from difflib import ndiff
from typing import Any
from uuid import UUID

from django.db import connection

from lmb.ledger import queries, service
from lmb.ledger.entries import (
    Capture,
    Cause,
    Expire,
    HoldFor,
    Item,
    Journal,
    NewAccount,
    Post,
    Void,
    transfer_id,
)
from lmb.values.clock import SimulatedClock
from lmb.values.identifiers import derived_uuid7

START = datetime(2027, 1, 1, tzinfo=UTC)
NOWHERE = UUID(int=7)
"""An identifier that nothing has."""


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a script."""

    text: str
    linked: bool
    words: tuple[str, ...]
    options: dict[str, str]

    @property
    def key(self) -> str:
        return self.words[0]

    @property
    def verb(self) -> str:
        return self.words[1]

    @property
    def arguments(self) -> tuple[str, ...]:
        return self.words[2:]

    @property
    def is_transfer(self) -> bool:
        return "->" in self.text


def parse(text: str) -> Line:
    """A line of a script; what it says after `->` is left out of its words."""
    told = text.partition("->")[0].split()
    linked = told[0] == "+"
    words = told[1:] if linked else told
    options = dict(word.split("=", 1) for word in words if "=" in word)
    return Line(text, linked, tuple(word for word in words if "=" not in word), options)


def journals(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """Groups of linked lines; a line that is no transfer is a group of its own."""
    group: list[Line] = []
    for line in lines:
        if group and not line.linked:
            yield group
            group = []
        group.append(line)
    if group:
        yield group


@dataclass
class Ledger:
    """The books of a cell of one's own, and an instruction that causes what happens in them."""

    name: str = "scratch"
    clock: SimulatedClock = field(default_factory=lambda: SimulatedClock(START))

    def __post_init__(self) -> None:
        self.books = service.open_simulated_books(self.name, self.clock)
        self.cell = self.books.cell
        self.cause = Cause.instruction(
            service.instruct(self.books, kind="test", subject="why", document={}, actor="tester")
        )

    def run(self, script: str) -> None:
        """Run a script, each journal by a call of its own; assert that it went as written."""
        told = [" ".join(line.split()) for line in script.splitlines() if line.strip()]
        answered = [self.answer(group) for group in journals(map(parse, told))]
        compare([line for group in answered for line in group], told)

    def run_at_once(self, script: str) -> None:
        """Run a script of transfers alone as one batch; assert that it went as written."""
        told = [" ".join(line.split()) for line in script.splitlines() if line.strip()]
        compare(self.answer_at_once(list(journals(map(parse, told)))), told)

    def answer(self, group: Sequence[Line]) -> list[str]:
        """The lines of one journal, or one other line, as the books answer them."""
        line = group[0]
        if line.is_transfer:
            return self.answer_at_once([group])
        if line.key == "open":
            self.open(line.words[1], **line.options)
        elif line.key == "clock":
            self.clock.move_to(moment(line.words[1]))
        elif line.key == "close":
            service.close_through(self.books, moment(line.words[1]))
        elif line.key == "balance":
            return [self.balance(line.words[1])]
        else:
            raise ValueError(f"no such line in a little ledger: {line.text}")
        return [line.text]

    def answer_at_once(self, groups: Sequence[Sequence[Line]]) -> list[str]:
        """The lines of a batch of journals as the books answer them."""
        answers = self.results([self.document(group) for group in groups])
        return [
            f"{line.text.partition(' -> ')[0]} -> {result}"
            for group, answered in zip(groups, answers, strict=True)
            for line, result in zip(group, answered, strict=True)
        ]

    def results(self, documents: list[dict[str, Any]]) -> list[list[str]]:
        return [[item["result"] for item in items] for items in self.post(documents)]

    def post(
        self, documents: list[dict[str, Any]], **told: datetime | None
    ) -> list[list[dict[str, Any]]]:
        """What the posting function answers to journals as documents, item by item; `at` tells
        it another time than the clock's."""
        reply = execute(
            "SELECT ledger_post(%s, %s, %s)::text",
            [self.cell, told.get("at", self.books.at), json.dumps(documents)],
        )
        return [entry["items"] for entry in json.loads(reply)]

    def document_of(self, *lines: str) -> dict[str, Any]:
        """The journal that some lines write."""
        return self.document([parse(line) for line in lines])

    def document(self, group: Sequence[Line]) -> dict[str, Any]:
        """The journal that some linked lines write. Identifiers follow from keys alone."""
        options = group[0].options
        effective = options.get("effective")
        reverses = options.get("reverses")
        journal = Journal(
            key=options.get("journal", group[0].key),
            kind=options.get("kind", "test"),
            actor=options.get("actor", "tester"),
            cause=self.cause,
            items=[self.item(line) for line in group],
            effective_at=None if effective is None else moment(effective),
            reverses=None if reverses is None else self.identifier("journal", reverses),
        )
        document: dict[str, Any] = {
            **journal.header(self.cell, START),
            "items": [{"key": item.key, **item.document()} for item in journal.items],
        }
        match options.get("cause"):
            case "none":
                del document["instruction"]
            case "both":
                document["determination"] = str(NOWHERE)
            case "unknown":
                document["instruction"] = str(NOWHERE)
            case _:
                pass
        return document

    def item(self, line: Line) -> Item:
        key, arguments, code = line.key, line.arguments, line.options.get("code", "test")
        match line.verb:
            case "post":
                return Post(key, arguments[0], arguments[1], json.loads(arguments[2]), code)
            case "hold":
                until = line.options.get("until")
                expires_at = None if until is None else moment(until)
                return HoldFor(
                    key, arguments[0], arguments[1], json.loads(arguments[2]), code, expires_at
                )
            case "capture":
                final = line.options.get("final") == "yes"
                return Capture(
                    key, self.hold(arguments[0]), json.loads(arguments[1]), code, final=final
                )
            case "void":
                return Void(key, self.hold(arguments[0]), code)
            case "expire":
                return Expire(key, self.hold(arguments[0]), code)
            case _:
                raise ValueError(f"no such transfer in a little ledger: {line.text}")

    def hold(self, key: str) -> UUID:
        return self.identifier("transfer", key)

    def identifier(self, noun: str, key: str) -> UUID:
        if noun == "transfer":
            return transfer_id(self.cell, key)
        return derived_uuid7(START, str(self.cell), noun, key)

    def open(self, code: str, **terms: str) -> None:
        """Open an account, and make known what its terms name."""
        unit, purpose, fund = terms.get("unit", "USD"), terms.get("purpose"), terms.get("fund")
        service.define_unit(unit, unit)
        if purpose is not None:
            service.define_purpose(purpose, purpose)
        if fund is not None:
            service.define_fund(fund, fund)
        expires = terms.get("expires")
        account = NewAccount(
            code=code,
            kind="test",
            owner="tester",
            unit=unit,
            purpose=purpose,
            fund=fund,
            limit_side=terms.get("limit"),
            expires_at=None if expires is None else moment(expires),
        )
        service.open_accounts(self.books, [account])

    def balance(self, code: str) -> str:
        """The balance line of an account as the books show it."""
        return balance_line(queries.balance(self.cell, code))

    def balances(self) -> set[str]:
        """The balance lines of all accounts."""
        return set(map(balance_line, queries.balances(self.cell)))


def compare(answered: list[str], told: list[str]) -> None:
    """Show both ledgers, line by line, where the books did not do what was told."""
    if answered != told:
        raise AssertionError("\n".join(["- told, + answered", *ndiff(told, answered)]))


def balance_line(found: queries.Balance) -> str:
    words = ["balance", found.code, str(found.posted_cents)]
    if found.pending_in_cents:
        words.append(f"in={found.pending_in_cents}")
    if found.pending_out_cents:
        words.append(f"out={found.pending_out_cents}")
    return " ".join(words)


def execute(sql: str, parameters: Sequence[Any] = ()) -> Any:
    """The first value a statement answers, as the application role."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        row = cursor.fetchone() if cursor.description else None
    return None if row is None else row[0]
