"""What each operation that reads shows, and to whom."""

from __future__ import annotations

import json

import pytest

from lmb.people.roles import Role
from tests.api.conftest import World
from tests.api.support import get, problem


def items(path: str, world: World, role: Role | None = None) -> list[dict[str, object]]:
    response = get(path, None if role is None else world.clients[role])
    assert response.status_code == 200, response.content
    return list(json.loads(response.content)["items"])


def test_everyone_sees_the_bond_its_terms_and_its_coupons(world: World) -> None:
    (listed,) = items("/bonds", world)
    assert listed["cusip"] == world.bond.cusip
    place = f"/bonds/{world.bond.id}"
    assert json.loads(get(place).content) == listed
    assert json.loads(get(f"{place}/terms").content) == world.bond.terms.document()
    coupons = json.loads(get(f"{place}/coupons").content)["coupons"]
    assert [one["number"] for one in coupons] == list(range(1, 11))
    assert any(one["bonus_cents"] for one in coupons)
    auction = json.loads(get(f"{place}/auctions/1").content)
    assert auction["coupon_percent"] == listed["coupon_percent"]
    assert problem(get(f"{place}/auctions/2")) == "not-found"
    step = json.loads(get(f"/traces/{coupons[-1]['determination']}").content)
    assert step["kind"] == "determination"
    assert step["rests_on"]


@pytest.mark.parametrize(
    ("role", "kinds"),
    [
        (Role.PROVIDER, {"provider"}),
        (Role.INVESTOR, {"investor", "holding"}),
        (Role.STATE_BOARD, {"state-fund"}),
        (
            Role.TREASURY,
            {"appropriation", "proceeds", "debt-service", "issuer", "fund", "treasury"},
        ),
    ],
)
def test_an_organisation_sees_its_own_accounts(world: World, role: Role, kinds: set[str]) -> None:
    found = items("/accounts", world, role)
    assert {one["kind"] for one in found} == kinds
