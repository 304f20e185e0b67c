"""What a balancer, a scheduler and a monitor ask: is the process alive, can it serve, what has it
done. None of it says anything about people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from ipaddress import ip_address

from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from lmb.config import metrics
from lmb.config.clock import SystemClock
from lmb.proofs.standing import oldest_unsigned_at

TEXT = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Readiness:
    """What serving needs. `checkpoint_age_seconds`: how long the longest-waiting movement of real
    books has stood without a signed checkpoint; 0 where none waits, None without a database."""

    database: bool
    migrations: bool
    checkpoint_age_seconds: int | None

    @property
    def ready(self) -> bool:
        limit = settings.CHECKPOINT_AGE_MAX_SECONDS
        late = limit is not None and (self.checkpoint_age_seconds or 0) > limit
        return self.database and self.migrations and not late


@csrf_exempt
@require_safe
@never_cache
def alive(request: HttpRequest) -> HttpResponse:
    """That the process answers; it asks nothing else."""
    return HttpResponse("alive\n", content_type="text/plain")


@csrf_exempt
@require_safe
@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    """Whether requests can be served: 200, or 503 with what is missing."""
    found = readiness(SystemClock().now())
    document = {
        "ready": found.ready,
        "database": found.database,
        "migrations": found.migrations,
        "checkpoint_age_seconds": found.checkpoint_age_seconds,
    }
    return JsonResponse(document, status=200 if found.ready else 503)


@csrf_exempt
@require_safe
@never_cache
def figures(request: HttpRequest) -> HttpResponse:
    """Metrics, for this machine and whoever shows the token; for others there is no such page."""
    if not _may_read(request):
        return HttpResponse("There is no page at this address.\n", "text/plain", status=404)
    found = readiness(SystemClock().now())
    gauges = {"lmb_ready": ("Whether requests can be served.", float(found.ready))}
    if found.checkpoint_age_seconds is not None:
        gauges["lmb_checkpoint_age_seconds"] = (
            "How long a movement has waited for a signed checkpoint.",
            float(found.checkpoint_age_seconds),
        )
    return HttpResponse(metrics.exposition(gauges), TEXT)


def readiness(at: datetime) -> Readiness:
    """What can be said at a moment; a database that does not answer is no error here."""
    try:
        if not _all_migrations_applied():
            return Readiness(True, False, None)
        waiting_since = oldest_unsigned_at()
    except Error:
        return Readiness(False, False, None)
    age = 0 if waiting_since is None else max(int((at - waiting_since).total_seconds()), 0)
    return Readiness(True, True, age)


def _all_migrations_applied() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _may_read(request: HttpRequest) -> bool:
    expected = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "")
    if expected and compare_digest(given.encode(), f"Bearer {expected}".encode()):
        return True
    # Behind a proxy everybody comes from this machine.
    if settings.SECURE_PROXY_SSL_HEADER is not None:
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
