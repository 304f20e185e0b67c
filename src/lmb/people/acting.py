"""Who acts, in which capacity, and how surely we know it. Every service that asks is given one."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from lmb.people.assurance import Assurance
from lmb.people.roles import Role


@dataclass(frozen=True, slots=True)
class Acting:
    """A person in one capacity: as themselves (neither membership nor delegation), for an
    organisation (`membership`), or for another person (`delegation`).

    Doors make it from the session by `lmb.people.queries.acting_*`, which read role and
    organisation from the membership itself; nobody tells them.
    """

    cell: int
    person: UUID
    role: Role
    assurance: Assurance
    membership: UUID | None = None
    organisation: UUID | None = None
    delegation: UUID | None = None
