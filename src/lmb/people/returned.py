"""What somebody's sign-in was worth, as an identity provider returned it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from lmb.people.assurance import Assurance

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
"""Stands for an authentication whose moment nobody told: too old wherever age matters."""


@dataclass(frozen=True, slots=True)
class Returned:
    """What an identity provider returned about somebody who signed in, and nothing inferred.

    `verified_at` is when it proofed the identity; `amr` are the methods of RFC 8176.
    """

    issuer: str
    subject: str
    acr: str
    ial: int
    aal: int
    verified_at: datetime | None = None
    authenticated_at: datetime | None = None
    amr: frozenset[str] = frozenset()
    phishing_resistant: bool = False
    device: str = ""
    identifiers: Mapping[str, str] = field(default_factory=dict, repr=False)

    def assurance(self, proofed_here: int = 0) -> Assurance:
        """What a session is worth that begins with this; `proofed_here` is the identity level the
        person was proofed at by a counter of ours, 0 for none."""
        return Assurance(
            ial=max(self.ial, proofed_here),
            aal=self.aal,
            amr=self.amr,
            authenticated_at=self.authenticated_at or LONG_AGO,
            phishing_resistant=self.phishing_resistant,
            device=self.device,
        )
