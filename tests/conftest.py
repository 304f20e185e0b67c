"""What tests stand on: a throwaway PostgreSQL, two roles, and outside things that may be absent.

Every worker of one test run shares one throwaway server and has databases of its own. `db` gives
a rolled-back transaction as the application role. The books refuse deletion, so a test that
commits cannot be flushed away: it takes `fresh_database`, a clone of the migrated template.
"""

from __future__ import annotations

import importlib
import importlib.util
import itertools
import os
import shutil
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import psycopg
import pytest
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright
from psycopg import sql
from pytest_django.plugin import DjangoDbBlocker

from lmb.config import connections, runtime
from lmb.config.cluster import SUPERUSER
from lmb.config.paths import CLONE
from lmb.config.postgres import Server, embedded, remove_abandoned
from lmb.outcomes.indicators.spark_engine import SETTINGS, Session

pytest_plugins = ["tests.effort"]

# How long an example takes says how busy the machine is, not whether the code is right.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

HOMES = CLONE / "var" / "test"
BROWSERS = [
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
]
BROWSER_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LEFT_OUT = "left out: "


@dataclass(frozen=True, slots=True)
class Database:
    """One migrated database of the throwaway server."""

    name: str
    app_dsn: str
    owner_dsn: str


# ── the run as a whole ────────────────────────────────────────────────────────────────────────


def pytest_configure(config: pytest.Config) -> None:
    for variable in (
        runtime.URL_VARIABLE,
        runtime.OWNER_URL_VARIABLE,
        connections.APP_VARIABLE,
        connections.OWNER_VARIABLE,
    ):
        os.environ.pop(variable, None)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    # A run in the background of a script ignores Ctrl-C, and what it starts would do so too: but
    # the tests that interrupt a process must find one that listens.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if not _is_worker(config):
        remove_abandoned(HOMES)


def pytest_unconfigure(config: pytest.Config) -> None:
    # After Ctrl-C the workers may have been killed; what they used is stopped here.
    if not _is_worker(config):
        remove_abandoned(HOMES)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line for each outside thing that was absent, naming the tests it cost."""
    lost: dict[str, list[str]] = {}
    for report in terminalreporter.stats.get("skipped", []):
        reason = str(report.longrepr[2]) if isinstance(report.longrepr, tuple) else ""
        if LEFT_OUT in reason:
            lost.setdefault(reason.partition(LEFT_OUT)[2], []).append(report.nodeid)
    for reason, tests in sorted(lost.items()):
        noun = "test" if len(tests) == 1 else "tests"
        terminalreporter.write_line(
            f"LEFT OUT: {len(tests)} {noun} ({', '.join(sorted(tests))}): {reason}", yellow=True
        )


def _absent(reason: str) -> None:
    """Skip where a person works, fail where a machine vouches."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"With CI=true nothing may be left out: {reason}")
    pytest.skip(LEFT_OUT + reason)


# ── the database ──────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="session")
def database_server(worker_id: str) -> Iterator[Server]:
    """The throwaway server, shared by the workers of this run and gone after it."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or f"process-{os.getpid()}"
    with embedded(HOMES / run, throwaway=True) as server:
        yield server


@pytest.fixture(scope="session")
def template_database(
    database_server: Server, worker_id: str, django_db_blocker: DjangoDbBlocker
) -> Database:
    """The database every other one is cloned from, made by our own migrations."""
    template = _database(database_server, f"template_{worker_id}")
    _execute(database_server, "CREATE DATABASE {}", template.name)
    with django_db_blocker.unblock():
        connections.use_database(template.app_dsn, template.owner_dsn)
        runtime.migrate()
        connections.use_database(connections.NOWHERE, connections.NOWHERE)
    return template


@pytest.fixture(scope="session")
def django_db_setup(
    database_server: Server,
    template_database: Database,
    worker_id: str,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[None]:
    """pytest-django's hook: the database behind `db`."""
    database = _database(database_server, f"test_{worker_id}")
    with django_db_blocker.unblock():
        _clone(database_server, template_database, database)
    yield
    with django_db_blocker.unblock():
        connections.use_database(connections.NOWHERE, connections.NOWHERE)


_numbers = itertools.count(1)


@pytest.fixture
def fresh_database(
    database_server: Server,
    template_database: Database,
    worker_id: str,
    django_db_blocker: DjangoDbBlocker,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Database]:
    """A database of this test alone, where it may commit.

    Django's two aliases lead to it, and so do DATABASE_URL and DATABASE_OWNER_URL for `lmb` run
    as a subprocess.
    """
    database = _database(database_server, f"fresh_{worker_id}_{next(_numbers)}")
    before = [
        os.environ.get(variable, connections.NOWHERE)
        for variable in (connections.APP_VARIABLE, connections.OWNER_VARIABLE)
    ]
    with django_db_blocker.unblock():
        _clone(database_server, template_database, database)
        monkeypatch.setenv(runtime.URL_VARIABLE, database.app_dsn)
        monkeypatch.setenv(runtime.OWNER_URL_VARIABLE, database.owner_dsn)
        try:
            yield database
        finally:
            connections.use_database(before[0], before[1])
            drop(database_server, database)


@pytest.fixture
def owner_connection(request: pytest.FixtureRequest) -> Iterator[psycopg.Connection]:
    """Raw SQL as the owner of the tables, on the database the test uses."""
    with _raw(request, connections.OWNER_VARIABLE) as connection:
        yield connection


@pytest.fixture
def app_connection(request: pytest.FixtureRequest) -> Iterator[psycopg.Connection]:
    """Raw SQL as the application role, on the database the test uses."""
    with _raw(request, connections.APP_VARIABLE) as connection:
        yield connection


def _raw(request: pytest.FixtureRequest, variable: str) -> psycopg.Connection:
    fresh = "fresh_database" in request.fixturenames
    request.getfixturevalue("fresh_database" if fresh else "django_db_setup")
    return psycopg.connect(os.environ[variable], autocommit=True)


def _database(server: Server, name: str) -> Database:
    return Database(name, server.dsn("lmb_app", name), server.dsn("lmb_owner", name))


def _clone(server: Server, template: Database, database: Database) -> None:
    """Make a copy of the template and point Django at it, with the same rights as any database."""
    _execute(server, "CREATE DATABASE {} TEMPLATE {}", database.name, template.name)
    connections.use_database(database.app_dsn, database.owner_dsn)
    runtime.prepare_application_role()


def drop(server: Server, database: Database) -> None:
    """Delete a database, whoever is still connected; only the superuser may end all of them."""
    superuser = server.dsn(SUPERUSER, "postgres")
    with psycopg.connect(superuser, autocommit=True) as connection:
        name = sql.Identifier(database.name)
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


def _execute(server: Server, statement: str, *names: str) -> None:
    with psycopg.connect(server.owner_dsn, autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


# ── outside things ────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of shared data sets."""
    folder = Path(os.environ.get("LMB_DATA") or CLONE.parent / "shared" / "data")
    if not folder.is_dir():
        _absent("the shared data sets are not here; set LMB_DATA to their folder")
    return folder


@pytest.fixture(scope="session")
def spark_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """A session on a Spark cluster of this machine: a master, and two workers whose executors are
    processes of their own."""
    java = shutil.which("java")
    if java is None or importlib.util.find_spec("pyspark") is None:
        _absent("Spark is not installed; with Java 17 or newer: make setup-spark")
    pyspark = importlib.import_module("pyspark.sql")
    # What is compiled while so little is counted costs more than it saves.
    plain = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
    os.environ["PYSPARK_SUBMIT_ARGS"] = f"--driver-java-options '{plain}' pyspark-shell"
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    builder = pyspark.SparkSession.builder.master("local-cluster[2,1,1024]").appName("lmb")
    for name, value in {
        **SETTINGS,
        "spark.executor.extraJavaOptions": plain,
        # Nothing is counted before both workers are there.
        "spark.scheduler.maxRegisteredResourcesWaitingTime": "300s",
        "spark.scheduler.minRegisteredResourcesRatio": "1.0",
        "spark.sql.adaptive.enabled": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.warehouse.dir": str(tmp_path_factory.mktemp("warehouse")),
        "spark.ui.enabled": "false",
    }.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    yield session
    session.stop()
    shutil.rmtree(Path(str(pyspark.__file__)).parents[1] / "work", ignore_errors=True)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless browser from the system's packages."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        _absent("no browser is installed; on Debian: apt-get install chromium-headless-shell")
    # Playwright keeps an event loop in this thread; Django would refuse to query beside it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=BROWSER_ARGUMENTS)
        yield started
        started.close()
