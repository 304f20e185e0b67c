"""Determinations on file for tests: books, two reviewers, a provider, Ana among the records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection

from lmb.ledger.service import Books
from lmb.outcomes import queries
from lmb.outcomes import service_statements as service
from lmb.outcomes.determination.records import Frozen
from lmb.outcomes.determination.statement import Statement
from lmb.people import approvals, passkeys
from lmb.people.acting import Acting
from lmb.people.assurance import Action
from lmb.people.keys import VaultKeys
from lmb.people.roles import Role
from lmb.people.sessions import house
from lmb.values.canonical import Document
from lmb.values.clock import SimulatedClock, fiscal_date
from tests.outcomes.determination.cohorts import frozen, lines, terms
from tests.people.authenticator import PARTY, SoftwareKey
from tests.people.support import (
    ANA,
    BEN,
    CELL,
    CLEO,
    DORA,
    NOW,
    as_self,
    enrolled,
    member,
    sure,
    vault_keys,
)

TODAY = fiscal_date(NOW)
EVIDENCE = "e5" * 32


@dataclass
class World:
    """Books and who works with them. `ana` and `cleo` have records, under their own keys."""

    books: Books
    clock: SimulatedClock
    keys: VaultKeys
    ana: Acting
    cleo: Acting
    first: Acting
    second: Acting
    provider: Acting

    def later(self, days: int) -> datetime:
        """Let days pass; sessions are fresh again."""
        self.clock.move_to(self.clock.now() + timedelta(days=days))
        at = self.clock.now()
        for name in ("ana", "cleo", "first", "second", "provider"):
            setattr(self, name, replace(getattr(self, name), assurance=sure(at)))
        return at

    def records(self, *more: str, people: int = 120) -> Frozen:
        own = [
            f"{self.ana.person},A,treated,site-0,ui,2026-05-01,counted,100000",
            f"{self.ana.person},A,treated,site-0,ui,2026-06-01,counted,120000",
            f"{self.cleo.person},B,control,site-1,ui,2026-05-01,deceased,",
        ]
        return frozen([*lines(people), *own, *more])

    def file(
        self,
        records: Frozen,
        published_on: date | None = None,
        *,
        supersedes: str | None = None,
        answers: Sequence[UUID] = (),
        freeze_on: str = "2026-06-30",
    ) -> Statement:
        return service.file_statement(
            self.books,
            terms(freeze_on=freeze_on),
            records,
            actor="the evaluator",
            because="the wages of the second quarter are in",
            published_on=published_on or fiscal_date(self.clock.now()),
            supersedes=supersedes,
            answers=answers,
        )

    def approved(self, statement: str) -> UUID:
        """Two persons sign, each with a passkey."""
        at = self.clock.now()
        proposed = service.propose_signing(self.keys.randomness, self.first, statement, at)
        for acting in (self.first, self.second):
            self.passkey(acting, proposed)
        return proposed.id

    def passkey(self, acting: Acting, proposed: approvals.Proposed) -> None:
        at, challenge = self.clock.now(), self.keys.randomness(32)
        key = SoftwareKey(self.keys.randomness(16))
        passkeys.register(
            PARTY, self.keys.randomness, acting, challenge, key.register(challenge), at
        )
        approvals.sign(PARTY, acting, proposed.id, key.sign(proposed.challenge), at)

    def sign(self, statement: Statement) -> UUID:
        proposal = self.approved(statement.sha256)
        return service.sign_statement(self.books, self.first, proposal, statement.sha256)

    def challenge(self, statement: Statement, by: Acting, *keys: str) -> UUID:
        return service.challenge(
            self.keys.randomness,
            by,
            statement.sha256,
            keys,
            reason="the pay stubs say more",
            evidence_sha256=EVIDENCE,
            at=self.clock.now(),
        )

    def content(self, statement: Statement) -> dict[str, Document]:
        with house():
            return service.signing(queries.statement_on_file(CELL, statement.sha256))

    def propose(self, content: dict[str, Document]) -> approvals.Proposed:
        at = self.clock.now()
        return approvals.propose(
            self.keys.randomness, self.first, Action.SIGN_DETERMINATION, content, at
        )


def world() -> World:
    keys, clock = vault_keys(), SimulatedClock(NOW)
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_open_cell(%s, 'outcomes', true)", [CELL])
    people = {
        name: enrolled(keys, name, identifiers).person
        for name, identifiers in {"ana": ANA, "ben": BEN, "cleo": CLEO, "dora": DORA}.items()
    }
    first = member(keys, people["ben"], "agency", Role.AGENCY)
    second = member(keys, people["dora"], "agency", Role.AGENCY, organisation=first.organisation)
    return World(
        books=Books(CELL, "outcomes", True, clock),
        clock=clock,
        keys=keys,
        ana=as_self(people["ana"]),
        cleo=as_self(people["cleo"]),
        first=first,
        second=second,
        provider=member(keys, people["ben"], "provider", Role.PROVIDER),
    )
