"""A full disk refuses; once there is room again, everything asked for meanwhile lands once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import InterfaceError, OperationalError, close_old_connections

from lmb.config import cluster as clusters
from lmb.config import connections, runtime
from lmb.config.cluster import SUPERUSER, Cluster
from lmb.config.errors import DatabaseStartError
from lmb.ledger import service
from lmb.ledger.batcher import Batcher, UnknownOutcomeError
from tests.ledger.invariants import broken
from tests.torture.durable import DurableHome
from tests.torture.small_disk import SmallDisk, mounted
from tests.torture.traffic import Client, Traffic, open_books

DISK_MEGABYTES = 48
LEFT_BYTES = 100_000
CALLS_MAX = 100
BATCH_JOURNALS = 40


@pytest.fixture
def disk(durable: DurableHome) -> Iterator[SmallDisk]:
    with mounted(DISK_MEGABYTES) as disk:
        yield disk
        durable.kill()


def post(client: Client, traffic: Traffic) -> Exception | None:
    """Post a batch; give what the call failed with, if it did."""
    batch = [client.journal() for _ in range(BATCH_JOURNALS)]
    try:
        answers = service.post(traffic.ledger.books, batch)
    except (OperationalError, InterfaceError) as error:
        traffic.note(batch, None)
        close_old_connections()
        return error
    traffic.note(batch, answers)
    return None


def post_until_refused(client: Client, traffic: Traffic) -> Exception:
    for _ in range(CALLS_MAX):
        error = post(client, traffic)
        if error is not None:
            return error
    raise AssertionError("the disk never was full")


def test_a_full_disk_refuses_payments_and_the_books_stay_sound(
    durable: DurableHome, disk: SmallDisk
) -> None:
    with durable.server() as server:
        folder = disk.folder_for(clusters.locate(durable.folder))
        with psycopg.connect(server.dsn(SUPERUSER), autocommit=True) as superuser:
            superuser.execute(f"CREATE TABLESPACE small OWNER lmb_owner LOCATION '{folder}'")
            superuser.execute("CREATE DATABASE small OWNER lmb_owner TABLESPACE small")
        connections.use_database(server.dsn("lmb_app", "small"), server.dsn("lmb_owner", "small"))
        runtime.migrate()
        traffic = Traffic(open_books("small"))
        client = traffic.client("a")
        disk.fill(left_bytes=LEFT_BYTES)
        with pytest.raises(OperationalError, match="No space left on device"):
            raise post_until_refused(client, traffic)
        waiting = [client.journal() for _ in range(BATCH_JOURNALS)]
        traffic.note(waiting, None)
        with Batcher(traffic.ledger.books) as batcher:
            for future in [batcher.submit(journal) for journal in waiting]:
                with pytest.raises(UnknownOutcomeError):
                    future.result()
        assert broken(traffic.ledger.cell) == []
        disk.empty()
        assert post(client, traffic) is None
        traffic.settle()


def test_a_full_disk_under_the_log_ends_the_server_and_nothing_that_it_answered(
    durable: DurableHome, disk: SmallDisk
) -> None:
    cluster = clusters.locate(durable.folder)
    durable.kill()
    put_log_on(disk, cluster)
    with durable.server() as server:
        traffic = Traffic(open_books("small"))
        client = traffic.client("a")
        disk.fill(left_bytes=LEFT_BYTES)
        post_until_the_log_is_full(client, traffic, server.dsn(SUPERUSER))
        assert post(client, traffic) is not None
    with pytest.raises(DatabaseStartError, match="No space left on device"), durable.server():
        pass
    disk.empty()
    with durable.server():
        assert post(client, traffic) is None
        assert traffic.count().keys() == {"stands", "refused", "unknown"}
        traffic.settle()


def put_log_on(disk: SmallDisk, cluster: Cluster) -> None:
    """Keep the write-ahead log of a server that does not run on another disk."""
    log, folder = cluster.data / "pg_wal", disk.folder_for(cluster)
    # Copied by somebody with all rights, so that every file keeps its owner.
    for path in [log, *log.rglob("*")]:
        target = folder / path.relative_to(log)
        if path.is_dir():
            target.mkdir(exist_ok=True)
        else:
            shutil.copy2(path, target)
        shutil.chown(target, *owner(path))
    shutil.rmtree(log)
    log.symlink_to(folder)


def owner(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_uid, found.st_gid


def post_until_the_log_is_full(client: Client, traffic: Traffic, superuser: str) -> None:
    """Post, and have the server begin a new file of its log, until a call fails."""
    for _ in range(CALLS_MAX):
        if post(client, traffic) is not None:
            return
        try:
            with psycopg.connect(superuser, autocommit=True) as connection:
                connection.execute("SELECT pg_switch_wal()")
        except psycopg.OperationalError:
            return
    raise AssertionError("the log never was full")
