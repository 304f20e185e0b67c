"""A whole programme of 1,000 people on a throwaway database, per person and per transfer, beside
the bare cost of the rows it leaves: the same transfers copied into a table with one key."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

import django
import psycopg

from lmb.config.postgres import embedded
from lmb.config.runtime import URL_VARIABLE, database, migrate

PEOPLE = 1_000


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lmb.config.settings")
    django.setup()
    with (
        tempfile.TemporaryDirectory() as folder,
        embedded(Path(folder) / "home", throwaway=False) as server,
    ):
        os.environ[URL_VARIABLE] = server.app_dsn
        os.environ["DATABASE_OWNER_URL"] = server.owner_dsn
        with database():
            migrate()
            _measure(server.owner_dsn)


def _measure(owner_dsn: str) -> None:
    from lmb.ledger.queries import summary
    from lmb.settlement.programme import load_programme
    from lmb.settlement.service import run
    from tests.settlement.small import changed_terms, small_files

    programme = load_programme(
        small_files(
            terms=changed_terms(offering_cents=PEOPLE // 2 * 125_000),
            bids=bids(PEOPLE),
            people=people(PEOPLE),
            earnings=earnings(PEOPLE),
        )
    )
    start = time.perf_counter()
    books = run(programme, lambda step: None)
    seconds = time.perf_counter() - start
    transfers = summary(books.cell).transfers
    copied = _copy_seconds(owner_dsn, transfers)
    print(f"  {PEOPLE:,} people, {transfers:,} transfers in {seconds:.1f} s")
    print(f"  {PEOPLE / seconds:,.0f} people/s, {transfers / seconds:,.0f} transfers/s")
    print(f"  {seconds / copied:,.0f} times a bare COPY of as many rows with one key")


def bids(count: int) -> str:
    par = count // 2 * 1250 * 30 // 100 // 100 * 100
    rows = [f"bank-{n},competitive,{par},8.00{n}" for n in range(4)]
    return "bidder,kind,amount_dollars,yield_percent\n" + "\n".join(rows) + "\n"


def people(count: int) -> str:
    header = "person,arm,state,board,accepted_on,enrolled_on,completed_on\n"
    offered = "treated,OH,OH-07,1976-04-01,1976-04-15,1976-10-15"
    rows = [f"p{n:06},{offered if n % 2 else 'control,OH,OH-07,,,'}" for n in range(count)]
    return header + "\n".join(rows) + "\n"


def earnings(count: int) -> str:
    header = "person,employer,from,to,hours,earnings_dollars\n"
    rows = [
        f"p{n:06},,{year}-01-01,{year}-12-31,,{n * 7 % 9000 * (n % 4 > 0)}"
        for n in range(count)
        for year in (1975, 1978)
    ]
    return header + "\n".join(rows) + "\n"


def _copy_seconds(owner_dsn: str, rows: int) -> float:
    """Least of three COPYs of (uuid, four numbers) with a primary key on the uuid."""
    least = float("inf")
    with psycopg.connect(owner_dsn, autocommit=True) as connection:
        for _ in range(3):
            connection.execute("DROP TABLE IF EXISTS bare")
            connection.execute(
                "CREATE TABLE bare (id uuid PRIMARY KEY, a bigint, b bigint, c bigint, d bigint)"
            )
            start = time.perf_counter()
            with connection.cursor().copy("COPY bare FROM STDIN") as copy:
                for number in range(rows):
                    copy.write_row((f"{number:032x}", number, number, number, number))
            least = min(least, time.perf_counter() - start)
        connection.execute("DROP TABLE bare")
    return least
