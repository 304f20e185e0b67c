"""Roles, the organisations they belong to, and how long a session in one may last. Pure.

The public and Congress read what is published and need no session, so they are no role here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import cast

from lmb.rules.parameters import in_force

SESSION_RULE = "session-limits"


class Role(StrEnum):
    """In which capacity somebody acts. The ten that sign in."""

    CITIZEN = "citizen"
    REPRESENTATIVE = "representative"
    PROVIDER = "provider"
    EMPLOYER = "employer"
    STATE_BOARD = "state-board"
    AGENCY = "agency"
    TREASURY = "treasury"
    INVESTOR = "investor"
    AUDITOR = "auditor"
    SECURITY_OFFICER = "security-officer"


class OrganisationKind(StrEnum):
    """What kind of body an organisation is."""

    PROVIDER = "provider"
    EMPLOYER = "employer"
    STATE_BOARD = "state-board"
    AGENCY = "agency"
    INVESTOR = "investor"
    CUSTODIAN = "custodian"
    INTERMEDIARY = "intermediary"


ROLES_OF: Mapping[OrganisationKind, frozenset[Role]] = {
    OrganisationKind.PROVIDER: frozenset({Role.PROVIDER}),
    OrganisationKind.EMPLOYER: frozenset({Role.EMPLOYER}),
    OrganisationKind.STATE_BOARD: frozenset({Role.STATE_BOARD}),
    OrganisationKind.AGENCY: frozenset(
        {Role.AGENCY, Role.TREASURY, Role.AUDITOR, Role.SECURITY_OFFICER}
    ),
    OrganisationKind.INVESTOR: frozenset({Role.INVESTOR}),
    OrganisationKind.CUSTODIAN: frozenset({Role.INVESTOR}),
    OrganisationKind.INTERMEDIARY: frozenset({Role.REPRESENTATIVE}),
}
"""Which roles an organisation can give. Nobody is made a citizen by an organisation."""

SECOND_PERSON_ROLES = frozenset(
    {Role.STATE_BOARD, Role.AGENCY, Role.TREASURY, Role.AUDITOR, Role.SECURITY_OFFICER}
)
"""Roles of government, which one person alone cannot give."""


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """After how long without a sign of life, and after how long at all, a session is over."""

    idle: timedelta
    total: timedelta

    def over_at(self, started_at: datetime, seen_at: datetime) -> datetime:
        """The moment a session ends that started and was last seen then."""
        return min(started_at + self.total, seen_at + self.idle)


def session_limits_on(day: date) -> Mapping[Role, SessionLimits]:
    """The limits of every role in force on a day. Raises RefusedError where none are in force and
    ValueError where a role has none."""
    values = in_force(SESSION_RULE, day).values
    if set(values) != set(Role):
        raise ValueError(
            f"{SESSION_RULE}: the roles are {', '.join(Role)}, not {', '.join(values)}"
        )
    return {role: _limits(cast(Mapping[str, int], values[role])) for role in Role}


def _limits(minutes: Mapping[str, int]) -> SessionLimits:
    limits = SessionLimits(
        timedelta(minutes=minutes["idle_minutes"]), timedelta(minutes=minutes["total_minutes"])
    )
    if not timedelta() < limits.idle <= limits.total:
        raise ValueError(f"{SESSION_RULE}: {minutes} must have 0 < idle_minutes <= total_minutes")
    return limits
