"""The term sheet of a labor market bond: everything an investor is promised but the coupon.

The auction sets the base coupon; all else is announced in one JSON document, format
`lmb-term-sheet/1`, whose fingerprint is fixed at announcement. `docs/reference/term-sheet.md`
describes every field; `terms_file.py` reads and checks a document.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from lmb.bonds.schedule import InterestSchedule
from lmb.values.canonical import Document, canonical_bytes, sha256_hex

FORMAT = "lmb-term-sheet/1"


class Indicator(StrEnum):
    """What the bonus looks at."""

    EARNINGS_GAIN = "earnings-gain"


class Evaluation(StrEnum):
    """Which number of the measure counts: its estimate, or the lower end of its interval."""

    ESTIMATE = "estimate"
    CI95_LOWER = "ci95-lower"


@dataclass(frozen=True, slots=True)
class MissingData:
    """When the evidence is too thin, and the score that then applies (0 to 1)."""

    minimum_coverage_percent: Decimal
    minimum_people_per_arm: int
    score: Decimal

    def document(self) -> dict[str, Document]:
        return {
            "minimum_coverage_percent": _text(self.minimum_coverage_percent),
            "minimum_people_per_arm": self.minimum_people_per_arm,
            "score": _text(self.score),
        }


@dataclass(frozen=True, slots=True)
class OutcomeTerms:
    """What is measured, when, and what bonus it earns. Dates are inclusive."""

    indicator: Indicator
    evaluate: Evaluation
    baseline_from: date
    baseline_to: date
    observed_from: date
    observed_to: date
    publication_lag_days: int
    determined_on: date
    threshold_dollars: Decimal
    target_dollars: Decimal
    bonus_at_target_percent: Decimal
    bonus_floor_percent: Decimal
    bonus_cap_percent: Decimal
    rounding_places: int
    missing_data: MissingData

    def document(self) -> dict[str, Document]:
        return {
            "indicator": str(self.indicator),
            "evaluate": str(self.evaluate),
            "baseline_from": self.baseline_from.isoformat(),
            "baseline_to": self.baseline_to.isoformat(),
            "observed_from": self.observed_from.isoformat(),
            "observed_to": self.observed_to.isoformat(),
            "publication_lag_days": self.publication_lag_days,
            "determined_on": self.determined_on.isoformat(),
            "threshold_dollars": _text(self.threshold_dollars),
            "target_dollars": _text(self.target_dollars),
            "bonus_at_target_percent": _text(self.bonus_at_target_percent),
            "bonus_floor_percent": _text(self.bonus_floor_percent),
            "bonus_cap_percent": _text(self.bonus_cap_percent),
            "rounding_places": self.rounding_places,
            "missing_data": self.missing_data.document(),
        }


@dataclass(frozen=True, slots=True)
class Tranches:
    """Whole per cent of the tuition paid at each step; together 100."""

    enrolment_percent: int
    completion_percent: int
    placement_percent: int

    def document(self) -> dict[str, Document]:
        return {
            "enrolment_percent": self.enrolment_percent,
            "completion_percent": self.completion_percent,
            "placement_percent": self.placement_percent,
        }


@dataclass(frozen=True, slots=True)
class TrainingTerms:
    """What the proceeds pay for: who trains, where, for how much a person."""

    state: str
    board: str
    provider_id: str
    provider_name: str
    program_id: str
    program_title: str
    grant_cents: int
    tuition_cents: int
    tranches: Tranches
    spend_until: date

    def document(self) -> dict[str, Document]:
        return {
            "state": self.state,
            "board": self.board,
            "provider": {"id": self.provider_id, "name": self.provider_name},
            "program": {"id": self.program_id, "title": self.program_title},
            "grant_cents": self.grant_cents,
            "tuition_cents": self.tuition_cents,
            "tranches": self.tranches.document(),
            "spend_until": self.spend_until.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class Offering:
    """What is put up for auction. `coupon_percent` is None for a new issue, whose coupon the
    auction sets; a reopening keeps the coupon it has (31 CFR 356.20(b))."""

    offering_cents: int
    minimum_cents: int
    multiple_cents: int
    issue_on: date
    schedule: InterestSchedule
    coupon_percent: Decimal | None = None


@dataclass(frozen=True, slots=True)
class TermSheet:
    """A checked term sheet; make one with `load_term_sheet` or from a stored document."""

    title: str
    cusip: str
    offering_cents: int
    minimum_cents: int
    multiple_cents: int
    announced_on: date
    auction_on: date
    issue_on: date
    dated_on: date
    first_interest_on: date
    matures_on: date
    outcome: OutcomeTerms
    training: TrainingTerms

    @property
    def schedule(self) -> InterestSchedule:
        """The dates of its interest periods."""
        return InterestSchedule(self.dated_on, self.first_interest_on, self.matures_on)

    @property
    def offering(self) -> Offering:
        """What its first auction offers."""
        return Offering(
            self.offering_cents,
            self.minimum_cents,
            self.multiple_cents,
            self.issue_on,
            self.schedule,
        )

    def document(self) -> dict[str, Document]:
        """The JSON document again, number texts as they were written."""
        return {
            "schema": FORMAT,
            "title": self.title,
            "cusip": self.cusip,
            "offering_cents": self.offering_cents,
            "minimum_cents": self.minimum_cents,
            "multiple_cents": self.multiple_cents,
            "announced_on": self.announced_on.isoformat(),
            "auction_on": self.auction_on.isoformat(),
            "issue_on": self.issue_on.isoformat(),
            "dated_on": self.dated_on.isoformat(),
            "first_interest_on": self.first_interest_on.isoformat(),
            "matures_on": self.matures_on.isoformat(),
            "outcome": self.outcome.document(),
            "training": self.training.document(),
        }

    @property
    def content(self) -> bytes:
        """The canonical bytes of the document: what the fingerprint is taken of."""
        return canonical_bytes(self.document())

    @property
    def sha256(self) -> str:
        """The fingerprint that locks the terms once they are announced."""
        return sha256_hex(self.content)


def _text(value: Decimal) -> str:
    """The decimals a number was written with, without an exponent: `3.000` stays `3.000`."""
    return format(value, "f")
