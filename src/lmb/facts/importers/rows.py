"""What an importer hands over, whatever format it came in: people of a lottery, work records.

People carry the key their source gave them; the person key of the house is made later.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Arm(StrEnum):
    """What the lottery drew for a person: an offer of training, or none."""

    TREATED = "treated"
    CONTROL = "control"


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person of the lottery. Days are None where the step was not taken; nobody in the control
    arm has any."""

    person: str
    arm: Arm
    state: str
    board: str
    accepted_on: date | None
    enrolled_on: date | None
    completed_on: date | None

    @property
    def sort_key(self) -> str:
        return self.person


@dataclass(frozen=True, slots=True)
class EarningsRow:
    """Pay of one person from one employer over a period, both days included.

    `employer` and `hours` are None where the source does not know them. 0 cents is a statement
    (a record that shows no pay), not a gap.
    """

    person: str
    employer: str | None
    period_from: date
    period_to: date
    hours: Decimal | None
    earnings_cents: int

    @property
    def sort_key(self) -> tuple[str, date, date, str]:
        return (self.person, self.period_from, self.period_to, self.employer or "")
