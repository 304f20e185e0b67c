"""What each workspace answers first, from the books of the demonstration, and what can be done."""

from __future__ import annotations

import csv
import io
import re
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from lmb.bonds import queries as bonds
from lmb.facts.models import WorkRecord
from lmb.people.approvals import APPROVERS
from lmb.people.models import Access, Membership
from lmb.people.roles import Role
from lmb.people.sessions import house
from lmb.settlement.report import Report
from lmb.values.money import format_cents
from lmb.web.models import Session
from lmb.web.personas import seeds
from lmb.web.workspaces import WORKSPACES
from tests.web.support import html, words

INVESTOR = "teachers-pension-fund"
QUERIES_MAX = 55
"""About ten of them say who asks and find the session; a bond at a glance asks four."""


@pytest.fixture(autouse=True)
def personas(settings: Settings) -> None:
    settings.PERSONAS = True


def come_in(role: Role) -> Client:
    client = Client()
    assert client.post(f"/personas/{role.value}/").status_code == 302
    return client


def said(client: Client, address: str) -> str:
    return words(html(client, address))


def rows(client: Client, address: str, table: str) -> list[dict[str, str]]:
    """The rows of a table's file."""
    response = client.get(f"{address}?csv={table}")
    assert response.headers["Content-Type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(response.content.decode())))


@pytest.mark.parametrize("role", [role for role in WORKSPACES if role is not Role.CITIZEN])
def test_bond_of_the_demonstration_is_on_every_page_of_a_workspace(
    trying_out: Report, role: Role
) -> None:
    client = come_in(role)
    for page in WORKSPACES[role].pages:
        if page.view == "web:employer:confirm":
            continue
        assert f'href="/bonds/{trying_out.bond.id}/"' in html(client, reverse(page.view)), page


def test_newcomer_reaches_every_workspace_with_two_clicks_from_the_list_of_roles(
    client: Client, trying_out: Report
) -> None:
    for role in Role:
        listed = html(client, "/personas/")
        assert f'action="/personas/{role.value}/"' in listed
        arrived = client.post(f"/personas/{role.value}/", follow=True)
        assert arrived.status_code == 200
        assert arrived.resolver_match.view_name == WORKSPACES[role].home
        assert re.search(r"<h1[ >]", arrived.content.decode())


def test_whoever_stands_behind_actions_of_two_finds_where_to_approve(trying_out: Report) -> None:
    for role in Role:
        listed = 'href="/approve/"' in html(come_in(role), reverse(WORKSPACES[role].home))
        assert listed == any(role in roles for roles in APPROVERS.values()), role


def test_treasury_sees_debt_service_by_fiscal_year_that_adds_up(trying_out: Report) -> None:
    client = come_in(Role.TREASURY)
    money = trying_out.money
    paid = money.interest_cents + money.bonus_cents + money.principal_cents
    shown = said(client, "/treasury/")
    assert "$0.00 of debt service is due in fiscal year 1982" in shown
    assert f"Investors were paid {format_cents(paid)} in all" in shown
    years = rows(client, "/treasury/", "years")
    assert [row["fiscal_year"] for row in years] == [str(year) for year in range(1976, 1982)]
    assert sum(int(row["interest_cents"]) for row in years) == money.interest_cents
    assert sum(int(row["bonus_cents"]) for row in years) == money.bonus_cents
    assert sum(int(row["principal_cents"]) for row in years) == money.principal_cents
    assert sum(int(row["total_cents"]) for row in years) == paid
    assert {row["unpaid_cents"] for row in years} == {"0"}


def test_treasury_sees_every_bid_of_a_bond_and_what_it_was_awarded(trying_out: Report) -> None:
    client = come_in(Role.TREASURY)
    assert trying_out.auction is not None
    address = f"/treasury/bonds/{trying_out.bond.id}/"
    bids = rows(client, address, "bids")
    assert sum(int(row["bid_cents"]) for row in bids) == trying_out.auction.tendered_cents
    assert sum(int(row["awarded_cents"]) for row in bids) == trying_out.auction.awarded_cents
    assert sum(int(row["to_pay_cents"]) for row in bids) == trying_out.money.investors_paid_cents
    assert client.get("/treasury/bonds/00000000-0000-0000-0000-000000000007/").status_code == 404


def test_investor_sees_their_own_coupons_and_nobody_elses(trying_out: Report) -> None:
    client = come_in(Role.INVESTOR)
    with house():
        award = next(a for a in bonds.awards(trying_out.bond) if a.bidder == INVESTOR)
    coupons = rows(client, "/investor/", "coupons")
    assert [int(row["number"]) for row in coupons] == [*range(1, 11), 10]
    assert {int(row["par_cents"]) for row in coupons} == {award.par_cents}
    received = sum(int(row["total_cents"]) for row in coupons)
    assert f"In all you received {format_cents(received)}" in said(client, "/investor/")
    paid = award.price_cents + award.accrued_cents
    answer = f"You received {format_cents(received)} for {format_cents(paid)}"
    assert answer in said(client, "/investor/statement/")
    moved = [int(row["amount_cents"]) for row in rows(client, "/investor/statement/", "statement")]
    assert sum(moved) == received - paid
    assert "You made 1 bid" in said(client, "/investor/bids/")
    assert "lakeshore" not in html(client, "/investor/bids/?csv=bids")


def test_every_coupon_of_an_investor_leads_to_its_trace(trying_out: Report) -> None:
    client = come_in(Role.INVESTOR)
    traces = {row["determination_id"] for row in rows(client, "/investor/", "coupons")}
    assert {str(payment.determination) for payment in trying_out.payments} <= traces
    for identifier in traces:
        assert f'href="/trace/{identifier}/"' in html(client, "/investor/")
        assert client.get(f"/trace/{identifier}/").status_code == 200


def test_auditor_draws_the_same_sample_by_the_same_seed_and_another_by_another(
    trying_out: Report,
) -> None:
    client = come_in(Role.AUDITOR)

    def drawn(seed: str, size: int = 5) -> list[str]:
        address = f"/auditor/sample/?seed={seed}&size={size}"
        response = client.get(f"{address}&csv=sample")
        found = list(csv.DictReader(io.StringIO(response.content.decode())))
        assert {row["verdict"] for row in found} == {"the same, byte for byte"}
        return [row["determination_id"] for row in found]

    assert drawn("1979") == drawn("1979")
    assert drawn("1979") != drawn("1980")
    assert drawn("1979", 7)[:5] == drawn("1979")
    assert "5 of 5 came out the same" in said(client, "/auditor/sample/?seed=x&size=5")


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("seed=x&size=0", "Draw a whole number from 1 to 60"),
        ("seed=x&size=61", "Draw a whole number from 1 to 60"),
        ("seed=x&size=ten", "Draw a whole number from 1 to 60"),
        ("seed=x&size=٣", "Draw a whole number from 1 to 60"),
        (f"seed={'x' * 81}&size=5", "A seed has at most 80 characters"),
        ("seed=%00&size=5", "A seed has at most 80 characters"),
    ],
)
def test_sample_that_cannot_be_drawn_is_told_in_words(
    trying_out: Report, asked: str, answer: str
) -> None:
    shown = said(come_in(Role.AUDITOR), f"/auditor/sample/?{asked}")
    assert answer in shown
    assert "What was drawn" not in shown


def test_auditor_sees_all_movements_and_the_checkpoints(trying_out: Report) -> None:
    shown = said(come_in(Role.AUDITOR), "/auditor/")
    assert f"{trying_out.books.transfers:,} movements" in shown
    assert "0 exceptions." in shown
    newest, *_ = rows(come_in(Role.AUDITOR), "/auditor/", "checkpoints")
    assert int(newest["movements"]) == trying_out.books.transfers
    assert newest["witnesses"]


def test_provider_sees_its_learners_and_why_each_payment_was_made(trying_out: Report) -> None:
    client = come_in(Role.PROVIDER)
    paid = format_cents(trying_out.money.providers_cents)
    shown = said(client, "/provider/")
    assert "$0.00 is set aside for you; 0 learners need you" in shown
    assert f"You were paid {paid} for 185 learners so far" in shown
    assert len(rows(client, "/provider/", "learners")) == 185
    assert f"You were paid {paid}" in said(client, "/provider/payments/")
    payments = rows(client, "/provider/payments/", "payments")
    assert sum(int(row["amount_cents"]) for row in payments) == trying_out.money.providers_cents
    trace = client.get(f"/trace/{payments[0]['transfer_id']}/")
    assert trace.status_code == 200


def test_no_page_of_a_provider_names_a_person_by_more_than_the_end_of_a_number(
    trying_out: Report,
) -> None:
    client = come_in(Role.PROVIDER)
    someone = seeds.persona(Role.CITIZEN)
    assert someone is not None
    pages = [page.view for page in WORKSPACES[Role.PROVIDER].pages]
    markup = "".join(html(client, reverse(view)) for view in pages)
    markup += client.get("/provider/?csv=learners").content.decode()
    assert str(someone.person) not in markup
    assert seeds.CITIZEN not in markup


def test_board_sees_the_money_of_its_state_and_counts_its_people(trying_out: Report) -> None:
    client = come_in(Role.STATE_BOARD)
    wallets = trying_out.wallets
    shown = said(client, "/board/")
    assert "0 decisions wait for you" in shown
    granted = format_cents(wallets.granted_cents)
    assert f"received {granted} and gave {granted} to wallets" in shown
    assert f"{format_cents(wallets.returned_cents)} came back" in shown
    steps = {row["step"]: row["people"] for row in rows(client, "/board/people/", "steps")}
    assert steps["drawn in a lottery, in either group"] == "445"
    assert steps["completed"] == "185"
    moved = rows(client, "/board/money/", "movements")
    assert sum(int(row["movements"]) for row in moved) == 2 * 2 + 185 + 45


def test_agency_sees_the_gain_with_its_interval_and_the_rules_with_their_law(
    trying_out: Report,
) -> None:
    client = come_in(Role.AGENCY)
    shown = said(client, "/agency/")
    assert "Net gain per worker and year: $1,794.34" in shown
    assert "95 % interval $479.21 to $3,109.47" in shown
    listed = rows(client, "/agency/rules/", "rules")
    assert any("31 CFR" in row["citation"] for row in listed)
    assert all(row["citation"] for row in listed)


def test_representative_sees_the_wallet_of_their_ward_and_the_ward_sees_that_they_looked(
    trying_out: Report,
) -> None:
    client = come_in(Role.REPRESENTATIVE)
    shown = said(client, "/representative/")
    assert "They have $0.00 for training" in shown
    assert "look at their wallet" in shown
    (pocket,) = rows(client, "/representative/", "pockets")
    assert pocket["balance_cents"] == "0"
    someone = seeds.persona(Role.CITIZEN)
    assert someone is not None
    with house():
        (look, *_) = Access.objects.filter(person=someone.person, record="wallet")
    assert (look.role, look.fields) == ("representative", ["balance"])
    watched = rows(come_in(Role.SECURITY_OFFICER), "/security/looks/", "looks")
    assert "Representative of a person" in {row["role"] for row in watched}


def test_representative_without_a_person_is_asked_to_choose_one(trying_out: Report) -> None:
    client = come_in(Role.REPRESENTATIVE)
    someone = seeds.persona(Role.REPRESENTATIVE)
    assert someone is not None
    with house():
        seat = Membership.objects.get(cell=someone.cell, person=someone.person)
    client.post("/acting/", {"capacity": f"membership:{seat.id}"})
    assert "Choose the person you act for" in said(client, "/representative/")


WORK = {
    "period_from": "2026-01-01",
    "period_to": "2026-01-31",
    "hours": "160",
    "wages": "3200.50",
}


def work(client: Client) -> dict[str, str]:
    """The answers of the form, about the one person who agreed."""
    (person,) = re.findall(r'<option value="([0-9a-f-]{36})"', html(client, "/employer/confirm/"))
    return {**WORK, "person": person}


def test_employer_confirms_work_after_checking_the_answers(trying_out: Report) -> None:
    client = come_in(Role.EMPLOYER)
    assert "1 person agreed that you confirm their work; 1 still to confirm" in said(
        client, "/employer/"
    )
    answers = work(client)
    checked = client.post("/employer/confirm/", {**answers, "step": "check"})
    assert "Check your answers" in words(checked.content.decode())
    assert "$3,200.50" in checked.content.decode()
    with house():
        assert not WorkRecord.objects.filter(employer="riverside-metal-works").exists()
    changed = client.post("/employer/confirm/", {**answers, "step": "change"})
    assert 'value="3200.50"' in changed.content.decode()
    done = client.post("/employer/confirm/", {**answers, "step": "confirm"}, follow=True)
    shown = words(done.content.decode())
    assert "The work is confirmed and on file." in shown
    assert "0 still to confirm" in shown
    assert "The work is confirmed" not in said(client, "/employer/")
    with house():
        record = WorkRecord.objects.get(employer="riverside-metal-works")
    assert (record.earnings_cents, record.period_to) == (3200_50, date(2026, 1, 31))
    assert record.source == "employer riverside-metal-works"


def test_work_confirmed_otherwise_before_is_refused_and_nothing_is_lost(
    trying_out: Report,
) -> None:
    client = come_in(Role.EMPLOYER)
    answers = {**work(client), "step": "confirm"}
    assert client.post("/employer/confirm/", answers).status_code == 302
    assert client.post("/employer/confirm/", answers).status_code == 302
    refused = client.post("/employer/confirm/", {**answers, "wages": "4000"})
    assert refused.status_code == 422
    assert "was told before with other earnings" in words(refused.content.decode())
    assert 'value="4000"' in refused.content.decode()


@pytest.mark.parametrize(
    ("field", "value", "answer"),
    [
        ("person", "", "Choose whose work you confirm"),
        ("person", "0a1b2c3d-0000-7000-8000-000000000000", "Choose whose work you confirm"),
        ("period_from", "January", "Give the first day of the work"),
        ("period_to", "2025-12-31", "not before the first"),
        ("period_to", "2999-01-31", "before today"),
        ("hours", "many", "Give the hours as a number"),
        ("hours", "NaN", "Give the hours as a number"),
        ("hours", "-1", "Give the hours as a number"),
        ("hours", "1.005", "Give the hours as a number"),
        ("hours", "745", "more than fit into this time"),
        ("wages", "$3,200", "Give the wages in dollars"),
        ("wages", "-5", "Give the wages in dollars"),
        ("wages", "99999999", "more than fit into this time"),
    ],
)
def test_answer_that_cannot_be_is_told_beside_its_field(
    trying_out: Report, field: str, value: str, answer: str
) -> None:
    client = come_in(Role.EMPLOYER)
    given = {**work(client), field: value, "step": "confirm"}
    response = client.post("/employer/confirm/", given)
    assert response.status_code == 422
    assert answer in words(response.content.decode())
    with house():
        assert not WorkRecord.objects.filter(employer="riverside-metal-works").exists()


def test_security_officer_ends_a_session_and_the_person_is_out(trying_out: Report) -> None:
    citizen, officer = come_in(Role.CITIZEN), come_in(Role.SECURITY_OFFICER)
    someone = seeds.persona(Role.CITIZEN)
    assert someone is not None
    assert "2 people are signed in" in said(officer, "/security/")
    with house():
        sessions = Session.objects.filter(person=someone.person).values_list("id", flat=True)
        (session,) = sessions
    address = f"/security/sessions/{session}/end/"
    assert "End this session?" in said(officer, address)
    assert citizen.get("/wallet/").status_code == 200
    after = officer.post(address, follow=True)
    assert "The session has ended." in words(after.content.decode())
    assert citizen.get("/wallet/").status_code == 302
    assert officer.post(address).status_code == 404


def test_security_officer_ends_a_membership_with_a_reason(trying_out: Report) -> None:
    investor, officer = come_in(Role.INVESTOR), come_in(Role.SECURITY_OFFICER)
    someone = seeds.persona(Role.INVESTOR)
    assert someone is not None
    address = f"/security/members/{someone.membership}/end/"
    refused = officer.post(address, {"because": "left"})
    assert refused.status_code == 422
    assert investor.get("/investor/").status_code == 200
    after = officer.post(address, {"because": "They left the fund."}, follow=True)
    assert "The membership has ended." in words(after.content.decode())
    assert investor.get("/investor/").status_code == 403
    assert someone.membership is not None
    with house():
        seat = Membership.objects.get(id=someone.membership)
    assert (seat.ended_because, seat.ended_at is not None) == ("They left the fund.", True)


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.CITIZEN, Role.AGENCY])
def test_nobody_but_the_security_officer_ends_sessions_of_others(
    trying_out: Report, role: Role
) -> None:
    come_in(Role.INVESTOR)
    with house():
        session = Session.objects.order_by("id").values_list("id", flat=True)[0]
    assert come_in(role).post(f"/security/sessions/{session}/end/").status_code == 403
    with house():
        assert Session.objects.filter(id=session, ends_at__gt=timezone.now()).exists()


@pytest.mark.parametrize("role", [role for role in WORKSPACES if role is not Role.CITIZEN])
def test_cost_of_a_page_is_bounded(trying_out: Report, role: Role) -> None:
    client = come_in(role)
    for page in WORKSPACES[role].pages:
        with CaptureQueriesContext(connection) as asked:
            html(client, reverse(page.view))
        assert len(asked) <= QUERIES_MAX, f"{page.view}: {len(asked)} queries"
