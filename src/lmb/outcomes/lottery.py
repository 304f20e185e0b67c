"""A lottery that nobody can bend and anybody can draw again.

    roster ──hash──▶ commitments of two parties ──▶ reveals ──▶ seed ──▶ ranks within blocks

1. The roster is fixed and its hash published. 2. Each party publishes the hash of it with a
secret of its own. 3. Only then the secrets are revealed. The seed is the hash of all of these, so
no party could know it before, and changing one name, secret or number of offers changes who is
drawn. 4. Within each block people are ranked by the hash of seed and key; the first so many are
offered training.

The ceremony fits in a small file; with it and the roster anyone repeats the draw with a SHA-256.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lmb.values.canonical import canonical_bytes, sha256_hex
from lmb.values.errors import RefusedError

FORMAT = "lmb-lottery/1"
PARTIES_MIN = 2
SECRET = re.compile("[0-9a-f]{64}")
ROSTER_MAX = 10_000_000


@dataclass(frozen=True, slots=True, order=True)
class Entrant:
    """A person's key and the block (site, cohort) whose places they are drawn for."""

    person: str
    block: str


@dataclass(frozen=True, slots=True)
class Ceremony:
    """What was published: the roster's hash, offers of each block, each party's commitment, and
    in the end each party's secret (64 hexadecimal digits)."""

    roster_sha256: str
    offers: Mapping[str, int]
    commitments: Mapping[str, str]
    secrets: Mapping[str, str]


def roster_sha256(roster: Sequence[Entrant]) -> str:
    """The hash of a roster whatever its order: one line `person,block` each, ascending. Raises
    RefusedError for a person who stands twice or a name with a comma or line end."""
    lines = sorted(f"{entrant.person},{entrant.block}\n" for entrant in roster)
    if len({entrant.person for entrant in roster}) < len(roster) or len(roster) > ROSTER_MAX:
        raise RefusedError("a roster names each person once, at most 10,000,000 of them")
    for entrant in roster:
        if not entrant.person or set(entrant.person + entrant.block) & set(",\r\n"):
            raise RefusedError(f"{entrant!r} is no entry: no commas or line ends, no empty key")
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def commitment(party: str, secret: str, roster: str) -> str:
    """What a party publishes before the draw: the hash of the roster's hash, its name and its
    secret. So nobody commits before the roster is fixed.

    A secret is 64 hexadecimal digits from a good source of chance (`openssl rand -hex 32`).
    """
    if not SECRET.fullmatch(secret):
        raise RefusedError(f"the secret of {party} must be 64 digits of 0-9 and a-f")
    return sha256_hex(f"{FORMAT} commitment\n{roster}\n{party}\n{secret}\n".encode())


def ceremony_of(document: Mapping[str, Any]) -> Ceremony:
    """A ceremony from its JSON object. Raises RefusedError for anything else."""
    wanted = {"format", "roster_sha256", "offers", "commitments", "secrets"}
    whole = set(document) == wanted and document["format"] == FORMAT
    texts = whole and all(
        isinstance(document[name], dict)
        and all(isinstance(value, str) for value in document[name].values())
        for name in ("commitments", "secrets")
    )
    counts = whole and isinstance(document["offers"], dict)
    if not texts or not counts or not all(type(n) is int for n in document["offers"].values()):
        raise RefusedError(
            f"a ceremony is a JSON object with {', '.join(sorted(wanted))}; format is {FORMAT}, "
            "offers are whole numbers by block, commitments and secrets texts by party"
        )
    return Ceremony(
        document["roster_sha256"], document["offers"], document["commitments"], document["secrets"]
    )


def seed(ceremony: Ceremony) -> bytes:
    """The seed of a finished ceremony. Raises RefusedError where a secret is missing or is not
    the one its party committed to."""
    if len(ceremony.commitments) < PARTIES_MIN or set(ceremony.secrets) != set(
        ceremony.commitments
    ):
        raise RefusedError(
            f"at least {PARTIES_MIN} parties commit, and each of them reveals its secret"
        )
    for party, secret in ceremony.secrets.items():
        if commitment(party, secret, ceremony.roster_sha256) != ceremony.commitments[party]:
            raise RefusedError(
                f"the secret of {party} is not the one it committed to with this roster"
            )
    return hashlib.sha256(
        canonical_bytes(
            {
                "format": FORMAT,
                "roster_sha256": ceremony.roster_sha256,
                "offers": dict(ceremony.offers),
                "secrets": dict(ceremony.secrets),
            }
        )
    ).digest()


def draw(roster: Sequence[Entrant], ceremony: Ceremony) -> dict[str, bool]:
    """Who is offered training, by person in ascending order. Raises RefusedError where the roster
    or the number of offers does not fit the ceremony."""
    if roster_sha256(roster) != ceremony.roster_sha256:
        raise RefusedError("this roster is not the one whose hash was published")
    start = seed(ceremony)
    blocks: dict[str, list[tuple[bytes, str]]] = {block: [] for block in ceremony.offers}
    for entrant in roster:
        if entrant.block not in blocks:
            raise RefusedError(f"the ceremony says no offers for block {entrant.block!r}")
        rank = hashlib.sha256(start + entrant.person.encode()).digest()
        blocks[entrant.block].append((rank, entrant.person))
    drawn: dict[str, bool] = {}
    for block, ranked in blocks.items():
        offers = ceremony.offers[block]
        if not 0 < offers < len(ranked):
            raise RefusedError(
                f"block {block!r} has {len(ranked)} people and {offers} offers: both arms need one"
            )
        for place, (_, person) in enumerate(sorted(ranked)):
            drawn[person] = place < offers
    return dict(sorted(drawn.items()))
