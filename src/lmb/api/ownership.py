"""Which accounts of the books belong to a client's organisation. Nothing here reads them.

| role | accounts |
|---|---|
| provider | its own money outside the books |
| investor | its own money outside the books, its bonds, and money that waits for it |
| state board | the shares of its state |
| treasury | each bond's proceeds, debt service and issue, and the national fund |
| auditor | every account of the books; people in them are keys |
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from lmb.people.acting import ActingClient
from lmb.people.roles import Role
from lmb.programs.service import provider_account

INVESTOR_KINDS = ("investor", "holding", "unclaimed")
TREASURY_KINDS = ("appropriation", "proceeds", "debt-service", "issuer", "fund", "treasury")


@dataclass(frozen=True, slots=True)
class Owned:
    """A condition on accounts, to look at one and to look for many. All of what is given holds."""

    codes: tuple[str, ...] | None = None
    prefix: str | None = None
    kinds: tuple[str, ...] | None = None
    owner: str | None = None

    def covers(self, code: str, kind: str, owner: str) -> bool:
        """Whether an account is one of them."""
        return (
            (self.codes is None or code in self.codes)
            and (self.prefix is None or code.startswith(self.prefix))
            and (self.kinds is None or kind in self.kinds)
            and (self.owner is None or owner == self.owner)
        )

    def condition(self) -> Q:
        """The same as a condition of a query."""
        found = Q()
        if self.codes is not None:
            found &= Q(code__in=self.codes)
        if self.prefix is not None:
            found &= Q(code__startswith=self.prefix)
        if self.kinds is not None:
            found &= Q(kind__in=self.kinds)
        if self.owner is not None:
            found &= Q(owner=self.owner)
        return found


NOTHING = Owned(codes=())


def owned(client: ActingClient) -> Owned:
    """The accounts of a client's organisation."""
    match client.role:
        case Role.PROVIDER:
            return Owned(codes=(provider_account(client.code),))
        case Role.INVESTOR:
            return Owned(kinds=INVESTOR_KINDS, owner=client.code)
        case Role.STATE_BOARD if client.state is not None:
            return Owned(kinds=("state-fund",), owner=client.state)
        case Role.TREASURY:
            return Owned(kinds=TREASURY_KINDS)
        case Role.AUDITOR:
            return Owned()
        case _:
            return NOTHING
