"""A batch as the posting function takes it: journals as a document, items column by column.

A column is written as PostgreSQL's text form of an array in a few passes over one string; a
driver that looks at each value takes ten times as long, more than the books need to post it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from lmb.ledger.entries import HoldFor, Item, Journal, Post
from lmb.values.identifiers import SEPARATOR

POST = "ledger_post(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
"""The call that takes a cell, a time, and the parameters of a batch."""


def parameters(journals: Sequence[Journal], cell: int, at: datetime) -> list[str | None]:
    """What the posting function asks for after the cell and the time. Raises ValueError for a
    text with the separator that stands between parts of a name."""
    items = [item for journal in journals for item in journal.items]
    places = [place for place, journal in enumerate(journals, 1) for _ in journal.items]
    from_holds = any(type(item) is not Post for item in items)
    return [
        json.dumps([journal.header(cell, at) for journal in journals]),
        _plain(places),
        _texts([item.key for item in items]),
        _texts([item.kind for item in items]),
        _texts([getattr(item, "debit", None) for item in items]),
        _texts([getattr(item, "credit", None) for item in items]),
        _plain([getattr(item, "amount_cents", None) for item in items]),
        _texts([item.code for item in items]),
        _plain([getattr(item, "hold", None) for item in items]) if from_holds else None,
        _plain([_moment(item) for item in items]) if from_holds else None,
        _plain([getattr(item, "final", None) for item in items]) if from_holds else None,
    ]


def _plain(values: Sequence[object]) -> str:
    """An array of values whose text needs no quotes."""
    if None in values:
        return "{" + ",".join("NULL" if value is None else str(value) for value in values) + "}"
    return "{" + ",".join(map(str, values)) + "}"


def _texts(values: Sequence[str | None]) -> str:
    """An array of any texts but NULL bytes, which PostgreSQL has no place for."""
    if None in values:
        return "{" + ",".join("NULL" if v is None else _texts([v])[1:-1] for v in values) + "}"
    joined = SEPARATOR.join(values)  # type: ignore[arg-type]  # no value is None here
    if joined.count(SEPARATOR) != len(values) - 1:
        raise ValueError("keys, codes and accounts have no control character U+001F")
    escaped = joined.replace("\\", "\\\\").replace('"', '\\"').replace(SEPARATOR, '","')
    return f'{{"{escaped}"}}'


def _moment(item: Item) -> str | None:
    expires_at = item.expires_at if isinstance(item, HoldFor) else None
    return None if expires_at is None else f'"{expires_at.isoformat()}"'
