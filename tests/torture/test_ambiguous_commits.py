"""A reply that is lost after the commit says neither yes nor no. The client is told that the
outcome is unknown; posting again with the same keys moves the money exactly once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from django.db import InterfaceError, OperationalError, close_old_connections, transaction
from django.db import connections as django_connections
from psycopg.conninfo import make_conninfo

from lmb.config import connections
from lmb.config.postgres import Server
from lmb.ledger import service
from lmb.ledger.batcher import Batcher, UnknownOutcomeError
from lmb.ledger.entries import Journal
from tests.conftest import Database
from tests.effort import Effort
from tests.torture.proxy import ATTEMPTS_MAX, Fault, Proxy, Schedule, once
from tests.torture.traffic import Answers, Client, Traffic, open_books

CLIENTS = "abcd"
END_SECONDS = 180.0
BATCHED_ATTEMPTS_MAX = 50
"""A journal in a batch meets the faults of whichever comes first in it."""
LOST = (OperationalError, InterfaceError)
ANY_FAULT = pytest.mark.parametrize("fault", list(Fault), ids=lambda fault: fault.name)


@dataclass(frozen=True, slots=True)
class Network:
    """The way from Django to its database."""

    server: Server
    database: Database

    @contextmanager
    def broken_by(self, decide: Callable[[bytes], Fault]) -> Iterator[None]:
        """Whatever talks to the database meets what is decided for it."""
        direct, owner = self.database.app_dsn, self.database.owner_dsn
        with Proxy(self.server, decide) as proxy:
            broken = make_conninfo(direct, host="127.0.0.1", port=proxy.port, sslmode="disable")
            connections.use_database(broken, owner)
            yield
            connections.use_database(direct, owner)


@pytest.fixture
def network(database_server: Server, fresh_database: Database) -> Network:
    return Network(database_server, fresh_database)


# ── one fault ─────────────────────────────────────────────────────────────────────────────────


def results(answers: Sequence[Answers]) -> set[str]:
    return {answer.result for told in answers for answer in told}


def check_again(fault: Fault, answers: Sequence[Answers]) -> None:
    """The second time it is told whether the first time the money moved."""
    assert results(answers) == ({"exists"} if fault.commits else {"ok"})


@ANY_FAULT
def test_a_call_is_answered_or_fails_as_a_lost_connection(network: Network, fault: Fault) -> None:
    traffic = Traffic(open_books("plain"))
    books, grants = traffic.ledger.books, traffic.client("a").grants()
    with network.broken_by(once(b"ledger_post", fault)):
        if fault.answers:
            assert results(service.post(books, grants)) == {"ok"}
        else:
            with pytest.raises(LOST):
                service.post(books, grants)
            close_old_connections()
        check_again(fault, service.post(books, grants))


@ANY_FAULT
def test_the_batcher_answers_or_says_that_it_does_not_know(network: Network, fault: Fault) -> None:
    traffic = Traffic(open_books("batched"))
    (grant, *_) = traffic.client("a").grants()
    with (
        network.broken_by(once(b"ledger_post", fault)),
        Batcher(traffic.ledger.books) as batcher,
    ):
        if fault.answers:
            assert results([batcher.post(grant)]) == {"ok"}
        else:
            with pytest.raises(UnknownOutcomeError, match="post it again with the same keys"):
                batcher.post(grant)
        check_again(fault, [batcher.post(grant)])


@ANY_FAULT
def test_a_callers_own_commit_may_be_the_one_that_is_lost(network: Network, fault: Fault) -> None:
    traffic = Traffic(open_books("transaction"))
    books, grants = traffic.ledger.books, traffic.client("a").grants()
    with network.broken_by(once(b"COMMIT", fault)):
        if fault.answers:
            with transaction.atomic():
                service.post_or_refuse(books, grants)
        else:
            with pytest.raises(LOST), transaction.atomic():
                service.post_or_refuse(books, grants)
            close_old_connections()
        check_again(fault, service.post(books, grants))


# ── many faults ───────────────────────────────────────────────────────────────────────────────


def post_until_answered(traffic: Traffic, journals: Sequence[Journal]) -> list[Answers]:
    """What a client does that is not answered: it posts again, with the same keys."""
    for _ in range(ATTEMPTS_MAX):
        try:
            answers = service.post(traffic.ledger.books, journals)
        except LOST:
            # As before each request to the site.
            close_old_connections()
        else:
            traffic.note(journals, answers)
            return answers
    raise AssertionError(f"{journals[0].key} was not answered in {ATTEMPTS_MAX} attempts")


def post_many(client: Client, traffic: Traffic, schedule: Schedule, calls: int) -> None:
    """Post batch after batch; each answer must tell whether an earlier attempt moved money."""
    try:
        for number in range(calls):
            batch = client.batch() if number else client.grants()
            answers = post_until_answered(traffic, batch)
            earlier = schedule.decided[batch[0].key][:-1]
            moved_before = any(fault.commits for fault in earlier)
            assert ("ok" if moved_before else "exists") not in results(answers)
            for journal, told in zip(batch, answers, strict=True):
                client.learn(journal, told)
    finally:
        django_connections.close_all()


def test_every_payment_lands_once_whatever_happens_to_its_reply(
    network: Network, effort: Effort
) -> None:
    traffic, schedule = Traffic(open_books("plain")), Schedule(effort.seed)
    calls = effort.amount(10, 60)
    clients = [traffic.client(name, effort.random(name)) for name in CLIENTS]
    with network.broken_by(schedule), ThreadPoolExecutor(len(clients)) as pool:
        for future in [
            pool.submit(post_many, client, traffic, schedule, calls) for client in clients
        ]:
            future.result(END_SECONDS * effort.amount(1, 10))
    traffic.settle()
    assert tell_what_was_met(schedule, effort) == set(Fault)


def test_payments_that_share_a_commit_share_its_loss_and_land_once(
    network: Network, effort: Effort
) -> None:
    traffic, schedule = Traffic(open_books("batched")), Schedule(effort.seed)
    calls = effort.amount(40, 300)

    def run(client: Client, batcher: Batcher) -> None:
        for _ in range(calls):
            journal = client.journal()
            for _ in range(BATCHED_ATTEMPTS_MAX):
                try:
                    answers = batcher.submit(journal).result(END_SECONDS)
                except UnknownOutcomeError:
                    traffic.note([journal], None)
                else:
                    break
            else:
                raise AssertionError(f"{journal.key} was never answered")
            traffic.note([journal], [answers])
            client.learn(journal, answers)

    grants = traffic.client("first").grants()
    traffic.note(grants, service.post(traffic.ledger.books, grants))
    with (
        network.broken_by(schedule),
        Batcher(traffic.ledger.books) as batcher,
        ThreadPoolExecutor(len(CLIENTS)) as pool,
    ):
        clients = [traffic.client(name, effort.random(name)) for name in CLIENTS]
        for future in [pool.submit(run, client, batcher) for client in clients]:
            future.result(END_SECONDS * effort.amount(1, 10))
    traffic.settle()
    # Which journals share a batch, and so meet one fault, is up to the moment.
    assert tell_what_was_met(schedule, effort) & {Fault.DROPPED, Fault.CUT}


def tell_what_was_met(schedule: Schedule, effort: Effort) -> set[Fault]:
    met = schedule.count()
    effort.tell(
        f"{met.total():,} requests: "
        + ", ".join(f"{fault.name.lower()} {met[fault]:,}" for fault in Fault)
    )
    return set(met)


def test_one_seed_is_one_run(network: Network, effort: Effort) -> None:
    def run(name: str, seed: int) -> tuple[dict[str, list[Fault]], list[set[str]]]:
        traffic, schedule = Traffic(open_books(name)), Schedule(seed)
        client = traffic.client("a", effort.random("chances"))
        with network.broken_by(schedule):
            post_many(client, traffic, schedule, 12)
        return schedule.decided, [results([answers or ()]) for _, answers in traffic.sent]

    first = run("first", effort.seed)
    assert run("second", effort.seed) == first
    assert run("third", effort.seed + 1) != first
