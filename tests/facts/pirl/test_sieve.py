"""The sieve lets nothing through that a check fails; the receipt is that of the checks alone."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from lmb.facts.importers.pirl import sieve as sieving
from lmb.facts.importers.pirl.catalogue import checks
from lmb.facts.importers.pirl.conditions import REPORT_QUARTER
from lmb.facts.importers.pirl.layout import Layout, shipped, versions
from lmb.facts.importers.pirl.reading import PirlFile, Receipt, records_bytes
from lmb.facts.importers.pirl.sieve import Sieve, UnsievedError
from lmb.values.errors import InputError
from lmb.values.quarters import Quarter

NEWEST = shipped(versions()[-1])
REPORT = Quarter(REPORT_QUARTER // 4, REPORT_QUARTER % 4 + 1)
TEXTS = (
    *("", "0", "1", "2", "3", "5", "9", "00", "01", "06", "12", "13", "x", "-1", "A" * 80, "é"),
    *("20230110", "20230815", "20240229", "20230229", "20230431", "18991231", "21991231"),
    *("2023011", "202301100", "2023O110", "19000101", "20240815", "20240816", "19140110"),
    *("6200.00", "6200", "62,00", "6200.0", "6200.000", "999999.99", "999999", "50000.00"),
    *("50000.01", "0.00", "0", ".50", "1000000.00", "123456789", "123-45-6789", "987654321"),
)
GOOD = {
    **{"100": "P-0000001", "101": "39", "103": "43215", "200": "19900228", "201": "2"},
    **{"900": "20230110", "901": "20230815", "903": "1", "1300": "1", "1302": "20230201"},
    **{"1303": "06", "1600": "1", "1601": "1", "1602": "1", "1603": "2", "1606": "0"},
    **{"1607": "0", "1703": "6100.00", "1704": "6200.25", "1800": "6", "1801": "20230725"},
}


def alone(file: PirlFile, monkeypatch: pytest.MonkeyPatch) -> Receipt:
    """The receipt without the sieve: every row goes through the SQL of every check."""

    def refuse(*_: object, **__: object) -> None:
        raise UnsievedError

    with monkeypatch.context() as patch:
        patch.setattr(Sieve, "sieve", refuse)
        return file.check()


def mutated(chances: Random) -> dict[str, str]:
    """A good record with up to three fields changed."""
    record = dict(GOOD)
    for _ in range(chances.randint(0, 3)):
        record[chances.choice(NEWEST.numbers)] = chances.choice(TEXTS)
    return {number: text for number, text in record.items() if text}


@pytest.mark.parametrize("version", versions())
def test_every_failing_example_is_suspect(tmp_path: Path, version: str) -> None:
    layout = shipped(version)
    examples = [check.failing_example() for check in checks(layout)]
    path = tmp_path / "examples.csv"
    path.write_bytes(records_bytes(examples, layout))
    assert suspects(path, layout) == list(range(1, len(examples) + 1))


def suspects(path: Path, layout: Layout) -> list[int]:
    """The lines the sieve does not let through."""
    file = PirlFile(path, layout, REPORT)
    sieve = Sieve(layout, file.order, file.checks, REPORT)
    found = sieve.sieve(path, io.BytesIO(), has_header=file.has_header)
    return list(found.suspects)


def test_suspect_is_what_fails_and_little_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chances = Random(1)
    path = tmp_path / "records.csv"
    path.write_bytes(records_bytes([mutated(chances) for _ in range(900)], NEWEST))
    receipt = alone(PirlFile(path, NEWEST, REPORT), monkeypatch)
    failing = {finding.row for finding in receipt.findings}
    found = set(suspects(path, NEWEST))
    assert failing <= found
    assert 100 < receipt.rejected + receipt.warned <= len(found) < 800
    assert len(found) < receipt.rejected + receipt.warned + 20


def test_the_receipt_is_that_of_the_checks_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chances = Random(2)
    records = records_bytes([mutated(chances) for _ in range(300)], NEWEST)
    lines = records.splitlines(keepends=True)
    (good,) = records_bytes([GOOD], NEWEST).splitlines(keepends=True)
    lines[3] = good.replace(b"P-0000001", b'"P-0000001"')
    lines[5] = good.replace(b"P-0000001", b"P-\xff")
    lines[7] = good.replace(b"P-0000001", b"P-0000001,")
    lines[9] = b"nothing\n"
    path = tmp_path / "records.csv"
    path.write_bytes(b"".join(lines)[:-1])
    file = PirlFile(path, NEWEST, REPORT)
    expected = alone(file, monkeypatch)
    assert expected.failed["line"] == 2
    for chunk_bytes in (1 << 20, 5_000, 100):
        monkeypatch.setattr(sieving, "CHUNK_BYTES", chunk_bytes)
        assert file.check() == expected


@pytest.mark.parametrize(
    "content",
    [
        b"901,100,900\r\n20230815,P-1,20230110\r\n20230101,P-2,20230110\r\n",
        b"\xef\xbb\xbf901,100,900\n20230815,P-1,20230110\n20230101,P-2,20230110",
        b"\xef\xbb\xbf20230815,P-1,20230110\n20230101,P-2,20230110\n",
        b'901,100,900\n20230101,"P,2",20230110\n20230815,P-1,20230110\n',
        b'901,100,900\n20230101,"P\n2",20230110\n20230815,P-1,20230110\n',
        b"901,100,900\n20230101,P\x002,20230110\n",
        b"901,100,900\n",
        b"900,901\n20230110,20230815\n",
        b"100\nP-1\nP-2\n",
        "901,100,900\n20230815,Peñasco,20230110\n".encode(),
    ],
)
def test_any_way_to_write_a_file_gives_the_same_receipt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    path = tmp_path / "some.csv"
    path.write_bytes(content)
    layout = NEWEST
    if b"901,100" not in content and content[:3] == b"\xef\xbb\xbf":
        by_number = NEWEST.by_number()
        layout = replace(NEWEST, elements=tuple(by_number[n] for n in ("901", "100", "900")))
    file = PirlFile(path, layout)
    assert file.check() == alone(file, monkeypatch)


def test_bytes_that_are_no_text_break_one_line_and_move_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "some.csv"
    late = b"20230101,P-2,20230110\n"
    path.write_bytes(b"901,100,900\n" + late + late.replace(b"2,", b"\xff,") + late)
    file = PirlFile(path, NEWEST)
    for receipt in (file.check(), alone(file, monkeypatch)):
        assert [(each.row, each.check) for each in receipt.findings] == [
            (2, "exit-not-before-entry"),
            (3, "line"),
            (4, "exit-not-before-entry"),
        ]
        assert (receipt.rows, receipt.rejected) == (3, 3)


def test_empty_lines_are_no_rows_but_lines(tmp_path: Path) -> None:
    path = tmp_path / "some.csv"
    path.write_bytes(b"901,100,900\n\n20230815,P-1,20230110\n\n20230101,P-2,20230110\n")
    receipt = PirlFile(path, NEWEST).check()
    assert (receipt.rows, [finding.row for finding in receipt.findings]) == (2, [5])


def test_lines_that_end_in_different_ways_are_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "some.csv"
    path.write_bytes(b"901,100,900\n20230101,P\ra,20230110\n20230101,P-2,20230110\n")
    with pytest.raises(InputError, match="line end within a line"):
        PirlFile(path, NEWEST).check()
