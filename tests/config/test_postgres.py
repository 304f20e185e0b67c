"""The embedded server is shared, stops with its last user, and survives what kills it."""

from __future__ import annotations

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from lmb.config import cluster
from lmb.config.errors import DatabaseStartError
from lmb.config.postgres import Server, embedded
from tests.config.support import (
    StartUser,
    end,
    processes_in,
    running_server,
    server_process,
    wait_for,
)


def answer(server: Server) -> str:
    with psycopg.connect(server.app_dsn) as connection:
        row = connection.execute("SELECT current_user").fetchone()
    assert row is not None
    return str(row[0])


def test_server_stops_with_its_last_user_and_leaves_nothing(home: Path) -> None:
    with embedded(home) as first:
        with embedded(home) as second:
            assert second == first
            process = running_server(home)
        assert answer(first) == "lmb_app"
        assert list(Path(first.host).iterdir())
    assert not process.is_running()
    assert server_process(home) is None
    assert processes_in(home) == []
    assert not Path(first.host).exists()


def test_processes_share_a_server_and_the_last_one_out_stops_it(
    home: Path, start_user: StartUser
) -> None:
    first = start_user(home)
    socket_folder = wait_for(first, "ready:")
    second = start_user(home)
    assert wait_for(second, "ready:") == socket_folder
    server = running_server(home)
    assert end(first) == 0
    assert server.is_running()
    assert end(second) == 0
    assert server_process(home) is None


def test_server_of_a_killed_process_is_adopted_and_stopped_by_the_next(
    home: Path, start_user: StartUser
) -> None:
    killed = start_user(home)
    wait_for(killed, "ready:")
    killed.kill()
    killed.wait()
    left_behind = running_server(home)
    with embedded(home) as server:
        assert running_server(home) == left_behind
        assert answer(server) == "lmb_app"
    assert server_process(home) is None


def test_killed_server_is_started_again_with_its_data(home: Path, start_user: StartUser) -> None:
    # The other process never reaps the server it started: it stays a zombie meanwhile.
    other = start_user(home)
    old_sockets = Path(wait_for(other, "ready:"))
    with embedded(home) as server, psycopg.connect(server.owner_dsn) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    running_server(home).kill()
    with embedded(home) as server, psycopg.connect(server.owner_dsn) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (7,)
        assert not old_sockets.exists()
    assert end(other) == 0
    assert processes_in(home) == []


def test_process_number_taken_by_another_program_is_not_believed(home: Path) -> None:
    with embedded(home):
        pass
    note = cluster.locate(home.resolve()).data / "postmaster.pid"
    note.write_text(f"{os.getpid()}\n/elsewhere\n0\n5432\n/etc\n\n0\nready\n")
    with embedded(home) as server:
        assert answer(server) == "lmb_app"
    assert Path("/etc").exists()


def test_interrupted_creation_leaves_no_half_cluster(home: Path, start_user: StartUser) -> None:
    killed = start_user(home)
    wait_for(killed, "progress: Creating")
    killed.kill()
    killed.wait()
    assert not (home / "data").exists()
    with embedded(home) as server:
        assert answer(server) == "lmb_app"
        assert list(home.glob("new-*")) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signal_ends_process_and_server(
    home: Path, start_user: StartUser, number: signal.Signals
) -> None:
    user = start_user(home)
    wait_for(user, "ready:")
    user.send_signal(number)
    assert user.wait(timeout=30) == 128 + number
    assert processes_in(home) == []


def test_signal_while_starting_ends_process_and_server(home: Path, start_user: StartUser) -> None:
    user = start_user(home)
    wait_for(user, "progress: Starting")
    user.send_signal(signal.SIGINT)
    assert user.wait(timeout=30) == 128 + signal.SIGINT
    assert processes_in(home) == []


def test_two_homes_with_long_paths_run_at_once(
    homes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = homes.joinpath(*["a-folder-with-a-long-name"] * 5)
    long.mkdir(parents=True)
    assert len(str(long)) > 120
    monkeypatch.setenv("TMPDIR", str(long))
    monkeypatch.setattr("tempfile.tempdir", str(long))
    with embedded(long / "one") as one, embedded(long / "two", throwaway=True) as two:
        assert answer(one) == answer(two) == "lmb_app"
        assert one.host != two.host
        assert len(one.host) < 80
    assert cluster.locate(long / "one").data.is_dir()
    assert not (long / "two").exists()


def test_failed_start_shows_the_log_and_leaves_nothing(home: Path) -> None:
    with embedded(home):
        pass
    data = cluster.locate(home.resolve()).data
    (data / "global" / "pg_control").unlink()
    with pytest.raises(DatabaseStartError, match="pg_control") as caught, embedded(home):
        pass
    assert "DATABASE_URL" in str(caught.value)
    assert processes_in(home) == []


def test_data_of_another_version_are_refused(home: Path) -> None:
    with embedded(home):
        pass
    (cluster.locate(home.resolve()).data / "PG_VERSION").write_text("17\n")
    with pytest.raises(DatabaseStartError, match="belong to PostgreSQL 17"), embedded(home):
        pass


def test_throwaway_home_that_is_deleted_while_others_come_serves_them_anew(
    home: Path,
) -> None:
    def use_often() -> None:
        for _ in range(3):
            with embedded(home, throwaway=True) as server:
                assert answer(server) == "lmb_app"

    with ThreadPoolExecutor(2) as pool:
        for future in [pool.submit(use_often) for _ in range(2)]:
            future.result()
    assert not home.exists()
