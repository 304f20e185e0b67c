"""An employer puts work on file only of people who agreed, only when it is over, and never twice
otherwise."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from secrets import token_bytes
from uuid import UUID

import pytest

from lmb.facts import queries
from lmb.facts.service_employers import EMPLOYMENT, Work, confirm_work
from lmb.people import consents
from lmb.people.acting import Acting
from lmb.people.assurance import Assurance, StepUpNeededError
from lmb.people.identifiers import DataClass
from lmb.people.organisations import NewOrganisation, appoint_first, found
from lmb.people.queries import acting_as_member, person_keys
from lmb.people.receipts import ConsentTerms, ConsentText, LocalSigner
from lmb.people.roles import OrganisationKind, Role
from lmb.people.service import NewPerson, register
from lmb.values.errors import ConflictError, RefusedError

pytestmark = pytest.mark.django_db

CELL = 1
AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
SURE = Assurance(2, 2, frozenset({"test"}), AT, True, "device")
SIGNER = LocalSigner.from_seed(bytes(32))


@pytest.fixture
def people() -> dict[str, UUID]:
    register(CELL, [NewPerson(name, "OH", "OH-07") for name in ("worker", "clerk")], AT)
    return person_keys(CELL, ["worker", "clerk"])


@pytest.fixture
def clerk(people: dict[str, UUID]) -> Acting:
    new = NewOrganisation(OrganisationKind.EMPLOYER, "metal-works", "Metal Works")
    body = found(CELL, new, people["clerk"], AT)
    seat = appoint_first(token_bytes, CELL, body, people["clerk"], Role.EMPLOYER, AT)
    return acting_as_member(CELL, people["clerk"], seat, SURE)


def agree(worker: UUID, clerk: Acting, purpose: str = EMPLOYMENT) -> UUID:
    assert clerk.organisation is not None
    terms = ConsentTerms(
        recipient=clerk.organisation,
        purpose=purpose,
        data_classes=frozenset({DataClass.NAME}),
        starts_at=AT,
        expires_at=AT + timedelta(days=365),
        text=ConsentText.of("employment", "1", "en", "Yes."),
    )
    worker_acts = Acting(CELL, worker, Role.CITIZEN, SURE)
    return consents.give(SIGNER, token_bytes, worker_acts, terms, AT)


def january(worker: UUID, cents: int = 3_200_00) -> Work:
    return Work(worker, date(2026, 1, 1), date(2026, 1, 31), Decimal(160), cents)


def test_work_is_on_file_once_in_the_employers_name(people: dict[str, UUID], clerk: Acting) -> None:
    agree(people["worker"], clerk)
    for _ in range(2):
        confirm_work(clerk, january(people["worker"]), AT)
    (record,) = queries.work_told_by(CELL, "metal-works")
    assert (record.person, record.earnings_cents) == (people["worker"], 3_200_00)
    assert (record.source, record.recorded_at) == ("employer metal-works", AT)
    with pytest.raises(ConflictError, match="correct work record"):
        confirm_work(clerk, january(people["worker"], 1_00), AT)


def test_without_consent_for_this_purpose_nothing_is_put_on_file(
    people: dict[str, UUID], clerk: Acting
) -> None:
    with pytest.raises(RefusedError, match="ask them to agree"):
        confirm_work(clerk, january(people["worker"]), AT)
    agree(people["worker"], clerk, purpose="recruiting")
    with pytest.raises(RefusedError, match="ask them to agree"):
        confirm_work(clerk, january(people["worker"]), AT)
    assert queries.work_told_by(CELL, "metal-works") == []


def test_consent_that_was_withdrawn_counts_no_more(people: dict[str, UUID], clerk: Acting) -> None:
    consent = agree(people["worker"], clerk)
    worker = Acting(CELL, people["worker"], Role.CITIZEN, SURE)
    consents.withdraw(SIGNER, token_bytes, worker, consent, AT)
    with pytest.raises(RefusedError, match="ask them to agree"):
        confirm_work(clerk, january(people["worker"]), AT)


def test_time_that_is_not_over_and_other_roles_are_refused(
    people: dict[str, UUID], clerk: Acting
) -> None:
    agree(people["worker"], clerk)
    today = replace(january(people["worker"]), period_to=AT.date())
    with pytest.raises(RefusedError, match="not over yet"):
        confirm_work(clerk, today, AT)
    with pytest.raises(RefusedError, match="an employer confirms work"):
        confirm_work(replace(clerk, role=Role.PROVIDER), january(people["worker"]), AT)
    weak = replace(clerk, assurance=replace(SURE, aal=1))
    with pytest.raises(StepUpNeededError):
        confirm_work(weak, january(people["worker"]), AT)


@pytest.mark.parametrize(
    "wrong",
    [
        {"period_to": date(2025, 12, 31)},
        {"period_to": date(2027, 1, 31)},
        {"hours": Decimal(31 * 24 + 1)},
        {"hours": Decimal(-1)},
        {"earnings_cents": -1},
        {"earnings_cents": 31 * 100_000_00 + 1},
    ],
)
def test_work_that_cannot_be_is_no_value(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"day|hours|dollars"):
        replace(january(UUID(int=1)), **wrong)  # type: ignore[arg-type]
