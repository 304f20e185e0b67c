"""The movements of a script on scratch books, and what the books answer to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeAlias
from uuid import UUID

from lmb.ledger import entries, models, operations, service
from lmb.ledger.entries import Cause, Item, Journal
from lmb.ledger.operations import Amount, Invalid, Movement
from lmb.ledger.service import Books
from lmb.values.canonical import Document
from lmb.values.identifiers import derived_uuid7
from lmb.values.json_lines import shown

START = datetime(2000, 1, 1, tzinfo=UTC)
"""Where the clock of a script stands before its first `clock` or `expire`."""

ACTOR = "script"

Answer: TypeAlias = Mapping[str, Document]


@dataclass(frozen=True)
class NamedHold(entries.HoldFor):
    """A hold whose identifier follows from its name, so that it can be captured by it."""

    id: UUID = field(kw_only=True)

    def document(self) -> dict[str, Document]:
        return {**entries.HoldFor.document(self), "id": str(self.id)}


class Movements:
    """Posts to the scratch books, all because of one instruction."""

    def __init__(self, books: Books, cause: Cause) -> None:
        self._books = books
        self._cause = cause
        self.hold_names: set[str] = set()

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
        taken = isinstance(item, operations.Hold) and item.hold in self.hold_names
        if taken and not self._is_known(item.key):
            return {"result": "exists_with_different_content"}
        return None

    def _is_known(self, key: str) -> bool:
        return models.Request.objects.filter(cell=self._books.cell, key=key).exists()

    def _answered(self, groups: Sequence[Sequence[Movement]]) -> list[list[str]]:
        """The books' answers to groups of movements, each group a journal."""
        answers = self.post([list(map(self._item, group)) for group in groups], ACTOR)
        for group, results in zip(groups, answers, strict=True):
            for item, result in zip(group, results, strict=True):
                if isinstance(item, operations.Hold) and result == "ok":
                    self.hold_names.add(item.hold)
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
                return NamedHold(
                    item.key,
                    item.debit,
                    item.credit,
                    item.amount.cents,
                    # So that the same key for a hold of another name is other content.
                    code_of(f"hold {item.hold}", item.amount),
                    item.expires,
                    id=self.hold_id(item.hold),
                )
            case operations.Capture():
                code = code_of("capture", item.amount)
                hold = self.hold_id(item.hold)
                return entries.Capture(item.key, hold, item.amount.cents, code, item.final)
            case operations.Void():
                return entries.Void(item.key, self.hold_id(item.hold), "void")

    def hold_id(self, name: str) -> UUID:
        return derived_uuid7(START, str(self._books.cell), "hold", name)


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
