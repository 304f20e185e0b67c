"""The second engine: the same indicators on Polars, written apart from the first.

It reads the rule text another way on purpose: a long table of who was paid by whom in which
quarter after exit, counted by joins of its rows instead of by sums of columns. What both engines
get wrong alike is then a mistake in reading the rule, not in computing. Only the parameters, the
canonical files and the form of the result are shared.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import polars as pl
from polars import col, lit

from lmb.outcomes.indicators.results import Indicators, Measured, Rate
from lmb.outcomes.indicators.rules import IndicatorRules, Window

EXCLUDED, NO_REASON = "excluded_for", 0


def measure(
    periods: Path,
    wages: Path,
    rules: IndicatorRules,
    exits: Window,
    skill_gains: Window,
    by: Sequence[str] = (),
) -> Measured:
    """The indicators of canonical Parquet files, in all and by group."""
    everyone = pl.scan_parquet(periods)
    exiters = _exiters(everyone, rules, exits).collect(engine="streaming").lazy()
    paid = _paid(exiters, pl.scan_parquet(wages), rules).collect(engine="streaming").lazy()
    judged = _judged(exiters, paid, rules).collect()
    learners = _learners(everyone, rules, skill_gains).collect(engine="streaming")
    if not by:
        return Measured(_indicators(judged, learners, rules))
    frames = (judged, learners)
    parts = [frame.partition_by(by, as_dict=True) for frame in frames]
    keys = sorted(
        {*parts[0], *parts[1]}, key=lambda key: [(part is None, str(part)) for part in key]
    )
    groups = {}
    for key in keys:
        exited, learned = (
            part.get(key, frame.clear()) for part, frame in zip(parts, frames, strict=True)
        )
        told = tuple(None if part is None else str(part) for part in key)
        groups[told] = _indicators(exited, learned, rules)
    return Measured(_indicators(judged, learners, rules), groups)


def _exiters(periods: pl.LazyFrame, rules: IndicatorRules, exits: Window) -> pl.LazyFrame:
    """Periods that exited in the window, and why they are left out if they are."""
    exit_quarter = 4 * col("exit_date").dt.year().cast(pl.Int32) + col("exit_date").dt.quarter() - 1
    return periods.filter(
        col("exit_date").is_between(lit(exits.first), lit(exits.last))
    ).with_columns(
        exit_quarter.cast(pl.Int32).alias("exit_quarter"),
        pl.when(_left_out(rules, skill_gains=False))
        .then(col("exit_reason"))
        .otherwise(NO_REASON)
        .alias(EXCLUDED),
    )


def _left_out(rules: IndicatorRules, *, skill_gains: bool) -> pl.Expr:
    left_out = lit(False)
    for exclusion in rules.exclusions:
        if skill_gains and not exclusion.skill_gains:
            continue
        left_out |= (col("exit_reason") == exclusion.code) & col("program").is_in(
            list(exclusion.programs)
        )
    return left_out


def _paid(exiters: pl.LazyFrame, wages: pl.LazyFrame, rules: IndicatorRules) -> pl.LazyFrame:
    """Who was paid by whom in which quarter after exit, from the source that serves the quarter:
    supplemental information counts only where no direct record shows pay."""
    counted = exiters.filter(col(EXCLUDED) == NO_REASON)
    after = (col("quarter") - col("exit_quarter")).alias("after")
    furthest = max(4, *rules.diploma_employment_quarters)
    rows = (
        wages.filter(col("cents") > 0)
        .join(counted.select("period_id", "person_id", "exit_quarter"), on="person_id")
        .with_columns(after, direct=col("source").is_in(list(rules.record_sources)))
        .filter(col("after").is_between(1, furthest))
        .group_by("period_id", "after", "direct", "employer_id")
        .agg(col("cents").sum())
    )
    best = rows.group_by("period_id", "after").agg(col("direct").any().alias("best"))
    return rows.join(best, on=["period_id", "after"]).filter(
        (col("after") != 2) & (col("after") != 4) | (col("direct") == col("best"))
    )


def _judged(exiters: pl.LazyFrame, paid: pl.LazyFrame, rules: IndicatorRules) -> pl.LazyFrame:
    """Each exiter with pay in the second and fourth quarter, pay within a year, and whether one
    employer paid in both quarters."""
    second, fourth = (
        paid.filter(col("after") == after)
        .group_by("period_id")
        .agg(col("cents").sum().alias(f"pay_q{after}"))
        for after in (2, 4)
    )
    year = (
        paid.filter(col("after").is_in(list(rules.diploma_employment_quarters)))
        .group_by("period_id")
        .agg(col("cents").sum().alias("pay_year"))
    )
    kept = (
        paid.filter(col("after") == 2)
        .join(paid.filter(col("after") == 4), on=["period_id", "employer_id"])
        .select("period_id")
        .unique()
        .with_columns(kept_employer=lit(True))
    )
    whole = exiters
    for part in (second, fourth, year, kept):
        whole = whole.join(part, on="period_id", how="left")
    return whole.with_columns(
        col("pay_q2", "pay_q4", "pay_year").fill_null(0), col("kept_employer").fill_null(False)
    )


def _learners(periods: pl.LazyFrame, rules: IndicatorRules, skill_gains: Window) -> pl.LazyFrame:
    """Periods in education or training during the window, and whether they show a gain in it."""
    first, last = lit(skill_gains.first), lit(skill_gains.last)
    diploma = col("credential_type").is_in(list(rules.diploma_credential_types))
    return periods.filter(
        col("program").is_in(list(rules.skill_gain_programs)),
        ~_left_out(rules, skill_gains=True),
        col("msg_enrolled_date") <= last,
        col("msg_completed_date").is_null() | (col("msg_completed_date") >= first),
        col("exit_date").is_null() | (col("exit_date") >= first),
    ).with_columns(
        gained=col("gain_dates").list.eval(pl.element().is_between(first, last)).list.any()
        | col("diploma_date").is_between(first, last).fill_null(False)
        | (diploma & col("credential_date").is_between(first, last)).fill_null(False)
    )


def _indicators(exiters: pl.DataFrame, learners: pl.DataFrame, rules: IndicatorRules) -> Indicators:
    counted = exiters.filter(col(EXCLUDED) == NO_REASON)
    second = counted.filter(~col("not_yet_q2"))
    fourth = counted.filter(~col("not_yet_q4"))
    learning = col("program").is_in(list(rules.education_counts_as_employment))
    paid = [col(f"pay_q{after}") >= rules.employed_cents_min for after in (2, 4)]
    both = second.filter(~col("not_yet_q4"), paid[0])
    enrolled = counted.filter(_was_in_education(rules))
    waiting = [exiters.filter(col(f"not_yet_q{after}")).height for after in (2, 4)]
    return Indicators(
        employment_q2=_rate(second, paid[0] | learning & col("education_q2")),
        employment_q4=_rate(fourth, paid[1] | learning & col("education_q4")),
        credential_attainment=_rate(enrolled, _attained(rules)),
        measurable_skill_gains=_rate(learners, col("gained")),
        serving_employers=_rate(both, col("kept_employer")),
        median_earnings_q2_cents=_median(second.filter(col("pay_q2") > 0)["pay_q2"]),
        exited=exiters.height,
        not_yet_q2=waiting[0],
        not_yet_q4=waiting[1],
        exclusions={
            code: exiters.filter(col(EXCLUDED) == code).height for code in rules.exit_reasons[1:]
        },
    )


def _was_in_education(rules: IndicatorRules) -> pl.Expr:
    without_diploma = col("diploma_date").is_null() | (col("diploma_date") >= col("entry_date"))
    trained = ~col("training_type").is_in(list(rules.training_types_not_counted))
    return col("program").is_in(list(rules.credential_programs)) & (
        trained | (col("secondary") & without_diploma)
    )


def _attained(rules: IndicatorRules) -> pl.Expr:
    year_after = col("exit_date").dt.offset_by(f"{rules.credential_days_after_exit}d")

    def in_time(name: str) -> pl.Expr:
        return col(name).is_between(col("entry_date"), year_after).fill_null(False)

    kind = col("credential_type")
    graduate = kind.is_in(list(rules.graduate_credential_types)) & col("program").is_in(
        list(rules.graduate_credential_programs)
    )
    postsecondary = kind.is_in(list(rules.postsecondary_credential_types)) | graduate
    diploma = in_time("diploma_date") | (
        kind.is_in(list(rules.diploma_credential_types)) & in_time("credential_date")
    )
    learning = col("msg_enrolled_date").is_between(col("exit_date"), year_after).fill_null(False)
    goes_on = (col("pay_year") >= rules.employed_cents_min) | learning
    return (postsecondary & in_time("credential_date")) | (diploma & goes_on)


def _rate(counted: pl.DataFrame, success: pl.Expr) -> Rate:
    return Rate(counted.filter(success).height, counted.height)


def _median(cents: pl.Series) -> Fraction | None:
    if cents.is_empty():
        return None
    ordered = cents.sort()
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return Fraction(int(ordered[middle]))
    return Fraction(int(ordered[middle - 1]) + int(ordered[middle]), 2)
