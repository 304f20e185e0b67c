"""Terms and records for tests: a small bond of two tranches, in a world drawn from a seed."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from datetime import date
from typing import Any

from lmb.outcomes.determination.records import HEADER, Frozen, read_records
from lmb.outcomes.determination.terms import Terms, read_terms

SECRET = "5e" * 32

TERMS: Mapping[str, Any] = {
    "format": "lmb-outcome-terms/1",
    "title": "Second cohort",
    "estimator": "difference-in-means/1",
    "evaluate": "estimate",
    "interval_standard_errors": "1.959963984540054",
    "sources": ["ui", "supplemental"],
    "exclusions": ["deceased", "incarcerated"],
    "missing": "leave-out",
    "minimum_coverage_percent": "80",
    "minimum_people": 10,
    "freeze_on": "2026-06-30",
    "threshold": "0",
    "target": "200000",
    "floor": "0",
    "cap": "1",
    "tranches": [
        {"id": "A", "full_cents": 1_000_003, "payees": {"board": 1, "provider": 2}},
        {"id": "B", "full_cents": 2_000_000, "payees": {"provider": 1}},
    ],
    "fallback": ["prior-statement", "administrator"],
    "challenge_days": 30,
    "materiality_cents": 1_000,
    "longstop_on": "2028-12-31",
}


def terms(**changes: Any) -> Terms:
    return read_terms("terms.json", json.dumps({**TERMS, **changes}).encode())


def lines(people: int = 120, seed: int = 1) -> list[str]:
    """Rows of people in two tranches and three blocks; some excluded, unknown, or amended later."""
    draw = random.Random(seed)
    rows = []
    for number in range(people):
        person, tranche = f"p{number:05}", "AB"[number % 2]
        arm, block = draw.choice(["treated", "control"]), f"site-{number % 3}"
        outcome = draw.randint(0, 900_000) + 120_000 * (arm == "treated")
        status = draw.choices(["counted", "not_yet", "deceased"], [90, 6, 4])[0]
        shown = str(outcome) if status == "counted" else ""
        rows.append(f"{person},{tranche},{arm},{block},ui,2026-05-01,{status},{shown}")
        if number % 7 == 0:
            rows.append(
                f"{person},{tranche},{arm},{block},supplemental,2026-06-01,counted,{outcome // 2}"
            )
        if number % 11 == 0:
            rows.append(f"{person},{tranche},{arm},{block},ui,2026-06-15,counted,{outcome + 7}")
        if number % 13 == 0:
            rows.append(f"{person},{tranche},{arm},{block},ui,2026-09-01,counted,{outcome * 2}")
    return rows


def table(rows: list[str]) -> bytes:
    return "\n".join([HEADER, *rows, ""]).encode()


def frozen(rows: list[str]) -> Frozen:
    return Frozen(read_records("records.csv", table(rows)), SECRET)


PUBLISHED = date(2026, 7, 1)
