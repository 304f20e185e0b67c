"""Charts as SVG, drawn on the server: pure functions from numbers to text.

A chart answers one question; its title is the finding. Labels stand at what they name, bars start
at zero, intervals are drawn. Colours come from classes of the stylesheet, because the pages allow
no inline style. The same numbers stand in a table beside each chart.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape

from django.utils.safestring import SafeString, mark_safe

WIDE = 880
NARROW = 340
"""Widths charts are drawn for, in pixels of text at its normal size: desktop and phone."""

LETTER = 7.8
"""Pixels a letter of a label takes, roughly: where label and number would meet, they part."""

LABEL_EVERY = 12
"""More columns than this have room for a label only here and there."""


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a bar. `style` names its class: main, bonus, other or rest."""

    value: Decimal
    style: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One row: what it is, what it shows, and the 95 % interval where it is an estimate."""

    label: str
    text: str
    parts: tuple[Part, ...]
    interval: tuple[Decimal, Decimal] | None = None

    @property
    def total(self) -> Decimal:
        return sum((part.value for part in self.parts), Decimal(0))


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the label below it, an optional note above it, and its parts from zero up."""

    label: str
    note: str
    parts: tuple[Part, ...]

    @property
    def total(self) -> Decimal:
        return sum((part.value for part in self.parts), Decimal(0))


@dataclass(frozen=True, slots=True)
class Ramp:
    """How an outcome becomes a bonus: nothing up to `threshold`, rising to `at_target` at
    `target`, kept within `floor` and `cap`; and what was measured, where it was."""

    threshold: Decimal
    target: Decimal
    at_target: Decimal
    floor: Decimal
    cap: Decimal
    measured: tuple[Decimal, Decimal, Decimal] | None
    bonus: Decimal | None

    def unbounded(self, outcome: Decimal) -> Decimal:
        score = (outcome - self.threshold) / (self.target - self.threshold)
        return min(max(score, Decimal(0)), Decimal(1)) * self.at_target

    def at(self, outcome: Decimal) -> Decimal:
        """The bonus an outcome earns, before rounding."""
        return min(max(self.unbounded(outcome), self.floor), self.cap)


@dataclass(frozen=True, slots=True)
class RampWords:
    """What is written at the parts of a ramp, in the language of the page."""

    threshold: str
    target: str
    cap: str
    measured: str
    across: str


def bars(identifier: str, title: str, description: str, rows: Sequence[Bar], width: int) -> str:
    """Horizontal bars from a common zero, each under its label and number."""
    crowded = any((len(row.label) + len(row.text) + 2) * LETTER > width for row in rows)
    bar_height, head = 22, 44 if crowded else 24
    row_height = head + bar_height + 12
    ends = [row.total for row in rows] + [end for row in rows for end in row.interval or ()]
    lowest, reach = min([*ends, Decimal(0)]), max([*ends, Decimal(0)])
    span = (reach - lowest) or Decimal(1)

    def across(value: Decimal) -> float:
        return 1 + float((value - lowest) / span * (width - 3))

    drawn = []
    for place, row in enumerate(rows):
        top = place * row_height
        drawn.append(text(0, top + 16, row.label, "label"))
        if crowded:
            drawn.append(text(0, top + 36, row.text, "value"))
        else:
            drawn.append(text(width, top + 16, row.text, "value", "end"))
        if row.interval is None:
            drawn += _stretches(across, row, top + head, bar_height)
        else:
            drawn += _interval(across, row, top + head + bar_height / 2)
        zero = across(Decimal(0))
        drawn.append(line(zero, top + head - 3, zero, top + head + bar_height + 3, "axis"))
    return picture(identifier, title, description, width, len(rows) * row_height, drawn)


def _stretches(
    across: Callable[[Decimal], float], row: Bar, top: float, height: float
) -> list[str]:
    drawn, start = [], Decimal(0)
    for part in row.parts:
        left, right = sorted((across(start), across(start + part.value)))
        drawn.append(rectangle(left, top, right - left, height, part.style))
        start += part.value
    return drawn


def _interval(across: Callable[[Decimal], float], row: Bar, middle: float) -> list[str]:
    assert row.interval is not None
    low, high = (across(end) for end in row.interval)
    centre = across(row.total)
    return [
        line(low, middle, high, middle, "whisker"),
        line(low, middle - 8, low, middle + 8, "whisker"),
        line(high, middle - 8, high, middle + 8, "whisker"),
        f'<circle class="point" cx="{centre:.1f}" cy="{middle:.1f}" r="7"/>',
    ]


def columns(
    identifier: str, title: str, description: str, rows: Sequence[Column], width: int
) -> str:
    """Columns from zero up, parts stacked, a note above those that have one."""
    height, top, bottom = 240, 30, 26
    step = width / max(len(rows), 1)
    thick = min(step * 0.66, 56)
    reach = max((row.total for row in rows), default=Decimal(0)) or Decimal(1)
    room = height - top - bottom
    every = 1 if len(rows) <= LABEL_EVERY else 5
    drawn = []
    for place, row in enumerate(rows):
        left = place * step + (step - thick) / 2
        base = float(height - bottom)
        for part in row.parts:
            tall = float(part.value / reach * room)
            base -= tall
            drawn.append(rectangle(left, base, thick, tall, part.style))
        if row.note:
            drawn.append(text(left, base - 8, row.note, "value"))
        if (place + 1) % every == 0 or every == 1:
            drawn.append(text(left + thick / 2, height - 8, row.label, "mark", "middle"))
    drawn.append(line(0, height - bottom, width, height - bottom, "axis"))
    return picture(identifier, title, description, width, height, drawn)


def ramp(
    identifier: str, title: str, description: str, curve: Ramp, words: RampWords, width: int
) -> str:
    """The bonus over the outcome, with threshold, target, cap, and the estimate in its interval."""
    left, right, top, base = 6.0, width - 8.0, 34.0, 200.0
    ends = [curve.target * Decimal("1.25"), *(curve.measured or ())]
    reach = max(ends)
    highest = max(curve.at(reach), curve.bonus or Decimal(0)) or Decimal(1)

    def x(outcome: Decimal) -> float:
        return left + float(max(outcome, Decimal(0)) / reach) * (right - left)

    def y(bonus: Decimal) -> float:
        return base - float(bonus / highest) * (base - top)

    drawn = [line(left, base, right, base, "axis")]
    if curve.cap < curve.at_target:
        drawn.append(line(left, y(curve.cap), right, y(curve.cap), "guide"))
        drawn.append(text(left, y(curve.cap) - 8, words.cap, "label"))
    outcomes = sorted({Decimal(0), curve.threshold, *_bends(curve), curve.target, reach})
    path = " ".join(
        f"{x(outcome):.1f},{y(curve.at(outcome)):.1f}" for outcome in outcomes if outcome >= 0
    )
    drawn.append(f'<polyline class="curve" points="{path}"/>')
    for outcome, words_at, anchor in (
        (curve.threshold, words.threshold, "start"),
        (curve.target, words.target, "end" if width < WIDE else "middle"),
    ):
        drawn.append(line(x(outcome), base, x(outcome), base + 8, "axis"))
        drawn.append(text(x(outcome), base + 24, words_at, "mark", anchor))
    if curve.measured is not None and curve.bonus is not None:
        estimate, low, high = curve.measured
        middle = base + 52
        drawn.append(line(x(estimate), y(curve.bonus), x(estimate), base, "guide strong"))
        drawn.append(line(x(estimate), base + 32, x(estimate), middle, "guide strong"))
        drawn += _interval(x, Bar("", "", (Part(estimate, "main"),), (low, high)), middle)
        drawn.append(
            f'<circle class="point bonus" cx="{x(estimate):.1f}" cy="{y(curve.bonus):.1f}" r="7"/>'
        )
        drawn.append(text(x(estimate) - 14, y(curve.bonus) + 4, words.measured, "value", "end"))
    drawn.append(text(left, base + 86, words.across, "mark"))
    return picture(identifier, title, description, width, int(base + 96), drawn)


def _bends(curve: Ramp) -> list[Decimal]:
    """Where cap and floor bend the line."""
    span = curve.target - curve.threshold
    if not curve.at_target:
        return []
    return [
        curve.threshold + span * level / curve.at_target
        for level in (curve.floor, curve.cap)
        if 0 < level < curve.at_target
    ]


def picture(
    identifier: str, title: str, description: str, width: int, height: float, drawn: Sequence[str]
) -> SafeString:
    """One image with its title and description; `identifier` is unique on the page."""
    # Everything that is text has been escaped by the functions below.
    return mark_safe(
        f'<svg class="chart" role="img" viewBox="0 0 {width} {height}" '
        f'aria-labelledby="{identifier}-title" aria-describedby="{identifier}-description">'
        f'<title id="{identifier}-title">{escape(title)}</title>'
        f'<desc id="{identifier}-description">{escape(description)}</desc>{"".join(drawn)}</svg>'
    )


def text(x: float, y: float, words: str, style: str, anchor: str = "start") -> str:
    return (
        f'<text class="{style}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">'
        f"{escape(words)}</text>"
    )


def line(x1: float, y1: float, x2: float, y2: float, style: str) -> str:
    return f'<line class="{style}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def rectangle(x: float, y: float, width: float, height: float, style: str) -> str:
    return (
        f'<rect class="{style}" x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" '
        f'height="{max(height, 0):.1f}"/>'
    )
