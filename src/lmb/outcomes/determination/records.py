"""Records frozen for a determination: one order, whole numbers, a hash, a Merkle root.

A record says what a source knew of a person on a day. All records stay, also those that a later
or better one replaces: which of them counts is for the terms to say, so any earlier statement can
be computed again from the same table. Each row is a leaf under a salt of its own; with the salt
and a path of hashes a participant proves that the row was counted and learns of nobody else.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from lmb.proofs.tree import Tree, leaf_hash
from lmb.values.columns import Column, Reader, blank_or, choice, integer, iso_date
from lmb.values.errors import InputError, NotFoundError, Problem
from lmb.values.tables import Limits, Row, read_table

OUTCOME_MAX = 10**15
ROWS_MAX = 2_000_000
HEADER = "person,tranche,arm,block,source,recorded_on,status,outcome"
COUNTED, NOT_YET = "counted", "not_yet"

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_SALT = re.compile(r"[0-9a-f]{64}")


def _key(text: str) -> str:
    if not _KEY.fullmatch(text):
        raise ValueError("no key")
    return text


_KEYS = Reader(_key, "1 to 64 letters, digits, dots, underscores or hyphens")
PERSON, TRANCHE, BLOCK = Column("person", _KEYS), Column("tranche", _KEYS), Column("block", _KEYS)
ARM = Column("arm", choice("treated", "control"))
SOURCE, STATUS = Column("source", _KEYS), Column("status", _KEYS)
RECORDED = Column("recorded_on", iso_date())
OUTCOME = Column("outcome", blank_or(integer(-OUTCOME_MAX, OUTCOME_MAX)))


@dataclass(frozen=True, slots=True, order=True)
class Record:
    """One row. `outcome` is a whole number (cents, days, 0 or 1); None unless counted."""

    person: str
    source: str
    recorded_on: date
    tranche: str
    arm: str
    block: str
    status: str
    outcome: int | None

    @property
    def line(self) -> str:
        outcome = "" if self.outcome is None else str(self.outcome)
        return (
            f"{self.person},{self.tranche},{self.arm},{self.block},{self.source},"
            f"{self.recorded_on.isoformat()},{self.status},{outcome}"
        )


@dataclass(frozen=True, slots=True)
class Frozen:
    """Records in ascending order of person, source and day, and the secret of their salts."""

    records: tuple[Record, ...]
    secret: str

    @property
    def content(self) -> bytes:
        """The table as it is kept: a header and a line for each record, ended by newlines."""
        return table_of(record.line for record in self.records)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    def tree(self) -> Tree:
        """The RFC 6962 tree over the salted rows."""
        return Tree(leaf_hash(salt(self.secret, r.line) + r.line.encode()) for r in self.records)

    @property
    def root(self) -> str:
        tree = self.tree()
        return tree.at(tree.size).root.hex()

    def proofs_of(self, person: str) -> list[RowProof]:
        """The proof of each row of a person. Raises NotFoundError where there is none."""
        tree = self.tree()
        whole = tree.at(tree.size)
        found = [
            RowProof(
                row=record.line,
                salt=salt(self.secret, record.line).hex(),
                index=index,
                size=tree.size,
                path=tuple(node.hex() for node in whole.inclusion(index)),
            )
            for index, record in enumerate(self.records)
            if record.person == person
        ]
        if not found:
            raise NotFoundError(f"no record of {person} is in this determination")
        return found


@dataclass(frozen=True, slots=True)
class RowProof:
    """A row, its salt, and the hashes from its leaf up to the root."""

    row: str
    salt: str
    index: int
    size: int
    path: tuple[str, ...]


def table_of(rows: Iterable[str]) -> bytes:
    """Rows as a table is kept: after a header, each ended by a newline."""
    return "".join(f"{line}\n" for line in (HEADER, *rows)).encode()


def salt(secret: str, line: str) -> bytes:
    """32 bytes that nobody guesses who does not know the secret."""
    return hmac.digest(bytes.fromhex(secret), line.encode(), "sha256")


def read_secret(file: str, content: bytes) -> str:
    """The secret of the salts: 64 hexadecimal digits. Raises InputError for anything else."""
    text = content.decode("ascii", errors="replace").strip()
    if not _SALT.fullmatch(text):
        expected = "64 digits of 0-9 and a-f, made by `openssl rand -hex 32`"
        raise InputError([Problem(file, None, None, "other text", expected)])
    return text


def read_records(file: str, content: bytes) -> tuple[Record, ...]:
    """Records from CSV in any order, put in theirs. Raises InputError with all problems: fields
    that cannot be read, a record that stands twice, a person with two arms, blocks or tranches,
    an outcome that is missing where it counts or given where it does not."""
    columns: list[Column[Any]] = [PERSON, TRANCHE, ARM, BLOCK, SOURCE, RECORDED, STATUS, OUTCOME]
    table = read_table(file, content, columns, Limits(2**30, ROWS_MAX))
    first: dict[object, Row] = {}
    for row in table.rows:
        if not row.has(*columns):
            continue
        place = row[PERSON], row[SOURCE], row[RECORDED]
        if place in first:
            found = f"the record of row {first[place].number} again"
            table.report(row.number, "person", found, "one a person, source and day")
        person = first.setdefault(row[PERSON], row)
        first[place] = row
        for column in (TRANCHE, ARM, BLOCK):
            if row[column] != person[column]:
                found = f"{row[column]!r}, in row {person.number} {person[column]!r}"
                table.report(row.number, column.name, found, "the same for a person throughout")
        if (row[OUTCOME] is not None) != (row[STATUS] == COUNTED):
            table.report(
                row.number, "outcome", str(row[OUTCOME]), "a number where counted, else nothing"
            )
    return tuple(sorted(table.accept(_record)))


def _record(row: Row) -> Record:
    return Record(
        person=row[PERSON],
        source=row[SOURCE],
        recorded_on=row[RECORDED],
        tranche=row[TRANCHE],
        arm=row[ARM],
        block=row[BLOCK],
        status=row[STATUS],
        outcome=row[OUTCOME],
    )


def changed_people(before: Sequence[Record], after: Sequence[Record]) -> list[str]:
    """Who has records in one table that the other does not have."""
    return sorted({record.person for record in set(before) ^ set(after)})
