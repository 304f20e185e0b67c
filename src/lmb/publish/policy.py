"""How small is small: the dated parameters of disclosure control, typed. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from lmb.rules.parameters import versions
from lmb.values.errors import RefusedError

RULE = "disclosure-control"


@dataclass(frozen=True, slots=True)
class DisclosurePolicy:
    """One dated version of the rule `disclosure-control`.

    `people_min` is the smallest count shown, and how wide the range of a hidden count must stay;
    `part_min` the smallest numerator, and the smallest rest to its denominator.
    """

    version: str
    people_min: int
    people_min_floor: int
    part_min: int
    median_people_min: int
    median_multiple_cents: int

    @classmethod
    def newest(cls) -> DisclosurePolicy:
        """The latest version: what is released today is held to what is known today."""
        parameters = versions(RULE)[-1]
        values = cast(Mapping[str, Any], parameters.values)
        return cls(
            version=parameters.version,
            people_min=int(values["people_min"]),
            people_min_floor=int(values["people_min_floor"]),
            part_min=int(values["part_min"]),
            median_people_min=int(values["median_people_min"]),
            median_multiple_cents=int(values["median_multiple_cents"]),
        )

    def with_people_min(self, people: int) -> DisclosurePolicy:
        """The same with another smallest count. Raises RefusedError below the floor."""
        if people < self.people_min_floor:
            raise RefusedError(
                f"counts below {self.people_min_floor} are never shown (rule {RULE}, version "
                f"{self.version}): choose a smallest count of {self.people_min_floor} or more"
            )
        return replace(
            self,
            people_min=people,
            part_min=min(self.part_min, people),
            median_people_min=max(self.median_people_min, people),
        )
