"""`lmb outcomes scorecard`: how providers did, adjusted for whom they served."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from lmb.cli.row_filter import file_argument, read_input
from lmb.outcomes.scorecard import Interval, ProviderScore, Stratum, provider_scorecard
from lmb.publish.policy import DisclosurePolicy
from lmb.values.columns import Column, integer, text
from lmb.values.rounding import half_even
from lmb.values.tables import Row, read_table

PEOPLE_MAX = 10**8
PLACES = 1


@click.command(epilog="Example: lmb outcomes scorecard providers.csv --public")
@file_argument
@click.option("--public", is_flag=True, help="Leave out of every figure who is too few to show.")
def scorecard(file: Path, public: bool) -> None:
    """Compare providers by the rate of success of their people, and print JSON.

    FILE is CSV with provider,stratum,people,successes; people of a stratum are alike at entry. A
    rank is told only where it is more than chance.
    """
    strata = _strata(*read_input(file))
    policy = DisclosurePolicy.newest()
    left_out = _too_few(strata, policy) if public else []
    found = provider_scorecard([each for each in strata if each.provider not in left_out])
    document = {
        "confidence_percent": 95,
        "rate_percent": _percent(found.rate),
        "spread_points": _percent(found.spread),
        "providers": [_provider(each) for each in found.providers],
    }
    if public:
        document["too_few_to_show"] = left_out
    click.echo(json.dumps(document, indent=2))


def _strata(name: str, content: bytes) -> list[Stratum]:
    provider, stratum = Column("provider", text()), Column("stratum", text())
    people = Column("people", integer(0, PEOPLE_MAX))
    successes = Column("successes", integer(0, PEOPLE_MAX))
    table = read_table(name, content, (provider, stratum, people, successes))
    table.report_duplicates(provider, stratum)
    for row in table.rows:
        if row.has(people, successes) and row[successes] > row[people]:
            found, expected = str(row[successes]), f"at most the people, {row[people]}"
            table.report(row.number, "successes", found, expected)

    def build(row: Row) -> Stratum:
        return Stratum(row[provider], row[stratum], row[people], row[successes])

    return list(table.accept(build))


def _too_few(strata: list[Stratum], policy: DisclosurePolicy) -> list[str]:
    """Providers whose people, successes or failures are too few. Nothing of theirs is in any figure
    then, so nothing can tell of them."""
    counts: dict[str, tuple[int, int]] = {}
    for each in strata:
        people, successes = counts.get(each.provider, (0, 0))
        counts[each.provider] = people + each.people, successes + each.successes
    return sorted(
        provider
        for provider, (people, successes) in counts.items()
        if people < policy.people_min or min(successes, people - successes) < policy.part_min
    )


def _provider(score: ProviderScore) -> dict[str, Any]:
    best, worst = score.ranks
    return {
        "provider": score.provider,
        "people": score.people,
        "successes": score.successes,
        "rate_percent": _percent(score.rate),
        "rate_interval_percent": _interval(score.rate_interval),
        "expected_successes": _rounded(
            Decimal(score.expected.numerator) / score.expected.denominator
        ),
        "adjusted_percent": _percent(score.adjusted),
        "adjusted_interval_percent": _interval(score.adjusted_interval),
        "weight_percent": _percent(score.weight),
        "rank": best if best == worst else None,
        "rank_from": best,
        "rank_to": worst,
    }


def _interval(interval: Interval) -> list[float]:
    return [_percent(interval.low), _percent(interval.high)]


def _percent(share: Decimal) -> float:
    return _rounded(100 * share)


def _rounded(value: Decimal) -> float:
    """One decimal: the shortest text of this float is the decimal itself."""
    return float(half_even(value, PLACES))
