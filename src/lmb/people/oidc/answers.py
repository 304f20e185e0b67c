"""What comes back from a provider, turned into what it returned: no more, no less.

code ──private_key_jwt, verifier──▶ tokens ──checked──▶ claims ──acr table──▶ Returned
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from lmb.people.oidc.asking import Asked, Pending
from lmb.people.oidc.faults import Fault, LowerThanAskedError, SignInRefusedError
from lmb.people.oidc.issuers import ClientKey, Issuer, usable
from lmb.people.oidc.levels import Levels, levels_returned
from lmb.people.oidc.tokens import (
    ASSERTION_TYPE,
    SKEW,
    check_access_token,
    client_assertion,
    identity_claims,
    moment_of,
)
from lmb.people.returned import Returned
from lmb.values.clock import fiscal_date
from lmb.values.identifiers import Randomness, drawn_uuid7

DOCUMENTS_LAST = timedelta(minutes=10)
METHODS_MAX = 20
CODE_CHARACTERS_MAX = 4_000
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")

FIELDS = {
    "given_name": "given_name",
    "family_name": "family_name",
    "birthdate": "birth_date",
    "social_security_number": "ssn",
    "phone": "phone",
}
ADDRESS_FIELDS = {"street_address": "street", "locality": "city", "postal_code": "postal_code"}
"""Which identifier each claim is; an address is one line here."""


class Http(Protocol):
    """The network, at the edge. Both raise OSError when no good answer came: not in time, too long,
    a redirect, or a status that is not 200."""

    def get(self, url: str, headers: Mapping[str, str]) -> bytes: ...

    def post(self, url: str, form: Mapping[str, str]) -> bytes: ...


@dataclass
class Redeemer:
    """Turns a code of one issuer into what it returned. Keeps the issuer's documents for minutes:
    where it answers, and its public keys."""

    http: Http
    issuer: Issuer
    key: ClientKey
    randomness: Randomness
    _documents: dict[str, tuple[datetime, dict[str, Any]]] = field(default_factory=dict)

    def endpoint(self, name: str, at: datetime) -> str:
        """An address of the issuer. Raises SignInRefusedError where its own document is not its
        own, or names an address that tokens may not travel to."""
        metadata = self._document(self.issuer.discovery_url, at)
        if metadata.get("issuer") != self.issuer.url:
            raise SignInRefusedError(Fault.ISSUER)
        found = metadata.get(name)
        if name not in ENDPOINTS or not isinstance(found, str) or not usable(found):
            raise SignInRefusedError(Fault.DOCUMENTS)
        return found

    def redeem(self, pending: Pending, code: str, redirect_uri: str, at: datetime) -> Returned:
        """What the provider returned for the code of this request.

        Raises SignInRefusedError, and LowerThanAskedError where it vouches for less than asked.
        """
        if pending.issuer != self.issuer.name or len(code) > CODE_CHARACTERS_MAX:
            raise SignInRefusedError(Fault.STATE)
        tokens = self._tokens(pending, code, redirect_uri, at)
        claims = self._claims(tokens, pending.nonce, at)
        levels = levels_returned(self.issuer.vocabulary, claims, fiscal_date(at))
        authenticated_at = moment_of(claims, "auth_time") if "auth_time" in claims else None
        _check(pending, levels, authenticated_at, at)
        return Returned(
            issuer=self.issuer.url,
            subject=claims["sub"],
            acr=levels.acr,
            ial=levels.ial,
            aal=levels.aal,
            phishing_resistant=levels.phishing_resistant,
            verified_at=moment_of(claims, "verified_at") if claims.get("verified_at") else None,
            authenticated_at=authenticated_at,
            amr=_methods(claims.get("amr", [])),
            identifiers=_identifiers(claims) if levels.ial > 1 else {},
        )

    def _tokens(
        self, pending: Pending, code: str, redirect_uri: str, at: datetime
    ) -> dict[str, Any]:
        endpoint = self.endpoint("token_endpoint", at)
        identifier = drawn_uuid7(at, self.randomness)
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": pending.verifier,
            "client_id": self.issuer.client_id,
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": client_assertion(self.issuer, self.key, endpoint, at, identifier),
        }
        try:
            tokens = _object(self.http.post(endpoint, form))
        except OSError:
            raise SignInRefusedError(Fault.EXCHANGE) from None
        if not all(isinstance(tokens.get(name), str) for name in ("id_token", "access_token")):
            raise SignInRefusedError(Fault.EXCHANGE)
        return tokens

    def _claims(self, tokens: Mapping[str, Any], nonce: str, at: datetime) -> dict[str, Any]:
        """The claims of the ID token and, where the issuer sends more there, of userinfo. What the
        signed token says is not said otherwise by the other."""
        keys_at = self.endpoint("jwks_uri", at)
        try:
            claims = identity_claims(
                tokens["id_token"], self._document(keys_at, at), self.issuer, nonce, at
            )
        except SignInRefusedError as refused:
            if refused.fault not in (Fault.SIGNATURE, Fault.TOKEN):
                raise
            # The issuer may have changed its keys since we looked: once more with those of now.
            del self._documents[keys_at]
            keys = self._document(keys_at, at)
            claims = identity_claims(tokens["id_token"], keys, self.issuer, nonce, at)
        check_access_token(claims, tokens["access_token"])
        bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
        try:
            told = _object(self.http.get(self.endpoint("userinfo_endpoint", at), bearer))
        except OSError:
            raise SignInRefusedError(Fault.EXCHANGE) from None
        if told.get("sub") != claims["sub"]:
            raise SignInRefusedError(Fault.SUBJECT)
        return {**told, **claims}

    def _document(self, url: str, at: datetime) -> dict[str, Any]:
        read_at, document = self._documents.get(url, (None, {}))
        if read_at is None or not timedelta() <= at - read_at < DOCUMENTS_LAST:
            try:
                document = _object(self.http.get(url, {}))
            except OSError:
                raise SignInRefusedError(Fault.DOCUMENTS) from None
            self._documents[url] = (at, document)
        return document


def _check(
    pending: Pending, levels: Levels, authenticated_at: datetime | None, at: datetime
) -> None:
    """That the answer is worth what was asked. A provider that does not say when somebody signed in
    is not refused: the session then counts as old, wherever age matters."""
    asked: Asked = pending.asked
    if levels.ial < asked.ial or levels.aal < asked.aal:
        raise LowerThanAskedError(asked.ial, asked.aal, levels.ial, levels.aal)
    if asked.phishing_resistant and not levels.phishing_resistant:
        raise LowerThanAskedError(asked.ial, asked.aal, levels.ial, levels.aal)
    if authenticated_at is not None:
        if authenticated_at > at + SKEW:
            raise SignInRefusedError(Fault.NOT_YET_VALID)
        if asked.fresh and authenticated_at < pending.asked_at - SKEW:
            raise SignInRefusedError(Fault.STALE)


def _identifiers(claims: Mapping[str, Any]) -> dict[str, str]:
    """What names the person, by our names for it; what was not sent is left out."""
    address = claims.get("address")
    sources = [(claims, FIELDS)]
    if isinstance(address, Mapping):
        sources.append((address, ADDRESS_FIELDS))
    return {
        ours: value
        for said, names in sources
        for theirs, ours in names.items()
        if isinstance(value := said.get(theirs), str) and value.strip()
    }


def _methods(amr: object) -> frozenset[str]:
    if not isinstance(amr, list) or len(amr) > METHODS_MAX:
        raise SignInRefusedError(Fault.TOKEN)
    return frozenset(map(str, amr))


def _object(content: bytes) -> dict[str, Any]:
    """A JSON object. Raises OSError for anything else: no good answer came."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        raise OSError("not JSON") from None
    if not isinstance(document, dict):
        raise OSError("not a JSON object")
    return document
