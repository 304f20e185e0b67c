"""Facts as values, each with the canonical document its hash is taken of. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from lmb.values.canonical import Document
from lmb.values.rates import decimal_text


@dataclass(frozen=True, slots=True)
class WorkRecord:
    """One work record on file; the period includes both days."""

    id: UUID
    person: UUID
    employer: str | None
    period_from: date
    period_to: date
    hours: Decimal | None
    earnings_cents: int
    source: str
    supersedes: UUID | None
    recorded_at: datetime

    def document(self) -> Document:
        return {
            "person": str(self.person),
            "employer": self.employer,
            "from": self.period_from.isoformat(),
            "to": self.period_to.isoformat(),
            "hours": None if self.hours is None else decimal_text(self.hours),
            "earnings_cents": self.earnings_cents,
            "source": self.source,
            "supersedes": None if self.supersedes is None else str(self.supersedes),
        }


@dataclass(frozen=True, slots=True)
class Attestation:
    """One attestation on file."""

    id: UUID
    person: UUID
    kind: str
    value: str
    happened_on: date
    source: str
    supersedes: UUID | None
    recorded_at: datetime

    def document(self) -> Document:
        return {
            "person": str(self.person),
            "kind": self.kind,
            "value": self.value,
            "happened_on": self.happened_on.isoformat(),
            "source": self.source,
            "supersedes": None if self.supersedes is None else str(self.supersedes),
        }
