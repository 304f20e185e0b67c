"""Signing in at an identity provider: what it returned, and every way an answer does not count."""

from __future__ import annotations

import base64
import hmac
import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt

from lmb.people.oidc import (
    Asked,
    ClientKey,
    Fault,
    LowerThanAskedError,
    Pending,
    SignInRefusedError,
    read_issuers,
)
from lmb.people.oidc.levels import Levels, acr_values, levels_returned
from lmb.people.oidc.tokens import identity_claims
from lmb.people.returned import LONG_AGO
from lmb.values.errors import EnvironmentProblem
from lmb.web.practice.provider import Grant, Provider, ProviderError
from tests.people.practice import ANA, BEN, ISSUER, URL, code_of, party, provider, rsa_key
from tests.people.support import NOW

DAY = date(2026, 11, 21)
VERIFIED = "urn:acr.login.gov:verified"
AUTH_ONLY = "urn:acr.login.gov:auth-only"
NS = "http://idmanagement.gov/ns/assurance/"
SURE = Asked(ial=2, aal=2, phishing_resistant=True)


def refused(fault: Fault) -> pytest.RaisesExc[SignInRefusedError]:
    return pytest.RaisesExc(SignInRefusedError, check=lambda error: error.fault is fault)


# ── what it is worth ──


def test_what_was_returned_is_kept_to_the_word() -> None:
    there = provider()
    we = party(there)
    parameters, pending = we.ask(SURE)
    returned = we.redeem(pending, code_of(there, parameters))
    assert (returned.issuer, returned.subject) == (URL, ANA)
    assert (returned.acr, returned.ial, returned.aal) == (VERIFIED, 2, 2)
    assert returned.phishing_resistant
    assert returned.amr == {"hwk", "user"}
    assert returned.authenticated_at == NOW.replace(microsecond=0)
    assert returned.verified_at is not None
    assert returned.identifiers["ssn"] == "219-09-9999"
    assert returned.identifiers["postal_code"] == "21230"
    assert "219" not in repr(returned)


def test_without_a_proofed_identity_no_identifier_is_asked_for_or_taken() -> None:
    class Talkative(Provider):
        def claims(self, grant: Grant) -> dict[str, Any]:
            return {**super().claims(grant), "given_name": "Ana", "birthdate": "1990-02-28"}

    there = provider(Talkative)
    we = party(there)
    parameters, pending = we.ask()
    assert parameters["scope"] == "openid"
    returned = we.redeem(pending, code_of(there, parameters))
    assert (returned.ial, returned.aal, returned.identifiers) == (1, 1, {})


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ({"acr": VERIFIED}, Levels(VERIFIED, 2, 1, False)),
        ({"acr": AUTH_ONLY}, Levels(AUTH_ONLY, 1, 1, False)),
        (
            {"acr": VERIFIED, "aal": NS + "aal/2"},
            Levels(VERIFIED, 2, 2, False),
        ),
        (
            {"acr": NS + "aal/2?phishing_resistant=true", "ial": NS + "ial/1"},
            Levels(NS + "aal/2?phishing_resistant=true", 1, 2, True),
        ),
    ],
)
def test_levels_are_those_the_words_state_and_no_higher(
    claims: dict[str, str], expected: Levels
) -> None:
    assert levels_returned("login.gov", claims, DAY) == expected


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"acr": None},
        {"acr": ["urn:acr.login.gov:verified"]},
        {"acr": "urn:acr.login.gov:verified "},
        {"acr": "urn:made-up:ial4"},
        {"acr": VERIFIED, "ial": NS + "ial/1"},
        {"acr": NS + "aal/2"},
        {"acr": VERIFIED, "aal": "AAL2"},
        {"acr": NS + "aal/2", "ial": NS + "ial/2", "aal": NS + "aal/1"},
    ],
)
def test_words_that_nobody_defined_or_that_contradict_count_for_nothing(
    claims: dict[str, Any],
) -> None:
    with refused(Fault.ACR):
        levels_returned("login.gov", claims, DAY)


@given(st.text())
def test_no_made_up_word_gives_a_level(word: str) -> None:
    with refused(Fault.ACR):
        levels_returned("login.gov", {"acr": word}, DAY)


def test_all_levels_are_asked_for_together() -> None:
    words = acr_values("login.gov", 2, 2, phishing_resistant=True, day=DAY)
    assert words == (VERIFIED, NS + "aal/2?phishing_resistant=true")
    assert acr_values("login.gov", 0, 1, phishing_resistant=False, day=DAY) == (AUTH_ONLY,)
    with refused(Fault.ACR):
        acr_values("login.gov", 3, 1, phishing_resistant=False, day=DAY)
    with refused(Fault.ACR):
        acr_values("another", 1, 1, phishing_resistant=False, day=DAY)


def test_less_than_asked_is_told_with_what_to_do() -> None:
    class Lower(Provider):
        def claims(self, grant: Grant) -> dict[str, Any]:
            return {**super().claims(grant), "ial": NS + "ial/1", "aal": NS + "aal/1"}

        def id_token(self, grant: Grant, access_token: str) -> str:
            lower = replace(grant, asked=replace(grant.asked, acr_values=()))
            return super().id_token(lower, access_token)

    for asked, counter in ((Asked(ial=2), True), (Asked(aal=2), False)):
        there = provider(Lower)
        we = party(there)
        parameters, pending = we.ask(asked)
        with pytest.raises(LowerThanAskedError) as error:
            we.redeem(pending, code_of(there, parameters))
        assert error.value.identity_short is counter
        assert ("counter" in str(error.value)) is counter


def test_a_sign_in_without_a_moment_counts_as_old() -> None:
    there = provider(Forging)
    there.forged = {"auth_time": None}  # type: ignore[attr-defined]
    we = party(there)
    parameters, pending = we.ask()
    returned = we.redeem(pending, code_of(there, parameters))
    assert returned.authenticated_at is None
    assert returned.assurance().authenticated_at == LONG_AGO


def test_a_counter_of_ours_adds_to_the_identity_and_to_nothing_else() -> None:
    there = provider()
    we = party(there)
    parameters, pending = we.ask()
    returned = we.redeem(pending, code_of(there, parameters, BEN))
    assert returned.assurance().ial == 1
    assert returned.assurance(proofed_here=2).ial == 2
    assert returned.assurance(proofed_here=2).aal == 1


# ── answers that do not count ──


class Forging(Provider):
    """Says something else in its ID token: a claim, or None to leave it out."""

    forged: dict[str, Any] = {}

    def signed(self, claims: Any) -> str:
        said = {**claims, **self.forged}
        return super().signed({name: value for name, value in said.items() if value is not None})


SECONDS = int(NOW.timestamp())


@pytest.mark.parametrize(
    ("forged", "fault"),
    [
        ({"iss": "https://other.example"}, Fault.ISSUER),
        ({"iss": URL + "/"}, Fault.ISSUER),
        ({"aud": "urn:another:client"}, Fault.AUDIENCE),
        ({"aud": [ISSUER.client_id, "urn:another:client"]}, Fault.AUDIENCE),
        ({"aud": None}, Fault.AUDIENCE),
        ({"azp": "urn:another:client"}, Fault.AUDIENCE),
        ({"nonce": "another request's"}, Fault.NONCE),
        ({"nonce": None}, Fault.NONCE),
        ({"exp": SECONDS - 61}, Fault.EXPIRED),
        ({"exp": None}, Fault.TOKEN),
        ({"exp": "tomorrow"}, Fault.TOKEN),
        ({"exp": 1e300}, Fault.TOKEN),
        ({"exp": True}, Fault.TOKEN),
        ({"iat": SECONDS + 3600}, Fault.NOT_YET_VALID),
        ({"iat": None}, Fault.TOKEN),
        ({"nbf": SECONDS + 3600}, Fault.NOT_YET_VALID),
        ({"auth_time": SECONDS + 3600}, Fault.NOT_YET_VALID),
        ({"at_hash": "another token's"}, Fault.ACCESS_TOKEN),
        ({"sub": "somebody-else"}, Fault.SUBJECT),
        ({"sub": ""}, Fault.SUBJECT),
        ({"sub": "x" * 256}, Fault.SUBJECT),
        ({"sub": 7}, Fault.SUBJECT),
        ({"acr": None}, Fault.ACR),
        ({"acr": VERIFIED}, Fault.ACR),
        ({"amr": "pwd"}, Fault.TOKEN),
    ],
    ids=str,
)
def test_a_token_that_is_not_for_this_request_counts_for_nothing(
    forged: dict[str, Any], fault: Fault
) -> None:
    there = provider(Forging)
    there.forged = forged  # type: ignore[attr-defined]
    we = party(there)
    parameters, pending = we.ask()
    with refused(fault):
        we.redeem(pending, code_of(there, parameters))


def test_all_faults_are_told_in_the_same_words() -> None:
    assert len({str(SignInRefusedError(fault)) for fault in Fault}) == 1


def test_only_the_issuers_own_signature_counts() -> None:
    there = provider()
    keys = json.loads(there.get(f"{URL}/certs", {}))
    claims: dict[str, Any] = {"iss": URL, "aud": ISSUER.client_id, "sub": ANA, "nonce": "n"}
    claims |= {"acr": AUTH_ONLY, "iat": SECONDS, "exp": SECONDS + 60}
    good = there.signed(claims)
    assert identity_claims(good, keys, ISSUER, "n", NOW)["sub"] == ANA
    head, body, signature = good.split(".")
    none = encoded(b'{"alg":"none"}')
    kid = there.key.kid
    stranger = rsa_key("stranger")
    forged = {
        f"{none}.{body}.": Fault.TOKEN,
        f"{none}.{body}.{signature}": Fault.TOKEN,
        f"{head}.{body}.": Fault.SIGNATURE,
        f"{head}.{body}.{signature[:-8]}AAAAAAAA": Fault.SIGNATURE,
        symmetric(kid, body, rsa_key("provider").as_pem(private=False)): Fault.TOKEN,
        jwt.encode({"alg": "RS256", "kid": kid}, claims, stranger, ["RS256"]): Fault.SIGNATURE,
        jwt.encode({"alg": "RS256", "kid": "new"}, claims, stranger, ["RS256"]): Fault.TOKEN,
        jwt.encode({"alg": "PS256", "kid": kid}, claims, there.key, ["PS256"]): Fault.TOKEN,
        "": Fault.TOKEN,
        "a.b": Fault.TOKEN,
        "x" * 20_000: Fault.TOKEN,
    }
    for token, fault in forged.items():
        with refused(fault):
            identity_claims(token, keys, ISSUER, "n", NOW)


def symmetric(kid: str | None, body: str, public_key: bytes) -> str:
    """The public key taken for a shared secret, which everyone has."""
    head = encoded(json.dumps({"alg": "HS256", "kid": kid}).encode())
    return f"{head}.{body}.{encoded(hmac.digest(public_key, f'{head}.{body}'.encode(), 'sha256'))}"


def encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


@given(st.text(max_size=200))
def test_no_text_that_is_not_a_token_breaks_the_reading(token: str) -> None:
    with pytest.raises(SignInRefusedError):
        identity_claims(
            token, {"keys": [rsa_key("provider").as_dict(private=False)]}, ISSUER, "n", NOW
        )


def test_a_code_is_taken_once_in_time_and_with_the_verifier_of_its_request() -> None:
    there = provider()
    we = party(there)
    parameters, pending = we.ask()
    code = code_of(there, parameters)
    with refused(Fault.EXCHANGE):
        we.redeem(replace(pending, verifier="another browser's"), code)
    parameters, pending = we.ask()
    code = code_of(there, parameters)
    assert we.redeem(pending, code).subject == ANA
    with refused(Fault.EXCHANGE):
        we.redeem(pending, code)
    parameters, pending = we.ask()
    code = code_of(there, parameters)
    there.now = lambda: NOW + timedelta(minutes=2)
    with refused(Fault.EXCHANGE):
        we.redeem(pending, code)


def test_an_answer_belongs_to_the_request_of_this_browser() -> None:
    _, pending = party(provider()).ask()
    pending.check_state(pending.state, NOW)
    with refused(Fault.STATE):
        pending.check_state("another", NOW)
    with refused(Fault.STATE):
        pending.check_state("", NOW)
    with refused(Fault.EXPIRED_REQUEST):
        pending.check_state(pending.state, NOW + timedelta(minutes=31))
    with refused(Fault.STATE):
        party(provider()).redeem(replace(pending, issuer="another"), "code")


def test_what_waits_comes_back_from_the_session_as_it_was() -> None:
    _, pending = party(provider()).ask(SURE)
    assert Pending.from_document(json.loads(json.dumps(pending.document()))) == pending


def test_no_two_requests_share_a_secret() -> None:
    we = party(provider())
    asked = [we.ask()[0] for _ in range(3)]
    for name in ("state", "nonce", "code_challenge"):
        assert len({parameters[name] for parameters in asked}) == 3
        assert all(len(parameters[name]) == 43 for parameters in asked)


def test_a_step_up_asks_for_the_person_again_and_believes_no_older_sign_in() -> None:
    there = provider(Forging)
    we = party(there)
    parameters, pending = we.ask(Asked(fresh=True))
    assert (parameters["prompt"], parameters["max_age"]) == ("login", "0")
    there.forged = {"auth_time": SECONDS - 3600}  # type: ignore[attr-defined]
    with refused(Fault.STALE):
        we.redeem(pending, code_of(there, parameters))
    parameters, pending = we.ask()
    assert parameters["prompt"] == "select_account"
    assert we.redeem(pending, code_of(there, parameters)).subject == ANA


def test_we_show_ourselves_by_our_key_for_this_endpoint_once() -> None:
    there = provider()
    we = party(there)
    parameters, pending = we.ask()
    we.redeem(pending, code_of(there, parameters))
    stranger = party(there, "stranger")
    stranger.redeemer.key = ClientKey(rsa_key("stranger"))
    parameters, pending = stranger.ask()
    with refused(Fault.EXCHANGE):
        stranger.redeem(pending, code_of(there, parameters))
    # The same draw of randomness makes the same identifier of the assertion: a replay.
    again = party(there)
    parameters, pending = again.ask()
    with refused(Fault.EXCHANGE):
        again.redeem(pending, code_of(there, parameters))


# ── the provider's documents ──


class Odd(Provider):
    """Tells something else in its own description."""

    told: dict[str, Any] = {}

    def metadata(self) -> dict[str, Any]:
        return {**super().metadata(), **self.told}


@pytest.mark.parametrize(
    ("told", "fault"),
    [
        ({"issuer": "https://other.example"}, Fault.ISSUER),
        ({"authorization_endpoint": None}, Fault.DOCUMENTS),
        ({"authorization_endpoint": "http://practice.example/authorize"}, Fault.DOCUMENTS),
        ({"authorization_endpoint": "javascript:alert(1)"}, Fault.DOCUMENTS),
        ({"authorization_endpoint": 7}, Fault.DOCUMENTS),
    ],
)
def test_documents_that_are_not_the_issuers_are_not_followed(
    told: dict[str, Any], fault: Fault
) -> None:
    there = provider(Odd)
    there.told = told  # type: ignore[attr-defined]
    with refused(fault):
        party(there).ask()


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff", b"[" * 100_000])
def test_a_provider_that_answers_nonsense_is_refused(content: bytes) -> None:
    class Broken(Provider):
        def get(self, url: str, headers: object) -> bytes:
            return content

    with refused(Fault.DOCUMENTS):
        party(provider(Broken)).ask()


def test_keys_that_changed_meanwhile_are_read_again() -> None:
    there = provider()
    we = party(there)
    parameters, pending = we.ask()
    we.redeem(pending, code_of(there, parameters))
    there.key = rsa_key("next")
    parameters, pending = we.ask()
    assert we.redeem(pending, code_of(there, parameters)).subject == ANA


def test_the_provider_to_practise_with_is_strict_too() -> None:
    there = provider()
    parameters, _ = party(there).ask()
    for name in ("client_id", "redirect_uri", "response_type", "code_challenge_method", "state"):
        with pytest.raises(ProviderError, match=name):
            there.read({**parameters, name: "x"})
    for url in (f"{URL}/nothing", f"{URL}/userinfo"):
        with pytest.raises(OSError, match=r"40[14]"):
            there.get(url, {})
    with pytest.raises(OSError, match="404"):
        there.post(f"{URL}/nothing", {})


# ── installation data ──


def test_several_issuers_are_data() -> None:
    text = """
        [issuers.login-gov]
        title = "Login.gov"
        url = "https://idp.example/"
        client_id = "urn:a"
        vocabulary = "login.gov"
        [issuers.maryland]
        title = "MyMaryland"
        url = "https://id.example"
        client_id = "lmb"
        vocabulary = "login.gov"
    """
    issuers = read_issuers(text)
    assert list(issuers) == ["login-gov", "maryland"]
    assert issuers["login-gov"].discovery_url == (
        "https://idp.example/.well-known/openid-configuration"
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "issuers = 1",
        "[issuers.a]\ntitle = 'A'",
        "[issuers.a]\ntitle='A'\nurl='http://a.example'\nclient_id='c'\nvocabulary='login.gov'",
        "[issuers.'A b']\ntitle='A'\nurl='https://a.example'\nclient_id='c'\nvocabulary='v'",
    ],
)
def test_a_list_of_issuers_that_cannot_be_trusted_is_not_used(text: str) -> None:
    with pytest.raises(EnvironmentProblem, match="issuer"):
        read_issuers(text)


def test_our_key_is_private_rsa_and_long_enough() -> None:
    pem = rsa_key("client").as_pem(private=True)
    assert ClientKey.from_pem(pem).key.thumbprint() == rsa_key("client").thumbprint()
    for bad in (b"", b"nonsense", rsa_key("client").as_pem(private=False)):
        with pytest.raises(EnvironmentProblem, match="RSA"):
            ClientKey.from_pem(bad)
    assert "key=" not in repr(ClientKey(rsa_key("client")))
