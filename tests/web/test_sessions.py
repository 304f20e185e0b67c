"""Sessions: the secret is nowhere, rights change it, limits and ended roles end what they gave."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from lmb.people.models import Membership
from lmb.people.queries import acting_as_self
from lmb.people.roles import Role
from lmb.people.sessions import acting, house
from lmb.settlement.report import Report
from lmb.web.models import Session
from lmb.web.personas import seeds
from lmb.web.workspaces import WORKSPACES
from tests.web.support import words


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """The moment of the pages, which a test moves by setting its one item."""
    moments = [timezone.now()]
    monkeypatch.setattr(timezone, "now", lambda: moments[0])
    return moments


def come_in(client: Client, role: Role) -> None:
    response = client.post(f"/personas/{role.value}/")
    assert response.status_code == 302, response.content


def is_in(client: Client) -> bool:
    return client.get("/wallet/").status_code == 200


def test_the_application_cannot_list_sessions_nor_read_what_they_are_found_by(
    client: Client, trying_out: Report
) -> None:
    come_in(client, Role.CITIZEN)
    with connection.cursor() as cursor:
        # Without saying who asks, the application sees no session at all.
        cursor.execute("SET lmb.house = ''")
        cursor.execute("SELECT count(id) FROM web_session")
        assert cursor.fetchone() == (0,)
    for secret in ("key_sha256", "content"):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"SELECT {secret} FROM web_session")


def test_signing_in_and_changing_the_role_each_change_the_secret(
    client: Client, trying_out: Report
) -> None:
    client.get("/personas/")
    secrets = []
    for role in (Role.CITIZEN, Role.TREASURY):
        come_in(client, role)
        secrets.append(client.cookies["lmb_session"].value)
    assert len(set(secrets)) == 2
    stale = Client()
    stale.cookies["lmb_session"] = secrets[0]
    assert not is_in(stale)


def test_signing_out_ends_the_session_for_whoever_kept_the_secret(
    client: Client, trying_out: Report
) -> None:
    come_in(client, Role.CITIZEN)
    kept = Client()
    kept.cookies["lmb_session"] = client.cookies["lmb_session"].value
    assert is_in(kept)
    client.post("/sign-out/")
    assert not is_in(kept)


def test_an_idle_session_ends_and_one_in_use_lasts_to_its_total_limit(
    client: Client, trying_out: Report, at: list[datetime]
) -> None:
    come_in(client, Role.CITIZEN)
    for _ in range(14):
        at[0] += timedelta(minutes=50)
        assert is_in(client)
    # 11 h 40 min so far; a person's session lasts 12 h whatever they do.
    at[0] += timedelta(minutes=30)
    assert not is_in(client)
    come_in(client, Role.CITIZEN)
    at[0] += timedelta(minutes=61)
    assert not is_in(client)


def test_a_membership_that_ended_leaves_somebody_in_their_own_name(
    client: Client, trying_out: Report
) -> None:
    come_in(client, Role.INVESTOR)
    assert "Investor" in words(client.get("/acting/").content.decode())
    someone = seeds.persona(Role.INVESTOR)
    assert someone is not None
    assert someone.membership is not None
    with house():
        Membership.objects.filter(cell=someone.cell, id=someone.membership).update(
            ended_at=timezone.now(), ended_by=someone.person, ended_because="left"
        )
    said = words(client.get("/acting/").content.decode())
    assert "You act as: Yourself" in said
    assert "Investor" not in said


def test_a_person_sees_their_own_sessions_and_nobody_elses(
    client: Client, trying_out: Report
) -> None:
    come_in(client, Role.CITIZEN)
    come_in(Client(HTTP_USER_AGENT="old phone"), Role.CITIZEN)
    come_in(Client(), Role.EMPLOYER)
    someone = seeds.persona(Role.CITIZEN)
    assert someone is not None
    by = acting_as_self(someone.cell, someone.person, seeds.sure(timezone.now()))
    with acting(by, timezone.now()):
        devices = list(Session.objects.order_by("id").values_list("device", flat=True))
    assert devices == ["", "old phone"]


def test_nobody_signed_in_is_sent_to_sign_in_and_comes_back(
    client: Client, trying_out: Report
) -> None:
    response = client.get("/wallet/")
    assert response.headers["Location"] == "/sign-in/?next=%2Fwallet%2F"
    come_in(client, Role.CITIZEN)
    assert client.get("/sign-in/?next=%2Fwallet%2F").headers["Location"] == "/wallet/"


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:1"]
)
def test_signing_in_sends_nobody_to_another_site(
    client: Client, trying_out: Report, elsewhere: str
) -> None:
    response = client.post("/personas/citizen/", {"next": elsewhere})
    assert response.headers["Location"] == "/wallet/"


def test_another_role_is_told_whose_page_it_is(client: Client, trying_out: Report) -> None:
    come_in(client, Role.INVESTOR)
    response = client.get("/wallet/")
    assert response.status_code == 403
    assert "It is open to: Yourself" in words(response.content.decode())


def test_a_capacity_that_is_not_ones_own_is_refused(client: Client, trying_out: Report) -> None:
    come_in(client, Role.CITIZEN)
    someone = seeds.persona(Role.TREASURY)
    assert someone is not None
    response = client.post("/acting/", {"capacity": f"membership:{someone.membership}"})
    assert response.status_code == 403
    assert client.post("/acting/", {"capacity": f"membership:{UUID(int=7)}"}).status_code == 403
    assert client.post("/acting/", {"capacity": "membership:x"}).status_code == 404


def test_personas_answer_only_where_they_are_wanted(
    client: Client, trying_out: Report, settings: Settings
) -> None:
    settings.PERSONAS = False
    for address in ("/personas/", "/personas/citizen/"):
        assert client.get(address).status_code == 404
    assert client.post("/personas/citizen/").status_code == 404
    assert "Choose a role" not in words(client.get("/sign-in/").content.decode())


def test_a_link_alone_signs_nobody_in(client: Client, trying_out: Report) -> None:
    assert client.get("/personas/citizen/").status_code == 200
    assert not is_in(client)
    careful = Client(enforce_csrf_checks=True)
    assert careful.post("/personas/citizen/").status_code == 403


@pytest.mark.parametrize("role", list(Role))
def test_every_persona_comes_in(client: Client, trying_out: Report, role: Role) -> None:
    response = client.post(f"/personas/{role.value}/", follow=True)
    assert response.status_code == 200
    workspace = WORKSPACES.get(role)
    assert response.redirect_chain[-1][0] == (
        "/acting/" if workspace is None else client.get("/sign-in/").headers["Location"]
    )
