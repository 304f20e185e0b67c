"""Progress on standard error, so that standard output stays clean for results."""

from __future__ import annotations

import shutil
import time
from types import TracebackType

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from lmb.settlement.steps import Step
from lmb.values.clock import fiscal_date

SILENCE_SECONDS = 60

_console = Console(stderr=True, highlight=False)


def say(message: str) -> None:
    """Tell what is going on, one line."""
    _console.print(f"{message} …")


class StatusLine:
    """How something that goes on stands: on a terminal one line that is written over, elsewhere a
    line when it changes and one a minute."""

    def __init__(self) -> None:
        self._kind = ""
        self._told_at = float("-inf")

    def show(self, said: str, kind: str) -> None:
        """Tell how it stands; what is of the same `kind` as before is no change."""
        if _console.is_terminal:
            width = shutil.get_terminal_size().columns - 1
            click.echo(f"\r\x1b[K{said[:width]}", err=True, nl=False)
        elif kind != self._kind or time.monotonic() - self._told_at >= SILENCE_SECONDS:
            _console.print(said, soft_wrap=True)
            self._told_at = time.monotonic()
        self._kind = kind

    def last(self, said: str) -> None:
        """Tell that it is over."""
        click.echo(f"\n{said}" if _console.is_terminal else said, err=True)


class Steps:
    """A bar over the steps of a programme, with the simulated date."""

    def __init__(self, total: int) -> None:
        self._progress = Progress(
            TextColumn("{task.fields[day]}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.description}"),
            console=_console,
        )
        self._task = self._progress.add_task("", total=total, day="")

    def __enter__(self) -> Steps:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def done(self, step: Step) -> None:
        """One more step is done."""
        self._progress.update(
            self._task, advance=1, description=step.title, day=str(fiscal_date(step.at))
        )
