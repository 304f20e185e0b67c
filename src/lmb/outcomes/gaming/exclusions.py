"""Exclusions used to lose the people who failed.

Whoever is excluded (incarcerated, in long medical treatment, called up) leaves numerator and
denominator. A provider that excludes far more than its peers, for one reason or in all, is flagged.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from lmb.outcomes.gaming.flags import Flag, is_rare, percent

CHECK = "exclusions"
ALL = "any reason"


def excluded_more_than_peers(
    people: Mapping[str, int], excluded: Mapping[str, Mapping[str, int]]
) -> list[Flag]:
    """Providers who exclude more than the others; `people` are all who left each provider,
    `excluded` those left out by reason. Raises ValueError where more are left out than left."""
    reasons = sorted({reason for counts in excluded.values() for reason in counts})
    counts = {
        name: {**dict(excluded.get(name, {})), ALL: sum(excluded.get(name, {}).values())}
        for name in people
    }
    flags = []
    for provider in sorted(people):
        of = people[provider]
        if counts[provider][ALL] > of:
            raise ValueError(f"{provider} excluded {counts[provider][ALL]} of {of} people")
        others = sum(people.values()) - of
        for reason in [*reasons, ALL]:
            found = counts[provider].get(reason, 0)
            peers = sum(counts[name].get(reason, 0) for name in people) - found
            # Half a person more than seen, so that a reason no peer ever used is not impossible.
            share = Fraction(2 * peers + 1, 2 * others + 1)
            if is_rare(found, of, share, len(people) * (len(reasons) + 1)):
                sentence = (
                    f"{provider}: {found} of {of} people ({percent(found, of)}) are excluded for "
                    f"{reason}; of its peers' {percent(peers, others)}. Ask for the evidence of "
                    "each."
                )
                flags.append(Flag(CHECK, provider, found, of, share * of, sentence))
    return flags
