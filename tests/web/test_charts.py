"""Charts draw what they are given: from zero, to scale, with intervals, and escaped."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from fractions import Fraction
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmb.bonds.linked.coupons import determine_coupons
from lmb.bonds.linked.curve import outcome_curve
from lmb.bonds.linked.document import load_linked_sheet
from lmb.bonds.linked.kpis_file import Observation
from lmb.bonds.linked.measured import measured_windows
from lmb.web import charts
from lmb.web.charts import Bar, Column, Part, Ramp, RampWords
from tests.bonds.support import changed

SHEET = load_linked_sheet("terms.json", changed())
WORDS = RampWords("threshold", "target", "cap", "bonus", "gain")


def drawn(svg: str, tag: str, style: str = "") -> list[dict[str, str]]:
    found = ElementTree.fromstring(svg).iter(tag)
    return [dict(item.attrib) for item in found if item.attrib.get("class", "").startswith(style)]


def bar(label: str, value: str, style: str = "main") -> Bar:
    return Bar(label, value, (Part(Decimal(value), style),))


@pytest.mark.parametrize("width", [charts.WIDE, charts.NARROW])
def test_bars_are_as_long_as_their_numbers_from_a_common_zero(width: int) -> None:
    svg = charts.bars("b", "Title", "Description", [bar("a", "100"), bar("b", "25")], width)
    first, second = drawn(svg, "rect")
    assert first["x"] == second["x"]
    assert float(first["width"]) == pytest.approx(4 * float(second["width"]), abs=0.4)
    assert float(first["x"]) + float(first["width"]) <= width


def test_bar_below_zero_goes_the_other_way() -> None:
    svg = charts.bars("b", "Title", "Description", [bar("a", "100"), bar("b", "-50")], 340)
    above, below = drawn(svg, "rect")
    assert float(below["x"]) + float(below["width"]) == pytest.approx(float(above["x"]), abs=0.2)
    assert all(float(axis["x1"]) == float(above["x"]) for axis in drawn(svg, "line", "axis"))


def test_interval_is_drawn_from_end_to_end_around_its_estimate() -> None:
    row = Bar("a", "1", (Part(Decimal(50), "main"),), (Decimal(25), Decimal(100)))
    svg = charts.bars("b", "Title", "Description", [row], 343)
    whisker = drawn(svg, "line", "whisker")[0]
    (point,) = drawn(svg, "circle")
    assert (float(whisker["x1"]), float(point["cx"]), float(whisker["x2"])) == (86.0, 171.0, 341.0)


def test_label_and_number_that_would_meet_stand_on_two_lines() -> None:
    long = Bar("A label that is as long as a phone is wide", "$1,234.56", (Part(Decimal(1), "m"),))
    lines = drawn(charts.bars("b", "Title", "Description", [long], charts.NARROW), "text")
    assert len({line["y"] for line in lines}) == 2
    lines = drawn(charts.bars("b", "Title", "Description", [long], charts.WIDE), "text")
    assert len({line["y"] for line in lines}) == 1


def test_columns_stack_their_parts_from_zero() -> None:
    rows = [
        Column("1", "7 %", (Part(Decimal(60), "main"),)),
        Column("2", "9 %", (Part(Decimal(60), "main"), Part(Decimal(20), "bonus"))),
    ]
    one, base, top = drawn(charts.columns("c", "Title", "Description", rows, 340), "rect")
    assert one["y"] == base["y"]
    assert float(top["y"]) + float(top["height"]) == pytest.approx(float(base["y"]), abs=0.1)
    assert float(base["height"]) == pytest.approx(3 * float(top["height"]), abs=0.2)


def test_many_columns_are_labelled_now_and_then() -> None:
    rows = [Column(str(number), "", (Part(Decimal(1), "main"),)) for number in range(1, 41)]
    svg = charts.columns("c", "Title", "Description", rows, charts.NARROW)
    assert re.findall(r"<text[^>]*>(\d+)</text>", svg) == [
        str(number) for number in range(5, 41, 5)
    ]


def test_nothing_to_draw_is_an_empty_chart() -> None:
    assert "<title" in charts.bars("b", "Title", "Description", [], 340)
    assert "<title" in charts.columns("c", "Title", "Description", [], 340)


@given(st.decimals(min_value=-2000, max_value=9000, places=2))
def test_drawn_bonus_is_the_bonus_of_the_terms(gain: Decimal) -> None:
    terms = outcome_curve(SHEET)
    assert terms is not None
    curve = Ramp(
        terms.threshold_dollars,
        terms.target_dollars,
        terms.at_target_percent,
        terms.floor_percent,
        terms.cap_percent,
        None,
        None,
    )
    window = measured_windows(SHEET).observed
    seen = Observation(
        2, "earnings-gain", window, 1, gain, 1000, Decimal(100), gain, None, date(1979, 7, 1), "us"
    )
    found = determine_coupons(SHEET, [seen], Decimal(7), SHEET.offering_cents, date(1981, 1, 1))
    paid = found.coupons[-1].adjustment_percent
    assert abs(Fraction(curve.at(gain)) - paid) <= Fraction(1, 2 * 10**terms.rate_places)


@pytest.mark.parametrize("width", [charts.WIDE, charts.NARROW])
def test_ramp_marks_the_estimate_where_it_meets_the_curve(width: int) -> None:
    measured = (Decimal(1500), Decimal(-500), Decimal(4000))
    threshold, target, at_target, floor, cap = map(Decimal, ("500", "2500", "3", "0", "2.5"))
    curve = Ramp(threshold, target, at_target, floor, cap, measured, Decimal("1.5"))
    svg = charts.ramp("r", "Title", "Description", curve, WORDS, width)
    met = drawn(svg, "circle", "point bonus")[0]
    line = ElementTree.fromstring(svg).find("polyline")
    assert line is not None
    points = [tuple(map(float, point.split(","))) for point in line.attrib["points"].split()]
    (x1, y1), (x2, y2) = points[1:3]
    expected = y1 + (y2 - y1) * (float(met["cx"]) - x1) / (x2 - x1)
    assert float(met["cy"]) == pytest.approx(expected, abs=0.3)


def test_words_are_escaped_and_an_image_is_named_and_described() -> None:
    svg = charts.bars("b", "<Title>", "a & b", [bar('"><script>', "1")], 340)
    assert "<script>" not in svg
    root = ElementTree.fromstring(svg)
    assert root.attrib["role"] == "img"
    assert [root.findtext("title"), root.findtext("desc")] == ["<Title>", "a & b"]
    assert root.attrib["aria-labelledby"] == "b-title"
