"""The provider itself: the strict other side of `lmb.people.oidc`, and its network. Pure but for
the time and randomness handed in; what it remembers, it remembers in memory.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, RSAKey

from lmb.people.oidc.tokens import ALGORITHMS, ASSERTION_TYPE
from lmb.values.identifiers import Randomness

CODE_LASTS = timedelta(minutes=1)
TOKEN_LASTS = timedelta(minutes=15)
REMEMBERED_MAX = 1_000
"""Codes, tokens and assertions kept; the oldest is forgotten first."""

IAL = {1: "urn:acr.login.gov:auth-only", 2: "urn:acr.login.gov:verified"}
IAL_CLAIM = "http://idmanagement.gov/ns/assurance/ial/{}"
AAL_CLAIM = "http://idmanagement.gov/ns/assurance/aal/{}"
PHISHING_RESISTANT = "?phishing_resistant=true"


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who does not exist. `ial` is what they can prove, `claims` what a proofing says."""

    subject: str
    title: str
    ial: int
    claims: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """An authorization request that was read and is in order."""

    redirect_uri: str
    state: str
    nonce: str
    challenge: str
    acr_values: tuple[str, ...]

    @property
    def ial(self) -> int:
        return max((level for level, word in IAL.items() if word in self.acr_values), default=1)

    @property
    def phishing_resistant(self) -> bool:
        return any(word.endswith(PHISHING_RESISTANT) for word in self.acr_values)

    @property
    def aal(self) -> int:
        return 2 if any("/aal/2" in word for word in self.acr_values) else 1


@dataclass(frozen=True, slots=True)
class Grant:
    """What a code or an access token stands for."""

    account: Account
    asked: Asked
    at: datetime


class ProviderError(Exception):
    """A request that is not in order. The message goes to whoever develops."""


@dataclass
class Provider:
    """One issuer for one client. As an `Http` it is the network between the two."""

    url: str
    client_id: str
    client_key: RSAKey
    redirect_uri: str
    accounts: tuple[Account, ...]
    now: Callable[[], datetime]
    randomness: Randomness
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, auto_kid=True))
    codes: dict[str, Grant] = field(default_factory=dict)
    tokens: dict[str, Grant] = field(default_factory=dict)
    assertions: dict[str, datetime] = field(default_factory=dict)

    # ── what the browser sees ──

    def read(self, parameters: Mapping[str, str]) -> Asked:
        """An authorization request. Raises ProviderError naming what is wrong."""
        expected = {
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "response_type": "code",
            "code_challenge_method": "S256",
        }
        for name, value in expected.items():
            if parameters.get(name) != value:
                raise ProviderError(f"{name} must be {value}")
        for name in ("state", "nonce", "code_challenge"):
            if len(parameters.get(name, "")) < 22:
                raise ProviderError(f"{name} must have 22 characters or more")
        return Asked(
            self.redirect_uri,
            parameters["state"],
            parameters["nonce"],
            parameters["code_challenge"],
            tuple(parameters.get("acr_values", "").split()),
        )

    def answer(self, asked: Asked, subject: str | None) -> str:
        """Where to send the browser: with a code for somebody, or with an error where they went
        away or cannot be proofed as surely as asked."""
        account = next((one for one in self.accounts if one.subject == subject), None)
        if account is None or account.ial < asked.ial:
            outcome = {"error": "access_denied"}
        else:
            outcome = {"code": self._remember(self.codes, Grant(account, asked, self.now()))}
        return f"{asked.redirect_uri}?{urlencode({**outcome, 'state': asked.state})}"

    # ── what the client asks over the network ──

    def get(self, url: str, headers: Mapping[str, str]) -> bytes:
        if url == f"{self.url}/.well-known/openid-configuration":
            return json.dumps(self.metadata()).encode()
        if url == f"{self.url}/certs":
            return json.dumps(KeySet([self.key]).as_dict(private=False)).encode()
        if url == f"{self.url}/userinfo":
            grant = self.tokens.get(headers.get("Authorization", "").removeprefix("Bearer "))
            if grant is None or self.now() > grant.at + TOKEN_LASTS:
                raise OSError("401")
            return json.dumps(self.claims(grant)).encode()
        raise OSError("404")

    def post(self, url: str, form: Mapping[str, str]) -> bytes:
        if url != f"{self.url}/token":
            raise OSError("404")
        self._check_client(form)
        # A code is for one use, whatever comes of it.
        grant = self.codes.pop(form.get("code", ""), None)
        if grant is None or self.now() > grant.at + CODE_LASTS:
            raise OSError("400 invalid_grant")
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if form.get("redirect_uri") != grant.asked.redirect_uri or not hmac.compare_digest(
            challenge, grant.asked.challenge
        ):
            raise OSError("400 invalid_grant")
        access_token = self._remember(self.tokens, grant)
        return json.dumps(
            {
                "access_token": access_token,
                "token_type": "Bearer",
                "expires_in": int(TOKEN_LASTS.total_seconds()),
                "id_token": self.id_token(grant, access_token),
            }
        ).encode()

    def metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/certs",
            "response_types_supported": ["code"],
            "code_challenge_methods_supported": ["S256"],
            "id_token_signing_alg_values_supported": ALGORITHMS,
            "subject_types_supported": ["pairwise"],
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        }

    def claims(self, grant: Grant) -> dict[str, Any]:
        """What userinfo says; identifiers with a proofed identity alone."""
        asked = grant.asked
        aal = AAL_CLAIM.format(asked.aal) + (PHISHING_RESISTANT if asked.phishing_resistant else "")
        told: dict[str, Any] = {
            "sub": grant.account.subject,
            "iss": self.url,
            "ial": IAL_CLAIM.format(asked.ial),
            "aal": aal,
        }
        return {**told, **grant.account.claims} if asked.ial > 1 else told

    def id_token(self, grant: Grant, access_token: str) -> str:
        digest = hashlib.sha256(access_token.encode()).digest()[:16]
        claims = {
            "iss": self.url,
            "aud": self.client_id,
            "sub": grant.account.subject,
            "nonce": grant.asked.nonce,
            "acr": IAL[grant.asked.ial],
            "amr": ["hwk", "user"] if grant.asked.phishing_resistant else ["pwd", "otp"],
            "auth_time": int(grant.at.timestamp()),
            "iat": int(grant.at.timestamp()),
            "exp": int((grant.at + TOKEN_LASTS).timestamp()),
            "at_hash": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        }
        return self.signed(claims)

    def signed(self, claims: Mapping[str, Any]) -> str:
        header = {"alg": ALGORITHMS[0], "kid": self.key.kid}
        return jwt.encode(header, dict(claims), self.key, algorithms=ALGORITHMS)

    def _check_client(self, form: Mapping[str, str]) -> None:
        """Whether the client showed itself by its key, for this endpoint, once (RFC 7523)."""
        try:
            assertion = form["client_assertion"]
            claims = jwt.decode(assertion, self.client_key, algorithms=ALGORITHMS).claims
        except (KeyError, JoseError, ValueError):
            raise OSError("401 invalid_client") from None
        now = self.now().timestamp()
        good = (
            form.get("client_assertion_type") == ASSERTION_TYPE
            and form.get("grant_type") == "authorization_code"
            and claims.get("iss") == claims.get("sub") == self.client_id
            and claims.get("aud") == f"{self.url}/token"
            and claims.get("exp", 0) > now >= claims.get("iat", now + 1) - 60
            and claims.get("jti") not in (None, *self.assertions)
        )
        if not good:
            raise OSError("401 invalid_client")
        self.assertions[claims["jti"]] = self.now()
        _forget(self.assertions)

    def _remember(self, kept: dict[str, Grant], grant: Grant) -> str:
        secret = base64.urlsafe_b64encode(self.randomness(24)).decode()
        kept[secret] = grant
        _forget(kept)
        return secret


def _forget(kept: dict[str, Any]) -> None:
    while len(kept) > REMEMBERED_MAX:
        del kept[next(iter(kept))]
