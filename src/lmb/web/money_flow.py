"""The money-flow picture: the same drawing everywhere, every arrow a link to its trace.

    investors ─▶ Treasury ─▶ fund ─▶ state ─▶ board
        ▲                                       │
     coupons ◀─ appropriation     provider ◀─ wallets
        ▲                                       ┊
    determination ◀┄┄┄ measure ◀┄┄┄ facts ◀┄┄ people

It is drawn twice, for a desktop and for a phone; the stylesheet shows one of the two and takes
the other away from everybody, screen readers included.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from textwrap import wrap

from django.utils.safestring import SafeString, mark_safe

from lmb.web.money_flow_layout import BOX_TEXT, Box, Label, Layout, Stroke

LINE_HEIGHT = 18
ARROW_HEAD = 9.0
HIT_HEIGHT = 38
"""A label of two lines is a target this high; WCAG 2.2 asks for 24 pixels."""


@dataclass(frozen=True, slots=True)
class Party:
    """Who money or evidence passes through: a name, and a note below it."""

    name: str
    note: str


@dataclass(frozen=True, slots=True)
class Arrow:
    """What passes from one party to the next. `amount` and `href` are empty while nothing has
    passed; `style` is training, investors, bonus, returned or evidence."""

    source: str
    target: str
    words: str
    amount: str
    href: str
    style: str


@dataclass(frozen=True, slots=True)
class MoneyFlow:
    """The whole picture by keys that the layouts place."""

    title: str
    description: str
    parties: Mapping[str, Party]
    arrows: Mapping[str, Arrow]


def draw(flow: MoneyFlow, layout: Layout, identifier: str) -> SafeString:
    """The picture in one layout; `identifier` is unique on the page."""
    drawn = [_box(flow.parties[box.party], box) for box in layout.boxes]
    for key, stroke in layout.strokes.items():
        drawn.append(_stroke(flow.arrows[key], stroke))
    # Everything that is text has been escaped where it was put in.
    return mark_safe(
        f'<svg class="flow flow-{layout.name}" role="group" '
        f'viewBox="0 0 {layout.width} {layout.height}" '
        f'aria-labelledby="{identifier}-title" aria-describedby="{identifier}-description">'
        f'<title id="{identifier}-title">{escape(flow.title)}</title>'
        f'<desc id="{identifier}-description">{escape(flow.description)}</desc>'
        f"{''.join(drawn)}</svg>"
    )


def _box(party: Party, box: Box) -> str:
    names = wrap(party.name, max(int(box.width / BOX_TEXT), 8))
    lines = [(name, "name") for name in names]
    if party.note:
        lines.append((party.note, "note"))
    first = box.y + box.height / 2 - (len(lines) - 1) * LINE_HEIGHT / 2 + 5
    centre = box.x + box.width / 2
    words = "".join(
        f'<text class="{style}" x="{centre}" y="{first + place * LINE_HEIGHT}" '
        f'text-anchor="middle">{escape(content)}</text>'
        for place, (content, style) in enumerate(lines)
    )
    return (
        f'<g class="party {box.style}"><rect x="{box.x}" y="{box.y}" width="{box.width}" '
        f'height="{box.height}" rx="6"/>{words}</g>'
    )


def _stroke(arrow: Arrow, stroke: Stroke) -> str:
    line = (
        f'<line x1="{stroke.x1}" y1="{stroke.y1}" x2="{stroke.x2}" y2="{stroke.y2}"/>'
        f'<polygon points="{_head(stroke)}"/>'
    )
    label = _label(arrow, stroke.label)
    if not arrow.href:
        return f'<g class="arrow {arrow.style} pending">{line}{label}</g>'
    return (
        f'<a class="arrow {arrow.style}" href="{escape(arrow.href)}">{line}'
        f"{_target(stroke.label)}{label}</a>"
    )


def _head(stroke: Stroke) -> str:
    """The three points of an arrow head; strokes run along one axis."""
    x, y, size = stroke.x2, stroke.y2, ARROW_HEAD
    if stroke.x1 == stroke.x2:
        back = y - size if stroke.y2 > stroke.y1 else y + size
        return f"{x},{y} {x - size * 0.6},{back} {x + size * 0.6},{back}"
    back = x - size if stroke.x2 > stroke.x1 else x + size
    return f"{x},{y} {back},{y - size * 0.6} {back},{y + size * 0.6}"


def _label(arrow: Arrow, label: Label) -> str:
    if label.one_line:
        return (
            f'<text x="{label.x}" y="{label.y + 16}" text-anchor="{label.anchor}">'
            f'<tspan class="words">{escape(arrow.words)} </tspan>'
            f'<tspan class="amount">{escape(arrow.amount)}</tspan></text>'
        )
    return (
        f'<text class="words" x="{label.x}" y="{label.y + 13}" text-anchor="{label.anchor}">'
        f'{escape(arrow.words)} </text><text class="amount" x="{label.x}" y="{label.y + 31}" '
        f'text-anchor="{label.anchor}">{escape(arrow.amount)}</text>'
    )


def _target(label: Label) -> str:
    left = {
        "start": label.x,
        "middle": label.x - label.width / 2,
        "end": label.x - label.width,
    }[label.anchor]
    height = 24 if label.one_line else HIT_HEIGHT
    return (
        f'<rect class="target" x="{left}" y="{label.y}" width="{label.width}" height="{height}"/>'
    )
