"""What the forms look at: the dated parameters of `wioa-reports`, typed. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from lmb.outcomes.indicators.columns import FileColumn
from lmb.outcomes.indicators.rules import Window
from lmb.rules.parameters import in_force
from lmb.values.quarters import Quarter

RULE = "wioa-reports"


@dataclass(frozen=True, slots=True)
class PeopleGroup:
    """A group a form tells figures of: the periods where `condition` (SQL over PERIODS) holds.
    `column` is None for everybody."""

    name: str
    section: str
    label: str
    column: str | None
    condition: str


EVERYBODY = PeopleGroup("total", "", "Total statewide", None, "TRUE")


@dataclass(frozen=True, slots=True)
class ReportRules:
    """One dated version of the rule `wioa-reports`."""

    version: str
    sha256: str
    window_quarters: int
    quarters_before_end: Mapping[str, int]
    codes: Mapping[str, tuple[str, ...]]
    years: Mapping[str, tuple[int, int]]
    groups: tuple[PeopleGroup, ...]

    @classmethod
    def in_force_on(cls, day: date) -> ReportRules:
        """The version in force on a day. Raises RefusedError where there is none."""
        parameters = in_force(RULE, day)
        values = cast(Mapping[str, Any], parameters.values)
        return cls(
            version=parameters.version,
            sha256=parameters.sha256,
            window_quarters=int(values["window_quarters"]),
            quarters_before_end={k: int(v) for k, v in values["quarters_before_end"].items()},
            codes={name: tuple(map(str, codes)) for name, codes in values["columns"].items()},
            years={name: (int(low), int(high)) for name, (low, high) in values["years"].items()},
            groups=tuple(_groups(values["groups"])),
        )

    def window(self, figure: str, end: Quarter) -> Window:
        """The days a figure of a report up to the end of a quarter looks at."""
        last = end.plus(-self.quarters_before_end[figure])
        return Window(last.plus(1 - self.window_quarters).first_day, last.last_day)

    def columns(self) -> tuple[FileColumn, ...]:
        """The further columns of PERIODS; a file may leave any of them out."""
        return (
            *(_coded(name, codes) for name, codes in self.codes.items()),
            *(_aged(name, *bounds) for name, bounds in self.years.items()),
        )


def _groups(entries: Iterable[Mapping[str, Any]]) -> Iterable[PeopleGroup]:
    for entry in entries:
        for name, label, values in entry["rows"]:
            low, dots, high = str(values).partition("..")
            condition = f"BETWEEN {int(low)} AND {int(high)}" if dots else f"= '{int(low)}'"
            column = str(entry["column"])
            yield PeopleGroup(name, entry["section"], label, column, f"{column} {condition}")


def _coded(name: str, codes: tuple[str, ...]) -> FileColumn:
    listed = ", ".join(f"'{code}'" for code in codes)
    return FileColumn(
        name,
        name,
        "VARCHAR",
        f"nothing or one of the codes {', '.join(codes)}",
        lambda text: f"coalesce({text} IN ({listed}), TRUE)",
        lambda text: text,
        required=False,
    )


def _aged(name: str, low: int, high: int) -> FileColumn:
    number = "TRY_CAST({0} AS INTEGER)"
    return FileColumn(
        name,
        name,
        "INTEGER",
        f"nothing or whole years from {low} to {high}",
        lambda text: (
            f"({text} IS NULL OR coalesce({number.format(text)} BETWEEN {low} AND {high} "
            f"AND CAST({number.format(text)} AS VARCHAR) = {text}, FALSE))"
        ),
        lambda text: number.format(text),
        required=False,
    )
