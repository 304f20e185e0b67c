"""The money-flow picture has every way money went, in both layouts, each with its trace."""

from __future__ import annotations

import re
from itertools import combinations
from xml.etree import ElementTree

import pytest
from django.test import Client

from lmb.settlement.report import Report
from lmb.values.money import format_cents
from lmb.web.money_flow import Arrow, MoneyFlow, Party, draw
from lmb.web.money_flow_layout import NARROW, WIDE, Layout
from lmb.web.public.flow import TRANCHES, flow
from tests.web.support import bond_address, html

LAYOUTS = pytest.mark.parametrize("layout", [WIDE, NARROW], ids=lambda layout: str(layout.name))


def blank(layout: Layout, **changes: Arrow) -> MoneyFlow:
    """A picture in which nothing has moved, but for some arrows."""
    parties = {box.party: Party(box.party, "") for box in layout.boxes}
    arrows = {key: Arrow("a", "b", key, "", "", "training") for key in layout.strokes}
    return MoneyFlow("Title", "Description", parties, arrows | changes)


@LAYOUTS
def test_parties_stand_apart_and_inside_the_picture(layout: Layout) -> None:
    for one, other in combinations(layout.boxes, 2):
        assert (
            one.x + one.width < other.x
            or other.x + other.width < one.x
            or one.y + one.height < other.y
            or other.y + other.height < one.y
        ), (one, other)
    for box in layout.boxes:
        assert box.x >= 0
        assert box.x + box.width <= layout.width
        assert box.y + box.height <= layout.height


@LAYOUTS
def test_arrows_run_along_one_axis_inside_the_picture(layout: Layout) -> None:
    for stroke in layout.strokes.values():
        assert (stroke.x1 == stroke.x2) != (stroke.y1 == stroke.y2)
        assert min(stroke.x1, stroke.x2, stroke.y1, stroke.y2) >= 0
        assert max(stroke.x1, stroke.x2) <= layout.width
        assert max(stroke.y1, stroke.y2) <= layout.height


def test_both_layouts_place_the_same_parties_and_arrows() -> None:
    assert set(WIDE.strokes) == set(NARROW.strokes)
    assert {box.party for box in WIDE.boxes} == {box.party for box in NARROW.boxes}


@LAYOUTS
def test_arrow_is_a_link_once_money_has_moved_and_escaped(layout: Layout) -> None:
    price = Arrow("a", "b", "<price>", "$1 & more", '/trace/1/"', "training")
    root = ElementTree.fromstring(draw(blank(layout, price=price), layout, "flow"))
    links = list(root.iter("a"))
    assert [link.attrib["href"] for link in links] == ['/trace/1/"']
    assert "".join(links[0].itertext()).split() == ["<price>", "$1", "&", "more"]
    pending = [item for item in root.iter("g") if item.attrib["class"].endswith("pending")]
    assert len(pending) == len(layout.strokes) - 1


def test_table_sums_to_the_report(demonstration: Report) -> None:
    cents = {leg.key: leg.amount_cents for leg in flow(demonstration).legs}
    money, wallets = demonstration.money, demonstration.wallets
    assert cents["bond-price"] + cents["accrued-interest"] == money.investors_paid_cents
    assert cents["deposit"] == cents["bond-price"]
    assert cents["state-allocation"] == cents["board-allocation"] == wallets.granted_cents
    assert sum(cents[code] for code in TRANCHES) == money.providers_cents
    assert cents["grant-return"] == cents["board-return"] == cents["state-return"]
    assert cents["state-return"] == wallets.returned_cents
    assert cents["treasury-return"] == money.treasury_returned_cents
    assert cents["interest"] + cents["bonus"] == money.interest_cents + money.bonus_cents


def test_every_movement_of_the_demonstration_is_drawn_with_its_amount(
    client: Client, demonstration: Report
) -> None:
    markup = html(client, bond_address(demonstration))
    found = flow(demonstration)
    for name in ("wide", "narrow"):
        (svg,) = re.findall(rf'<svg class="flow flow-{name}".*?</svg>', markup)
        for leg in found.legs:
            if leg.key not in TRANCHES:
                assert f">{format_cents(leg.amount_cents)}<" in svg, leg.key
        assert f">{format_cents(demonstration.money.providers_cents)}<" in svg
        assert 'class="arrow training pending"' not in svg
        assert 'class="arrow investors pending"' not in svg
    assert all(f'href="/trace/{leg.trace}/"' in markup for leg in found.legs)
