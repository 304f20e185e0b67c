"""Rate cards: so much for each verified outcome, up to a cap.

A unit counts once, however often it is reported, and only when it was verified. Every unit that
does not count is told with its reason, so that numerator and exclusions add up to what was claimed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lmb.values.errors import RefusedError


@dataclass(frozen=True, slots=True)
class Rate:
    """The price of one unit of an outcome; `units_max` caps what is paid in all, `units_max_each`
    what is paid for one person (days of housing, months in work). None where there is no cap."""

    outcome: str
    cents: int
    units_max: int | None = None
    units_max_each: int | None = None

    def __post_init__(self) -> None:
        if self.cents < 0 or min(self.units_max or 0, self.units_max_each or 0) < 0:
            raise ValueError(f"{self} has a negative price or cap")


@dataclass(frozen=True, slots=True)
class Claim:
    """Units of an outcome claimed for a person under a claim number of its own."""

    number: str
    person: str
    outcome: str
    units: int
    verified: bool


@dataclass(frozen=True, slots=True)
class Payable:
    """One rate's account: units claimed, those left out by reason, those that count, cents."""

    rate: Rate
    claimed: int
    left_out: tuple[tuple[str, int], ...]
    counted: int
    cents: int


def payable(rates: Sequence[Rate], claims: Iterable[Claim]) -> list[Payable]:
    """What each rate pays. Raises RefusedError for an outcome without a rate, negative units, or
    a claim number that stands twice with other content."""
    by_outcome: dict[str, list[Claim]] = {rate.outcome: [] for rate in rates}
    seen: dict[str, Claim] = {}
    repeated: Counter[str] = Counter()
    for claim in claims:
        if claim.outcome not in by_outcome or claim.units < 0:
            raise RefusedError(
                f"claim {claim.number}: {claim.units} units of {claim.outcome!r} are not on the "
                f"rate card, which has {', '.join(by_outcome)}"
            )
        earlier = seen.setdefault(claim.number, claim)
        if earlier is claim:
            by_outcome[claim.outcome].append(claim)
        elif earlier == claim:
            repeated[claim.outcome] += claim.units
        else:
            raise RefusedError(f"claim {claim.number} stands twice with other content")
    return [_account(rate, by_outcome[rate.outcome], repeated[rate.outcome]) for rate in rates]


def _account(rate: Rate, claims: Sequence[Claim], repeated: int) -> Payable:
    unverified = sum(claim.units for claim in claims if not claim.verified)
    by_person: Counter[str] = Counter()
    for claim in claims:
        if claim.verified:
            by_person[claim.person] += claim.units
    verified = by_person.total()
    if rate.units_max_each is not None:
        by_person = Counter({p: min(units, rate.units_max_each) for p, units in by_person.items()})
    within = by_person.total()
    counted = within if rate.units_max is None else min(within, rate.units_max)
    left_out = (
        ("reported twice", repeated),
        ("not verified", unverified),
        ("above the cap of a person", verified - within),
        ("above the cap of the card", within - counted),
    )
    claimed = repeated + sum(claim.units for claim in claims)
    return Payable(rate, claimed, left_out, counted, counted * rate.cents)
