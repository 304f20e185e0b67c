"""Workspaces while a bond is out: the demonstration stopped in the middle of its life."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

import psycopg
import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from psycopg import sql
from pytest_django import Settings
from pytest_django.plugin import DjangoDbBlocker

from lmb.bonds import queries as bonds
from lmb.bonds.coupon import interest_cents
from lmb.bonds.queries import BondOnFile
from lmb.config import runtime
from lmb.config.postgres import Server
from lmb.ledger.service import open_simulated_books
from lmb.ledger.statements import books as books_of
from lmb.people.assurance import StepUpNeededError
from lmb.people.queries import acting_as_member
from lmb.people.roles import Role
from lmb.people.sessions import house
from lmb.settlement.programme import load_programme
from lmb.settlement.steps import steps
from lmb.training.service_providers import confirm_step
from lmb.values.clock import SimulatedClock, fiscal_date
from lmb.values.errors import NotFoundError, RefusedError
from lmb.values.money import format_cents
from lmb.web.clock import system_clock
from lmb.web.personas.seeds import persona, seed, sure
from tests.web.conftest import _database, _pages_not_of_the_house, demonstration_files
from tests.web.support import html, words

THROUGH = date(1976, 12, 31)
"""One coupon was paid; everybody has enrolled and nobody completed."""

PAR_CENTS = 300_000_00
"""What the investor bought."""


@dataclass(frozen=True, slots=True)
class Halfway:
    app_dsn: str
    owner_dsn: str
    bond: BondOnFile


@pytest.fixture(scope="module")
def books_halfway(
    database_server: Server,
    template_database: object,
    worker_id: str,
    django_db_blocker: DjangoDbBlocker,
) -> Halfway:
    name = f"halfway_{worker_id}"
    with psycopg.connect(database_server.owner_dsn, autocommit=True) as connection:
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        template = sql.Identifier(f"template_{worker_id}")
        connection.execute(statement.format(sql.Identifier(name), template))
    app_dsn, owner_dsn = (database_server.dsn(role, name) for role in ("lmb_app", "lmb_owner"))
    programme = load_programme(demonstration_files())
    with _database(app_dsn, owner_dsn, django_db_blocker):
        runtime.prepare_application_role()
        planned = [step for step in steps(programme) if fiscal_date(step.at) <= THROUGH]
        clock = SimulatedClock(planned[0].at)
        books = open_simulated_books(programme.name, clock)
        for step in planned:
            clock.move_to(step.at)
            step.run(books, programme)
        seed(books.cell, programme, timezone.now())
        runtime.gather_statistics()
        found = bonds.bond(books.cell, programme.terms.cusip)
    return Halfway(app_dsn, owner_dsn, found)


@pytest.fixture
def halfway(
    books_halfway: Halfway, settings: Settings, django_db_blocker: DjangoDbBlocker
) -> Iterator[BondOnFile]:
    settings.PERSONAS = True
    settings.VAULT_KEYS = "tests.web.signing.keys_of_tests"
    with (
        _database(books_halfway.app_dsn, books_halfway.owner_dsn, django_db_blocker),
        _pages_not_of_the_house(),
    ):
        yield books_halfway.bond


def come_in(role: Role) -> Client:
    client = Client()
    assert client.post(f"/personas/{role.value}/").status_code == 302
    return client


def rows(client: Client, address: str, table: str) -> list[dict[str, str]]:
    response = client.get(f"{address}?csv={table}")
    return list(csv.DictReader(io.StringIO(response.content.decode())))


def learner_to_confirm(client: Client) -> str:
    """The address of the first learner the provider can confirm something of."""
    return str(re.findall(r'href="(/provider/learners/[^"]+/)"', html(client, "/provider/"))[0])


def coupon_cents(bond: BondOnFile, par_cents: int, number: int) -> int:
    with house():
        percent = bonds.coupon_percent(bond)
    return interest_cents(bond.terms.schedule.periods()[number - 1], par_cents, percent)


def test_treasury_owes_the_next_years_guaranteed_interest(halfway: BondOnFile) -> None:
    client = come_in(Role.TREASURY)
    shown = words(html(client, "/treasury/"))
    with house():
        par_cents = bonds.outstanding_cents(halfway)
    due = sum(coupon_cents(halfway, par_cents, number) for number in (2, 3))
    assert f"{format_cents(due)} of debt service is due in fiscal year 1977" in shown
    assert f"{format_cents(par_cents)} of bonds is outstanding, at par" in shown
    years = rows(client, "/treasury/", "years")
    assert sum(int(row["principal_cents"]) for row in years) == par_cents
    paid = [row for row in rows(client, "/treasury/", "dates") if row["determination_id"]]
    assert [int(row["number"]) for row in paid] == [1]


def test_investor_sees_what_accrued_and_what_the_next_coupon_guarantees(
    halfway: BondOnFile,
) -> None:
    client = come_in(Role.INVESTOR)
    shown = words(html(client, "/investor/"))
    assert f"You hold {format_cents(PAR_CENTS)} of par value" in shown
    guaranteed = format_cents(coupon_cents(halfway, PAR_CENTS, 2))
    assert f"The next coupon is on February 15, 1977: 7.375 % a year guaranteed, {guaranteed}" in (
        shown.replace("\N{NO-BREAK SPACE}", " ")
    )
    (held,) = rows(client, "/investor/", "holdings")
    assert 0 <= int(held["accrued_cents"]) < coupon_cents(halfway, PAR_CENTS, 2)
    assert int(held["received_cents"]) == coupon_cents(halfway, PAR_CENTS, 1)


def test_provider_sees_who_needs_it_and_what_is_set_aside(halfway: BondOnFile) -> None:
    client = come_in(Role.PROVIDER)
    shown = words(html(client, "/provider/"))
    assert "185 learners need you" in shown
    (step,) = rows(client, "/provider/", "steps")
    assert (step["next"], step["learners"]) == ("confirm that they completed", "185")
    assert "$0.00 is set aside" not in shown


def test_provider_confirms_a_step_after_checking_it_and_is_paid_for_it(
    halfway: BondOnFile,
) -> None:
    client = come_in(Role.PROVIDER)
    with transaction.atomic():
        (address, *_) = re.findall(
            r'href="(/provider/learners/[^"]+/)"', html(client, "/provider/")
        )
        assert "confirm that they completed" in words(html(client, address))
        paid = len(rows(client, "/provider/payments/", "payments"))
        checked = client.post(address, {"happened_on": "1976-08-01", "step": "check"})
        assert "August 1, 1976" in words(checked.content.decode())
        assert len(rows(client, "/provider/payments/", "payments")) == paid
        done = client.post(address, {"happened_on": "1976-08-01", "step": "confirm"}, follow=True)
        shown = words(done.content.decode())
        assert "The step is confirmed and its tuition is paid." in shown
        assert "184 learners need you" in shown
        (newest, *others) = rows(client, "/provider/payments/", "payments")
        assert len(others) == paid
        assert newest["step"] == "tuition, on completion"
        # Nothing is left to confirm of this learner.
        assert client.get(address).status_code == 404
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("day", "answer"),
    [
        ("", "Give the day on which it happened"),
        ("yesterday", "Give the day on which it happened"),
        ("1976-04-14", "give a day from 1976-04-15"),
        ("1976-12-31", "give a day from 1976-04-15"),
    ],
)
def test_step_on_a_day_that_cannot_be_is_refused_and_nothing_is_paid(
    halfway: BondOnFile, day: str, answer: str
) -> None:
    client = come_in(Role.PROVIDER)
    address = learner_to_confirm(client)
    response = client.post(address, {"happened_on": day, "step": "confirm"})
    assert response.status_code == 422
    assert answer in words(response.content.decode())
    assert "185 learners need you" in words(html(client, "/provider/"))


def test_only_the_provider_itself_confirms_a_step(halfway: BondOnFile) -> None:
    address = learner_to_confirm(come_in(Role.PROVIDER))
    learner = UUID(address.split("/")[-2])
    at, day = timezone.now(), date(1976, 8, 1)
    someone = persona(Role.PROVIDER)
    assert someone is not None
    assert someone.membership is not None
    by = acting_as_member(someone.cell, someone.person, someone.membership, sure(at))
    books = books_of(halfway.cell, system_clock())
    with pytest.raises(RefusedError, match="a training provider confirms this"):
        confirm_step(books, replace(by, role=Role.EMPLOYER), learner, "completed", day, at)
    weak = replace(by, assurance=replace(by.assurance, aal=1))
    with pytest.raises(StepUpNeededError):
        confirm_step(books, weak, learner, "completed", day, at)
    other = persona(Role.EMPLOYER)
    assert other is not None
    assert other.membership is not None
    body = acting_as_member(other.cell, other.person, other.membership, sure(at)).organisation
    with pytest.raises(NotFoundError, match="no learner"):
        confirm_step(books, replace(by, organisation=body), learner, "completed", day, at)


def test_outcome_that_is_still_to_come_is_told_as_that(halfway: BondOnFile) -> None:
    shown = words(html(come_in(Role.AGENCY), "/agency/"))
    assert "No outcome has been measured yet" in shown
    assert "Outcomes will appear here when a bond is measured." in shown
