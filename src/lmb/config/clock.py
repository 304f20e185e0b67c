"""The machine's clock: read here, at the edge, and handed to whoever needs the time."""

from __future__ import annotations

from datetime import UTC, datetime


class SystemClock:
    """The machine's own clock, for real books."""

    def now(self) -> datetime:
        return datetime.now(UTC)
