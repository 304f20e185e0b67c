"""A coupon run: who held, what each gets, and every payment in the books, batch by batch.

`HOLDERS` in the environment sets how many (50,000 without it; a million takes minutes). Holders get
their bonds by journals of the books, which is set-up and not measured. Every second one holds an
odd number of hundreds, so that cents have to be rounded.
"""

from __future__ import annotations

import os
import resource
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import django
from django.db import connections

from lmb.config.postgres import embedded
from lmb.config.runtime import OWNER_URL_VARIABLE, URL_VARIABLE, database, migrate

if TYPE_CHECKING:
    from lmb.ledger.entries import Journal
    from tests.bonds.desk import Desk

HOLDERS = int(os.environ.get("HOLDERS", "50000"))
PAYS_ON = date(1976, 8, 16)
BUYERS = 4


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lmb.config.settings")
    django.setup()
    with (
        tempfile.TemporaryDirectory() as folder,
        embedded(Path(folder) / "home", throwaway=False) as server,
    ):
        os.environ[URL_VARIABLE] = server.app_dsn
        os.environ[OWNER_URL_VARIABLE] = server.owner_dsn
        with database():
            migrate()
            _measure()


def _measure() -> None:
    from lmb.bonds import queries_payments as payments
    from lmb.bonds import service_payments
    from lmb.ledger.queries import sums_cents

    desk = _held_by_many()
    memory_before = _megabytes()
    start = time.perf_counter()
    opened = service_payments.open_coupon_run(desk.at(PAYS_ON).books, desk.bond, 1)
    open_seconds = time.perf_counter() - start
    paid = service_payments.carry_on(desk.books, desk.bond, opened)
    seconds = time.perf_counter() - start
    assert paid.is_paid
    assert sums_cents(desk.books.cell)["interest"] == paid.total_cents
    assert payments.unclaimed_cents(desk.bond) == {}
    print(f"  {paid.holders:,} holders, {paid.total_cents / 100:,.2f} dollars")
    print(
        f"  entitlements on file   {open_seconds:8.1f} s  {paid.holders / open_seconds:10,.0f} /s"
    )
    print(f"  all of it              {seconds:8.1f} s  {paid.holders / seconds:10,.0f} holders/s")
    print(f"  memory of this process grew by {_megabytes() - memory_before:,.0f} MB")
    print(f"  off the obligation by the declared rounding: {paid.rounding_cents:,} cents")


def _held_by_many() -> Desk:
    """A bond whose buyers passed it on to `HOLDERS` others."""
    from lmb.bonds import accounts
    from lmb.bonds import service_registry as holders
    from lmb.ledger.service import open_accounts, post_or_refuse
    from tests.bonds.desk import announced, competitive

    part_dollars = -(-HOLDERS // BUYERS) * 300
    buyers = [competitive(f"buyer-{number}", part_dollars, "7.375") for number in range(BUYERS)]
    offered_cents = BUYERS * part_dollars * 100
    desk = announced(offering_cents=offered_cents, authorized_cents=2 * offered_cents)
    desk.auctioned(buyers)
    holders.settle(desk.at(date(1976, 2, 17)).books, desk.bond)
    codes = [f"holder-{number:07}" for number in range(HOLDERS)]
    open_accounts(desk.books, accounts.investor_accounts(desk.bond.cusip, codes))
    for first, last in ((0, 2_000), (2_000, HOLDERS)):
        _gather_statistics()
        post_or_refuse(desk.books, _passed_on(desk, range(first, min(last, HOLDERS))))
    _gather_statistics()
    return desk


def _passed_on(desk: Desk, numbers: range) -> Iterator[Journal]:
    from lmb.bonds import accounts
    from lmb.ledger.entries import Cause, Journal, Post
    from lmb.ledger.service import instruct

    order = instruct(desk.books, kind="benchmark", subject="spread", document={}, actor="bench")
    cusip = desk.bond.cusip
    for number in numbers:
        code = f"holder-{number:07}"
        source = accounts.holding(cusip, f"buyer-{number % BUYERS}")
        cents = 100_00 * (1 + number // BUYERS % 3)
        item = Post(f"to-{code}", source, accounts.holding(cusip, code), cents, "transfer")
        yield Journal(item.key, "transfer", "bench", Cause.instruction(order), [item])


def _gather_statistics() -> None:
    """As autovacuum does within a minute; a run of seconds would be over before."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")


def _megabytes() -> float:
    """The most memory this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
