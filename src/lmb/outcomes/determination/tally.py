"""What counts, as whole numbers: the meeting point of the two engines.

Both read the same frozen table and the same terms and must give equal tallies. This module is the
vocabulary and the first engine, plain Python; `sql_engine` is the other and shares nothing with it
but the two types.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from lmb.outcomes.determination.records import COUNTED, NOT_YET, Record
from lmb.outcomes.determination.terms import Missing, Terms
from lmb.values.canonical import fingerprint
from lmb.values.errors import RefusedError


@dataclass(frozen=True, slots=True)
class Arm:
    """One arm of one block: people who count, the sum of their outcomes, the sum of squares."""

    people: int
    total: int
    squares: int


@dataclass(frozen=True, slots=True)
class Tally:
    """One tranche: arms by (block, arm), people left out by reason, people not known yet."""

    arms: tuple[tuple[tuple[str, str], Arm], ...]
    excluded: tuple[tuple[str, int], ...]
    not_yet: int


Tallies = dict[str, Tally]
"""By tranche, those of the terms."""


def tally(terms: Terms, records: Iterable[Record]) -> Tallies:
    """Count each person once, by the best source and then the latest record up to the freeze.

    Raises RefusedError for a tranche, source or status the terms do not know.
    """
    sums: dict[str, dict[tuple[str, str], list[int]]] = defaultdict(dict)
    excluded: dict[str, Counter[str]] = defaultdict(Counter)
    not_yet: Counter[str] = Counter()
    for record in best_records(terms, records).values():
        outcome = record.outcome
        if record.status == NOT_YET:
            not_yet[record.tranche] += 1
            if terms.missing is Missing.LEAVE_OUT:
                continue
            outcome = 0
        elif record.status != COUNTED:
            excluded[record.tranche][record.status] += 1
            continue
        assert outcome is not None  # read_records saw to it
        arm = sums[record.tranche].setdefault((record.block, record.arm), [0, 0, 0])
        arm[0] += 1
        arm[1] += outcome
        arm[2] += outcome * outcome
    return {
        tranche.id: Tally(
            arms=tuple((key, Arm(*sums[tranche.id][key])) for key in sorted(sums[tranche.id])),
            excluded=tuple((reason, excluded[tranche.id][reason]) for reason in terms.exclusions),
            not_yet=not_yet[tranche.id],
        )
        for tranche in terms.tranches
    }


def best_records(terms: Terms, records: Iterable[Record]) -> dict[str, Record]:
    """The record that counts for each person. Raises RefusedError as `tally` does."""
    rank = {source: place for place, source in enumerate(terms.sources)}
    chosen: dict[str, Record] = {}
    for record in records:
        _check(terms, rank, record)
        if record.recorded_on > terms.freeze_on:
            continue
        best = chosen.get(record.person)
        if best is None or _precedence(rank, record) < _precedence(rank, best):
            chosen[record.person] = record
    return chosen


def tallies_sha256(tallies: Tallies) -> str:
    """One hash over all that an engine counted; sums as text, squares outgrow JSON's integers."""
    return fingerprint(
        {
            tranche: {
                "arms": [
                    [block, name, arm.people, str(arm.total), str(arm.squares)]
                    for (block, name), arm in found.arms
                ],
                "excluded": [[reason, people] for reason, people in found.excluded],
                "not_yet": found.not_yet,
            }
            for tranche, found in tallies.items()
        }
    )


def _precedence(rank: dict[str, int], record: Record) -> tuple[int, int]:
    return rank[record.source], -record.recorded_on.toordinal()


def _check(terms: Terms, rank: dict[str, int], record: Record) -> None:
    known = {
        "tranche": (record.tranche, [tranche.id for tranche in terms.tranches]),
        "source": (record.source, rank),
        "status": (record.status, [COUNTED, NOT_YET, *terms.exclusions]),
    }
    for name, (value, allowed) in known.items():
        if value not in allowed:
            raise RefusedError(
                f"the record of {record.person} has {name} {value!r}; the terms know "
                f"{', '.join(allowed)}"
            )
