"""What training changed: estimators whose every digit follows from the data alone.

Numbers come in as whole multiples of a unit, sums are whole numbers, coefficients are fractions,
and each figure is rounded once. So neither the order of the rows nor threads nor the machine can
change a digit, and another program that is right gives the same bytes.

Nouns: a column (exact numbers), a convention (what a standard error assumes), a request (which
estimator on which columns), figures (estimate, standard error, interval), an arm's sums.
"""

from lmb.outcomes.estimators.arms import (
    ARM_PEOPLE_MIN,
    ESTIMATOR,
    ArmOutcome,
    ArmSums,
    LotteryEstimate,
    difference_in_means,
)

__all__ = [
    "ARM_PEOPLE_MIN",
    "ESTIMATOR",
    "ArmOutcome",
    "ArmSums",
    "LotteryEstimate",
    "difference_in_means",
]
