"""The pages of signing in: in, out, again, by passkey, password, provider, codes and counter."""

from __future__ import annotations

import base64
import re
from datetime import datetime, timedelta
from secrets import token_bytes
from uuid import UUID

import pytest
from django.utils import timezone
from pytest_django import Settings

from lmb.ledger.service import open_simulated_books
from lmb.people import queries, security
from lmb.people.acting import Acting
from lmb.people.models import Account, Membership, Organisation, Proofing, SignIn
from lmb.people.oidc import ClientKey, Issuer, Redeemer
from lmb.people.queries import acting_as_self
from lmb.people.roles import Role
from lmb.people.sessions import house
from lmb.people.sign_in.code_generator import digits_of
from lmb.values.clock import SimulatedClock
from tests.people.authenticator import PARTY, SoftwareKey
from tests.people.practice import rsa_key
from tests.people.support import ANA, sure
from tests.web.support import words
from tests.web.visitors import (
    HOST,
    Browser,
    answer_of,
    by_provider,
    made,
    opens_account,
    options,
    shown_number,
    signs_in,
    used,
)

LONG = "mi perro come tacos verdes"


@pytest.fixture(autouse=True)
def books(fresh_database: object, settings: Settings) -> int:
    """Empty books, and a provider to practise with."""
    settings.ALLOWED_HOSTS = [HOST]
    settings.PERSONAS = True
    settings.VAULT_KEYS = "tests.web.visitors.keys"
    return open_simulated_books("sign-in", SimulatedClock(timezone.now())).cell


@pytest.fixture
def browser() -> Browser:
    return Browser()


@pytest.fixture
def key() -> SoftwareKey:
    return SoftwareKey(b"a passkey")


def is_in(browser: Browser) -> bool:
    return browser.get("/devices/").status_code == 200


def person_of(number: str) -> Acting:
    found = queries.person_of_identity("urn:lmb:sign-in", number)
    assert found is not None
    return acting_as_self(*found, sure(timezone.now()))


def seat_of(number: str, kind: str, role: Role, state: str | None = None) -> Acting:
    """Somebody who signed up, as a member of an organisation."""
    by, at = person_of(number), timezone.now()
    body, seat = UUID(bytes=token_bytes(16)), UUID(bytes=token_bytes(16))
    known = {"cell": by.cell, "recorded_at": at}
    with house():
        Organisation.objects.create(
            id=body,
            kind=kind,
            code=str(body),
            name=kind,
            state=state,
            recorded_by=by.person,
            **known,
        )
        Membership.objects.create(
            id=seat,
            person=by.person,
            organisation=body,
            role=role,
            administers=False,
            starts_at=at,
            granted_by=by.person,
            **known,
        )
    return queries.acting_as_member(by.cell, by.person, seat, by.assurance)


# ── passkeys ──


def test_somebody_new_opens_an_account_by_passkey_and_comes_back_with_it(
    browser: Browser, key: SoftwareKey
) -> None:
    number = opens_account(browser, key)
    assert is_in(browser)
    assert "Firefox, Android" in words(browser.sees("/devices/"))
    another = Browser()
    assert not is_in(another)
    response = signs_in(another, key, number)
    assert (response.status_code, is_in(another)) == (302, True)
    # A challenge is answered once.
    again = Browser()
    page = again.sees("/sign-in/")
    form = used(key, number, page)
    assert again.sends("/sign-in/passkey/", form).status_code == 302
    again.sends("/sign-out/")
    assert again.sends("/sign-in/passkey/", form).status_code == 403
    assert not is_in(again)


def test_a_passkey_is_asked_for_with_its_user_verified_and_for_this_name(browser: Browser) -> None:
    asked = options(browser.sees("/sign-in/"))
    assert asked["rpId"] == HOST
    assert asked["userVerification"] == "required"
    browser.sees("/sign-in/new/")
    browser.sends("/sign-in/new/", {"state": "MD", "board": "Baltimore"})
    asked = options(browser.sees("/sign-in/new/way/"))
    assert asked["authenticatorSelection"]["residentKey"] == "required"
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert asked["attestation"] == "none"


def test_what_is_wrong_with_a_passkey_is_told_to_nobody(browser: Browser, key: SoftwareKey) -> None:
    number = opens_account(Browser(), key)
    said = set()
    for form in (
        {"answer": ""},
        {"answer": "{"},
        {"answer": "[]"},
        {"answer": "{}"},
        {"answer": "[" * 50_000},
        {"answer": "x" * 70_000},
        used(SoftwareKey(b"unknown"), number, browser.sees("/sign-in/")),
        used(key, number, browser.sees("/sign-in/"), origin="https://evil.example"),
    ):
        browser.sees("/sign-in/")
        response = browser.sends("/sign-in/passkey/", form)
        assert response.status_code == 403
        said.add(re.sub(r"data-options=\S+|value=\S+", "", response.content.decode()))
    assert "You are not signed in. Check what you typed" in words(next(iter(said)))
    assert len({words(page) for page in said}) == 1
    assert not is_in(browser)


# ── sessions ──


def test_a_session_fixed_beforehand_gains_nothing(browser: Browser, key: SoftwareKey) -> None:
    number = opens_account(Browser(), key)
    browser.sees("/sign-in/")
    fixed = browser.cookies["lmb_session"].value
    signs_in(browser, key, number)
    assert browser.cookies["lmb_session"].value != fixed
    thief = Browser()
    thief.cookies["lmb_session"] = fixed
    assert not is_in(thief)


def test_the_token_of_forms_changes_with_who_is_there(browser: Browser, key: SoftwareKey) -> None:
    number = opens_account(Browser(), key)
    browser.sees("/sign-in/")
    before = browser.cookies["csrftoken"].value
    signs_in(browser, key, number)
    assert browser.cookies["csrftoken"].value != before


def test_a_form_from_elsewhere_does_nothing(browser: Browser, key: SoftwareKey) -> None:
    opens_account(browser, key)
    forged = {"Origin": "https://evil.example"}
    for address in (
        "/sign-in/passkey/",
        "/sign-in/password/",
        "/sign-in/recover/",
        "/sign-in/new/",
        "/sign-in/new/passkey/",
        "/sign-in/new/password/",
        "/sign-in/at/practice/",
        "/sign-out/",
        "/devices/sessions/end/",
        "/devices/passkeys/",
        "/devices/password/",
        "/devices/password/remove/",
        "/devices/app/",
        "/devices/app/remove/",
        "/devices/recovery-codes/",
        "/counter-code/",
    ):
        token = {"csrfmiddlewaretoken": browser.cookies["csrftoken"].value}
        assert browser.post(address, token, headers=forged).status_code == 403, address
        assert browser.post(address, {}).status_code == 403, address
    assert is_in(browser)


def test_people_see_where_they_are_signed_in_and_end_it(key: SoftwareKey) -> None:
    one, other, third = Browser(), Browser(), Browser()
    number = opens_account(one, key)
    signs_in(other, key, number)
    signs_in(third, key, number)
    page = one.sees("/devices/")
    assert "You are signed in on 3 devices." in words(page)
    (session, _) = re.findall(r'name="session" value="([^"]+)"', page)
    one.sends("/devices/sessions/end/", {"session": session})
    assert [is_in(browser) for browser in (one, other, third)].count(True) == 2
    one.sends("/devices/sessions/end/")
    assert [is_in(browser) for browser in (one, other, third)] == [True, False, False]


def test_nobody_ends_anothers_session(browser: Browser, key: SoftwareKey) -> None:
    opens_account(browser, key)
    stranger = Browser()
    number = opens_account(stranger, SoftwareKey(b"stranger"))
    signs_in(Browser(), SoftwareKey(b"x"), number)
    (own,) = re.findall(r'session" value="([^"]+)"', stranger.sees("/devices/")) or [""]
    browser.sends("/devices/sessions/end/", {"session": own})
    assert is_in(stranger)


# ── passwords, apps, recovery ──


def test_password_app_and_recovery_from_the_first_page_to_the_hold(browser: Browser) -> None:
    browser.sees("/sign-in/new/")
    browser.sends("/sign-in/new/", {"state": "MD", "board": "Baltimore"})
    browser.sees("/sign-in/new/way/")
    for password, again, reason in (
        ("short", "short", "Use at least 15 characters"),
        ("passwordpassword", "passwordpassword", "Many people use this password"),
        (LONG, LONG + "x", "The two passwords differ"),
    ):
        response = browser.sends("/sign-in/new/password/", {"password": password, "again": again})
        assert reason in words(response.content.decode())
    response = browser.sends("/sign-in/new/password/", {"password": LONG, "again": LONG})
    number = shown_number(response.content.decode())
    page = browser.sees("/devices/app/")
    held = re.search(r'name="handed_out" value="([^"]+)"', page)
    secret = re.search(r'<code tabindex="0">([A-Z2-7 ]+)</code>', page)
    assert held is not None
    assert secret is not None
    wrong = browser.sends("/devices/app/", {"handed_out": held[1], "code": "000000"})
    assert "These are not the digits of now" in words(wrong.content.decode())
    right = {"handed_out": held[1], "code": digits(secret[1])}
    assert browser.sends("/devices/app/", right).status_code == 303
    browser.sends("/sign-out/")
    browser.sees("/sign-in/password/")
    tried = {"number": number, "password": LONG, "code": ""}
    refused = browser.sends("/sign-in/password/", tried)
    assert refused.status_code == 403
    assert LONG not in refused.content.decode()
    later = timezone.now() + timedelta(seconds=30)
    entered = browser.sends("/sign-in/password/", {**tried, "code": digits(secret[1], later)})
    assert entered.status_code == 302
    codes = re.findall(
        r"<code>([\w-]{29})</code>",
        browser.sends("/devices/recovery-codes/").content.decode(),
    )
    assert len(codes) == 10
    assert codes[0] not in browser.sees("/devices/")
    elsewhere = Browser()
    elsewhere.sees("/sign-in/recover/")
    form = {"number": number, "first": codes[0], "second": codes[1]}
    assert elsewhere.sends("/sign-in/recover/", form).status_code == 302
    # Whoever has the lost device is out, and nothing is paid.
    assert (is_in(elsewhere), is_in(browser)) == (True, False)
    by = person_of(number)
    with house():
        until = security.held_until(by.cell, by.person, timezone.now())
    assert until is not None
    assert until - timezone.now() > timedelta(hours=71)
    assert "Somebody signed in with your recovery codes" in words(elsewhere.sees("/devices/"))


def digits(secret: str, at: datetime | None = None) -> str:
    """What an app with a secret shows."""
    text = secret.replace(" ", "")
    moment = at or timezone.now()
    return digits_of(base64.b32decode(text), int(moment.timestamp()) // 30)


def test_too_many_tries_are_told_with_how_long_to_wait(browser: Browser) -> None:
    browser.sees("/sign-in/password/")
    form = {"number": "1000000008", "password": "x"}
    statuses = [browser.sends("/sign-in/password/", form).status_code for _ in range(11)]
    assert statuses == [403] * 10 + [429]
    said = words(browser.sends("/sign-in/password/", form).content.decode())
    assert "Wait 15 minutes" in said


def test_an_app_is_not_set_up_with_a_secret_of_somebody_else(
    browser: Browser, key: SoftwareKey
) -> None:
    opens_account(browser, key)
    stranger = Browser()
    opens_account(stranger, SoftwareKey(b"stranger"))
    page = stranger.sees("/devices/app/")
    held = re.search(r'name="handed_out" value="([^"]+)"', page)
    secret = re.search(r'<code tabindex="0">([A-Z2-7 ]+)</code>', page)
    assert held is not None
    assert secret is not None
    browser.sees("/devices/app/")
    form = {"handed_out": held[1], "code": digits(secret[1])}
    assert browser.sends("/devices/app/", form).status_code == 200
    assert "Set up an app" in words(browser.sees("/devices/"))


# ── identity providers ──


def test_somebody_comes_by_a_provider_and_proves_more_when_asked(browser: Browser) -> None:
    browser.sees("/sign-in/")
    # Unknown here: where they live is asked first.
    response = by_provider(browser, "practice-ana")
    assert response["Location"] == "/sign-in/new/"
    browser.sends("/sign-in/new/", {"state": "MD", "board": "Baltimore"})
    response = by_provider(browser, "practice-ana")
    assert response.status_code == 302
    assert "Your identity is not proved yet" in words(browser.sees("/devices/"))
    with house():
        assert SignIn.objects.get().acr == "urn:acr.login.gov:auth-only"
    page = browser.sees("/sign-in/?again=1&for=commit-credits&next=/devices/")
    assert "For this step you first prove who you are" in words(page)
    response = by_provider(browser, "practice-ana", "commit-credits")
    assert (response.status_code, response["Location"]) == (302, "/devices/")
    assert "Your identity is proved." in words(browser.sees("/devices/"))
    with house():
        newest = SignIn.objects.order_by("-recorded_at").first()
    assert newest is not None
    assert (newest.acr, newest.ial, newest.aal) == ("urn:acr.login.gov:verified", 2, 2)


def test_an_answer_counts_once_and_in_the_browser_that_asked(browser: Browser) -> None:
    browser.sees("/sign-in/")
    asked = browser.sends("/sign-in/at/practice/")
    there = asked["Location"].removeprefix(PARTY.origin)
    browser.sees(there)
    back = browser.sends(there, {"subject": "practice-ana"})["Location"].removeprefix(PARTY.origin)
    thief = Browser()
    thief.sees("/sign-in/")
    stolen = thief.get(back)
    assert (stolen.status_code, is_in(thief)) == (403, False)
    said = words(stolen.content.decode())
    forged = browser.get("/sign-in/at/practice/answer/?code=x&state=y")
    assert (forged.status_code, words(forged.content.decode())) == (403, said)
    replayed = browser.get(back)
    assert (replayed.status_code, words(replayed.content.decode())) == (403, said)
    assert answer_of(asked)["code_challenge_method"] == "S256"


def test_whoever_cannot_prove_who_they_are_is_led_to_a_counter(browser: Browser) -> None:
    browser.sees("/sign-in/new/")
    browser.sends("/sign-in/new/", {"state": "MD", "board": "Baltimore"})
    by_provider(browser, "practice-ben")
    browser.sees("/sign-in/?again=1&for=commit-credits")
    response = by_provider(browser, "practice-ben", "commit-credits")
    assert response.status_code == 403
    said = words(response.content.decode())
    assert "Your identity was not proved online" in said
    assert "Get a code for a counter" in said
    assert is_in(browser)


def test_a_second_account_of_the_same_person_waits_and_is_told_nothing(browser: Browser) -> None:
    for subject in ("practice-ana", "practice-ana-again"):
        visitor = Browser()
        visitor.sees("/sign-in/new/")
        visitor.sends("/sign-in/new/", {"state": "MD", "board": "Baltimore"})
        by_provider(visitor, subject)
        visitor.sees("/sign-in/?again=1&for=commit-credits&next=/devices/")
        response = by_provider(visitor, subject, "commit-credits")
        assert response.status_code == 302
    with house():
        second = SignIn.objects.filter(subject="practice-ana-again").first()
        first = SignIn.objects.filter(subject="practice-ana").first()
    assert first is not None
    assert second is not None
    assert first.person != second.person
    assert queries.waits_for_review(second.cell, second.person)
    assert not queries.waits_for_review(first.cell, first.person)


def test_a_provider_is_added_by_somebody_who_just_showed_their_passkey(
    browser: Browser, key: SoftwareKey
) -> None:
    number = opens_account(browser, key)
    assert '<input type="hidden" name="next" value="/devices/">' in browser.sees("/devices/")
    response = by_provider(browser, "practice-ana", "commit-credits")
    assert response.status_code == 302
    person = person_of(number)
    assert queries.identity_level(person.cell, person.person) == 2
    assert "Practice" in words(browser.sees("/devices/"))
    stranger = Browser()
    opens_account(stranger, SoftwareKey(b"stranger"))
    taken = by_provider(stranger, "practice-ana", "commit-credits")
    assert taken.status_code == 403
    assert "Somebody else is signed in here" in words(taken.content.decode())


def test_an_unknown_provider_and_the_practice_where_nothing_is_tried_out_are_not_there(
    browser: Browser, settings: Settings
) -> None:
    browser.sees("/sign-in/")
    assert browser.sends("/sign-in/at/nobody/").status_code == 404
    settings.PERSONAS = False
    assert browser.sends("/sign-in/at/practice/").status_code == 404
    assert browser.get("/practice/authorize").status_code == 404
    assert "Practice" not in words(browser.sees("/sign-in/"))


class Unreachable:
    """A network on which nobody answers."""

    def get(self, url: str, headers: object) -> bytes:
        raise OSError("no route")

    def post(self, url: str, form: object) -> bytes:
        raise OSError("no route")


class Abroad:
    """An installation with one provider, elsewhere."""

    def issuers(self, origin: str) -> dict[str, Issuer]:
        return {"abroad": Issuer("abroad", "Abroad", "https://idp.example/", "urn:a", "login.gov")}

    def redeemer(self, name: str, origin: str) -> Redeemer:
        key = ClientKey(rsa_key("client"))
        return Redeemer(Unreachable(), self.issuers(origin)[name], key, token_bytes)


def test_forms_may_lead_to_a_provider_elsewhere_and_one_that_is_down_loses_nothing(
    browser: Browser, settings: Settings
) -> None:
    settings.IDENTITY_PROVIDERS = "tests.web.test_sign_in.Abroad"
    settings.PERSONAS = False
    policy = browser.get("/sign-in/").headers["Content-Security-Policy"]
    assert "form-action 'self' https://idp.example;" in f"{policy};"
    response = browser.sends("/sign-in/at/abroad/")
    assert response.status_code == 403
    assert "Start again" in words(response.content.decode())


def test_the_practice_page_refuses_a_request_that_is_not_ours(browser: Browser) -> None:
    response = browser.get("/practice/authorize", {"client_id": "another"})
    assert response.status_code == 400
    assert "not in order" in words(response.content.decode())


# ── again, and onward ──


def test_after_signing_in_one_is_where_one_wanted_and_never_elsewhere(
    browser: Browser, key: SoftwareKey
) -> None:
    number = opens_account(Browser(), key)
    for wanted, came in (
        ("/devices/", "/devices/"),
        ("https://evil.example/", "/wallet/"),
        ("//evil.example/", "/wallet/"),
        ("/\\evil.example/", "/wallet/"),
    ):
        visitor = Browser()
        page = visitor.get("/sign-in/", {"next": wanted}).content.decode()
        response = visitor.sends("/sign-in/passkey/", used(key, number, page))
        assert response["Location"] == came


def test_showing_again_keeps_the_role_and_refuses_another_person(
    browser: Browser, key: SoftwareKey, books: int
) -> None:
    number = opens_account(browser, key)
    treasury = seat_of(number, "agency", Role.TREASURY)
    browser.sees("/acting/")
    browser.sends("/acting/", {"capacity": f"membership:{treasury.membership}"})
    page = browser.sees("/sign-in/?again=1")
    browser.sends("/sign-in/passkey/", used(key, number, page))
    assert "You act as: Treasury" in words(browser.sees("/devices/"))
    other = SoftwareKey(b"other")
    theirs = opens_account(Browser(), other)
    page = browser.sees("/sign-in/?again=1")
    refused = browser.sends("/sign-in/passkey/", used(other, theirs, page))
    assert refused.status_code == 403
    assert "Somebody else is signed in here" in words(refused.content.decode())


def test_an_old_session_changes_nothing_before_it_showed_again_that_it_is_them(
    browser: Browser, key: SoftwareKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = opens_account(browser, key)
    later = timezone.now() + timedelta(minutes=6)
    monkeypatch.setattr(timezone, "now", lambda: later)
    for address in ("/devices/passkeys/", "/devices/password/", "/devices/app/"):
        said = words(browser.sees(address, 403))
        assert "Show again that it is you" in said
    refused = browser.sends("/devices/recovery-codes/")
    assert refused.status_code == 403
    again = re.search(r'href="(/sign-in/\?[^"]+)"', refused.content.decode())
    assert again is not None
    page = browser.sees(again[1].replace("&amp;", "&"))
    assert browser.sends("/sign-in/passkey/", used(key, number, page)).status_code == 302
    assert browser.sends("/devices/recovery-codes/").status_code == 200


def test_passkeys_are_added_and_removed(browser: Browser, key: SoftwareKey) -> None:
    number = opens_account(browser, key)
    page = browser.sees("/devices/passkeys/")
    asked = options(page)
    assert len(asked["excludeCredentials"]) == 1
    second = SoftwareKey(b"second")
    assert browser.sends("/devices/passkeys/", made(second, page)).status_code == 303
    assert browser.sends("/devices/passkeys/", {"answer": "{}"}).status_code == 403
    removals = re.findall(r'action="(/devices/passkeys/[^"]+/remove/)"', browser.sees("/devices/"))
    assert len(removals) == 2
    browser.sends(removals[0])
    assert signs_in(Browser(), key, number).status_code == 403
    assert signs_in(Browser(), second, number).status_code == 302


# ── at a counter ──


def test_a_code_goes_from_the_person_to_the_clerk_and_the_identity_is_proved(
    browser: Browser, key: SoftwareKey
) -> None:
    number = opens_account(browser, key)
    browser.sees("/counter-code/")
    shown = browser.sends("/counter-code/").content.decode()
    code = re.search(r'class="big-code">([\w-]{14})<', shown)
    assert code is not None
    clerk = Browser()
    at_counter = opens_account(clerk, SoftwareKey(b"clerk"))
    seat = seat_of(at_counter, "state-board", Role.STATE_BOARD, state="MD")
    assert clerk.get("/counter/").status_code == 403
    clerk.sends("/acting/", {"capacity": f"membership:{seat.membership}"})
    clerk.sees("/counter/")
    form = {"code": code[1], "evidence": ["state-id", "utility-bill"], **ANA}
    for wrong in (
        {**form, "code": "AAAA-AAAA-AAAA"},
        {**form, "evidence": ["utility-bill"]},
        {**form, "ssn": "1"},
    ):
        response = clerk.sends("/counter/", wrong)
        assert response.status_code == 400
        assert ANA["ssn"] not in response.content.decode()
    assert "Recorded" in words(clerk.sends("/counter/", form).content.decode())
    with house():
        assert Proofing.objects.get().evidence == ["state-id", "utility-bill"]
    visitor = Browser()
    signs_in(visitor, key, number)
    assert "Your identity is proved." in words(visitor.sees("/devices/"))


# ── what holds for all of them ──


def test_only_pages_with_passkeys_run_script_and_only_ours(
    browser: Browser, key: SoftwareKey
) -> None:
    def policy(address: str) -> str:
        return str(browser.get(address).headers["Content-Security-Policy"])

    assert "script-src 'self';" in policy("/sign-in/") + ";"
    assert "script-src 'none'" in policy("/sign-in/password/")
    opens_account(browser, key)
    assert "script-src 'self'" in policy("/devices/passkeys/")
    for address in ("/devices/", "/devices/app/", "/counter-code/"):
        assert "script-src 'none'" in policy(address)
        assert browser.get(address).headers["Cache-Control"] == "private, no-store"
    with house():
        assert not Account.objects.exclude(password=None).exists()
