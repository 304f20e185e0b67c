"""How hard the torture tests try: a little in every run, at length under `make torture`.

A pytest plugin with three options, the fixture `effort` that hands them to a test, and, under
`--torture`, a line for each test at the end that says what it went through.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

import pytest

BRIEF_SEED = 1
"""Every brief run is the same run; a long one draws its seed and names it."""
BRIEF_KILL_ROUNDS = 5
LONG_KILL_ROUNDS = 100
LONG_MACHINE_PARTS = 20

_TOLD = "torture"


@dataclass(frozen=True, slots=True)
class Effort:
    """How much a test does, the seed its chances follow from, and where it tells what it did."""

    long: bool
    seed: int
    kill_rounds: int
    tell: Callable[[str], None] = field(repr=False)

    def amount(self, brief: int, long: int) -> int:
        """How many of something: `brief` in every run, `long` under `make torture`."""
        return long if self.long else brief

    def random(self, *names: object) -> Random:
        """A source of chances of its own for each name: the same in every run of one seed."""
        return Random("/".join(map(str, [self.seed, *names])))


@pytest.fixture
def effort(pytestconfig: pytest.Config, record_property: Callable[[str, object], None]) -> Effort:
    return Effort(
        long=pytestconfig.getoption("--torture"),
        seed=pytestconfig.getoption("--seed"),
        kill_rounds=pytestconfig.getoption("--rounds"),
        tell=lambda text: record_property(_TOLD, text),
    )


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("torture")
    group.addoption("--torture", action="store_true", help="run the long versions")
    group.addoption("--rounds", type=int, help="how often the database is killed")
    group.addoption("--seed", type=int, help="repeat the chances of an earlier run")


def pytest_configure(config: pytest.Config) -> None:
    # The workers of a run get the options as they are here: all of them know one seed.
    long = config.option.torture
    if config.option.rounds is None:
        config.option.rounds = LONG_KILL_ROUNDS if long else BRIEF_KILL_ROUNDS
    if config.option.seed is None:
        config.option.seed = secrets.randbelow(10**6) if long else BRIEF_SEED


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A long state machine is as many tests as processes can share."""
    if "machine_part" in metafunc.fixturenames:
        parts = LONG_MACHINE_PARTS if metafunc.config.option.torture else 1
        metafunc.parametrize("machine_part", range(parts))


def pytest_report_header(config: pytest.Config) -> list[str]:
    if not config.option.torture:
        return []
    return [f"torture: {config.option.rounds} kill rounds, SEED={config.option.seed}"]


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if not config.option.torture:
        return
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, []):
            for name, text in getattr(report, "user_properties", []):
                if name == _TOLD and report.when == "call":
                    test = report.nodeid.rpartition("::")[2]
                    terminalreporter.write_line(f"{outcome.upper()} {test}: {text}")
    terminalreporter.write_line(f"Repeat these chances with SEED={config.option.seed}")
