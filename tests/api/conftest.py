"""The small programme, carried out once per test process, with a client for each role."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import psycopg
import pytest
from django.db import transaction
from django.utils import timezone
from psycopg import sql
from pytest_django.plugin import DjangoDbBlocker

from lmb.api import admission
from lmb.bonds.queries import BondOnFile, bond
from lmb.config import connections, runtime
from lmb.config.postgres import Server
from lmb.people.roles import Role
from lmb.settlement import service
from tests.api.support import Registered, register_all
from tests.settlement.small import CUSIP, small_programme
from tests.web.signing import sign_log


@dataclass(frozen=True, slots=True)
class World:
    """The books of a programme, its bond, the clients by role, and who administers them."""

    app_dsn: str
    owner_dsn: str
    cell: int
    bond: BondOnFile
    clients: dict[Role, Registered]
    administrator: UUID


@pytest.fixture(scope="session")
def carried_out(
    database_server: Server,
    template_database: object,
    worker_id: str,
    django_db_blocker: DjangoDbBlocker,
) -> World:
    name = f"api_{worker_id}"
    with psycopg.connect(database_server.owner_dsn, autocommit=True) as connection:
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        template = sql.Identifier(f"template_{worker_id}")
        connection.execute(statement.format(sql.Identifier(name), template))
    app_dsn, owner_dsn = (database_server.dsn(role, name) for role in ("lmb_app", "lmb_owner"))
    with django_db_blocker.unblock():
        before = _use(app_dsn, owner_dsn)
        try:
            runtime.prepare_application_role()
            books = service.run(small_programme(), lambda step: None)
            sign_log(books.cell)
            clients, administrator = register_all(books.cell, timezone.now())
            found = bond(books.cell, CUSIP)
        finally:
            connections.use_database(*before)
    return World(app_dsn, owner_dsn, books.cell, found, clients, administrator)


@pytest.fixture
def world(carried_out: World, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """The programme and its clients; what a test changes is taken back after it."""
    with django_db_blocker.unblock():
        before = _use(carried_out.app_dsn, carried_out.owner_dsn)
        # As the process that answers programs, which is not the house.
        connections.serve_strangers()
        admission.LEASES.forget()
        try:
            with transaction.atomic():
                yield carried_out
                transaction.set_rollback(True)
        finally:
            connections.use_database(*before)


def _use(app_dsn: str, owner_dsn: str) -> tuple[str, str]:
    """Point this process at a database and say where it was before."""
    before = (
        os.environ.get(connections.APP_VARIABLE, connections.NOWHERE),
        os.environ.get(connections.OWNER_VARIABLE, connections.NOWHERE),
    )
    connections.use_database(app_dsn, owner_dsn)
    return before
