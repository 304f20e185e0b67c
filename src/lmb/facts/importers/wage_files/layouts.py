"""Where the fields of a fixed-width wage file stand: a table of data for each format. Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from lmb.values.errors import NotFoundError, RefusedError

DATA = resources.files("lmb.facts.importers.wage_files")
ROLES = ("transmitter", "employer", "wage", "employer_total", "final")
FIELDS = ("year", "month", "period", "employer", "employers", "ssn", "cents", "count")


@dataclass(frozen=True, slots=True)
class Record:
    """One kind of record: what it is for, and its fields as slices of its line."""

    role: str
    fields: Mapping[str, slice]


@dataclass(frozen=True, slots=True)
class WageLayout:
    """A format: the length of its lines, and its kinds of record by code."""

    name: str
    record_length: int
    code_length: int
    records: Mapping[bytes, Record]
    skipped: frozenset[bytes]

    def code_of(self, role: str) -> str:
        """The code of the record that has a role."""
        return next(c.decode() for c, record in self.records.items() if record.role == role)


@cache
def shipped_layout(name: str) -> WageLayout:
    """A format that comes with this package. Raises NotFoundError for another."""
    file = DATA / f"{name}.toml"
    if not name.isalnum() or not file.is_file():
        raise NotFoundError(f"there is no wage layout {name!r}; there are efw2, icesa")
    return wage_layout(tomllib.loads(file.read_text(encoding="utf-8")))


def wage_layout(document: Mapping[str, Any]) -> WageLayout:
    """The layout a table describes. Raises RefusedError for one that could not be read by."""
    length = int(document["record_length"])
    records = {}
    for code, entry in document["records"].items():
        fields = {name: place for name, place in entry.items() if name != "role"}
        for name, (first, last) in fields.items():
            if name not in FIELDS or not 1 <= first <= last <= length:
                raise RefusedError(
                    f"{document['name']}, record {code}: {name} at {first} to {last} is no field "
                    f"of a line of {length} characters; the fields are {', '.join(FIELDS)}"
                )
        slices = {name: slice(first - 1, last) for name, (first, last) in fields.items()}
        records[code.encode()] = Record(entry["role"], slices)
    roles = sorted(record.role for record in records.values())
    if roles != sorted(ROLES):
        raise RefusedError(f"{document['name']} needs one record for each of {', '.join(ROLES)}")
    return WageLayout(
        document["name"],
        length,
        int(document["code_length"]),
        records,
        frozenset(code.encode() for code in document["skipped"]),
    )
