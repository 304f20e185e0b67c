"""Schemathesis asks for everything the document describes, as it says and otherwise: no answer may
be an error of the server, or one that the document does not describe.

The chances come from the operation's own name, so that a failure is the same in every run.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Case
from schemathesis.openapi.loaders import from_dict
from schemathesis.specs.openapi.checks import (
    positive_data_acceptance,
)

from lmb.api import admission
from lmb.api.document import document
from lmb.people.roles import Role
from tests.api.conftest import World
from tests.api.test_permissions import MATRIX


class Unlimited:
    """Tokens without end: what is asked here a person would not ask in a day."""

    def take(self, *_: object) -> bool:
        return False


@pytest.fixture(autouse=True)
def one_transaction(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A server ends its connection where a request left a transaction open; here the test has one
    around them all."""
    monkeypatch.setattr(admission, "LEASES", Unlimited())
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


SCHEMA = from_dict(document())
SCHEMA.app = get_wsgi_application()
# A body too large is refused before it is read.
SCHEMA.config.checks.negative_data_rejection.expected_statuses += ["413"]


@SCHEMA.parametrize()
@settings(
    max_examples=15,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_answer_is_one_the_document_describes(case: Case[Any], world: World) -> None:
    roles = MATRIX[case.operation.definition.raw["operationId"]] - {"nobody"}
    client = world.clients[Role(sorted(roles)[0])]
    case.call_and_validate(
        headers={"X-API-Key": client.key}, excluded_checks=[positive_data_acceptance]
    )
