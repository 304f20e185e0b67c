"""Samples for the tests of estimators, drawn from a seed."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from lmb.outcomes.estimators.columns import Column, codes_of
from lmb.outcomes.estimators.estimate import estimate
from lmb.outcomes.estimators.request import Estimated, Labels, Request, Sample

CENT = Fraction(1, 100)
FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Trial:
    """A lottery with sites, take-up and earnings before and after, as floats for oracles and as
    exact columns for us."""

    floats: dict[str, FloatArray]
    sample: Sample


def trial(people: int, seed: int = 7) -> Trial:
    draw = np.random.default_rng(seed)
    offered = draw.integers(0, 2, people)
    taken = offered * (draw.random(people) < 0.7)
    age, dependants = draw.integers(18, 60, people), draw.integers(0, 5, people)
    pre = np.where(draw.random(people) < 0.3, 0, draw.gamma(2, 400_000, people)).astype(np.int64)
    site = draw.integers(0, 6, people)
    noise = draw.gamma(2, 500_000, people) * (1 + offered)
    after = (noise + taken * 80_000 + pre // 2 + age * 1_000 + site * 20_000).astype(np.int64)
    sites = [f"site {number}" for number in site]
    family = draw.integers(0, 40, people)
    sample = Sample(
        outcome=Column.of("after", after, CENT),
        treatment=Column.of("taken", taken),
        covariates=(
            Column.of("age", age),
            Column.of("dependants", dependants),
            Column.of("before", pre, CENT),
        ),
        instrument=Column.of("offered", offered),
        cluster=Labels("family", *codes_of(family.tolist())),
        block=Labels("site", *codes_of(sites)),
        pre=Column.of("pre", pre, CENT),
    )
    floats = {
        "after": after / 100,
        "taken": taken.astype(float),
        "offered": offered.astype(float),
        "covariates": np.column_stack([age, dependants, pre / 100]).astype(float),
        "site": site.astype(float),
        "family": family.astype(float),
        "pre": pre / 100,
    }
    return Trial(floats, sample)


def reordered(sample: Sample, order: npt.NDArray[np.int64]) -> Sample:
    """The same people in another order."""

    def moved(labels: Labels | None) -> Labels | None:
        return labels and Labels(labels.name, labels.codes[order], labels.distinct)

    return Sample(
        outcome=sample.outcome.rows(order),
        treatment=sample.treatment.rows(order),
        covariates=tuple(column.rows(order) for column in sample.covariates),
        instrument=sample.instrument and sample.instrument.rows(order),
        cluster=moved(sample.cluster),
        block=moved(sample.block),
        pre=sample.pre and sample.pre.rows(order),
    )


def told(sample: Sample, request: Request) -> tuple[float, float]:
    """Estimate and standard error as floats."""
    found: Estimated = estimate(sample, request)
    return float(found.figures.estimate), float(found.figures.standard_error)
