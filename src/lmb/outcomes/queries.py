"""The only functions that read determinations on file for others.

They read what the session may see (`lmb.people.sessions`); whoever asks outside of one, sees
nothing. `counted_about` is the house's own answer to a person about their own record.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from lmb.outcomes import models
from lmb.outcomes.determination import dispute
from lmb.outcomes.determination.dispute import Standing
from lmb.outcomes.determination.records import Frozen, read_records, table_of
from lmb.outcomes.determination.statement import Statement
from lmb.outcomes.determination.terms import read_terms
from lmb.values.errors import NotFoundError

STATEMENTS_SHOWN_MAX = 200


@dataclass(frozen=True, slots=True)
class Signed:
    """Who signed a statement and when, and the transfer that is its leaf in the proof log."""

    signed_by: UUID
    approved_by: UUID
    instruction: UUID
    transfer: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class StatementOnFile:
    """A statement with what became of it. `engines` has the hash of what each engine counted."""

    cell: int
    sha256: str
    document: Mapping[str, Any]
    issue: str
    terms: str
    root: str
    run_id: str
    kind: str
    published_on: date
    challenge_until: date
    supersedes: str | None
    superseded_by: str | None
    engines: Mapping[str, str]
    actor: str
    because: str
    recorded_at: datetime
    signed: Signed | None

    @property
    def title(self) -> str:
        return str(self.document["title"])

    @property
    def answers(self) -> list[str]:
        return list(self.document["answers"])

    @property
    def longstop_on(self) -> date:
        return date.fromisoformat(self.document["longstop_on"])

    @property
    def due_cents(self) -> int:
        """What is due by it, over all tranches, beside what was settled before."""
        return sum(tranche["due_cents"] for tranche in self.document["tranches"])


@dataclass(frozen=True, slots=True)
class AnswerOnFile:
    """What became of a challenge: upheld for a reason, or the correction that answers it."""

    upheld_because: str | None
    correction: str | None
    answered_by: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class ChallengeOnFile:
    """A challenge; `answer` is None while it is open."""

    id: UUID
    statement: str
    claimant: UUID
    organisation: UUID | None
    keys: tuple[str, ...]
    reason: str
    evidence_sha256: str
    filed_on: date
    at: datetime
    answer: AnswerOnFile | None


def statements(cell: int, *, limit: int = STATEMENTS_SHOWN_MAX) -> list[StatementOnFile]:
    """The newest statements on file, signed or not, the newest first."""
    rows = models.Statement.objects.filter(cell=cell).order_by("-recorded_at", "sha256")
    return [_on_file(row) for row in rows[: min(limit, STATEMENTS_SHOWN_MAX)]]


def statement_on_file(cell: int, sha256: str) -> StatementOnFile:
    """One statement. Raises NotFoundError where there is none."""
    row = models.Statement.objects.filter(cell=cell, sha256=sha256).first()
    if row is None:
        raise NotFoundError(f"there is no statement {sha256} on file")
    return _on_file(row)


def statement(cell: int, sha256: str) -> Statement:
    """One statement with its terms, records and secret, as whoever corrects it needs it."""
    on_file = statement_on_file(cell, sha256)
    terms = models.Terms.objects.get(cell=cell, sha256=on_file.terms)
    secret = models.FrozenSecret.objects.get(cell=cell, root=on_file.root)
    rows = models.FrozenRow.objects.filter(cell=cell, root=on_file.root).order_by("index")
    table = table_of(rows.values_list("row", flat=True))
    return Statement(
        read_terms("terms.json", terms.content.encode()),
        Frozen(read_records("records.csv", table), secret.secret),
        on_file.document,
        on_file.engines,
    )


def challenges(cell: int, sha256: str) -> list[ChallengeOnFile]:
    """The challenges to a statement, in the order they were filed."""
    rows = models.Challenge.objects.filter(cell=cell, statement=sha256).order_by("id")
    answers = {
        row.challenge: AnswerOnFile(
            row.upheld_because, row.correction, row.answered_by, row.recorded_at
        )
        for row in models.Answer.objects.filter(cell=cell, challenge__in=[row.id for row in rows])
    }
    return [
        ChallengeOnFile(
            id=row.id,
            statement=row.statement,
            claimant=row.claimant,
            organisation=row.organisation,
            keys=tuple(row.keys),
            reason=row.reason,
            evidence_sha256=row.evidence_sha256,
            filed_on=row.filed_on,
            at=row.recorded_at,
            answer=answers.get(row.id),
        )
        for row in rows
    ]


def standing(cell: int, sha256: str, on: date) -> Standing:
    """Where a statement stands on a day."""
    on_file = statement_on_file(cell, sha256)
    if on_file.signed is None:
        return Standing.UNSIGNED
    followed = on_file.superseded_by
    filed = [
        dispute.Challenge(
            str(one.id),
            sha256,
            str(one.claimant),
            one.keys,
            one.reason,
            one.filed_on,
            None if one.answer is None else one.answer.upheld_because or "corrected",
        )
        for one in challenges(cell, sha256)
    ]
    corrections = [] if followed is None else [statement_on_file(cell, followed)]
    return dispute.standing(on_file, filed, corrections, on)


def keys_of(cell: int, root: str, person: UUID) -> list[str]:
    """The keys under which a person stands in a frozen table."""
    rows = models.FrozenRow.objects.filter(cell=cell, root=root, person=person)
    return sorted(set(rows.values_list("key", flat=True)))


def known_keys(cell: int, root: str, keys: Collection[str]) -> set[str]:
    """Those of some keys that have a record in a frozen table."""
    rows = models.FrozenRow.objects.filter(cell=cell, root=root, key__in=keys)
    return set(rows.values_list("key", flat=True))


def _on_file(row: models.Statement) -> StatementOnFile:
    signature = models.Signature.objects.filter(cell=row.cell, statement=row.sha256).first()
    follows = models.Signature.objects.filter(cell=row.cell, supersedes=row.sha256)
    runs = models.EngineRun.objects.filter(cell=row.cell, statement=row.sha256)
    terms = models.Terms.objects.filter(cell=row.cell, sha256=row.terms)
    return StatementOnFile(
        cell=row.cell,
        sha256=row.sha256,
        document=json.loads(row.content),
        issue=terms.values_list("issue", flat=True).get(),
        terms=row.terms,
        root=row.root,
        run_id=row.run_id,
        kind=row.kind,
        published_on=row.published_on,
        challenge_until=row.challenge_until,
        supersedes=row.supersedes,
        superseded_by=follows.values_list("statement", flat=True).first(),
        engines=dict(runs.values_list("engine", "tallies_sha256")),
        actor=row.actor,
        because=row.because,
        recorded_at=row.recorded_at,
        signed=None
        if signature is None
        else Signed(
            signature.signed_by,
            signature.approved_by,
            signature.instruction,
            signature.transfer,
            signature.recorded_at,
        ),
    )
