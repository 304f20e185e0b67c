"""One credential counted more than once.

The same certificate number on two people, or the same person's credential of one type and day
claimed by two providers, or twice by one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from lmb.outcomes.gaming.flags import Flag

CHECK = "repeated-credentials"


@dataclass(frozen=True, slots=True)
class Claim:
    """A credential claimed as an outcome. `number` is the issuer's, empty where it gives none."""

    period: str
    person: str
    provider: str
    kind: str
    awarded_on: date
    issuer: str
    number: str


def repeated(claims: Iterable[Claim]) -> list[Flag]:
    """Credentials that count more than once, in the order of their subjects."""
    by_number: dict[tuple[str, str], list[Claim]] = defaultdict(list)
    by_award: dict[tuple[str, str, date], list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.number:
            by_number[claim.issuer, claim.number].append(claim)
        by_award[claim.person, claim.kind, claim.awarded_on].append(claim)
    flags = []
    for (issuer, number), same in sorted(by_number.items()):
        people = sorted({claim.person for claim in same})
        if len(people) > 1:
            sentence = (
                f"Certificate {number} of {issuer} is claimed for {len(people)} people "
                f"({', '.join(people[:5])}). Ask the issuer whose it is."
            )
            flags.append(_flag(f"{issuer}/{number}", len(people), sentence))
    for (person, kind, day), same in sorted(by_award.items()):
        if len(same) > 1 and not _are_different(same):
            providers = sorted({claim.provider for claim in same})
            sentence = (
                f"{person}: a credential of type {kind} awarded on {day} is claimed {len(same)} "
                f"times, by {', '.join(providers[:5])}. Count it once."
            )
            flags.append(_flag(f"{person}/{kind}/{day}", len(same), sentence))
    return flags


def _are_different(same: Sequence[Claim]) -> bool:
    """Two credentials of one type may be awarded on one day, under numbers of their own."""
    numbers = [(claim.issuer, claim.number) for claim in same]
    return all(claim.number for claim in same) and len(set(numbers)) == len(numbers)


def _flag(subject: str, found: int, sentence: str) -> Flag:
    return Flag(CHECK, subject, found, found, Fraction(1), sentence)
