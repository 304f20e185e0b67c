"""What PERIODS and WAGES files hold: each column, how strictly it is read, and into what.

A column is read by SQL over the text of its fields (NULL where a field is empty), so that eighty
million rows are read as fast as eight. Nothing is trimmed, rounded or guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from lmb.outcomes.indicators.rules import IndicatorRules

NOT_YET = "not_yet_available"
KEY_CHARACTERS_MAX = 64
CENTS_MAX = 10**13
"""A hundred billion dollars in a quarter: beyond any pay, far below what a sum can hold."""


@dataclass(frozen=True, slots=True)
class FileColumn:
    """A column of a file.

    `good` and `read` make SQL of the SQL of its text: whether the field can be read, and its
    value in canonical form. `told` is what it is expected to hold; `required` says whether the
    file must have the column, `default` the canonical value where it has not.
    """

    name: str
    canonical: str
    type: str
    told: str
    good: Callable[[str], str]
    read: Callable[[str], str]
    required: bool = True
    default: str = "NULL"


def period_columns(rules: IndicatorRules, by: Iterable[str] = ()) -> tuple[FileColumn, ...]:
    """The columns of PERIODS; `by` are further ones to group by, read as text."""
    fixed = (
        _key("period_id"),
        _key("person_id"),
        _choice("program", rules.programs),
        _date("entry_date", required_value=True),
        _date("exit_date"),
        _code("exit_reason", rules.exit_reasons),
        _code("training_type", rules.training_types),
        _flag("secondary"),
        _date("diploma_date"),
        _code("credential_type", rules.credential_types),
        _date("credential_date"),
        _date("msg_enrolled_date"),
        _date("msg_completed_date"),
        _dates("gain_dates"),
        _status("wage_status_q2", "not_yet_q2"),
        _status("wage_status_q4", "not_yet_q4"),
        _flag("education_q2", required=False),
        _flag("education_q4", required=False),
    )
    known = {column.name for column in fixed} | {column.canonical for column in fixed}
    return fixed + tuple(label_column(name) for name in dict.fromkeys(by) if name not in known)


def wage_columns(rules: IndicatorRules) -> tuple[FileColumn, ...]:
    """The columns of WAGES."""
    return (
        _key("person_id"),
        _key("employer_id"),
        _quarter("quarter"),
        _cents("cents"),
        _choice("source", rules.sources),
    )


def event_columns(programs: Iterable[str], kinds: Iterable[str]) -> tuple[FileColumn, ...]:
    """The columns of EVENTS, from which periods are made."""
    return (
        _key("event_id"),
        _key("person_id"),
        _choice("program", programs),
        _date("happened_on", required_value=True),
        _choice("kind", kinds),
        _date("recorded_on", required_value=True),
        replace(label_column("supersedes"), required=False),
    )


def _key(name: str) -> FileColumn:
    def good(text: str) -> str:
        number = f"replace({text}, '-', '')"
        ssn = (
            f"CASE WHEN length({text}) IN (9, 11) "
            f"THEN regexp_full_match({text}, '[0-9]{{9}}|[0-9]{{3}}-[0-9]{{2}}-[0-9]{{4}}') "
            f"AND {number}[1:3] NOT IN ('000', '666') AND {number}[1] <> '9' "
            f"AND {number}[4:5] <> '00' AND {number}[6:9] <> '0000' ELSE FALSE END"
        )
        return (
            f"{text} IS NOT NULL AND length({text}) <= {KEY_CHARACTERS_MAX} "
            f"AND {text} = trim({text}) AND NOT {ssn}"
        )

    told = (
        f"a key of 1 to {KEY_CHARACTERS_MAX} characters without outer spaces that has not the form "
        "of a Social Security number, which may not identify a record (element 100)"
    )
    return FileColumn(name, name, "VARCHAR", told, good, lambda text: text)


def label_column(name: str) -> FileColumn:
    """A column of short text, or nothing, to group by."""
    return FileColumn(
        name,
        name,
        "VARCHAR",
        f"at most {KEY_CHARACTERS_MAX} characters",
        lambda text: f"coalesce(length({text}) <= {KEY_CHARACTERS_MAX}, TRUE)",
        lambda text: text,
    )


def _choice(name: str, options: Iterable[str]) -> FileColumn:
    options = tuple(options)
    listed = ", ".join(f"'{option}'" for option in options)
    return FileColumn(
        name,
        name,
        "VARCHAR",
        " or ".join(options),
        lambda text: f"coalesce({text} IN ({listed}), FALSE)",
        lambda text: text,
    )


def _code(name: str, codes: Iterable[int]) -> FileColumn:
    codes = tuple(codes)
    texts = dict.fromkeys(text for code in codes for text in (str(code), f"{code:02}"))
    listed = ", ".join(f"'{text}'" for text in texts)
    return FileColumn(
        name,
        name,
        "TINYINT",
        "nothing or one of the codes " + ", ".join(f"{code:02}" for code in sorted(codes)),
        lambda text: f"coalesce({text} IN ({listed}), TRUE)",
        lambda text: f"coalesce(TRY_CAST({text} AS TINYINT), 0)",
    )


def _flag(name: str, *, required: bool = True) -> FileColumn:
    return FileColumn(
        name,
        name,
        "BOOLEAN",
        "0 or 1, or nothing for 0",
        lambda text: f"coalesce({text} IN ('0', '1'), TRUE)",
        lambda text: f"coalesce({text} = '1', FALSE)",
        required=required,
        default="FALSE",
    )


def _status(name: str, canonical: str) -> FileColumn:
    return FileColumn(
        name,
        canonical,
        "BOOLEAN",
        f"{NOT_YET} or nothing",
        lambda text: f"coalesce({text} = '{NOT_YET}', TRUE)",
        lambda text: f"coalesce({text} = '{NOT_YET}', FALSE)",
    )


def _good_date(text: str) -> str:
    # The cast alone would also take 2024-7-1 and 2024/07/01.
    day = f"TRY_CAST({text} AS DATE)"
    return (
        f"coalesce({day} BETWEEN DATE '1900-01-01' AND DATE '2199-12-31' "
        f"AND CAST({day} AS VARCHAR) = {text}, FALSE)"
    )


def _date(name: str, *, required_value: bool = False) -> FileColumn:
    def good(text: str) -> str:
        return _good_date(text) if required_value else f"({text} IS NULL OR {_good_date(text)})"

    told = "a date from 1900-01-01 to 2199-12-31 like 2024-07-01"
    return FileColumn(
        name,
        name,
        "DATE",
        told if required_value else f"{told}, or nothing",
        good,
        lambda text: f"TRY_CAST({text} AS DATE)",
    )


def _dates(name: str) -> FileColumn:
    return FileColumn(
        name,
        name,
        "DATE[]",
        "dates like 2024-07-01 with ; between, or nothing",
        lambda text: (
            f"coalesce(list_bool_and(list_transform(string_split({text}, ';'), "
            f"lambda part: {_good_date('part')})), TRUE)"
        ),
        lambda text: (
            f"coalesce(list_transform(string_split({text}, ';'), "
            f"lambda part: TRY_CAST(part AS DATE)), CAST([] AS DATE[]))"
        ),
    )


def _quarter(name: str) -> FileColumn:
    def good(text: str) -> str:
        return (
            f"coalesce(length({text}) = 6 AND {text}[5] = 'Q' AND {text}[6] IN ('1','2','3','4') "
            f"AND TRY_CAST({text}[1:4] AS INTEGER) BETWEEN 1900 AND 2199, FALSE)"
        )

    return FileColumn(
        name,
        name,
        "INTEGER",
        "a quarter like 2024Q1",
        good,
        lambda text: f"4 * TRY_CAST({text}[1:4] AS INTEGER) + TRY_CAST({text}[6] AS INTEGER) - 1",
    )


def _cents(name: str) -> FileColumn:
    value = "TRY_CAST({0} AS BIGINT)"
    return FileColumn(
        name,
        name,
        "BIGINT",
        f"whole cents from 0 to {CENTS_MAX}",
        lambda text: (
            f"coalesce({value.format(text)} BETWEEN 0 AND {CENTS_MAX} "
            f"AND CAST({value.format(text)} AS VARCHAR) = {text}, FALSE)"
        ),
        lambda text: value.format(text),
    )
