"""Before and after: people's mean outcome against a baseline that was frozen beforehand.

It says what changed, not what training changed: people also recover without it. So it is shown
with both ends of its interval and paid, where terms allow it at all, on the lower one.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from lmb.outcomes.estimators.figures import Figures, exact_figures
from lmb.values.errors import RefusedError


def against_baseline(
    outcomes: Sequence[int], baseline: Fraction, baseline_variance: Fraction = Fraction(0)
) -> Figures:
    """Mean outcome less the frozen baseline, in the outcomes' unit; the baseline's own variance
    (of its mean) counts where the terms froze one. Raises RefusedError for fewer than 2 people."""
    people = len(outcomes)
    if people < 2:
        raise RefusedError(f"{people} people give no standard error: at least 2 are needed")
    total = sum(outcomes)
    deviations = sum(one * one for one in outcomes) - Fraction(total**2, people)
    variance = deviations / (people * (people - 1)) + baseline_variance
    return exact_figures(Fraction(total, people) - baseline, variance)
