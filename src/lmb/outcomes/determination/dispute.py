"""Challenges: who may object to a statement, until when, and when it is final.

A challenge names rows: people whose records it says are wrong. It does not change a statement; the
administrator answers it with a correction, or by upholding the statement with a reason. A
statement is final when its window is over and every challenge filed in time has an answer.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

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


class Stated(Protocol):
    """What of a statement decides where it stands; on file or in hand."""

    @property
    def sha256(self) -> str: ...
    @property
    def published_on(self) -> date: ...
    @property
    def challenge_until(self) -> date: ...
    @property
    def supersedes(self) -> str | None: ...
    @property
    def answers(self) -> Sequence[str]: ...
    @property
    def longstop_on(self) -> date: ...


class Standing(StrEnum):
    """Where a statement stands."""

    UNSIGNED = "not signed"
    SIGNED = "signed, not yet published"
    OPEN = "open to challenge"
    CHALLENGED = "challenged"
    SUPERSEDED = "superseded"
    FINAL = "final"


def file(statement: Stated, known: Collection[str], challenge: Challenge) -> Challenge:
    """Accept a challenge; `known` are people with a record in the statement. Raises RefusedError
    for one that names another statement, comes too late, gives no reason, or names nobody or people
    without a record."""
    published_on = statement.published_on
    if challenge.statement_sha256 != statement.sha256:
        raise RefusedError(f"challenge {challenge.number} is of another statement")
    if not published_on <= challenge.filed_on <= statement.challenge_until:
        raise RefusedError(
            f"challenge {challenge.number} was filed on {challenge.filed_on}; the window was "
            f"{published_on} to {statement.challenge_until}. What is found later is settled by a "
            f"true-up until {statement.longstop_on}"
        )
    unknown = sorted(set(challenge.people) - set(known))
    if unknown or not 0 < len(challenge.people) <= PEOPLE_MAX or not challenge.reason.strip():
        raise RefusedError(
            f"challenge {challenge.number} must give a reason and name 1 to {PEOPLE_MAX:,} people "
            f"with a record here; unknown: {', '.join(unknown[:5]) or 'none'}"
        )
    return challenge


def standing(
    statement: Stated,
    challenges: Sequence[Challenge],
    corrections: Sequence[Stated],
    on: date,
) -> Standing:
    """Where a signed statement stands on a day, given the challenges accepted and what followed."""
    if on < statement.published_on:
        return Standing.SIGNED
    for correction in corrections:
        follows = correction.supersedes == statement.sha256
        # A true-up of a final statement leaves it standing; what was settled stays.
        in_time = correction.published_on <= statement.challenge_until or correction.answers
        if follows and correction.published_on <= on and in_time:
            return Standing.SUPERSEDED
    if _unanswered(statement, challenges, on):
        return Standing.CHALLENGED
    return Standing.OPEN if on <= statement.challenge_until else Standing.FINAL


def _unanswered(statement: Stated, challenges: Sequence[Challenge], on: date) -> bool:
    return any(
        challenge.statement_sha256 == statement.sha256
        and challenge.filed_on <= on
        and challenge.upheld_because is None
        for challenge in challenges
    )
