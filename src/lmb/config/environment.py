"""What the environment may say, read and checked at once when a process starts.

Every variable is listed here and in `docs/operations.md`; a test holds the two, and the code, to
each other. Wrong ones are all told together, each with what to write instead.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lmb.config.errors import SettingsError

HOST = re.compile(r"\.?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+")
SECRET_CHARACTERS_MIN = 50
TOKEN_CHARACTERS_MIN = 32
YEAR_SECONDS = 31_536_000
LEVELS = ("error", "warning", "info")

VARIABLES: Mapping[str, str] = {
    "DATABASE_URL": "the server to use in place of the embedded PostgreSQL",
    "DATABASE_OWNER_URL": "the same server as the owner of the tables, for migrations",
    "LMB_BEHIND_PROXY": "1: a proxy in front ends TLS and sets X-Forwarded-Proto",
    "LMB_CHECKPOINT_AGE_MAX": "seconds after which /readyz calls an unsigned log not ready",
    "LMB_DATA": "the folder of shared data sets that some tests read",
    "LMB_DEBUG": "1: pages show errors in full and personas can be tried; never where LMB_HOSTS is",
    "LMB_HOME": "where this clone keeps its data, keys and embedded server",
    "LMB_HOSTS": "the host names the pages are reached at, by commas; makes them public",
    "LMB_HSTS_SECONDS": "how long browsers must come back by TLS",
    "LMB_ISSUERS": "the file that lists the identity providers",
    "LMB_LOG": "the least that is logged: error, warning or info (a line for each request)",
    "LMB_METRICS_TOKEN": "who shows it reads /metrics from another machine",
    "LMB_PERSONAS": "1: roles can be tried without an identity; never where LMB_HOSTS is",
    "LMB_SECRET_KEY": "what cookies and forms are signed with",
}
"""For whoever runs the system."""

INTERNAL = frozenset({"LMB_DB_APP", "LMB_DB_OWNER", "LMB_SERVER_PROCESS"})
"""Set by one process of ours for another."""


@dataclass(frozen=True, slots=True)
class Environment:
    """What was said, with defaults in the place of what was not."""

    hosts: tuple[str, ...]
    behind_proxy: bool
    debug: bool
    personas: bool
    hsts_seconds: int
    log_level: str
    metrics_token: str | None
    checkpoint_age_max_seconds: int | None

    @property
    def public(self) -> bool:
        """Whether the pages are reached by others than this machine."""
        return bool(self.hosts)


def read(said: Mapping[str, str]) -> Environment:
    """The settings of an environment. Raises SettingsError with everything wrong in it."""
    wrong = list(_problems(said))
    if wrong:
        raise SettingsError("\n".join(["the environment says what cannot be used:", *wrong]))
    age = said.get("LMB_CHECKPOINT_AGE_MAX")
    return Environment(
        hosts=_hosts(said),
        behind_proxy=_on(said, "LMB_BEHIND_PROXY"),
        debug=_on(said, "LMB_DEBUG"),
        personas=_on(said, "LMB_PERSONAS"),
        hsts_seconds=int(said.get("LMB_HSTS_SECONDS") or YEAR_SECONDS),
        log_level=(said.get("LMB_LOG") or LEVELS[0]).upper(),
        metrics_token=said.get("LMB_METRICS_TOKEN") or None,
        checkpoint_age_max_seconds=int(age) if age else None,
    )


def _problems(said: Mapping[str, str]) -> Iterator[str]:
    for name in sorted(said):
        if name.startswith("LMB_") and name not in VARIABLES and name not in INTERNAL:
            near = difflib.get_close_matches(name, VARIABLES, 1)
            instead = f"write {near[0]}" if near else "see docs/operations.md for those there are"
            yield f"  {name} is not a setting: {instead}, or unset it"
    for name in ("LMB_BEHIND_PROXY", "LMB_DEBUG", "LMB_PERSONAS"):
        if said.get(name, "") not in ("", "0", "1"):
            yield f"  {name} is {said[name]!r}: write 1, or unset it"
    for host in _hosts(said):
        if not HOST.fullmatch(host):
            yield f"  LMB_HOSTS has {host!r}: write host names such as bonds.example.gov, by commas"
    for name in ("LMB_HSTS_SECONDS", "LMB_CHECKPOINT_AGE_MAX"):
        if said.get(name) and not re.fullmatch(r"[1-9][0-9]{0,8}", said[name]):
            yield f"  {name} is {said[name]!r}: write a number of seconds, or unset it"
    if (said.get("LMB_LOG") or LEVELS[0]) not in LEVELS:
        yield f"  LMB_LOG is {said['LMB_LOG']!r}: write {', '.join(LEVELS[:-1])} or {LEVELS[-1]}"
    if said.get("LMB_METRICS_TOKEN") and len(said["LMB_METRICS_TOKEN"]) < TOKEN_CHARACTERS_MIN:
        yield (
            f"  LMB_METRICS_TOKEN is shorter than {TOKEN_CHARACTERS_MIN} characters: "
            "write a longer random text"
        )
    if _hosts(said):
        yield from _public_problems(said)


def _public_problems(said: Mapping[str, str]) -> Iterator[str]:
    """What is fine on one's own machine, and not where others come."""
    for name in ("LMB_DEBUG", "LMB_PERSONAS"):
        if said.get(name) == "1":
            yield f"  {name} cannot go with LMB_HOSTS, which makes the pages public: unset one"
    secret = said.get("LMB_SECRET_KEY", "")
    if len(secret) < SECRET_CHARACTERS_MIN or len(set(secret)) < 5:
        yield (
            "  LMB_SECRET_KEY is needed with LMB_HOSTS, at least "
            f"{SECRET_CHARACTERS_MIN} random characters: set it to what "
            "`python3 -c 'import secrets; print(secrets.token_urlsafe(48))'` prints"
        )


def _hosts(said: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(filter(None, (host.strip() for host in said.get("LMB_HOSTS", "").split(","))))


def _on(said: Mapping[str, str], name: str) -> bool:
    return said.get(name) == "1"
