"""One person, one key, many accounts; two who look like one are a question for two others."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from lmb.people import enrolment, models, queries, security, vault
from lmb.people.acting import Acting
from lmb.people.assurance import Action, StepUpNeededError
from lmb.people.enrolment import Enrolment
from lmb.people.keys import VaultKeys
from lmb.people.roles import Role
from lmb.rules import queries as rules
from lmb.settlement.rulebook import replay
from lmb.values.errors import ConflictError, InputError, NotFoundError, RefusedError
from tests.people.authenticator import approved
from tests.people.support import (
    ANA,
    CELL,
    CLEO,
    DORA,
    ISSUER,
    MARYLAND,
    NOW,
    as_self,
    enrolled,
    member,
    returned,
    unsure,
)

pytestmark = pytest.mark.django_db
OTHER_CELL = 2


@pytest.fixture
def staff(keys: VaultKeys, ben: UUID) -> Acting:
    return member(keys, ben, "state-board", Role.STATE_BOARD, state="MD")


@pytest.fixture
def colleague(keys: VaultKeys, staff: Acting) -> Acting:
    dora = enrolled(keys, "dora", DORA).person
    return member(keys, dora, "state-board", Role.STATE_BOARD, organisation=staff.organisation)


def test_a_person_enrols_once_and_is_found_again(keys: VaultKeys) -> None:
    first = enrolled(keys, "ana", ANA)
    again = enrolled(keys, "ana", ANA)
    assert (first.is_new, again.is_new) == (True, False)
    assert first.person == again.person
    assert not first.waits
    assert queries.home_on(CELL, first.person, NOW.date()) == MARYLAND
    rows = models.SignIn.objects.order_by("id")
    assert [(row.issuer, row.acr, row.ial, row.aal) for row in rows] == [
        (ISSUER, "urn:acr.login.gov:verified", 2, 2)
    ] * 2


def test_a_key_follows_from_nothing_about_the_person(keys: VaultKeys) -> None:
    first = enrolled(keys, "ana", ANA).person
    second = enrolled(keys, "other subject", ANA, cell=OTHER_CELL).person
    third = enrolled(keys, "third subject", ANA).person
    assert len({first.int & (2**62 - 1) for first in (first, second, third)}) == 3


def test_identifiers_that_cannot_be_read_enrol_nobody(keys: VaultKeys) -> None:
    with pytest.raises(InputError):
        enrolled(keys, "ana", ANA | {"ssn": "12"})
    assert not models.Person.objects.exists()
    assert queries.person_of_identity(ISSUER, "ana") is None


@pytest.mark.parametrize(
    ("second", "kind"),
    [
        (ANA, "same-ssn"),
        (ANA | {"given_name": "Anna", "family_name": "Other"}, "same-ssn"),
        (ANA | {"ssn": "457-55-5462"}, "same-name-and-birth-date"),
        (ANA | {"ssn": "457-55-5462", "family_name": "NUNEZ"}, "same-name-and-birth-date"),
        (ANA | {"ssn": "457-55-5462", "birth_date": "1990-03-01"}, None),
    ],
)
@pytest.mark.parametrize("cell", [CELL, OTHER_CELL])
def test_a_likely_duplicate_opens_a_case_and_merges_nobody(
    keys: VaultKeys, ana: UUID, second: dict[str, str], kind: str | None, cell: int
) -> None:
    twin = enrolled(keys, "twin", second, cell=cell)
    assert twin.person != ana
    assert twin.waits == (kind is not None)
    found = [(row.kind, row.person, row.other_person) for row in models.ReviewCase.objects.all()]
    assert found == ([(kind, twin.person, ana)] if kind else [])
    assert queries.person_of_identity(ISSUER, "twin") == (cell, twin.person)
    assert not queries.waits_for_review(CELL, ana), "who was there first does not wait"


def test_one_case_for_each_person_met(keys: VaultKeys, ana: UUID) -> None:
    namesake = enrolled(keys, "namesake", ANA | {"ssn": "457-55-5462"}).person
    third = enrolled(keys, "third", ANA).person
    found = {(row.kind, row.other_person) for row in models.ReviewCase.objects.filter(person=third)}
    assert found == {("same-ssn", ana), ("same-name-and-birth-date", namesake)}


def sign_in(keys: VaultKeys, subject: str, who: dict[str, str], **changes: Any) -> Enrolment:
    at = changes.pop("at", NOW)
    return enrolment.enrol(keys, CELL, replace(returned(subject, who), **changes), MARYLAND, at)


def test_the_level_is_what_each_account_returned_last(keys: VaultKeys) -> None:
    person = sign_in(keys, "ana", {}, ial=1, verified_at=None).person
    assert queries.identity_level(CELL, person) == 1
    sign_in(keys, "ana", ANA, at=NOW + timedelta(hours=1))
    assert queries.identity_level(CELL, person) == 2
    sign_in(keys, "ana", {}, ial=1, at=NOW + timedelta(hours=2))
    assert queries.identity_level(CELL, person) == 1
    assert queries.identity_level(CELL, UUID(int=1)) == 0


def test_identifiers_proofed_anew_take_the_place_of_earlier_ones(
    keys: VaultKeys, ana: UUID
) -> None:
    """A new name after a marriage, a number that was typed wrong: once a proofing says so."""
    right = {"family_name": "Núñez Ortiz", "ssn": "457-55-5463"}

    def kept() -> dict[str, str]:
        fields = ["family_name", "ssn"]
        return vault.read(keys, as_self(ana), [ana], fields, purpose="mine", at=NOW)[ana]

    before = kept()
    sign_in(keys, "ana", ANA | right)
    assert kept() == before, "the same proofing again says nothing new"
    sign_in(keys, "ana", ANA | right, verified_at=NOW + timedelta(days=1))
    assert kept() == {"family_name": "Núñez Ortiz", "ssn": "457555463"}
    assert not enrolled(keys, "whose it was", CLEO | {"ssn": ANA["ssn"]}).waits
    assert enrolled(keys, "twin", CLEO | {"ssn": right["ssn"]}).waits


def test_two_are_compared_once_whoever_comes_again(
    keys: VaultKeys, ana: UUID, staff: Acting, colleague: Acting
) -> None:
    twin = enrolled(keys, "twin", ANA)
    decide(keys, staff, colleague, "different-persons", "typing")
    for subject in ("ana", "twin"):
        later = NOW + timedelta(days=1)
        assert not sign_in(keys, subject, ANA, verified_at=later, at=later).waits
    assert models.ReviewCase.objects.get().person == twin.person


def the_case() -> UUID:
    return models.ReviewCase.objects.get().id


def decide(keys: VaultKeys, first: Acting, second: Acting, outcome: str, because: str) -> None:
    case = the_case()
    content = enrolment.decision(case, outcome, because)
    proposal = approved(keys, first, second, Action.DECIDE_REVIEW, content)
    enrolment.decide(first, proposal, case, outcome, because=because, at=NOW)


def test_found_to_be_one_the_later_accounts_lead_to_the_earlier_person(
    keys: VaultKeys, ana: UUID, staff: Acting, colleague: Acting
) -> None:
    twin = enrolled(keys, "twin", ANA, cell=CELL)
    decide(keys, staff, colleague, "same-person", "same papers")
    assert queries.person_of_identity(ISSUER, "twin") == (CELL, ana)
    again = enrolled(keys, "twin", ANA)
    assert (again.person, again.is_new, again.waits) == (ana, False, False)
    assert models.Person.objects.filter(id=twin.person).exists()
    row = models.ReviewCase.objects.get()
    assert (row.decided_by, row.approved_by) == (staff.person, colleague.person)


def test_found_to_be_two_the_later_one_goes_on(
    keys: VaultKeys, ana: UUID, staff: Acting, colleague: Acting
) -> None:
    twin = enrolled(keys, "twin", ANA)
    decide(keys, staff, colleague, "different-persons", "typing")
    assert not queries.waits_for_review(CELL, twin.person)
    assert queries.person_of_identity(ISSUER, "twin") == (CELL, twin.person)


def test_a_case_is_decided_once(
    keys: VaultKeys, ana: UUID, staff: Acting, colleague: Acting
) -> None:
    enrolled(keys, "twin", ANA)
    decide(keys, staff, colleague, "different-persons", "x")
    with pytest.raises(ConflictError, match="decided before: different-persons, x"):
        decide(keys, staff, colleague, "same-person", "y")


def test_nobody_decides_about_themselves(keys: VaultKeys, ana: UUID, staff: Acting) -> None:
    twin = enrolled(keys, "twin", ANA).person
    for concerned in (ana, twin):
        own = member(
            keys, concerned, "state-board", Role.STATE_BOARD, organisation=staff.organisation
        )
        with pytest.raises(RefusedError, match="nobody decides about themselves"):
            decide(keys, staff, own, "same-person", "it is me")
    assert queries.waits_for_review(CELL, twin)


def test_one_alone_decides_nothing(keys: VaultKeys, ana: UUID, staff: Acting) -> None:
    enrolled(keys, "twin", ANA)
    with pytest.raises(RefusedError, match="a second person must approve"):
        decide(keys, staff, staff, "same-person", "x")


def test_deciding_asks_for_a_fresh_sign_in(
    keys: VaultKeys, ana: UUID, staff: Acting, colleague: Acting
) -> None:
    enrolled(keys, "twin", ANA)
    stale = unsure(staff, authenticated_at=NOW - timedelta(minutes=16))
    with pytest.raises(StepUpNeededError, match="within 15 minutes"):
        decide(keys, stale, colleague, "same-person", "x")


def relink(keys: VaultKeys, first: Acting, second: Acting, person: UUID, subject: str) -> None:
    new = returned(subject)
    content = enrolment.relinking(person, new, "lost")
    proposal = approved(keys, first, second, Action.DECIDE_REVIEW, content)
    enrolment.relink(keys, first, proposal, person, new, because="lost", at=NOW)


def test_a_lost_account_is_replaced_by_two_named_persons_and_payouts_wait(
    keys: VaultKeys, ana: UUID, staff: Acting, colleague: Acting
) -> None:
    relink(keys, staff, colleague, ana, "new")
    assert queries.person_of_identity(ISSUER, "new") == (CELL, ana)
    assert queries.person_of_identity(ISSUER, "ana") is None
    new = models.Identity.objects.get(subject="new")
    old = models.Identity.objects.get(subject="ana")
    assert (new.linked_by, new.approved_by) == (staff.person, colleague.person)
    assert (old.ended_at, old.ended_by, old.ended_because) == (NOW, staff.person, "lost")
    assert security.held_until(CELL, ana, NOW) == NOW + timedelta(hours=72)
    assert security.held_until(CELL, ana, NOW + timedelta(hours=72)) is None
    held = rules.find(models.PayoutHold.objects.get().determination)
    assert held is not None
    assert replay(held).content.decode() == held.content
    with pytest.raises(RefusedError, match="does not open anything here any more"):
        enrolled(keys, "ana", ANA)
    name = vault.read(keys, as_self(ana), [ana], ["given_name"], purpose="mine", at=NOW)
    assert name == {ana: {"given_name": "Ana"}}


def test_relinking_is_not_a_way_around_others(
    keys: VaultKeys, ana: UUID, cleo: UUID, staff: Acting, colleague: Acting
) -> None:
    with pytest.raises(RefusedError, match="a second person"):
        relink(keys, staff, staff, ana, "new")
    with pytest.raises(RefusedError, match="nobody decides about themselves"):
        relink(keys, staff, colleague, colleague.person, "new")
    with pytest.raises(NotFoundError):
        relink(keys, staff, colleague, UUID(int=9), "new")
    for taken in ("ana", "cleo"):
        with pytest.raises(ConflictError, match="open a review case"):
            relink(keys, staff, colleague, ana, taken)
    assert security.held_until(CELL, ana, NOW) is None


def test_an_approved_relinking_leads_only_where_it_was_approved_to(
    keys: VaultKeys, ana: UUID, cleo: UUID, staff: Acting, colleague: Acting
) -> None:
    content = enrolment.relinking(ana, returned("new"), "lost")
    proposal = approved(keys, staff, colleague, Action.DECIDE_REVIEW, content)
    with pytest.raises(RefusedError, match="not what was approved"):
        enrolment.relink(keys, staff, proposal, cleo, returned("new"), because="lost", at=NOW)
