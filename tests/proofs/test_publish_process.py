"""The whole of it as processes: a log kept published, two witnesses, one stopped and started."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import psycopg
import pytest
from click.testing import CliRunner
from django.db import connection

from lmb.cli.log_keys import log_keys
from lmb.cli.trusting import trust
from lmb.ledger.entries import Cause, Journal, Post
from lmb.ledger.service import Books, instruct, post
from lmb.proofs import queries
from lmb.proofs.audit_runs import last_audit
from lmb.proofs.key_files import read_signing_keys
from lmb.proofs.keys import VerifierKey
from lmb.proofs.payouts import PayoutsWaitError, payout_refusal
from tests.proofs.posting import open_books, pay
from tests.proofs.witness_process import process

PROGRAM = [sys.executable, "-c", "from lmb.cli.main import main; main()"]
PATIENCE_SECONDS = 8
LIMIT_SECONDS = 60


@pytest.fixture
def books(fresh_database: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Books:
    monkeypatch.setenv("LMB_HOME", str(tmp_path / "home"))
    return open_books()


@contextmanager
def publishing(*words: str) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [*PROGRAM, "proofs", "publish", "--every", "1s", *words],
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        try:
            yield running
        finally:
            running.kill()


def until(met: Callable[[], object]) -> None:
    deadline = time.monotonic() + LIMIT_SECONDS
    while not met():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.05)


def refusal(books: Books) -> str | None:
    return payout_refusal(books.cell, datetime.now(UTC))


def pay_provider(books: Books, key: str) -> str:
    order = instruct(books, kind="order", subject=key, document={"key": key}, actor="desk")
    item = Post(key, "wallet", "provider", 100, "tuition")
    ((answer,),) = post(books, [Journal(key, "order", "desk", Cause.instruction(order), [item])])
    return answer.result


def signed_size(books: Books) -> int:
    newest = queries.newest_checkpoint(books.cell)
    return -1 if newest is None else newest.checkpoint.size


def ended(running: subprocess.Popen[str]) -> tuple[int, str]:
    running.send_signal(signal.SIGTERM)
    _, said = running.communicate(timeout=LIMIT_SECONDS)
    return running.returncode, said


def test_payouts_stop_when_a_witness_stops_and_go_on_when_it_is_back(
    books: Books, tmp_path: Path
) -> None:
    with publishing("--books", "Ohio") as loop:
        until(lambda: signed_size(books) == 1)
        home = tmp_path / "home" / "proofs" / f"{books.cell}.key"
        log = read_signing_keys(home)[0].verifier.text
        with process(tmp_path / "1", log) as (_, one, keys):
            with process(tmp_path / "2", log) as (_, two, other_keys):
                write_policy(tmp_path, log, {one: keys, two: other_keys})
                result = CliRunner().invoke(
                    trust, [str(tmp_path / "policy"), "--payouts-wait", f"{PATIENCE_SECONDS}s"]
                )
                assert "payouts wait when that is 8 s ago" in result.output
                until(lambda: refusal(books) is None)
                assert pay_provider(books, "first") == "ok"
            # The second witness is killed; the log goes on, payouts stop.
            until(lambda: refusal(books))
            with pytest.raises(PayoutsWaitError, match=r"ago; at most 8 s may pass"):
                pay_provider(books, "second")
            pay(books, "grant goes on")
            until(lambda: signed_size(books) == 3)
            with process(tmp_path / "2", log) as (_, again, other_keys):
                write_policy(tmp_path, log, {one: keys, again: other_keys})
                CliRunner().invoke(
                    trust, [str(tmp_path / "policy"), "--payouts-wait", f"{PATIENCE_SECONDS}s"]
                )
                until(lambda: refusal(books) is None)
                assert pay_provider(books, "second") == "ok"
        status, said = ended(loop)
    assert status == 128 + signal.SIGTERM
    assert "Ohio: 1 leaves signed, no witness is known" in said
    assert "2 of 2 witnesses answer" in said
    assert re.search(r"1 of 2 witnesses answer; the witness at http://127.0.0.1:\d+", said)
    assert said.endswith("stopped\n")
    assert "Traceback" not in said


def write_policy(folder: Path, log: str, witnesses: dict[int, list[VerifierKey]]) -> None:
    lines = [f"log {log}"]
    for number, (port, keys) in enumerate(witnesses.items()):
        for at, key in enumerate(keys):
            lines.append(f"witness {number}#{at} {key.text} http://127.0.0.1:{port}")
        lines.append(f"group {number} any {number}#0 {number}#1")
    lines += ["group both all 0 1", "quorum both", ""]
    (folder / "policy").write_text("\n".join(lines))


def test_audits_are_made_and_kept_on_a_schedule(books: Books) -> None:
    with publishing("--books", "Ohio", "--audit-every", "1s") as loop:
        until(lambda: last_audit(books.cell))
        first = last_audit(books.cell)
        assert first is not None
        until(lambda: last_audit(books.cell) != first)
        assert ended(loop)[0] == 128 + signal.SIGTERM
    kept = last_audit(books.cell)
    assert kept is not None
    assert (kept.movements, kept.leaves, kept.findings_total, kept.actor) == (1, 1, 0, "schedule")
    assert kept.finished_at - kept.started_at < timedelta(seconds=LIMIT_SECONDS)


def test_the_loop_outlives_the_loss_of_its_connection(
    books: Books, app_connection: psycopg.Connection
) -> None:
    with publishing("--books", "Ohio") as loop:
        until(lambda: signed_size(books) == 1)
        ended_backends = """SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
            WHERE datname = current_database() AND usename = 'lmb_app'
            AND pid NOT IN (%s, pg_backend_pid())"""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            (own,) = cursor.fetchone()
        assert app_connection.execute(ended_backends, [own]).fetchone() != (0,)
        pay(books, "after the loss")
        until(lambda: signed_size(books) == 2)
        status, said = ended(loop)
    assert status == 128 + signal.SIGTERM
    assert "the database does not answer, trying again" in said


def test_without_keys_the_loop_says_what_it_waits_for(books: Books) -> None:
    with publishing() as loop:
        assert loop.stderr is not None
        until(
            lambda: "no keys of a log are kept here" in str(loop.stderr and loop.stderr.readline())
        )
        log_keys(books.cell)
        until(lambda: signed_size(books) == 1)
        assert ended(loop)[0] == 128 + signal.SIGTERM


def test_the_loop_ends_with_the_process_that_started_it(books: Books) -> None:
    starter = f"""
import os, subprocess, sys, time
os.environ["LMB_SERVER_PROCESS"] = str(os.getpid())
child = subprocess.Popen({[*PROGRAM, "proofs", "publish", "--books", "Ohio"]!r})
print(child.pid, flush=True)
time.sleep(60)
"""
    with subprocess.Popen(
        [sys.executable, "-c", starter],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        until(lambda: signed_size(books) == 1)
        parent.kill()
    until(lambda: not Path(f"/proc/{child}").exists() or _is_zombie(child))


def test_pages_are_served_with_the_log_published_beside(books: Books) -> None:
    with subprocess.Popen(
        [*PROGRAM, "serve", "--port", "8100"],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    ) as without_keys:
        assert without_keys.stdout is not None
        until(lambda: "Serving" in str(without_keys.stdout and without_keys.stdout.readline()))
        assert len(_publishing(without_keys.pid)) == 0
        without_keys.send_signal(signal.SIGINT)
    log_keys(books.cell)
    with subprocess.Popen(
        [*PROGRAM, "serve", "--port", "8100"], stdout=subprocess.DEVNULL
    ) as serving:
        until(lambda: signed_size(books) == 1)
        (beside,) = _publishing(serving.pid)
        pay(books, "while it serves")
        until(lambda: signed_size(books) == 2)
        serving.send_signal(signal.SIGINT)
        assert serving.wait(LIMIT_SECONDS) == 0
        assert not beside.is_running()


def _publishing(pid: int) -> list[psutil.Process]:
    family = psutil.Process(pid).children(recursive=True)
    return [child for child in family if "publish" in child.cmdline()]


def _is_zombie(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return " Z " in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return True
