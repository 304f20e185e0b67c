"""Lots: what came into an account at one time and cost, and which of it went out again. Pure.

The oldest lot goes out first, as for tax where nothing else was said (26 CFR 1.1012-1(c)(1)). Bonds
moved without payment keep their day and cost: they are the same bonds in another account.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum


class Acquired(StrEnum):
    AUCTION = "auction"
    TRADE = "trade"


@dataclass(frozen=True, slots=True)
class Lot:
    """What is left of one acquisition: face amount, cost without accrued interest, and the
    accrued interest that was paid with it, all in cents."""

    acquired_on: date
    how: Acquired
    face_cents: int
    cost_cents: int
    accrued_cents: int


@dataclass(frozen=True, slots=True)
class Disposal:
    """A lot, or a part of one, that was sold or redeemed for `proceeds_cents`."""

    lot: Lot
    disposed_on: date
    proceeds_cents: int

    @property
    def gain_cents(self) -> int:
        """Proceeds less cost; a loss is negative."""
        return self.proceeds_cents - self.lot.cost_cents


@dataclass(frozen=True, slots=True)
class Flow:
    """Bonds that moved from one account to another; None stands for one that is not looked at.

    `how` they were acquired, None where they came without payment or went back to the issuer;
    `price_cents` is what was paid for them without accrued interest, None where nothing was.
    """

    on: date
    debit: str | None
    credit: str | None
    face_cents: int
    how: Acquired | None
    price_cents: int | None
    accrued_cents: int = 0


@dataclass(slots=True)
class AccountLots:
    """The lots of one account, oldest first, and everything it disposed of, in order."""

    lots: deque[Lot] = field(default_factory=deque)
    disposals: list[Disposal] = field(default_factory=list)

    @property
    def face_cents(self) -> int:
        return sum(lot.face_cents for lot in self.lots)

    def take(self, face_cents: int) -> list[Lot]:
        """Lots of this face amount off the oldest end. Raises ValueError for more than is held."""
        if face_cents > self.face_cents:
            raise ValueError(f"{face_cents} cents are taken of lots of {self.face_cents}")
        taken = []
        while face_cents:
            lot = self.lots.popleft()
            part = _part(lot, min(face_cents, lot.face_cents))
            taken.append(part)
            face_cents -= part.face_cents
            if part.face_cents < lot.face_cents:
                self.lots.appendleft(_rest(lot, part))
        return taken


def lots_of(flows: Iterable[Flow]) -> dict[str, AccountLots]:
    """The lots of every account named, from all flows of theirs in order.

    Raises ValueError where an account gives what none of the flows gave it.
    """
    accounts: dict[str, AccountLots] = {}
    for flow in flows:
        moved = []
        if flow.debit is not None:
            giving = accounts.setdefault(flow.debit, AccountLots())
            moved = giving.take(flow.face_cents)
            if flow.price_cents is not None:
                giving.disposals += _disposals(moved, flow.on, flow.price_cents)
        if flow.credit is not None:
            getting = accounts.setdefault(flow.credit, AccountLots())
            if flow.how is not None and flow.price_cents is not None:
                price_cents, accrued_cents = flow.price_cents, flow.accrued_cents
                moved = [Lot(flow.on, flow.how, flow.face_cents, price_cents, accrued_cents)]
            getting.lots += moved
            getting.lots = deque(sorted(getting.lots, key=lambda lot: lot.acquired_on))
    return accounts


def _part(lot: Lot, face_cents: int) -> Lot:
    """A part of a lot with its share of the cost, rounded down: the rest keeps what is over."""
    return replace(
        lot,
        face_cents=face_cents,
        cost_cents=lot.cost_cents * face_cents // lot.face_cents,
        accrued_cents=lot.accrued_cents * face_cents // lot.face_cents,
    )


def _rest(lot: Lot, part: Lot) -> Lot:
    return replace(
        lot,
        face_cents=lot.face_cents - part.face_cents,
        cost_cents=lot.cost_cents - part.cost_cents,
        accrued_cents=lot.accrued_cents - part.accrued_cents,
    )


def _disposals(parts: list[Lot], on: date, proceeds_cents: int) -> list[Disposal]:
    """The proceeds shared over the parts by face amount; the last gets what is over."""
    left_cents, left_face_cents = proceeds_cents, sum(part.face_cents for part in parts)
    disposals = []
    for part in parts:
        share_cents = left_cents * part.face_cents // left_face_cents
        disposals.append(Disposal(part, on, share_cents))
        left_cents -= share_cents
        left_face_cents -= part.face_cents
    return disposals
