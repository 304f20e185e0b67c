"""Who may vouch for somebody here. Installation data in one TOML text:

[issuers.login-gov]
title = "Login.gov"                      # as people know it
url = "https://secure.login.gov/"        # exactly as its tokens write it
client_id = "urn:gov:gsa:openidconnect:sp:labor_market_bonds"
vocabulary = "login.gov"                 # a table of the rule identity-assurance
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from lmb.values.errors import EnvironmentProblem

RSA_BITS_MIN = 2048


@dataclass(frozen=True, slots=True)
class Issuer:
    """An identity provider. `name` is its name in addresses."""

    name: str
    title: str
    url: str
    client_id: str
    vocabulary: str

    @property
    def discovery_url(self) -> str:
        return f"{self.url.rstrip('/')}/.well-known/openid-configuration"


@dataclass(frozen=True, slots=True)
class ClientKey:
    """The private key we show ourselves with (RFC 7523). The provider has the public one."""

    key: RSAKey = field(repr=False)

    @classmethod
    def from_pem(cls, pem: bytes) -> ClientKey:
        """Raises EnvironmentProblem for anything but a private RSA key of 2048 bits or more."""
        try:
            key = RSAKey.import_key(pem)
        except (JoseError, ValueError, TypeError):
            raise EnvironmentProblem("the sign-in key is not a private RSA key in PEM") from None
        if not key.is_private or key.raw_value.key_size < RSA_BITS_MIN:
            raise EnvironmentProblem(f"the sign-in key is private RSA of {RSA_BITS_MIN} bits")
        return cls(key)


def read_issuers(text: str) -> dict[str, Issuer]:
    """The issuers of an installation by name. Raises EnvironmentProblem naming the entry."""
    try:
        entries = tomllib.loads(text)["issuers"]
        issuers = {name: Issuer(name=name, **entry) for name, entry in entries.items()}
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError) as error:
        raise EnvironmentProblem(
            f"the list of issuers cannot be read ({error}); each has title, url, client_id and "
            "vocabulary"
        ) from error
    for issuer in issuers.values():
        if not re.fullmatch(r"[a-z0-9-]{1,40}", issuer.name) or not usable(issuer.url):
            raise EnvironmentProblem(
                f"issuer {issuer.name!r} has the address {issuer.url!r}; it is https, or http on "
                "this machine alone, and names have small letters, digits and hyphens"
            )
    return issuers


def usable(url: str) -> bool:
    """Whether tokens may travel to an address: over https, or within this machine."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (
        parts.scheme == "http" and parts.hostname in {"localhost", "127.0.0.1", "::1"}
    )
