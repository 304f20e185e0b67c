"""Run a programme and, at a chosen call of the books, kill this process or the database.

    python killed_run.py FOLDER WHAT CALL      WHAT is "process" or "database"

FOLDER has the four files. The call is cut in the middle: its statement has been executed, its
transaction not yet committed.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import django
import psutil

from lmb.config import cluster, postmaster
from lmb.config.paths import home
from lmb.config.runtime import database, migrate

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lmb.config.settings")
django.setup()

from lmb.ledger import service as ledger  # noqa: E402 - needs Django
from lmb.settlement.programme import File, ProgrammeFiles, load_programme  # noqa: E402
from lmb.settlement.service import run  # noqa: E402

FILES = ("terms.json", "bids.csv", "people.csv", "earnings.csv")


def kill_database() -> None:
    """Kill the server and all its processes at once, as a power cut would."""
    found = postmaster.find(cluster.locate((home() / "postgres").resolve()))
    assert found is not None
    server = psutil.Process(found.pid)
    for process in [*server.children(recursive=True), server]:
        process.kill()


def main() -> None:
    folder, what, at_call = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    programme = load_programme(
        ProgrammeFiles(*(File(name, (folder / name).read_bytes()) for name in FILES))
    )
    calls = 0
    call_the_books = ledger._call

    def counted(sql: str, parameters: ledger.Parameters) -> object:
        nonlocal calls
        answer = call_the_books(sql, parameters)
        calls += 1
        if calls == at_call:
            if what == "process":
                os.kill(os.getpid(), signal.SIGKILL)
            kill_database()
        return answer

    ledger._call = counted
    with database():
        migrate()
        run(programme, lambda step: None)


if __name__ == "__main__":
    main()
