"""Files of JSON documents are read exactly and within limits, and errors name the field."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from lmb.values import json_lines as module
from lmb.values.errors import InputError
from lmb.values.json_lines import FieldError, Fields, JsonLine, json_lines, read_moment


def document(text: str) -> object:
    return JsonLine(1, text.encode()).document()


def test_lines_keep_their_numbers_and_blank_ones_are_left_out() -> None:
    lines = json_lines("a.jsonl", b'\xef\xbb\xbf{"a": 1}\r\n\n  \n{"b": 2}')
    assert [(line.number, line.document()) for line in lines] == [(1, {"a": 1}), (4, {"b": 2})]


def test_numbers_stay_exact() -> None:
    digits = "9" * 30
    found = document(f'{{"a": {digits}, "b": 1.10, "c": 1e400, "d": NaN, "e": {"9" * 5000}}}')
    assert isinstance(found, dict)
    assert found["a"] == int(digits)
    assert str(found["b"]) == "1.10"
    assert found["c"] == Decimal("1e400")
    assert found["d"].is_nan()
    assert isinstance(found["e"], Decimal)


@pytest.mark.parametrize(
    "text", ["", "nonsense", "[1]", "7", '{"a": 1', '{"a": 1} x', '{"a": 1, "a": 2}', "[" * 100_000]
)
def test_what_is_no_json_object_is_an_error(text: str) -> None:
    with pytest.raises(FieldError):
        document(text)


def test_bytes_that_are_no_text_are_an_error() -> None:
    with pytest.raises(FieldError, match="no JSON"):
        JsonLine(1, b'{"a": "\xff"}').document()


def test_files_and_lines_beyond_the_limits_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LINES_MAX", 2)
    assert len(list(json_lines("a", b"{}\n{}\n"))) == 2
    with pytest.raises(InputError, match="at most 2 lines"):
        json_lines("a", b"{}\n{}\n{}\n")
    monkeypatch.setattr(module, "LINE_BYTES_MAX", 3)
    with pytest.raises(FieldError, match="at most 3 bytes"):
        document("{  }")
    monkeypatch.setattr(module, "FILE_BYTES_MAX", 3)
    with pytest.raises(InputError, match="at most 3 bytes"):
        json_lines("a", b"{  }")


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("2027-01-31", datetime(2027, 1, 31, tzinfo=UTC)),
        ("2027-01-31T12:30", datetime(2027, 1, 31, 12, 30, tzinfo=UTC)),
        ("2027-01-31 12:30:01.5Z", datetime(2027, 1, 31, 12, 30, 1, 500_000, tzinfo=UTC)),
        ("2027-01-31T12:30:00-05:00", datetime(2027, 1, 31, 17, 30, tzinfo=UTC)),
        ("2027-02-30", None),
        ("20270131", None),
        ("2027-W05-1", None),
        ("1969-12-31", None),
        ("9999-12-31T23:00:00-05:00", None),
        ("tomorrow", None),
    ],
)
def test_moments_are_iso_8601_in_readable_years(written: str, found: datetime | None) -> None:
    assert read_moment(written) == found


def test_fields_are_read_by_type_and_errors_name_them() -> None:
    fields = Fields({"a": "x", "n": None, "t": True, "at": "2027-01-01", "list": [1, 2]})
    assert (fields.text("a"), fields.text_or_none("n"), fields.text_or_none("no")) == (
        "x",
        None,
        None,
    )
    assert (fields.flag("t"), fields.flag("no")) == (True, False)
    assert fields.moment_or_none("n") is None
    assert fields.moment_or_none("at") == datetime(2027, 1, 1, tzinfo=UTC)
    assert fields.documents("list", 2) == [1, 2]
    for read, field in (
        (lambda: fields.text("t"), "t"),
        (lambda: fields.text("no"), "no"),
        (lambda: Fields({"a": "x\0"}, "items[2]").text("a"), r"items\[2\].a"),
        (lambda: fields.flag("a"), "a"),
        (lambda: fields.moment("a"), "a"),
        (lambda: fields.documents("a", 2), "a"),
        (lambda: fields.documents("list", 1), "list"),
        (lambda: fields.only("a", "n"), "t"),
    ):
        with pytest.raises(FieldError, match=f"^{field}: found "):
            read()
    with pytest.raises(FieldError, match="found 7, expected a JSON object"):
        Fields(7)
