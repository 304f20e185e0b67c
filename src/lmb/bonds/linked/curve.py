"""The simplest linkage, told as a curve: one measured gain, a straight line, a bonus within limits.

Sheets with other shapes have no curve; they are told in words.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from lmb.bonds.linked.sheet import Evaluate, Impact, Linear, LinkedSheet, PaysRate


@dataclass(frozen=True, slots=True)
class OutcomeCurve:
    """From a gain in dollars a year to a bonus in per cent a year: 0 at `threshold_dollars`,
    `at_target_percent` at `target_dollars`, kept within floor and cap, rounded once."""

    evaluate: Evaluate
    threshold_dollars: Decimal
    target_dollars: Decimal
    at_target_percent: Decimal
    floor_percent: Decimal
    cap_percent: Decimal
    rate_places: int


def outcome_curve(sheet: LinkedSheet) -> OutcomeCurve | None:
    """The curve of a sheet whose one component pays a rate in a straight line on an indicator the
    house measures; None for any other."""
    if len(sheet.components) != 1:
        return None
    score, pays = sheet.components[0].score, sheet.components[0].pays
    if not isinstance(score, Linear) or not isinstance(pays, PaysRate):
        return None
    kpi = sheet.kpi(score.kpi)
    if kpi.measured is None or not isinstance(kpi.basis, Impact):
        return None
    return OutcomeCurve(
        evaluate=kpi.basis.evaluate,
        threshold_dollars=score.threshold,
        target_dollars=score.target,
        at_target_percent=pays.percent,
        floor_percent=sheet.limits.floor_percent,
        cap_percent=sheet.limits.cap_percent,
        rate_places=sheet.rounding.rate_places,
    )
