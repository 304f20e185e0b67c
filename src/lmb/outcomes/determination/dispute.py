"""Challenges: who may object to a statement, until when, and when it is final.

A challenge names rows: people whose records it says are wrong. It does not change a statement; the
administrator answers it with a correction, or by upholding the statement with a reason. A
statement is final when its window is over and every challenge filed in time has an answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from lmb.outcomes.determination.statement import Statement
from lmb.values.errors import RefusedError

PEOPLE_MAX = 100_000


@dataclass(frozen=True, slots=True)
class Challenge:
    """An objection to a statement, by its hash; `upheld_because` is the administrator's answer
    where no correction followed."""

    number: str
    statement_sha256: str
    claimant: str
    people: tuple[str, ...]
    reason: str
    filed_on: date
    upheld_because: str | None = None


class Standing(StrEnum):
    """Where a statement stands."""

    OPEN = "open to challenge"
    CHALLENGED = "challenged"
    SUPERSEDED = "superseded"
    FINAL = "final"


def file(statement: Statement, challenge: Challenge) -> Challenge:
    """Accept a challenge. Raises RefusedError for one that names another statement, comes too
    late, gives no reason, or names nobody or people without a record."""
    published_on = date.fromisoformat(statement.document["published_on"])
    if challenge.statement_sha256 != statement.sha256:
        raise RefusedError(f"challenge {challenge.number} is of another statement")
    if not published_on <= challenge.filed_on <= statement.challenge_until:
        raise RefusedError(
            f"challenge {challenge.number} was filed on {challenge.filed_on}; the window was "
            f"{published_on} to {statement.challenge_until}. What is found later is settled by a "
            f"true-up until {statement.terms.longstop_on}"
        )
    known = {record.person for record in statement.frozen.records}
    unknown = sorted(set(challenge.people) - known)
    if unknown or not 0 < len(challenge.people) <= PEOPLE_MAX or not challenge.reason.strip():
        raise RefusedError(
            f"challenge {challenge.number} must give a reason and name 1 to {PEOPLE_MAX:,} people "
            f"with a record here; unknown: {', '.join(unknown[:5]) or 'none'}"
        )
    return challenge


def standing(
    statement: Statement,
    challenges: Sequence[Challenge],
    corrections: Sequence[Statement],
    on: date,
) -> Standing:
    """Where a statement stands on a day, given the challenges accepted and what followed."""
    for correction in corrections:
        follows = correction.document["supersedes"] == statement.sha256
        published_on = date.fromisoformat(correction.document["published_on"])
        # A true-up of a final statement leaves it standing; what was settled stays.
        in_time = published_on <= statement.challenge_until or correction.document["answers"]
        if follows and published_on <= on and in_time:
            return Standing.SUPERSEDED
    if _unanswered(statement, challenges, on):
        return Standing.CHALLENGED
    return Standing.OPEN if on <= statement.challenge_until else Standing.FINAL


def _unanswered(statement: Statement, challenges: Sequence[Challenge], on: date) -> bool:
    return any(
        challenge.statement_sha256 == statement.sha256
        and challenge.filed_on <= on
        and challenge.upheld_because is None
        for challenge in challenges
    )
