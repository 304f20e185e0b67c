"""Nobody acts for an organisation without an invitation, used once and in time."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lmb.people import models, organisations, queries
from lmb.people.acting import Acting
from lmb.people.assurance import Action, StepUpNeededError
from lmb.people.keys import VaultKeys
from lmb.people.organisations import INVITATION_LASTS, UNUSABLE, NewOrganisation
from lmb.people.roles import ROLES_OF, SECOND_PERSON_ROLES, OrganisationKind, Role
from lmb.values.errors import ConflictError, NotFoundError, RefusedError
from tests.people.authenticator import approved
from tests.people.support import CELL, NOW, as_self, member, sure, unsure

pytestmark = pytest.mark.django_db

SCHOOL = NewOrganisation(OrganisationKind.PROVIDER, "NJ-0001", "The School")


@pytest.fixture
def head(keys: VaultKeys, ben: UUID) -> Acting:
    """The school's administrator."""
    school = organisations.found(CELL, SCHOOL, ben, NOW)
    appointed = organisations.appoint_first(keys.randomness, CELL, school, ben, Role.PROVIDER, NOW)
    return queries.acting_as_member(CELL, ben, appointed, sure())


def invite(keys: VaultKeys, by: Acting) -> str:
    return organisations.invite(keys.randomness, by, Role.PROVIDER, at=NOW).token


def test_an_invitation_becomes_a_membership(keys: VaultKeys, head: Acting, ana: UUID) -> None:
    token = invite(keys, head)
    membership = organisations.accept(keys.randomness, as_self(ana), token, NOW)
    acting = queries.acting_as_member(CELL, ana, membership, sure())
    assert (acting.role, acting.organisation) == (Role.PROVIDER, head.organisation)
    row = models.Membership.objects.get(id=membership)
    assert (row.granted_by, row.administers) == (head.person, False)


def test_the_token_is_kept_nowhere(keys: VaultKeys, head: Acting) -> None:
    token = invite(keys, head)
    assert token not in str(list(models.Invitation.objects.values()))


def test_an_invitation_is_used_once(keys: VaultKeys, head: Acting, ana: UUID, cleo: UUID) -> None:
    token = invite(keys, head)
    organisations.accept(keys.randomness, as_self(ana), token, NOW)
    for again in (ana, cleo):
        with pytest.raises(RefusedError, match=UNUSABLE):
            organisations.accept(keys.randomness, as_self(again), token, NOW)
    assert models.Membership.objects.filter(role=Role.PROVIDER).count() == 2


def test_expired_withdrawn_false_and_own_tokens_get_one_answer(
    keys: VaultKeys, head: Acting, ana: UUID
) -> None:
    withdrawn = organisations.invite(keys.randomness, head, Role.PROVIDER, at=NOW)
    organisations.withdraw_invitation(head, withdrawn.invitation, NOW)
    answers = set()
    for who, token, at in [
        (ana, invite(keys, head), NOW + INVITATION_LASTS),
        (ana, withdrawn.token, NOW),
        (ana, "A" * 43, NOW),
        (ana, "", NOW),
        (ana, "é" * 5000, NOW),
        (head.person, invite(keys, head), NOW),
    ]:
        with pytest.raises(RefusedError) as refused:
            organisations.accept(keys.randomness, as_self(who, at), token, at)
        answers.add(str(refused.value))
    assert answers == {UNUSABLE}


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None
)
@given(st.text(max_size=60))
def test_no_text_but_the_token_opens_it(
    keys: VaultKeys, head: Acting, ana: UUID, guess: str
) -> None:
    with pytest.raises(RefusedError, match=UNUSABLE):
        organisations.accept(keys.randomness, as_self(ana), guess, NOW)


def test_the_last_moment_is_in_time(keys: VaultKeys, head: Acting, ana: UUID) -> None:
    at = NOW + INVITATION_LASTS - timedelta(microseconds=1)
    organisations.accept(keys.randomness, as_self(ana, at), invite(keys, head), at)
    assert models.Membership.objects.filter(person=ana).exists()


def test_accepting_asks_for_a_second_factor(keys: VaultKeys, head: Acting, ana: UUID) -> None:
    with pytest.raises(StepUpNeededError):
        organisations.accept(keys.randomness, unsure(as_self(ana), aal=1), invite(keys, head), NOW)


def test_who_acts_already_is_told_so(keys: VaultKeys, head: Acting, ana: UUID) -> None:
    organisations.accept(keys.randomness, as_self(ana), invite(keys, head), NOW)
    with pytest.raises(ConflictError, match="already"):
        organisations.accept(keys.randomness, as_self(ana), invite(keys, head), NOW)


def test_only_administrators_invite_withdraw_and_end(
    keys: VaultKeys, head: Acting, ana: UUID, cleo: UUID
) -> None:
    membership = organisations.accept(keys.randomness, as_self(ana), invite(keys, head), NOW)
    staff = queries.acting_as_member(CELL, ana, membership, sure())
    outsider = member(keys, cleo, "provider", Role.PROVIDER)
    invited = organisations.invite(keys.randomness, head, Role.PROVIDER, at=NOW)
    assert head.membership is not None
    for acting in (staff, as_self(ana)):
        with pytest.raises(RefusedError, match="only an administrator"):
            invite(keys, acting)
        with pytest.raises(RefusedError, match="only an administrator"):
            organisations.withdraw_invitation(acting, invited.invitation, NOW)
    with pytest.raises(RefusedError, match="only an administrator"):
        organisations.end_membership(staff, head.membership, "coup", NOW)
    with pytest.raises(NotFoundError):
        organisations.withdraw_invitation(outsider, invited.invitation, NOW)
    with pytest.raises(NotFoundError):
        organisations.end_membership(outsider, membership, "spite", NOW)


def test_a_membership_ends_and_its_capacity_with_it(
    keys: VaultKeys, head: Acting, ana: UUID
) -> None:
    membership = organisations.accept(keys.randomness, as_self(ana), invite(keys, head), NOW)
    organisations.end_membership(head, membership, "left the school", NOW)
    with pytest.raises(RefusedError, match="ask it for an invitation"):
        queries.acting_as_member(CELL, ana, membership, sure())
    with pytest.raises(NotFoundError):
        organisations.end_membership(head, membership, "again", NOW)
    organisations.accept(keys.randomness, as_self(ana), invite(keys, head), NOW)
    assert models.Membership.objects.filter(person=ana).count() == 2


def test_another_persons_membership_is_nobodys_capacity(head: Acting, ana: UUID) -> None:
    assert head.membership is not None
    with pytest.raises(RefusedError, match="you do not act for this organisation"):
        queries.acting_as_member(CELL, ana, head.membership, sure())


def test_a_first_administrator_is_appointed_once(keys: VaultKeys, head: Acting, cleo: UUID) -> None:
    assert head.organisation is not None
    with pytest.raises(RefusedError, match="has an administrator"):
        organisations.appoint_first(
            keys.randomness, CELL, head.organisation, cleo, Role.PROVIDER, NOW
        )


@pytest.mark.parametrize("kind", OrganisationKind)
def test_an_organisation_gives_the_roles_of_its_kind_alone(
    keys: VaultKeys, ben: UUID, kind: OrganisationKind
) -> None:
    new = NewOrganisation(kind, f"code of {kind}", "A body", "MD")
    body = organisations.found(CELL, new, ben, NOW)
    for role in set(Role) - ROLES_OF[kind]:
        with pytest.raises(RefusedError, match=f"of kind {kind}"):
            organisations.appoint_first(keys.randomness, CELL, body, ben, role, NOW)
    assert Role.CITIZEN not in ROLES_OF[kind]


def test_an_organisation_is_known_once_under_its_code(ben: UUID) -> None:
    school = organisations.found(CELL, SCHOOL, ben, NOW)
    assert organisations.found(CELL, SCHOOL, ben, NOW + timedelta(days=1)) == school
    other = NewOrganisation(SCHOOL.kind, SCHOOL.code, "Another School")
    with pytest.raises(ConflictError, match="known as 'The School'"):
        organisations.found(CELL, other, ben, NOW)
    with pytest.raises(RefusedError, match="say of which state"):
        organisations.found(
            CELL, NewOrganisation(OrganisationKind.STATE_BOARD, "B", "Board"), ben, NOW
        )


@pytest.mark.parametrize("role", sorted(SECOND_PERSON_ROLES))
def test_a_role_of_government_is_given_by_two(
    keys: VaultKeys, ana: UUID, ben: UUID, cleo: UUID, role: Role
) -> None:
    kind = "state-board" if role is Role.STATE_BOARD else "agency"
    first = member(keys, ben, kind, role, state="MD")
    second = member(keys, cleo, kind, role, organisation=first.organisation)
    with pytest.raises(RefusedError, match="given by two persons"):
        organisations.invite(keys.randomness, first, role, at=NOW)
    assert first.organisation is not None
    content = organisations.inviting(first.organisation, role, False)
    proposal = approved(keys, first, second, Action.CHANGE_ROLES, content)
    with pytest.raises(RefusedError, match="not what was approved"):
        organisations.invite(
            keys.randomness, first, role, administers=True, proposal=proposal, at=NOW
        )
    token = organisations.invite(keys.randomness, first, role, proposal=proposal, at=NOW).token
    with pytest.raises(RefusedError, match=UNUSABLE):
        organisations.accept(keys.randomness, as_self(cleo), token, NOW)
    membership = organisations.accept(keys.randomness, as_self(ana), token, NOW)
    row = models.Membership.objects.get(id=membership)
    assert (row.granted_by, row.approved_by) == (ben, cleo)


def test_a_security_officer_can_suspend_anyone(keys: VaultKeys, head: Acting, cleo: UUID) -> None:
    officer = member(keys, cleo, "agency", Role.SECURITY_OFFICER)
    assert head.membership is not None
    organisations.end_membership(officer, head.membership, "account stolen", NOW)
    with pytest.raises(RefusedError):
        queries.acting_as_member(CELL, head.person, head.membership, sure())
