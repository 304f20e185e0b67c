"""What `config` puts together and pages need: asked for by name, because `config` stands above."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string

from lmb.people.keys import VaultKeys
from lmb.people.oidc import Issuer, Redeemer
from lmb.people.receipts import LocalSigner


class Keys(Protocol):
    """The keys of this installation."""

    @property
    def vault(self) -> VaultKeys: ...
    @property
    def receipts(self) -> LocalSigner: ...


def keys() -> Keys:
    """The vault's keys and the key that signs receipts. Raises EnvironmentProblem where they
    cannot be read."""
    return cast(Keys, import_string(settings.VAULT_KEYS)())


class IdentityProviders(Protocol):
    """The identity providers of this installation."""

    def issuers(self, origin: str) -> Mapping[str, Issuer]: ...
    def redeemer(self, name: str, origin: str) -> Redeemer: ...


def identity_providers() -> IdentityProviders:
    """Who vouches for people here. Raises EnvironmentProblem where that cannot be read."""
    return cast(IdentityProviders, import_string(settings.IDENTITY_PROVIDERS)())
