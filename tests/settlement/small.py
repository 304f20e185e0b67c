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
    "schema": "lmb-term-sheet/1",
    "title": "A small bond",
    "cusip": CUSIP,
    "offering_cents": 500_000,
    "minimum_cents": 10_000,
    "multiple_cents": 10_000,
    "announced_on": "1976-01-28",
    "auction_on": "1976-02-04",
    "issue_on": "1976-02-17",
    "dated_on": "1976-02-15",
    "first_interest_on": "1976-08-15",
    "matures_on": "1981-02-15",
    "outcome": {
        "indicator": "earnings-gain",
        "evaluate": "estimate",
        "baseline_from": "1975-01-01",
        "baseline_to": "1975-12-31",
        "observed_from": "1978-01-01",
        "observed_to": "1978-12-31",
        "publication_lag_days": 181,
        "determined_on": "1979-08-13",
        "threshold_dollars": "0.00",
        "target_dollars": "1000.00",
        "bonus_at_target_percent": "2.000",
        "bonus_floor_percent": "0.000",
        "bonus_cap_percent": "2.000",
        "rounding_places": 3,
        "missing_data": {
            "minimum_coverage_percent": "90",
            "minimum_people_per_arm": 2,
            "score": "0",
        },
    },
    "training": {
        "state": "OH",
        "board": "OH-07",
        "provider": {"id": "welding-school", "name": "Welding School"},
        "program": {"id": "welding", "title": "Welding, 6 months"},
        "grant_cents": 120_000,
        "tuition_cents": 100_000,
        "tranches": {"enrolment_percent": 30, "completion_percent": 30, "placement_percent": 40},
        "spend_until": "1979-08-13",
    },
}

BIDS = """\
bidder,kind,par_dollars,yield_percent
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
    """The term sheet with some values changed; `outcome__score=…` reaches into a section."""
    terms = copy.deepcopy(TERMS)
    for path, value in changes.items():
        *sections, field = path.split("__")
        place = terms
        for section in sections:
            place = place[section]
        place[field] = value
    return terms
