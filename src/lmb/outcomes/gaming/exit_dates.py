"""Exit dates moved over the edge of a quarter.

A few days' delay of the last service moves a person's second and fourth quarters after exit, and
with them the wages that count. Honest exits fall on all days; a provider whose exits crowd into
the first or last week of quarters, more than its peers' do, is flagged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction

from lmb.outcomes.gaming.flags import Flag, is_rare, percent

EDGE_DAYS = 7
EXITS_MIN = 20
CHECK = "exit-dates"
_UNIFORM = Fraction(EDGE_DAYS * 4, 365)


def clusters_at_quarter_edges(exits: Mapping[str, Sequence[date]]) -> list[Flag]:
    """Providers whose exits crowd at an edge; `exits` are the exit days of each."""
    flags = []
    for edge, is_at in (("first", _is_first), ("last", _is_last)):
        counts = {name: sum(map(is_at, days)) for name, days in exits.items()}
        sizes = {name: len(days) for name, days in exits.items()}
        for provider in sorted(exits):
            others = sum(sizes.values()) - sizes[provider]
            near = sum(counts.values()) - counts[provider]
            # Peers that crowd themselves excuse nobody below what the calendar alone gives.
            share = max(Fraction(near, others) if others else _UNIFORM, _UNIFORM)
            found, of = counts[provider], sizes[provider]
            if of >= EXITS_MIN and is_rare(found, of, share, 2 * len(exits)):
                sentence = (
                    f"{provider}: {found} of {of} exits ({percent(found, of)}) fall in the {edge} "
                    f"{EDGE_DAYS} days of a quarter; of its peers' {percent(near, others)}. "
                    "Compare the dates of last service with attendance."
                )
                flags.append(Flag(CHECK, provider, found, of, share * of, sentence))
    return flags


def _is_first(day: date) -> bool:
    return _quarter_of(day - timedelta(EDGE_DAYS)) != _quarter_of(day)


def _is_last(day: date) -> bool:
    return _quarter_of(day + timedelta(EDGE_DAYS)) != _quarter_of(day)


def _quarter_of(day: date) -> tuple[int, int]:
    return day.year, (day.month - 1) // 3
