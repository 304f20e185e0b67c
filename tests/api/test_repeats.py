"""One request, one effect, however often it is sent and whoever dies in between."""

from __future__ import annotations

import json
import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from lmb.api import models, repeats, tokens
from lmb.facts.models import Hire
from lmb.people import clients
from lmb.people.acting import ActingClient
from lmb.people.roles import Role
from lmb.people.sessions import acting, house
from tests.api.conftest import World
from tests.api.support import Registered, post, problem
from tests.api.test_work import agreed, hire


@pytest.fixture
def employer(world: World) -> Registered:
    agreed(world)
    return world.clients[Role.EMPLOYER]


def test_the_same_request_again_has_the_same_answer_and_no_second_effect(
    world: World, employer: Registered
) -> None:
    first = post("/hires", hire(world), employer)
    again = post("/hires", hire(world), employer)
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert "Idempotency-Replayed" not in first
    assert again["Idempotency-Replayed"] == "true"
    with house():
        assert Hire.objects.filter(cell=world.cell).count() == 1


def test_a_key_stands_for_one_request(world: World, employer: Registered) -> None:
    assert post("/hires", hire(world), employer).status_code == 201
    other = {**hire(world), "hired_on": "2020-02-04"}
    assert problem(post("/hires", other, employer)) == "idempotency-key-reused"
    spaced = json.dumps(hire(world), indent=1).encode()
    assert problem(post("/hires", spaced, employer)) == "idempotency-key-reused"
    assert post("/hires", other, employer, key="key-2").status_code == 201


def test_keys_of_two_clients_have_nothing_to_do_with_each_other(
    world: World, employer: Registered
) -> None:
    assert post("/hires", hire(world), employer).status_code == 201
    bids = post("/outcomes/score", {}, world.clients[Role.INVESTOR])
    assert problem(bids) == "invalid-request"


@pytest.mark.parametrize("key", [None, "", "two words", "k" * 129, "ñ".encode().decode("latin-1")])
def test_a_change_needs_a_key(world: World, employer: Registered, key: str | None) -> None:
    assert problem(post("/hires", hire(world), employer, key=key)) == "idempotency-key-missing"


def test_a_refused_request_leaves_its_key_free(world: World, employer: Registered) -> None:
    stranger = {**hire(world), "person": str(employer.client)}
    assert problem(post("/hires", stranger, employer)) == "not-found"
    assert post("/hires", hire(world), employer).status_code == 201


def test_while_one_is_carried_out_another_waits(world: World, employer: Registered) -> None:
    """Whoever has the lock is a transaction; where that ends, however it does, the key is free."""
    held, done = threading.Event(), threading.Event()
    client = _acting(world, employer)

    def carry_out() -> None:
        with transaction.atomic():
            repeats.before(client, "key-1", "other")
            held.set()
            done.wait(20)
            transaction.set_rollback(True)
        connection.close()

    thread = threading.Thread(target=carry_out)
    thread.start()
    held.wait(20)
    try:
        response = post("/hires", hire(world), employer)
        assert problem(response) == "request-in-progress"
        assert response["Retry-After"] == "1"
    finally:
        done.set()
        thread.join()
    assert post("/hires", hire(world), employer).status_code == 201


def test_answers_are_forgotten_after_a_week(world: World, employer: Registered) -> None:
    post("/hires", hire(world), employer)
    client = _acting(world, employer)
    now = timezone.now()
    for age, left in ((timedelta(days=6), 1), (timedelta(days=8), 0)):
        tokens.forget(now + age)
        with acting(client, now):
            assert models.Answer.objects.count() == left


def _acting(world: World, client: Registered) -> ActingClient:
    secret = clients.read_secret(client.key, "k")
    assert secret is not None
    admitted = clients.admit(secret, timezone.now())
    assert admitted is not None
    return admitted.client
