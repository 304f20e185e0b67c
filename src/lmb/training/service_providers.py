"""The only function by which a provider says that somebody enrolled or completed; the tranche that
this earns is determined and paid with it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from lmb.bonds.queries import bond_by_id
from lmb.facts import queries as facts
from lmb.facts.records import Attestation
from lmb.facts.service import NewAttestation, attest
from lmb.ledger.queries import open_holds
from lmb.ledger.service import Books
from lmb.people.acting import Acting
from lmb.people.assurance import Action, requires
from lmb.people.queries_bodies import organisation
from lmb.people.roles import Role
from lmb.people.sessions import house
from lmb.programs.queries import programs
from lmb.training import models
from lmb.training.service import pay_attested
from lmb.values.clock import fiscal_date
from lmb.values.errors import NotFoundError, RefusedError

TRANCHES: Mapping[str, str] = {"enrolled": "enrolment", "completed": "completion"}
"""What a provider can say of a learner, in order, and the tranche each earns."""


@house()
def confirm_step(
    books: Books, by: Acting, enrolment: UUID, step: str, happened_on: date, at: datetime
) -> None:
    """Put a provider's word on file that a learner took a step on a day, and pay what it earns. The
    same again changes nothing.

    Raises NotFoundError for a learner who is not the provider's, RefusedError for whoever acts for
    no provider, a day that is not over or comes before the step before, a step out of order and a
    learner who is settled; ConflictError for another day than told before; StepUpNeededError for a
    session not sure enough.
    """
    requires(Action.PROVIDER_CLAIM, by.assurance, at)
    if by.role is not Role.PROVIDER or by.organisation is None:
        raise RefusedError("a training provider confirms this; act for one first")
    provider = organisation(by.cell, by.organisation).code
    row = models.Enrolment.objects.filter(
        cell=by.cell,
        id=enrolment,
        program__in=[program.code for program in programs(by.cell, provider)],
    ).first()
    if row is None:
        raise NotFoundError(f"there is no learner {enrolment} of yours")
    told = {
        each.kind: each
        for kind in TRANCHES
        for each in facts.attestations(by.cell, kind, known_at=books.now(), persons=[row.person])
    }
    _refuse(books, row, step, happened_on, told)
    attest(
        by.cell,
        [NewAttestation(row.person, step, happened_on)],
        source=f"provider {provider}",
        recorded_at=books.now(),
    )
    pay_attested(books, bond_by_id(row.bond), TRANCHES[step], step, frozenset({row.person}))


def _refuse(
    books: Books,
    row: models.Enrolment,
    step: str,
    happened_on: date,
    told: Mapping[str, Attestation],
) -> None:
    before = None if step == "enrolled" else told.get("enrolled")
    if step not in told and not open_holds(row.cell, [row.hold]):
        raise RefusedError("this learner is settled: nothing is set aside for them any more")
    if step == "completed" and before is None:
        raise RefusedError("confirm first that they enrolled")
    earliest = row.accepted_on if before is None else before.happened_on
    if not earliest <= happened_on <= fiscal_date(books.now()):
        raise RefusedError(
            f"give a day from {earliest}, the step before, to {fiscal_date(books.now())}"
        )
