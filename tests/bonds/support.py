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
    "schema": "lmb-term-sheet/2",
    "title": "Supported Work bond, first series",
    "programme": "labor-market-bond",
    "currency": "USD",
    "cusip": "LMB760AA3",
    "offering_cents": 200000000,
    "authorized_cents": 20000000000,
    "minimum_cents": 10000,
    "multiple_cents": 10000,
    "announced_on": "1976-01-15",
    "auction_on": "1976-02-03",
    "issue_on": "1976-02-17",
    "dated_on": "1976-02-15",
    "first_interest_on": "1976-08-15",
    "matures_on": "1981-02-15",
    "base_coupon": {"is": "auction", "highest_percent": "20.000"},
    "guarantee": {"coupon_percent": "base", "principal_percent": "100", "investors_pay_cents": 0},
    "limits": {
        "floor_percent": "0.000",
        "cap_percent": "2.500",
        "appropriation": {
            "covers": "adjustments",
            "by_fiscal_year": [
                {"fiscal_year": year, "cents": 10**14} for year in range(1976, 1998)
            ],
        },
    },
    "rounding": {"score_places": None, "rate_places": 3, "mode": "half-even"},
    "determination": {
        "mode": "in-advance",
        "lockout_business_days": 2,
        "notice_business_days": 0,
        "dispute_days": 0,
        "record_business_days": 1,
        "verifier": "the house, by rule earnings-gain",
    },
    "revisions": {"is": "first-final"},
    "kpis": [
        {
            "id": "earnings-gain",
            "name": "Gain in yearly earnings of people offered training by lottery",
            "unit": "money",
            "lowest": "-100000",
            "highest": "100000",
            "window": {"is": "fixed", "from": "1978-01-01", "to": "1978-12-31"},
            "publication_lag_days": 180,
            "vintage": 1,
            "basis": {"is": "impact", "design": "randomised-trial", "evaluate": "estimate"},
            "minimum_people": 30,
            "minimum_coverage_percent": "90",
            "missing": {"is": "score", "score": "0"},
            "measured": {
                "rule": "earnings-gain",
                "baseline_from": "1974-01-01",
                "baseline_to": "1975-12-31",
            },
        }
    ],
    "components": [
        {
            "id": "bonus",
            "name": "Outcome bonus",
            "score": {
                "is": "linear",
                "kpi": "earnings-gain",
                "threshold": "500.00",
                "target": "2500.00",
            },
            "pays": {"is": "rate", "percent": "3.000"},
            "lasts": "life",
        }
    ],
    "training": {
        "people": 185,
        "description": "supported work, twelve months",
        "delivery": {
            "state": "XX",
            "board": "XX-01",
            "provider": {"id": "provider-1", "name": "Supported Work Corporation"},
            "program": {"id": "program-1", "title": "Supported work, twelve months"},
            "grant_cents": 620000,
            "tuition_cents": 580000,
            "tranches": {
                "enrolment_percent": 30,
                "completion_percent": 30,
                "placement_percent": 40,
            },
            "spend_until": "1978-12-31",
        },
    },
}


def sound_document() -> dict[str, Any]:
    """A term sheet without a fault, to change at will."""
    return copy.deepcopy(_SOUND)


def changed(**changes: object) -> bytes:
    """The file of a sound term sheet with fields changed; `kpis__1__name` is nested, places in
    lists count from 1. A value of `...` takes the field away.
    """
    document = sound_document()
    for path, value in changes.items():
        *parents, name = path.split("__")
        target: Any = document
        for parent in parents:
            target = target[int(parent) - 1 if parent.isdecimal() else parent]
        if value is ...:
            del target[name]
        else:
            target[name] = value
    return json.dumps(document).encode()
