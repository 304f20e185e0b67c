"""The dated parameters of the indicators, typed: which codes, windows and programs count. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from lmb.rules.parameters import ParameterSet, in_force

RULE = "wioa-indicators"


@dataclass(frozen=True, slots=True)
class Window:
    """The days exits, or skill gains, fall in; both included."""

    first: date
    last: date

    def __post_init__(self) -> None:
        """Raises ValueError for a window that ends before it starts."""
        if self.last < self.first:
            raise ValueError(f"the window ends on {self.last}, before it starts on {self.first}")

    def __str__(self) -> str:
        return f"{self.first}..{self.last}"


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A reason for exit (element 923) that takes a period out of numerator and denominator, in the
    programs it applies to; out of skill gains only where `skill_gains`."""

    code: int
    reason: str
    programs: tuple[str, ...]
    skill_gains: bool


@dataclass(frozen=True, slots=True)
class IndicatorRules:
    """One dated version of the rule `wioa-indicators`."""

    version: str
    sha256: str
    programs: tuple[str, ...]
    record_sources: tuple[str, ...]
    supplemental_sources: tuple[str, ...]
    employed_cents_min: int
    credential_days_after_exit: int
    diploma_employment_quarters: tuple[int, ...]
    education_counts_as_employment: tuple[str, ...]
    credential_programs: tuple[str, ...]
    skill_gain_programs: tuple[str, ...]
    training_types: tuple[int, ...]
    training_types_not_counted: tuple[int, ...]
    credential_types: tuple[int, ...]
    diploma_credential_types: tuple[int, ...]
    postsecondary_credential_types: tuple[int, ...]
    graduate_credential_types: tuple[int, ...]
    graduate_credential_programs: tuple[str, ...]
    exclusions: tuple[Exclusion, ...]

    @classmethod
    def of(cls, parameters: ParameterSet) -> IndicatorRules:
        """The typed form of one version; raises KeyError for a parameter that is missing."""
        values = cast(Mapping[str, Any], parameters.values)

        def words(name: str) -> tuple[str, ...]:
            return tuple(map(str, values[name]))

        def codes(name: str) -> tuple[int, ...]:
            return tuple(map(int, values[name]))

        return cls(
            version=parameters.version,
            sha256=parameters.sha256,
            programs=words("programs"),
            record_sources=words("record_sources"),
            supplemental_sources=words("supplemental_sources"),
            employed_cents_min=int(values["employed_cents_min"]),
            credential_days_after_exit=int(values["credential_days_after_exit"]),
            diploma_employment_quarters=codes("diploma_employment_quarters"),
            education_counts_as_employment=words("education_counts_as_employment"),
            credential_programs=words("credential_programs"),
            skill_gain_programs=words("skill_gain_programs"),
            training_types=codes("training_types"),
            training_types_not_counted=codes("training_types_not_counted"),
            credential_types=codes("credential_types"),
            diploma_credential_types=codes("diploma_credential_types"),
            postsecondary_credential_types=codes("postsecondary_credential_types"),
            graduate_credential_types=codes("graduate_credential_types"),
            graduate_credential_programs=words("graduate_credential_programs"),
            exclusions=tuple(_exclusions(values["exclusions"])),
        )

    @classmethod
    def in_force_on(cls, day: date) -> IndicatorRules:
        """The version in force on a day. Raises RefusedError where there is none."""
        return cls.of(in_force(RULE, day))

    @property
    def sources(self) -> tuple[str, ...]:
        return self.record_sources + self.supplemental_sources

    @property
    def exit_reasons(self) -> tuple[int, ...]:
        """All codes element 923 may hold; 0 says that there was no other reason."""
        return (0, *(exclusion.code for exclusion in self.exclusions))


def _exclusions(entries: Iterable[Mapping[str, Any]]) -> Iterable[Exclusion]:
    for entry in entries:
        yield Exclusion(
            int(entry["code"]),
            str(entry["reason"]),
            tuple(map(str, entry["programs"])),
            bool(entry["skill_gains"]),
        )
