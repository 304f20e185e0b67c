"""Nobody asks more often than their bucket allows, however many servers there are."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from lmb.api import limits
from lmb.api.limits import Leases, Limit
from lmb.api.models import Bucket
from lmb.api.problems import ProblemError
from tests.api.conftest import World

SLOW = Limit("slow", rate_per_second=2, burst=40)


def taken(leases: Leases, limit: Limit, subject: str, at: datetime, tries: int) -> int:
    """How many of so many tries were allowed."""
    count = 0
    for _ in range(tries):
        try:
            leases.take(limit, subject, at)
        except ProblemError:
            continue
        count += 1
    return count


def test_a_burst_and_then_the_rate(world: World) -> None:
    leases, at = Leases(), timezone.now()
    assert taken(leases, SLOW, "a", at, 100) == 40
    assert taken(leases, SLOW, "a", at + timedelta(seconds=3), 100) == 6
    assert taken(leases, SLOW, "b", at, 100) == 40


def test_servers_share_a_bucket(world: World) -> None:
    at = timezone.now()
    servers = [Leases() for _ in range(4)]
    total = 0
    for _ in range(30):
        total += sum(taken(server, SLOW, "a", at, 1) for server in servers)
    assert total == 40


def test_what_a_server_holds_too_long_is_lost_and_never_more_than_the_bucket_gave(
    world: World,
) -> None:
    first, second, at = Leases(), Leases(), timezone.now()
    assert taken(first, SLOW, "a", at, 1) == 1
    later = at + limits.LEASE_LASTS
    # Two came back in a second; the one the first server held and did not use did not.
    assert taken(second, SLOW, "a", later, 100) == 40 - SLOW.lease + 2


def test_a_clock_that_lags_fills_nothing(world: World) -> None:
    leases, at = Leases(), timezone.now()
    assert taken(leases, SLOW, "a", at, 100) == 40
    assert taken(Leases(), SLOW, "a", at - timedelta(hours=1), 10) == 0
    assert taken(Leases(), SLOW, "a", at + timedelta(seconds=1), 10) == 2


def test_the_wait_that_is_told_is_enough(world: World) -> None:
    leases, at = Leases(), timezone.now()
    taken(leases, SLOW, "a", at, 100)
    with pytest.raises(ProblemError) as told:
        leases.take(SLOW, "a", at)
    wait = timedelta(seconds=int(told.value.headers["Retry-After"]))
    assert taken(leases, SLOW, "a", at + wait, 1) == 1


def test_a_server_remembers_few_and_buckets_do_not_pile_up(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "LEASES_MAX", 3)
    leases, at = Leases(), timezone.now()
    for number in range(30):
        leases.take(SLOW, str(number), at)
    assert len(leases._held) == 3
    leases.take(SLOW, "new", at + timedelta(days=2))
    assert Bucket.objects.filter(key__startswith="slow").count() <= 31 - 20


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("", "no address", True),
    ],
)
def test_a_network_is_counted_as_one_and_nobodys_address_is_kept(
    one: str, other: str, same: bool
) -> None:
    assert (limits.network_of(one) == limits.network_of(other)) is same
    assert one == "" or one not in limits.network_of(one)
