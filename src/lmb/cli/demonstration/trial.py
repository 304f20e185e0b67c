"""The National Supported Work trial, the men of Dehejia and Wahba (1999): 445 people, 185 of
them offered training by lottery.

Real: who was offered training, and each person's earnings of 1974, 1975 and 1978. They come from
the PyPI package `causaldata`, data set `nsw_mixtape`.

ILLUSTRATIVE: every date of acceptance, enrolment and completion, and that all 185 completed. The
public file records none of it, nor the site, the employer or the hours: the site is shown as
state XX, board XX-01, and the last two are left blank.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from lmb.facts.importers.rows import Arm, EarningsRow, PersonRow
from lmb.values.canonical import fingerprint, sha256_hex
from lmb.values.errors import EnvironmentProblem
from lmb.values.rounding import half_even

PACKAGE = "causaldata"
DATA_FILE = "causaldata/nsw_mixtape/nsw_mixtape.dta"
PEOPLE = 445
TREATED = 185
FILE_SHA256 = "e4a64e4436c2c178f47d6c82a371d20f1596b82b44862ce24bf13c71ac797339"
"""Of the file's bytes, checked before anything reads them."""

ROWS_SHA256 = "96aab4d4bea66029649b060bf9a8b9b94cce83f6053181cf1c4c403976e9a8db"
"""Fingerprint of the 445 rows as [treat, cents of 1974, of 1975, of 1978], in file order:
checked after reading, so that a reader that reads otherwise is noticed too."""

YEARS = (1974, 1975, 1978)

ILLUSTRATIVE_ACCEPTED_ON = date(1976, 4, 1)
ILLUSTRATIVE_ENROLLED_ON = date(1976, 4, 15)
ILLUSTRATIVE_COMPLETED_ON = date(1977, 4, 15)
"""The public file has no dates of training; these fall where the trial had its own, 1976-77."""

STATE = "XX"
BOARD = "XX-01"
"""The public file does not say which of the ten sites a person belonged to."""


@dataclass(frozen=True, slots=True)
class Trial:
    """The trial as the importers would read it: one row per person, one per person and year."""

    people: tuple[PersonRow, ...]
    earnings: tuple[EarningsRow, ...]


@dataclass(frozen=True, slots=True)
class Participant:
    """One line of the public file: the arm, and cents of earnings in each of `YEARS`."""

    treated: bool
    earnings_cents: tuple[int, ...]


def read_trial() -> Trial:
    """The trial, read from the installed data package.

    Raises EnvironmentProblem where the package or its file is missing, or holds other data than
    published.
    """
    content = _data_file().read_bytes()
    _check_file_as_published(content)
    participants = _participants(content)
    _check_rows_as_published(participants)
    keys = [f"nsw-{place:03d}" for place in range(1, len(participants) + 1)]
    return Trial(
        people=tuple(map(_person, keys, participants)),
        earnings=tuple(
            EarningsRow(
                person=key,
                employer=None,
                period_from=date(year, 1, 1),
                period_to=date(year, 12, 31),
                hours=None,
                earnings_cents=cents,
            )
            for key, participant in zip(keys, participants, strict=True)
            for year, cents in zip(YEARS, participant.earnings_cents, strict=True)
        ),
    )


def _data_file() -> Path:
    # The package is located, not imported: its __init__ needs statsmodels, which nothing here uses.
    try:
        path = Path(str(distribution(PACKAGE).locate_file(DATA_FILE)))
    except PackageNotFoundError as error:
        raise EnvironmentProblem(
            f"the Python package {PACKAGE}, which holds the trial, is not installed: "
            f"run `make setup`"
        ) from error
    if not path.is_file():
        raise EnvironmentProblem(
            f"the installed package {PACKAGE} has no file {DATA_FILE}: run `make setup`"
        )
    return path


def _participants(content: bytes) -> list[Participant]:
    # Imported here because it is slow and nothing but the demonstration needs it.
    import pandas as pd

    frame = pd.read_stata(io.BytesIO(content))
    arms = [int(arm) == 1 for arm in frame["treat"].tolist()]
    years = [[_cents(float(value)) for value in frame[f"re{year % 100}"]] for year in YEARS]
    return [
        Participant(treated, tuple(earnings))
        for treated, *earnings in zip(arms, *years, strict=True)
    ]


def _cents(dollars: float) -> int:
    """Cents of a number of the file, half to even. The stored binary number is taken exactly: its
    shortest decimal text would be rounded a second time, and differ by a cent for 14 records."""
    return int(half_even(Decimal(dollars), 2).scaleb(2))


def _check_file_as_published(content: bytes) -> None:
    found = sha256_hex(content)
    if found != FILE_SHA256:
        raise EnvironmentProblem(
            f"{DATA_FILE} of the package {PACKAGE} has the SHA-256 {found}, the published file "
            f"{FILE_SHA256}: run `make setup` to install the pinned version"
        )


def _check_rows_as_published(participants: Sequence[Participant]) -> None:
    treated = sum(participant.treated for participant in participants)
    found = fingerprint(
        [[int(participant.treated), *participant.earnings_cents] for participant in participants]
    )
    if (len(participants), treated, found) != (PEOPLE, TREATED, ROWS_SHA256):
        raise EnvironmentProblem(
            f"{DATA_FILE} of the package {PACKAGE} holds {len(participants)} people, {treated} of "
            f"them treated, fingerprint {found}; the published trial has {PEOPLE}, {TREATED} and "
            f"{ROWS_SHA256}: run `make setup` to install the pinned version"
        )


def _person(key: str, participant: Participant) -> PersonRow:
    treated = participant.treated
    return PersonRow(
        person=key,
        arm=Arm.TREATED if treated else Arm.CONTROL,
        state=STATE,
        board=BOARD,
        accepted_on=ILLUSTRATIVE_ACCEPTED_ON if treated else None,
        enrolled_on=ILLUSTRATIVE_ENROLLED_ON if treated else None,
        completed_on=ILLUSTRATIVE_COMPLETED_ON if treated else None,
    )
