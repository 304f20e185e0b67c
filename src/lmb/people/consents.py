"""The only functions that put consents and withdrawals on file, and say what is consented to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lmb.people import models
from lmb.people.acting import Acting
from lmb.people.assurance import Action, requires
from lmb.people.delegations import DelegableAction, person_acted_for
from lmb.people.identifiers import DataClass
from lmb.people.receipts import (
    ConsentTerms,
    Receipt,
    ReceiptSigner,
    consent_receipt,
    withdrawal_receipt,
)
from lmb.people.sessions import house
from lmb.values.canonical import sha256_hex
from lmb.values.errors import NotFoundError, RefusedError
from lmb.values.identifiers import Randomness, drawn_uuid7

CONSENTS_SHOWN_MAX = 500


@dataclass(frozen=True, slots=True)
class ConsentOnFile:
    """A consent as it stands; `withdrawn_at` is None while it was not withdrawn."""

    id: UUID
    person: UUID
    recipient: UUID
    purpose: str
    data_classes: frozenset[DataClass]
    starts_at: datetime
    expires_at: datetime
    receipt: Receipt
    withdrawn_at: datetime | None

    def in_force(self, at: datetime) -> bool:
        ended = self.withdrawn_at is not None and self.withdrawn_at <= at
        return self.starts_at <= at < self.expires_at and not ended


@house()
def give(
    signer: ReceiptSigner,
    randomness: Randomness,
    by: Acting,
    terms: ConsentTerms,
    at: datetime,
) -> UUID:
    """Put a consent on file and return its identifier: of the person, or of who acts for them.

    Raises NotFoundError for an unknown recipient, RefusedError for a consent that is over before
    it is given or a delegate who may not, StepUpNeededError for a session not sure enough.
    """
    requires(Action.BROWSE, by.assurance, at)
    if terms.expires_at <= at:
        raise RefusedError("this consent would be over already; give it a later end")
    if not models.Organisation.objects.filter(cell=by.cell, id=terms.recipient).exists():
        raise NotFoundError(f"there is no organisation {terms.recipient} in cell {by.cell}")
    identifier = drawn_uuid7(at, randomness)
    person = person_acted_for(randomness, by, DelegableAction.CONSENT, str(identifier), at)
    receipt = consent_receipt(
        signer,
        identifier,
        by.cell,
        person,
        terms,
        given_by=by.person,
        delegation=by.delegation,
    )
    models.Consent.objects.create(
        cell=by.cell,
        id=identifier,
        person=person,
        recipient=terms.recipient,
        purpose=terms.purpose,
        data_classes=sorted(terms.data_classes),
        starts_at=terms.starts_at,
        expires_at=terms.expires_at,
        content=receipt.content.decode(),
        key=receipt.key,
        signature=receipt.signature,
        recorded_at=at,
    )
    return identifier


@house()
def withdraw(
    signer: ReceiptSigner, randomness: Randomness, by: Acting, consent: UUID, at: datetime
) -> None:
    """End a consent from now on; once withdrawn it stays so. What was read before stays on record.

    Raises NotFoundError for a consent that is not of the person.
    """
    requires(Action.BROWSE, by.assurance, at)
    person = person_acted_for(randomness, by, DelegableAction.CONSENT, str(consent), at)
    row = models.Consent.objects.filter(cell=by.cell, id=consent, person=person).first()
    if row is None:
        raise NotFoundError(f"you have given no consent {consent}")
    if models.Withdrawal.objects.filter(cell=by.cell, consent=consent).exists():
        return
    receipt = withdrawal_receipt(
        signer, by.cell, consent, sha256_hex(row.content.encode()), at, by.person
    )
    models.Withdrawal.objects.create(
        cell=by.cell,
        consent=consent,
        withdrawn_at=at,
        content=receipt.content.decode(),
        key=receipt.key,
        signature=receipt.signature,
        recorded_at=at,
    )


def of_person(cell: int, person: UUID) -> list[ConsentOnFile]:
    """A person's consents, newest first, at most CONSENTS_SHOWN_MAX."""
    rows = models.Consent.objects.filter(cell=cell, person=person).order_by("-id")
    return _on_file(cell, rows[:CONSENTS_SHOWN_MAX])


def to_recipient(cell: int, recipient: UUID, purpose: str, at: datetime) -> list[ConsentOnFile]:
    """The consents in force that let an organisation have something for a purpose, newest first,
    at most CONSENTS_SHOWN_MAX."""
    rows = models.Consent.objects.filter(
        cell=cell, recipient=recipient, purpose=purpose, starts_at__lte=at, expires_at__gt=at
    )
    found = _on_file(cell, rows.order_by("-id")[:CONSENTS_SHOWN_MAX])
    return [consent for consent in found if consent.in_force(at)]


@house()
def covers(
    cell: int, person: UUID, recipient: UUID, purpose: str, data_class: DataClass, at: datetime
) -> bool:
    """Whether a person consents now that a recipient has a class of data for a purpose."""
    rows = models.Consent.objects.filter(
        cell=cell,
        person=person,
        recipient=recipient,
        purpose=purpose,
        data_classes__contains=[data_class],
        starts_at__lte=at,
        expires_at__gt=at,
    )
    return any(consent.in_force(at) for consent in _on_file(cell, rows))


@house()
def any_covers(cell: int, person: UUID, recipient: UUID, purpose: str, at: datetime) -> bool:
    """Whether a person consents now to any dealing with a recipient for a purpose: what an
    organisation shows before it may tell us something of them."""
    rows = models.Consent.objects.filter(
        cell=cell,
        person=person,
        recipient=recipient,
        purpose=purpose,
        starts_at__lte=at,
        expires_at__gt=at,
    )
    return any(consent.in_force(at) for consent in _on_file(cell, rows))


def _on_file(cell: int, rows: Iterable[models.Consent]) -> list[ConsentOnFile]:
    rows = list(rows)
    withdrawn = dict(
        models.Withdrawal.objects.filter(
            cell=cell, consent__in=[row.id for row in rows]
        ).values_list("consent", "withdrawn_at")
    )
    return [
        ConsentOnFile(
            id=row.id,
            person=row.person,
            recipient=row.recipient,
            purpose=row.purpose,
            data_classes=frozenset(map(DataClass, row.data_classes)),
            starts_at=row.starts_at,
            expires_at=row.expires_at,
            receipt=Receipt(row.content.encode(), row.key, bytes(row.signature)),
            withdrawn_at=withdrawn.get(row.id),
        )
        for row in rows
    ]
