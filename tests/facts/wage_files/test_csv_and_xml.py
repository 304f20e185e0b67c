"""CSV and XML files of wages: the same wages as ICESA gives, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmb.facts.importers.wage_files.collecting import SetAside, WageFile
from lmb.facts.importers.wage_files.delimited import load_csv_wages
from lmb.facts.importers.wage_files.fixed_width import load_wages
from lmb.facts.importers.wage_files.layouts import shipped_layout
from lmb.facts.importers.wage_files.xml_reports import load_xml_wages
from lmb.values.errors import InputError
from tests.facts.wage_files.files import KEY, csv_file, lines, xml_file

READERS: dict[str, tuple[Callable[..., WageFile], bytes]] = {
    "csv": (load_csv_wages, csv_file()),
    "xml": (load_xml_wages, xml_file()),
}


def read(kind: str, content: bytes) -> WageFile:
    return READERS[kind][0]("wages", content.splitlines(keepends=True), KEY)


def problems(kind: str, content: bytes) -> list[str]:
    with pytest.raises(InputError) as caught:
        read(kind, content)
    return [str(problem).removeprefix("wages, ") for problem in caught.value.problems]


@pytest.mark.parametrize("kind", READERS)
def test_the_same_wages_as_in_icesa(kind: str) -> None:
    layout = shipped_layout("icesa")
    expected = load_wages("wages", lines(layout), layout, KEY)
    found = read(kind, READERS[kind][1])
    assert list(found) == list(expected)
    assert (found.total_cents, found.employer_reports) == (914_251, 2)


@pytest.mark.parametrize(("kind", "rows"), [("csv", [2, 5]), ("xml", [3, 7])])
def test_a_wage_under_a_number_nobody_has_is_set_aside(kind: str, rows: list[int]) -> None:
    content = READERS[kind][1].replace(b"078051120", b"000051120")
    assert read(kind, content).set_aside == [
        SetAside(rows[0], "123456789", 4 * 2024, 914_250),
        SetAside(rows[1], "987654321", 4 * 2024 + 1, 1),
    ]


@pytest.mark.parametrize(
    ("kind", "old", "new", "told"),
    [
        ("csv", b",914250,2", b",914251,2", "row 4, cents"),
        ("csv", b",914250,2", b",914250,3", "row 4, count"),
        ("csv", b"final,,,,914251,3", b"final,,,,914250,3", "row 7, cents"),
        ("csv", b"final,,,,914251,3\n", b"", "row 6, record: found the end"),
        ("csv", b"total,987654321,2024Q2,,1,1\n", b"", "no total of 987654321, 2024Q2"),
        ("csv", b"914250,\n", b"9142.5,\n", "row 2, cents"),
        ("csv", b"2024Q2,078051120", b"2024Q5,078051120", "row 5, quarter"),
        ("csv", b"wage,987654321", b"wage,98765-4321", "row 5, employer"),
        ("csv", b"wage,987654321", b"pay,987654321", "row 5, record: found 'pay'"),
        ("csv", b"record,", b"kind,", "row 1"),
        ("csv", b"wage,987654321", b'wage,"987654321', "row 5: found a line that is no CSV"),
        ("csv", b"wage,987654321", b"wage,\xff", "row 5: found a line that is no CSV"),
        ("csv", b"final,,,", b"final,,,078051120", "row 7, ssn: found a value"),
        ("xml", b'cents="914250" number', b'cents="914251" number', "row 5, cents"),
        ("xml", b'count="2"', b'count="1"', "row 5, count"),
        ("xml", b'employers="2"', b'employers="3"', "row 9, employers"),
        ("xml", b"</wageReport>", b"", "no element found"),
        ("xml", b"<wage ", b"<pay ", "row 3, pay: found it in employer, expected wage"),
        ("xml", b'quarter="2024Q2"', b'quarter="2024-2"', "row 6, employer"),
        ("xml", b' ssn="219099999"', b"", "row 4, wage: found attributes cents"),
        ("xml", b"<wageReport", b'<!DOCTYPE x [<!ENTITY a "b">]><wageReport', "a document type"),
        ("xml", b"</employer>", b"078051120</employer>", "text between elements"),
    ],
)
def test_what_is_wrong_refuses_the_file_by_line_and_element(
    kind: str, old: bytes, new: bytes, told: str
) -> None:
    content = READERS[kind][1]
    assert old in content
    found = problems(kind, content.replace(old, new, 1))
    assert any(told in problem for problem in found), found
    assert not any("78051120" in problem for problem in found)


@pytest.mark.parametrize("kind", READERS)
@given(cut=st.integers(1, 10_000))
def test_a_file_that_is_cut_off_is_refused(kind: str, cut: int) -> None:
    content = READERS[kind][1].rstrip()
    with pytest.raises(InputError):
        read(kind, content[: -1 - cut % (len(content) - 1)])
