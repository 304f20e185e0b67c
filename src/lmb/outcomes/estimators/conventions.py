"""What a standard error assumes. Each figure names its convention, because packages differ.

With e the residuals, t the row weights of the estimate (estimate = sum of t·y), h the leverages,
n rows and k coefficients, the variance of the estimate is

    homoskedastic   sum(e²) / (n - k) · sum(t²)
    hc0             sum(e²·t²)                          White (1980)
    hc1             n / (n - k) · hc0                   Stata's `robust`
    neyman          sum(e²·t² / (1 - h))                HC2; for arms it is s1²/n1 + s0²/n0
    hc3             sum(e²·t² / (1 - h)²)               MacKinnon and White (1985)
    cluster         G/(G - 1) · (n - 1)/(n - k) · sum over clusters of (sum of e·t)²   (CR1)

Sources: Imbens and Rubin (2015), chapters 6 and 7; Cameron and Miller (2015), section II.B.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from lmb.values.errors import RefusedError


class Convention(StrEnum):
    """The name of a convention, as it is asked for and told."""

    HOMOSKEDASTIC = "homoskedastic"
    HC0 = "hc0"
    HC1 = "hc1"
    NEYMAN = "neyman"
    HC3 = "hc3"
    CLUSTER = "cluster"


LEVERAGE_POWER = {Convention.NEYMAN: 1, Convention.HC3: 2}

TOLD = {
    Convention.HOMOSKEDASTIC: "one variance for all, n - k degrees of freedom",
    Convention.HC0: "White's HC0, no correction for degrees of freedom",
    Convention.HC1: "HC1: HC0 times n / (n - k)",
    Convention.NEYMAN: "Neyman's: a variance for each arm with n - 1 (HC2 with covariates)",
    Convention.HC3: "HC3: residuals over one minus leverage",
    Convention.CLUSTER: "clustered, CR1: G/(G - 1) times (n - 1)/(n - k)",
}


@dataclass(frozen=True, slots=True)
class Bounds:
    """A variance between two fractions; the same twice where it is known exactly."""

    low: Fraction
    high: Fraction

    @classmethod
    def exact(cls, value: Fraction) -> Bounds:
        return cls(value, value)

    def times(self, factor: Fraction) -> Bounds:
        """Both bounds times a positive factor."""
        return Bounds(self.low * factor, self.high * factor)


def factor(convention: Convention, rows: int, coefficients: int, clusters: int) -> Fraction:
    """What the sum over rows or clusters is multiplied by. Raises RefusedError where there are
    not enough rows or clusters for it."""
    free = rows - coefficients
    if free <= 0 and convention not in (Convention.HC0, Convention.NEYMAN, Convention.HC3):
        raise RefusedError(
            f"{rows:,} rows and {coefficients:,} coefficients leave no degrees of freedom for a "
            f"{convention} standard error: use fewer covariates or blocks, or more people"
        )
    if convention is Convention.HC1:
        return Fraction(rows, free)
    if convention is Convention.CLUSTER:
        if clusters < 2:
            raise RefusedError(
                f"{clusters} cluster gives no clustered standard error: at least 2 are needed"
            )
        return Fraction(clusters, clusters - 1) * Fraction(rows - 1, free)
    return Fraction(1)
