"""Signing in at our own issuer: what lets in, how surely, and what never does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth import hashers

from lmb.people import enrolment, models, queries, security, vault
from lmb.people.assurance import StepUpNeededError
from lmb.people.keys import VaultKeys
from lmb.people.payouts import SecurityEventKind
from lmb.people.returned import Returned
from lmb.people.sign_in import accounts, counter, entering, factors
from lmb.people.sign_in import queries as told
from lmb.people.sign_in.accounts import ISSUER, SignedIn
from lmb.people.sign_in.attempts import TooManyTriesError, Tried, count, limit, network
from lmb.people.sign_in.entering import NotSignedInError
from lmb.people.sign_in.passwords import WeakPasswordError
from lmb.values.errors import ConflictError, InputError, NotFoundError, RefusedError
from tests.people.authenticator import PARTY, PRESENT, SoftwareKey
from tests.people.signing_in import (
    HOME,
    LONG,
    SECRET,
    board,
    digits_at,
    opened_with_passkey,
    signed,
)
from tests.people.support import (
    ANA,
    CELL,
    MARYLAND,
    NOW,
    VIRGINIA,
    as_self,
    returned,
    sure,
    unsure,
)

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def key() -> SoftwareKey:
    return SoftwareKey(b"a passkey of Ana's")


def by_passkey(keys: VaultKeys, key: SoftwareKey, number: str, **how: Any) -> SignedIn:
    challenge = keys.randomness(32)
    answer = signed(key, number, challenge, **how)
    return entering.with_passkey(keys, PARTY, challenge, answer, HOME, LATER)


# ── passkeys ──


def test_a_passkey_opens_an_account_and_lets_in_with_two_factors(
    keys: VaultKeys, key: SoftwareKey
) -> None:
    number, opened = opened_with_passkey(keys, key)
    entered = by_passkey(keys, key, number)
    assert (entered.cell, entered.person) == (opened.cell, opened.person)
    known = entered.assurance
    assert (known.ial, known.aal, known.phishing_resistant) == (1, 2, True)
    assert known.amr == {"hwk", "user"}
    assert (known.authenticated_at, known.device) == (LATER, HOME.device)
    assert queries.person_of_identity(ISSUER, number) == (CELL, opened.person)
    latest = models.SignIn.objects.filter(person=opened.person).order_by("recorded_at").last()
    assert latest is not None
    assert (latest.acr, latest.ial, latest.aal) == ("urn:lmb:acr:passkey", 1, 2)


@pytest.mark.parametrize(
    "how",
    [
        {"origin": "https://lmb.example.evil.example"},
        {"domain": "evil.example"},
        {"flags": PRESENT},
        {"kind": "webauthn.create"},
    ],
    ids=["origin", "domain", "without the user verified", "a registration"],
)
def test_a_passkey_used_elsewhere_or_without_its_user_lets_nobody_in(
    keys: VaultKeys, key: SoftwareKey, how: dict[str, Any]
) -> None:
    number, _ = opened_with_passkey(keys, key)
    with pytest.raises(NotSignedInError):
        by_passkey(keys, key, number, **how)


def test_an_answer_to_another_challenge_or_of_another_key_lets_nobody_in(
    keys: VaultKeys, key: SoftwareKey
) -> None:
    number, _ = opened_with_passkey(keys, key)
    answer = signed(key, number, b"another challenge " * 2)
    stranger = SoftwareKey(key.credential)
    for challenge, given in (
        (b"c" * 32, answer),
        (b"c" * 32, signed(stranger, number, b"c" * 32)),
        (b"c" * 32, signed(key, "1000000008", b"c" * 32)),
        (b"c" * 32, key.sign(b"c" * 32)),
        (b"c" * 32, {}),
        (b"c" * 32, {"response": {"userHandle": 7}}),
        (b"c" * 32, {"response": {"userHandle": "x" * 10_000}}),
    ):
        with pytest.raises(NotSignedInError):
            entering.with_passkey(keys, PARTY, challenge, given, HOME, LATER)


def test_a_copied_or_removed_passkey_lets_nobody_in(keys: VaultKeys, key: SoftwareKey) -> None:
    number, opened = opened_with_passkey(keys, key)
    by_passkey(keys, key, number)
    key.count = 0
    with pytest.raises(NotSignedInError):
        by_passkey(keys, key, number)
    (known,) = told.ways_in(as_self(opened.person)).passkeys
    assert (known.label, known.used_at) == (HOME.device, LATER)
    factors.remove_passkey(keys, as_self(opened.person), known.id, LATER)
    key.count = 10
    with pytest.raises(NotSignedInError):
        by_passkey(keys, key, number)


def test_a_synced_passkey_without_a_counter_goes_on(keys: VaultKeys) -> None:
    key = SoftwareKey(b"synced", counts=False)
    number, _ = opened_with_passkey(keys, key)
    assert by_passkey(keys, key, number) == by_passkey(keys, key, number)


# ── passwords and apps ──


def opened_with_password(keys: VaultKeys) -> tuple[str, UUID]:
    number, opened = accounts.open_with_password(keys, CELL, MARYLAND, LONG, HOME, NOW)
    assert (opened.assurance.aal, opened.assurance.phishing_resistant) == (1, False)
    return number, opened.person


def enter(keys: VaultKeys, number: str, password: str = LONG, code: str = "") -> SignedIn:
    return entering.with_password(keys, number, password, code, HOME, LATER)


def test_a_password_alone_is_one_factor_and_with_the_apps_code_two(keys: VaultKeys) -> None:
    number, person = opened_with_password(keys)
    assert enter(keys, number).assurance.aal == 1
    mine = unsure(as_self(person), aal=1, phishing_resistant=False)
    factors.add_code_generator(keys, mine, SECRET, digits_at(), NOW)
    entered = enter(keys, f" {number[:3]}-{number[3:]} ", code=digits_at(LATER))
    assert (entered.person, entered.assurance.aal) == (person, 2)
    assert entered.assurance.amr == {"pwd", "otp"}
    assert not entered.assurance.phishing_resistant


def test_whatever_is_wrong_the_answer_is_the_same(keys: VaultKeys) -> None:
    number, person = opened_with_password(keys)
    mine = unsure(as_self(person), aal=1, phishing_resistant=False)
    factors.add_code_generator(keys, mine, SECRET, digits_at(), NOW)
    said = set()
    for tried, password, code in (
        (number, "another long password", digits_at(LATER)),
        (number, LONG, ""),
        (number, LONG, "000000"),
        (number, LONG, digits_at()),
        ("1000000008", LONG, ""),
        ("not a number", LONG, ""),
        (number, "x" * 10_000, ""),
    ):
        with pytest.raises(NotSignedInError) as error:
            enter(keys, tried, password, code)
        said.add(str(error.value))
    assert len(said) == 1


def test_digits_are_used_once(keys: VaultKeys) -> None:
    number, person = opened_with_password(keys)
    mine = unsure(as_self(person), aal=1, phishing_resistant=False)
    factors.add_code_generator(keys, mine, SECRET, digits_at(), NOW)
    enter(keys, number, code=digits_at(LATER))
    with pytest.raises(NotSignedInError):
        enter(keys, number, code=digits_at(LATER))


def test_secrets_stand_in_the_database_as_hashes_or_wrapped(keys: VaultKeys) -> None:
    number, person = opened_with_password(keys)
    mine = unsure(as_self(person), aal=1, phishing_resistant=False)
    factors.add_code_generator(keys, mine, SECRET, digits_at(), NOW)
    (account,) = models.Account.objects.filter(number=number)
    assert account.password is not None
    assert account.password.startswith("scrypt$")
    (generator,) = models.CodeGenerator.objects.all()
    assert SECRET not in bytes(generator.wrapped)


def test_an_unknown_number_costs_as_much_work_as_a_known_one(
    keys: VaultKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, _ = opened_with_password(keys)
    hashed: list[str] = []
    make: Callable[..., str] = hashers.make_password
    check: Callable[..., bool] = hashers.check_password

    def made(*args: Any, **named: Any) -> str:
        hashed.append("made")
        return make(*args, **named)

    def checked(*args: Any, **named: Any) -> bool:
        hashed.append("checked")
        return check(*args, **named)

    monkeypatch.setattr(entering, "make_password", made)
    monkeypatch.setattr(entering, "check_password", checked)
    for tried in (number, "1000000008", "nonsense"):
        with pytest.raises(NotSignedInError):
            enter(keys, tried, "another long password")
    assert hashed == ["checked", "made", "made"]


def test_a_weak_password_opens_nothing(keys: VaultKeys) -> None:
    for weak in ("too short", "passwordpassword"):
        with pytest.raises(WeakPasswordError):
            accounts.open_with_password(keys, CELL, MARYLAND, weak, HOME, NOW)
    assert not models.Account.objects.exists()
    assert not models.Person.objects.exists()


# ── tries ──


def test_an_account_is_tried_ten_times_in_a_quarter_of_an_hour(keys: VaultKeys) -> None:
    number, _ = opened_with_password(keys)
    allowed = limit(Tried.ACCOUNT, NOW)
    elsewhere = (replace(HOME, address=f"198.51.100.{host}") for host in range(1, 200))
    for _, where in zip(range(allowed.in_window), elsewhere, strict=False):
        with pytest.raises(NotSignedInError):
            entering.with_password(keys, number, "wrong wrong wrong", "", where, LATER)
    for tried in (number, number):
        with pytest.raises(TooManyTriesError) as error:
            entering.with_password(keys, tried, LONG, "", next(elsewhere), LATER)
        assert error.value.minutes == 15
    at = LATER + allowed.window
    assert entering.with_password(keys, number, LONG, "", HOME, at).assurance.aal == 1


def test_numbers_nobody_has_are_counted_like_others(keys: VaultKeys) -> None:
    for _ in range(limit(Tried.ACCOUNT, NOW).in_window):
        count(keys, Tried.ACCOUNT, "1000000008", NOW)
    with pytest.raises(TooManyTriesError):
        enter(keys, "1000000008")


def test_a_hundred_failures_in_a_row_close_the_password_and_no_other_way(
    keys: VaultKeys, key: SoftwareKey
) -> None:
    number, opened = opened_with_passkey(keys, key)
    factors.set_password(keys, as_self(opened.person), LONG, NOW)
    at = NOW
    for _ in range(100):
        at += timedelta(minutes=2)
        count(keys, Tried.ACCOUNT, number, at)
    at += timedelta(days=1)
    with pytest.raises(TooManyTriesError) as error:
        entering.with_password(keys, number, LONG, "", HOME, at)
    assert error.value.minutes is None
    challenge = keys.randomness(32)
    answer = signed(key, number, challenge)
    entering.with_passkey(keys, PARTY, challenge, answer, HOME, at)
    assert entering.with_password(keys, number, LONG, "", HOME, at).person == opened.person


def test_a_network_is_slowed_whatever_it_tries(keys: VaultKeys, key: SoftwareKey) -> None:
    number, _ = opened_with_passkey(keys, key)
    for _ in range(limit(Tried.NETWORK, NOW).in_window):
        count(keys, Tried.NETWORK, network(HOME.address), NOW)
    with pytest.raises(TooManyTriesError):
        by_passkey(keys, key, number)
    with pytest.raises(TooManyTriesError):
        enter(keys, number)


def test_a_household_of_ipv6_is_one_network() -> None:
    assert network("2001:db8:1:2:3::4") == network("2001:db8:1:2:ffff::1") == "2001:db8:1:2::/64"
    assert network("2001:db8:1:3::1") != network("2001:db8:1:2::1")
    assert network("::ffff:192.0.2.7") == network("192.0.2.7") == "192.0.2.7"
    assert network("nonsense") == "unknown"


def test_what_was_tried_is_named_nowhere(keys: VaultKeys) -> None:
    count(keys, Tried.NETWORK, "192.0.2.7", NOW)
    (row,) = models.Attempt.objects.all()
    assert len(bytes.fromhex(row.bucket)) == 32
    # Old ones are let go as new ones come.
    count(keys, Tried.NETWORK, "192.0.2.8", NOW + timedelta(days=31))
    assert models.Attempt.objects.count() == 1


# ── recovery ──


def test_two_recovery_codes_or_one_beside_the_password_let_in_and_hold_payouts(
    keys: VaultKeys, key: SoftwareKey
) -> None:
    number, opened = opened_with_passkey(keys, key)
    mine = as_self(opened.person)
    factors.set_password(keys, mine, LONG, NOW)
    codes = factors.new_recovery_codes(keys, mine, NOW)
    assert len(set(codes)) == 10
    assert security.held_until(CELL, opened.person, LATER) == NOW + timedelta(hours=24)

    def recover(password: str, *given: str) -> SignedIn:
        return entering.with_recovery_codes(keys, number, password, given, HOME, LATER)

    for password, given in (
        ("", (codes[0],)),
        ("", (codes[0], codes[0])),
        ("", (codes[0], "AAAA-AAAA-AAAA-AAAA-AAAA-AAAA")),
        ("", ()),
        ("another long password", (codes[0],)),
        (LONG, ()),
    ):
        with pytest.raises(NotSignedInError):
            recover(password, *given)
    assert told.ways_in(mine).recovery_codes_left == 10
    recovered = recover("", codes[0].lower(), codes[1])
    assert recovered.person == opened.person
    assert not recovered.assurance.phishing_resistant
    assert security.held_until(CELL, opened.person, LATER) == LATER + timedelta(hours=72)
    with pytest.raises(RefusedError, match="on hold"):
        security.refuse_while_held(CELL, opened.person, LATER)
    with pytest.raises(NotSignedInError):
        recover("", codes[0], codes[1])
    recover(LONG, codes[2])
    assert told.ways_in(mine).recovery_codes_left == 7
    assert told.notices(mine)[0].kind == SecurityEventKind.RECOVERY


def test_after_a_recovery_a_new_passkey_is_made_although_the_old_one_is_lost(
    keys: VaultKeys, key: SoftwareKey
) -> None:
    number, opened = opened_with_passkey(keys, key)
    codes = factors.new_recovery_codes(keys, as_self(opened.person), NOW)
    found = entering.with_recovery_codes(keys, number, "", tuple(codes[:2]), HOME, LATER)
    mine = replace(as_self(opened.person), assurance=found.assurance)
    new, challenge = SoftwareKey(b"a new one"), keys.randomness(32)
    response = new.register(challenge)
    factors.add_passkey(keys, PARTY, mine, challenge, response, "phone", LATER)
    assert by_passkey(keys, new, number).person == opened.person
    late = LATER + timedelta(minutes=6)
    with pytest.raises(StepUpNeededError):
        factors.set_password(keys, mine, LONG, late)


def test_new_codes_take_the_place_of_old_ones(keys: VaultKeys, key: SoftwareKey) -> None:
    number, opened = opened_with_passkey(keys, key)
    old = factors.new_recovery_codes(keys, as_self(opened.person), NOW)
    factors.new_recovery_codes(keys, as_self(opened.person), NOW)
    with pytest.raises(NotSignedInError):
        entering.with_recovery_codes(keys, number, "", tuple(old[:2]), HOME, LATER)


# ── changing how one signs in ──


def test_whoever_has_a_passkey_changes_nothing_without_one(
    keys: VaultKeys, key: SoftwareKey
) -> None:
    _, opened = opened_with_passkey(keys, key)
    weak = unsure(as_self(opened.person), phishing_resistant=False)
    old = replace(as_self(opened.person), assurance=sure(NOW - timedelta(minutes=6)))
    for acting in (weak, old):
        for change in (
            lambda by: factors.set_password(keys, by, LONG, NOW),
            lambda by: factors.new_recovery_codes(keys, by, NOW),
            lambda by: factors.add_code_generator(keys, by, SECRET, digits_at(), NOW),
            lambda by: factors.remove_passkey(keys, by, UUID(int=1), NOW),
            lambda by: enrolment.link(keys, by, returned("another"), NOW),
        ):
            with pytest.raises(StepUpNeededError):
                change(acting)


def test_the_first_second_factor_needs_the_one_there_is_and_the_first_passkey_two(
    keys: VaultKeys,
) -> None:
    _, person = opened_with_password(keys)
    mine = unsure(as_self(person), aal=1, phishing_resistant=False)
    factors.add_code_generator(keys, mine, SECRET, digits_at(), NOW)
    key, challenge = SoftwareKey(b"first"), keys.randomness(32)
    response = key.register(challenge)
    with pytest.raises(StepUpNeededError):
        factors.add_passkey(keys, PARTY, mine, challenge, response, "", NOW)
    two = unsure(as_self(person), aal=2, phishing_resistant=False)
    factors.add_passkey(keys, PARTY, two, challenge, key.register(challenge), "", NOW)
    assert len(told.ways_in(two).passkeys) == 1


def test_nobody_is_left_without_a_way_in(keys: VaultKeys, ana: UUID) -> None:
    _, person = opened_with_password(keys)
    mine = as_self(person)
    with pytest.raises(RefusedError, match="passkey first"):
        factors.remove_password(keys, mine, NOW)
    factors.add_code_generator(keys, mine, SECRET, digits_at(), NOW)
    with pytest.raises(RefusedError, match="needs the app"):
        factors.remove_code_generator(keys, mine, NOW)
    key, challenge = SoftwareKey(b"first"), keys.randomness(32)
    factors.add_passkey(keys, PARTY, mine, challenge, key.register(challenge), "", NOW)
    factors.remove_password(keys, mine, NOW)
    factors.remove_code_generator(keys, mine, NOW)
    ways = told.ways_in(mine)
    assert (ways.password_set_at, ways.generator_since) == (None, None)
    with pytest.raises(NotFoundError):
        factors.remove_code_generator(keys, mine, NOW)
    with pytest.raises(NotFoundError):
        factors.remove_passkey(keys, as_self(ana), ways.passkeys[0].id, NOW)


def test_somebody_from_another_issuer_gets_an_account_with_their_first_passkey(
    keys: VaultKeys, ana: UUID, key: SoftwareKey
) -> None:
    mine = as_self(ana)
    assert told.ways_in(mine).number is None
    number = accounts.account_of(keys.randomness, mine, NOW)
    assert accounts.account_of(keys.randomness, mine, NOW) == number
    challenge = keys.randomness(32)
    factors.add_passkey(keys, PARTY, mine, challenge, key.register(challenge), "", NOW)
    entered = by_passkey(keys, key, number)
    # Proofed by the other issuer; that stands on file with it, not with our account.
    assert (entered.person, entered.assurance.ial) == (ana, 2)
    assert models.SignIn.objects.get(issuer=ISSUER, person=ana).ial == 1
    assert told.ways_in(mine).issuers == ("https://idp.example", ISSUER)


def test_another_account_leads_to_oneself_when_one_asks_and_to_nobody_elses(
    keys: VaultKeys, ana: UUID, ben: UUID
) -> None:
    new = replace(returned("ana's second"), identifiers=ANA)
    enrolment.link(keys, as_self(ana), new, NOW)
    assert queries.person_of_identity(new.issuer, new.subject) == (CELL, ana)
    assert not queries.waits_for_review(CELL, ana)
    enrolment.link(keys, as_self(ana), new, NOW)
    with pytest.raises(ConflictError):
        enrolment.link(keys, as_self(ben), new, NOW)
    with pytest.raises(ConflictError):
        enrolment.link(keys, as_self(ben), returned("ana"), NOW)


def test_linking_an_account_of_a_known_person_opens_a_case(
    keys: VaultKeys, ana: UUID, ben: UUID
) -> None:
    new = Returned("https://other.example", "b", "acr", 2, 2, NOW, identifiers=ANA)
    enrolment.link(keys, as_self(ben), new, NOW)
    assert queries.waits_for_review(CELL, ben)


def test_delegates_do_not_change_how_a_person_signs_in(keys: VaultKeys, ana: UUID) -> None:
    acting = replace(as_self(ana), delegation=UUID(int=3))
    with pytest.raises(RefusedError, match="only the person"):
        factors.set_password(keys, acting, LONG, NOW)


# ── at a counter ──


PROVED = {name: ANA[name] for name in ("given_name", "family_name", "birth_date", "ssn")}


def test_a_counter_proofs_who_brings_a_code_and_keeps_types_alone(
    keys: VaultKeys, ben: UUID, key: SoftwareKey
) -> None:
    number, opened = opened_with_passkey(keys, key)
    code, until = counter.new_code(keys, as_self(opened.person), NOW)
    assert until == NOW + timedelta(days=30)
    clerk = board(keys, ben)
    proofing = counter.prove(keys, clerk, code.lower(), ["state-id", "utility-bill"], PROVED, NOW)
    row = models.Proofing.objects.get(id=proofing)
    kept = (row.level, row.path, row.evidence, row.proofed_on, row.organisation)
    assert kept == (
        2,
        "in-person",
        ["state-id", "utility-bill"],
        NOW.date(),
        clerk.organisation,
    )
    assert queries.identity_level(CELL, opened.person) == 2
    assert by_passkey(keys, key, number).assurance.ial == 2
    said = vault.read(keys, as_self(opened.person), [opened.person], ["ssn"], purpose="own", at=NOW)
    assert said[opened.person]["ssn"] == ANA["ssn"].replace("-", "")
    assert told.notices(as_self(opened.person))[0].kind == SecurityEventKind.SIGN_IN_CHANGE


def test_who_is_known_already_waits_although_a_counter_proofed_them(
    keys: VaultKeys, ana: UUID, ben: UUID, key: SoftwareKey
) -> None:
    _, opened = opened_with_passkey(keys, key)
    code, _ = counter.new_code(keys, as_self(opened.person), NOW)
    counter.prove(keys, board(keys, ben), code, ["passport"], PROVED, NOW)
    assert queries.waits_for_review(CELL, opened.person)
    assert not queries.waits_for_review(CELL, ana)


def test_every_code_that_does_not_count_gets_one_answer(
    keys: VaultKeys, ana: UUID, ben: UUID, cleo: UUID
) -> None:
    clerk = board(keys, ben)
    used, _ = counter.new_code(keys, as_self(ana), NOW)
    counter.prove(keys, clerk, used, ["passport"], PROVED, NOW)
    replaced, _ = counter.new_code(keys, as_self(ana), NOW)
    before = NOW - timedelta(days=30)
    expired, _ = counter.new_code(keys, as_self(ana, before), before)
    of_virginia, _ = counter.new_code(keys, as_self(cleo), NOW)
    own, _ = counter.new_code(keys, as_self(ben), NOW)
    said = set()
    for code in (used, replaced, expired, of_virginia, own, "AAAA-AAAA-AAAA", ""):
        with pytest.raises(RefusedError, match="no such code") as error:
            counter.prove(keys, clerk, code, ["passport"], PROVED, NOW)
        said.add(str(error.value))
    assert len(said) == 1
    for tries in range(limit(Tried.COUNTER, NOW).in_window - 8, -1, -1):
        with pytest.raises(RefusedError if tries else TooManyTriesError):
            counter.prove(keys, clerk, "AAAA-AAAA-AAAA", ["passport"], PROVED, NOW)
    virginia = board(keys, ben, VIRGINIA)
    late = NOW + timedelta(minutes=15)
    counter.prove(keys, virginia, of_virginia, ["passport"], PROVED | {"ssn": "078-05-1121"}, late)


@pytest.mark.parametrize(
    "evidence", [[], ["state-id"], ["utility-bill", "student-id"], ["state-id", "state-id"]]
)
def test_too_little_evidence_proves_nothing(
    keys: VaultKeys, ana: UUID, ben: UUID, evidence: list[str]
) -> None:
    code, _ = counter.new_code(keys, as_self(ana), NOW)
    with pytest.raises(RefusedError, match="not enough"):
        counter.prove(keys, board(keys, ben), code, evidence, PROVED, NOW)
    with pytest.raises(RefusedError, match="'library-card'"):
        counter.prove(keys, board(keys, ben), code, ["library-card"], PROVED, NOW)
    assert not models.Proofing.objects.exists()


def test_only_a_board_proofs_and_only_for_oneself_is_a_code_made(
    keys: VaultKeys, ana: UUID, ben: UUID
) -> None:
    clerk = board(keys, ben)
    code, _ = counter.new_code(keys, as_self(ana), NOW)
    with pytest.raises(RefusedError, match="state board"):
        counter.prove(keys, as_self(ben), code, ["passport"], PROVED, NOW)
    with pytest.raises(StepUpNeededError):
        counter.prove(keys, unsure(clerk, aal=1), code, ["passport"], PROVED, NOW)
    with pytest.raises(RefusedError, match="for yourself"):
        counter.new_code(keys, clerk, NOW)
    with pytest.raises(InputError):
        counter.prove(keys, clerk, code, ["passport"], PROVED | {"ssn": "1"}, NOW)
    missing = {name: value for name, value in PROVED.items() if name != "ssn"}
    with pytest.raises(RefusedError, match="ssn is missing"):
        counter.prove(keys, clerk, code, ["passport"], missing, NOW)
