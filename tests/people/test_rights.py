"""Consents, delegations and cases: who may know what, by whose word, until when."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from lmb.people import access_log, consents, delegations, details, grants, models, queries, vault
from lmb.people.access_log import Look
from lmb.people.acting import Acting
from lmb.people.assurance import Action, StepUpNeededError
from lmb.people.delegations import DelegableAction, DelegationKind, DelegationTerms
from lmb.people.identifiers import DataClass
from lmb.people.keys import VaultKeys
from lmb.people.receipts import ConsentTerms, ConsentText, LocalSigner, Receipt, verify
from lmb.people.roles import Role
from lmb.values.errors import InputError, NotFoundError, RefusedError
from tests.people.authenticator import approved
from tests.people.support import CELL, NOW, as_self, member, repeating, sure, unsure

pytestmark = pytest.mark.django_db

SIGNER = LocalSigner.from_seed(repeating("receipts")(32))
TEXT = ConsentText.of("share-with-employer", "3", "es", "Dejo que la empresa vea mi nombre.")
LATER = NOW + timedelta(days=1)
REASON = "Complaint 2027-118: the school says she never enrolled."


@pytest.fixture
def employer(keys: VaultKeys, ben: UUID) -> Acting:
    return member(keys, ben, "employer", Role.EMPLOYER)


def terms(acting: Acting, **changes: Any) -> ConsentTerms:
    assert acting.organisation is not None
    whole = ConsentTerms(
        recipient=acting.organisation,
        purpose="hiring",
        data_classes=frozenset({DataClass.NAME, DataClass.CONTACT}),
        starts_at=NOW,
        expires_at=NOW + timedelta(days=30),
        text=TEXT,
    )
    return replace(whole, **changes)


def give(keys: VaultKeys, person: UUID, agreed: ConsentTerms) -> UUID:
    return consents.give(SIGNER, keys.randomness, as_self(person), agreed, NOW)


def may_read(
    keys: VaultKeys, acting: Acting, person: UUID, field: str, purpose: str, at: Any = NOW
) -> bool:
    acting = replace(acting, assurance=sure(at))
    try:
        vault.read(keys, acting, [person], [field], purpose=purpose, at=at)
    except RefusedError:
        return False
    return True


def granted(person: UUID) -> list[Look]:
    """Looks that were not refused."""
    return [look for look in access_log.looks_at(CELL, person) if look.basis != "refused"]


# ── consents ──────────────────────────────────────────────────────────────────────────────────


def test_a_consent_opens_its_classes_for_its_purpose_to_its_recipient_in_its_time(
    keys: VaultKeys, ana: UUID, cleo: UUID, employer: Acting
) -> None:
    other = member(keys, cleo, "employer", Role.EMPLOYER)
    assert not may_read(keys, employer, ana, "given_name", "hiring")
    agreed = terms(employer)
    give(keys, ana, agreed)
    looks = {
        "as agreed": (employer, ana, "given_name", "hiring", NOW),
        "another class": (employer, ana, "ssn", "hiring", NOW),
        "another purpose": (employer, ana, "given_name", "marketing", NOW),
        "another recipient": (other, ana, "given_name", "hiring", NOW),
        "another person": (employer, cleo, "given_name", "hiring", NOW),
        "too early": (employer, ana, "given_name", "hiring", NOW - timedelta(seconds=1)),
        "the last moment": (
            employer,
            ana,
            "given_name",
            "hiring",
            agreed.expires_at - timedelta(microseconds=1),
        ),
        "too late": (employer, ana, "given_name", "hiring", agreed.expires_at),
    }
    may = {what for what, look in looks.items() if may_read(keys, *look)}
    assert may == {"as agreed", "the last moment"}
    covers = consents.covers(
        CELL, ana, agreed.recipient, "hiring", DataClass.NAME, agreed.expires_at
    )
    assert not covers
    assert consents.covers(CELL, ana, agreed.recipient, "hiring", DataClass.NAME, NOW)


def test_a_security_officer_reads_nothing_by_the_consent_of_others(
    keys: VaultKeys, ana: UUID, ben: UUID
) -> None:
    officer = member(keys, ben, "agency", Role.SECURITY_OFFICER)
    give(keys, ana, terms(officer))
    assert not may_read(keys, officer, ana, "given_name", "hiring")


def test_withdrawing_ends_it_at_once_and_leaves_both_receipts(
    keys: VaultKeys, ana: UUID, employer: Acting
) -> None:
    consent = give(keys, ana, terms(employer))
    assert may_read(keys, employer, ana, "given_name", "hiring")
    for at in (LATER, LATER + timedelta(days=1)):
        consents.withdraw(SIGNER, keys.randomness, as_self(ana, at), consent, at)
    assert may_read(keys, employer, ana, "given_name", "hiring", LATER - timedelta(seconds=1))
    assert not may_read(keys, employer, ana, "given_name", "hiring", LATER)
    (on_file,) = consents.of_person(CELL, ana)
    assert on_file.withdrawn_at == LATER
    assert not on_file.in_force(LATER)
    row = models.Withdrawal.objects.get()
    receipt = Receipt(row.content.encode(), row.key, bytes(row.signature))
    verify(receipt, [SIGNER.public])
    assert json.loads(row.content)["withdraws"] == str(consent)


def test_a_receipt_says_what_was_agreed_in_the_words_that_were_read(
    keys: VaultKeys, ana: UUID, employer: Acting
) -> None:
    agreed = terms(employer)
    consent = give(keys, ana, agreed)
    (on_file,) = consents.of_person(CELL, ana)
    verify(on_file.receipt, [repeating("another")(32), SIGNER.public])
    said = json.loads(on_file.receipt.content)
    assert said == {
        "format": "lmb-consent/1",
        "id": str(consent),
        "cell": CELL,
        "person": str(ana),
        "recipient": str(employer.organisation),
        "purpose": "hiring",
        "legal_basis": "consent",
        "data_classes": ["contact", "name"],
        "starts_at": "2027-03-01T15:00:00+00:00",
        "expires_at": "2027-03-31T15:00:00+00:00",
        "text": {
            "name": "share-with-employer",
            "version": "3",
            "language": "es",
            "sha256": TEXT.sha256,
        },
        "given_by": str(ana),
        "delegation": None,
    }


def test_a_changed_receipt_and_one_of_an_unknown_key_do_not_verify(
    keys: VaultKeys, ana: UUID, employer: Acting
) -> None:
    give(keys, ana, terms(employer))
    receipt = consents.of_person(CELL, ana)[0].receipt
    changed = receipt.content.replace(b"hiring", b"selling")
    with pytest.raises(RefusedError, match="was changed"):
        verify(replace(receipt, content=changed), [SIGNER.public])
    other = LocalSigner.from_seed(repeating("other")(32))
    with pytest.raises(RefusedError, match="no key named"):
        verify(receipt, [other.public])
    with pytest.raises(RefusedError, match="was changed"):
        verify(replace(receipt, key=other.key), [other.public])


@pytest.mark.parametrize(
    "changes",
    [
        {"purpose": " "},
        {"data_classes": frozenset[DataClass]()},
        {"expires_at": NOW},
    ],
)
def test_a_consent_without_purpose_class_or_end_is_none(
    keys: VaultKeys, employer: Acting, changes: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match="a consent"):
        terms(employer, **changes)


def test_a_consent_is_given_by_the_person_to_somebody_known(
    keys: VaultKeys, ana: UUID, cleo: UUID, employer: Acting
) -> None:
    with pytest.raises(RefusedError, match="in a person's name"):
        consents.give(SIGNER, keys.randomness, employer, terms(employer), NOW)
    with pytest.raises(NotFoundError, match="no organisation"):
        give(keys, ana, terms(employer, recipient=UUID(int=4)))
    with pytest.raises(RefusedError, match="over already"):
        give(keys, ana, terms(employer, starts_at=NOW - LATER.resolution, expires_at=NOW))
    consent = give(keys, ana, terms(employer))
    with pytest.raises(NotFoundError, match="you have given no consent"):
        consents.withdraw(SIGNER, keys.randomness, as_self(cleo), consent, NOW)


# ── delegations ───────────────────────────────────────────────────────────────────────────────


def handed_over(delegate: UUID, **changes: Any) -> DelegationTerms:
    whole = DelegationTerms(
        delegate=delegate,
        kind=DelegationKind.PARENT,
        organisation=None,
        actions=frozenset({DelegableAction.CONSENT, DelegableAction.CHANGE_CONTACT}),
        data_classes=frozenset({DataClass.NAME}),
        starts_at=NOW,
        expires_at=NOW + timedelta(days=100),
    )
    return replace(whole, **changes)


def test_a_delegate_acts_within_what_was_handed_over_under_both_names(
    keys: VaultKeys, ana: UUID, ben: UUID, employer: Acting
) -> None:
    given = delegations.delegate(keys.randomness, as_self(ana), handed_over(ben), NOW)
    for_ana = queries.acting_as_delegate(CELL, ben, given, sure(), NOW)
    assert for_ana.role is Role.REPRESENTATIVE
    consent = consents.give(SIGNER, keys.randomness, for_ana, terms(employer), NOW)
    (on_file,) = consents.of_person(CELL, ana)
    said = json.loads(on_file.receipt.content)
    assert (said["person"], said["given_by"]) == (str(ana), str(ben))
    assert said["delegation"] == str(given)
    (act,) = delegations.acts_for(CELL, ana)
    assert (act.person, act.delegate, act.action) == (ana, ben, "consent")
    assert act.subject == str(consent)
    assert may_read(keys, for_ana, ana, "given_name", "help")
    assert not may_read(keys, for_ana, ana, "birth_date", "help")
    (look,) = granted(ana)
    assert (look.principal, look.role, look.basis) == (ben, "representative", "delegation")


def test_what_was_not_handed_over_is_refused_and_not_recorded(
    keys: VaultKeys, ana: UUID, ben: UUID, employer: Acting
) -> None:
    only_read = handed_over(ben, actions=frozenset({DelegableAction.READ}))
    given = delegations.delegate(keys.randomness, as_self(ana), only_read, NOW)
    for_ana = queries.acting_as_delegate(CELL, ben, given, sure(), NOW)
    with pytest.raises(RefusedError, match="ask them to delegate it"):
        consents.give(SIGNER, keys.randomness, for_ana, terms(employer), NOW)
    with pytest.raises(RefusedError, match="only the person themselves"):
        details.change_bank(keys, for_ana, "021000021", "12345678", NOW)
    assert delegations.acts_for(CELL, ana) == []


def test_a_delegation_ends_by_time_by_the_person_and_by_the_delegate(
    keys: VaultKeys, ana: UUID, ben: UUID, cleo: UUID
) -> None:
    def given() -> UUID:
        return delegations.delegate(keys.randomness, as_self(ana), handed_over(ben), NOW)

    by_time, by_person, by_delegate = given(), given(), given()
    with pytest.raises(NotFoundError):
        delegations.revoke(as_self(cleo), by_person, "mine", NOW)
    delegations.revoke(as_self(ana), by_person, "we fell out", LATER)
    delegations.revoke(as_self(ben), by_delegate, "no time", LATER)
    for one in (by_person, by_delegate):
        with pytest.raises(RefusedError, match="any more"):
            queries.acting_as_delegate(CELL, ben, one, sure(), LATER)
        with pytest.raises(NotFoundError):
            delegations.revoke(as_self(ana), one, "again", LATER)
    end = handed_over(ben).expires_at
    assert queries.acting_as_delegate(CELL, ben, by_time, sure(), LATER).delegation == by_time
    with pytest.raises(RefusedError, match="any more"):
        queries.acting_as_delegate(CELL, ben, by_time, sure(), end)
    with pytest.raises(RefusedError, match="any more"):
        queries.acting_as_delegate(CELL, cleo, by_time, sure(), LATER)


def test_a_caseworker_acts_only_while_they_belong_to_their_organisation(
    keys: VaultKeys, ana: UUID, ben: UUID
) -> None:
    library = member(keys, ben, "intermediary", Role.REPRESENTATIVE)
    for_library = handed_over(
        ben, kind=DelegationKind.CASEWORKER, organisation=library.organisation
    )
    given = delegations.delegate(keys.randomness, as_self(ana), for_library, NOW)
    for_ana = queries.acting_as_delegate(CELL, ben, given, sure(), NOW)
    assert may_read(keys, for_ana, ana, "given_name", "help")
    models.Membership.objects.filter(person=ben).update(
        ended_at=NOW, ended_by=ana, ended_because="left"
    )
    with pytest.raises(RefusedError):
        queries.acting_as_delegate(CELL, ben, given, sure(), NOW)
    assert not may_read(keys, for_ana, ana, "given_name", "help", LATER)
    with pytest.raises(RefusedError, match="ask them to delegate it"):
        details.change_contact(keys, for_ana, {"city": "Baltimore"}, NOW)


@pytest.mark.parametrize(
    "changes",
    [
        {"actions": frozenset[DelegableAction]()},
        {"expires_at": NOW},
        {"expires_at": NOW + delegations.LASTS_MAX + timedelta(seconds=1)},
        {"kind": DelegationKind.CASEWORKER},
        {"organisation": UUID(int=3)},
    ],
)
def test_a_delegation_has_a_scope_an_end_and_its_kind(ben: UUID, changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"a delegation|a caseworker"):
        handed_over(ben, **changes)


def test_only_the_person_delegates_and_to_another_who_belongs(
    keys: VaultKeys, ana: UUID, ben: UUID, cleo: UUID, employer: Acting
) -> None:
    given = delegations.delegate(keys.randomness, as_self(ana), handed_over(ben), NOW)
    for_ana = queries.acting_as_delegate(CELL, ben, given, sure(), NOW)
    for acting in (for_ana, employer):
        with pytest.raises(RefusedError, match="only the person themselves"):
            delegations.delegate(keys.randomness, acting, handed_over(cleo), NOW)
    with pytest.raises(RefusedError, match="for yourself already"):
        delegations.delegate(keys.randomness, as_self(ana), handed_over(ana), NOW)
    stranger = handed_over(
        cleo, kind=DelegationKind.INTERMEDIARY, organisation=employer.organisation
    )
    with pytest.raises(RefusedError, match="does not act for that organisation"):
        delegations.delegate(keys.randomness, as_self(ana), stranger, NOW)
    past = handed_over(ben, starts_at=NOW - timedelta(days=9), expires_at=NOW)
    with pytest.raises(RefusedError, match="over already"):
        delegations.delegate(keys.randomness, as_self(ana), past, NOW)
    with pytest.raises(StepUpNeededError, match="proofed first"):
        delegations.delegate(keys.randomness, unsure(as_self(ana), ial=1), handed_over(ben), NOW)


# ── cases ─────────────────────────────────────────────────────────────────────────────────────


def open_record(
    keys: VaultKeys, first: Acting, second: Acting, person: UUID, reason: str = REASON
) -> UUID:
    assert first.membership is not None
    content = grants.opening(first.membership, person, [DataClass.SSN], reason)
    proposal = approved(keys, first, second, Action.BREAK_GLASS, content)
    return grants.open_record(
        keys.randomness, first, proposal, person, [DataClass.SSN], reason, NOW
    )


@pytest.fixture
def auditor(keys: VaultKeys, ben: UUID) -> Acting:
    return member(keys, ben, "agency", Role.AUDITOR)


@pytest.fixture
def second(keys: VaultKeys, cleo: UUID, auditor: Acting) -> Acting:
    return member(keys, cleo, "agency", Role.AUDITOR, organisation=auditor.organisation)


def test_a_case_opens_one_record_to_one_member_for_an_hour_and_the_person_sees_why(
    keys: VaultKeys, ana: UUID, auditor: Acting, second: Acting
) -> None:
    assert not may_read(keys, auditor, ana, "ssn", "audit")
    open_record(keys, auditor, second, ana)
    end = NOW + grants.LASTS
    assert may_read(keys, auditor, ana, "ssn", "audit")
    assert not may_read(keys, second, ana, "ssn", "audit")
    assert not may_read(keys, auditor, ana, "bank_account", "audit")
    assert not may_read(keys, auditor, second.person, "ssn", "audit")
    assert not may_read(keys, auditor, ana, "ssn", "audit", end)
    (look,) = granted(ana)
    assert (look.principal, look.basis, look.reason) == (auditor.person, "grant", REASON)
    assert look.organisation == "The agency"


def test_a_case_asks_for_two_a_reason_and_another_person(
    keys: VaultKeys, ana: UUID, auditor: Acting, second: Acting
) -> None:
    with pytest.raises(RefusedError, match="a second person"):
        open_record(keys, auditor, auditor, ana)
    with pytest.raises(RefusedError, match="say in a sentence"):
        open_record(keys, auditor, second, ana, "because")
    for own in (auditor.person, second.person):
        with pytest.raises(RefusedError, match="nobody opens their own record"):
            open_record(keys, auditor, second, own)
    with pytest.raises(NotFoundError):
        open_record(keys, auditor, second, UUID(int=3))
    assert not models.RecordGrant.objects.exists()


# ── what is on record ─────────────────────────────────────────────────────────────────────────


def test_disclosures_are_looks_from_outside(keys: VaultKeys, ana: UUID, employer: Acting) -> None:
    give(keys, ana, terms(employer))
    vault.read(keys, as_self(ana), [ana], ["ssn"], purpose="my data", at=NOW)
    assert may_read(keys, employer, ana, "given_name", "hiring")
    looks = access_log.looks_at(CELL, ana)
    (told,) = access_log.disclosures(CELL, ana)
    assert len(looks) == 2
    assert (told.organisation, told.purpose) == ("The employer", "hiring")
    assert (told.fields, told.basis) == (("given_name",), "consent")


def test_looks_at_other_records_are_noted_and_paged(
    keys: VaultKeys, ana: UUID, employer: Acting
) -> None:
    for number in range(5):
        access_log.note(
            keys.randomness,
            employer,
            ana,
            record="wallet",
            fields=["balance", "balance"],
            purpose=f"look {number}",
            at=NOW + timedelta(seconds=number),
        )
    first = access_log.looks_at(CELL, ana, limit=3)
    rest = access_log.looks_at(CELL, ana, limit=3, before=first[-1].id)
    assert [look.purpose for look in first + rest] == [f"look {n}" for n in (4, 3, 2, 1, 0)]
    assert {(look.record, look.fields, look.basis) for look in first} == {
        ("wallet", ("balance",), "told")
    }
    for limit in (0, access_log.LOOKS_SHOWN_MAX + 1):
        with pytest.raises(ValueError, match="a page has"):
            access_log.looks_at(CELL, ana, limit=limit)
        with pytest.raises(ValueError, match="a page has"):
            access_log.disclosures(CELL, ana, limit=limit)


# ── contacts and bank ─────────────────────────────────────────────────────────────────────────


def test_a_changed_bank_account_waits_before_it_is_paid(keys: VaultKeys, ana: UUID) -> None:
    until = details.change_bank(keys, as_self(ana), "021000021", "1234 5678", NOW)
    assert until == NOW + timedelta(hours=24)
    with pytest.raises(RefusedError, match="on hold until 2027-03-02"):
        details.change_bank(
            keys,
            as_self(ana, LATER - timedelta(seconds=1)),
            "021000021",
            "9999",
            LATER - timedelta(seconds=1),
        )
    details.change_bank(keys, as_self(ana, until), "021000021", "9999", until)
    found = vault.read(keys, as_self(ana), [ana], ["bank_account"], purpose="mine", at=NOW)
    assert found == {ana: {"bank_account": "9999"}}


def test_a_bank_account_is_changed_with_a_passkey_by_the_person_alone(
    keys: VaultKeys, ana: UUID, employer: Acting
) -> None:
    with pytest.raises(StepUpNeededError, match="passkey"):
        details.change_bank(
            keys, unsure(as_self(ana), phishing_resistant=False), "021000021", "12345678", NOW
        )
    with pytest.raises(RefusedError, match="only the person themselves"):
        details.change_bank(keys, employer, "021000021", "12345678", NOW)
    with pytest.raises(InputError):
        details.change_bank(keys, as_self(ana), "021000022", "12345678", NOW)
    found = vault.read(keys, as_self(ana), [ana], ["bank_account"], purpose="mine", at=NOW)
    assert found == {ana: {}}


def test_only_contacts_are_changed_as_contacts(keys: VaultKeys, ana: UUID) -> None:
    details.change_contact(keys, as_self(ana), {"city": "Salisbury", "email": "A@B.org"}, NOW)
    found = vault.read(keys, as_self(ana), [ana], ["city", "email"], purpose="mine", at=NOW)
    assert found == {ana: {"city": "Salisbury", "email": "a@b.org"}}
    for values in ({"given_name": "Anna"}, {"city": "Salisbury", "ssn": "457-55-5462"}, {}):
        with pytest.raises(RefusedError, match="only contacts"):
            details.change_contact(keys, as_self(ana), values, NOW)
