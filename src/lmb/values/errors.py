"""The error tree of the whole package.

    LmbError
    ├── InputError            a file a person gave is wrong; nothing was written (exit code 2)
    ├── NotFoundError         the thing named does not exist here
    ├── RefusedError          a rule or the books said no; the message names the rule
    ├── ConflictError         the same key or name was used before with other content
    └── EnvironmentProblem    the machine, not the data: database, port, missing file

Each message names the thing, the rule it met and the next step. The page, the API and the
command line show the same sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class LmbError(Exception):
    """Any error this package raises on purpose. `exit_code` is what the command line returns."""

    exit_code = 1


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a file: where it stands, what was found, what was expected.

    `row` counts lines of the file from 1 (the header is row 1); None when the problem is the
    file's as a whole. `column` is a column name or a JSON path.
    """

    file: str
    row: int | None
    column: str | None
    found: str
    expected: str

    def __str__(self) -> str:
        place = self.file
        if self.row is not None:
            place += f", row {self.row}"
        if self.column is not None:
            place += f", {self.column}"
        return f"{place}: found {self.found}, expected {self.expected}"


class InputError(LmbError):
    """All problems of the files a person gave, reported together; nothing was written."""

    exit_code = 2

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        noun = "problem" if count == 1 else "problems"
        lines = [f"{count} {noun} found; nothing was written. Correct and run again:"]
        lines += [f"  {problem}" for problem in self.problems]
        super().__init__("\n".join(lines))


class NotFoundError(LmbError):
    """The thing named does not exist here."""


class RefusedError(LmbError):
    """A rule or the books refused; nothing was changed."""


class ConflictError(LmbError):
    """The same key or name was used before with other content."""


class EnvironmentProblem(LmbError):  # noqa: N818 - the problem is the machine's, not ours
    """The machine stands in the way, not the data."""
