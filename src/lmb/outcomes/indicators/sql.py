"""The indicators as SQL text: from periods and wages to the outcome of each period, to totals.

Two relations are read:

    periods  period_id, person_id, program, entry_date, exit_date, exit_reason, training_type,
             secondary, diploma_date, credential_type, credential_date, msg_enrolled_date,
             msg_completed_date, gain_dates (array of dates), not_yet_q2, not_yet_q4,
             education_q2, education_q4, and any columns to group by
    wages    person_id, employer_id, quarter (4 * year + number - 1), cents, source

The text keeps to what DuckDB and Spark both read, but for one expression a `Dialect` names; tests
run it on both. Everything it adds up is an integer. Source of the rules: see
`rules/data/wioa-indicators.toml`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from lmb.outcomes.indicators.rules import IndicatorRules, Window

Q2, Q4 = 2, 4
"""The quarters after the exit quarter in which employment is measured (WIOA 116(b)(2)(A))."""

COUNTS = (
    "employment_q2_denominator",
    "employment_q2_numerator",
    "employment_q4_denominator",
    "employment_q4_numerator",
    "credential_denominator",
    "credential_numerator",
    "skill_gain_denominator",
    "skill_gain_numerator",
    "same_employer_denominator",
    "same_employer_numerator",
    "exited",
    "waiting_q2",
    "waiting_q4",
)
"""What the outcome of a period may count for: columns of the outcomes, sums in the totals."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """Where engines differ: whether an array of dates has one between two (SQL text of each)."""

    any_between: Callable[[str, str, str], str]


DUCKDB = Dialect(
    lambda array, low, high: f"len(list_filter({array}, lambda d: d BETWEEN {low} AND {high})) > 0"
)
SPARK = Dialect(lambda array, low, high: f"exists({array}, d -> d BETWEEN {low} AND {high})")


@dataclass(frozen=True, slots=True)
class Statement:
    """The parts of one measurement. `by` are columns of `periods` to group by; `periods` and
    `wages` name the relations to read."""

    rules: IndicatorRules
    exits: Window
    skill_gains: Window
    by: Sequence[str] = ()
    dialect: Dialect = DUCKDB
    periods: str = "periods"
    wages: str = "wages"

    @property
    def quarters_after(self) -> tuple[int, int]:
        """The first and the last quarter after exit in which pay matters."""
        asked = {Q2, Q4, *self.rules.diploma_employment_quarters}
        return min(asked), max(asked)

    def outcomes(self) -> str:
        """One row for each period that counts for anything: what it counts for, and earnings."""
        return f"""
WITH facts AS ({self._facts()}),
cohort AS (SELECT * FROM facts WHERE exited OR skill_gain_denominator),
evidence AS ({self._evidence()}),
earned AS ({_EARNED})
SELECT cohort.period_id, cohort.person_id, {self._grouping("cohort.")}
    excluded_for, exited, skill_gain_denominator,
    skill_gain_denominator AND gained AS skill_gain_numerator,
    exited AND not_yet_q2 AS waiting_q2,
    exited AND not_yet_q4 AS waiting_q4,
    {self._employed()}
FROM cohort LEFT JOIN earned ON earned.period_id = cohort.period_id"""

    def totals(self, outcomes: str) -> str:
        """One row of sums for all, and one for each group, over a relation of outcomes.

        `grouped` is 0 in the row of a group; the median comes doubled, so that it is whole.
        """
        sums = ",\n    ".join(
            f"coalesce(sum(CASE WHEN {name} THEN 1 ELSE 0 END), 0) AS {name}" for name in COUNTS
        )
        codes = "".join(
            f",\n    coalesce(sum(CASE WHEN excluded_for = {code} THEN 1 ELSE 0 END), 0)"
            f" AS excluded_{code}"
            for code in self.rules.exit_reasons[1:]
        )
        columns = ", ".join(map(quoted, self.by))
        sets = f"GROUP BY GROUPING SETS ((), ({columns}))" if self.by else ""
        grouped = f"grouping({quoted(self.by[0])})" if self.by else "1"
        return f"""
SELECT {self._grouping()} {grouped} AS grouped,
    {sums}{codes},
    CAST(2 * median(CASE WHEN employment_q2_denominator AND earned_q2 > 0 THEN earned_q2 END)
        AS BIGINT) AS doubled_median
FROM {outcomes} {sets}"""

    def _facts(self) -> str:
        """What each period says by itself, before any wages are looked at."""
        rules, enrolled = self.rules, "msg_enrolled_date"
        year_after = f"exit_date + {rules.credential_days_after_exit}"
        first, last = _day(self.exits.first), _day(self.exits.last)
        from_day, to_day = _day(self.skill_gains.first), _day(self.skill_gains.last)
        diplomas = _codes(rules.diploma_credential_types)
        gained = self.dialect.any_between("gain_dates", from_day, to_day)
        return f"""
SELECT *,
    exited AND excluded_for = 0 AS counted,
    exited AND excluded_for = 0 AND program IN ({_words(rules.credential_programs)})
        AND (training_type NOT IN ({_codes(rules.training_types_not_counted)})
            OR secondary AND coalesce(diploma_date >= entry_date, TRUE))
        AS credential_denominator,
    coalesce(in_time AND (credential_type IN ({_codes(rules.postsecondary_credential_types)})
        OR credential_type IN ({_codes(rules.graduate_credential_types)})
            AND program IN ({_words(rules.graduate_credential_programs)})), FALSE)
        AS postsecondary,
    coalesce(in_time AND credential_type IN ({diplomas}), FALSE)
        OR coalesce(diploma_date BETWEEN entry_date AND {year_after}, FALSE) AS diploma
FROM (SELECT {", ".join(_KEPT)}, {self._further()}
    4 * year(exit_date) + quarter(exit_date) - 1 AS exit_quarter,
    coalesce(exit_date BETWEEN {first} AND {last}, FALSE) AS exited,
    CASE WHEN exit_date BETWEEN {first} AND {last} AND ({self.excluded(skill_gains=False)})
        THEN exit_reason ELSE 0 END AS excluded_for,
    credential_date BETWEEN entry_date AND {year_after} AS in_time,
    coalesce({enrolled} BETWEEN exit_date AND {year_after}, FALSE) AS later_education,
    coalesce({enrolled} <= {to_day} AND coalesce(msg_completed_date, {to_day}) >= {from_day}
        AND coalesce(exit_date, {to_day}) >= {from_day}
        AND program IN ({_words(rules.skill_gain_programs)})
        AND NOT ({self.excluded(skill_gains=True)}), FALSE) AS skill_gain_denominator,
    coalesce({gained}, FALSE)
        OR coalesce(diploma_date BETWEEN {from_day} AND {to_day}, FALSE)
        OR coalesce(credential_type IN ({diplomas})
            AND credential_date BETWEEN {from_day} AND {to_day}, FALSE) AS gained
    FROM {self.periods})"""

    def _evidence(self) -> str:
        """Pay of each counted period by employer, in the quarters that matter."""
        rules = self.rules
        least, most = self.quarters_after
        first, last = _quarter(self.exits.first) + least, _quarter(self.exits.last) + most
        direct = f"wages.source IN ({_words(rules.record_sources)})"
        after = "wages.quarter - cohort.exit_quarter"

        def pay(quarter: int, condition: str) -> str:
            return f"sum(CASE WHEN {after} = {quarter} AND {condition} THEN wages.cents ELSE 0 END)"

        return f"""
SELECT cohort.period_id, wages.employer_id,
    {pay(Q2, direct)} AS direct_q2, {pay(Q2, "NOT " + direct)} AS told_q2,
    {pay(Q4, direct)} AS direct_q4, {pay(Q4, "NOT " + direct)} AS told_q4,
    sum(CASE WHEN {after} IN ({_codes(rules.diploma_employment_quarters)})
        THEN wages.cents ELSE 0 END) AS within_year
FROM {self.wages} AS wages JOIN cohort ON wages.person_id = cohort.person_id
WHERE cohort.counted AND wages.quarter BETWEEN {first} AND {last}
    AND {after} BETWEEN {least} AND {most}
GROUP BY cohort.period_id, wages.employer_id"""

    def _employed(self) -> str:
        """The indicators that need pay. One source serves a quarter: direct records where there
        are any, else what was told as supplemental information."""
        least = self.rules.employed_cents_min
        youth = f"program IN ({_words(self.rules.education_counts_as_employment)})"
        employed = f"coalesce(pay_q2 >= {least}, FALSE)"
        known_q2, known_q4 = "counted AND NOT not_yet_q2", "counted AND NOT not_yet_q4"
        both = f"{known_q2} AND NOT not_yet_q4 AND {employed}"
        return f"""
    CAST(coalesce(pay_q2, 0) AS BIGINT) AS earned_q2,
    {known_q2} AS employment_q2_denominator,
    {known_q2} AND ({employed} OR {youth} AND education_q2) AS employment_q2_numerator,
    {known_q4} AS employment_q4_denominator,
    {known_q4} AND (coalesce(pay_q4 >= {least}, FALSE) OR {youth} AND education_q4)
        AS employment_q4_numerator,
    credential_denominator,
    credential_denominator AND (postsecondary OR diploma
        AND (later_education OR coalesce(pay_within_year >= {least}, FALSE)))
        AS credential_numerator,
    {both} AS same_employer_denominator,
    {both} AND coalesce(kept_employer, FALSE) AS same_employer_numerator"""

    def excluded(self, *, skill_gains: bool) -> str:
        """Whether a period's reason for exit takes it out, of skill gains or of all else."""
        wanted = [each for each in self.rules.exclusions if each.skill_gains or not skill_gains]
        return " OR ".join(
            f"exit_reason = {each.code} AND program IN ({_words(each.programs)})" for each in wanted
        )

    def _further(self) -> str:
        """The columns to group by that are not kept anyway."""
        return "".join(f"{quoted(column)}, " for column in self.by if column not in _KEPT)

    def _grouping(self, table: str = "") -> str:
        return "".join(f"{table}{quoted(column)}, " for column in self.by)


_KEPT = (
    *("period_id", "person_id", "program", "entry_date", "exit_date", "training_type", "secondary"),
    *("diploma_date", "credential_type", "education_q2", "education_q4"),
    *("not_yet_q2", "not_yet_q4"),
)
"""Columns of `periods` the steps after the first still ask for."""

_EARNED = """
SELECT period_id,
    CASE WHEN sum(direct_q2) > 0 THEN sum(direct_q2) ELSE sum(told_q2) END AS pay_q2,
    CASE WHEN sum(direct_q4) > 0 THEN sum(direct_q4) ELSE sum(told_q4) END AS pay_q4,
    sum(within_year) AS pay_within_year,
    CASE WHEN sum(direct_q2) > 0 AND sum(direct_q4) > 0
            THEN max(CASE WHEN direct_q2 > 0 AND direct_q4 > 0 THEN 1 ELSE 0 END)
        WHEN sum(direct_q2) > 0
            THEN max(CASE WHEN direct_q2 > 0 AND told_q4 > 0 THEN 1 ELSE 0 END)
        WHEN sum(direct_q4) > 0
            THEN max(CASE WHEN told_q2 > 0 AND direct_q4 > 0 THEN 1 ELSE 0 END)
        ELSE max(CASE WHEN told_q2 > 0 AND told_q4 > 0 THEN 1 ELSE 0 END)
    END = 1 AS kept_employer
FROM evidence GROUP BY period_id"""


def quoted(name: str) -> str:
    """A column name as SQL. Raises ValueError for one that is no plain word."""
    if not name.isidentifier():
        raise ValueError(f"{name!r} is not a column name: letters, digits and _ alone")
    return f'"{name}"'


def _day(day: date) -> str:
    return f"DATE '{day}'"


def _quarter(day: date) -> int:
    return 4 * day.year + (day.month - 1) // 3


def _words(words: Iterable[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)


def _codes(codes: Iterable[int]) -> str:
    return ", ".join(map(str, codes))
