"""The request for a sign-in that a browser carries to the provider. Pure but for the randomness.

What we must know when it comes back (`Pending`) stays with the session of that browser: whoever
brings an answer without it did not ask here.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from lmb.people.oidc.faults import Fault, SignInRefusedError
from lmb.people.oidc.issuers import Issuer
from lmb.people.oidc.levels import acr_values
from lmb.values.clock import fiscal_date
from lmb.values.identifiers import Randomness

SECRET_BYTES = 32
ANSWERED_WITHIN = timedelta(minutes=30)
"""Proofing takes a while: a document is photographed, a letter is not waited for."""

PROOFED_SCOPES = "openid profile address phone social_security_number"
BARE_SCOPES = "openid"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a sign-in must at least be worth. `fresh`: the person shows themselves again now."""

    ial: int = 1
    aal: int = 1
    phishing_resistant: bool = False
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Pending:
    """One request that waits for its answer: the secrets that bind the two, and what was asked."""

    issuer: str
    state: str
    nonce: str
    verifier: str
    asked: Asked
    asked_at: datetime

    def document(self) -> dict[str, Any]:
        """For the session."""
        return {**asdict(self), "asked_at": self.asked_at.isoformat()}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Pending:
        asked_at = datetime.fromisoformat(document["asked_at"])
        return cls(**{**document, "asked": Asked(**document["asked"]), "asked_at": asked_at})

    def check_state(self, given: str, at: datetime) -> None:
        """Raises SignInRefusedError for an answer to another request, or a late one."""
        if not hmac.compare_digest(self.state.encode(), given.encode()):
            raise SignInRefusedError(Fault.STATE)
        if not timedelta() <= at - self.asked_at <= ANSWERED_WITHIN:
            raise SignInRefusedError(Fault.EXPIRED_REQUEST)


@dataclass(frozen=True, slots=True)
class Request:
    """Where to send the browser, and what to remember until it comes back."""

    url: str
    pending: Pending


def ask(
    issuer: Issuer,
    authorization_endpoint: str,
    redirect_uri: str,
    asked: Asked,
    at: datetime,
    randomness: Randomness,
    *,
    language: str,
) -> Request:
    """A request for a sign-in worth what is asked: authorization code with PKCE S256 (RFC 7636).

    Several acr values mean all of them. Identifiers are asked for only with a proofed identity.
    """
    state, nonce, verifier = (_secret(randomness) for _ in range(3))
    words = acr_values(
        issuer.vocabulary,
        asked.ial,
        asked.aal,
        phishing_resistant=asked.phishing_resistant,
        day=fiscal_date(at),
    )
    parameters = {
        "response_type": "code",
        "client_id": issuer.client_id,
        "redirect_uri": redirect_uri,
        "scope": PROOFED_SCOPES if asked.ial > 1 else BARE_SCOPES,
        "acr_values": " ".join(words),
        "state": state,
        "nonce": nonce,
        "code_challenge": _encoded(hashlib.sha256(verifier.encode()).digest()),
        "code_challenge_method": "S256",
        "prompt": "login" if asked.fresh else "select_account",
        "ui_locales": language,
    }
    if asked.fresh:
        parameters["max_age"] = "0"
    separator = "&" if "?" in authorization_endpoint else "?"
    pending = Pending(issuer.name, state, nonce, verifier, asked, at)
    return Request(f"{authorization_endpoint}{separator}{urlencode(parameters)}", pending)


def _secret(randomness: Randomness) -> str:
    return _encoded(randomness(SECRET_BYTES))


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
