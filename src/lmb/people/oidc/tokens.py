"""Tokens: the one we show ourselves with, and the one we are given. Pure.

Every check of OpenID Connect Core 3.1.3.7 is made, and one algorithm is known: RS256.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from joserfc import jwt
from joserfc.errors import BadSignatureError, JoseError
from joserfc.jwk import KeySet

from lmb.people.oidc.faults import Fault, SignInRefusedError
from lmb.people.oidc.issuers import ClientKey, Issuer

ALGORITHMS = ["RS256"]
ASSERTION_LASTS = timedelta(minutes=2)
TOKEN_CHARACTERS_MAX = 16_000
SUBJECT_CHARACTERS_MAX = 255
# Clocks of two machines may differ by so much.
SKEW = timedelta(minutes=1)
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def client_assertion(
    issuer: Issuer, key: ClientKey, token_endpoint: str, at: datetime, identifier: UUID
) -> str:
    """A token by which the token endpoint knows us (RFC 7523): for it alone, once, for minutes."""
    header = {"alg": ALGORITHMS[0], "kid": key.key.thumbprint()}
    claims = {
        "iss": issuer.client_id,
        "sub": issuer.client_id,
        "aud": token_endpoint,
        "jti": str(identifier),
        "iat": int(at.timestamp()),
        "exp": int((at + ASSERTION_LASTS).timestamp()),
    }
    return jwt.encode(header, claims, key.key, algorithms=ALGORITHMS)


def identity_claims(
    token: str, keys: Mapping[str, Any], issuer: Issuer, nonce: str, at: datetime
) -> dict[str, Any]:
    """The claims of an ID token that the issuer made for us, for this request, and that holds now.

    Raises SignInRefusedError.
    """
    claims = _verified(token, keys)
    if claims.get("iss") != issuer.url:
        raise SignInRefusedError(Fault.ISSUER)
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if audiences != [issuer.client_id] or claims.get("azp", issuer.client_id) != issuer.client_id:
        # More than one audience would ask us to trust the others with what is ours (FAL2).
        raise SignInRefusedError(Fault.AUDIENCE)
    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise SignInRefusedError(Fault.NONCE)
    if moment_of(claims, "exp") <= at - SKEW:
        raise SignInRefusedError(Fault.EXPIRED)
    latest = max(moment_of(claims, name) for name in ("iat", "nbf") if name in (*claims, "iat"))
    if latest > at + SKEW:
        raise SignInRefusedError(Fault.NOT_YET_VALID)
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= SUBJECT_CHARACTERS_MAX:
        raise SignInRefusedError(Fault.SUBJECT)
    return claims


def check_access_token(claims: Mapping[str, Any], access_token: str) -> None:
    """Raises SignInRefusedError when the ID token names another access token (`at_hash`)."""
    digest = hashlib.sha256(access_token.encode()).digest()[:16]
    expected = base64.urlsafe_b64encode(digest).rstrip(b"=")
    named = claims.get("at_hash")
    if named is not None and not hmac.compare_digest(str(named).encode(), expected):
        raise SignInRefusedError(Fault.ACCESS_TOKEN)


def moment_of(claims: Mapping[str, Any], name: str) -> datetime:
    """A claim in seconds since 1970 as a moment. Raises SignInRefusedError for anything else."""
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise SignInRefusedError(Fault.TOKEN)
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        raise SignInRefusedError(Fault.TOKEN) from None


def _verified(token: str, keys: Mapping[str, Any]) -> dict[str, Any]:
    if len(token) > TOKEN_CHARACTERS_MAX:
        raise SignInRefusedError(Fault.TOKEN)
    try:
        signing = [one for one in keys["keys"] if one.get("kty") == "RSA" and not one.get("d")]
        return jwt.decode(
            token, KeySet.import_key_set({"keys": signing}), algorithms=ALGORITHMS
        ).claims
    except BadSignatureError:
        raise SignInRefusedError(Fault.SIGNATURE) from None
    except (JoseError, ValueError, TypeError, KeyError, AttributeError):
        raise SignInRefusedError(Fault.TOKEN) from None
