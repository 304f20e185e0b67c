"""Whom the server runs as, and which folders it will not trust."""

from __future__ import annotations

import os
import shutil
import traceback
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from lmb.config import cluster, folders, programs
from lmb.config.errors import DatabaseStartError
from lmb.config.postgres import embedded
from tests.config.support import NOBODY, needs_root, processes_in, running_server
from tests.conftest import LEFT_OUT


def test_server_of_root_runs_as_nobody(home: Path) -> None:
    needs_root()
    with embedded(home):
        assert running_server(home).uids().real == NOBODY
        assert cluster.locate(home.resolve()).folder == home


def test_home_that_nobody_reaches_has_its_cluster_outside(private_home: Path) -> None:
    needs_root()
    before = [path.stat().st_mode for path in private_home.parents]
    with embedded(private_home):
        place = cluster.locate(private_home.resolve())
        assert place.folder == folders.outside_folder(private_home.resolve())
        assert running_server(private_home).uids().real == NOBODY
    assert [path.stat().st_mode for path in private_home.parents] == before
    with embedded(private_home, throwaway=True):
        pass
    assert not place.folder.exists()


def test_programs_that_nobody_reaches_are_copied(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    needs_root()
    tree = programs.installation()
    for name in (programs.WHEEL, f"{programs.WHEEL}.libs"):
        (tmp_path / name).symlink_to(tree.parents[1] / name)
    hidden = tmp_path / programs.WHEEL / programs.INSTALLATION
    monkeypatch.setattr(programs, "installation", lambda: hidden)
    with embedded(home):
        used = Path(running_server(home).exe()).parent
    copy = used.relative_to(folders.OUTSIDE).parts[0]
    assert copy.startswith("lmb-postgresql-")
    shutil.rmtree(folders.OUTSIDE / copy)


def test_ordinary_user_runs_a_server_of_their_own(homes: Path) -> None:
    home = homes / "theirs" / "home"
    home.parent.mkdir()
    if os.geteuid() != 0:
        use_once(home)
    else:
        os.chown(home.parent, NOBODY, NOBODY)
        if as_nobody(lambda: use_once(home)) == UNREACHABLE:
            pytest.skip(LEFT_OUT + "an ordinary user cannot enter this clone; clone it elsewhere")
    assert (home / "data").stat().st_uid == home.parent.stat().st_uid
    assert processes_in(home) == []


UNREACHABLE = 77


def use_once(home: Path) -> None:
    with embedded(home) as server, psycopg.connect(server.app_dsn):
        assert running_server(home).uids().real == os.geteuid()


def as_nobody(action: Callable[[], None]) -> int:
    """Run the action in a child with no rights left; its failure fails the test.

    A fork and not a new program: an ordinary user may be unable to start this very Python.
    """
    initdb = programs.installation() / "bin" / "initdb"
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.setgroups([])
            os.setresgid(NOBODY, NOBODY, NOBODY)
            os.setresuid(NOBODY, NOBODY, NOBODY)
            if os.access(initdb, os.X_OK):
                action()
                status = 0
            else:
                status = UNREACHABLE
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)
    _, ended = os.waitpid(child, 0)
    status = os.waitstatus_to_exitcode(ended)
    assert status in (0, UNREACHABLE)
    return status


def test_link_at_a_predictable_path_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(DatabaseStartError, match="LMB_HOME"):
        folders.predictable_folder(tmp_path / "link")


def test_folder_that_others_can_write_is_refused_at_a_predictable_path(tmp_path: Path) -> None:
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)
    with pytest.raises(DatabaseStartError, match="another user"):
        folders.predictable_folder(tmp_path / "open")


def test_folder_of_another_user_is_refused_at_a_predictable_path(tmp_path: Path) -> None:
    needs_root()
    (tmp_path / "theirs").mkdir()
    os.chown(tmp_path / "theirs", NOBODY, NOBODY)
    with pytest.raises(DatabaseStartError, match="another user"):
        folders.predictable_folder(tmp_path / "theirs")
