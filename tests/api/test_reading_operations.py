"""What each operation that reads shows, and to whom."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from lmb.ledger.models import Account
from lmb.ledger.queries import balances, movements
from lmb.ledger.statements import history
from lmb.people import codes, models
from lmb.people.acting import Acting
from lmb.people.roles import Role
from lmb.people.scopes import Scope
from lmb.people.sessions import house
from lmb.proofs.queries import receipt
from lmb.values.canonical import canonical_bytes, sha256_hex
from tests.api.conftest import World
from tests.api.support import get, post, problem
from tests.api.test_work import worker
from tests.people.support import repeating, sure


def items(path: str, world: World, role: Role | None = None) -> list[dict[str, Any]]:
    response = get(path, None if role is None else world.clients[role])
    assert response.status_code == 200, response.content
    return list(json.loads(response.content)["items"])


def test_everyone_sees_the_bond_its_terms_and_its_coupons(world: World) -> None:
    (listed,) = items("/bonds", world)
    assert listed["cusip"] == world.bond.cusip
    place = f"/bonds/{world.bond.id}"
    assert json.loads(get(place).content) == listed
    terms = json.loads(get(f"{place}/terms").content)
    assert sha256_hex(canonical_bytes(terms)) == listed["terms_sha256"]
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


def test_an_auditor_sees_every_account_in_pages_that_lose_none(world: World) -> None:
    seen, cursor = [], ""
    while True:
        page = json.loads(get(f"/accounts?limit=7{cursor}", world.clients[Role.AUDITOR]).content)
        assert len(page["items"]) <= 7
        seen += [one["code"] for one in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    with house():
        assert seen == sorted(one.code for one in balances(world.cell))


def test_a_balance_is_the_books_and_somebody_elses_is_not_there(world: World) -> None:
    with house():
        rows = {row.code: row for row in Account.objects.filter(cell=world.cell)}
    own = rows[f"holding/{world.bond.cusip}/north-pension"]
    other = rows[f"holding/{world.bond.cusip}/east-bank"]
    by = world.clients[Role.INVESTOR]
    shown = json.loads(get(f"/accounts/{own.id}/balance", by).content)
    assert shown["posted_cents"] == own.posted_credit_cents - own.posted_debit_cents
    assert shown["as_of_movement"] == own.seq_last
    missing = get(f"/accounts/{UUID(int=7)}/balance", by)
    theirs = get(f"/accounts/{other.id}/balance", by)
    assert problem(missing) == problem(theirs) == "not-found"
    said = theirs.content.decode().replace(str(other.id), str(UUID(int=7)))
    assert said == missing.content.decode()
    assert problem(get(f"/accounts/{other.id}/movements", by)) == "not-found"


def test_movements_add_up_to_the_balance_and_name_nobody(world: World) -> None:
    by = world.clients[Role.PROVIDER]
    (account,) = items("/accounts", world, Role.PROVIDER)
    seen, cursor = [], ""
    while True:
        page = json.loads(get(f"/accounts/{account['id']}/movements?limit=2{cursor}", by).content)
        seen += page["items"]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    posted = [one for one in seen if one["kind"] in ("post", "capture")]
    assert sum(one["amount_cents"] for one in posted) == account["posted_cents"] > 0
    assert [one["number"] for one in seen] == sorted((one["number"] for one in seen), reverse=True)
    assert {one["other"] for one in seen} == {"a training wallet"}


def test_a_provider_sees_its_enrolments_and_each_look_is_on_record(world: World) -> None:
    found = items("/enrolments", world, Role.PROVIDER)
    assert len(found) == 3
    for one in found:
        whole = one["paid_cents"] + one["held_cents"] + one["returned_cents"]
        assert whole == one["tuition_cents"] == 100_000
    assert (
        sum(one["paid_cents"] for one in found)
        == json.loads(get("/accounts", world.clients[Role.PROVIDER]).content)["items"][0][
            "posted_cents"
        ]
    )
    with house():
        looks = list(models.Access.objects.filter(cell=world.cell))
    client = world.clients[Role.PROVIDER]
    assert {str(look.person) for look in looks} == {one["person"] for one in found}
    assert {(look.principal, look.organisation, look.role) for look in looks} == {
        (client.client, client.organisation, "provider")
    }


def test_an_investor_sees_what_it_holds_how_it_came_and_what_it_was_paid(world: World) -> None:
    by, cusip = world.clients[Role.INVESTOR], world.bond.cusip
    # The bond was redeemed at the end of the programme.
    assert items("/holdings", world, Role.INVESTOR) == []
    statement = json.loads(get(f"/holdings/{cusip}", by).content)
    assert (statement["par_cents"], statement["lots"]) == (0, [])
    (sold,) = statement["disposals"]
    assert sold["proceeds_cents"] == sold["face_cents"]
    payments = json.loads(get(f"/holdings/{cusip}/payments", by).content)["payments"]
    assert len(payments) == 11
    assert all(one["paid"] for one in payments)
    with house():
        own = Account.objects.get(cell=world.cell, code="world/investor/north-pension")
        got = sum(
            entry.amount_cents
            for entry in history(world.cell, own.code, limit=100)
            if entry.code in ("interest", "bonus")
        )
    assert sum(one["base_cents"] + one["bonus_cents"] for one in payments[:-1]) == got
    assert problem(get("/holdings/999999999", by)) == "not-found"


def test_a_board_sees_its_state_and_the_agency_the_whole_fund(world: World) -> None:
    (share,) = items("/fund", world, Role.STATE_BOARD)
    assert (share["level"], share["name"]) == ("state", "OH")
    assert {one["level"] for one in items("/fund", world, Role.AGENCY)} == {
        "national",
        "state",
        "board",
    }


def test_a_receipt_is_checked_and_a_false_one_told_why(world: World) -> None:
    with house():
        movement = next(iter(movements(world.cell, code="bonus")))
        text = receipt(movement.id).content.decode()
    checked = json.loads(post("/receipts/check", {"receipt": text}).content)
    assert checked["proves"] is True
    assert (checked["movement"], checked["amount_cents"]) == (
        str(movement.id),
        movement.amount_cents,
    )
    cut = json.loads(post("/receipts/check", {"receipt": text[:-30]}).content)
    assert cut["proves"] is False
    assert cut["doubt"]
    (log,) = json.loads(get("/logs").content)["books"]
    newest = json.loads(get(f"/logs/{log['books']}/checkpoint").content)
    assert newest["size"] == checked["checkpoint_size"]
    assert problem(get("/logs/7/checkpoint")) == "not-found"


def test_a_trace_tells_nothing_of_one_person(world: World) -> None:
    with house():
        movement = next(iter(movements(world.cell, code="placement-tranche")))
    step = json.loads(get(f"/traces/{movement.id}").content)

    def walk(one: dict[str, Any]) -> Iterator[dict[str, Any]]:
        yield one
        for inner in one["rests_on"]:
            yield from walk(inner)

    facts = [one for one in walk(step) if one["kind"] == "fact" and "term" not in one["title"]]
    assert facts
    assert all(one["id"] is None and one["lines"] == [] for one in facts)


def test_the_words_of_the_api_are_all_there(world: World) -> None:
    words = json.loads(get("/words").content)
    assert {one["scope"] for one in words["scopes"]} == {scope.value for scope in Scope}
    for one in words["problems"]:
        assert Client().get(one["type"]).status_code == 200


def test_a_score_is_cut_off_and_not_rounded(world: World) -> None:
    body = {"program_year": 2023, "actual": "67.69", "negotiated": "75.2", "factor": "0"}
    scored = json.loads(post("/outcomes/score", body, world.clients[Role.AGENCY]).content)
    assert scored["score_percent"] == "90.0"
    bad = post("/outcomes/score", {**body, "actual": "9/8"}, world.clients[Role.AGENCY])
    assert problem(bad) == "invalid-request"
    assert json.loads(bad.content)["errors"][0]["place"] == "/body/actual"


def test_a_provider_learns_one_key_from_a_code_once(world: World) -> None:
    person = worker(world)
    by = Acting(world.cell, person, Role.CITIZEN, sure(timezone.now()))
    shown = codes.show(repeating("code"), by, codes.CodeKind.ENROLMENT, timezone.now())
    provider = world.clients[Role.PROVIDER]
    body = {"code": shown.code.lower()}
    taken = post("/enrolment-codes", body, provider)
    assert json.loads(taken.content) == {"person": str(person)}
    # The answer got lost: the same request tells the same; another one learns nothing.
    assert post("/enrolment-codes", body, provider).content == taken.content
    used = post("/enrolment-codes", body, provider, key="key-2")
    never = post("/enrolment-codes", {"code": "0000-0000-0000"}, provider, key="key-3")
    assert problem(used) == problem(never) == "refused"
    assert used.content == never.content
