"""Which database Django talks to, and as whom.

Two aliases lead to the same database: `default` as the application role, which may do only what
the migrations grant it, and `owner` as the role that owns the tables, for migrations and for the
one thing the application must not decide for itself: whom the books trust. The connection strings
travel in two environment variables, so that subprocesses follow.

A process that is pointed at its database by `use_database`, such as a command, works as the house:
row-level security lets it do what its role may. One that serves strangers is not the house, unless
a service says so for its transaction (`lmb.rules.sessions`).
"""

from __future__ import annotations

import os
from typing import Any

from psycopg.conninfo import conninfo_to_dict

APP_VARIABLE = "LMB_DB_APP"
OWNER_VARIABLE = "LMB_DB_OWNER"
# Where nobody listens: without a database, the first query fails instead of finding a stranger.
NOWHERE = "host=/nonexistent dbname=lmb"

HOUSE = "-c lmb.house=yes"

# Django's names for the parts of a connection string; the rest goes to the driver as it is.
_NAMED = {"host": "HOST", "port": "PORT", "dbname": "NAME", "user": "USER", "password": "PASSWORD"}


def databases() -> dict[str, dict[str, Any]]:
    """Django's DATABASES from the environment; without it, a database that cannot be reached."""
    return {
        "default": _parameters(os.environ.get(APP_VARIABLE, NOWHERE)),
        "owner": _parameters(os.environ.get(OWNER_VARIABLE, NOWHERE)),
    }


def use_database(app_dsn: str, owner_dsn: str) -> None:
    """Point this process, and those it starts, at a database; this one works as the house. Open
    connections are closed."""
    os.environ[APP_VARIABLE] = app_dsn
    os.environ[OWNER_VARIABLE] = owner_dsn
    _reconnect()
    from django.db import connections

    options = connections.settings["default"]["OPTIONS"]
    options["options"] = f"{options.get('options') or ''} {HOUSE}".strip()


def serve_strangers() -> None:
    """Stop working as the house: this process answers people. Open connections are closed.

    It may be a fork of one that did work as the house.
    """
    _reconnect()


def _reconnect() -> None:
    from django.db import connections

    connections.close_all()
    for alias, parameters in databases().items():
        # In place: every connection object holds this very dictionary.
        connections.settings[alias].update(parameters)


def _parameters(dsn: str) -> dict[str, Any]:
    parts = conninfo_to_dict(dsn)
    named = {name: str(parts.pop(key, None) or "") for key, name in _NAMED.items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        **named,
        "OPTIONS": dict(parts),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


class OwnerMigrates:
    """Database router: tables are made by their owner; both aliases are one database."""

    def allow_migrate(self, db: str, app_label: str, **hints: object) -> bool:
        return db == "owner"

    def allow_relation(self, first: object, second: object, **hints: object) -> bool:
        return True
