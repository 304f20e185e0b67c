"""The ground the other tests stand on holds."""

from __future__ import annotations

import os

import psycopg
import pytest
from django.db import connection

from lmb.config.connections import APP_VARIABLE


def user_and_database() -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_database()")
        user, database = cursor.fetchone()
    return user, database


@pytest.mark.django_db
def test_service_code_runs_as_the_application_role() -> None:
    user, database = user_and_database()
    assert user == "lmb_app"
    assert database.startswith("test_")


def test_fresh_database_is_a_clone_of_its_own(
    fresh_database: object, owner_connection: psycopg.Connection
) -> None:
    user, database = user_and_database()
    assert user == "lmb_app"
    assert database.startswith("fresh_")
    owner_connection.execute("CREATE TABLE kept (number integer)")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM kept")
        assert cursor.fetchone() == (0,)


def test_fresh_database_leaves_nothing_to_the_next_test(
    fresh_database: object, app_connection: psycopg.Connection
) -> None:
    found = app_connection.execute("SELECT to_regclass('kept')").fetchone()
    assert found == (None,)
    assert "fresh_" in os.environ[APP_VARIABLE]


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (number integer)",
        "CREATE TEMPORARY TABLE mine (number integer)",
        "CREATE SCHEMA mine",
        "SET ROLE lmb_owner",
    ],
)
def test_application_role_makes_nothing_and_becomes_nobody(
    app_connection: psycopg.Connection, statement: str
) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        app_connection.execute(statement)
