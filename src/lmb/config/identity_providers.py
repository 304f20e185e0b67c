"""The identity providers of this clone: those of a file, and one to practise with where roles are
tried out.

    issuers.toml         who they are (`lmb.people.oidc.issuers`); in the home, or LMB_ISSUERS
    sign-in/key.pem      the RSA key we show ourselves with, made at the first use; give each
                         provider its public half (`lmb people sign-in-key`)
"""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path

from django.conf import settings
from joserfc.jwk import RSAKey

from lmb.config.clock import SystemClock
from lmb.config.network import Network
from lmb.config.paths import home
from lmb.people.oidc import ClientKey, Issuer, Redeemer, read_issuers
from lmb.proofs.key_files import replace_file
from lmb.values.errors import EnvironmentProblem
from lmb.web.practice.persons import PERSONS
from lmb.web.practice.provider import Provider

VARIABLE = "LMB_ISSUERS"
PRACTICE = "practice"
PRACTICE_CLIENT = "urn:lmb:practice-client"
VOCABULARY = "login.gov"
KEY_BITS = 2048
# One for each address this machine is opened by: localhost, and a few ports.
ADDRESSES = 8


@dataclass
class Providers:
    """Those of the file, and the one to practise with, by name."""

    known: Mapping[str, Issuer]
    redeemers: dict[str, Redeemer] = field(default_factory=dict)

    def issuers(self, origin: str) -> Mapping[str, Issuer]:
        """Who vouches for people; `origin` is this site, as the browser names it."""
        if not settings.PERSONAS:
            return self.known
        return {**self.known, PRACTICE: practice_issuer(origin)}

    def redeemer(self, name: str, origin: str) -> Redeemer:
        """What turns their codes into what they returned; kept, with the documents it read."""
        if name == PRACTICE and settings.PERSONAS:
            return practice_redeemer(origin)
        if name not in self.redeemers:
            issuer, key = self.known[name], client_key(key_path())
            self.redeemers[name] = Redeemer(Network(), issuer, key, secrets.token_bytes)
        return self.redeemers[name]


@cache
def of_this_clone() -> Providers:
    """The providers of this clone, read once a process. Raises EnvironmentProblem for a file that
    cannot be used."""
    named = os.environ.get(VARIABLE)
    path = Path(named) if named else home() / "issuers.toml"
    if named is None and not path.exists():
        return Providers({})
    try:
        known = read_issuers(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise EnvironmentProblem(f"{path} cannot be read: {error.strerror}") from error
    if PRACTICE in known:
        raise EnvironmentProblem(f"{path}: {PRACTICE!r} is taken; give this issuer another name")
    return Providers(known)


def key_path() -> Path:
    """Where the key we show ourselves with is."""
    return home() / "sign-in" / "key.pem"


@cache
def client_key(path: Path) -> ClientKey:
    """The key of a file, made at the first use. Raises EnvironmentProblem when others may read it
    or it is none."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        replace_file(path, RSAKey.generate_key(KEY_BITS).as_pem(private=True))
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise EnvironmentProblem(f"{path} can be read by others; run: chmod 600 {path}")
    return ClientKey.from_pem(path.read_bytes())


def practice_issuer(origin: str) -> Issuer:
    """The provider to practise with, as an issuer."""
    return Issuer(PRACTICE, "Practice", f"{origin}/{PRACTICE}", PRACTICE_CLIENT, VOCABULARY)


@lru_cache(ADDRESSES)
def practice_provider(origin: str) -> Provider:
    """The provider to practise with: it is asked within this process."""
    return Provider(
        f"{origin}/{PRACTICE}",
        PRACTICE_CLIENT,
        RSAKey.import_key(_practice_key().key.as_dict(private=False)),
        f"{origin}/sign-in/at/{PRACTICE}/answer/",
        PERSONS,
        SystemClock().now,
        secrets.token_bytes,
    )


@lru_cache(ADDRESSES)
def practice_redeemer(origin: str) -> Redeemer:
    """We, at the provider to practise with."""
    provider = practice_provider(origin)
    return Redeemer(provider, practice_issuer(origin), _practice_key(), secrets.token_bytes)


@cache
def _practice_key() -> ClientKey:
    return ClientKey(RSAKey.generate_key(KEY_BITS))
