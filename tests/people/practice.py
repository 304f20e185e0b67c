"""A provider to sign in at, and the whole of one sign-in, for tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from urllib.parse import parse_qsl, urlsplit

from joserfc.jwk import RSAKey

from lmb.people.oidc import Asked, ClientKey, Issuer, Pending, Redeemer, ask
from lmb.people.returned import Returned
from lmb.web.practice.persons import PERSONS
from lmb.web.practice.provider import Provider
from tests.people.support import NOW, repeating

URL = "https://practice.example"
LEAST = Asked()
REDIRECT = "https://lmb.example/sign-in/practice/answer/"
ISSUER = Issuer("practice", "Practice", URL, "urn:gov:gsa:openidconnect:sp:lmb", "login.gov")
ANA, SECOND_ANA, BEN = (person.subject for person in PERSONS)


@cache
def rsa_key(name: str) -> RSAKey:
    """A key that all tests share by name: making one takes a while."""
    return RSAKey.generate_key(2048, auto_kid=True)


def provider(
    kind: type[Provider] = Provider, now: Callable[[], datetime] = lambda: NOW
) -> Provider:
    """A provider of some kind that knows us."""
    return kind(
        URL,
        ISSUER.client_id,
        RSAKey.import_key(rsa_key("client").as_dict(private=False)),
        REDIRECT,
        PERSONS,
        now,
        repeating("provider"),
        key=rsa_key("provider"),
    )


@dataclass
class Party:
    """Us: what we ask and what we make of the answer."""

    redeemer: Redeemer

    def ask(self, asked: Asked = LEAST, at: datetime = NOW) -> tuple[dict[str, str], Pending]:
        """What the browser carries there, and what we remember."""
        endpoint = self.redeemer.endpoint("authorization_endpoint", at)
        issuer, draw = self.redeemer.issuer, self.redeemer.randomness
        request = ask(issuer, endpoint, REDIRECT, asked, at, draw, language="en")
        return dict(parse_qsl(urlsplit(request.url).query)), request.pending

    def redeem(self, pending: Pending, code: str, at: datetime = NOW) -> Returned:
        return self.redeemer.redeem(pending, code, REDIRECT, at)


def party(there: Provider, name: str = "party") -> Party:
    return Party(Redeemer(there, ISSUER, ClientKey(rsa_key("client")), repeating(name)))


def code_of(there: Provider, parameters: dict[str, str], subject: str = ANA) -> str:
    """What the browser brings back."""
    address = there.answer(there.read(parameters), subject)
    return dict(parse_qsl(urlsplit(address).query)).get("code", "")
