"""Every process of PostgreSQL is killed under load, again and again: what was answered is there,
nothing is there twice, and what was not answered is settled by posting it once more."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from django.db import InterfaceError, OperationalError, connections

from lmb.ledger import service
from lmb.ledger.batcher import Batcher, UnknownOutcomeError
from lmb.ledger.entries import Item
from tests.effort import Effort
from tests.torture.durable import DurableHome
from tests.torture.traffic import Client, Traffic, open_books

WRITERS = 3
"""Clients that post batches, each on a connection of its own."""
SHARING = 4
"""Clients that post one journal at a time through a batcher they share."""
LOAD_SECONDS = (0.2, 1.4)
END_SECONDS = 180.0


def test_a_killed_database_has_what_it_answered_and_nothing_twice(
    durable: DurableHome, effort: Effort
) -> None:
    told: Counter[str] = Counter()
    settled: list[tuple[Traffic, Mapping[UUID, Item]]] = []
    slowest_seconds = 0.0
    for number in range(effort.kill_rounds):
        with durable.server():
            traffic = Traffic(open_books(f"round {number}"))
            load_until_killed(traffic, durable, effort)
        begun = time.monotonic()
        with durable.server():
            slowest_seconds = max(slowest_seconds, time.monotonic() - begun)
            told += traffic.count()
            settled.append((traffic, traffic.settle()))
    with durable.server():
        for traffic, items in settled:
            traffic.check(items)
    effort.tell(
        f"{effort.kill_rounds} kills; {told['stands']:,} items acknowledged, {told['refused']:,} "
        f"refused, {told['unknown']:,} unknown; recovered within {slowest_seconds:.1f} s"
    )
    # A kill that met nothing, or a load that the limits let through, would have tried nothing.
    assert told["unknown"] > 0
    assert told["refused"] > 0.1 * told["stands"]


def load_until_killed(traffic: Traffic, durable: DurableHome, effort: Effort) -> None:
    """Post from many clients, kill the server in the middle, and wait until all have noticed."""
    ledger = traffic.ledger
    first, *clients = (
        traffic.client(str(number), effort.random(ledger.name, number))
        for number in range(1 + WRITERS + SHARING)
    )
    grants = first.grants()
    traffic.note(grants, service.post(ledger.books, grants))
    with Batcher(ledger.books) as batcher, ThreadPoolExecutor(len(clients)) as pool:
        writing = [pool.submit(write, client, traffic) for client in clients[:WRITERS]]
        sharing = [pool.submit(share, client, traffic, batcher) for client in clients[WRITERS:]]
        time.sleep(effort.random(ledger.name, "kill").uniform(*LOAD_SECONDS))
        durable.kill()
        for future in [*writing, *sharing]:
            future.result(END_SECONDS)


def write(client: Client, traffic: Traffic) -> None:
    """Post batches until the connection is lost."""
    deadline = time.monotonic() + END_SECONDS
    try:
        while time.monotonic() < deadline:
            batch = client.batch()
            try:
                answers = service.post(traffic.ledger.books, batch)
            except (OperationalError, InterfaceError):
                traffic.note(batch, None)
                return
            traffic.note(batch, answers)
            for journal, told in zip(batch, answers, strict=True):
                client.learn(journal, told)
    finally:
        connections.close_all()
    raise AssertionError("the server was killed, but nobody noticed")


def share(client: Client, traffic: Traffic, batcher: Batcher) -> None:
    """Post journals through the batcher until one's outcome is unknown."""
    deadline = time.monotonic() + END_SECONDS
    while time.monotonic() < deadline:
        journal = client.journal()
        try:
            answers = batcher.submit(journal).result(END_SECONDS)
        except UnknownOutcomeError:
            traffic.note([journal], None)
            return
        traffic.note([journal], [answers])
        client.learn(journal, answers)
    raise AssertionError("the server was killed, but the batcher did not notice")
