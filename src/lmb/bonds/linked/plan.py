"""When each coupon is determined, and from which windows: fixed by the terms alone.

                    determined  notice        effective              ends      paid
    in advance  ────────┴─────────┴───────────────┴── period ──────────┴─────────┴──
                    └ lockout, dispute window ┘

Nothing here looks at a value, so what is due when is the same for every outcome.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from lmb.bonds.linked.sheet import (
    Component,
    FixedWindow,
    Kpi,
    Length,
    LinkedSheet,
    PaysRateCard,
    RollingWindow,
    kpis_of,
)
from lmb.bonds.schedule import InterestPeriod
from lmb.values.business_calendar import business_days_before, next_business_day
from lmb.values.half_years import plus_months

_MONTHS = {Length.QUARTER: 3, Length.HALF_YEAR: 6, Length.YEAR: 12}


class Window(NamedTuple):
    """The days an indicator is observed; both count."""

    first_day: date
    last_day: date

    def __str__(self) -> str:
        return f"{self.first_day} to {self.last_day}"


@dataclass(frozen=True, slots=True)
class PeriodPlan:
    """What the terms fix for one interest period before anything is observed.

    `windows` holds, for every indicator, the window this determination reads; None where no
    window is due yet. `new` names the indicators whose window no earlier determination read, `due`
    the components that are scored.
    """

    period: InterestPeriod
    determined_on: date
    notice_on: date
    disputed_until: date
    effective_on: date
    record_on: date
    windows: Mapping[str, Window | None]
    new: frozenset[str]
    due: frozenset[str]

    def is_due(self, component: Component) -> bool:
        """Whether a component is scored at this determination: it applies to the period and
        every indicator it reads has a window."""
        return component.id in self.due

    def pays_card(self, card: PaysRateCard) -> tuple[tuple[str, int], ...]:
        """The prices of a rate card that this determination pays for: every window once."""
        return tuple((kpi, cents) for kpi, cents in card.prices if kpi in self.new)


@lru_cache(maxsize=64)
def determination_plan(sheet: LinkedSheet) -> tuple[PeriodPlan, ...]:
    """The plan of every interest period to maturity or mandatory tender."""
    plans: list[PeriodPlan] = []
    read: dict[str, Window] = {}
    for period in sheet.schedule.periods()[: sheet.last_period]:
        effective_on = period.starts_on if sheet.determination.in_advance else period.ends_on
        determined_on = _determined_on(sheet, effective_on)
        windows = {kpi.id: _window(sheet, kpi, determined_on) for kpi in sheet.kpis}
        new = {k for k, window in windows.items() if window and read.get(k) != window}
        read.update({kpi: window for kpi, window in windows.items() if window})
        plans.append(
            PeriodPlan(
                period=period,
                determined_on=determined_on,
                notice_on=_business_days_after(
                    determined_on, sheet.determination.notice_business_days
                ),
                disputed_until=determined_on + timedelta(days=sheet.determination.dispute_days),
                effective_on=effective_on,
                record_on=business_days_before(
                    period.pays_on, sheet.determination.record_business_days
                ),
                windows=windows,
                new=frozenset(new),
                due=frozenset(
                    component.id
                    for component in sheet.components
                    if component.applies_to(period.number)
                    and all(windows[kpi] is not None for kpi in kpis_of(component))
                ),
            )
        )
    return tuple(plans)


def fiscal_year(day: date) -> int:
    """The federal fiscal year of a day: from 1 October of the year before (31 U.S.C. 1102)."""
    return day.year + (day.month >= 10)


def _determined_on(sheet: LinkedSheet, effective_on: date) -> date:
    """The latest business day that leaves the lockout, the notice and the dispute window."""
    terms = sheet.determination
    business_days = max(terms.lockout_business_days, terms.notice_business_days)
    locked_out = business_days_before(effective_on, business_days)
    if not terms.dispute_days:
        return locked_out
    undisputed = effective_on - timedelta(days=terms.dispute_days)
    return min(locked_out, business_days_before(undisputed + timedelta(days=1), 1))


def _business_days_after(day: date, count: int) -> date:
    for _ in range(count):
        day = next_business_day(day + timedelta(days=1))
    return day


def _window(sheet: LinkedSheet, kpi: Kpi, determined_on: date) -> Window | None:
    """The window of an indicator that a determination reads; None while none is due. A rolling
    window that starts before the issue never counts: outcomes from before it are not its own."""
    observed_by = determined_on - timedelta(days=kpi.publication_lag_days)
    if isinstance(kpi.window, FixedWindow):
        window = Window(kpi.window.first_day, kpi.window.last_day)
        return window if window.last_day <= observed_by else None
    window = _latest_complete(kpi.window, observed_by)
    return window if window.first_day >= sheet.issue_on else None


def _latest_complete(rolling: RollingWindow, observed_by: date) -> Window:
    months = _MONTHS[rolling.length]
    following = observed_by + timedelta(days=1)
    started = date(following.year, (following.month - 1) // months * months + 1, 1)
    first_day = plus_months(started, -months * (rolling.lag + 1))
    return Window(first_day, plus_months(first_day, months) - timedelta(days=1))
