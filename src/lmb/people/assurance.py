"""How surely we know who is there, and how surely each action must know it. Pure.

What an identity provider returned is stored and compared, never inferred from something else
(NIST SP 800-63-4: identity level IAL, authentication level AAL).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import cast

from lmb.rules.parameters import in_force
from lmb.values.errors import RefusedError

ASSURANCE_RULE = "assurance"
# Clocks of two machines may differ; an authentication further in the future than this is forged.
CLOCK_SKEW = timedelta(minutes=2)


class Action(StrEnum):
    """What somebody wants to do, as far as it asks for more or less assurance."""

    BROWSE = "browse"
    ACCEPT_INVITATION = "accept-invitation"
    COMMIT_CREDITS = "commit-credits"
    CHANGE_BANK_DETAILS = "change-bank-details"
    EXPORT_EVERYTHING = "export-everything"
    CHANGE_SIGN_IN = "change-sign-in"
    ADD_FIRST_PASSKEY = "add-first-passkey"
    ADD_SECOND_FACTOR = "add-second-factor"
    PROVIDER_CLAIM = "provider-claim"
    READ_PERSONS = "read-persons"
    PAY_OUT = "pay-out"
    ISSUE_BOND = "issue-bond"
    CHANGE_RATE = "change-rate"
    REVOKE_MANY = "revoke-many"
    CHANGE_ACCREDITATION = "change-accreditation"
    CHANGE_ROLES = "change-roles"
    DECIDE_REVIEW = "decide-review"
    BREAK_GLASS = "break-glass"
    ERASE_PERSON = "erase-person"
    SIGN_DETERMINATION = "sign-determination"


@dataclass(frozen=True, slots=True)
class Assurance:
    """What is known of one session. `amr` are the methods returned (RFC 8176), `authenticated_at`
    the moment of the last authentication, `device` an opaque key of the device."""

    ial: int
    aal: int
    amr: frozenset[str]
    authenticated_at: datetime
    phishing_resistant: bool
    device: str


@dataclass(frozen=True, slots=True)
class Requirement:
    """What an action asks for; `max_age` is None where any session will do."""

    ial: int
    aal: int
    max_age: timedelta | None
    phishing_resistant: bool
    second_person: bool


class StepUpNeededError(RefusedError):
    """The session is not sure enough for the action. `shortfalls` says what is missing."""

    def __init__(self, action: Action, shortfalls: tuple[str, ...]) -> None:
        self.action = action
        self.shortfalls = shortfalls
        super().__init__(f"{action.value} is not open to this session: {'; '.join(shortfalls)}")


def requirement(action: Action, day: date) -> Requirement:
    """What an action asks for on a day. Raises RefusedError where nothing is in force."""
    found = in_force(ASSURANCE_RULE, day).values
    values = cast(Mapping[str, Mapping[str, int | bool]], found)[action.value]
    minutes = int(values["max_age_minutes"])
    return Requirement(
        ial=int(values["ial"]),
        aal=int(values["aal"]),
        max_age=timedelta(minutes=minutes) if minutes else None,
        phishing_resistant=bool(values["phishing_resistant"]),
        second_person=bool(values["second_person"]),
    )


def shortfalls(assurance: Assurance, needed: Requirement, at: datetime) -> tuple[str, ...]:
    """What a session lacks of a requirement, each as a sentence with the next step; none when it
    is enough. The second person is not a matter of the session and is not looked at."""
    missing = []
    age = at - assurance.authenticated_at
    if age < -CLOCK_SKEW:
        missing.append("its authentication lies in the future; sign in again")
    if assurance.ial < needed.ial:
        missing.append("your identity must be proofed first; start proofing or visit a counter")
    if assurance.aal < needed.aal:
        missing.append("sign in with a second factor")
    if needed.phishing_resistant and not assurance.phishing_resistant:
        missing.append("sign in with a passkey or a PIV card")
    if needed.max_age is not None and age > needed.max_age:
        minutes = int(needed.max_age.total_seconds()) // 60
        missing.append(f"sign in again; the last time must be within {minutes} minutes")
    return tuple(missing)


def requires(
    action: Action, assurance: Assurance, at: datetime, *, second_person: bool = False
) -> None:
    """The first line of a service: raises StepUpNeededError unless the session is sure enough.

    `second_person` says that a second person stands behind the action; services that move money
    show it by an approved proposal (`lmb.people.approvals`).
    """
    needed = requirement(action, at.date())
    missing = shortfalls(assurance, needed, at)
    if needed.second_person and not second_person:
        missing += ("a second person must approve it",)
    if missing:
        raise StepUpNeededError(action, missing)
