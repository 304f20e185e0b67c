"""A trust policy (C2SP tlog-policy): which logs and witnesses are known, and how many of them
must have cosigned.

    log <verifier key> [<url>]
    witness <name> <verifier key> [<url>]
    group <name> all|any|<k> <member>...
    quorum <name>|none
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from lmb.proofs.errors import MalformedError
from lmb.proofs.keys import VerifierKey, parse_verifier_key

POLICY_BYTES_MAX = 2**20

_NOT_ALLOWED = re.compile(b"[\x00-\x08\x0b-\x1f\x7f]")
_NONE = "none"


@dataclass(frozen=True, slots=True)
class PolicyWitness:
    """A witness as a policy names it; `url` is where it takes checkpoints."""

    name: str
    key: VerifierKey
    url: str | None


@dataclass(frozen=True, slots=True)
class Group:
    """So many of its members must have cosigned."""

    threshold: int
    members: tuple[str, ...]


@dataclass(slots=True)
class Policy:
    """What is known and what is enough. `quorum` names a witness or a group, or `none`."""

    logs: list[VerifierKey] = field(default_factory=list)
    witnesses: dict[str, PolicyWitness] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    quorum: str = _NONE

    @property
    def witness_keys(self) -> tuple[VerifierKey, ...]:
        return tuple(witness.key for witness in self.witnesses.values())

    def is_met(self, cosigned: set[VerifierKey]) -> bool:
        """Whether cosignatures of these keys are enough."""
        return self.quorum == _NONE or self._counts(self.quorum, cosigned)

    def met_at(self, cosigned: Mapping[VerifierKey, datetime]) -> datetime | None:
        """The latest moment such that cosignatures from then on are enough, None when all
        together are not."""
        for moment in sorted(set(cosigned.values()), reverse=True):
            if self.is_met({key for key, at in cosigned.items() if at >= moment}):
                return moment
        return None

    def _counts(self, name: str, cosigned: set[VerifierKey]) -> bool:
        group = self.groups.get(name)
        if group is None:
            return self.witnesses[name].key in cosigned
        return sum(self._counts(member, cosigned) for member in group.members) >= group.threshold


def parse_policy(content: bytes) -> Policy:
    """Read a policy. Raises MalformedError naming the line."""
    if len(content) > POLICY_BYTES_MAX or _NOT_ALLOWED.search(content):
        raise MalformedError("a policy is a text of at most 1 MiB without control characters")
    policy = Policy()
    quorums = 0
    for number, line in enumerate(content.decode("utf-8", "surrogateescape").split("\n"), 1):
        words = re.split("[ \t]+", line.strip(" \t"))
        if words == [""] or words[0].startswith("#"):
            continue
        read = _LINES.get(words[0])
        try:
            if read is None:
                raise MalformedError(f"{words[0]!r} starts no line of a policy")
            read(policy, words[1:])
        except MalformedError as error:
            raise MalformedError(f"line {number} of the policy: {error}") from error
        quorums += words[0] == "quorum"
    if quorums != 1:
        raise MalformedError(f"a policy has exactly one line quorum, not {quorums}")
    return policy


def _log(policy: Policy, words: list[str]) -> None:
    if len(words) not in (1, 2):
        raise MalformedError("write: log <verifier key> [<url>]")
    key = parse_verifier_key(words[0])
    _refuse_repeated(key, policy.logs)
    policy.logs.append(key)


def _witness(policy: Policy, words: list[str]) -> None:
    if len(words) not in (2, 3):
        raise MalformedError("write: witness <name> <verifier key> [<url>]")
    _refuse_taken(policy, words[0])
    key = parse_verifier_key(words[1])
    if not key.algorithm.is_cosignature:
        raise MalformedError(f"the key of {words[0]} is no cosigning key")
    _refuse_repeated(key, list(policy.witness_keys))
    url = words[2] if len(words) == 3 else None
    policy.witnesses[words[0]] = PolicyWitness(words[0], key, url)


def _group(policy: Policy, words: list[str]) -> None:
    if len(words) < 3:
        raise MalformedError("write: group <name> all|any|<k> <member>...")
    name, count, *members = words
    _refuse_taken(policy, name)
    for member in members:
        _check_known(policy, member)
        if member in [used for group in policy.groups.values() for used in group.members]:
            raise MalformedError(f"{member} is a member of another group already")
    if len(set(members)) != len(members):
        raise MalformedError(f"a member of {name} is named twice")
    named = {"all": len(members), "any": 1}
    if count not in named and not re.fullmatch("[1-9][0-9]{0,5}", count):
        raise MalformedError(f"{count!r} is neither all nor any nor a number")
    threshold = named[count] if count in named else int(count)
    if threshold > len(members):
        raise MalformedError(f"{name} asks for {threshold} of {len(members)} members")
    policy.groups[name] = Group(threshold, tuple(members))


def _quorum(policy: Policy, words: list[str]) -> None:
    if len(words) != 1:
        raise MalformedError("write: quorum <name>")
    if words[0] != _NONE:
        _check_known(policy, words[0])
    policy.quorum = words[0]


_LINES: Mapping[str, Callable[[Policy, list[str]], None]] = {
    "log": _log,
    "witness": _witness,
    "group": _group,
    "quorum": _quorum,
}


def _check_known(policy: Policy, name: str) -> None:
    if name not in policy.witnesses and name not in policy.groups:
        raise MalformedError(f"{name} is no witness or group of a line before")


def _refuse_taken(policy: Policy, name: str) -> None:
    if name == _NONE or name in policy.witnesses or name in policy.groups:
        raise MalformedError(f"the name {name} is taken")


def _refuse_repeated(key: VerifierKey, known: list[VerifierKey]) -> None:
    if any(key.public == other.public for other in known):
        raise MalformedError(f"the key of {key.name} stands in a line before")
