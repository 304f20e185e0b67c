"""What an identity provider's words stand for, by a table; nothing between its lines. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import cast

from lmb.people.oidc.faults import Fault, SignInRefusedError
from lmb.rules.parameters import in_force
from lmb.values.canonical import Document

RULE = "identity-assurance"
LOWEST = 1


@dataclass(frozen=True, slots=True)
class Levels:
    """What an answer said of a sign-in. `acr` is the word it came with, kept as it came."""

    acr: str
    ial: int
    aal: int
    phishing_resistant: bool


def acr_values(
    vocabulary: str, ial: int, aal: int, *, phishing_resistant: bool, day: date
) -> tuple[str, ...]:
    """The words that ask a provider for all of these levels together. Raises RefusedError where
    the vocabulary has no word for one."""
    words = _table(vocabulary, "ask", day)
    wanted = [f"ial-{max(ial, LOWEST)}"]
    if phishing_resistant:
        wanted.append("phishing-resistant")
    elif aal > LOWEST:
        wanted.append(f"aal-{aal}")
    if missing := [name for name in wanted if name not in words]:
        raise SignInRefusedError(Fault.ACR) from KeyError(missing[0])
    return tuple(str(words[name]) for name in wanted)


def levels_returned(vocabulary: str, claims: Mapping[str, object], day: date) -> Levels:
    """The levels the claims state, in `acr` and, where the provider sends them, `ial` and `aal`.

    An authentication level nobody states is the lowest. Raises SignInRefusedError for a word that
    is not in the table of that day, without any identity level, or where two words contradict.
    """
    means = _table(vocabulary, "means", day)
    acr = claims.get("acr")
    found = []
    for word in (acr, claims.get("ial"), claims.get("aal")):
        if word is None:
            continue
        if not isinstance(word, str) or word not in means:
            raise SignInRefusedError(Fault.ACR)
        found.append(cast(Mapping[str, int | bool], means[word]))
    identity = {int(said["ial"]) for said in found if "ial" in said}
    authentication = {
        (int(said["aal"]), bool(said.get("phishing_resistant", False)))
        for said in found
        if "aal" in said
    }
    if not isinstance(acr, str) or len(identity) != 1 or len(authentication) > 1:
        raise SignInRefusedError(Fault.ACR)
    aal, phishing_resistant = next(iter(authentication), (LOWEST, False))
    return Levels(acr, identity.pop(), aal, phishing_resistant)


def _table(vocabulary: str, name: str, day: date) -> Mapping[str, Document]:
    values = cast(Mapping[str, Mapping[str, Mapping[str, Document]]], in_force(RULE, day).values)
    if vocabulary not in values:
        raise SignInRefusedError(Fault.ACR) from KeyError(vocabulary)
    return values[vocabulary][name]
