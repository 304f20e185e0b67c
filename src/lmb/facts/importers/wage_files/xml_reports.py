"""Wages as XML, with the totals of each employer and of the file in attributes.

<wageReport employers="1" count="1" cents="914250">
  <employer number="123456789" quarter="2024Q1" count="1" cents="914250">
    <wage ssn="078051120" cents="914250"/>
  </employer>
</wageReport>

Read as a stream, so that a file of any length takes little memory. A document type is refused: no
entity is expanded and nothing is fetched.
"""

from __future__ import annotations

from collections.abc import Iterable
from xml.parsers import expat

from lmb.facts.importers.wage_files.collecting import (
    EMPLOYER_CHARACTERS_MAX,
    Collecting,
    WageFile,
    quarter_of,
    shown,
)
from lmb.facts.importers.wage_files.persons import Hashing
from lmb.values.errors import InputError

INSIDE = {"wageReport": "", "employer": "wageReport", "wage": "employer"}
"""What each element stands in."""

ATTRIBUTES = {
    "wageReport": {"employers", "count", "cents"},
    "employer": {"number", "quarter", "count", "cents"},
    "wage": {"ssn", "cents"},
}
TOTALS = ("employers", "count", "cents")


def load_xml_wages(file: str, parts: Iterable[bytes], key: Hashing) -> WageFile:
    """All wages of an XML file given in parts (its lines, or blocks of it), persons hashed with a
    key. Raises InputError with every problem, by line and element."""
    reading = _Reading(file, key)
    try:
        for part in parts:
            reading.parser.Parse(part, False)
        reading.parser.Parse(b"", True)
    except expat.ExpatError as error:
        reading.collecting.next_row(error.lineno)
        told = expat.errors.messages[error.code]
        reading.problem(None, told, "XML that is whole: one wageReport")
    return reading.collecting.finish()


class _Reading:
    """The state of one pass: the elements that are open, and whose wages these are."""

    def __init__(self, file: str, key: Hashing) -> None:
        self.collecting = Collecting(file, "xml", key)
        self.problem = self.collecting.problem
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.open: list[tuple[str, dict[str, str]]] = []
        self.employer = ""
        self.quarter: int | None = None

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.collecting.next_row(self.parser.CurrentLineNumber)
        parent = self.open[-1][0] if self.open else ""
        if INSIDE.get(name) != parent:
            known = " or ".join(each for each, outer in INSIDE.items() if outer == parent)
            self.problem(name[:20], f"it in {parent or 'the document'}", known or "nothing there")
        elif attributes.keys() != ATTRIBUTES[name]:
            found = ", ".join(sorted(attributes)) or "nothing"
            self.problem(name, f"attributes {found[:60]}", ", ".join(sorted(ATTRIBUTES[name])))
        elif name == "employer":
            self._employer(attributes["number"], attributes["quarter"])
        elif name == "wage":
            ssn, cents = attributes["ssn"].encode(), attributes["cents"].encode()
            self.collecting.wage(ssn, cents, self.employer, self.quarter)
        self.open.append((name, attributes))

    def _employer(self, number: str, quarter: str) -> None:
        self.collecting.begin_employer()
        self.employer, self.quarter = number, quarter_of(quarter.encode())
        if not number.isalnum() or not 1 <= len(number) <= EMPLOYER_CHARACTERS_MAX:
            self.problem("employer", shown(number.encode()), "the number of the employer")
        if self.quarter is None:
            self.problem("employer", shown(quarter.encode()), "a quarter like 2024Q1")

    def _end(self, name: str) -> None:
        _, attributes = self.open.pop()
        self.collecting.next_row(self.parser.CurrentLineNumber)
        told = {each: attributes[each].encode() for each in TOTALS if each in attributes}
        if name == "employer":
            self.collecting.compare_employer(told)
        elif name == "wageReport":
            self.collecting.compare_file(told)

    def _text(self, text: str) -> None:
        if text.strip():
            # What stands there may be a number of somebody.
            self.collecting.next_row(self.parser.CurrentLineNumber)
            self.problem(None, "text between elements", "attributes alone")

    def _doctype(self, *_: object) -> None:
        self.collecting.next_row(self.parser.CurrentLineNumber)
        self.problem(None, "a document type", "none: entities are not expanded")
        raise InputError(self.collecting.problems)
