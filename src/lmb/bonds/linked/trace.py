"""The steps that lead to a number, each with what it says and how it came about."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from lmb.bonds.linked.rounding import exact_text
from lmb.values.canonical import Document


@dataclass(frozen=True, slots=True)
class Step:
    """One number or decision: its name, its exact value, how it was found, and the term that
    says so. `row` is the observation it rests on, a line of the indicators' file."""

    name: str
    value: str
    how: str
    term: str
    row: int | None = None

    def document(self) -> dict[str, Document]:
        """The step as it is written down."""
        return {
            "name": self.name,
            "value": self.value,
            "how": self.how,
            "term": self.term,
            "row": self.row,
        }


@dataclass(slots=True)
class Trace:
    """Steps in the order they were taken."""

    steps: list[Step] = field(default_factory=list)

    def number(
        self, name: str, value: Fraction, how: str, term: str, row: int | None = None
    ) -> Fraction:
        """Write a number down and hand it back."""
        self.steps.append(Step(name, exact_text(value), how, term, row))
        return value

    def decision(self, name: str, value: str, how: str, term: str) -> None:
        """Write a decision down."""
        self.steps.append(Step(name, value, how, term))
