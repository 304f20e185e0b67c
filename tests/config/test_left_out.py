"""What an absent browser or data folder costs is said in one line; under CI it fails."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Browser

from lmb.config.paths import CLONE

TESTS = """
def test_reads_shared_data(shared_data): pass
def test_journey(browser): pass
def test_on_a_cluster(spark_cluster): pass
def test_needs_nothing(): pass
"""


def run_without(folder: Path, ci: str) -> subprocess.CompletedProcess[str]:
    """Run four tests where neither browser nor Java nor shared data can be found."""
    (folder / "test_four.py").write_text(TESTS)
    environment = {name: value for name, value in os.environ.items() if "PYTEST" not in name}
    return subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "test_four.py", f"--rootdir={folder}"),
            *(
                "-c",
                str(CLONE / "pyproject.toml"),
                "-p",
                "tests.conftest",
                "-p",
                "no:cacheprovider",
            ),
        ],
        cwd=folder,
        env=environment
        | {
            "PATH": str(folder),
            "LMB_DATA": str(folder / "none"),
            "CI": ci,
            "PYTHONPATH": str(CLONE),
        },
        capture_output=True,
        text=True,
        check=False,
    )


def test_absent_things_are_named_with_the_tests_they_cost(tmp_path: Path) -> None:
    done = run_without(tmp_path, ci="")
    assert done.returncode == 0, done.stdout + done.stderr
    lines = [line for line in done.stdout.splitlines() if line.startswith("LEFT OUT")]
    spark, browser, data = sorted(lines, key=lambda line: ("LMB_DATA" in line, "browser" in line))
    assert "1 test (test_four.py::test_journey)" in browser
    assert "apt-get install chromium-headless-shell" in browser
    assert "1 test (test_four.py::test_reads_shared_data)" in data
    assert "1 test (test_four.py::test_on_a_cluster)" in spark
    assert "make setup-spark" in spark
    assert done.stdout.splitlines()[-1].startswith("1 passed, 3 skipped")


def test_absent_things_fail_under_ci(tmp_path: Path) -> None:
    done = run_without(tmp_path, ci="true")
    assert done.returncode == 1
    assert "1 passed, 3 errors" in done.stdout.splitlines()[-1]


def test_browser_shows_a_page(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content("<title>Labor market bonds</title>")
    assert page.title() == "Labor market bonds"
    page.close()


def test_shared_data_has_its_guide(shared_data: Path) -> None:
    assert (shared_data / "README.md").is_file()
