"""A witness never forgets: what it saw is on the disk, and a lost half is not started afresh."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lmb.proofs.witness_home import KEY_FILE, STATE_FILE, witness_home
from lmb.values.errors import EnvironmentProblem
from tests.proofs.support import ORIGIN, checkpoint, signed

NAME = "auditor.example/w1"


def test_keys_and_what_was_seen_are_found_again(tmp_path: Path) -> None:
    with witness_home(tmp_path / "w", NAME) as home:
        keys = home.keys
        home.keep(signed(checkpoint(7)))
        home.keep(signed(checkpoint(9)))
    with witness_home(tmp_path / "w", NAME) as home:
        assert home.keys == keys
        assert home.seen == {ORIGIN: checkpoint(9)}
        assert home.notes[ORIGIN].text == checkpoint(9).text
    assert sorted(path.name for path in (tmp_path / "w").iterdir()) == [
        "lock",
        "state",
        "witness.key",
    ]


def test_the_key_is_its_owner_s_alone(tmp_path: Path) -> None:
    with witness_home(tmp_path, NAME):
        assert (tmp_path / KEY_FILE).stat().st_mode & 0o777 == 0o600
    (tmp_path / KEY_FILE).chmod(0o640)
    refused(tmp_path, "can be read by others; run: chmod 600")


def test_one_process_at_a_time_is_the_witness(tmp_path: Path) -> None:
    with witness_home(tmp_path, NAME):
        refused(tmp_path, "another process is the witness")


def test_a_key_without_its_state_is_refused(tmp_path: Path) -> None:
    with witness_home(tmp_path, NAME):
        pass
    (tmp_path / STATE_FILE).unlink()
    refused(tmp_path, "could cosign another history")


def test_a_state_without_its_key_is_refused_once_it_cosigned(tmp_path: Path) -> None:
    with witness_home(tmp_path, NAME) as home:
        home.keep(signed(checkpoint(7)))
    (tmp_path / KEY_FILE).unlink()
    refused(tmp_path, "has cosigned before")


def test_a_first_start_cut_off_before_its_key_begins_again(tmp_path: Path) -> None:
    with witness_home(tmp_path, NAME):
        pass
    (tmp_path / KEY_FILE).unlink()
    with witness_home(tmp_path, NAME) as home:
        assert len(home.keys) == 2


def test_another_name_is_another_witness(tmp_path: Path) -> None:
    with witness_home(tmp_path, NAME):
        pass
    with (
        pytest.raises(EnvironmentProblem, match="the name this folder was made with"),
        witness_home(tmp_path, "other.example"),
    ):
        pass


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b'{"version": 2, "checkpoints": {}}',
        b'{"version": 1, "checkpoints": []}',
        b'{"version": 1, "checkpoints": {"books.example/log": "not a note"}}',
        b'{"version": 1, "checkpoints": {"books.example/log": 7}}',
        b'{"version": 1, "checkpoints": {"x": "\xff"}}',
    ],
)
def test_a_broken_state_is_refused_not_forgotten(tmp_path: Path, content: bytes) -> None:
    with witness_home(tmp_path, NAME):
        pass
    (tmp_path / STATE_FILE).write_bytes(content)
    refused(tmp_path, "cannot be read")
    assert (tmp_path / STATE_FILE).read_bytes() == content


def test_a_state_under_another_origin_is_refused(tmp_path: Path) -> None:
    with witness_home(tmp_path, NAME) as home:
        home.keep(signed(checkpoint(7)))
    state = (tmp_path / STATE_FILE).read_text()
    (tmp_path / STATE_FILE).write_text(state.replace(f'"{ORIGIN}"', '"other"'))
    refused(tmp_path, "the checkpoint of other is of")


@pytest.mark.parametrize("content", [b"", b"not a key\n", b"\xff"])
def test_a_broken_key_is_refused_without_showing_it(tmp_path: Path, content: bytes) -> None:
    with witness_home(tmp_path, NAME):
        pass
    (tmp_path / KEY_FILE).write_bytes(content)
    refused(tmp_path, "holds no signing keys")


def test_a_write_that_fails_leaves_what_was_kept_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with witness_home(tmp_path, NAME) as home:
        home.keep(signed(checkpoint(7)))

        def full(_descriptor: int) -> None:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as patched:
            patched.setattr(os, "fsync", full)
            with pytest.raises(OSError, match="No space"):
                home.keep(signed(checkpoint(9)))
        assert home.seen == {ORIGIN: checkpoint(7)}
    with witness_home(tmp_path, NAME) as home:
        assert home.seen == {ORIGIN: checkpoint(7)}


def refused(folder: Path, reason: str) -> None:
    with pytest.raises(EnvironmentProblem, match=reason), witness_home(folder, NAME):
        pass
