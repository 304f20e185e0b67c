"""`lmb proofs publish`: the log kept published, alone or beside the pages."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
from django.db import Error as DatabaseFault
from django.db import connection

from lmb.cli.durations import Duration
from lmb.cli.log_keys import cells_with_keys, log_keys
from lmb.cli.progress import StatusLine
from lmb.cli.proof_log import (
    POLICY_FILE,
    WITNESSES_HELP,
    log_database,
    read_policy,
)
from lmb.config.paths import home
from lmb.config.processes import deferred_signals
from lmb.config.server import PARENT_VARIABLE, end_with_parent
from lmb.ledger import queries as ledger
from lmb.ledger.statements import cell_of_books
from lmb.proofs.audit_runs import keep_audit
from lmb.proofs.policy import Policy
from lmb.proofs.publisher import Publisher, Round
from lmb.proofs.standing import has_books
from lmb.proofs.trust import policy_in_force
from lmb.values.errors import LmbError

POLL_SECONDS = 0.25
BESIDE = ("--every", "5s", "--audit-every", "1h")
"""How often, beside the pages."""

NO_KEYS = "no keys of a log are kept here yet; `lmb proofs checkpoint` makes some"
STOP_SECONDS = 30
SCHEDULE = "schedule"
"""Who an audit is of that nobody asked for by name."""


@click.command(epilog="Example: lmb proofs publish --every 1s --audit-every 1h")
@click.option("--every", type=Duration(), default="1s", show_default=True, help="At most so late.")
@click.option("--audit-every", type=Duration(), help="Audit the books this often; keep the result.")
@click.option("--books", help="Publish these books alone, not all whose keys are kept here.")
@click.option("--policy", type=POLICY_FILE, help=WITNESSES_HELP)
def publish(
    every: timedelta, audit_every: timedelta | None, books: str | None, policy: Path | None
) -> None:
    """Keep the log published until stopped: log, sign, ask the witnesses.

    New movements are published after the time given, or at once when 1,000 wait. Witnesses are
    those of --policy, or else of the policy in force. One that does not answer is asked again,
    later each time. Ctrl-C or SIGTERM ends it after the round it is in.
    """
    end_with_parent()
    known = None if policy is None else read_policy(policy)
    with log_database():
        only = None if books is None else cell_of_books(books)
        if only is not None:
            log_keys(only)
        loop = _Publishing(every, audit_every, only, known)
        with deferred_signals() as stopping:
            while not stopping():
                loop.turn()
                time.sleep(POLL_SECONDS)
            loop.status.last("stopped")


class _Publishing:
    """All the logs this clone has keys of, round after round."""

    def __init__(
        self,
        every: timedelta,
        audit_every: timedelta | None,
        only: int | None,
        policy: Policy | None,
    ) -> None:
        self.status = StatusLine()
        self._every = every
        self._audit_every = audit_every
        self._only = only
        self._policy = policy
        self._publishers: dict[int, Publisher] = {}
        self._audited_at: dict[int, float] = {}
        self._auditing: threading.Thread | None = None

    def turn(self) -> None:
        """One round of each log. What goes wrong is told, and tried again at the next turn."""
        try:
            for cell, publisher in self._present():
                try:
                    done = publisher.round()
                except LmbError as error:
                    self.status.show(f"cell {cell}: {error}", str(error))
                else:
                    if done is not None:
                        self._tell(cell, done)
                self._audit_when_due(publisher)
        except DatabaseFault as error:
            said = f"the database does not answer, trying again: {str(error).strip()}"
            self.status.show(said, "database")
            connection.close()

    def _present(self) -> Iterator[tuple[int, Publisher]]:
        cells = cells_with_keys() if self._only is None else [self._only]
        if not cells:
            self.status.show(NO_KEYS, "no keys")
        for cell in cells:
            if cell not in self._publishers and has_books(cell):
                self._publishers[cell] = Publisher(
                    cell, log_keys(cell), _now, self._every, self._policy
                )
            if cell in self._publishers:
                yield cell, self._publishers[cell]

    def _tell(self, cell: int, done: Round) -> None:
        size = done.on_file.checkpoint.size
        asked = done.answering + len(done.refusals)
        said = f"{ledger.cell_name(cell)}: {size:,} leaves signed, "
        said += f"{done.answering} of {asked} witnesses answer" if asked else "no witness is known"
        for refusal in done.refusals:
            said += f"; {refusal}"
        self.status.show(said, f"{cell} {done.answering} {len(done.refusals)}")

    def _audit_when_due(self, publisher: Publisher) -> None:
        """Audits take a thread and a connection of their own, one at a time: publishing, and the
        payouts that wait for it, go on."""
        last = self._audited_at.get(publisher.cell)
        if self._audit_every is None or (self._auditing and self._auditing.is_alive()):
            return
        if last is not None and time.monotonic() - last < self._audit_every.total_seconds():
            return
        self._audited_at[publisher.cell] = time.monotonic()
        self._auditing = threading.Thread(
            target=self._audit, args=(publisher,), name="audit", daemon=True
        )
        self._auditing.start()

    def _audit(self, publisher: Publisher) -> None:
        trusted = policy_in_force(publisher.cell)
        own = Policy(logs=[key.verifier for key in publisher.keys])
        policy = own if trusted is None else trusted.policy
        try:
            found = keep_audit(publisher.cell, policy, actor=SCHEDULE, now=_now)
        except (LmbError, DatabaseFault) as error:
            self.status.show(f"the audit could not be finished: {error}", "audit")
        else:
            if found.total:
                self.status.show(f"the audit found {found.total} exceptions: see /audit/", "audit")
        finally:
            connection.close()


@contextmanager
def published_beside() -> Iterator[None]:
    """Keep the logs this clone has keys of published while the block runs, by a process of its
    own; where there are no keys, do nothing."""
    if not cells_with_keys():
        yield
        return
    words = ["-c", "from lmb.cli.main import main; main()", "proofs", "publish", *BESIDE]
    with (home() / "proofs" / "publish.log").open("a") as log:
        beside = subprocess.Popen(
            [sys.executable, *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
            env={**os.environ, PARENT_VARIABLE: str(os.getpid())},
        )
    try:
        yield
    finally:
        beside.terminate()
        try:
            beside.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            beside.kill()
            beside.wait()


def _now() -> datetime:
    return datetime.now(UTC)
