"""Doing a determination again while somebody watches."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from lmb.rules.queries import DeterminationOnFile
from lmb.settlement.rulebook import replay
from lmb.values.errors import LmbError

INPUTS_MAX = 10_000
"""A page recomputes at most this many facts; beyond, a visit would cost the server too much."""


class Verdict(StrEnum):
    """What came of it."""

    EQUAL = "equal"
    DIFFERENT = "different"
    TOO_MANY = "too-many"


@dataclass(frozen=True, slots=True)
class Replay:
    """A replay with its verdict; `reason` says what went wrong when something did."""

    verdict: Verdict
    inputs: int
    size: int
    sha256: str
    reason: str = ""


def replayed(on_file: DeterminationOnFile) -> Replay:
    """Compute a determination again from its stored inputs and compare every byte."""
    inputs = int(on_file.document["inputs_count"])
    size = len(on_file.content.encode())
    if inputs > INPUTS_MAX:
        return Replay(Verdict.TOO_MANY, inputs, size, on_file.sha256)
    try:
        again = replay(on_file).content
    except LmbError as error:
        return Replay(Verdict.DIFFERENT, inputs, size, on_file.sha256, str(error))
    verdict = Verdict.EQUAL if again == on_file.content.encode() else Verdict.DIFFERENT
    return Replay(verdict, inputs, size, on_file.sha256)
