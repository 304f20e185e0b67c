"""Figures of this process as Prometheus reads them (text format 0.0.4), kept by hand: counts and
times of requests, and what the process uses. Labels are patterns of addresses, so there are few."""

from __future__ import annotations

import resource
import threading
import time
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator

BUCKETS_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 5.0)
SERIES_MAX = 2000
"""More kinds of answers than there can be; one more is counted as `other`."""

Series = tuple[str, str, str]
"""Method, route, status."""

_lock = threading.Lock()
_counts: dict[Series, int] = defaultdict(int)
_seconds: dict[Series, float] = defaultdict(float)
_buckets: dict[Series, list[int]] = {}
_started_at = time.time()


def observe(method: str, route: str, status: int, seconds: float) -> None:
    """Count one answered request."""
    series = (method, route, str(status))
    with _lock:
        if series not in _counts and len(_counts) >= SERIES_MAX:
            series = ("other", "other", "other")
        _counts[series] += 1
        _seconds[series] += seconds
        found = _buckets.setdefault(series, [0] * len(BUCKETS_SECONDS))
        place = bisect_left(BUCKETS_SECONDS, seconds)
        if place < len(found):
            found[place] += 1


def exposition(gauges: dict[str, tuple[str, float]]) -> str:
    """All figures as text; `gauges` are further ones, by name, each with what it is."""
    return "\n".join([*_requests(), *_process(), *_gauges(gauges), ""])


def _requests() -> Iterator[str]:
    name = "lmb_http_request_seconds"
    yield f"# HELP {name} Time to answer a request, by method, route and status."
    yield f"# TYPE {name} histogram"
    with _lock:
        for series in sorted(_counts):
            labels = ",".join(
                f'{label}="{_escaped(value)}"'
                for label, value in zip(("method", "route", "status"), series, strict=True)
            )
            below = 0
            for limit, count in zip(BUCKETS_SECONDS, _buckets[series], strict=True):
                below += count
                yield f'{name}_bucket{{{labels},le="{limit}"}} {below}'
            yield f'{name}_bucket{{{labels},le="+Inf"}} {_counts[series]}'
            yield f"{name}_sum{{{labels}}} {_seconds[series]:.6f}"
            yield f"{name}_count{{{labels}}} {_counts[series]}"


def _process() -> Iterator[str]:
    used = resource.getrusage(resource.RUSAGE_SELF)
    figures = (
        (
            "process_cpu_seconds_total",
            "counter",
            "User and system CPU time.",
            used.ru_utime + used.ru_stime,
        ),
        (
            "process_start_time_seconds",
            "gauge",
            "When the process started, since 1970.",
            _started_at,
        ),
        (
            "process_max_resident_memory_bytes",
            "gauge",
            "The most memory it had at once.",
            used.ru_maxrss * 1024,
        ),
    )
    for name, kind, what, value in figures:
        yield from (f"# HELP {name} {what}", f"# TYPE {name} {kind}", f"{name} {value:.3f}")


def _gauges(gauges: dict[str, tuple[str, float]]) -> Iterator[str]:
    for name, (what, value) in sorted(gauges.items()):
        yield from (f"# HELP {name} {what}", f"# TYPE {name} gauge", f"{name} {value:.3f}")


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
