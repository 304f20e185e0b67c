"""When and at what a bond is paid back: at maturity, or before by a clause of its terms. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from lmb.bonds.linked.rounding import exact_text
from lmb.bonds.payments.shares import Payment
from lmb.values.canonical import Document

PAR_PERCENT = Fraction(100)


@dataclass(frozen=True, slots=True)
class GuaranteeTranche:
    """A third party that makes up a part of the principal: per cent of par, exact."""

    guarantor: str
    percent: Fraction


@dataclass(frozen=True, slots=True)
class Redemption:
    """A bond paid back on a day at a per cent of par, for a reason its terms give: maturity, an
    early termination, a cohort that fell short.

    Of `percent`, the tranche pays its part and the issuer the rest.
    """

    on: date
    reason: str
    percent: Fraction = PAR_PERCENT
    tranche: GuaranteeTranche | None = None

    def __post_init__(self) -> None:
        part = Fraction(0) if self.tranche is None else self.tranche.percent
        if not 0 <= part <= self.percent:
            raise ValueError(
                f"a guarantor's {part} per cent is no part of a redemption at {self.percent}"
            )

    @property
    def payment(self) -> Payment:
        """What is paid per cent of par: up to par as principal, what is above it on top."""
        base = min(self.percent, PAR_PERCENT)
        return Payment(base / 100, (self.percent - base) / 100)

    def document(self) -> dict[str, Document]:
        tranche = self.tranche
        return {
            "on": self.on.isoformat(),
            "reason": self.reason,
            "percent": exact_text(self.percent),
            "guarantor": None if tranche is None else tranche.guarantor,
            "guarantor_percent": None if tranche is None else exact_text(tranche.percent),
        }
