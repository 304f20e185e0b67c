"""Where the boxes, arrows and labels of the money-flow picture stand, for desktop and phone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

BOX_TEXT = 9.4
"""Pixels a letter of a name takes, roughly: a name is broken before it leaves its box."""


@dataclass(frozen=True, slots=True)
class Box:
    """A party's place. `style` is money or evidence."""

    party: str
    x: float
    y: float
    width: float
    height: float
    style: str = "money"


@dataclass(frozen=True, slots=True)
class Label:
    """Where the words of an arrow stand: two lines from `y` down, or one."""

    x: float
    y: float
    anchor: str = "middle"
    width: float = 110
    one_line: bool = False


@dataclass(frozen=True, slots=True)
class Stroke:
    """An arrow from one point to another along one axis."""

    x1: float
    y1: float
    x2: float
    y2: float
    label: Label


@dataclass(frozen=True, slots=True)
class Layout:
    """One arrangement of the whole picture."""

    name: str
    width: int
    height: int
    boxes: tuple[Box, ...]
    strokes: Mapping[str, Stroke] = field(default_factory=dict)


W, H, GAP = 144, 78, 126
C = [8 + place * (W + GAP) for place in range(5)]
R = [14, 206, 372]
"""Left edges of the five columns and upper edges of the three rows of the desktop picture."""


def _across(left: int, row: float, *, back: bool, below: bool) -> Stroke:
    """An arrow in the gap right of column `left`; below carries the second of a pair."""
    start, end = C[left] + W + 4, C[left + 1] - 4
    y = row + (50 if below else 36)
    label = Label(C[left] + W + GAP / 2, row + (56 if below else -6))
    return Stroke(end, y, start, y, label) if back else Stroke(start, y, end, y, label)


def _up(x: float, label_place: int) -> Stroke:
    label = Label(C[0] + 84, R[0] + H + 8 + label_place * 24, "start", 220, one_line=True)
    return Stroke(x, R[1] - 4, x, R[0] + H + 4, label)


WIDE = Layout(
    "wide",
    C[4] + W + 62,
    R[2] + H + 14,
    (
        Box("investors", C[0], R[0], W, H),
        Box("treasury", C[1], R[0], W, H),
        Box("fund", C[2], R[0], W, H),
        Box("state", C[3], R[0], W, H),
        Box("board", C[4], R[0], W, H),
        Box("coupons", C[0], R[1], W, H),
        Box("appropriation", C[1], R[1], W, H),
        Box("provider", C[3], R[1], W, H),
        Box("wallets", C[4], R[1], W, H),
        Box("determination", C[0], R[2], W, H, "evidence"),
        Box("measure", C[1], R[2], W, H, "evidence"),
        Box("facts", C[2], R[2], W, H, "evidence"),
        Box("people", C[3], R[2], 2 * W + GAP, H, "evidence"),
    ),
    {
        "price": _across(0, R[0], back=False, below=False),
        "deposit": _across(1, R[0], back=False, below=False),
        "treasury-return": _across(1, R[0], back=True, below=True),
        "state-allocation": _across(2, R[0], back=False, below=False),
        "state-return": _across(2, R[0], back=True, below=True),
        "board-allocation": _across(3, R[0], back=False, below=False),
        "board-return": _across(3, R[0], back=True, below=True),
        "grant": Stroke(
            C[4] + 30, R[0] + H + 4, C[4] + 30, R[1] - 4, Label(C[4] + 20, R[0] + H + 38, "end")
        ),
        "grant-return": Stroke(
            C[4] + 100,
            R[1] - 4,
            C[4] + 100,
            R[0] + H + 4,
            Label(C[4] + 110, R[0] + H + 38, "start", 96),
        ),
        "tranches": _across(3, R[1], back=True, below=False),
        "interest-appropriation": _across(0, R[1], back=True, below=False),
        "principal-appropriation": _across(0, R[1], back=True, below=True),
        "interest": _up(C[0] + 28, 0),
        "bonus": _up(C[0] + 42, 1),
        "principal": _up(C[0] + 56, 2),
        "accrued-interest": Stroke(
            C[0] + 70,
            R[0] + H + 4,
            C[0] + 70,
            R[1] - 4,
            Label(C[0] + 84, R[0] + H + 80, "start", 220, one_line=True),
        ),
        "work": Stroke(
            C[4] + 75, R[1] + H + 4, C[4] + 75, R[2] - 4, Label(C[4] + 65, R[1] + H + 26, "end")
        ),
        "records": _across(2, R[2], back=True, below=False),
        "comparison": _across(1, R[2], back=True, below=False),
        "gain": _across(0, R[2], back=True, below=False),
        "bonus-rate": Stroke(
            C[0] + 42, R[2] - 4, C[0] + 42, R[1] + H + 4, Label(C[0] + 56, R[1] + H + 26, "start")
        ),
    },
)

NW, NH, NGAP = 210, 62, 66
STACK = ["investors", "treasury", "fund", "state", "board", "wallets"]
EVIDENCE = ["people", "facts", "measure"]


def _top(place: int) -> float:
    return 8 + place * (NH + NGAP)


def _down(place: int, x: float = 44) -> Stroke:
    top = _top(place) + NH
    return Stroke(x, top + 4, x, top + NGAP - 4, Label(x + 12, top + 12, "start", 120))


def _back(place: int) -> Stroke:
    top = _top(place) + NH
    return Stroke(192, top + NGAP - 4, 192, top + 4, Label(204, top + 12, "start", 126))


def _narrow() -> Layout:
    boxes = [Box(party, 8, _top(place), NW, NH) for place, party in enumerate(STACK)]
    boxes.append(Box("provider", 8, _top(6), NW, NH))
    for place, party in enumerate(EVIDENCE, start=7):
        boxes.append(Box(party, 8, _top(place), NW, NH, "evidence"))
    last = _top(10)
    boxes.append(Box("determination", 8, last, 156, NH, "evidence"))
    boxes.append(Box("appropriation", 176, last, 156, NH))
    coupons = last + NH + 108
    boxes.append(Box("coupons", 8, coupons, 324, NH))
    again = coupons + NH + 116
    boxes.append(Box("investors", 8, again, 324, NH))

    def side(x: float, label_y: float, label_x: float) -> Stroke:
        return Stroke(
            x,
            last + NH + 4,
            x,
            coupons - 4,
            Label(label_x, last + NH + label_y, "start", 120),
        )

    def paid(x: float, place: int) -> Stroke:
        label = Label(108, coupons + NH + 10 + place * 24, "start", 224, one_line=True)
        return Stroke(x, coupons + NH + 4, x, again - 4, label)

    interest_back = paid(86, 3)
    return Layout(
        "narrow",
        340,
        int(again + NH + 10),
        tuple(boxes),
        {
            "price": _down(0),
            "deposit": _down(1),
            "treasury-return": _back(1),
            "state-allocation": _down(2),
            "state-return": _back(2),
            "board-allocation": _down(3),
            "board-return": _back(3),
            "grant": _down(4),
            "grant-return": _back(4),
            "tranches": _down(5),
            "work": _down(6),
            "records": _down(7),
            "comparison": _down(8),
            "gain": _down(9),
            "bonus-rate": side(32, 34, 44),
            "interest-appropriation": side(196, 12, 218),
            "principal-appropriation": side(208, 58, 218),
            "interest": paid(32, 0),
            "bonus": paid(50, 1),
            "principal": paid(68, 2),
            "accrued-interest": Stroke(
                86, interest_back.y2, 86, interest_back.y1, interest_back.label
            ),
        },
    )


NARROW = _narrow()
