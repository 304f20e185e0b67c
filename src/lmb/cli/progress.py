"""Progress on standard error, so that standard output stays clean for results."""

from __future__ import annotations

from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from lmb.settlement.steps import Step
from lmb.values.clock import fiscal_date

_console = Console(stderr=True, highlight=False)


def say(message: str) -> None:
    """Tell what is going on, one line."""
    _console.print(f"{message} …")


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
