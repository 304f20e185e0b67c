"""The demonstration, run once per test process in a database of its own, and pages of it."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from socketserver import ThreadingMixIn
from uuid import UUID
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import psycopg
import pytest
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import connection, transaction
from django.db import connections as django_connections
from django.utils import timezone, translation
from psycopg import sql
from pytest_django import Settings
from pytest_django.plugin import DjangoDbBlocker

from lmb.bonds.queries import bond
from lmb.cli.demonstration import exported_files
from lmb.config import connections, runtime
from lmb.config.postgres import Server
from lmb.settlement import service
from lmb.settlement.programme import File, ProgrammeFiles, load_programme
from lmb.settlement.report import Report, report
from lmb.web.personas.seeds import seed
from tests.web.signing import receipt_text, sign_log
from tests.web.support import first


class UnknownVariable(str):
    """What a template shows for a variable it does not have: a failure."""

    def __contains__(self, key: object) -> bool:
        return key == "%s"

    def __mod__(self, name: object) -> str:
        raise AssertionError(f"a template uses the unknown variable {name}")


@pytest.fixture(autouse=True)
def strict_templates(settings: Settings) -> None:
    """A template that names what its view did not give fails."""
    (engine,) = settings.TEMPLATES
    options = {**engine["OPTIONS"], "string_if_invalid": UnknownVariable("%s")}
    settings.TEMPLATES = [{**engine, "OPTIONS": options}]


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Each test starts in English, whatever page was asked for before, and leaves no language."""
    translation.activate("en")
    yield
    translation.deactivate()


@dataclass(frozen=True, slots=True)
class Demonstration:
    """Where its books are, and what came of it."""

    app_dsn: str
    owner_dsn: str
    report: Report


@contextmanager
def _database(app_dsn: str, owner_dsn: str, blocker: DjangoDbBlocker) -> Iterator[None]:
    before = [
        os.environ.get(variable, connections.NOWHERE)
        for variable in (connections.APP_VARIABLE, connections.OWNER_VARIABLE)
    ]
    with blocker.unblock():
        connections.use_database(app_dsn, owner_dsn)
        try:
            yield
        finally:
            connections.use_database(before[0], before[1])


def demonstration_files() -> ProgrammeFiles:
    return ProgrammeFiles(*(File(name, content) for name, content in exported_files().items()))


@pytest.fixture(scope="session")
def demonstration_books(
    database_server: Server,
    template_database: object,
    worker_id: str,
    django_db_blocker: DjangoDbBlocker,
) -> Demonstration:
    """The demonstration's books, with a log that two witnesses cosigned; tests only read them."""
    name = f"demonstration_{worker_id}"
    with psycopg.connect(database_server.owner_dsn, autocommit=True) as connection:
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        template = sql.Identifier(f"template_{worker_id}")
        connection.execute(statement.format(sql.Identifier(name), template))
    app_dsn, owner_dsn = (database_server.dsn(role, name) for role in ("lmb_app", "lmb_owner"))
    programme = load_programme(demonstration_files())
    with _database(app_dsn, owner_dsn, django_db_blocker):
        runtime.prepare_application_role()
        books = service.run(programme, lambda step: None)
        sign_log(books.cell)
        found = report(bond(books.cell, programme.terms.cusip))
        runtime.gather_statistics()
    return Demonstration(app_dsn, owner_dsn, found)


@contextmanager
def _pages_not_of_the_house() -> Iterator[None]:
    """While a request is answered, the process is not the house, as the server of pages is not: a
    page that forgets to say who reads shows nothing."""

    def say(value: str) -> None:
        connection.ensure_connection()
        connection.connection.execute("SELECT set_config('lmb.house', %s, false)", [value])

    def started(**_: object) -> None:
        say("")

    def finished(**_: object) -> None:
        say("yes")

    request_started.connect(started)
    request_finished.connect(finished)
    try:
        yield
    finally:
        request_started.disconnect(started)
        request_finished.disconnect(finished)


@pytest.fixture
def demonstration(
    demonstration_books: Demonstration, django_db_blocker: DjangoDbBlocker
) -> Iterator[Report]:
    """The demonstration as the pages of this test show it."""
    with (
        _database(demonstration_books.app_dsn, demonstration_books.owner_dsn, django_db_blocker),
        _pages_not_of_the_house(),
    ):
        yield demonstration_books.report


@pytest.fixture
def trying_out(demonstration: Report, settings: Settings) -> Iterator[Report]:
    """The demonstration with its personas, and changes a test makes taken back after it."""
    settings.PERSONAS = True
    settings.VAULT_KEYS = "tests.web.signing.keys_of_tests"
    with transaction.atomic():
        seed(demonstration.cell, load_programme(demonstration_files()), timezone.now())
        yield demonstration
        transaction.set_rollback(True)


@pytest.fixture
def site_to_try(
    demonstration_books: Demonstration,
    database_server: Server,
    worker_id: str,
    settings: Settings,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[str]:
    """The address of a server of the demonstration with its personas, in a database of its own
    that the test may change."""
    settings.PERSONAS = True
    name = f"to_try_{worker_id}"
    settings.VAULT_KEYS = "tests.web.signing.keys_of_tests"
    with psycopg.connect(database_server.owner_dsn, autocommit=True) as connection:
        original = sql.Identifier(f"demonstration_{worker_id}")
        copy = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), original)
        connection.execute(copy)
    app_dsn, owner_dsn = (database_server.dsn(role, name) for role in ("lmb_app", "lmb_owner"))
    try:
        with _database(app_dsn, owner_dsn, django_db_blocker):
            programme = load_programme(demonstration_files())
            seed(demonstration_books.report.cell, programme, timezone.now())
            with serving() as address:
                yield address
    finally:
        with psycopg.connect(database_server.owner_dsn, autocommit=True) as connection:
            drop = sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
            connection.execute(drop)


@pytest.fixture
def bonus(demonstration: Report) -> str:
    """The receipt of the first bonus."""
    return receipt_text(UUID(first(demonstration, "bonus")))


class _Quiet(WSGIRequestHandler):
    def log_message(self, *arguments: object) -> None:
        """Say nothing: a test's output is for the test."""


class _Threading(ThreadingMixIn, WSGIServer):
    """A browser opens several connections at once; each request closes its own database."""

    daemon_threads = False

    def process_request_thread(self, request: object, client_address: object) -> None:
        super().process_request_thread(request, client_address)  # type: ignore[arg-type]
        django_connections.close_all()


@pytest.fixture
def served(demonstration: Report) -> Iterator[str]:
    """The address of a server with the demonstration's pages."""
    with serving() as address:
        yield address


@contextmanager
def serving() -> Iterator[str]:
    """The address of a server of whatever database is in use."""
    server = make_server("127.0.0.1", 0, get_wsgi_application(), _Threading, _Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
