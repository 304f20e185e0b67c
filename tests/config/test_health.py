"""Alive, ready, and figures for a monitor: true, cheap, and nothing about people."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.test import Client
from pytest_django import Settings

from lmb.config import connections, health, metrics

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
LINE = re.compile(r'[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? -?[0-9.]+')


@pytest.fixture
def real_books(fresh_database: object, owner_connection: psycopg.Connection) -> psycopg.Connection:
    """Real books with one movement that no checkpoint covers, an hour old at NOW."""
    owner_connection.execute("INSERT INTO ledger_cell VALUES (1, 'real', false, 1, NULL, NULL)")
    owner_connection.execute("ALTER TABLE ledger_transfer DISABLE TRIGGER USER")
    owner_connection.execute(
        """INSERT INTO ledger_transfer (cell, id, seq, amount_cents, effective_at, recorded_at,
            debit_balance_after_cents, credit_balance_after_cents, debit_seq_before,
            credit_seq_before, journal, debit, credit, kind, code, unit)
        VALUES (1, gen_random_uuid(), 1, 1, %(at)s, %(at)s, 0, 0, 0, 0, gen_random_uuid(),
            gen_random_uuid(), gen_random_uuid(), 'post', 'test', 'USD')""",
        {"at": NOW - timedelta(hours=1)},
    )
    return owner_connection


def test_alive_asks_no_database() -> None:
    response = Client().get("/healthz")
    assert (response.status_code, response.content) == (200, b"alive\n")
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.django_db
def test_ready_with_a_database_that_is_up_to_date() -> None:
    response = Client().get("/readyz")
    assert response.status_code == 200
    assert response.json() == {
        "ready": True,
        "database": True,
        "migrations": True,
        "checkpoint_age_seconds": 0,
    }


def test_not_ready_without_a_database(fresh_database: object) -> None:
    connections.use_database(connections.NOWHERE, connections.NOWHERE)
    response = Client().get("/readyz")
    assert response.status_code == 503
    assert response.json()["database"] is False
    assert Client().get("/healthz").status_code == 200


def test_not_ready_while_a_migration_is_missing(
    fresh_database: object, owner_connection: psycopg.Connection
) -> None:
    owner_connection.execute("DELETE FROM django_migrations WHERE app = 'web'")
    response = Client().get("/readyz")
    assert (response.status_code, response.json()["migrations"]) == (503, False)


def test_a_movement_that_waits_too_long_for_a_checkpoint_is_told(
    real_books: psycopg.Connection, settings: Settings
) -> None:
    connections.serve_strangers()
    found = health.readiness(NOW)
    assert found.checkpoint_age_seconds == 3600
    assert found.ready, "nobody said how long is too long"
    settings.CHECKPOINT_AGE_MAX_SECONDS = 3600
    assert found.ready
    settings.CHECKPOINT_AGE_MAX_SECONDS = 3599
    assert not found.ready


@pytest.mark.django_db
def test_figures_are_what_prometheus_reads() -> None:
    before = metrics.exposition({})
    Client().get("/glossary/")
    text = Client().get("/metrics").content.decode()
    plain = [line for line in text.splitlines() if not line.startswith("#")]
    assert plain
    assert all(LINE.fullmatch(line) for line in plain)
    asked = 'lmb_http_request_seconds_count{method="GET",route="glossary/",status="200"} '
    count = {
        name: int(re.search(re.escape(asked) + r"(\d+)", each)[1]) if asked in each else 0  # type: ignore[index]
        for name, each in (("before", before), ("after", text))
    }
    assert count["after"] == count["before"] + 1
    assert "\nlmb_ready 1.000\n" in text


def test_buckets_add_up() -> None:
    for seconds in (0.001, 0.2, 99):
        metrics.observe("GET", "buckets", 200, seconds)
    text = metrics.exposition({})
    label = 'method="GET",route="buckets",status="200"'
    assert f'_bucket{{{label},le="0.005"}} 1\n' in text
    assert f'_bucket{{{label},le="0.25"}} 2\n' in text
    assert f'_bucket{{{label},le="5.0"}} 2\n' in text
    assert f'_bucket{{{label},le="+Inf"}} 3\n' in text


@pytest.mark.django_db
def test_figures_are_for_this_machine_and_whoever_shows_the_token(settings: Settings) -> None:
    away = Client(REMOTE_ADDR="203.0.113.7")
    assert away.get("/metrics").status_code == 404
    settings.METRICS_TOKEN = "t" * 32
    for shown in ("", "t" * 31, "t" * 33, "é"):
        assert away.get("/metrics", headers={"Authorization": f"Bearer {shown}"}).status_code == 404
    let_in = away.get("/metrics", headers={"Authorization": f"Bearer {'t' * 32}"})
    assert let_in.status_code == 200
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert Client().get("/metrics").status_code == 404, "behind a proxy all come from here"


@pytest.mark.parametrize("address", ["/healthz", "/readyz", "/metrics"])
def test_they_can_only_be_read(address: str) -> None:
    assert Client().post(address).status_code == 405
