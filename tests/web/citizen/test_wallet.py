"""A person's own pages: each figure is the books', and each change is the person's."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from uuid import UUID

import pytest
from django.test import Client

from lmb.people.acting import Acting
from lmb.people.codes import CodeKind, show, take
from lmb.people.consents import of_person
from lmb.people.queries import acting_as_member, acting_as_self
from lmb.people.roles import Role
from lmb.people.sessions import house
from lmb.settlement.report import Report
from lmb.values.errors import RefusedError
from lmb.values.money import format_cents
from lmb.wallets.queries import pockets
from lmb.wallets.queries_statement import statement
from lmb.web.personas.seeds import Persona, persona, sure
from tests.people.support import repeating
from tests.web.support import html, words

PAGES = (
    "/wallet/",
    "/wallet/history/",
    "/wallet/lock/",
    "/wallet/code/",
    "/wallet/news/",
    "/wallet/looks/",
    "/wallet/consents/",
    "/wallet/consents/new/",
    "/wallet/helpers/",
    "/wallet/helpers/new/",
)


@pytest.fixture
def ana(client: Client, trying_out: Report) -> Persona:
    """The participant, signed in."""
    client.post("/personas/citizen/")
    return known(Role.CITIZEN)


def known(role: Role) -> Persona:
    found = persona(role)
    assert found is not None
    return found


def acting(role: Role) -> Acting:
    from django.utils import timezone

    found, assurance = known(role), sure(timezone.now())
    if found.membership is None:
        return acting_as_self(found.cell, found.person, assurance)
    return acting_as_member(found.cell, found.person, found.membership, assurance)


def post(client: Client, address: str, given: Mapping[str, object]) -> str:
    """What a form answers; redirects are followed."""
    response = client.post(address, given, follow=True)
    assert response.status_code == 200, (response.status_code, response.content)
    return words(response.content.decode())


def test_first_screen_says_what_is_left_and_where_each_cent_is(
    client: Client, ana: Persona
) -> None:
    said = words(html(client, "/wallet/"))
    found = statement(ana.cell, ana.person)
    assert found.granted_cents == 6_400_00
    assert f"You have {format_cents(found.available_cents)} for training." in said
    assert f"All together {format_cents(found.granted_cents)} $0.00 $0.00 " in said
    assert f"{format_cents(found.earned_cents)} $0.00 What happened last" in said
    assert "Paid: tuition, on placement" in said


def test_every_line_of_the_history_leads_to_its_trace(client: Client, ana: Persona) -> None:
    markup = html(client, "/wallet/history/")
    entries = statement(ana.cell, ana.person).entries
    assert re.findall(r'href="/trace/([0-9a-f-]+)/"', markup) == [str(each.id) for each in entries]
    for entry in entries:
        assert client.get(f"/trace/{entry.id}/").status_code == 200


def test_history_as_a_file_adds_up_to_what_is_left(client: Client, ana: Persona) -> None:
    content = client.get("/wallet/history.csv").content.decode()
    rows = list(csv.DictReader(io.StringIO(content)))
    found = statement(ana.cell, ana.person)
    assert len(rows) == len(found.entries)
    assert sum(int(row["moved_cents"] or 0) for row in rows) == (
        found.available_cents + found.held_cents
    )


@pytest.mark.parametrize("language", ["", "/es"])
def test_every_page_answers_in_both_languages_and_is_not_kept(
    client: Client, ana: Persona, language: str
) -> None:
    for page in PAGES:
        response = client.get(language + page)
        assert response.status_code == 200, page
        assert response.headers["Cache-Control"] == "private, no-store"
        assert f'<html lang="{language[1:] or "en"}">' in response.content.decode()


def test_wallet_is_locked_and_opened_again(client: Client, ana: Persona) -> None:
    assert "Your wallet is locked." in post(client, "/wallet/lock/", {"change": "lock"})
    with house():
        assert all(pocket.locked for pocket in pockets(ana.cell, ana.person))
    assert "Open your wallet again?" in words(html(client, "/wallet/lock/"))
    assert "locked" not in post(client, "/wallet/lock/", {"change": "unlock"})
    with house():
        assert all(pocket.open for pocket in pockets(ana.cell, ana.person))


def test_code_is_shown_once_and_leads_a_provider_to_the_person(
    client: Client, ana: Persona
) -> None:
    markup = client.post("/wallet/code/", {"kind": "enrolment"}).content.decode()
    (code,) = re.findall(r"<strong>([0-9A-Z-]{14})</strong>", markup)
    assert 'class="qr"' in markup
    assert code not in html(client, "/wallet/code/")
    provider = acting(Role.PROVIDER)
    assert take(provider, CodeKind.ENROLMENT, code, provider.assurance.authenticated_at) == (
        ana.person
    )
    assert "A code of yours was used to show a training provider." in words(
        html(client, "/wallet/news/")
    )


def test_codes_are_made_useless(client: Client, ana: Persona) -> None:
    markup = client.post("/wallet/code/", {"kind": "enrolment"}).content.decode()
    (code,) = re.findall(r"<strong>([0-9A-Z-]{14})</strong>", markup)
    assert "1 code was made useless." in post(client, "/wallet/code/", {"do": "withdraw"})
    provider = acting(Role.PROVIDER)
    with pytest.raises(RefusedError):
        take(provider, CodeKind.ENROLMENT, code, provider.assurance.authenticated_at)


def agreed(ana: Persona) -> set[UUID]:
    """The consents of a person on file."""
    with house():
        return {consent.id for consent in of_person(ana.cell, ana.person)}


def agreement(client: Client) -> dict[str, object]:
    """What somebody agrees to: the first recipient the form offers."""
    offered = re.findall(r'name="recipient" value="([^"]+)"', html(client, "/wallet/consents/new/"))
    return {
        "recipient": offered[0],
        "purpose": "job-search",
        "data": ["name", "contact"],
        "days": "30",
    }


def test_sharing_is_read_before_it_is_agreed_to_and_stopped_at_once(
    client: Client, ana: Persona
) -> None:
    asked, before = agreement(client), agreed(ana)
    said = post(client, "/wallet/consents/new/", asked)
    assert "may see your name, how to reach you, to help me find work, for 30 days" in said
    assert agreed(ana) == before
    said = post(client, "/wallet/consents/new/", {**asked, "step": "agree"})
    assert "May see how to reach you, your name, to help me find work." in said
    (given,) = agreed(ana) - before
    assert "You stopped this on" in post(client, "/wallet/consents/", {"consent": given})


@pytest.mark.parametrize(
    "changed",
    [
        {"recipient": str(UUID(int=5))},
        {"recipient": "x"},
        {"purpose": "sell-it"},
        {"data": []},
        {"data": ["ssn"]},
        {"days": "99999"},
        {"days": ""},
    ],
)
def test_a_form_that_leaves_something_open_shares_nothing(
    client: Client, ana: Persona, changed: dict[str, object]
) -> None:
    asked, before = {**agreement(client), **changed, "step": "agree"}, agreed(ana)
    assert client.post("/wallet/consents/new/", asked).status_code == 422
    assert agreed(ana) == before


def test_a_parent_is_let_act_by_the_code_they_show_and_ended(client: Client, ana: Persona) -> None:
    parent = acting(Role.EMPLOYER)
    themselves = acting_as_self(parent.cell, parent.person, parent.assurance)
    at = parent.assurance.authenticated_at
    shown = show(repeating("codes"), themselves, CodeKind.DELEGATION, at)
    given: dict[str, object] = {"code": shown.code, "actions": ["read"], "days": "30"}
    wrongs: list[dict[str, object]] = [{"code": "0000-0000-0000"}, {"actions": []}, {"days": "x"}]
    for wrong in wrongs:
        response = client.post("/wallet/helpers/new/", {**given, **wrong})
        assert response.status_code == 422, wrong
    said = post(client, "/wallet/helpers/new/", given)
    assert "Parent or guardian May: see your wallet." in said
    assert said.count("End this") == 2
    (newest, *_) = re.findall(
        r'name="delegation" value="([^"]+)"', html(client, "/wallet/helpers/")
    )
    assert post(client, "/wallet/helpers/", {"delegation": newest}).count("End this") == 1


@pytest.mark.parametrize(
    ("address", "given"),
    [
        ("/wallet/consents/", {"consent": "x"}),
        ("/wallet/consents/", {"consent": str(UUID(int=1))}),
        ("/wallet/helpers/", {"delegation": "x"}),
        ("/wallet/helpers/", {"delegation": str(UUID(int=1))}),
    ],
)
def test_what_is_not_ones_own_is_not_found(
    client: Client, ana: Persona, address: str, given: dict[str, object]
) -> None:
    assert client.post(address, given).status_code == 404


def test_first_screen_alone_may_run_the_sites_own_script(client: Client, ana: Persona) -> None:
    for page in PAGES:
        policy = client.get(page).headers["Content-Security-Policy"]
        wanted = "script-src 'self'" if page == "/wallet/" else "script-src 'none'"
        assert wanted in policy.split("; "), page
        assert "unsafe" not in policy


def test_signing_out_empties_what_the_browser_kept(client: Client, ana: Persona) -> None:
    response = client.post("/sign-out/")
    assert response.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert client.get("/wallet/").status_code == 302


def test_phone_learns_how_to_show_the_pages_as_a_program(client: Client, ana: Persona) -> None:
    manifest = client.get("/es/wallet/app.webmanifest").json()
    assert (manifest["start_url"], manifest["short_name"]) == ("/es/wallet/", "Capacitación")
    worker = client.get("/wallet/offline.js")
    assert worker.headers["Content-Type"].startswith("text/javascript")
    icon = client.get(manifest["icons"][0]["src"])
    assert icon.status_code == 200
    icon.close()
