"""Two persons approve exactly one thing, each by their own hand, and it happens once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from lmb.people import approvals, models, organisations, passkeys
from lmb.people.acting import Acting
from lmb.people.approvals import OPEN_FOR, Proposed
from lmb.people.assertions import asserted, registered
from lmb.people.assurance import Action, StepUpNeededError
from lmb.people.keys import VaultKeys
from lmb.people.roles import Role
from lmb.values.canonical import Document
from lmb.values.errors import ConflictError, NotFoundError, RefusedError
from tests.people.authenticator import PARTY, PRESENT, VERIFIED, SoftwareKey
from tests.people.support import NOW, member, unsure

pytestmark = pytest.mark.django_db

BATCH: dict[str, Document] = {
    "batch": "coupon 8",
    "total_cents": 58175000,
    "items_sha256": "ab" * 32,
}


@pytest.fixture
def first(keys: VaultKeys, ben: UUID) -> Acting:
    return member(keys, ben, "agency", Role.TREASURY)


@pytest.fixture
def second(keys: VaultKeys, cleo: UUID, first: Acting) -> Acting:
    return member(keys, cleo, "agency", Role.TREASURY, organisation=first.organisation)


def with_key(keys: VaultKeys, acting: Acting, name: bytes, counts: bool = True) -> SoftwareKey:
    key = SoftwareKey(name, counts)
    challenge = keys.randomness(32)
    passkeys.register(PARTY, keys.randomness, acting, challenge, key.register(challenge), NOW)
    return key


@pytest.fixture
def first_key(keys: VaultKeys, first: Acting) -> SoftwareKey:
    return with_key(keys, first, b"first key")


@pytest.fixture
def second_key(keys: VaultKeys, second: Acting) -> SoftwareKey:
    return with_key(keys, second, b"second key", counts=False)


@pytest.fixture
def proposed(keys: VaultKeys, first: Acting) -> Proposed:
    return approvals.propose(keys.randomness, first, Action.PAY_OUT, BATCH, NOW)


def spend(acting: Acting, proposed: Proposed, content: dict[str, Document] = BATCH) -> UUID:
    return approvals.spend(acting, proposed.id, Action.PAY_OUT, content, NOW, on="batch 1")


def test_money_moves_after_two_signatures_over_its_own_hash(
    first: Acting,
    second: Acting,
    first_key: SoftwareKey,
    second_key: SoftwareKey,
    proposed: Proposed,
) -> None:
    assert proposed.challenge == hashlib.sha256(proposed.content.encode()).digest()
    assert '"total_cents":58175000' in proposed.content
    approvals.sign(PARTY, first, proposed.id, first_key.sign(proposed.challenge), NOW)
    with pytest.raises(RefusedError, match="a second person must approve this first"):
        spend(first, proposed)
    approvals.sign(PARTY, second, proposed.id, second_key.sign(proposed.challenge), NOW)
    assert spend(first, proposed) == second.person
    with pytest.raises(ConflictError, match="carried out before, on batch 1"):
        spend(first, proposed)


def test_anyone_can_verify_a_kept_approval_again(
    first: Acting, first_key: SoftwareKey, proposed: Proposed
) -> None:
    approvals.sign(PARTY, first, proposed.id, first_key.sign(proposed.challenge), NOW)
    row = models.Approval.objects.get()
    client = hashlib.sha256(bytes(row.client_data or b"")).digest()
    first_key.private.public_key().verify(
        bytes(row.signature or b""),
        bytes(row.authenticator_data or b"") + client,
        ec.ECDSA(hashes.SHA256()),
    )


def test_signing_twice_counts_once(
    first: Acting, first_key: SoftwareKey, proposed: Proposed
) -> None:
    for _ in range(2):
        approvals.sign(PARTY, first, proposed.id, first_key.sign(proposed.challenge), NOW)
    with pytest.raises(RefusedError, match="a second person"):
        spend(first, proposed)


Change = Callable[[SoftwareKey, Proposed], dict[str, Any]]
FALSE_ANSWERS: dict[str, Change] = {
    "another challenge": lambda key, proposed: key.sign(b"x" * 32),
    "the hash of other content": lambda key, proposed: key.sign(
        hashlib.sha256(proposed.content.replace("58175000", "58175001").encode()).digest()
    ),
    "another origin": lambda key, proposed: key.sign(
        proposed.challenge, origin="https://lmb.example.evil"
    ),
    "a plain origin": lambda key, proposed: key.sign(
        proposed.challenge, origin="http://lmb.example"
    ),
    "another domain": lambda key, proposed: key.sign(proposed.challenge, domain="evil.example"),
    "nobody touched it": lambda key, proposed: key.sign(proposed.challenge, flags=VERIFIED),
    "nobody was verified": lambda key, proposed: key.sign(proposed.challenge, flags=PRESENT),
    "a registration": lambda key, proposed: key.sign(proposed.challenge, kind="webauthn.create"),
    "another key's signature": lambda key, proposed: SoftwareKey(key.credential).sign(
        proposed.challenge
    ),
    "no signature": lambda key, proposed: key.sign(proposed.challenge) | {"response": {}},
    "nothing": lambda key, proposed: {"id": key.sign(b"")["id"]},
}


@pytest.mark.parametrize("what", sorted(FALSE_ANSWERS))
def test_anything_but_a_signature_of_what_was_proposed_is_refused(
    first: Acting, first_key: SoftwareKey, proposed: Proposed, what: str
) -> None:
    answer = FALSE_ANSWERS[what](first_key, proposed)
    with pytest.raises(RefusedError, match="does not approve what was proposed"):
        approvals.sign(PARTY, first, proposed.id, answer, NOW)
    assert not models.Approval.objects.exists()


def test_a_signature_of_one_proposal_approves_no_other(
    keys: VaultKeys, first: Acting, first_key: SoftwareKey, proposed: Proposed
) -> None:
    same = approvals.propose(keys.randomness, first, Action.PAY_OUT, BATCH, NOW)
    with pytest.raises(RefusedError, match="does not approve"):
        approvals.sign(PARTY, first, same.id, first_key.sign(proposed.challenge), NOW)


def test_another_persons_passkey_does_not_sign_for_me(
    first: Acting, first_key: SoftwareKey, second_key: SoftwareKey, proposed: Proposed
) -> None:
    with pytest.raises(RefusedError, match="not one of yours"):
        approvals.sign(PARTY, first, proposed.id, second_key.sign(proposed.challenge), NOW)


def test_a_removed_passkey_signs_nothing(
    first: Acting, first_key: SoftwareKey, proposed: Proposed
) -> None:
    row = models.Authenticator.objects.get(credential=first_key.credential)
    passkeys.remove(first, row.id, "lost", NOW)
    with pytest.raises(RefusedError, match="not one of yours"):
        approvals.sign(PARTY, first, proposed.id, first_key.sign(proposed.challenge), NOW)
    with pytest.raises(NotFoundError):
        passkeys.remove(first, row.id, "lost", NOW)


def test_a_counter_that_goes_back_betrays_a_copied_key(
    keys: VaultKeys, first: Acting, first_key: SoftwareKey, proposed: Proposed
) -> None:
    approvals.sign(PARTY, first, proposed.id, first_key.sign(proposed.challenge), NOW)
    other = approvals.propose(keys.randomness, first, Action.PAY_OUT, BATCH, NOW)
    first_key.count = 0
    with pytest.raises(RefusedError, match="counter went back"):
        approvals.sign(PARTY, first, other.id, first_key.sign(other.challenge), NOW)


@pytest.mark.parametrize("change", [{"total_cents": 58175001}, {"extra": True}])
def test_only_what_was_approved_is_carried_out(
    first: Acting,
    second: Acting,
    first_key: SoftwareKey,
    second_key: SoftwareKey,
    proposed: Proposed,
    change: dict[str, Document],
) -> None:
    approvals.sign(PARTY, first, proposed.id, first_key.sign(proposed.challenge), NOW)
    approvals.sign(PARTY, second, proposed.id, second_key.sign(proposed.challenge), NOW)
    with pytest.raises(RefusedError, match="not what was approved"):
        spend(first, proposed, BATCH | change)
    with pytest.raises(RefusedError, match="not what was approved"):
        approvals.spend(first, proposed.id, Action.ISSUE_BOND, BATCH, NOW, on="x")
    with pytest.raises(RefusedError, match="has expired"):
        approvals.spend(first, proposed.id, Action.PAY_OUT, BATCH, NOW + OPEN_FOR, on="x")
    assert spend(second, proposed) == first.person


def test_a_third_person_does_not_carry_out_what_two_approved(
    keys: VaultKeys,
    ana: UUID,
    first: Acting,
    second: Acting,
    first_key: SoftwareKey,
    second_key: SoftwareKey,
    proposed: Proposed,
) -> None:
    third = member(keys, ana, "agency", Role.TREASURY, organisation=first.organisation)
    approvals.sign(PARTY, first, proposed.id, first_key.sign(proposed.challenge), NOW)
    approvals.sign(PARTY, second, proposed.id, second_key.sign(proposed.challenge), NOW)
    with pytest.raises(RefusedError, match="one of those who approved"):
        spend(third, proposed)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.TREASURY}))
def test_no_other_role_proposes_a_payout(keys: VaultKeys, ben: UUID, role: Role) -> None:
    acting = member(keys, ben, "agency", role)
    with pytest.raises(RefusedError, match="the role you act in cannot approve: pay-out"):
        approvals.propose(keys.randomness, acting, Action.PAY_OUT, BATCH, NOW)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"phishing_resistant": False}, "passkey or a PIV card"),
        ({"aal": 1}, "second factor"),
        ({"authenticated_at": NOW - timedelta(minutes=6)}, "within 5 minutes"),
    ],
)
def test_approving_asks_for_a_sure_session(
    keys: VaultKeys,
    first: Acting,
    first_key: SoftwareKey,
    proposed: Proposed,
    changes: dict[str, Any],
    told: str,
) -> None:
    acting = unsure(first, **changes)
    with pytest.raises(StepUpNeededError, match=told):
        approvals.propose(keys.randomness, acting, Action.PAY_OUT, BATCH, NOW)
    with pytest.raises(StepUpNeededError, match=told):
        approvals.sign(PARTY, acting, proposed.id, first_key.sign(proposed.challenge), NOW)


def test_what_is_to_be_signed_is_not_confirmed_by_a_click(
    second: Acting, proposed: Proposed
) -> None:
    with pytest.raises(RefusedError, match="approved with a passkey; sign it"):
        approvals.confirm(second, proposed.id, NOW)


def test_authority_is_confirmed_by_sessions_and_the_proposer_has(
    keys: VaultKeys, first: Acting, second: Acting
) -> None:
    assert first.organisation is not None
    content = organisations.inviting(first.organisation, Role.TREASURY, False)
    proposed = approvals.propose(keys.randomness, first, Action.CHANGE_ROLES, content, NOW)
    approvals.confirm(first, proposed.id, NOW)
    with pytest.raises(RefusedError, match="a second person"):
        approvals.spend(first, proposed.id, Action.CHANGE_ROLES, content, NOW, on="x")
    approvals.confirm(second, proposed.id, NOW)
    approver = approvals.spend(first, proposed.id, Action.CHANGE_ROLES, content, NOW, on="x")
    assert approver == second.person


def test_a_passkey_registered_for_another_challenge_or_twice_is_refused(
    keys: VaultKeys, first: Acting, first_key: SoftwareKey
) -> None:
    fresh = SoftwareKey(b"fresh")
    for answer in (fresh.register(b"other" * 7), fresh.register(b"c" * 32, "https://evil.example")):
        with pytest.raises(RefusedError, match="was not registered"):
            passkeys.register(PARTY, keys.randomness, first, b"c" * 32, answer, NOW)
    with pytest.raises(ConflictError, match="registered already"):
        passkeys.register(
            PARTY, keys.randomness, first, b"c" * 32, first_key.register(b"c" * 32), NOW
        )


KEY = SoftwareKey(b"drawn")
PASSKEY = registered(PARTY, b"c" * 32, KEY.register(b"c" * 32))
VALID = KEY.sign(b"d" * 32)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


def test_a_number_in_the_place_of_a_text_is_refused_before_anything_is_allocated() -> None:
    for part in ("clientDataJSON", "authenticatorData", "signature"):
        answer = {**VALID, "response": {**VALID["response"], part: 10**15}}
        with pytest.raises(RefusedError):
            asserted(PARTY, b"d" * 32, PASSKEY, answer)
    with pytest.raises(RefusedError):
        asserted(PARTY, b"d" * 32, PASSKEY, {**VALID, "rawId": "A" * 20_001})


def test_the_drawn_key_signs() -> None:
    assert asserted(PARTY, b"d" * 32, PASSKEY, VALID).credential == b"drawn"


@settings(deadline=None)
@given(st.data())
def test_answers_that_are_no_answers_are_refused_and_nothing_else(data: st.DataObject) -> None:
    answer: dict[str, Any] = {**VALID, "response": dict(VALID["response"])}
    target = data.draw(st.sampled_from([answer, answer["response"]]))
    # The two nothing depends on: the kind of credential, and outputs of extensions.
    names = set(target) - {"type", "clientExtensionResults"}
    name = data.draw(st.sampled_from(sorted(names)))
    target[name] = data.draw(json_values.filter(lambda value: value != target[name]))
    with pytest.raises(RefusedError):
        asserted(PARTY, b"d" * 32, PASSKEY, answer)
