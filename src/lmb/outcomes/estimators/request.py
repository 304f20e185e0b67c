"""What is asked of an estimator and what it answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from lmb.outcomes.estimators.columns import Column, Int64Array
from lmb.outcomes.estimators.conventions import Convention
from lmb.outcomes.estimators.diagnostics import Balance
from lmb.outcomes.estimators.figures import Figures
from lmb.values.errors import RefusedError

VERSION = "1"
"""Of all estimators together: a change of any digit any of them gives is a new version."""


class Estimator(StrEnum):
    """The name of an estimator, as terms and the command line ask for it."""

    ITT = "itt"
    OLS = "ols"
    WALD = "wald"
    TWO_STAGE = "2sls"
    DIFFERENCES = "did"
    BALANCE = "balance"
    MATCH = "match"
    QUANTILE = "quantile"


BY_LOTTERY = (Estimator.ITT, Estimator.WALD, Estimator.TWO_STAGE, Estimator.QUANTILE)
"""Estimators of a lottery's arms. The others rest on assumptions that must be shown."""


@dataclass(frozen=True, slots=True)
class Labels:
    """A column of labels: each row's place among the distinct ones, which are in text order."""

    name: str
    codes: Int64Array
    distinct: Sequence[str]


@dataclass(frozen=True, slots=True)
class Sample:
    """The columns of one estimate, all of one length. `treatment` is 1 or 0."""

    outcome: Column
    treatment: Column
    covariates: tuple[Column, ...] = ()
    instrument: Column | None = None
    cluster: Labels | None = None
    block: Labels | None = None
    pre: Column | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """Which estimator, whose standard error; `interacted` is Lin's adjustment of a lottery."""

    estimator: Estimator
    convention: Convention
    quantile: Fraction = Fraction(1, 2)
    interacted: bool = False


@dataclass(frozen=True, slots=True)
class Safeguards:
    """What an effect that is not by lottery is shown with. `paid_bound` is what may be paid on:
    the lower end of the interval, never the point. `placebo` is the effect on the outcome before
    training, which should be none; None where no such column was given."""

    balance: tuple[Balance, ...]
    placebo: Figures | None
    paid_bound: Decimal


@dataclass(frozen=True, slots=True)
class Estimated:
    """What an estimate says. `certificate` are the multipliers of entropy balancing and the
    residual of its balance, from which anyone checks the weights without solving again.
    `first_stage` is how strongly an instrument moves the treatment: the square of its coefficient
    over its standard error. Below 10 an interval of the effect is not to be trusted."""

    figures: Figures
    treated: int
    control: int
    convention: str
    safeguards: Safeguards | None = None
    certificate: tuple[tuple[str, Decimal], ...] = ()
    unmatched_treated: int | None = None
    first_stage: Decimal | None = None


def check(sample: Sample, request: Request) -> None:
    """Refuse what an estimator has no use for, so that nothing asked is silently left out."""
    name, arm = request.estimator, sample.treatment.arm()
    if arm.all() or not arm.any():
        raise RefusedError(f"column {sample.treatment.name} leaves one arm empty")
    uses = _USES[name]
    given = {
        "covariates": bool(sample.covariates),
        "instrument": sample.instrument is not None,
        "block": sample.block is not None,
        "pre": sample.pre is not None,
    }
    for what, is_given in given.items():
        if is_given and what not in uses:
            raise RefusedError(f"estimator {name} has no use for --{what}: leave it out")
    for what in uses:
        if uses[what] and not given[what]:
            raise RefusedError(f"estimator {name} needs --{what}")
    if (sample.cluster is not None) != (request.convention is Convention.CLUSTER):
        raise RefusedError("--cluster and --se cluster go together: give both or neither")
    if request.interacted and (name is not Estimator.ITT or not sample.covariates or sample.block):
        raise RefusedError("--interacted adjusts itt by covariates, without blocks")
    if name is Estimator.TWO_STAGE and request.convention in (Convention.NEYMAN, Convention.HC3):
        raise RefusedError(f"there is no {request.convention} standard error for 2sls: use hc1")


_USES: dict[Estimator, dict[str, bool]] = {
    Estimator.ITT: {"covariates": False, "block": False},
    Estimator.OLS: {"covariates": False, "block": False, "pre": False},
    Estimator.WALD: {"instrument": True},
    Estimator.TWO_STAGE: {"instrument": True, "covariates": False, "block": False},
    Estimator.DIFFERENCES: {"pre": True, "covariates": False, "block": False},
    Estimator.BALANCE: {"covariates": True, "pre": False},
    Estimator.MATCH: {"covariates": True, "pre": False},
    Estimator.QUANTILE: {},
}
"""What each estimator may be given beside outcome, treatment and cluster; True where it must."""
