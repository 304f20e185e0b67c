"""The only functions that determine whether a person may open a lifetime account."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from lmb.people import models, queries, vault
from lmb.people.acting import Acting
from lmb.people.delegations import has_parent
from lmb.people.eligibility import RULE, Answer, account_eligibility
from lmb.people.identifiers import age_on
from lmb.people.keys import VaultKeys
from lmb.people.sessions import house
from lmb.rules import queries as rules_on_file
from lmb.rules import service as rules
from lmb.rules.determination import Input, determine, in_order
from lmb.rules.parameters import in_force
from lmb.values.canonical import Document, canonical_bytes, sha256_hex
from lmb.values.clock import fiscal_date
from lmb.values.errors import RefusedError
from lmb.values.identifiers import Randomness, drawn_uuid7


class Residency(StrEnum):
    """A person's standing in the country, as a document showed it."""

    CITIZEN = "citizen"
    LAWFUL_RESIDENT = "lawful-resident"
    OTHER = "other"


def subject(person: UUID) -> str:
    """The subject of a person's determinations of eligibility."""
    return f"{RULE}/{person}"


def determine_eligibility(
    keys: VaultKeys, by: Acting, person: UUID, residency: Residency | None, at: datetime
) -> rules_on_file.DeterminationOnFile:
    """Determine whether a person may open an account, from what is known now; put it on file.

    `residency` is what a document showed, None while none was seen. The birth date is read from
    the vault as `by` (and so is on record) and only the age in years leaves it. A later
    determination supersedes an earlier one; where nothing has changed, the earlier one is returned.
    """
    found = vault.read(keys, by, [person], ["birth_date"], purpose="determine eligibility", at=at)
    birth_date = found[person].get("birth_date")
    day = fiscal_date(at)
    age = None if birth_date is None else age_on(date.fromisoformat(birth_date), day)
    with house():
        known = _known(by.cell, person, age, residency, at)
        return _determined(keys.randomness, by, person, known, day, at)


def may_open_account(cell: int, person: UUID) -> bool:
    """Whether the newest determination on file says yes."""
    on_file = rules_on_file.on_subject(cell, subject(person))
    return on_file is not None and on_file.result["answer"] == Answer.YES


def circumstances_documents(ids: Sequence[UUID]) -> list[Document]:
    """The documents of circumstances in the order asked, for replaying determinations."""
    rows = models.Circumstances.objects.filter(id__in=ids)
    return in_order({row.id: json.loads(row.content) for row in rows}, ids, "circumstances")


def _known(
    cell: int, person: UUID, age: int | None, residency: Residency | None, at: datetime
) -> dict[str, Document]:
    return {
        "person": str(person),
        "as_of": fiscal_date(at).isoformat(),
        "age_years": age,
        "residency": None if residency is None else residency.value,
        "ial": queries.identity_level(cell, person),
        "guardian": has_parent(cell, person, at),
        "review_open": queries.waits_for_review(cell, person),
    }


def _determined(
    randomness: Randomness,
    by: Acting,
    person: UUID,
    known: dict[str, Document],
    day: date,
    at: datetime,
) -> rules_on_file.DeterminationOnFile:
    earlier = rules_on_file.on_subject(by.cell, subject(person))
    parameters = in_force(RULE, day)
    if earlier is not None and earlier.rule_version == parameters.version:
        reference = rules_on_file.inputs_of(by.cell, earlier.id)[0]
        (before,) = circumstances_documents([reference.id])
        if _without_day(before) == _without_day(known):
            return earlier
    identifier = drawn_uuid7(at, randomness)
    content = canonical_bytes(known)
    models.Circumstances.objects.create(
        cell=by.cell,
        id=identifier,
        person=person,
        as_of=day,
        content=content.decode(),
        sha256=sha256_hex(content),
        recorded_by=by.person,
        recorded_at=at,
    )
    determination = determine(
        account_eligibility,
        parameters,
        subject(person),
        [Input("circumstances", identifier, known)],
        supersedes=None if earlier is None else earlier.id,
    )
    rules.record(by.cell, determination, actor=f"person {by.person}", recorded_at=at)
    on_file = rules_on_file.on_subject(by.cell, subject(person))
    if on_file is None:
        raise RefusedError(f"the determination on {person} is not on file; determine it again")
    return on_file


def _without_day(document: Any) -> dict[str, Document]:
    return {name: value for name, value in document.items() if name != "as_of"}
