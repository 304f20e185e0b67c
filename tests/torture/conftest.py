"""What the torture tests stand on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django.plugin import DjangoDbBlocker

pytest.register_assert_rewrite("tests.torture.traffic")

from tests.torture.durable import DurableHome, durable_home  # noqa: E402 - after the rewriting


@pytest.fixture
def durable(django_db_blocker: DjangoDbBlocker) -> Iterator[DurableHome]:
    """A home whose server keeps what it answered, whatever ends it."""
    with django_db_blocker.unblock(), durable_home() as home:
        yield home
