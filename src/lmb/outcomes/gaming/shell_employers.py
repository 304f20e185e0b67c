"""Employers that exist to be found in the wage records.

Retention with one employer and employment in a measured quarter can be bought with a payroll of a
few dollars. An employer is flagged whose people in measured quarters are nearly all participants
of one provider, of whom nearly none is paid there in any other quarter.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from lmb.outcomes.gaming.flags import Flag, percent

CHECK = "shell-employers"
PEOPLE_MIN = 5
SHARE_MIN = Fraction(4, 5)


@dataclass(frozen=True, slots=True)
class Wage:
    """A person was paid by an employer in a quarter, written 2024Q1."""

    person: str
    employer: str
    quarter: str


def paid_only_when_measured(
    wages: Iterable[Wage],
    provider_of: Mapping[str, str],
    measured: Mapping[str, frozenset[str]],
) -> list[Flag]:
    """Employers to look at; `provider_of` names each participant's provider, `measured` the
    quarters in which that participant's employment counts."""
    inside: dict[str, set[str]] = defaultdict(set)
    everyone: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    outside: set[tuple[str, str]] = set()
    quarters: dict[str, set[str]] = defaultdict(set)
    for wage in wages:
        everyone[wage.employer][wage.quarter].add(wage.person)
        if wage.quarter in measured.get(wage.person, frozenset()):
            inside[wage.employer].add(wage.person)
            quarters[wage.employer].add(wage.quarter)
        else:
            outside.add((wage.employer, wage.person))
    flags = []
    for employer, participants in sorted(inside.items()):
        provider, _ = min(
            Counter(provider_of[person] for person in participants).items(),
            key=lambda item: (-item[1], item[0]),
        )
        own = {person for person in participants if provider_of[person] == provider}
        staff = set().union(*(everyone[employer][quarter] for quarter in quarters[employer]))
        fleeting = {person for person in own if (employer, person) not in outside}
        if (
            len(own) >= PEOPLE_MIN
            and Fraction(len(own), len(staff)) >= SHARE_MIN
            and Fraction(len(fleeting), len(own)) >= SHARE_MIN
        ):
            sentence = (
                f"Employer {employer}: {len(own)} of the {len(staff)} people it paid in measured "
                f"quarters ({percent(len(own), len(staff))}) are participants of {provider}; "
                f"{len(fleeting)} of them are paid there in no other quarter. Visit it."
            )
            expected = Fraction(len(staff)) * (1 - SHARE_MIN)
            flags.append(Flag(CHECK, employer, len(own), len(staff), expected, sentence))
    return flags
