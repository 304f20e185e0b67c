"""A wallet of one's own, in scratch books: what tests of wallets stand on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from lmb.ledger import service
from lmb.ledger.entries import Journal, Post
from lmb.wallets.accounts import pocket, pocket_account
from lmb.wallets.service_paying import Part, Payment
from tests.ledger.books import Ledger, moment

PERSON = UUID("00000000-0000-7000-8000-0000000000aa")


class Wallet:
    """One person's wallet; each pocket is filled from a source of its own name."""

    def __init__(self, ledger: Ledger, person: UUID = PERSON) -> None:
        self.ledger = ledger
        self.person = person
        ledger.run("open world")
        ledger.run("open school")

    def fill(
        self,
        source: str,
        cents: int,
        *,
        expires: str | datetime | None = None,
        purpose: str = "training",
    ) -> None:
        """Open a pocket and put credit into it."""
        service.define_purpose(purpose, purpose)
        service.define_fund(f"bond:{source}", source)
        at = moment(expires) if isinstance(expires, str) else expires
        terms = replace(pocket_account(source, self.person, purpose), expires_at=at)
        service.open_accounts(self.ledger.books, [terms])
        if cents:
            self.move(f"fill {self.code(source)}", "world", self.code(source), cents)

    def code(self, source: str) -> str:
        return pocket(source, self.person)

    def move(self, key: str, debit: str, credit: str, cents: int) -> None:
        """What others do with the money: a movement that must stand."""
        items = [Post(key, debit, credit, cents, "test")]
        journal = Journal(key, "test", "tester", self.ledger.cause, items)
        service.post_or_refuse(self.ledger.books, [journal])

    def asked(
        self, key: str, cents: int, *, purpose: str = "training", to: str = "school"
    ) -> Payment:
        return Payment(key, self.person, purpose, cents, to, "tuition", self.ledger.cause, "tester")

    def sources(self, parts: Sequence[Part]) -> list[tuple[str, int]]:
        """What each pocket gives, by the name of its source."""
        return [(part.pocket.rpartition("/")[2], part.cents) for part in parts]
