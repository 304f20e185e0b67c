"""Programs that act for organisations: who may register one, and what its keys open."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from uuid import UUID

import pytest
from joserfc.jwk import ECKey, OKPKey, RSAKey

from lmb.people import clients, models
from lmb.people.clients import NewClient
from lmb.people.keys import VaultKeys
from lmb.people.roles import Role
from lmb.people.scopes import SCOPES_OF, Scope
from lmb.values.errors import NotFoundError, RefusedError
from tests.people.support import BEN, CELL, CLEO, NOW, enrolled, member

pytestmark = pytest.mark.django_db
MONTH = timedelta(days=30)
PAYROLL = NewClient("Payroll", Role.EMPLOYER, frozenset({Scope.WORK_ATTEST}))
P256 = json.dumps(ECKey.generate_key("P-256").as_dict(private=False))


@pytest.fixture
def ben(keys: VaultKeys) -> UUID:
    return enrolled(keys, "ben", BEN).person


@pytest.fixture
def employer(keys: VaultKeys, ben: UUID) -> UUID:
    acting = member(keys, ben, "employer", Role.EMPLOYER)
    assert acting.organisation is not None
    return acting.organisation


@pytest.fixture
def payroll(keys: VaultKeys, ben: UUID, employer: UUID) -> UUID:
    return clients.register(keys.randomness, CELL, employer, PAYROLL, by=ben, at=NOW)


def issue(keys: VaultKeys, client: UUID, by: UUID) -> clients.Secret:
    return clients.issue_secret(keys.randomness, CELL, client, MONTH, by=by, at=NOW)


def test_a_key_says_who_acts_for_whom_and_in_which_scopes(
    keys: VaultKeys, ben: UUID, employer: UUID, payroll: UUID
) -> None:
    secret = issue(keys, payroll, ben)
    admitted = clients.admit(secret, NOW)
    assert admitted is not None
    acting = admitted.client
    assert (acting.cell, acting.client, acting.organisation) == (CELL, payroll, employer)
    assert (acting.role, acting.scopes) == (Role.EMPLOYER, PAYROLL.scopes)
    assert acting.code == models.Organisation.objects.get(id=employer).code


def test_of_a_key_only_prefix_and_hash_are_kept(keys: VaultKeys, ben: UUID, payroll: UUID) -> None:
    secret = issue(keys, payroll, ben)
    row = models.ApiKey.objects.get(client=payroll)
    assert row.sha256 == hashlib.sha256(secret.text.encode()).hexdigest()
    kept = json.dumps(models.ApiKey.objects.filter(id=row.id).values().get(), default=str)
    assert secret.text.split("_", 3)[3] not in kept
    assert clients.read_secret(secret.text, "k") == secret


@pytest.mark.parametrize(
    "text",
    [
        "",
        "lmbk_1_0011223344ff_short",
        "lmbt_1_0011223344ff_" + "a" * 43,
        "lmbk_4294967296_0011223344ff_" + "a" * 43,
        "lmbk_1_0011223344ff_" + "a" * 43 + "\n",
        "lmbk_1_0011223344FF_" + "a" * 43,
    ],
)
def test_what_cannot_be_a_key_is_none(text: str) -> None:
    assert clients.read_secret(text, "k") is None


def test_a_key_opens_nothing_before_it_is_issued_after_it_expired_or_once_it_is_revoked(
    keys: VaultKeys, ben: UUID, payroll: UUID
) -> None:
    first, second = issue(keys, payroll, ben), issue(keys, payroll, ben)
    assert clients.admit(first, NOW + MONTH - timedelta(seconds=1)) is not None
    assert clients.admit(first, NOW + MONTH) is None
    forged = clients.Secret(first.cell, first.prefix, second.text)
    elsewhere = clients.Secret(first.cell + 1, first.prefix, first.text)
    assert clients.admit(forged, NOW) is None
    assert clients.admit(elsewhere, NOW) is None
    clients.revoke_key(CELL, payroll, first.prefix, by=ben, because="lost", at=NOW)
    assert clients.admit(first, NOW) is None
    assert clients.admit(second, NOW) is not None
    with pytest.raises(NotFoundError, match="no open key"):
        clients.revoke_key(CELL, payroll, first.prefix, by=ben, because="lost", at=NOW)


def test_all_keys_of_a_client_end_with_it(keys: VaultKeys, ben: UUID, payroll: UUID) -> None:
    secret = issue(keys, payroll, ben)
    clients.add_public_key(keys.randomness, CELL, payroll, P256, MONTH, by=ben, at=NOW)
    assert len(clients.public_keys(CELL, payroll, NOW)) == 1
    clients.end(CELL, payroll, by=ben, because="replaced", at=NOW)
    assert clients.admit(secret, NOW) is None
    assert clients.public_keys(CELL, payroll, NOW) == []
    with pytest.raises(NotFoundError, match="has ended"):
        issue(keys, payroll, ben)


def test_only_who_administers_the_organisation_registers_and_gives_keys(
    keys: VaultKeys, ben: UUID, employer: UUID, payroll: UUID
) -> None:
    cleo = enrolled(keys, "cleo", CLEO).person
    member(keys, cleo, "employer", Role.EMPLOYER, organisation=employer, administers=False)
    secret = issue(keys, payroll, ben)
    for attempt in (
        lambda: clients.register(keys.randomness, CELL, employer, PAYROLL, by=cleo, at=NOW),
        lambda: issue(keys, payroll, cleo),
        lambda: clients.revoke_key(CELL, payroll, secret.prefix, by=cleo, because="x", at=NOW),
        lambda: clients.end(CELL, payroll, by=cleo, because="x", at=NOW),
    ):
        with pytest.raises(RefusedError, match="does not administer"):
            attempt()


def test_a_program_has_a_role_its_organisation_gives_and_scopes_of_that_role(
    keys: VaultKeys, ben: UUID, employer: UUID
) -> None:
    def register(role: Role, *scopes: Scope) -> None:
        new = NewClient("Any", role, frozenset(scopes))
        clients.register(keys.randomness, CELL, employer, new, by=ben, at=NOW)

    with pytest.raises(RefusedError, match="of kind employer"):
        register(Role.INVESTOR, Scope.BIDS_WRITE)
    with pytest.raises(RefusedError, match="some of these scopes: work:attest"):
        register(Role.EMPLOYER, Scope.BIDS_WRITE)
    with pytest.raises(RefusedError, match="some of these scopes"):
        register(Role.EMPLOYER)
    with pytest.raises(NotFoundError, match="no organisation"):
        clients.register(keys.randomness, CELL, UUID(int=7), PAYROLL, by=ben, at=NOW)


def test_nobody_is_let_in_as_a_citizen_for_one_or_as_a_watcher() -> None:
    assert set(Role) - set(SCOPES_OF) == {
        Role.CITIZEN,
        Role.REPRESENTATIVE,
        Role.SECURITY_OFFICER,
    }


def test_a_role_of_government_takes_two_administrators(keys: VaultKeys, ben: UUID) -> None:
    treasury = member(keys, ben, "agency", Role.TREASURY).organisation
    cleo = enrolled(keys, "cleo", CLEO).person
    assert treasury is not None
    new = NewClient("Desk", Role.TREASURY, frozenset({Scope.FUND_READ}))
    for second in (None, ben):
        with pytest.raises(RefusedError, match="by two persons"):
            clients.register(
                keys.randomness, CELL, treasury, new, by=ben, approved_by=second, at=NOW
            )
    with pytest.raises(RefusedError, match="does not administer"):
        clients.register(keys.randomness, CELL, treasury, new, by=ben, approved_by=cleo, at=NOW)
    member(keys, cleo, "agency", Role.TREASURY, organisation=treasury)
    client = clients.register(
        keys.randomness, CELL, treasury, new, by=ben, approved_by=cleo, at=NOW
    )
    assert [found.id for found in clients.of_organisation(CELL, treasury)] == [client]


def test_keys_are_few_and_do_not_last_for_ever(keys: VaultKeys, ben: UUID, payroll: UUID) -> None:
    with pytest.raises(RefusedError, match="at most 366 days"):
        clients.issue_secret(keys.randomness, CELL, payroll, timedelta(days=367), by=ben, at=NOW)
    for _ in range(clients.KEYS_MAX):
        issue(keys, payroll, ben)
    with pytest.raises(RefusedError, match="at most 10 keys"):
        issue(keys, payroll, ben)
    later = NOW + MONTH
    clients.issue_secret(keys.randomness, CELL, payroll, MONTH, by=ben, at=later)


@pytest.mark.parametrize(
    "jwk",
    [
        "",
        "[]",
        '{"kty": "oct", "k": "c2VjcmV0"}',
        json.dumps(ECKey.generate_key("P-384").as_dict(private=False)),
        json.dumps(ECKey.generate_key("P-256").as_dict(private=True)),
        json.dumps(OKPKey.generate_key("Ed25519").as_dict(private=False)),
        '{"kty": "RSA", "n": "AQAB", "e": "AQAB"}',
        json.dumps({**RSAKey.generate_key(2048).as_dict(private=False), "n": "AQ"}),
    ],
    # Keys are drawn, so they cannot name their cases.
    ids=["nothing", "list", "shared", "p384", "private", "ed25519", "short", "odd"],
)
def test_what_is_no_good_public_key_is_refused(
    jwk: str, keys: VaultKeys, ben: UUID, payroll: UUID
) -> None:
    with pytest.raises(RefusedError, match="public RSA key of at least 2048 bits or a P-256 key"):
        clients.add_public_key(keys.randomness, CELL, payroll, jwk, MONTH, by=ben, at=NOW)


def test_a_public_key_is_kept_without_what_else_stood_beside_it(
    keys: VaultKeys, ben: UUID, payroll: UUID
) -> None:
    told = {**json.loads(P256), "kid": "k1", "use": "sig", "x5u": "https://keys.example"}
    clients.add_public_key(keys.randomness, CELL, payroll, json.dumps(told), MONTH, by=ben, at=NOW)
    (found,) = clients.public_keys(CELL, payroll, NOW)
    assert set(found.jwk) == {"kty", "crv", "x", "y"}
    assert clients.public_keys(CELL, payroll, NOW + MONTH) == []
