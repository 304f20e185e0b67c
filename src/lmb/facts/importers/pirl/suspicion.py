"""Which of many lines may fail a check: the forms and conditions again, over arrays of fields.

Written apart from the SQL of `conditions`. Where a line passes the form of every element, what is
said here of the conditions between elements is what the SQL says; where it does not, the line is
suspect anyway. Two conditions that few lines meet are answered too widely, on the safe side.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import cache, partial

import numpy as np

from lmb.facts.importers.pirl.catalogue import Check
from lmb.facts.importers.pirl.conditions import NINES, Condition
from lmb.facts.importers.pirl.fields import Fields, Flags
from lmb.facts.importers.pirl.layout import Element, Layout
from lmb.values.quarters import Quarter

Answer = bool | Flags
"""One answer for all lines, or one for each."""

NINES_CENTS = int(NINES["DE"].replace(".", ""))
_FIRST_DAY, _LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
_LEAST, _MOST = 19_000_101, 21_991_231
_ELEMENT = r"(\d{3,4}[A-Z]?)"


def _days() -> Flags:
    """Whether each number from 19000101 on is a day."""
    found = np.zeros(_MOST - _LEAST + 1, dtype=np.bool_)
    count = (_LAST_DAY - _FIRST_DAY).days + 1
    days = (_FIRST_DAY + timedelta(days=n) for n in range(count))
    found[[day.year * 10_000 + day.month * 100 + day.day - _LEAST for day in days]] = True
    return found


class Suspicion:
    """The checks of one layout, order of elements and quarter of report, ready for any lines."""

    def __init__(
        self,
        layout: Layout,
        order: Sequence[str],
        checks: Sequence[Check],
        report: Quarter | None,
    ) -> None:
        self.elements = layout.by_number()
        self.order = order
        self.report = None if report is None else 4 * report.year + report.number - 1
        self._longest = np.array([_bytes_max(self.elements[number]) for number in order])
        self._days = _days()
        self._between = [
            ([self._asked(each) for each in check.when], [self._asked(each) for each in check.then])
            for check in checks
            if not check.id.startswith("form-")
        ]

    def suspects(self, fields: Fields) -> Flags:
        """Which lines may fail a check."""
        found: Flags = np.zeros(fields.rows, dtype=np.bool_)
        for place in np.flatnonzero(fields.longest > self._longest):
            found |= fields.lengths[:, place] > self._longest[place]
        for number in self.order:
            if fields.present(number) and self.elements[number].type != "AN":
                found |= ~self._fits(fields, self.elements[number])
        known: dict[str, Answer] = {}
        for when, then in self._between:
            asked = _all(fields, when, known)
            if asked is False:
                continue
            kept = _all(fields, then, known) if then else False
            if kept is False:
                found |= asked
            elif kept is not True:
                found |= asked & ~kept
        return found

    def _fits(self, fields: Fields, element: Element) -> Flags:
        """Which fields hold what the element may hold."""
        number = element.number
        blank = fields.blank(number)
        if element.type == "DE":
            is_money: Flags = fields.cents(number) >= 0
            return blank | is_money
        if element.type == "DT":
            value = fields.day(number)
            is_near = (value >= _LEAST) & (value <= _MOST)
            is_day: Flags = self._days[np.where(is_near, value - _LEAST, 0)]
            return blank | (is_near & is_day)
        if element.codes or element.length == 1:
            codes = element.codes or tuple("0123456789")
            forms = frozenset(form for code in codes for form in (code, str(int(code))))
            return blank | _is_one_of(fields, element, forms)
        is_number: Flags = fields.number(number) >= 0
        return blank | is_number

    def _asked(self, condition: Condition) -> _Asked:
        for pattern, answer in _ANSWERS:
            found = re.fullmatch(pattern, condition.text)
            if found is not None:
                return condition.text, partial(_answered, answer, self, found.groups())
        raise ValueError(f"{condition.text!r} is no condition the sieve knows")


def _answered(
    answer: Callable[..., Answer], rules: Suspicion, words: Sequence[str], fields: Fields
) -> Answer:
    return answer(rules, fields, *words)


_Asked = tuple[str, Callable[[Fields], Answer]]


def _all(fields: Fields, asked: Sequence[_Asked], known: dict[str, Answer]) -> Answer:
    """Whether all conditions hold; the answers are kept, as many checks ask the same."""
    together: Answer = True
    for text, answer in asked:
        if text not in known:
            known[text] = answer(fields)
        one = known[text]
        if one is False:
            return False
        together = one if together is True else together if one is True else together & one
    return together


def _filled(_: Suspicion, fields: Fields, number: str) -> Answer:
    return fields.present(number) and fields.filled(number)


def _blank(_: Suspicion, fields: Fields, number: str) -> Answer:
    return not fields.present(number) or fields.blank(number)


def _codes(
    rules: Suspicion, fields: Fields, number: str, without: str | None, listed: str
) -> Answer:
    if not fields.present(number):
        return bool(without)
    inside = _is_one_of(fields, rules.elements[number], _forms(tuple(listed.split(","))))
    return ~inside if without else inside


def _order(
    _: Suspicion, fields: Fields, later: str, sign: str, earlier: str, year: str | None
) -> Answer:
    if not (fields.present(later) and fields.present(earlier)):
        return True
    one, other = fields.day(later), fields.day(earlier) + (10_000 if year else 0)
    known = fields.filled(later) & fields.filled(earlier)
    return ~known | (one >= other if sign == ">=" else one <= other)


def _above(_: Suspicion, fields: Fields, number: str, dollars: str) -> Answer:
    if not fields.present(number):
        return False
    cents = fields.cents(number)
    return (cents > 100 * int(dollars)) & (cents < NINES_CENTS)


def _nines(_: Suspicion, fields: Fields, number: str) -> Answer:
    return fields.present(number) and fields.cents(number) == NINES_CENTS


def _age(_: Suspicion, fields: Fields, at: str, least: str, most: str) -> Answer:
    if not (fields.present(at) and fields.present("200")):
        return True
    years = (fields.day(at) - fields.day("200")) // 10_000
    known = fields.filled(at) & fields.filled("200")
    return ~known | ((years >= int(least)) & (years <= int(most)))


def _closed(rules: Suspicion, fields: Fields, number: str, quarters: str) -> Answer:
    if rules.report is None or not fields.present(number):
        return False
    value = fields.day(number)
    quarter = 4 * (value // 10_000) + (value // 100 % 100 - 1) // 3
    return fields.filled(number) & (rules.report - quarter >= int(quarters))


def _ssn(_: Suspicion, fields: Fields, number: str) -> Answer:
    """Too wide: any text of the length that begins with a digit such a number may begin with."""
    if not fields.present(number):
        return False
    length, first = fields.length(number), fields.first_byte(number)
    found: Flags = ((length == 9) | (length == 11)) & (first >= ord("0")) & (first <= ord("8"))
    return found


def _same(_: Suspicion, fields: Fields, one: str, other: str) -> Answer:
    """Too wide: the last eight bytes are compared."""
    if not (fields.present(one) and fields.present(other)):
        return False
    is_as_long: Flags = fields.length(one) == fields.length(other)
    ends_alike: Flags = fields.word(one) == fields.word(other)
    return fields.filled(one) & is_as_long & ends_alike


@cache
def _forms(codes: tuple[str, ...]) -> frozenset[str]:
    """Every way to write codes that a condition takes for them."""
    written = {form for code in codes for form in (code, code.zfill(2), code.lstrip("0"))}
    return frozenset(form for form in written if form)


def _is_one_of(fields: Fields, element: Element, forms: frozenset[str]) -> Flags:
    """Whether each field is written in one of these forms; of an element of one character, where
    longer ones are suspect anyway, that character alone is looked at."""
    if element.length == 1:
        return _bytes_of(forms)[fields.first_byte(element.number)]
    length, value = fields.length(element.number), fields.number(element.number)
    found = np.zeros(fields.rows, dtype=np.bool_)
    for digits in sorted({len(form) for form in forms}):
        table = _numbers_of(forms, digits)
        near = (length == digits) & (value >= 0) & (value < len(table))
        found |= near & table[np.where(near, value, 0)]
    return found


@cache
def _bytes_of(forms: frozenset[str]) -> Flags:
    table = np.zeros(256, dtype=np.bool_)
    table[[ord(form) for form in forms if len(form) == 1]] = True
    return table


@cache
def _numbers_of(forms: frozenset[str], digits: int) -> Flags:
    found = [int(form) for form in forms if len(form) == digits]
    table = np.zeros(max(found) + 1, dtype=np.bool_)
    table[found] = True
    return table


def _bytes_max(element: Element) -> int:
    """More bytes than this, and a field may be too long; a character is at least one."""
    return 9 if element.type == "DE" else element.length


_ANSWERS: tuple[tuple[str, Callable[..., Answer]], ...] = (
    (f"filled {_ELEMENT}", _filled),
    (f"blank {_ELEMENT}", _blank),
    (f"{_ELEMENT} (not )?in ([0-9,]+)", _codes),
    (f"{_ELEMENT} (>=|<=) {_ELEMENT}( \\+ 1 year)?", _order),
    (f"{_ELEMENT} > ([0-9]+)", _above),
    (f"nines {_ELEMENT}", _nines),
    (f"age at {_ELEMENT} in ([0-9]+)\\.\\.([0-9]+)", _age),
    (f"closed {_ELEMENT} \\+ ([0-9]+) quarters", _closed),
    (f"ssn {_ELEMENT}", _ssn),
    (f"{_ELEMENT} = {_ELEMENT}", _same),
)
