"""How often somebody may ask. One bucket in the database for all servers; each takes a few tokens
at once and spends them here, so that most requests ask nobody.

What a server took and did not spend within a second is lost: together servers never allow more
than the bucket gave out.
"""

from __future__ import annotations

import hmac
import ipaddress
import math
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from threading import Lock

from django.conf import settings
from django.db import connection

from lmb.api.problems import RATE, ProblemError

LEASE_LASTS = timedelta(seconds=1)
LEASES_MAX = 10_000
IPV6_NETWORK_BITS = 64
"""One household or office has at least that many addresses; to count each alone counts nobody."""


@dataclass(frozen=True, slots=True)
class Limit:
    """So many requests a second in the long run, so many at once."""

    name: str
    rate_per_second: float
    burst: int

    @property
    def lease(self) -> int:
        """How many a server takes at once: few enough to leave others some."""
        return max(1, self.burst // 20)


CLIENT = Limit("client", 100, 200)
NETWORK = Limit("network", 10, 60)
COMPUTATIONS = Limit("computations", 0.5, 10)
"""What keeps a processor busy for a while, by client."""
FAILURES = Limit("failures", 0.1, 20)
"""Credentials that opened nothing, by network. Secrets are too long to be guessed; this keeps
somebody who tries from keeping the database busy."""


class Leases:
    """The tokens this server holds, by bucket. Threads share it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._held: OrderedDict[str, tuple[int, datetime]] = OrderedDict()

    def take(self, limit: Limit, subject: str, at: datetime) -> bool:
        """Take one token. Returns whether the database was asked for more; raises ProblemError
        when there are none."""
        bucket = f"{limit.name} {subject}"
        with self._lock:
            left, until = self._held.get(bucket, (0, at))
            if left > 0 and at < until:
                self._held[bucket] = (left - 1, until)
                return False
        granted, wait_seconds = _lease(bucket, limit, at)
        if granted == 0:
            seconds = max(1, math.ceil(wait_seconds))
            raise ProblemError(
                RATE,
                f"at most {limit.rate_per_second:g} requests a second and {limit.burst} at once; "
                f"wait {seconds} s",
                headers={"Retry-After": str(seconds)},
            )
        with self._lock:
            self._held[bucket] = (granted - 1, at + LEASE_LASTS)
            self._held.move_to_end(bucket)
            while len(self._held) > LEASES_MAX:
                self._held.popitem(last=False)
        return True

    def forget(self) -> None:
        """Give up all tokens, as if this server had just started."""
        with self._lock:
            self._held.clear()


def network_of(address: str) -> str:
    """A keyed hash of the network an address is in: nobody's address is kept."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    bits = IPV6_NETWORK_BITS if found.version == 6 else 32
    network = ipaddress.ip_network((found, bits), strict=False)
    key = settings.SECRET_KEY.encode()
    return hmac.new(key, b"lmb network " + str(network).encode(), sha256).hexdigest()


def _lease(bucket: str, limit: Limit, at: datetime) -> tuple[int, float]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT granted, wait FROM api_lease(%s, %s, %s, %s, %s)",
            [bucket, limit.rate_per_second, limit.burst, limit.lease, at],
        )
        granted, wait = cursor.fetchone()
    return int(granted), float(wait)
