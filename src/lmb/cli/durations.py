"""Durations on the command line: 1s, 15m, 2h, 7d."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import click

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_WRITTEN = re.compile(r"([1-9][0-9]{0,5})([smhd])")
NEVER = "never"


class Duration(click.ParamType[timedelta]):
    """A whole number of seconds, minutes, hours or days."""

    name = "duration"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        if isinstance(value, timedelta):
            return value
        found = _WRITTEN.fullmatch(value)
        if found is None:
            self.fail(f"{value!r} is no duration; write 1s, 15m, 2h or 7d", param, ctx)
        return timedelta(**{_UNITS[found[2]]: int(found[1])})


class DurationOrNever(click.ParamType[timedelta | None]):
    """A duration, or `never`, which is None."""

    name = "duration|never"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta | None:
        return None if value == NEVER else Duration().convert(value, param, ctx)


def duration_text(duration: timedelta) -> str:
    """A duration for people, in its largest whole unit."""
    seconds = max(int(duration.total_seconds()), 0)
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
