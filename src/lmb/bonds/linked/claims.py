"""Claims under a rate card: which outcomes of which people are paid, none of them twice.

claims ──same person, same outcome──▶ once ──cap for a person──▶ counts by window
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from lmb.bonds.linked.plan import Window
from lmb.bonds.linked.sheet import PaysRateCard


@dataclass(frozen=True, slots=True)
class Claim:
    """One outcome of one person, by person key, and the day it was proved."""

    person: str
    kpi: str
    proved_on: date


class ClaimFault(StrEnum):
    """Why a claim is not counted."""

    NOT_ON_THE_CARD = "the card has no price for it"
    COUNTED_BEFORE = "this person's outcome was counted before"
    OVER_THE_CAP = "it would carry this person past the cap"


@dataclass(frozen=True, slots=True)
class CountedClaims:
    """The claims that count, and those that do not with the reason."""

    counted: tuple[Claim, ...]
    refused: tuple[tuple[Claim, ClaimFault], ...]

    def count(self, kpi: str, window: Window) -> int:
        """How many outcomes of a kind count in a window."""
        return sum(
            claim.kpi == kpi and window.first_day <= claim.proved_on <= window.last_day
            for claim in self.counted
        )


def count_claims(card: PaysRateCard, claims: Sequence[Claim]) -> CountedClaims:
    """Every claim judged in the order it was proved (then by person and outcome): an outcome of a
    person counts once, and only where its whole price fits under the cap for that person."""
    prices = dict(card.prices)
    counted: list[Claim] = []
    refused: list[tuple[Claim, ClaimFault]] = []
    paid: dict[str, int] = {}
    seen: set[tuple[str, str]] = set()
    for claim in sorted(claims, key=lambda claim: (claim.proved_on, claim.person, claim.kpi)):
        price = prices.get(claim.kpi)
        before = paid.get(claim.person, 0)
        if price is None:
            refused.append((claim, ClaimFault.NOT_ON_THE_CARD))
        elif (claim.person, claim.kpi) in seen:
            refused.append((claim, ClaimFault.COUNTED_BEFORE))
        elif before + price > card.person_cap_cents:
            refused.append((claim, ClaimFault.OVER_THE_CAP))
        else:
            seen.add((claim.person, claim.kpi))
            paid[claim.person] = before + price
            counted.append(claim)
    return CountedClaims(tuple(counted), tuple(refused))
