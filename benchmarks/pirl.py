"""Participant records read and checked: every edit check over a file of a made-up state.

Beside it the bare limit: DuckDB splitting the same file into fields and counting its rows.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from lmb.facts.importers.pirl.catalogue import checks
from lmb.facts.importers.pirl.layout import shipped, versions
from lmb.facts.importers.pirl.reading import PirlFile, records_bytes
from lmb.values.quarters import Quarter

ROWS = int(os.environ.get("LMB_RECORDS", "1000000"))
DIFFERENT = 1_000
BAD_EVERY = 1_000
ROUNDS = 3


def main() -> None:
    layout = shipped(versions()[-1])
    report = Quarter(2025, 4)
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "pirl.csv"
        block = records_bytes([_record(number) for number in range(DIFFERENT)], layout)
        with path.open("wb") as file:
            for _ in range(ROWS // DIFFERENT):
                file.write(block)
        size = path.stat().st_size / 2**20
        print(f"  {ROWS:,} records of {len(layout.elements)} elements, {size:,.0f} MiB")
        columns = {f"e{number}": "VARCHAR" for number in layout.numbers}
        query = (
            f"SELECT count(COLUMNS(*)) FROM read_csv('{path}', header = false, columns = {columns})"
        )
        split, split_cpu = _seconds(lambda: duckdb.connect().execute(query).fetchall())
        print(f"  fields counted           {ROWS / split:12,.0f} rows/s, {_each(split_cpu)}")
        ours, ours_cpu = _seconds(lambda: PirlFile(path, layout, report).check())
        found = PirlFile(path, layout, report).check()
        assert found.rows == ROWS
        assert found.rejected == ROWS // BAD_EVERY
        print(
            f"  read, {len(checks(layout))} checks         {ROWS / ours:12,.0f} rows/s, "
            f"{_each(ours_cpu)}, {ours_cpu / split_cpu:.2f} times that of counting fields"
        )


def _each(seconds: float) -> str:
    return f"{seconds / ROWS * 1e6:.2f} µs of a processor each"


def _record(number: int) -> dict[str, str]:
    """Somebody trained, employed and credentialed; one in a thousand exits before entering."""
    return {
        **{"100": f"P-{number:07}", "101": "39", "103": "43215", "108A": "39005"},
        **{"200": f"19{70 + number % 30}0{1 + number % 9}15", "201": "2", "202": "0"},
        **{str(race): "0" for race in range(210, 216)},
        **{"300": "0", "400": "0", "401": "1", "402": "0", "407": "12", "408": "1"},
        **{str(barrier): "0" for barrier in range(800, 809)},
        **{"900": "20230110", "901": "20230815" if number % BAD_EVERY else "20230109"},
        **{"903": "1", "1001": "20230110", "1003": "20230601", "1201": "20230201"},
        **{"1300": "1", "1301": "Central Community College", "1302": "20230201", "1303": "06"},
        **{"1306": "31113100", "1307": "1", "1308": "20230720"},
        **{str(quarter): "1" for quarter in range(1600, 1608)},
        **{str(wages): f"{6000 + number % 900}.25" for wages in range(1703, 1707)},
        **{"1618": "1", "1800": "6", "1801": "20230725", "1811": "20230201", "1813": "20230720"},
        **{"1809": "20230501", "3000": "39"},
    }


def _seconds(work: Callable[[], object]) -> tuple[float, float]:
    """The least of several rounds, by the clock and of all processors together: what the work takes
    when nothing else disturbs it."""
    least = least_processor = float("inf")
    for _ in range(ROUNDS):
        start, start_processor = time.perf_counter(), time.process_time()
        work()
        least = min(least, time.perf_counter() - start)
        least_processor = min(least_processor, time.process_time() - start_processor)
    return least, least_processor
