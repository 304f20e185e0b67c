"""The outcome of a bond in charts: what changed, and the bonus it earned."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from lmb.bonds.linked.curve import OutcomeCurve
from lmb.bonds.linked.measured import measured_windows
from lmb.bonds.linked.sheet import Evaluate
from lmb.rules import queries as rules
from lmb.settlement.report import OutcomeFigures, Report
from lmb.web import charts
from lmb.web.charts import Bar, Part
from lmb.web.formats import (
    dollars_text,
    percent_text,
    period_text,
    share_text,
    whole_dollars_text,
)


@dataclass(frozen=True, slots=True)
class Chart:
    """A finding with its drawings for desktop and phone."""

    title: str
    wide: str
    narrow: str


@dataclass(frozen=True, slots=True)
class ArmRow:
    """One group of the lottery as the table shows it."""

    name: str
    arm: str
    people: int
    earners: int
    mean_dollars: Decimal
    placement_rate: Decimal
    wage_change_dollars: Decimal


@dataclass(frozen=True, slots=True)
class Outcome:
    """The measured outcome with its charts and the rows of its table."""

    figures: OutcomeFigures
    arms: tuple[ArmRow, ...]
    observed: str
    baseline: str
    gain: Chart
    placement: Chart
    change: Chart


def both(draw: Callable[[str, int], str], name: str, title: str) -> Chart:
    """One chart at both widths, with identifiers of its own."""
    return Chart(title, draw(f"{name}-wide", charts.WIDE), draw(f"{name}-narrow", charts.NARROW))


def outcome(report: Report) -> Outcome | None:
    """The measured outcome of a bond, None before it was measured."""
    figures = report.outcome
    if figures is None:
        return None
    arms = arm_rows(figures)
    windows = measured_windows(report.bond.terms)
    observed = period_text(*windows.observed)
    return Outcome(
        figures=figures,
        arms=arms,
        observed=observed,
        baseline=period_text(*windows.baseline),
        gain=_gain_chart(figures, arms, observed),
        placement=_placement_chart(arms),
        change=_change_chart(arms),
    )


def arm_rows(figures: OutcomeFigures) -> tuple[ArmRow, ArmRow]:
    """Both groups of the lottery, those offered training first."""
    on_file = rules.find(figures.determination)
    assert on_file is not None, "the report has just read it"
    means, sums = on_file.result["estimate"]["mean_dollars"], on_file.result["sums"]
    return (
        ArmRow(
            _("Offered training"),
            "treated",
            figures.n_treated,
            sums["treated"]["observed_earners"],
            Decimal(means["treated"]),
            figures.placement_rate_treated,
            figures.wage_change_treated_dollars,
        ),
        ArmRow(
            _("Not offered"),
            "control",
            figures.n_control,
            sums["control"]["observed_earners"],
            Decimal(means["control"]),
            figures.placement_rate_control,
            figures.wage_change_control_dollars,
        ),
    )


def _gain_chart(figures: OutcomeFigures, arms: tuple[ArmRow, ...], observed: str) -> Chart:
    low, high = figures.ci95_dollars
    title = _gain_title(figures, observed)
    interval = _("%(gain)s (95 %%: %(low)s to %(high)s)") % {
        "gain": dollars_text(figures.estimate_dollars),
        "low": dollars_text(low),
        "high": dollars_text(high),
    }
    rows = [
        Bar(
            _("%(arm)s, %(people)s people") % {"arm": arm.name, "people": f"{arm.people:,}"},
            dollars_text(arm.mean_dollars),
            (Part(arm.mean_dollars, "main" if arm.arm == "treated" else "other"),),
        )
        for arm in arms
    ]
    rows.append(
        Bar(
            _("Difference"),
            interval,
            (Part(figures.estimate_dollars, "main"),),
            figures.ci95_dollars,
        )
    )
    description = "; ".join(f"{row.label}: {row.text}" for row in rows)
    return both(
        lambda name, width: charts.bars(name, title, description, rows, width), "gain", title
    )


def _gain_title(figures: OutcomeFigures, observed: str) -> str:
    low, high = figures.ci95_dollars
    amount = dollars_text(abs(figures.estimate_dollars))
    words = {"amount": amount, "period": observed}
    if low <= 0 <= high:
        return _("The difference of %(amount)s in %(period)s could be due to chance alone") % words
    if figures.estimate_dollars > 0:
        return _("People offered training earned %(amount)s more in %(period)s") % words
    return _("People offered training earned %(amount)s less in %(period)s") % words


def _placement_chart(arms: tuple[ArmRow, ...]) -> Chart:
    title = _("%(treated)s of people offered training had earnings, against %(control)s") % {
        "treated": share_text(arms[0].placement_rate),
        "control": share_text(arms[1].placement_rate),
    }
    rows = [
        Bar(
            arm.name,
            _("%(share)s: %(earners)s of %(people)s")
            % {
                "share": share_text(arm.placement_rate),
                "earners": f"{arm.earners:,}",
                "people": f"{arm.people:,}",
            },
            (
                Part(arm.placement_rate, "main" if arm.arm == "treated" else "other"),
                Part(1 - arm.placement_rate, "rest"),
            ),
        )
        for arm in arms
    ]
    return _small(rows, "placement", title)


def _change_chart(arms: tuple[ArmRow, ...]) -> Chart:
    title = _("Earnings changed by %(treated)s on average, against %(control)s") % {
        "treated": dollars_text(arms[0].wage_change_dollars),
        "control": dollars_text(arms[1].wage_change_dollars),
    }
    rows = [
        Bar(
            arm.name,
            dollars_text(arm.wage_change_dollars),
            (Part(arm.wage_change_dollars, "main" if arm.arm == "treated" else "other"),),
        )
        for arm in arms
    ]
    return _small(rows, "change", title)


def _small(rows: list[Bar], name: str, title: str) -> Chart:
    """A chart small enough for half a desktop and a whole phone: drawn once."""
    description = "; ".join(f"{row.label}: {row.text}" for row in rows)
    return Chart(title, "", charts.bars(name, title, description, rows, charts.NARROW))


def ramp_chart(report: Report, terms: OutcomeCurve) -> Chart:
    """From outcome to bonus: the curve of the terms and, once determined, where it was met."""
    bonus, figures = report.bonus, report.outcome
    bonus_percent = None if bonus is None else bonus.bonus_bps / 100
    cap = percent_text(terms.cap_percent)
    if bonus_percent is None or figures is None:
        title = _("The bonus starts above %(threshold)s and is at most %(cap)s a year") % {
            "threshold": dollars_text(terms.threshold_dollars),
            "cap": cap,
        }
    else:
        title = _("A gain of %(gain)s earned a bonus of %(bonus)s, of at most %(cap)s") % {
            "gain": dollars_text(_evaluated(terms, figures)),
            "bonus": percent_text(bonus_percent, terms.rate_places),
            "cap": cap,
        }
    curve = charts.Ramp(
        terms.threshold_dollars,
        terms.target_dollars,
        terms.at_target_percent,
        terms.floor_percent,
        terms.cap_percent,
        None if figures is None else (_evaluated(terms, figures), *figures.ci95_dollars),
        bonus_percent,
    )
    words = charts.RampWords(
        threshold=_("threshold %(dollars)s")
        % {"dollars": whole_dollars_text(terms.threshold_dollars)},
        target=_("target %(dollars)s") % {"dollars": whole_dollars_text(terms.target_dollars)},
        cap=_("cap %(percent)s") % {"percent": cap},
        measured=""
        if bonus_percent is None
        else _("bonus %(percent)s") % {"percent": percent_text(bonus_percent, terms.rate_places)},
        across=_("Gain in dollars a year, with its 95 per cent interval"),
    )
    description = _(
        "The bonus is zero up to a gain of %(threshold)s, rises in a straight line towards "
        "%(at_target)s at %(target)s, and stops at the cap of %(cap)s."
    ) % {
        "threshold": dollars_text(terms.threshold_dollars),
        "at_target": percent_text(terms.at_target_percent),
        "target": dollars_text(terms.target_dollars),
        "cap": cap,
    }
    return both(
        lambda name, width: charts.ramp(name, title, description, curve, words, width),
        "ramp",
        title,
    )


def _evaluated(terms: OutcomeCurve, figures: OutcomeFigures) -> Decimal:
    """The number of the measure that counts under the terms."""
    if terms.evaluate is Evaluate.CI95_LOWER:
        return figures.ci95_dollars[0]
    return figures.estimate_dollars
