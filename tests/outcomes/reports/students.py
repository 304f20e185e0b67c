"""A made-up cohort with everything a form asks for: periods, wages, and the forms of them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random

from lmb.outcomes.indicators.columns import period_columns, wage_columns
from lmb.outcomes.indicators.duckdb_engine import engine
from lmb.outcomes.indicators.rules import IndicatorRules
from lmb.outcomes.indicators.tables import PERIOD_BREACHES, load
from lmb.outcomes.reports.cohort import Cohort
from lmb.outcomes.reports.rules import ReportRules
from lmb.values.quarters import ProgramYear, Quarter
from tests.outcomes.indicators.cohorts import PERIOD, WAGE, write

YEAR = ProgramYear(2023)
END = Quarter(2024, 2)
RULES = ReportRules.in_force_on(END.last_day)
INDICATORS = IndicatorRules.in_force_on(END.last_day)
PEOPLE = 400

Rows = list[dict[str, str]]


def made_up(seed: int = 1, people: int = PEOPLE) -> tuple[Rows, Rows]:
    """Periods with every further column, and wages, of so many people in four programs."""
    chances = Random(seed)
    periods, wages = [], []
    for number in range(people):
        year, month = chances.choice([2021, 2022, 2023]), chances.randint(1, 9)
        exited = chances.random() < 0.9
        period = {
            **PERIOD,
            **{"period_id": f"period-{number}", "person_id": f"person-{number * 9 // 10}"},
            **{"program": chances.choice(["adult", "dislocated", "youth", "aefla"])},
            **{"entry_date": f"{year}-{month:02}-15"},
            **{"exit_date": f"{year + 1}-{month + 3:02}-10" if exited else ""},
            **{"exit_reason": "03" if exited and chances.random() < 0.05 else ""},
            **{"training_type": chances.choice(["", "06", "01"])},
            **{"credential_type": chances.choice(["", "4"])},
            **{"msg_enrolled_date": f"{year}-{month:02}-20" if chances.random() < 0.6 else ""},
            **{"gain_dates": f"{year + 1}-02-01" if chances.random() < 0.5 else ""},
            **{"study_id": f"study-{chances.randint(1, 3)}"},
            **{name: chances.choice(codes) for name, codes in RULES.codes.items()},
            **{"age_at_entry": str(chances.randint(14, 70))},
        }
        if period["credential_type"]:
            period["credential_date"] = f"{year + 1}-{month + 1:02}-01"
        periods.append(period)
        for _ in range(chances.randint(0, 12)):
            quarter = f"{chances.randint(2022, 2024)}Q{chances.randint(1, 4)}"
            employer = f"employer-{chances.randint(1, 3)}"
            wages.append(
                {
                    **WAGE,
                    **{"person_id": period["person_id"], "employer_id": employer},
                    **{"quarter": quarter, "cents": str(chances.randint(1, 2_000_001))},
                }
            )
    return periods, wages


@contextmanager
def cohort(
    periods: Sequence[Mapping[str, str]],
    wages: Sequence[Mapping[str, str]],
    key: str = "program",
    end: Quarter = END,
) -> Iterator[Cohort]:
    with engine() as connection, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        columns = (*period_columns(INDICATORS, [key, "study_id"]), *RULES.columns())
        file = write(folder / "periods.csv", periods, PERIOD)
        load(connection, "periods", file, columns, folder, PERIOD_BREACHES, "period_id")
        file = write(folder / "wages.csv", wages, WAGE)
        load(connection, "wages", file, wage_columns(INDICATORS), folder)
        yield Cohort(connection, RULES, end, (key,))
