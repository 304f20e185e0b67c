"""A person's statement: where each cent of a wallet is, and everything that moved it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lmb.ledger.queries import POSTED, Movement, account_kinds, movements_of_accounts
from lmb.wallets.queries import Pocket, pockets

ENTRIES_MAX = 5_000
"""A statement goes back as far as this many movements of one pocket."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the money of one pocket is, in US dollars. Granted is all that ever came in; each cent
    of it is available, held, earned by a provider, or returned to where it came from."""

    pocket: Pocket
    granted_cents: int
    earned_cents: int
    returned_cents: int

    @property
    def held_cents(self) -> int:
        return self.pocket.held_cents

    @property
    def available_cents(self) -> int:
        return self.pocket.available_cents


@dataclass(frozen=True, slots=True)
class Entry:
    """One movement as its owner sees it. Cents are signed: what came in, or went out, of what is
    owned; of what is only set aside or given free again, `moved` is False and cents are positive.
    """

    id: UUID
    at: datetime
    kind: str
    code: str
    fund: str | None
    cents: int
    moved: bool
    determination: UUID | None


@dataclass(frozen=True, slots=True)
class Statement:
    """All pockets of a wallet, and their movements, newest first."""

    standings: tuple[Standing, ...]
    entries: tuple[Entry, ...]

    @property
    def granted_cents(self) -> int:
        return sum(each.granted_cents for each in self.standings)

    @property
    def available_cents(self) -> int:
        return sum(each.available_cents for each in self.standings)

    @property
    def held_cents(self) -> int:
        return sum(each.held_cents for each in self.standings)

    @property
    def earned_cents(self) -> int:
        return sum(each.earned_cents for each in self.standings)

    @property
    def returned_cents(self) -> int:
        return sum(each.returned_cents for each in self.standings)

    def spendable_cents(self, at: datetime) -> int:
        """What could be spent then: available money of pockets that pay."""
        paying = [each for each in self.standings if each.pocket.pays_at(at)]
        return sum(each.available_cents for each in paying)


def statement(cell: int, person: UUID) -> Statement:
    """The statement of a person's wallet; empty for one without."""
    own = {pocket.account: pocket for pocket in pockets(cell, person)}
    moved = movements_of_accounts(cell, list(own), limit=ENTRIES_MAX)
    kinds = account_kinds(cell, {movement.credit for movement in moved} - set(own))
    entries = [_entry(movement, own) for movement in moved]
    by_pocket: dict[str, list[Movement]] = defaultdict(list)
    for movement in moved:
        for account in {movement.debit, movement.credit} & set(own):
            by_pocket[account].append(movement)
    return Statement(
        tuple(_standing(pocket, by_pocket[code], kinds) for code, pocket in own.items()),
        tuple(reversed(entries)),
    )


def _standing(pocket: Pocket, moved: Sequence[Movement], kinds: Mapping[str, str]) -> Standing:
    granted = earned = returned = 0
    for movement in moved:
        if movement.kind not in POSTED:
            continue
        if movement.credit == pocket.account:
            granted += movement.amount_cents
        elif kinds.get(movement.credit) == "provider":
            earned += movement.amount_cents
        else:
            returned += movement.amount_cents
    return Standing(pocket, granted, earned, returned)


def _entry(movement: Movement, own: Mapping[str, Pocket]) -> Entry:
    out = movement.debit in own
    moved = movement.kind in POSTED
    pocket = own[movement.debit if out else movement.credit]
    return Entry(
        id=movement.id,
        at=movement.effective_at,
        kind=movement.kind,
        code=movement.code,
        fund=pocket.fund,
        cents=-movement.amount_cents if moved and out else movement.amount_cents,
        moved=moved,
        determination=movement.determination,
    )
