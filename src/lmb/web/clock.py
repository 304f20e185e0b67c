"""The clock of the pages: what a visit is told the time by."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from lmb.values.clock import Clock


class _Now:
    def now(self) -> datetime:
        return timezone.now()


def system_clock() -> Clock:
    """The machine's clock, as services take it."""
    return _Now()
