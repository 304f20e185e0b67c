"""ICESA and EFW2 files: taken whole with their control totals, or every problem told."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lmb.facts.importers.wage_files.collecting import SetAside, Wage
from lmb.facts.importers.wage_files.fixed_width import load_wages
from lmb.facts.importers.wage_files.layouts import WageLayout, shipped_layout, wage_layout
from lmb.values.errors import InputError, NotFoundError, RefusedError
from tests.facts.wage_files.files import KEY, REPORTS, line, lines

ICESA, EFW2 = shipped_layout("icesa"), shipped_layout("efw2")


def problems(layout: WageLayout, content: list[bytes]) -> list[str]:
    with pytest.raises(InputError) as caught:
        load_wages("wages.txt", content, layout, KEY)
    return [str(problem).removeprefix("wages.txt, ") for problem in caught.value.problems]


@pytest.mark.parametrize("layout", [ICESA, EFW2], ids=lambda each: each.name)
def test_every_wage_is_read_with_its_employer_and_quarter(layout: WageLayout) -> None:
    found = load_wages("wages.txt", lines(layout), layout, KEY)
    first, second = KEY.hashed(b"078051120"), KEY.hashed(b"219099999")
    assert list(found) == [
        Wage(first, "123456789", 4 * 2024, 914_250),
        Wage(second, "123456789", 4 * 2024, 0),
        Wage(first, "987654321", 4 * 2024 + 1, 1),
    ]
    assert (found.total_cents, found.employer_reports) == (914_251, 2)


def test_lines_of_276_characters_and_windows_line_ends_are_the_same() -> None:
    wider = [text.replace(b"\n", b" \r\n") for text in lines(ICESA)]
    assert list(load_wages("wages.txt", wider, ICESA, KEY)) == list(
        load_wages("wages.txt", lines(ICESA), ICESA, KEY)
    )


def test_an_authorization_record_is_passed_over() -> None:
    content = lines(ICESA)
    content.insert(1, b"B".ljust(275) + b"\n")
    assert len(load_wages("wages.txt", content, ICESA, KEY)) == 3


@pytest.mark.parametrize(
    ("row", "column", "change"),
    [
        (3, "cents", lambda text: text.replace(b"914250", b"9142.5")),
        (2, "employer", lambda text: text.replace(b"123456789", b"12345678X")),
        (2, "month", lambda text: text[:187] + b"04" + text[189:]),
        (5, "count", lambda text: text.replace(b"0000002", b"0000003", 1)),
        (5, "cents", lambda text: text.replace(b"914250", b"914251")),
        (9, "count", lambda text: text[:10] + b"4" + text[11:]),
        (9, "employers", lambda text: text[:20] + b"3" + text[21:]),
        (9, "cents", lambda text: text.replace(b"914251", b"914250")),
    ],
)
def test_a_bad_field_or_total_is_told_with_its_line(
    row: int, column: str, change: Callable[[bytes], bytes]
) -> None:
    content = lines(ICESA)
    content[row - 1] = change(content[row - 1])
    found = problems(ICESA, content)
    assert any(problem.startswith(f"row {row}, {column}: found ") for problem in found), found


@pytest.mark.parametrize("number", [b"000051120", b"66605112X"])
def test_a_wage_under_a_number_nobody_has_is_set_aside_and_counts_in_the_totals(
    number: bytes,
) -> None:
    content = [text.replace(b"078051120", number) for text in lines(ICESA)]
    found = load_wages("wages.txt", content, ICESA, KEY)
    assert found.set_aside == [
        SetAside(3, "123456789", 4 * 2024, 914_250),
        SetAside(7, "987654321", 4 * 2024 + 1, 1),
    ]
    assert (len(found), found.total_cents) == (1, 914_251)


def test_no_problem_and_nothing_set_aside_tells_a_social_security_number() -> None:
    content = [text.replace(b"078051120", b"666051120") for text in lines(ICESA)]
    assert "051120" not in repr(load_wages("wages.txt", content, ICESA, KEY).set_aside)
    content[2] = content[2].replace(b"914250", b"9142.5")
    assert "051120" not in " ".join(problems(ICESA, content))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda all_: all_[1:], "E after nothing"),
        (lambda all_: all_[:-1], "the end after a record T"),
        (lambda all_: [*all_[:4], *all_[5:]], "E after S"),
        (lambda all_: [*all_[:1], *all_[2:]], "S after A"),
        (lambda all_: [*all_, all_[0]], "A after F"),
        (lambda all_: [], "the end after a record nothing"),
        (lambda all_: [*all_[:3], b"X".ljust(275) + b"\n", *all_[3:]], "'X'"),
    ],
)
def test_records_stand_in_their_order(
    change: Callable[[list[bytes]], list[bytes]], told: str
) -> None:
    assert any(told in problem for problem in problems(ICESA, change(lines(ICESA))))


def test_a_truncated_last_line_is_told() -> None:
    content = lines(ICESA)
    content[-1] = content[-1][:100]
    found = problems(ICESA, content)
    assert found[0] == "row 9: found 100 characters, expected a line of 275 characters"


def test_quarters_of_efw2_stand_in_each_wage() -> None:
    content = lines(EFW2)
    content[2] = content[2].replace(b"032024", b"042024")
    assert problems(EFW2, content)[0].startswith("row 3, period: found '04 2024'")


def test_a_layout_that_cannot_be_is_refused() -> None:
    with pytest.raises(NotFoundError, match="no wage layout 'x'"):
        shipped_layout("x")
    document = {"name": "own", "record_length": 10, "code_length": 1, "skipped": []}
    with pytest.raises(RefusedError, match="needs one record for each"):
        wage_layout({**document, "records": {"A": {"role": "transmitter"}}})
    with pytest.raises(RefusedError, match="ssn at 5 to 13 is no field"):
        wage_layout({**document, "records": {"S": {"role": "wage", "ssn": [5, 13]}}})


def test_the_writer_of_these_tests_fills_whole_lines() -> None:
    assert {len(each) for each in lines(EFW2, REPORTS)} == {513}
    assert line(ICESA, "transmitter").startswith(b"A ")
