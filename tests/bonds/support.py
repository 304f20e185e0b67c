"""A sound term sheet to start from, and the rules it stands under."""

from __future__ import annotations

import copy
import json
from datetime import date
from decimal import Decimal
from typing import Any

from lmb.bonds.dated_rules import auction_rules_on, outcome_coupon_rules_on

RULES = auction_rules_on(date(1976, 1, 1))
OUTCOME_RULES = outcome_coupon_rules_on(date(1976, 1, 1))
EIGHTH = Decimal("0.125")

_SOUND: dict[str, Any] = {
    "schema": "lmb-term-sheet/1",
    "title": "Supported Work bond, first series",
    "cusip": "LMB760AA3",
    "offering_cents": 200_000_000,
    "minimum_cents": 10_000,
    "multiple_cents": 10_000,
    "announced_on": "1976-01-15",
    "auction_on": "1976-02-03",
    "issue_on": "1976-02-17",
    "dated_on": "1976-02-15",
    "first_interest_on": "1976-08-15",
    "matures_on": "1981-02-15",
    "outcome": {
        "indicator": "earnings-gain",
        "evaluate": "estimate",
        "baseline_from": "1974-01-01",
        "baseline_to": "1975-12-31",
        "observed_from": "1978-01-01",
        "observed_to": "1978-12-31",
        "publication_lag_days": 180,
        "determined_on": "1979-07-16",
        "threshold_dollars": "500.00",
        "target_dollars": "2500.00",
        "bonus_at_target_percent": "3.000",
        "bonus_floor_percent": "0.000",
        "bonus_cap_percent": "2.500",
        "rounding_places": 3,
        "missing_data": {
            "minimum_coverage_percent": "90",
            "minimum_people_per_arm": 30,
            "score": "0",
        },
    },
    "training": {
        "state": "XX",
        "board": "XX-01",
        "provider": {"id": "provider-1", "name": "Supported Work Corporation"},
        "program": {"id": "program-1", "title": "Supported work, twelve months"},
        "grant_cents": 620_000,
        "tuition_cents": 580_000,
        "tranches": {"enrolment_percent": 30, "completion_percent": 30, "placement_percent": 40},
        "spend_until": "1978-12-31",
    },
}


def sound_document() -> dict[str, Any]:
    """A term sheet without a fault, to change at will."""
    return copy.deepcopy(_SOUND)


def changed(**changes: object) -> bytes:
    """The file of a sound term sheet with fields changed; `outcome__determined_on` is nested.

    A value of `...` takes the field away.
    """
    document = sound_document()
    for path, value in changes.items():
        *parents, name = path.split("__")
        target = document
        for parent in parents:
            target = target[parent]
        if value is ...:
            del target[name]
        else:
            target[name] = value
    return json.dumps(document).encode()
