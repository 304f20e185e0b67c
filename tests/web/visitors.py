"""Browsers of people who sign in, for tests: what they read on a page, and what they answer."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any, cast
from urllib.parse import parse_qsl, urlsplit

from django.http import HttpResponse
from django.test import Client
from fido2.utils import websafe_decode, websafe_encode

from lmb.people.keys import VaultKeys
from lmb.people.receipts import LocalSigner
from tests.people.authenticator import PARTY, SoftwareKey
from tests.people.support import vault_keys
from tests.web.support import words

HOST = PARTY.domain
PHONE = "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"


class Keys:
    """The keys of an installation that lives as long as the tests."""

    vault: VaultKeys = vault_keys("pages")
    receipts = LocalSigner.from_seed(bytes(32))


KEYS = Keys()


def keys() -> Keys:
    """Named by the setting VAULT_KEYS."""
    return KEYS


class Browser(Client):
    """A browser at the site's own name, over https, that checks forms as a real one is made to."""

    def __init__(self, **named: Any) -> None:
        super().__init__(enforce_csrf_checks=True, SERVER_NAME=HOST, **named)

    def generic(self, *args: Any, **named: Any) -> Any:
        return super().generic(*args, **{**named, "secure": True})

    def sees(self, address: str, status: int = 200) -> str:
        """The markup of a page."""
        response = self.get(address)
        assert response.status_code == status, f"{address}: {response.status_code}"
        return response.content.decode()

    def sends(self, address: str, given: dict[str, Any] | None = None) -> HttpResponse:
        """Send a form as the page at hand would: with its token, from this site."""
        token = self.cookies["csrftoken"].value if "csrftoken" in self.cookies else ""
        origin = {"Origin": PARTY.origin, "User-Agent": PHONE}
        sent = {"csrfmiddlewaretoken": token, **(given or {})}
        return cast(HttpResponse, self.post(address, sent, headers=origin))


def options(markup: str) -> dict[str, Any]:
    """What a page asks the browser's passkeys."""
    found = re.search(r'data-options="([^"]+)"', markup)
    assert found is not None, "this page asks for no passkey"
    asked: dict[str, Any] = json.loads(unescape(found[1]))
    return asked


def made(key: SoftwareKey, markup: str) -> dict[str, str]:
    """The form of a page that asks for a new passkey, filled in by a device."""
    return {"answer": json.dumps(key.register(websafe_decode(options(markup)["challenge"])))}


def used(key: SoftwareKey, number: str, markup: str, **how: Any) -> dict[str, str]:
    """The form of a page that asks for a passkey, filled in by a device."""
    answer = key.sign(websafe_decode(options(markup)["challenge"]), **how)
    answer["response"]["userHandle"] = websafe_encode(number.encode())
    return {"answer": json.dumps(answer)}


def opens_account(browser: Browser, key: SoftwareKey) -> str:
    """Open an account by passkey; the number."""
    browser.sees("/sign-in/new/")
    browser.sends("/sign-in/new/", {"state": "MD", "board": "Baltimore"})
    page = browser.sees("/sign-in/new/way/")
    response = browser.sends("/sign-in/new/passkey/", made(key, page))
    assert response.status_code == 200, words(response.content.decode())
    return shown_number(response.content.decode())


def shown_number(markup: str) -> str:
    """The number a page shows."""
    found = re.search(r"\b(\d{3}) (\d{3}) (\d{4})\b", words(markup))
    assert found is not None
    return "".join(found.groups())


def signs_in(browser: Browser, key: SoftwareKey, number: str) -> HttpResponse:
    page = browser.sees("/sign-in/")
    return browser.sends("/sign-in/passkey/", used(key, number, page))


def by_provider(browser: Browser, subject: str, action: str = "") -> HttpResponse:
    """There and back again: the last answer of ours."""
    asked = browser.sends("/sign-in/at/practice/", {"for": action} if action else {})
    assert asked.status_code == 302, words(asked.content.decode())
    there = asked["Location"].removeprefix(PARTY.origin)
    browser.sees(there)
    back = browser.sends(there, {"subject": subject})
    assert back.status_code == 302
    return cast(HttpResponse, browser.get(back["Location"].removeprefix(PARTY.origin)))


def answer_of(response: HttpResponse) -> dict[str, str]:
    """What an address that leads back carries."""
    return dict(parse_qsl(urlsplit(response["Location"]).query))
