"""What can be asked of the books. Pure values; `service.post` carries them out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, NamedTuple
from uuid import UUID

from lmb.values.canonical import Document
from lmb.values.identifiers import derived_uuid7, derived_uuid8

NOT_OVERDRAWN = "debits<=credits"
"""The limit of an account that cannot pay out more than it has."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Why money moves: a determination or an instruction on file, never both."""

    kind: str
    id: UUID

    @classmethod
    def determination(cls, identifier: UUID) -> Cause:
        return cls("determination", identifier)

    @classmethod
    def instruction(cls, identifier: UUID) -> Cause:
        return cls("instruction", identifier)


@dataclass(frozen=True, slots=True)
class Post:
    """Move an amount from one account (the debit) to another (the credit)."""

    kind: ClassVar[str] = "post"
    key: str
    debit: str
    credit: str
    amount_cents: int
    code: str

    def document(self) -> dict[str, Document]:
        return {
            "kind": self.kind,
            **_between(self.debit, self.credit, self.amount_cents, self.code),
        }


@dataclass(frozen=True, slots=True)
class HoldFor:
    """Set an amount aside on its way from one account to another."""

    kind: ClassVar[str] = "hold"
    key: str
    debit: str
    credit: str
    amount_cents: int
    code: str
    expires_at: datetime | None = None

    def document(self) -> dict[str, Document]:
        expires = None if self.expires_at is None else self.expires_at.isoformat()
        return {
            "kind": self.kind,
            "expires_at": expires,
            **_between(self.debit, self.credit, self.amount_cents, self.code),
        }


@dataclass(frozen=True, slots=True)
class Capture:
    """Pay a part of a hold; `final` releases the rest."""

    kind: ClassVar[str] = "capture"
    key: str
    hold: UUID
    amount_cents: int
    code: str
    final: bool = False

    def document(self) -> dict[str, Document]:
        return {
            "kind": self.kind,
            "hold": str(self.hold),
            "amount_cents": self.amount_cents,
            "code": self.code,
            "final": self.final,
        }


@dataclass(frozen=True, slots=True)
class Void:
    """Release what is left of a hold."""

    kind: ClassVar[str] = "void"
    key: str
    hold: UUID
    code: str

    def document(self) -> dict[str, Document]:
        return {"kind": self.kind, "hold": str(self.hold), "code": self.code}


@dataclass(frozen=True, slots=True)
class Expire:
    """Release what is left of a hold whose time has passed."""

    kind: ClassVar[str] = "expire"
    key: str
    hold: UUID
    code: str

    def document(self) -> dict[str, Document]:
        return {"kind": self.kind, "hold": str(self.hold), "code": self.code}


Item = Post | HoldFor | Capture | Void | Expire


@dataclass(frozen=True, slots=True)
class Journal:
    """Items with one cause and one actor; `key` names the journal within its cell. They stand or
    fall together, or each alone where they are not `linked`."""

    key: str
    kind: str
    actor: str
    cause: Cause
    items: Sequence[Item]
    effective_at: datetime | None = None
    reverses: UUID | None = None
    linked: bool = True

    def header(self, cell: int, at: datetime) -> dict[str, Document]:
        """The journal without its items, as the posting function takes it."""
        return {
            "id": str(derived_uuid7(at, str(cell), "journal", self.key)),
            "kind": self.kind,
            "actor": self.actor,
            self.cause.kind: str(self.cause.id),
            "effective_at": None if self.effective_at is None else self.effective_at.isoformat(),
            "reverses": None if self.reverses is None else str(self.reverses),
            "linked": self.linked,
        }


class Answer(NamedTuple):
    """What the books of a cell say to one item: `ok`, `exists`, or the name of the refusal."""

    cell: int
    key: str
    result: str

    @property
    def stands(self) -> bool:
        return self.result in {"ok", "exists"}

    @property
    def transfer(self) -> UUID | None:
        """The movement (for a hold also the hold's identifier), None when refused."""
        return transfer_id(self.cell, self.key) if self.stands else None


def transfer_id(cell: int, key: str) -> UUID:
    """The identifier of the movement that an item of this key makes."""
    return derived_uuid8(str(cell), key)


@dataclass(frozen=True, slots=True)
class NewAccount:
    """The terms an account is opened with; `fund` None is the world outside."""

    code: str
    kind: str
    owner: str
    unit: str = "USD"
    purpose: str | None = None
    fund: str | None = None
    limit_side: str | None = None
    expires_at: datetime | None = None


def _between(debit: str, credit: str, amount_cents: int, code: str) -> dict[str, Document]:
    return {"debit": debit, "credit": credit, "amount_cents": amount_cents, "code": code}
