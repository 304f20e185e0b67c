"""The movements of a script on scratch books, and what the books answer to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TypeAlias
from uuid import UUID

from lmb.ledger import entries, models, operations, service
from lmb.ledger.entries import Cause, Item, Journal
from lmb.ledger.operations import Amount, Invalid, Movement
from lmb.ledger.service import Books
from lmb.values.canonical import Document
from lmb.values.json_lines import shown

START = datetime(2000, 1, 1, tzinfo=UTC)
"""Where the clock of a script stands before its first `clock` or `expire`."""

ACTOR = "script"

Answer: TypeAlias = Mapping[str, Document]


class Movements:
    """Posts to the scratch books, all because of one instruction."""

    def __init__(self, books: Books, cause: Cause) -> None:
        self._books = books
        self._cause = cause
        self._opening: dict[str, str] = {}
        self._named_holds: dict[tuple[str, str], UUID] = {}
        self.hold_keys: dict[str, str] = {}
        """The key that opened each hold, by the hold's name."""

    def batch(self, batch: operations.Batch) -> list[Answer]:
        if batch.linked:
            return self._linked(batch.items)
        names = [item.hold for item in batch.items if isinstance(item, operations.Hold)]
        if len(set(names)) < len(names):
            # Whether a name is taken is known only after what comes before was answered.
            return [answer for item in batch.items for answer in self.apart([item])]
        return self.apart(batch.items)

    def apart(self, items: Sequence[Movement | Invalid]) -> list[Answer]:
        """Items that stand or fall alone, in one call of the books."""
        told = [self._without_the_books(item) for item in items]
        asked = [
            [item]
            for item, known in zip(items, told, strict=True)
            if known is None and not isinstance(item, Invalid)
        ]
        posted = iter(self._answered(asked))
        return [{"result": next(posted)[0]} if known is None else known for known in told]

    def _linked(self, items: Sequence[Movement | Invalid]) -> list[Answer]:
        """Items that stand or fall together, as one journal."""
        movements = [item for item in items if not isinstance(item, Invalid)]
        seen: set[tuple[str, str]] = set()
        told = [_repeats(item, seen) or self._without_the_books(item) for item in items]
        if any(told) or not movements:
            return [known or {"result": "linked_failed"} for known in told]
        return [{"result": result} for results in self._answered([movements]) for result in results]

    def _without_the_books(self, item: Movement | Invalid) -> Answer | None:
        """The answer to what cannot be asked of the books: what is no movement, and a hold whose
        name another one has."""
        if isinstance(item, Invalid):
            return invalid(item)
        taken = isinstance(item, operations.Hold) and item.hold in self.hold_keys
        if taken and not self._is_known(item.key):
            return {"result": "exists_with_different_content"}
        return None

    def _is_known(self, key: str) -> bool:
        known = {"cell": self._books.cell, "id": entries.transfer_id(self._books.cell, key)}
        return any(
            table.objects.filter(**known).exists() for table in (models.Transfer, models.Refusal)
        )

    def _answered(self, groups: Sequence[Sequence[Movement]]) -> list[list[str]]:
        """The books' answers to groups of movements, each group a journal. A capture may name a
        hold that the same batch opens."""
        self._opening = {
            item.hold: item.key
            for group in groups
            for item in group
            if isinstance(item, operations.Hold) and item.hold not in self.hold_keys
        }
        answers = self.post([list(map(self._item, group)) for group in groups], ACTOR)
        for group, results in zip(groups, answers, strict=True):
            for item, result in zip(group, results, strict=True):
                if isinstance(item, operations.Hold) and result == "ok":
                    self.hold_keys[item.hold] = item.key
        return answers

    def post(self, groups: Sequence[Sequence[Item]], kind: str) -> list[list[str]]:
        """The books' answers to groups of items, each group a journal of a kind."""
        journals = [
            Journal(key=group[0].key, kind=kind, actor=ACTOR, cause=self._cause, items=group)
            for group in groups
            if group
        ]
        return [
            [answer.result for answer in answers] for answers in service.post(self._books, journals)
        ]

    def _item(self, item: Movement) -> Item:
        match item:
            case operations.Transfer():
                code = code_of("transfer", item.amount)
                return entries.Post(item.key, item.debit, item.credit, item.amount.cents, code)
            case operations.Hold():
                # So that the same key for a hold of another name is other content.
                code = code_of(f"hold {item.hold}", item.amount)
                return entries.HoldFor(
                    item.key, item.debit, item.credit, item.amount.cents, code, item.expires
                )
            case operations.Capture():
                code = code_of("capture", item.amount)
                hold = self._named(item)
                return entries.Capture(item.key, hold, item.amount.cents, code, item.final)
            case operations.Void():
                return entries.Void(item.key, self._named(item), "void")

    def _named(self, item: operations.Capture | operations.Void) -> UUID:
        """The hold an item names: the one it named when its key came first."""
        return self._named_holds.setdefault((item.key, item.hold), self.hold_id(item.hold))

    def hold_id(self, name: str) -> UUID:
        """The identifier of the hold of a name; of a hold nobody opened, one that nothing has."""
        key = self._opening.get(name) or self.hold_keys.get(name)
        return UUID(int=0) if key is None else entries.transfer_id(self._books.cell, key)


def _repeats(item: Movement | Invalid, seen: set[tuple[str, str]]) -> Answer | None:
    """The answer to a key or a hold's name that stood before in one journal; `seen` has those."""
    if isinstance(item, Invalid):
        return None
    names = {("key", item.key)}
    if isinstance(item, operations.Hold):
        names.add(("hold", item.hold))
    again = names & seen
    seen |= names
    if ("key", item.key) in again:
        return invalid(Invalid(f"key: found {shown(item.key)} again, expected each key once"))
    return {"result": "exists_with_different_content"} if again else None


def code_of(noun: str, amount: Amount) -> str:
    """What a movement is called in the books; with an amount as it was written, where that is no
    whole number, because the same key with another amount is other content."""
    return f"{noun} {amount.written}".rstrip()


def invalid(item: Invalid) -> Answer:
    """The answer to what asks for nothing that can be done."""
    return {"result": "invalid", "reason": item.reason}
