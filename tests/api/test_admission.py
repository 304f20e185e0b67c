"""Who is let in: keys, tokens, signatures; and that whatever is wrong has one answer."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.utils import timezone
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from lmb.api import admission, assertions, limits, models
from lmb.people import clients
from lmb.people.models import ApiKey
from lmb.people.roles import Role
from lmb.people.sessions import house
from tests.api.conftest import World
from tests.api.support import ROOT, Registered, get, post, problem
from tests.people.support import repeating

FORM = "application/x-www-form-urlencoded"
ENDPOINT = f"http://testserver{ROOT}/oauth/token"
P256 = ECKey.generate_key("P-256")
RSA = RSAKey.generate_key(2048)


@pytest.fixture
def investor(world: World) -> Registered:
    return world.clients[Role.INVESTOR]


def token(form: str, **headers: str) -> HttpResponse:
    return post("/oauth/token", form.encode(), None, key=None, content_type=FORM, **headers)


def basic(name: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


def given(response: HttpResponse) -> str:
    assert response.status_code == 200, response.content
    assert response["Cache-Control"] == "no-store"
    return str(json.loads(response.content)["access_token"])


def refusal(response: HttpResponse) -> tuple[int, str]:
    document = json.loads(response.content)
    assert response["Content-Type"] == "application/json"
    assert document["detail"] == document["error_description"]
    return response.status_code, document["error"]


def by_secret(client: Registered, scope: str = "") -> str:
    form = "grant_type=client_credentials" + (f"&scope={scope}" if scope else "")
    return given(token(form, Authorization=basic(client.client_id, client.key)))


def test_a_key_and_a_token_stand_for_the_same_client(investor: Registered) -> None:
    by_key = get("/client", investor)
    by_token = get("/client", Authorization=f"Bearer {by_secret(investor)}")
    assert by_key.content == by_token.content
    assert json.loads(by_key.content)["code"] == "north-pension"


def test_a_token_is_narrower_where_it_was_asked_so(investor: Registered) -> None:
    narrow = by_secret(investor, "accounts:read")
    assert get("/accounts", Authorization=f"Bearer {narrow}").status_code == 200
    assert problem(get("/holdings", Authorization=f"Bearer {narrow}")) == "forbidden"
    asked = token(
        "grant_type=client_credentials&scope=work:attest",
        Authorization=basic(investor.client_id, investor.key),
    )
    assert refusal(asked) == (400, "invalid_scope")


def test_of_a_token_only_its_hash_is_kept(investor: Registered) -> None:
    shown = by_secret(investor)
    with house():
        kept = json.dumps(list(models.AccessToken.objects.values()), default=str)
    assert shown.split("_", 3)[3] not in kept


def test_whatever_is_wrong_with_a_credential_has_one_answer(
    world: World, investor: Registered
) -> None:
    other = world.clients[Role.PROVIDER]
    body = investor.key.split("_", 3)[3]
    wrong: list[dict[str, str]] = [
        {"X-API-Key": ""},
        {"X-API-Key": "lmbk_1_000000000000_" + "a" * 43},
        {"X-API-Key": investor.key[:-1] + ("a" if investor.key[-1] != "a" else "b")},
        {"X-API-Key": f"lmbk_{world.cell}_{other.prefix}_{body}"},
        {"X-API-Key": f"lmbk_{world.cell + 1}_{investor.prefix}_{body}"},
        {"X-API-Key": by_secret(investor)},
        {"Authorization": f"Bearer {investor.key}"},
        {"Authorization": investor.key},
        {"Authorization": "Bearer "},
        {"Authorization": basic(investor.client_id, investor.key)},
        {"X-API-Key": investor.key, "Authorization": f"Bearer {by_secret(investor)}"},
    ]
    answers = set()
    for number, headers in enumerate(wrong):
        # A credential that opens nothing is refused where none is needed, too.
        response = get("/bonds" if number % 2 else "/client", None, **headers)
        assert problem(response) == "unauthenticated", headers
        answers.add((response.content, response["WWW-Authenticate"]))
    answers.add((get("/client").content, get("/client")["WWW-Authenticate"]))
    assert len(answers) == 1


@pytest.mark.parametrize("of", ["key", "token"])
def test_what_was_revoked_or_has_expired_opens_nothing(
    of: str, world: World, investor: Registered, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = (
        {"X-API-Key": investor.key}
        if of == "key"
        else {"Authorization": f"Bearer {by_secret(investor)}"}
    )
    assert get("/client", None, **shown).status_code == 200
    now = timezone.now()
    lasts = timedelta(days=30) if of == "key" else timedelta(minutes=15)
    with monkeypatch.context() as later:
        later.setattr(admission, "now", lambda: now + lasts + timedelta(seconds=1))
        assert problem(get("/client", None, **shown)) == "unauthenticated"
    clients.revoke_key(
        world.cell,
        investor.client,
        investor.prefix,
        by=world.administrator,
        because="lost",
        at=now,
    )
    assert problem(get("/client", None, **shown)) == "unauthenticated"


def test_when_a_key_was_last_used_is_known_to_the_minute(investor: Registered) -> None:
    get("/client", investor)
    with house():
        (used,) = models.KeyUse.objects.values_list("last_used_at", flat=True)
    assert abs(used - timezone.now()) < timedelta(minutes=1)


# ── signed assertions ─────────────────────────────────────────────────────────────────────────


@pytest.fixture
def signing(world: World, investor: Registered) -> Registered:
    """The investor's client with two public keys on file."""
    for key in (P256, RSA):
        clients.add_public_key(
            repeating(f"public {key.kid or key.key_type}"),
            world.cell,
            investor.client,
            json.dumps(key.as_dict(private=False)),
            timedelta(days=30),
            by=world.administrator,
            at=timezone.now(),
        )
    return investor


def claims(client: Registered, at: datetime, **changes: Any) -> dict[str, Any]:
    sound = {
        "iss": client.client_id,
        "sub": client.client_id,
        "aud": ENDPOINT,
        "jti": "once",
        "iat": int(at.timestamp()),
        "exp": int(at.timestamp()) + 120,
    }
    return {name: value for name, value in {**sound, **changes}.items() if value is not None}


def signed(content: dict[str, Any], key: Any = P256, algorithm: str = "ES256") -> str:
    return jwt.encode({"alg": algorithm}, content, key)


def assertion(text: str, **more: str) -> HttpResponse:
    fields = {
        "grant_type": "client_credentials",
        "client_assertion_type": assertions.TYPE,
        "client_assertion": text,
        **more,
    }
    return token("&".join(f"{name}={value}" for name, value in fields.items()))


@pytest.mark.parametrize(("key", "algorithm"), [(P256, "ES256"), (RSA, "RS256")])
def test_a_client_signs_for_its_token(key: Any, algorithm: str, signing: Registered) -> None:
    shown = given(assertion(signed(claims(signing, timezone.now()), key, algorithm)))
    assert get("/client", Authorization=f"Bearer {shown}").status_code == 200


def test_an_assertion_is_taken_once(signing: Registered) -> None:
    now = timezone.now()
    first = signed(claims(signing, now))
    assert assertion(first).status_code == 200
    assert refusal(assertion(first)) == (401, "invalid_client")
    again = signed(claims(signing, now, exp=int(now.timestamp()) + 60))
    assert refusal(assertion(again)) == (401, "invalid_client")
    assert assertion(signed(claims(signing, now, jti="twice"))).status_code == 200


WRONG: dict[str, Callable[[Registered, datetime], str]] = {
    "expired": lambda c, at: signed(claims(c, at, exp=int(at.timestamp()) - 1)),
    "lasts too long": lambda c, at: signed(claims(c, at, exp=int(at.timestamp()) + 3600)),
    "lasts for ever": lambda c, at: signed(claims(c, at, exp=None)),
    "not yet": lambda c, at: signed(claims(c, at, nbf=int(at.timestamp()) + 600)),
    "from the future": lambda c, at: signed(claims(c, at, iat=int(at.timestamp()) + 600)),
    "for another server": lambda c, at: signed(claims(c, at, aud="https://elsewhere.example/")),
    "for two servers": lambda c, at: signed(
        claims(c, at, aud=[ENDPOINT, "https://elsewhere.example/"])
    ),
    "for nobody": lambda c, at: signed(claims(c, at, aud=None)),
    "by another": lambda c, at: signed(claims(c, at, iss="1.0")),
    "without a number": lambda c, at: signed(claims(c, at, jti=None)),
    "an empty number": lambda c, at: signed(claims(c, at, jti="")),
    "a long number": lambda c, at: signed(claims(c, at, jti="j" * 129)),
    "an odd moment": lambda c, at: signed(claims(c, at, exp="soon")),
    "an endless moment": lambda c, at: signed(claims(c, at, exp=10**30)),
    "another's key": lambda c, at: signed(claims(c, at), ECKey.generate_key("P-256")),
    "a shared secret": lambda c, at: signed(
        claims(c, at), OctKey.import_key(json.dumps(P256.as_dict(private=False))), "HS256"
    ),
    "unsigned": lambda c, at: (
        ".".join(
            [
                base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
                for part in ({"alg": "none"}, claims(c, at))
            ]
        )
        + "."
    ),
    "no assertion": lambda c, at: "a.b.c",
    "nothing": lambda c, at: "",
    "too long": lambda c, at: signed(claims(c, at, more="x" * 4096)),
    "another's name": lambda c, at: signed(claims(c, at, sub="1.0192ce8b", iss="1.0192ce8b")),
    "nested": lambda c, at: "e30." + base64.urlsafe_b64encode(b"[" * 2000).decode() + ".e30",
}


@pytest.mark.parametrize("wrong", sorted(WRONG))
def test_an_assertion_that_is_not_sound_proves_nothing(wrong: str, signing: Registered) -> None:
    response = assertion(WRONG[wrong](signing, timezone.now()))
    assert refusal(response) == (401, "invalid_client")
    document = json.loads(response.content)
    unknown = token("grant_type=client_credentials", Authorization=basic("1.0", "lmbk_1_0_nothing"))
    assert json.loads(unknown.content) == document


def test_a_revoked_public_key_proves_nothing(world: World, signing: Registered) -> None:
    found = clients.public_keys(world.cell, signing.client, timezone.now())
    with house():
        (prefix,) = ApiKey.objects.filter(
            id__in=[one.admitted.key for one in found if one.jwk["kty"] == "EC"]
        ).values_list("prefix", flat=True)
    clients.revoke_key(
        world.cell,
        signing.client,
        prefix,
        by=world.administrator,
        because="stolen",
        at=timezone.now(),
    )
    response = assertion(signed(claims(signing, timezone.now())))
    assert refusal(response) == (401, "invalid_client")


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ("scope=accounts:read", "invalid_request"),
        ("grant_type=password", "unsupported_grant_type"),
        ("grant_type=client_credentials&grant_type=client_credentials", "invalid_request"),
        ("grant_type=client_credentials&client_assertion=a.b.c", "invalid_request"),
    ],
)
def test_a_request_for_a_token_says_what_is_wrong_with_it(
    world: World, form: str, error: str
) -> None:
    assert refusal(token(form)) == (400, error)


def test_a_client_proves_itself_in_one_way(signing: Registered) -> None:
    response = token(
        f"grant_type=client_credentials&client_assertion={signed(claims(signing, timezone.now()))}"
        f"&client_assertion_type={assertions.TYPE}",
        Authorization=basic(signing.client_id, signing.key),
    )
    assert refusal(response) == (400, "invalid_request")


def test_a_name_that_is_not_the_keys_proves_nothing(world: World, investor: Registered) -> None:
    other = world.clients[Role.PROVIDER]
    form = "grant_type=client_credentials"
    mixed = token(form, Authorization=basic(other.client_id, investor.key))
    assert refusal(mixed) == (401, "invalid_client")
    assert mixed["WWW-Authenticate"] == 'Basic realm="lmb"'
    named = token(
        f"{form}&client_id={other.client_id}",
        Authorization=basic(investor.client_id, investor.key),
    )
    assert refusal(named) == (401, "invalid_client")


def test_a_network_that_tries_credentials_is_told_to_wait(world: World) -> None:
    kinds = [
        problem(get("/client", None, **{"X-API-Key": "guess"}))
        for _ in range(limits.FAILURES.burst)
    ]
    assert set(kinds) == {"unauthenticated"}
    last = get("/client", None, **{"X-API-Key": "guess"})
    assert problem(last) == "rate-limited"
    assert int(last["Retry-After"]) > 0
    asked = token("grant_type=client_credentials")
    assert problem(asked) == "rate-limited"
    assert get("/client", world.clients[Role.INVESTOR]).status_code == 200
