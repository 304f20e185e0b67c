"""A programme small enough to work out by hand: five people, three bids, six half-years to go.

Four of eight people win the lottery; $1,000 of tuition each. The bond sells $5,000 at par.
"""

from __future__ import annotations

import copy
import json
from typing import Any

from lmb.settlement.programme import File, Programme, ProgrammeFiles, load_programme

CUSIP = "LMB760AA3"

TERMS: dict[str, Any] = {
    "schema": "lmb-term-sheet/2",
    "title": "A small bond",
    "programme": "labor-market-bond",
    "currency": "USD",
    "cusip": CUSIP,
    "offering_cents": 500000,
    "authorized_cents": 50000000,
    "minimum_cents": 10000,
    "multiple_cents": 10000,
    "announced_on": "1976-01-28",
    "auction_on": "1976-02-04",
    "issue_on": "1976-02-17",
    "dated_on": "1976-02-15",
    "first_interest_on": "1976-08-15",
    "matures_on": "1981-02-15",
    "base_coupon": {"is": "auction", "highest_percent": "20.000"},
    "guarantee": {"coupon_percent": "base", "principal_percent": "100", "investors_pay_cents": 0},
    "limits": {
        "floor_percent": "0.000",
        "cap_percent": "2.000",
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
            "publication_lag_days": 181,
            "vintage": 1,
            "basis": {"is": "impact", "design": "randomised-trial", "evaluate": "estimate"},
            "minimum_people": 2,
            "minimum_coverage_percent": "90",
            "missing": {"is": "score", "score": "0"},
            "measured": {
                "rule": "earnings-gain",
                "baseline_from": "1975-01-01",
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
                "threshold": "0.00",
                "target": "1000.00",
            },
            "pays": {"is": "rate", "percent": "2.000"},
            "lasts": "life",
        }
    ],
    "training": {
        "people": 4,
        "description": "welding, 6 months",
        "delivery": {
            "state": "OH",
            "board": "OH-07",
            "provider": {"id": "welding-school", "name": "Welding School"},
            "program": {"id": "welding", "title": "Welding, 6 months"},
            "grant_cents": 120000,
            "tuition_cents": 100000,
            "tranches": {
                "enrolment_percent": 30,
                "completion_percent": 30,
                "placement_percent": 40,
            },
            "spend_until": "1979-08-13",
        },
    },
}

BIDS = """\
bidder,kind,amount_dollars,yield_percent
north-pension,competitive,1700,8.000
south-insurance,competitive,1700,8.000
east-bank,competitive,1700,8.000
a-saver,noncompetitive,500,
"""

# w1 completes and is placed; w2 completes and is not; w3 enrols and stops; w4 never accepts.
PEOPLE = """\
person,arm,state,board,accepted_on,enrolled_on,completed_on
w1,treated,OH,OH-07,1976-04-01,1976-04-15,1976-10-15
w2,treated,OH,OH-07,1976-04-01,1976-04-15,1976-10-15
w3,treated,OH,OH-07,1976-05-03,1976-05-17,
w4,treated,OH,OH-07,,,
c1,control,OH,OH-07,,,
c2,control,OH,OH-07,,,
c3,control,OH,OH-07,,,
c4,control,OH,OH-07,,,
"""

# The treated earned $900 on average in 1978, the controls $400: a gain of $500.
EARNINGS = """\
person,employer,from,to,hours,earnings_dollars
w1,mill,1978-01-01,1978-06-30,400,1000
w1,dock,1978-07-01,1978-12-31,400,1000
w2,,1978-01-01,1978-12-31,,0
w3,mill,1978-01-01,1978-12-31,,1600
w4,,1978-01-01,1978-12-31,,0
c1,mill,1978-01-01,1978-12-31,,400
c2,mill,1978-01-01,1978-12-31,,400
c3,mill,1978-01-01,1978-12-31,,400
c4,mill,1978-01-01,1978-12-31,,400
w1,mill,1975-01-01,1975-12-31,,100
"""


def small_files(
    *,
    terms: dict[str, Any] | None = None,
    bids: str = BIDS,
    people: str = PEOPLE,
    earnings: str = EARNINGS,
) -> ProgrammeFiles:
    """The four files, with some of them replaced."""
    document = terms if terms is not None else TERMS
    return ProgrammeFiles(
        File("terms.json", json.dumps(document).encode()),
        File("bids.csv", bids.encode()),
        File("people.csv", people.encode()),
        File("earnings.csv", earnings.encode()),
    )


def small_programme(**changes: Any) -> Programme:
    """The programme of these files."""
    return load_programme(small_files(**changes))


def changed_terms(**changes: Any) -> dict[str, Any]:
    """The term sheet with some values changed; `kpis__1__name=…` reaches into a section, places in
    lists count from 1."""
    terms = copy.deepcopy(TERMS)
    for path, value in changes.items():
        *sections, field = path.split("__")
        place: Any = terms
        for section in sections:
            place = place[int(section) - 1 if section.isdecimal() else section]
        place[field] = value
    return terms
