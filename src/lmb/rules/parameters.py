"""Rule parameters as dated data: one TOML file per rule under `data/`, each version cited.

[rule]
id = "treasury-auction"
title = "Uniform-price auction"

[[version]]
version = "1"
effective_from = 1970-01-01
effective_to = 1999-12-31        # inclusive; left out while the version is in force
citation = "31 CFR 356.20"
note = "why this version, where it departs from the text it cites"
[version.parameters]
award_limit_percent = "35"       # decimals are text, cents are integers
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from itertools import pairwise

from lmb.values.canonical import Document, fingerprint
from lmb.values.errors import NotFoundError, RefusedError

DATA = resources.files("lmb.rules") / "data"


@dataclass(frozen=True, slots=True)
class ParameterSet:
    """One dated version of a rule's parameters; dates are inclusive."""

    rule: str
    title: str
    version: str
    effective_from: date
    effective_to: date | None
    citation: str
    note: str
    values: Mapping[str, Document]

    @property
    def sha256(self) -> str:
        """Fingerprint of what a determination depends on: rule, version, citation, values."""
        return fingerprint(
            {
                "rule": self.rule,
                "version": self.version,
                "citation": self.citation,
                "values": dict(self.values),
            }
        )

    def in_force_on(self, day: date) -> bool:
        """Whether this version's window holds `day`."""
        return self.effective_from <= day and (
            self.effective_to is None or day <= self.effective_to
        )


def in_force(rule: str, day: date) -> ParameterSet:
    """The version of a rule in force on a day. Raises RefusedError where none is."""
    for version in versions(rule):
        if version.in_force_on(day):
            return version
    raise RefusedError(
        f"rule {rule!r} has no version in force on {day}: add a dated version to its data file"
    )


def exact_version(rule: str, version: str) -> ParameterSet:
    """One version of a rule by name, for replaying. Raises NotFoundError where it is missing."""
    for candidate in versions(rule):
        if candidate.version == version:
            return candidate
    raise NotFoundError(f"rule {rule!r} has no version {version!r} in its data file")


@cache
def versions(rule: str) -> tuple[ParameterSet, ...]:
    """All versions of a rule, oldest first; no two windows overlap and no two share a name.

    Raises NotFoundError for an unknown rule and RefusedError for versions that are in each
    other's way.
    """
    file = DATA / f"{rule}.toml"
    if not rule.replace("-", "").isalnum() or not file.is_file():
        raise NotFoundError(f"there is no rule {rule!r}; the rules are {', '.join(rule_names())}")
    content = tomllib.loads(file.read_text(encoding="utf-8"))
    found = sorted(
        (
            ParameterSet(
                rule=content["rule"]["id"],
                title=content["rule"]["title"],
                version=entry["version"],
                effective_from=entry["effective_from"],
                effective_to=entry.get("effective_to"),
                citation=entry["citation"],
                note=entry.get("note", ""),
                values=entry["parameters"],
            )
            for entry in content["version"]
        ),
        key=lambda version: version.effective_from,
    )
    for earlier, later in pairwise(found):
        if earlier.effective_to is None or earlier.effective_to >= later.effective_from:
            raise RefusedError(
                f"rule {rule!r}: versions {earlier.version} and {later.version} overlap; "
                "close the earlier one the day before the later one starts"
            )
    names = Counter(version.version for version in found)
    for name, count in names.items():
        if count > 1:
            raise RefusedError(
                f"rule {rule!r} has {count} versions named {name!r}; a replay must find the one "
                "it used, so give each a name of its own"
            )
    return tuple(found)


def rule_names() -> tuple[str, ...]:
    """The names of all rules on file, sorted."""
    names = (entry.name for entry in DATA.iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))
