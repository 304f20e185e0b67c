"""Conditions of edit checks: read from text, told in SQL, and met or broken in an example. Pure.

    filled 901          blank 901            923 in 03,04         1602 not in 9
    901 >= 900          1801 <= 901 + 1 year 1704 > 50000         nines 1704
    age at 900 in 9..100                     closed 901 + 4 quarters

Over the columns of a record as text (`e901`), dates as whole numbers YYYYMMDD (`d901`) and dollars
(`m1704`), each null where the field is blank or cannot be read; `report` is the quarter of the
report (4 * year + number - 1), null where there is none. A condition never gives null.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass

from lmb.facts.importers.pirl.layout import Element

NINES = {"DE": "999999.99"}
REPORT_QUARTER = 4 * 2030 + 3
"""The quarter of the report that examples are made for: 2030Q4."""

Record = MutableMapping[str, str]
"""An example: texts by element number, blank ones left out."""

_ELEMENT = r"([0-9]{3,4}[A-Z]?)"


@dataclass(frozen=True, slots=True)
class Condition:
    """`met` and `broken` change an example so that it meets or breaks the condition."""

    text: str
    elements: tuple[str, ...]
    sql: str
    met: Callable[[Record], None]
    broken: Callable[[Record], None]
    needs_report: bool = False


def condition(text: str, elements: Mapping[str, Element]) -> Condition:
    """The condition a text states. Raises ValueError for a text or element that is not known."""
    for pattern, make in _FORMS:
        found = re.fullmatch(pattern, text)
        if found is not None:
            return make(text, elements, *found.groups())
    raise ValueError(f"{text!r} is no condition")


def _filled(text: str, elements: Mapping[str, Element], number: str) -> Condition:
    sample = elements[number].sample
    return Condition(
        text,
        (number,),
        f"e{number} IS NOT NULL",
        _set(number, sample),
        _clear(number),
    )


def _blank(text: str, elements: Mapping[str, Element], number: str) -> Condition:
    sample = elements[number].sample
    return Condition(text, (number,), f"e{number} IS NULL", _clear(number), _set(number, sample))


def _codes(
    text: str, elements: Mapping[str, Element], number: str, without: str | None, listed: str
) -> Condition:
    codes = listed.split(",")
    texts = sorted({form for code in codes for form in (code, code.zfill(2), code.lstrip("0"))})
    inside = ", ".join(f"'{form}'" for form in texts if form)
    known = elements[number].codes
    other = next(
        (code for code in known if code.lstrip("0") not in [c.lstrip("0") for c in codes]), ""
    )
    within = _set(number, codes[0].zfill(len(known[0]) if known else 1))
    outside = _set(number, other) if other else _clear(number)
    sql = f"coalesce(e{number} IN ({inside}), FALSE)"
    if without:
        return Condition(text, (number,), f"NOT {sql}", outside, within)
    return Condition(text, (number,), sql, within, outside)


def _order(
    text: str,
    elements: Mapping[str, Element],
    later: str,
    sign: str,
    earlier: str,
    year: str | None,
) -> Condition:
    """Dates compared as whole numbers; a year later is the same day of the next year."""
    del elements
    years = 10_000 if year else 0

    def shifted(by_days: int) -> Callable[[Record], None]:
        def change(record: Record) -> None:
            base = int(record.setdefault(earlier, "20240115")) + years
            record[later] = str(base + by_days)

        return change

    sql = f"coalesce(d{later} {sign} d{earlier}{f' + {years}' if years else ''}, TRUE)"
    return Condition(text, (later, earlier), sql, shifted(0), shifted(-1 if sign == ">=" else 1))


def _money(text: str, elements: Mapping[str, Element], number: str, dollars: str) -> Condition:
    del elements
    above = f"{int(dollars) + 1}.00"
    return Condition(
        text,
        (number,),
        f"coalesce(m{number} > {dollars} AND m{number} < {NINES['DE']}, FALSE)",
        _set(number, above),
        _set(number, f"{dollars}.00"),
    )


def _nines(text: str, elements: Mapping[str, Element], number: str) -> Condition:
    nines = NINES[elements[number].type]
    return Condition(
        text,
        (number,),
        f"coalesce(e{number} = '{nines}', FALSE)",
        _set(number, nines),
        _clear(number),
    )


def _age(text: str, elements: Mapping[str, Element], at: str, least: str, most: str) -> Condition:
    del elements
    born = "200"

    def aged(years: int) -> Callable[[Record], None]:
        def change(record: Record) -> None:
            record[born] = str(int(record.setdefault(at, "20240115")) - 10_000 * years)

        return change

    years = f"(d{at} - d{born}) // 10000"
    return Condition(
        text,
        (born, at),
        f"coalesce({years} BETWEEN {least} AND {most}, TRUE)",
        aged(int(least)),
        aged(int(most) + 1),
    )


def _closed(text: str, elements: Mapping[str, Element], number: str, quarters: str) -> Condition:
    """Whether the report lies so many quarters, or more, past the quarter of a date."""
    del elements

    def dated(late: int) -> Callable[[Record], None]:
        year, quarter = divmod(int(REPORT_QUARTER) - int(quarters) - late, 4)

        def change(record: Record) -> None:
            record[number] = f"{year}{3 * quarter + 1:02}01"

        return change

    quarter = f"4 * (d{number} // 10000) + (d{number} // 100 % 100 - 1) // 3"
    return Condition(
        text,
        (number,),
        f"coalesce(report - ({quarter}) >= {quarters}, FALSE)",
        dated(0),
        dated(-1),
        needs_report=True,
    )


def _ssn(text: str, elements: Mapping[str, Element], number: str) -> Condition:
    del elements
    digits = f"e{number}"
    sql = (
        f"coalesce(CASE WHEN length({digits}) = 9 OR length({digits}) = 11 THEN "
        f"regexp_full_match({digits}, '[0-8][0-9]{{2}}-?[0-9]{{2}}-?[0-9]{{4}}') AND "
        f"{digits}[1:3] NOT IN ('000', '666') ELSE FALSE END, FALSE)"
    )
    return Condition(text, (number,), sql, _set(number, "123456789"), _set(number, "P-123"))


def _same(text: str, elements: Mapping[str, Element], one: str, other: str) -> Condition:
    def equal(record: Record) -> None:
        record[one] = record.setdefault(other, elements[other].sample)

    def unequal(record: Record) -> None:
        known = record.setdefault(other, elements[other].sample)
        codes: Iterable[str] = elements[one].codes or ("B", "C")
        record[one] = next(code for code in codes if code != known)

    return Condition(
        text,
        (one, other),
        f"coalesce(e{one} = e{other}, FALSE)",
        equal,
        unequal,
    )


def _set(number: str, value: str) -> Callable[[Record], None]:
    def change(record: Record) -> None:
        record[number] = value

    return change


def _clear(number: str) -> Callable[[Record], None]:
    def change(record: Record) -> None:
        record.pop(number, None)

    return change


_FORMS: tuple[tuple[str, Callable[..., Condition]], ...] = (
    (f"filled {_ELEMENT}", _filled),
    (f"blank {_ELEMENT}", _blank),
    (f"{_ELEMENT} (not )?in ([0-9,]+)", _codes),
    (f"{_ELEMENT} (>=|<=) {_ELEMENT}( \\+ 1 year)?", _order),
    (f"{_ELEMENT} > ([0-9]+)", _money),
    (f"nines {_ELEMENT}", _nines),
    (f"age at {_ELEMENT} in ([0-9]+)\\.\\.([0-9]+)", _age),
    (f"closed {_ELEMENT} \\+ ([0-9]+) quarters", _closed),
    (f"ssn {_ELEMENT}", _ssn),
    (f"{_ELEMENT} = {_ELEMENT}", _same),
)
