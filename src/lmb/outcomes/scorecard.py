"""How providers did: rates with their intervals, adjusted for whom they served, and ranks only
where the difference is more than chance. Pure.

    people, successes by provider and stratum
        ──▶ rate of each provider, Wilson's interval
        ──▶ actual less expected (of people like theirs, at other providers), in points of a rate
        ──▶ the same drawn in to the mean, the more the less is known of it (empirical Bayes)
        ──▶ the ranks it may have, all providers' together with 95 % confidence

Sums are exact; quotients and roots are taken to 50 digits in the order of the providers' names, so
that the order of rows and the machine change nothing. Sources: Wilson (1927); DerSimonian and Laird
(1986) for the variance between providers; Morris (1983) for the shrinkage; Klein, Wright and
Wieczorek (2020) for ranks from intervals that hold together.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from statistics import NormalDist
from typing import NamedTuple

from lmb.values.errors import RefusedError

DIGITS = 50
CONFIDENCE = 0.95
QUANTILE_PLACES = 6
"""To which a quantile of the normal distribution is rounded, so that no library's last digit
matters."""
PROVIDERS_MAX = 20_000


class Stratum(NamedTuple):
    """People of one provider who are alike at entry, and how many of them succeeded."""

    provider: str
    stratum: str
    people: int
    successes: int


class Interval(NamedTuple):
    """Shares of one, within 0 and 1."""

    low: Decimal
    high: Decimal


class Ranks(NamedTuple):
    """The best and the worst rank a provider may have; 1 is the best."""

    best: int
    worst: int


@dataclass(frozen=True, slots=True)
class ProviderScore:
    """One provider. Shares of one: `rate` as it was, `adjusted` the overall rate plus what the
    provider adds to it once whom it served is allowed for, drawn in; `expected` are the successes
    of people like its own elsewhere, `weight` how much of its own difference it keeps."""

    provider: str
    people: int
    successes: int
    rate: Decimal
    rate_interval: Interval
    expected: Fraction
    weight: Decimal
    adjusted: Decimal
    adjusted_interval: Interval
    ranks: Ranks


@dataclass(frozen=True, slots=True)
class ProviderScorecard:
    """All providers by name, the rate of all their people, and the standard deviation between
    providers that is more than chance (0 where there is none to see)."""

    providers: tuple[ProviderScore, ...]
    rate: Decimal
    spread: Decimal


class _Difference(NamedTuple):
    """Actual less expected as a share of the provider's people, and its variance by chance."""

    value: Decimal
    variance: Decimal


class _Mean(NamedTuple):
    """Of all differences: their mean, its variance, and the variance between providers."""

    value: Decimal
    variance: Decimal
    between: Decimal


def provider_scorecard(strata: Sequence[Stratum]) -> ProviderScorecard:
    """The scorecard of some providers.

    Raises RefusedError for fewer than two providers, more than PROVIDERS_MAX, a provider without
    people, or a stratum that only one provider serves: nobody is like its people.
    """
    by_provider = _by_provider(strata)
    everybody = [each for own in by_provider.values() for each in own]
    with localcontext(prec=DIGITS):
        people = sum(each.people for each in everybody)
        overall = Decimal(sum(each.successes for each in everybody)) / people
        expected, differences = {}, {}
        pooled = _pooled(everybody)
        for provider, own in by_provider.items():
            expected[provider], differences[provider] = _difference(own, pooled)
        mean = _mean(list(differences.values()))
        ranks = _ranks(differences)
        return ProviderScorecard(
            tuple(
                _score(own, overall, expected[name], differences[name], mean, ranks[name])
                for name, own in by_provider.items()
            ),
            overall,
            mean.between.sqrt(),
        )


def quantile(comparisons: int = 1) -> Decimal:
    """How many standard errors an interval reaches to either side so that so many hold together
    with 95 % confidence (Bonferroni)."""
    found = NormalDist().inv_cdf(1 - (1 - CONFIDENCE) / (2 * comparisons))
    return Decimal(f"{found:.{QUANTILE_PLACES}f}")


def wilson(successes: int, people: int, z: Decimal) -> Interval:
    """Wilson's interval of a share."""
    with localcontext(prec=DIGITS):
        square = z * z
        centre = (successes + square / 2) / (people + square)
        root = (Decimal(successes * (people - successes)) / people + square / 4).sqrt()
        half = z * root / (people + square)
        return _within(centre - half, centre + half)


def _by_provider(strata: Sequence[Stratum]) -> dict[str, list[Stratum]]:
    found: dict[str, list[Stratum]] = {}
    for each in sorted(strata):
        if not 0 <= each.successes <= each.people:
            raise RefusedError(
                f"{each.provider}, {each.stratum}: {each.successes} successes of {each.people} "
                "people; correct the counts"
            )
        found.setdefault(each.provider, []).append(each)
    if not 2 <= len(found) <= PROVIDERS_MAX:
        raise RefusedError(
            f"{len(found)} providers: a scorecard compares 2 to {PROVIDERS_MAX:,} of them"
        )
    for provider, own in found.items():
        if not any(each.people for each in own):
            raise RefusedError(f"{provider} has no people: leave it out of the scorecard")
    return found


def _pooled(strata: Iterable[Stratum]) -> dict[str, tuple[int, int]]:
    """People and successes of each stratum over all providers."""
    found: dict[str, tuple[int, int]] = {}
    for each in strata:
        people, successes = found.get(each.stratum, (0, 0))
        found[each.stratum] = people + each.people, successes + each.successes
    return found


def _difference(
    own: Sequence[Stratum], pooled: Mapping[str, tuple[int, int]]
) -> tuple[Fraction, _Difference]:
    """The successes expected of a provider's people, and how far it is from them.

    A rate of 0 or 1 elsewhere would say that chance plays no part: the variance takes rates with
    one success and one failure added (Laplace).
    """
    expected, variance = Fraction(0), Fraction(0)
    for each in own:
        if not each.people:
            continue
        mine = [other for other in own if other.stratum == each.stratum]
        elsewhere = pooled[each.stratum][0] - sum(other.people for other in mine)
        succeeded = pooled[each.stratum][1] - sum(other.successes for other in mine)
        if elsewhere == 0:
            raise RefusedError(
                f"stratum {each.stratum} is served by {each.provider} alone, so nothing can be "
                "expected of it: join it to another"
            )
        expected += each.people * Fraction(succeeded, elsewhere)
        chance = Fraction(succeeded + 1, elsewhere + 2)
        variance += each.people * chance * (1 - chance)
    people = sum(each.people for each in own)
    actual = sum(each.successes for each in own)
    value, square = (actual - expected) / people, variance / people**2
    return expected, _Difference(_decimal(value), _decimal(square))


def _mean(differences: Sequence[_Difference]) -> _Mean:
    """The variance between providers by its moments, and the mean it weighs them to."""
    weights = [1 / each.variance for each in differences]
    total = sum(weights, Decimal(0))
    first = _weighted(weights, differences)
    spread = sum(
        (w * (each.value - first) ** 2 for w, each in zip(weights, differences, strict=True)),
        Decimal(0),
    )
    scale = total - sum((w * w for w in weights), Decimal(0)) / total
    between = max(Decimal(0), (spread - (len(differences) - 1)) / scale)
    weights = [1 / (each.variance + between) for each in differences]
    return _Mean(_weighted(weights, differences), 1 / sum(weights, Decimal(0)), between)


def _weighted(weights: Sequence[Decimal], differences: Sequence[_Difference]) -> Decimal:
    pairs = zip(weights, differences, strict=True)
    return sum((w * each.value for w, each in pairs), Decimal(0)) / sum(weights, Decimal(0))


def _score(
    own: Sequence[Stratum],
    overall: Decimal,
    expected: Fraction,
    difference: _Difference,
    mean: _Mean,
    ranks: Ranks,
) -> ProviderScore:
    people = sum(each.people for each in own)
    successes = sum(each.successes for each in own)
    z = quantile()
    weight = mean.between / (mean.between + difference.variance)
    drawn_in = overall + mean.value + weight * (difference.value - mean.value)
    # The second part: the mean it is drawn in to is itself an estimate.
    half = z * (weight * difference.variance + (1 - weight) ** 2 * mean.variance).sqrt()
    return ProviderScore(
        own[0].provider,
        people,
        successes,
        Decimal(successes) / people,
        wilson(successes, people, z),
        expected,
        weight,
        min(max(drawn_in, Decimal(0)), Decimal(1)),
        _within(drawn_in - half, drawn_in + half),
        ranks,
    )


def _ranks(differences: Mapping[str, _Difference]) -> dict[str, Ranks]:
    """Which ranks each provider may have: it stands behind those whose whole interval is above its
    own, and before those whose whole interval is below. The differences are not drawn in here, so
    the promise needs no distribution of providers."""
    z = quantile(len(differences))
    lows = {name: d.value - z * d.variance.sqrt() for name, d in differences.items()}
    highs = {name: d.value + z * d.variance.sqrt() for name, d in differences.items()}
    by_low, by_high = sorted(lows.values()), sorted(highs.values())
    return {
        name: Ranks(
            1 + len(by_low) - bisect_right(by_low, highs[name]),
            len(by_high) - bisect_left(by_high, lows[name]),
        )
        for name in differences
    }


def _within(low: Decimal, high: Decimal) -> Interval:
    return Interval(max(low, Decimal(0)), min(high, Decimal(1)))


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / value.denominator
