"""An ICESA file loaded, every control total checked, and its wages matched to a roster.

Beside it the bare limit: reading the lines of the same file and hashing each number.
"""

from __future__ import annotations

import hmac
import os
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from lmb.facts.importers.wage_files.fixed_width import load_wages
from lmb.facts.importers.wage_files.layouts import WageLayout, shipped_layout
from lmb.facts.importers.wage_files.matching import Matched, MatchingRules, match_wages
from lmb.facts.importers.wage_files.persons import PersonKey, Roster

RECORDS = int(os.environ.get("LMB_WAGES", "500000"))
PER_EMPLOYER = 100
KEY = PersonKey("benchmark", b"k" * 32)
ROUNDS = 3


def main() -> None:
    layout = shipped_layout("icesa")
    rules = MatchingRules.in_force_on(date(2024, 7, 1))
    roster = Roster(
        KEY.name, {KEY.hashed(_ssn(number)): f"p-{number}" for number in range(0, RECORDS, 3)}
    )
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "wages.txt"
        _write(path, layout)

        def bare() -> None:
            with path.open("rb") as file:
                for line in file:
                    hmac.digest(KEY.secret, line[1:10], "sha256")

        def load_and_match() -> Matched:
            with path.open("rb") as file:
                return match_wages(load_wages(path.name, file, layout, KEY), roster, "ui", rules)

        (limit, _), (ours, by_clock) = _seconds(bare), _seconds(load_and_match)
        found = load_and_match()
        assert len(found.wages) == len(roster.persons)
        print(f"  lines read and hashed  {RECORDS / limit:12,.0f} rows a processor second")
        print(f"  loaded and matched     {RECORDS / ours:12,.0f}, {ours / limit:.2f} times as long")
        print(f"  the same by the clock  {RECORDS / by_clock:12,.0f} rows a second")


def _write(path: Path, layout: WageLayout) -> None:
    def line(role: str, **fields: str | int) -> bytes:
        code = layout.code_of(role)
        text = bytearray(code.encode().ljust(layout.record_length))
        for name, place in layout.records[code.encode()].fields.items():
            text[place] = str(fields[name]).zfill(place.stop - place.start).encode()
        return bytes(text) + b"\n"

    cents = 914_250
    with path.open("wb") as file:
        file.write(line("transmitter"))
        for first in range(0, RECORDS, PER_EMPLOYER):
            file.write(line("employer", employer=10**8 + first, year=2024, month="03"))
            for number in range(first, first + PER_EMPLOYER):
                file.write(line("wage", ssn=_ssn(number).decode(), cents=cents))
            total = PER_EMPLOYER * cents
            file.write(line("employer_total", count=PER_EMPLOYER, cents=total))
        employers = RECORDS // PER_EMPLOYER
        file.write(line("final", count=RECORDS, cents=RECORDS * cents, employers=employers))


def _ssn(number: int) -> bytes:
    """A number of its own for each, in a form that could be issued."""
    area, rest = divmod(number, 98 * 9_998)
    group, serial = divmod(rest, 9_998)
    return f"{area + 1:03}{group + 1:02}{serial + 1:04}".encode()


def _seconds(work: Callable[[], object]) -> tuple[float, float]:
    """The least of several rounds, in processor seconds and by the clock: it runs in one thread."""
    least = least_by_clock = float("inf")
    for _ in range(ROUNDS):
        start, start_by_clock = time.process_time(), time.perf_counter()
        work()
        least = min(least, time.process_time() - start)
        least_by_clock = min(least_by_clock, time.perf_counter() - start_by_clock)
    return least, least_by_clock
