"""Payouts wait for witnesses: money must not leave while nobody outside has seen the books.

The database decides (`migrations/sql/payouts.sql`): it refuses any posting that moves money of the
programme to an account outside, through whichever door it comes, raw SQL included, while the
policy in force asks for witnesses and its quorum has not answered in time. Here its refusal
becomes one of ours, so that page, API and command line show the same sentence.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import DatabaseError, connection
from django.db.backends.base.base import BaseDatabaseWrapper

from lmb.values.errors import RefusedError

WAITING = "LB002"
"""The condition the database raises; its message is the whole sentence."""


class PayoutsWaitError(RefusedError, DatabaseError):
    """No quorum of witnesses has answered in time; nothing was paid. Give the same order again
    once one has. It is an error of the database too, so whoever posts for many, and answers each
    when the database refuses one, needs to know nothing of witnesses."""


def payout_refusal(cell: int, at: datetime) -> str | None:
    """Why payouts of a cell wait at a moment of real time; None when they need not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT proofs_payout_refusal(%s, %s)", [cell, at])
        (found,) = cursor.fetchone()
    return None if found is None else str(found)


def tell_in_our_words(
    connection: BaseDatabaseWrapper,
    **_signal: object,
) -> None:
    """Let a new connection raise PayoutsWaitError where the database holds a payout back."""
    if _in_our_words not in connection.execute_wrappers:
        connection.execute_wrappers.append(_in_our_words)


def _in_our_words(
    execute: Callable[..., object], sql: str, parameters: Any, many: bool, context: Any
) -> object:
    try:
        return execute(sql, parameters, many, context)
    except DatabaseError as error:
        cause = error.__cause__
        if getattr(cause, "sqlstate", None) != WAITING:
            raise
        raise PayoutsWaitError(str(cause).partition("\n")[0]) from error
