"""A small outcome-linked sheet to change at will, and observations to put before it."""

from __future__ import annotations

import copy
import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from importlib import resources
from typing import Any

from lmb.bonds.linked.coupons import CouponDetermination, determine_coupons
from lmb.bonds.linked.document import load_linked_sheet
from lmb.bonds.linked.kpis_file import Observation
from lmb.bonds.linked.plan import Window
from lmb.bonds.linked.sheet import LinkedSheet
from lmb.values.errors import InputError, Problem

EXAMPLES = resources.files("lmb.bonds.linked") / "examples"
EXAMPLE_NAMES = (
    "dc-water",
    "dwp-rate-card",
    "four-indicators",
    "new-york-ceo",
    "sustainability-step-up",
)

_JOBS: dict[str, Any] = {
    "id": "jobs",
    "name": "Share in work",
    "unit": "percent",
    "lowest": "0",
    "highest": "100",
    "window": {"is": "rolling", "length": "half-year", "lag": 0},
    "publication_lag_days": 30,
    "vintage": 1,
    "basis": {"is": "gross"},
    "minimum_people": 30,
    "minimum_coverage_percent": "90",
    "missing": {"is": "score", "score": "0"},
}
_SMALL: dict[str, Any] = {
    "schema": "lmb-term-sheet/2",
    "title": "Small bond",
    "programme": "illustration",
    "currency": "USD",
    "cusip": "LMB270BB0",
    "offering_cents": 1_000_000_00,
    "authorized_cents": 1_000_000_00,
    "minimum_cents": 10_000,
    "multiple_cents": 10_000,
    "announced_on": "2027-01-15",
    "auction_on": "2027-02-03",
    "issue_on": "2027-02-16",
    "dated_on": "2027-02-15",
    "first_interest_on": "2027-08-15",
    "matures_on": "2032-02-15",
    "base_coupon": {"is": "fixed", "percent": "3.000"},
    "guarantee": {
        "coupon_percent": "base",
        "principal_percent": "100",
        "investors_pay_cents": 0,
    },
    "limits": {"floor_percent": "0.000", "cap_percent": "2.000"},
    "rounding": {"score_places": None, "rate_places": 3, "mode": "half-even"},
    "determination": {
        "mode": "in-advance",
        "lockout_business_days": 2,
        "notice_business_days": 1,
        "dispute_days": 0,
        "record_business_days": 1,
        "verifier": "Evaluator",
    },
    "revisions": {"is": "first-final"},
    "kpis": [_JOBS],
    "components": [
        {
            "id": "jobs-bonus",
            "name": "Bonus for jobs",
            "score": {"is": "linear", "kpi": "jobs", "threshold": "50", "target": "60"},
            "pays": {"is": "rate", "percent": "1.000"},
        }
    ],
}


def kpi(identifier: str = "jobs", **changes: Any) -> dict[str, Any]:
    """An indicator like the share in work, changed."""
    return {**copy.deepcopy(_JOBS), "id": identifier, **changes}


def linear(name: str = "jobs", threshold: str = "50", target: str = "60") -> dict[str, Any]:
    return {"is": "linear", "kpi": name, "threshold": threshold, "target": target}


def digital(name: str, compare: str, value: str) -> dict[str, Any]:
    return {"is": "digital", "kpi": name, "compare": compare, "value": value}


def component(score: dict[str, Any], pays: dict[str, Any] | None = None, **more: Any) -> Any:
    """A component, by default one that pays 1 % a year."""
    pays = pays or {"is": "rate", "percent": "1.000"}
    return {"id": "part", "name": "Part", "score": score, "pays": pays, **more}


def document(**changes: Any) -> dict[str, Any]:
    """The small sheet with top fields changed; a value of `...` takes the field away. A change of
    an object that is there changes the fields it names."""
    made = copy.deepcopy(_SMALL)
    for name, value in changes.items():
        if value is ...:
            made.pop(name, None)
        elif isinstance(value, dict) and "is" not in value and isinstance(made.get(name), dict):
            made[name] = {**made[name], **value}
        else:
            made[name] = value
    return made


def sheet(**changes: Any) -> LinkedSheet:
    """The small sheet changed, which must be sound."""
    return load_linked_sheet("terms.json", json.dumps(document(**changes)).encode())


def problems(**changes: Any) -> list[Problem]:
    """What is wrong with the small sheet changed."""
    try:
        sheet(**changes)
    except InputError as error:
        return list(error.problems)
    return []


def example(name: str) -> LinkedSheet:
    """A sheet shipped as an example."""
    return load_linked_sheet(f"{name}.json", (EXAMPLES / f"{name}.json").read_bytes())


def halves(year: int, half: int) -> Window:
    """A half-year of the calendar."""
    if half == 1:
        return Window(date(year, 1, 1), date(year, 6, 30))
    return Window(date(year, 7, 1), date(year, 12, 31))


def seen(
    value: str | None,
    window: Window | None = None,
    verified: str = "2028-02-01",
    kpi: str = "jobs",
    **changes: Any,
) -> Observation:
    """An observation of the second half of 2027 unless told otherwise, sound in all it says."""
    given: dict[str, Any] = {
        "row": 2,
        "kpi": kpi,
        "window": window or halves(2027, 2),
        "vintage": 1,
        "value": None if value is None else Decimal(value),
        "people": 500,
        "coverage_percent": Decimal(100),
        "ci95_lower": None,
        "p_value": None,
        "verified_on": date.fromisoformat(verified),
        "verifier": "Evaluator",
        **changes,
    }
    return Observation(**given)


def coupons(
    terms: LinkedSheet,
    *observations: Observation,
    as_of: str = "2040-01-01",
    base: str | None = None,
) -> Sequence[CouponDetermination]:
    """The coupons of a sheet at its own base coupon, or another."""
    percent = terms.base_coupon.highest_percent if base is None else Decimal(base)
    day = date.fromisoformat(as_of)
    return determine_coupons(terms, observations, percent, terms.offering_cents, day).coupons


def adjustments(found: Sequence[CouponDetermination]) -> list[str]:
    """The adjustments as they are written down."""
    return [str(coupon.document()["adjustment_percent"]) for coupon in found]
