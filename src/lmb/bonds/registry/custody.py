"""Securities accounts and the chains of custodians they are held through. Pure.

An account's code is its chain, from the custodian nearest Treasury down to the holder:
`fed-bank/broker/ana`. A holder without a custodian is alone in the chain.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

SEPARATOR = "/"
CHAIN_LINKS_MAX = 6
"""More custodians between Treasury and a holder are a mistake, not a chain."""


class Mode(StrEnum):
    """The two ways to hold a book-entry security (31 CFR 356.5 and parts 357 and 363)."""

    RETAIL_DIRECT = "retail-direct"
    COMMERCIAL = "commercial"


@dataclass(frozen=True, slots=True)
class SecuritiesAccount:
    """One account by its chain; the last link is the holder."""

    code: str
    mode: Mode

    @property
    def holder(self) -> str:
        return self.code.rpartition(SEPARATOR)[2]

    @property
    def custodians(self) -> tuple[str, ...]:
        """The codes of the accounts it is held through, the one nearest Treasury first."""
        links = self.code.split(SEPARATOR)
        return tuple(SEPARATOR.join(links[:count]) for count in range(1, len(links)))


def account_faults(account: SecuritiesAccount) -> Iterator[str]:
    """What is wrong with an account, in words."""
    links = account.code.split(SEPARATOR)
    if not all(link and link == link.strip() and link.isprintable() for link in links):
        yield f"{account.code!r} has a link without a name"
    if len(set(links)) < len(links):
        yield f"{account.code} comes back to itself"
    if len(links) > CHAIN_LINKS_MAX:
        yield f"{account.code} has {len(links)} links; at most {CHAIN_LINKS_MAX} are allowed"
    if account.mode is Mode.RETAIL_DIRECT and len(links) > 1:
        yield f"{account.code} is retail direct, which is held at Treasury without a custodian"


def positions(holdings_cents: Iterable[tuple[str, int]]) -> Mapping[str, int]:
    """What every account and custodian answers for: its own and all that is held through it.

    `holdings_cents` are face amounts by account code, each code once.
    """
    totals: dict[str, int] = {}
    for code, cents in holdings_cents:
        links = code.split(SEPARATOR)
        for count in range(1, len(links) + 1):
            link = SEPARATOR.join(links[:count])
            totals[link] = totals.get(link, 0) + cents
    return totals
