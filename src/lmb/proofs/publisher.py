"""Keeping a log published: new movements soon, and a sign of life from its witnesses.

Each round does what is due and no more. A witness that does not answer is asked again after a
while, then after a longer one, so it holds up neither the log nor the other witnesses.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from lmb.proofs import queries
from lmb.proofs.books import newest_seq
from lmb.proofs.keys import SigningKey
from lmb.proofs.policy import Policy
from lmb.proofs.publication import ask, issue, witness_addresses
from lmb.proofs.queries import CheckpointOnFile
from lmb.proofs.submission import Post, WitnessAddress, post_over_http
from lmb.proofs.trust import policy_in_force
from lmb.values.errors import RefusedError

LEAVES_AT_ONCE = 1000
"""So many movements are published without waiting for the next round's time."""

SIGN_OF_LIFE = timedelta(minutes=1)
"""A witness that has nothing new to see is asked this often; more often where payouts would
otherwise come close to waiting."""

RETRY_FIRST = timedelta(seconds=1)
RETRY_LAST = timedelta(minutes=1)


@dataclass(slots=True)
class _Standing:
    """What became of asking one witness."""

    size: int = -1
    answered_at: datetime | None = None
    failures: int = 0
    ask_again_at: datetime | None = None
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Round:
    """A log after a round: what is signed, who answers, and who does not and why."""

    on_file: CheckpointOnFile
    answering: int
    refusals: tuple[str, ...]
    changed: bool


@dataclass(slots=True)
class Publisher:
    """Publishes the log of one cell. `policy` names the witnesses; None: the policy in force."""

    cell: int
    keys: Sequence[SigningKey]
    now: Callable[[], datetime]
    every: timedelta
    policy: Policy | None = None
    post: Post = post_over_http
    _issued_at: datetime | None = None
    _witnesses: dict[str, _Standing] = field(default_factory=dict)

    def round(self) -> Round | None:
        """Do what is due; None when nothing was.

        Raises NotProvenError when the log no longer extends what it signed: then nothing is
        signed, and no witness is asked.
        """
        on_file = queries.newest_checkpoint(self.cell)
        changed = self._is_checkpoint_due(on_file)
        if changed or on_file is None:
            on_file = issue(self.cell, self.keys, self.now())
            self._issued_at = self.now()
        due = [
            (address, standing)
            for address, standing in self._standings()
            if self._is_due(standing, on_file.checkpoint.size)
        ]
        for address, standing in due:
            self._ask(address, standing, on_file)
        if not changed and not due:
            return None
        newest = queries.newest_checkpoint(self.cell)
        assert newest is not None
        known = [standing for _, standing in self._standings()]
        refusals = tuple(one.refusal for one in known if one.refusal)
        return Round(newest, len(known) - len(refusals), refusals, changed)

    def _is_checkpoint_due(self, on_file: CheckpointOnFile | None) -> bool:
        signed = -1 if on_file is None else on_file.checkpoint.size
        waiting = newest_seq(self.cell) - signed
        if waiting <= 0:
            return False
        if waiting >= LEAVES_AT_ONCE or self._issued_at is None:
            return True
        return self.now() - self._issued_at >= self.every

    def _standings(self) -> list[tuple[WitnessAddress, _Standing]]:
        policy = self.policy
        if policy is None:
            trusted = policy_in_force(self.cell)
            policy = Policy() if trusted is None else trusted.policy
        return [
            (address, self._witnesses.setdefault(address.url, _Standing()))
            for address in witness_addresses(policy)
        ]

    def _is_due(self, standing: _Standing, size: int) -> bool:
        now = self.now()
        if standing.ask_again_at is not None:
            return now >= standing.ask_again_at
        if standing.size != size or standing.answered_at is None:
            return True
        return now - standing.answered_at >= self._sign_of_life()

    def _sign_of_life(self) -> timedelta:
        trusted = policy_in_force(self.cell)
        patience = None if trusted is None else trusted.patience
        return SIGN_OF_LIFE if patience is None else min(SIGN_OF_LIFE, patience / 3)

    def _ask(self, address: WitnessAddress, standing: _Standing, on_file: CheckpointOnFile) -> None:
        try:
            ask(self.cell, on_file, address, self.now, self.post)
        except RefusedError as refusal:
            standing.failures += 1
            wait = min(RETRY_FIRST * 2 ** min(standing.failures - 1, 10), RETRY_LAST)
            standing.ask_again_at = self.now() + wait
            standing.refusal = str(refusal)
        else:
            standing.size = on_file.checkpoint.size
            standing.answered_at = self.now()
            standing.failures, standing.ask_again_at, standing.refusal = 0, None, ""
