"""Bring up what a command needs: a database, Django on it, tables up to date."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from lmb.config.cluster import Progress
from lmb.config.connections import use_database
from lmb.config.errors import DatabaseUrlError
from lmb.config.paths import home
from lmb.config.postgres import APPLICATION_ROLE, embedded, silent

URL_VARIABLE = "DATABASE_URL"
OWNER_URL_VARIABLE = "DATABASE_OWNER_URL"
MINIMUM_VERSION = 16
# Any number will do, if nothing else in the database locks it.
MIGRATION_LOCK = 5_082_026


@contextmanager
def database(*, progress: Progress = silent) -> Iterator[None]:
    """Run the block with Django set up on the database of DATABASE_URL, else on the embedded one.

    The tables are those of the last `migrate()`. Raises EnvironmentProblem with the next step.
    """
    url = os.environ.get(URL_VARIABLE)
    if url:
        app_dsn, owner_dsn = external_dsns(url, os.environ.get(OWNER_URL_VARIABLE))
        with _django(app_dsn, owner_dsn):
            yield
        return
    with (
        embedded(home() / "postgres", progress=progress) as server,
        _django(server.app_dsn, server.owner_dsn),
    ):
        yield


@contextmanager
def _django(app_dsn: str, owner_dsn: str) -> Iterator[None]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lmb.config.settings")
    import django
    from django.db import connections

    django.setup()
    use_database(app_dsn, owner_dsn)
    try:
        yield
    finally:
        connections.close_all()


def external_dsns(url: str, owner_url: str | None) -> tuple[str, str]:
    """Connection strings of the application and of the owner for a server given by address.

    With one address for both, application connections take on the application role, so that the
    database's promises hold for them. Raises DatabaseUrlError.
    """
    if owner_url:
        # The application's login is not tried: the first migration may still have to make it.
        return _parsed(URL_VARIABLE, url), _usable(OWNER_URL_VARIABLE, owner_url)
    owner_dsn = _usable(URL_VARIABLE, url)
    _check_membership(owner_dsn)
    options = str(conninfo_to_dict(owner_dsn).get("options") or "")
    options = f"{options} -c role={APPLICATION_ROLE}".strip()
    return make_conninfo(owner_dsn, options=options), owner_dsn


def _parsed(variable: str, url: str) -> str:
    try:
        return make_conninfo(url)
    except psycopg.ProgrammingError as error:
        raise DatabaseUrlError(
            f"{variable} is not a PostgreSQL address: {str(error).strip()}. "
            "Write postgresql://user:password@host:5432/database."
        ) from error


def _usable(variable: str, url: str) -> str:
    """The connection string of a server that answers and is new enough."""
    dsn = _parsed(variable, url)
    try:
        with psycopg.connect(dsn, connect_timeout=10) as connection:
            version = connection.info.server_version // 10_000
            if version < MINIMUM_VERSION:
                raise DatabaseUrlError(
                    f"{variable} names PostgreSQL {version}; {MINIMUM_VERSION} or newer is "
                    f"needed. Use a newer server, or unset {variable} to use the embedded one."
                )
    except psycopg.OperationalError as error:
        raise DatabaseUrlError(
            f"The server that {variable} names cannot be used: {str(error).strip()}. "
            f"Correct the address, or unset {variable} to use the embedded PostgreSQL."
        ) from error
    return dsn


def _check_membership(dsn: str) -> None:
    """Refuse a login that may not take on the application role, if the role exists already."""
    with psycopg.connect(dsn, connect_timeout=10) as connection:
        member = connection.execute(
            "SELECT pg_has_role(oid, 'SET') FROM pg_roles WHERE rolname = %s", [APPLICATION_ROLE]
        ).fetchone()
        user = connection.info.user
    if member == (False,):
        raise DatabaseUrlError(
            f"The user of {URL_VARIABLE} may not act as {APPLICATION_ROLE}. Let an administrator "
            f"run `GRANT {APPLICATION_ROLE} TO {user}`, or set {OWNER_URL_VARIABLE} for the owner "
            f"of the tables and {URL_VARIABLE} for the application."
        )


def migrate(*, progress: Progress = silent) -> bool:
    """Bring the tables up to date as their owner; tell whether anything was done.

    Two processes that migrate at once take turns. Raises OldTablesError for tables of another
    development version.
    """
    from django.core.management import call_command
    from django.db import connections

    from lmb.config.table_shapes import check_shape, keep_shape

    owner = connections["owner"]
    check_shape(owner)
    if not _pending():
        return False
    with owner.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
    try:
        if not _pending():
            return False
        progress("Creating the tables")
        prepare_application_role()
        # First, so that a migration that is interrupted can be gone on with.
        keep_shape(owner)
        call_command("migrate", database="owner", interactive=False, verbosity=0)
    finally:
        # Closing the session gives back the lock, whatever state a failure left it in.
        owner.close()
    return True


def gather_statistics() -> None:
    """Let the database look at what its tables hold now. It does so by itself after a while; until
    then it plans as for empty tables, and row-level security makes such a plan very slow."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")


def _pending() -> bool:
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connections["owner"])
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def prepare_application_role() -> None:
    """Give the application role the least that every table shares: to see the schema and read.

    What more a table allows, the migration that makes the table grants. Nobody but the owner may
    make objects, temporary ones included: a temporary table could stand in for a real one inside
    a function that runs with its owner's rights.
    """
    from django.db import connections

    role = sql.Identifier(APPLICATION_ROLE)
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APPLICATION_ROLE])
        if cursor.fetchone() is None:
            cursor.execute(sql.SQL("CREATE ROLE {}").format(role))
            cursor.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(role))
        cursor.execute("SELECT current_database()")
        (name,) = cursor.fetchone()
        here = sql.Identifier(name)
        for statement in (
            sql.SQL("REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC").format(here),
            sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(here, role),
            sql.SQL("REVOKE CREATE ON SCHEMA public FROM PUBLIC"),
            sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(role),
            sql.SQL(
                "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO {}"
            ).format(role),
        ):
            cursor.execute(statement)
