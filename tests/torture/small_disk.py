"""A disk of a few megabytes, that can be filled and emptied."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from lmb.config.accounts import give
from lmb.config.cluster import Cluster
from tests.conftest import LEFT_OUT


@dataclass(frozen=True, slots=True)
class SmallDisk:
    """A file system of its own at a folder."""

    folder: Path

    def folder_for(self, cluster: Cluster) -> Path:
        """An empty folder on the disk that the cluster's server may write to."""
        folder = self.folder / "server"
        folder.mkdir(mode=0o700)
        give(folder, cluster.account)
        return folder

    def fill(self, *, left_bytes: int) -> None:
        """Take up all space but a little."""
        with self._ballast.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, shutil.disk_usage(self.folder).free - left_bytes)

    def empty(self) -> None:
        """Give the space back."""
        self._ballast.unlink()

    @property
    def _ballast(self) -> Path:
        return self.folder / "ballast"


@contextmanager
def mounted(megabytes: int) -> Iterator[SmallDisk]:
    """A small disk in memory, gone after the block; whoever cannot mount one leaves the test
    out."""
    folder = Path(tempfile.mkdtemp(prefix="lmb-test-"))
    folder.chmod(0o755)
    options = f"size={megabytes}m,mode=755"
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    if subprocess.run(command, capture_output=True, check=False).returncode != 0:
        folder.rmdir()
        pytest.skip(LEFT_OUT + "only root on Linux can mount a small disk; run as root too")
    try:
        yield SmallDisk(folder)
    finally:
        # Processes that were killed a moment ago may still hold it.
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
        folder.rmdir()
