"""Who signed a client assertion (RFC 7523): the way to a token without a shared secret.

    {"alg": "ES256"} . {"iss": CLIENT, "sub": CLIENT, "aud": TOKEN ENDPOINT, "jti": …, "exp": …}

It is for this endpoint alone, lasts minutes, and is taken once. Whatever is wrong with one has the
same answer: None.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from lmb.api import tokens
from lmb.people import clients
from lmb.people.assurance import CLOCK_SKEW
from lmb.people.clients import Admitted, PublicKey

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ALGORITHMS = ["RS256", "ES256"]
LASTS_MAX = timedelta(minutes=5)
BYTES_MAX = 4096
JTI_LENGTH_MAX = 128


def admit(assertion: str, endpoint: str, at: datetime) -> Admitted | None:
    """The client that signed an assertion for an endpoint; None for one that proves nothing."""
    if len(assertion) > BYTES_MAX:
        return None
    told = _unverified(assertion)
    name = told.get("sub")
    found = clients.read_client_id(name) if isinstance(name, str) else None
    if found is None:
        return None
    for key in clients.public_keys(*found, at):
        claims = _verified(assertion, key)
        if claims is not None:
            expires_at = _sound(claims, clients.client_id(*found), endpoint, at)
            if expires_at is None or not tokens.take_once(key.admitted, claims["jti"], expires_at):
                return None
            return key.admitted
    return None


def _unverified(assertion: str) -> Mapping[str, Any]:
    """What an assertion says of itself; only to find the key it must be verified with."""
    try:
        payload = jws.extract_compact(assertion.encode()).payload
        claims = json.loads(payload)
    except (JoseError, ValueError, RecursionError):
        return {}
    return claims if isinstance(claims, dict) else {}


def _verified(assertion: str, key: PublicKey) -> dict[str, Any] | None:
    """The claims, when this key signed them with the algorithm that belongs to it."""
    is_rsa = key.jwk["kty"] == "RSA"
    public = RSAKey.import_key(key.jwk) if is_rsa else ECKey.import_key(key.jwk)
    try:
        return jwt.decode(assertion, public, algorithms=["RS256" if is_rsa else "ES256"]).claims
    except (JoseError, ValueError, RecursionError):
        return None


def _sound(claims: dict[str, Any], name: str, endpoint: str, at: datetime) -> datetime | None:
    """When a signed assertion ends, if it is by this client for this endpoint and this moment."""
    if (claims.get("iss"), claims.get("sub")) != (name, name):
        return None
    # One audience: what was signed for another server must not open this one.
    if claims.get("aud") not in (endpoint, [endpoint]):
        return None
    jti = claims.get("jti")
    if not (isinstance(jti, str) and 0 < len(jti) <= JTI_LENGTH_MAX):
        return None
    expires_at, issued_at = _moment(claims.get("exp")), _moment(claims.get("iat", 0))
    not_before = _moment(claims.get("nbf", 0))
    if expires_at is None or issued_at is None or not_before is None:
        return None
    in_time = at < expires_at <= at + LASTS_MAX + CLOCK_SKEW
    begun = issued_at <= at + CLOCK_SKEW and not_before <= at + CLOCK_SKEW
    return expires_at if in_time and begun else None


def _moment(seconds: object) -> datetime | None:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
