"""Reading files of JSON documents, one a line (JSON Lines), and the fields of such documents.

Reading is strict: a field that is there twice, or of another type than asked for, is an error that
names it. Numbers stay exact: whole ones are `int`, others `Decimal`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from lmb.values.columns import text
from lmb.values.errors import InputError, Problem

FILE_BYTES_MAX = 64 * 2**20
LINE_BYTES_MAX = 4 * 2**20
LINES_MAX = 100_000

MOMENT_FIRST = datetime(1970, 1, 1, tzinfo=UTC)
MOMENT_LAST = datetime(9998, 12, 31, tzinfo=UTC)

_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?"
)
_DIGITS_MAX = 40
"""Far beyond any amount; longer runs of digits are not worth turning into a number."""

_SHOWN_CHARACTERS_MAX = 60


class FieldError(ValueError):
    """A document that says something else than asked for: in which field, what, and what was
    expected. `field` is None where it is the document as a whole."""

    def __init__(self, field: str | None, found: str, expected: str) -> None:
        self.field, self.found, self.expected = field, found, expected
        place = "" if field is None else f"{field}: "
        super().__init__(f"{place}found {found}, expected {expected}")


@dataclass(frozen=True, slots=True)
class JsonLine:
    """One line of a file, counted from 1, and its text."""

    number: int
    content: bytes

    def document(self) -> Mapping[str, Any]:
        """The JSON object on the line. Raises FieldError where there is none."""
        if len(self.content) > LINE_BYTES_MAX:
            found = f"{len(self.content):,} bytes"
            raise FieldError(None, found, f"at most {LINE_BYTES_MAX:,} bytes")
        try:
            found = json.loads(
                self.content.decode(),
                parse_int=_integer,
                parse_float=Decimal,
                parse_constant=Decimal,
                object_pairs_hook=_object,
            )
        except FieldError:
            raise
        except (ValueError, RecursionError) as error:
            raise FieldError(None, f"no JSON ({error})", "one JSON object") from error
        if not isinstance(found, dict):
            raise FieldError(None, shown(found), "one JSON object")
        return found


def json_lines(file: str, content: bytes) -> Iterator[JsonLine]:
    """The lines of a file that are not blank. Raises InputError for a file beyond the limits."""
    if len(content) > FILE_BYTES_MAX:
        found, expected = f"{len(content):,} bytes", f"at most {FILE_BYTES_MAX:,} bytes"
        raise InputError([Problem(file, None, None, found, expected)])
    lines = content.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    if len(lines) > LINES_MAX + 1:
        found, expected = f"{len(lines) - 1:,} lines", f"at most {LINES_MAX:,} lines"
        raise InputError([Problem(file, None, None, found, expected)])
    return (JsonLine(number, line) for number, line in enumerate(lines, 1) if line.strip())


class Fields:
    """The fields of one document, read by name and type. All raise FieldError."""

    def __init__(self, document: object, place: str = "") -> None:
        if not isinstance(document, Mapping):
            raise FieldError(place or None, shown(document), "a JSON object")
        self._document = document
        self._place = place

    def __contains__(self, name: str) -> bool:
        return name in self._document

    def only(self, *names: str) -> None:
        """Refuse a document that has other fields: a misspelt one would be silently ignored."""
        for name in self._document:
            if name not in names:
                raise FieldError(self.named(name), "an unknown field", " or ".join(names))

    def value(self, name: str) -> object:
        """Whatever stands in a field that must be there."""
        if name not in self._document:
            raise FieldError(self.named(name), "nothing", "the field")
        return self._document[name]

    def text(self, name: str) -> str:
        """Printable text on one line."""
        value, reader = self.value(name), text()
        if not isinstance(value, str):
            raise FieldError(self.named(name), shown(value), reader.expected)
        try:
            return reader.read(value)
        except ValueError as error:
            raise FieldError(self.named(name), str(error), reader.expected) from error

    def text_or_none(self, name: str) -> str | None:
        return None if self._document.get(name) is None else self.text(name)

    def moment(self, name: str) -> datetime:
        """A moment in UTC; a date is its first moment, and without a zone it is UTC."""
        value = self.value(name)
        found = read_moment(value) if isinstance(value, str) else None
        if found is None:
            expected = "a date or moment from 1970 to 9998 like 2027-01-31T12:00:00Z"
            raise FieldError(self.named(name), shown(value), expected)
        return found

    def moment_or_none(self, name: str) -> datetime | None:
        return None if self._document.get(name) is None else self.moment(name)

    def flag(self, name: str) -> bool:
        """True or false; false where the field is left out."""
        value = self._document.get(name, False)
        if not isinstance(value, bool):
            raise FieldError(self.named(name), shown(value), "true or false")
        return value

    def documents(self, name: str, documents_max: int) -> list[object]:
        """A list of bounded length."""
        value = self.value(name)
        if not isinstance(value, list):
            raise FieldError(self.named(name), shown(value), "a list")
        if len(value) > documents_max:
            found = f"{len(value):,} entries"
            raise FieldError(self.named(name), found, f"at most {documents_max:,}")
        return value

    def named(self, name: str) -> str:
        """A field's name with the place of its document in the line."""
        return f"{self._place}.{name}" if self._place else name


def read_moment(written: str) -> datetime | None:
    """A date or moment as ISO 8601 writes it, in UTC; None for any other text."""
    if not _MOMENT.fullmatch(written):
        return None
    try:
        found = datetime.fromisoformat(written)
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return found if MOMENT_FIRST <= found <= MOMENT_LAST else None


def shown(value: object) -> str:
    """A JSON value on one line, not too long."""
    written = json.dumps(value, default=str)
    if len(written) > _SHOWN_CHARACTERS_MAX:
        written = written[:_SHOWN_CHARACTERS_MAX] + "…"
    return written


def _integer(digits: str) -> int | Decimal:
    return int(digits) if len(digits) <= _DIGITS_MAX else Decimal(digits)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise FieldError(name, "the field twice", "each field once")
        found[name] = value
    return found
