"""Files of participant records: checked whole, parted, corrected and checked again."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from lmb.facts.importers.pirl.layout import shipped
from lmb.facts.importers.pirl.reading import PirlFile, read_records, records_bytes
from lmb.values.errors import ConflictError, InputError
from lmb.values.quarters import Quarter

LAYOUT = shipped("2024")
GOOD = {
    **{"100": "P-1", "200": "19900228", "900": "20230110", "901": "20230815"},
    **{"1602": "1", "1603": "1", "1704": "6200.00"},
}


def record(**fields: str) -> dict[str, str]:
    """A good record but for these fields, given as e901="…"."""
    return GOOD | {name.removeprefix("e"): text for name, text in fields.items()}


def file(folder: Path, *records: dict[str, str]) -> Path:
    path = folder / "pirl.csv"
    path.write_bytes(records_bytes(records, LAYOUT))
    return path


def test_a_good_record_passes_every_check(tmp_path: Path) -> None:
    receipt = PirlFile(file(tmp_path, GOOD), LAYOUT, Quarter(2024, 4)).check()
    assert (receipt.rows, receipt.accepted, receipt.warned, receipt.findings) == (1, 1, 0, ())


REJECTED = {
    "identifier-given": {"e100": ""},
    "identifier-no-ssn": {"e100": "123-45-6789"},
    "exit-not-before-entry": {"e901": "20230109"},
    "reason-needs-exit": {"e901": "", "e923": "03", "e1602": "", "e1603": "", "e1704": ""},
    "q2-employed-needs-match": {"e1603": "0"},
    "q2-match-needs-employed": {"e1602": "0"},
    "q2-not-yet-match": {"e1602": "9", "e1603": "1"},
    "q2-wages-need-match": {"e1602": "0", "e1603": "0"},
    "q2-nines-need-not-yet": {"e1704": "999999.99"},
    "credential-1-date-needs-type": {"e1800": "0", "e1801": "20230301"},
    "credential-1-within-a-year": {"e1800": "4", "e1801": "20240816"},
    "credential-1-not-before-entry": {"e1800": "4", "e1801": "20230109"},
    "form-901": {"e901": "20230229"},
    "form-1303": {"e1303": "13"},
    "form-1704": {"e1704": "6,200"},
}
WARNED = {
    "age-plausible": {"e200": "19000101"},
    "q2-wages-plausible": {"e1704": "50000.01"},
    "service-1000-not-after-exit": {"e1000": "20230816"},
}


def test_what_the_rule_text_rejects_is_rejected(tmp_path: Path) -> None:
    rows = [record(**fields) for fields in REJECTED.values()]
    receipt = PirlFile(file(tmp_path, *rows), LAYOUT).check()
    assert receipt.rejected == receipt.rows == len(REJECTED)
    found = {(finding.row, finding.check) for finding in receipt.findings}
    assert found >= set(enumerate(REJECTED, start=1))


def test_what_the_rule_text_warns_of_is_accepted(tmp_path: Path) -> None:
    rows = [record(**fields) for fields in WARNED.values()]
    receipt = PirlFile(file(tmp_path, *rows), LAYOUT).check()
    assert receipt.accepted == receipt.warned == receipt.rows
    assert [(each.row, each.check) for each in receipt.findings] == list(enumerate(WARNED, 1))


@pytest.mark.parametrize(("report", "rejected"), [((2024, 2), 0), ((2024, 3), 1)])
def test_a_status_is_overdue_four_quarters_after_exit(
    tmp_path: Path, report: tuple[int, int], rejected: int
) -> None:
    waiting = record(e1602="9", e1603="5", e1704="999999.99")
    path = file(tmp_path, waiting)
    assert PirlFile(path, LAYOUT, Quarter(*report)).check().rejected == rejected
    without = PirlFile(path, LAYOUT).check()
    assert without.rejected == 0
    assert "q2-not-yet-too-late" in without.left_out


def test_a_header_of_element_numbers_may_name_some_in_any_order(tmp_path: Path) -> None:
    path = tmp_path / "some.csv"
    path.write_text("901,100,900\n20230815,P-1,20230110\n20230101,P-2,20230110\n")
    receipt = PirlFile(path, LAYOUT).check()
    assert receipt.failed == {"exit-not-before-entry": 1}
    assert receipt.findings[0].row == 3
    assert receipt.findings[0].found == "901='20230101', 900='20230110'"


def test_a_file_of_another_layout_version_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"136 fields, expected 137 fields .* layout 2016 has 136"):
        PirlFile(path_of(tmp_path, b"," * 135 + b"\n"), LAYOUT)
    with pytest.raises(InputError, match="row 1, 999: found an unknown element"):
        PirlFile(path_of(tmp_path, b"100,999\n"), LAYOUT)
    with pytest.raises(InputError, match="not UTF-8"):
        PirlFile(path_of(tmp_path, b"\xff\xfe,1\n"), LAYOUT)


def path_of(folder: Path, content: bytes) -> Path:
    (folder / "bytes.csv").write_bytes(content)
    return folder / "bytes.csv"


def test_lines_that_cannot_be_split_are_rejected_and_named(tmp_path: Path) -> None:
    path = file(tmp_path, GOOD, record(e100="Caf?"), GOOD)
    content = path.read_bytes().replace(b"Caf?", b"Caf\xe9")
    path.write_bytes(content[:-40])
    receipt = PirlFile(path, LAYOUT).check()
    assert (receipt.rows, receipt.rejected) == (3, 2)
    told = [(finding.row, finding.message.split(":")[0]) for finding in receipt.findings]
    assert told == [(2, "invalid encoding"), (3, "missing columns")]


def test_rows_are_parted_corrected_and_checked_again(tmp_path: Path) -> None:
    bad = record(e100="P-2", e901="20230109")
    path = file(tmp_path, GOOD, bad, record(e100="P-3", e1704="50000.01"))
    receipt = PirlFile(path, LAYOUT).part(tmp_path / "parted")
    assert (receipt.accepted, receipt.rejected, receipt.warned) == (2, 1, 1)
    accepted = read_records((tmp_path / "parted" / "accepted.csv").read_bytes(), LAYOUT)
    assert [each["100"] for each in accepted] == ["P-1", "P-3"]
    quarantine = tmp_path / "parted" / "quarantine.csv"
    assert read_records(quarantine.read_bytes(), LAYOUT) == [bad]
    with (tmp_path / "parted" / "reasons.csv").open(newline="") as opened:
        reasons = [(row["row"], row["check"]) for row in csv.DictReader(opened)]
    assert reasons == [("2", "exit-not-before-entry"), ("3", "q2-wages-plausible")]

    quarantine.write_bytes(quarantine.read_bytes().replace(b"20230109", b"20230210"))
    again = PirlFile(quarantine, LAYOUT).part(tmp_path / "again")
    assert (again.accepted, again.rejected) == (1, 0)


def test_a_folder_that_exists_is_never_written_to(tmp_path: Path) -> None:
    path = file(tmp_path, GOOD)
    with pytest.raises(ConflictError, match="exists already"):
        PirlFile(path, LAYOUT).part(tmp_path)


def test_parted_files_keep_a_header(tmp_path: Path) -> None:
    path = tmp_path / "some.csv"
    path.write_text("901,100,900\n20230815,P-1,20230110\n20230101,P-2,20230110\n")
    PirlFile(path, LAYOUT).part(tmp_path / "parted")
    assert (tmp_path / "parted" / "quarantine.csv").read_text() == (
        "901,100,900\n20230101,P-2,20230110\n"
    )
