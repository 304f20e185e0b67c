"""The indicator the house measures itself, from facts on file: over which days, and when."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from lmb.bonds.linked.plan import Window, determination_plan
from lmb.bonds.linked.sheet import FixedWindow, LinkedSheet
from lmb.values.errors import RefusedError


class MeasuredWindows(NamedTuple):
    """When facts count: before the training, and after it."""

    baseline: Window
    observed: Window


def measured_windows(sheet: LinkedSheet) -> MeasuredWindows:
    """The windows of the first indicator the terms leave to the house. Raises RefusedError where
    there is none."""
    for kpi in sheet.measured_kpis:
        measured, window = kpi.measured, kpi.window
        if measured is not None and isinstance(window, FixedWindow):
            return MeasuredWindows(
                Window(measured.baseline_from, measured.baseline_to),
                Window(window.first_day, window.last_day),
            )
    raise RefusedError(
        f"the terms of {sheet.cusip} leave no indicator to the house (kpis.measured, "
        "term-sheet.md, section 2.4)"
    )


def measured_on(sheet: LinkedSheet) -> date:
    """The day it is measured: that of the first determination that reads it."""
    measured_windows(sheet)
    kpi = sheet.measured_kpis[0].id
    return next(plan.determined_on for plan in determination_plan(sheet) if kpi in plan.new)
