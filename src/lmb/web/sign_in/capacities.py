"""For whom somebody can act, from their own rows alone."""

from __future__ import annotations

from dataclasses import dataclass

from lmb.people.queries import Capacity, capacities_of
from lmb.people.roles import Role
from lmb.web.visits import Visit
from lmb.web.words import role_name


@dataclass(frozen=True, slots=True)
class Choice:
    """One capacity: what the form says back, for whom, in which role; whether it is the present
    one."""

    value: str
    name: str | None
    role: str
    present: bool


def capacities(visit: Visit) -> list[Choice]:
    """Every capacity somebody may act in now; oneself first."""
    by = visit.by
    own = Choice("self", None, role_name(Role.CITIZEN), by.membership is by.delegation is None)
    return [own, *(_choice(visit, found) for found in capacities_of(by, visit.at))]


def _choice(visit: Visit, found: Capacity) -> Choice:
    if found.delegation is not None:
        present = found.delegation == visit.by.delegation
        return Choice(f"delegation:{found.delegation}", found.name, role_name(found.role), present)
    present = found.membership == visit.by.membership
    return Choice(f"membership:{found.membership}", found.name, role_name(found.role), present)
