"""From facts on file to the measure a bond pays on. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

from lmb.bonds.linked.document import sheet_from_document
from lmb.bonds.linked.measured import measured_windows
from lmb.bonds.linked.plan import Window
from lmb.outcomes.estimators import (
    ARM_PEOPLE_MIN,
    ESTIMATOR,
    ArmSums,
    LotteryEstimate,
    difference_in_means,
)
from lmb.rules.determination import Decision, Input, documents
from lmb.rules.parameters import ParameterSet
from lmb.values.canonical import Document
from lmb.values.errors import RefusedError
from lmb.values.rates import decimal_text
from lmb.values.rounding import PRECISION_DIGITS, half_even

RULE = "earnings-gain"
ARMS = ("treated", "control")
COVERAGE_PLACES = 2


def earnings_gain(parameters: ParameterSet, inputs: Sequence[Input]) -> Decision:
    """The rule: the bond's terms, everybody's draw in the lottery and all work records of the
    baseline and observed periods lead to the difference in mean earnings.

    Where an arm has fewer than two measured people there is no estimate; the bond's missing-data
    rule then decides.
    """
    if parameters.values["estimator"] != ESTIMATOR:
        raise RefusedError(
            f"rule {RULE} version {parameters.version} asks for estimator "
            f"{parameters.values['estimator']}, this program has {ESTIMATOR}"
        )
    windows = measured_windows(sheet_from_document(documents(inputs, "terms")[0]))
    arm_of = {row["person"]: row["value"] for row in documents(inputs, "attestation")}
    records = documents(inputs, "work-record")
    observed = _earnings(records, windows.observed)
    baseline = _earnings(records, windows.baseline)
    sums = {
        arm: ArmSums.of(
            (observed[person], baseline.get(person, 0))
            for person, drawn in arm_of.items()
            if drawn == arm and person in observed
        )
        for arm in ARMS
    }
    coverage = _coverage_percent(sum(arm.people for arm in sums.values()), len(arm_of))
    result: dict[str, Document] = {
        "estimator": ESTIMATOR,
        "drawn": {arm: sum(drawn == arm for drawn in arm_of.values()) for arm in ARMS},
        "measured": {arm: sums[arm].people for arm in ARMS},
        "coverage_percent": decimal_text(coverage),
        "sums": {arm: _sums_document(sums[arm]) for arm in ARMS},
    }
    explanation = [
        f"{sum(arm.people for arm in sums.values()):,} of {len(arm_of):,} people drawn in the "
        f"lottery have a work record in the observed period, {decimal_text(coverage)} %."
    ]
    if min(arm.people for arm in sums.values()) < ARM_PEOPLE_MIN:
        explanation.append("That is too few in one arm for an estimate.")
        return Decision({**result, "estimate": None}, tuple(explanation))
    estimate = difference_in_means(sums["treated"], sums["control"])
    return Decision(
        {**result, "estimate": _estimate_document(estimate)},
        (*explanation, *estimate.explanation),
    )


def _earnings(records: list[Mapping[str, Any]], window: Window) -> dict[str, int]:
    """Each person's earnings in cents over all records lying within a period; ISO dates compare
    as text."""
    first, last = window.first_day.isoformat(), window.last_day.isoformat()
    totals: dict[str, int] = defaultdict(int)
    for record in records:
        if first <= record["from"] and record["to"] <= last:
            totals[record["person"]] += record["earnings_cents"]
    return totals


def _coverage_percent(measured: int, drawn: int) -> Decimal:
    if drawn == 0:
        return Decimal(0)
    ratio = Fraction(100 * measured, drawn)
    with localcontext(prec=PRECISION_DIGITS):
        return half_even(Decimal(ratio.numerator) / ratio.denominator, COVERAGE_PLACES)


def _sums_document(sums: ArmSums) -> Document:
    """The sums as text: squares of cents outgrow what every JSON reader keeps exact."""
    return {
        "people": sums.people,
        "observed_cents": str(sums.observed_cents),
        "observed_squares_cents2": str(sums.observed_squares_cents2),
        "observed_earners": sums.observed_earners,
        "baseline_cents": str(sums.baseline_cents),
    }


def _estimate_document(estimate: LotteryEstimate) -> Document:
    arms = {"treated": estimate.treated, "control": estimate.control}
    low, high = estimate.ci95_dollars
    return {
        "estimate_dollars": str(estimate.estimate_dollars),
        "standard_error_dollars": str(estimate.standard_error_dollars),
        "pooled_standard_error_dollars": str(estimate.pooled_standard_error_dollars),
        "ci95_dollars": [str(low), str(high)],
        "mean_dollars": {name: str(arm.mean_dollars) for name, arm in arms.items()},
        "placement_rate": {name: str(arm.placement_rate) for name, arm in arms.items()},
        "wage_change_dollars": {name: str(arm.wage_change_dollars) for name, arm in arms.items()},
        "wage_change_difference_dollars": str(estimate.wage_change_difference_dollars),
    }
