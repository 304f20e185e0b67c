"""Who acts, in which capacity, and how surely we know it. Every service that asks is given one."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from lmb.people.assurance import Assurance
from lmb.people.roles import Role
from lmb.people.scopes import Scope


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


@dataclass(frozen=True, slots=True)
class ActingClient:
    """A program that acts for its organisation, by the role and scopes it was registered with.

    It carries no assurance, because nobody is there: a service that asks for an `Acting` cannot be
    called by one. So a program may propose what two persons approve, and never approve it.
    `code` and `state` are those of the organisation's own register.
    """

    cell: int
    client: UUID
    role: Role
    organisation: UUID
    code: str
    state: str | None
    scopes: frozenset[Scope]
