"""The only functions that hold tuition and pay tranches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from lmb.bonds.linked.measured import measured_windows
from lmb.bonds.queries import BondOnFile
from lmb.facts import queries as facts
from lmb.facts.records import Attestation, WorkRecord
from lmb.ledger.entries import Answer, Capture, Cause, HoldFor, Journal, Void
from lmb.ledger.queries import open_holds
from lmb.ledger.service import Books, instruct, post_or_refuse
from lmb.programs.service import provider_account
from lmb.rules.determination import Input, determine
from lmb.rules.parameters import in_force
from lmb.rules.service import record_all
from lmb.rules.sessions import house
from lmb.training import models, queries
from lmb.training.tranches import rule_name, tranche_rule
from lmb.values.clock import fiscal_date
from lmb.values.errors import RefusedError
from lmb.values.identifiers import derived_uuid7
from lmb.wallets.accounts import pocket

DETERMINES = "training-office"


@dataclass(frozen=True, slots=True)
class Acceptance:
    """A person's yes to an offer of training."""

    person: UUID
    accepted_on: date


@house()
def accept(
    books: Books, bond: BondOnFile, acceptances: Sequence[Acceptance], *, follows: UUID
) -> None:
    """Hold each person's tuition in their wallet; accepting again changes nothing.

    `follows` is the grant that filled the wallets. Raises RefusedError when a wallet does not
    have enough; then nobody's tuition is held.
    """
    training = bond.terms.delivery
    journals = []
    for acceptance in acceptances:
        key = f"{bond.cusip}/acceptance/{acceptance.person}"
        actor = f"person/{acceptance.person}"
        order = instruct(
            books,
            kind="acceptance",
            subject=f"{bond.cusip}/{acceptance.person}",
            document={
                "cusip": bond.cusip,
                "program": training.program_id,
                "tuition_cents": training.tuition_cents,
                "accepted_on": acceptance.accepted_on.isoformat(),
                "follows": str(follows),
            },
            actor=actor,
        )
        tuition = HoldFor(
            key,
            pocket(bond.cusip, acceptance.person),
            provider_account(training.provider_id),
            training.tuition_cents,
            "tuition",
        )
        journals.append(Journal(key, "acceptance", actor, Cause.instruction(order), [tuition]))
    answers = post_or_refuse(books, journals)
    models.Enrolment.objects.bulk_create(
        (
            models.Enrolment(
                cell=books.cell,
                id=derived_uuid7(books.now(), str(books.cell), "enrolment", answer.key),
                bond=bond.id,
                person=acceptance.person,
                program=training.program_id,
                hold=_hold_of(answer),
                tuition_cents=training.tuition_cents,
                accepted_on=acceptance.accepted_on,
                recorded_at=books.now(),
            )
            for acceptance, (answer,) in zip(acceptances, answers, strict=True)
        ),
        ignore_conflicts=True,
        batch_size=1000,
    )


@house()
def pay_attested(
    books: Books, bond: BondOnFile, tranche: str, attested: str, persons: Collection[UUID]
) -> None:
    """Determine and pay one tranche for those of some persons who have been attested by now."""
    attestations = {
        attestation.person: [attestation]
        for attestation in facts.attestations(
            books.cell, attested, known_at=books.now(), persons=persons
        )
    }
    _pay(
        books,
        bond,
        tranche,
        (
            (enrolment, attestations.get(enrolment.person, []), [])
            for enrolment in queries.enrolments(bond, persons)
        ),
    )


@house()
def settle_placement(books: Books, bond: BondOnFile) -> None:
    """Determine the placement tranche for everyone enrolled, by the work records known now; pay
    what is payable and release the rest of every hold."""
    observed = measured_windows(bond.terms).observed
    records: dict[UUID, list[WorkRecord]] = defaultdict(list)
    for record in facts.work_records(
        books.cell, observed.first_day, observed.last_day, known_at=books.now()
    ):
        records[record.person].append(record)
    completed = {
        attestation.person: [attestation]
        for attestation in facts.attestations(books.cell, "completed", known_at=books.now())
    }
    _pay(
        books,
        bond,
        "placement",
        (
            (enrolment, completed.get(enrolment.person, []), records[enrolment.person])
            for enrolment in queries.enrolments(bond)
        ),
    )


def _hold_of(answer: Answer) -> UUID:
    if answer.transfer is None:
        raise RefusedError(f"the books opened no hold for {answer.key}: {answer.result}")
    return answer.transfer


Case = tuple[queries.Enrolment, list[Attestation], list[WorkRecord]]
"""One person's evidence for a tranche."""


def _pay(books: Books, bond: BondOnFile, tranche: str, cases: Iterable[Case]) -> None:
    parameters = in_force(rule_name(tranche), fiscal_date(books.now()))
    rule = tranche_rule(tranche)
    listed = list(cases)
    terms = Input("terms", bond.id, bond.terms.document())
    determinations = [
        determine(
            rule,
            parameters,
            f"bond/{bond.cusip}/{tranche}/{enrolment.person}",
            [
                terms,
                Input("enrolment", enrolment.id, enrolment.document()),
                *(Input("attestation", fact.id, fact.document()) for fact in attestations),
                *(Input("work-record", fact.id, fact.document()) for fact in records),
            ],
        )
        for enrolment, attestations, records in listed
    ]
    identifiers = record_all(books.cell, determinations, actor=DETERMINES, recorded_at=books.now())
    held = open_holds(books.cell, [enrolment.hold for enrolment, _, _ in listed])
    journals = []
    for (enrolment, _, _), determination, identifier in zip(
        listed, determinations, identifiers, strict=True
    ):
        amount_cents = determination.decision.result["amount_cents"]
        assert isinstance(amount_cents, int)
        item = _item(bond.cusip, tranche, enrolment, amount_cents, held)
        if item is not None:
            cause = Cause.determination(identifier)
            journals.append(Journal(item.key, f"{tranche}-tranche", DETERMINES, cause, [item]))
    post_or_refuse(books, journals)


def _item(
    cusip: str,
    tranche: str,
    enrolment: queries.Enrolment,
    amount_cents: int,
    held: Collection[UUID],
) -> Capture | Void | None:
    """What a tranche does to the hold; the placement tranche is the last and releases the rest.
    `held` are the holds still open."""
    key = f"{cusip}/{tranche}/{enrolment.person}"
    if amount_cents > 0:
        return Capture(
            key, enrolment.hold, amount_cents, f"{tranche}-tranche", final=tranche == "placement"
        )
    if tranche == "placement" and enrolment.hold in held:
        return Void(key, enrolment.hold, "tuition-released")
    return None
