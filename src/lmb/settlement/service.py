"""Carries a programme out, step by step. Interrupted, it goes on; finished, it only reads."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection

from lmb.ledger.service import Books, open_simulated_books
from lmb.rules.sessions import house
from lmb.settlement import models
from lmb.settlement.programme import Programme
from lmb.settlement.steps import Step, steps
from lmb.values.clock import SimulatedClock

Watcher = Callable[[Step], None]


def run(programme: Programme, watch: Watcher) -> Books:
    """Carry out what is left of a programme on a simulated clock and return its books.

    `watch` is told each step when it is done, those of earlier runs too. Each step is one
    transaction with its mark, so it is carried out once, however often the run is started.
    """
    planned = steps(programme)
    clock = SimulatedClock(planned[0].at)
    books = open_simulated_books(programme.name, clock)
    done = set(models.StepDone.objects.filter(cell=books.cell).values_list("key", flat=True))
    for step in planned:
        clock.move_to(step.at)
        if step.key not in done:
            _carry_out(books, programme, step)
        watch(step)
    return books


@house()
def _carry_out(books: Books, programme: Programme, step: Step) -> None:
    # Two runs of one programme at once take turns here; the second finds the step done.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [books.cell])
    if models.StepDone.objects.filter(cell=books.cell, key=step.key).exists():
        return
    step.run(books, programme)
    models.StepDone.objects.create(cell=books.cell, key=step.key, at=step.at)
