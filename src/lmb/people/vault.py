"""The only functions that put direct identifiers away, read them, compare and forget them.

Values are sealed and opened here; the database keeps the sealed ones and decides who may look
(`migrations/sql/vault.sql`). Neither side can do the other's part.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.utils import OperationalError, ProgrammingError
from psycopg.errors import InsufficientPrivilege, ObjectInUse

from lmb.people.acting import Acting
from lmb.people.approvals import spend
from lmb.people.assurance import Action, requires
from lmb.people.identifiers import FIELDS, IndexKind, normalised
from lmb.people.keys import VaultKeys, WrappedKey, key_context, new_data_key
from lmb.people.queries import surviving
from lmb.people.sealing import Place, seal, unseal
from lmb.people.sessions import house
from lmb.values.canonical import Document
from lmb.values.errors import NotFoundError, RefusedError
from lmb.values.identifiers import drawn_uuid7

PERSONS_AT_ONCE = 1000
DIGESTS_AT_ONCE = 50_000


@dataclass(frozen=True, slots=True, order=True)
class Standing:
    """Somebody the blind index knows: a key in a cell."""

    cell: int
    person: UUID


def open_for(keys: VaultKeys, cell: int, person: UUID, at: datetime) -> None:
    """Give a person the key their identifiers are sealed with."""
    data_key = new_data_key(keys.randomness)
    wrapped = keys.master.wrap(data_key, key_context(cell, person))
    _call(
        "SELECT vault.open(%s, %s, %s, %s, %s)", [cell, person, wrapped.master, wrapped.content, at]
    )


@house()
def store(
    keys: VaultKeys, cell: int, person: UUID, values: Mapping[str, str], by: UUID, at: datetime
) -> None:
    """Seal identifiers of a person as new versions; earlier ones stay.

    Raises InputError for values that cannot be read, NotFoundError for a person without a key:
    erased, or of a simulated run.
    """
    read = normalised(values)
    ((master, wrapped, newest),) = _call("SELECT * FROM vault.prepare(%s, %s)", [cell, person])
    if master is None:
        raise NotFoundError(f"person {person} has no key in the vault: erased, or never enrolled")
    data_key = keys.master.unwrap(WrappedKey(master, bytes(wrapped)), key_context(cell, person))
    newest_versions: dict[str, int] = json.loads(newest)
    versions = {name: newest_versions.get(name, 0) + 1 for name in read}
    sealed = [
        seal(data_key, Place(cell, person, name, versions[name]), value, keys.randomness)
        for name, value in read.items()
    ]
    _call(
        "SELECT vault.put(%s, %s, %s, %s, %s, %s, %s)",
        [cell, person, list(read), list(versions.values()), sealed, by, at],
    )


def read(
    keys: VaultKeys,
    by: Acting,
    persons: Collection[UUID],
    fields: Sequence[str],
    *,
    purpose: str,
    at: datetime,
) -> dict[UUID, dict[str, str]]:
    """Identifiers of persons by field, newest versions; what was never stored is left out.

    The look is on record before a value leaves this function. Raises RefusedError when somebody
    asked for is out of reach for `by`, in this capacity and for this purpose: then nothing is
    read, and that it was asked for is on record. Raises ValueError for an unknown field or more
    than PERSONS_AT_ONCE persons.
    """
    requires(Action.BROWSE if by.membership is None else Action.READ_PERSONS, by.assurance, at)
    if unknown := sorted(set(fields) - set(FIELDS)):
        raise ValueError(f"the vault has no field {unknown[0]!r}")
    if len(persons) > PERSONS_AT_ONCE:
        raise ValueError(f"at most {PERSONS_AT_ONCE} persons are read at once; split the list")
    if not persons or not fields:
        return {person: {} for person in persons}
    found: dict[UUID, dict[str, str]] = {person: {} for person in persons}
    rows = _looked_up(keys, by, list(found), fields, purpose, at)
    if rows is None:
        raise RefusedError(
            "you cannot see this with the role you act in, or not for this purpose; ask the person "
            "for consent, or open a case with a second person"
        )
    for person, field, version, content, master, wrapped in rows:
        wrapped_key = WrappedKey(master, bytes(wrapped))
        data_key = keys.master.unwrap(wrapped_key, key_context(by.cell, person))
        place = Place(by.cell, person, field, version)
        found[person][field] = unseal(data_key, place, bytes(content))
    return found


# Durable: what was looked up comes back only after the commit that put the look on record.
@transaction.atomic(durable=True)
def _looked_up(
    keys: VaultKeys,
    by: Acting,
    persons: list[UUID],
    fields: Sequence[str],
    purpose: str,
    at: datetime,
) -> list[tuple[Any, ...]] | None:
    """What the database gives; None where it refused, and put that on record."""
    ids = [drawn_uuid7(at, keys.randomness) for _ in persons]
    asked = [by.cell, ids, persons, sorted(set(fields)), by.person, by.membership, by.delegation]
    asked += [purpose, at]
    try:
        with transaction.atomic():
            return _call(
                "SELECT * FROM vault.read(%s, %s, %s, %s, %s, %s, %s, %s, %s)",
                asked,
            )
    except ProgrammingError as error:
        if not isinstance(error.__cause__, InsufficientPrivilege):
            raise
    _call("SELECT vault.note_refusal(%s, %s, %s, %s, %s, %s, %s, %s, %s)", asked)
    return None


def enter_index(
    keys: VaultKeys, cell: int, person: UUID, terms: Mapping[IndexKind, str]
) -> dict[IndexKind, list[Standing]]:
    """Enter a person under blind indexes and answer who else stands under the same values.

    Of two who enter the same value at once, the second meets the first.
    """
    found = {}
    for kind, value in sorted(terms.items()):
        digests = keys.index.digests(kind, value)
        rows = _call(
            "SELECT * FROM vault.enter_index(%s, %s, %s, %s, %s, %s)",
            [kind, list(digests), list(digests.values()), keys.index.current, cell, person],
        )
        found[kind] = [Standing(*row) for row in rows]
    return found


def find(keys: VaultKeys, kind: IndexKind, value: str) -> list[Standing]:
    """Who stands under a normalised value: keys, nothing else of them."""
    digests = keys.index.digests(kind, value)
    rows = _call(
        "SELECT * FROM vault.find(%s, %s, %s)", [kind, list(digests), list(digests.values())]
    )
    return [Standing(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class SsnHashing:
    """The blind index of Social Security numbers for readers of files: what stands for each number
    while a file is read, so that no number is kept. Its name changes with the key."""

    keys: VaultKeys

    @property
    def name(self) -> str:
        return f"blind-index/{self.keys.index.current}"

    def hashed(self, ssn: bytes) -> bytes:
        index = self.keys.index
        return index.digests(IndexKind.SSN, ssn.decode("ascii"))[index.current]


def find_many(
    keys: VaultKeys, cell: int, kind: IndexKind, digests: Collection[bytes]
) -> dict[bytes, set[UUID]]:
    """The persons of a cell that stand under digests of the current key: one each, but for two who
    wait for a decision whether they are one; those decided count as one.

    Raises RefusedError while the index is renewed, when some stand under another key.
    """
    found: dict[bytes, set[UUID]] = {}
    asked = list(digests)
    for start in range(0, len(asked), DIGESTS_AT_ONCE):
        chunk = asked[start : start + DIGESTS_AT_ONCE]
        statement = "SELECT * FROM vault.find_many(%s, %s, %s, %s)"
        try:
            with transaction.atomic():
                rows = _call(statement, [kind, keys.index.current, chunk, cell])
        except OperationalError as error:
            if not isinstance(error.__cause__, ObjectInUse):
                raise
            raise RefusedError(
                "the vault's index is being renewed, so people cannot be found by number; finish "
                "with `lmb people rotate-keys --resume`, then try again"
            ) from error
        for digest, person in rows:
            found.setdefault(bytes(digest), set()).add(person)
    return {
        digest: persons if len(persons) == 1 else {surviving(cell, each)[1] for each in persons}
        for digest, persons in found.items()
    }


def erasure(person: UUID, because: str) -> dict[str, Document]:
    """What two persons approve to forget somebody."""
    return {"person": str(person), "because": because}


@house()
def erase(by: Acting, proposal: UUID, person: UUID, *, because: str, at: datetime) -> None:
    """Forget a person, as two persons approved (`erasure`): their key is destroyed, so what was
    sealed opens nowhere any more. Their key in the books, and all that hangs on it, stays.

    Raises RefusedError without that approval, NotFoundError when the vault has nothing of them.
    """
    content = erasure(person, because)
    second = spend(by, proposal, Action.ERASE_PERSON, content, at, on=f"person {person}")
    ((erased,),) = _call(
        "SELECT vault.erase(%s, %s, %s, %s, %s, %s)",
        [by.cell, person, because, by.person, second, at],
    )
    if not erased:
        raise NotFoundError(f"the vault has nothing of person {person}")


def _call(statement: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
