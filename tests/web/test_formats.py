"""Numbers and dates look the same everywhere."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from django.utils.translation import override

from lmb.web.formats import (
    day_text,
    dollars_text,
    moment_text,
    percent_text,
    period_text,
    seconds_text,
    share_text,
    short_cents_text,
    whole_dollars_text,
)


def test_rates_keep_the_decimals_they_have() -> None:
    assert percent_text(Decimal("7.375")) == "7.375\N{NO-BREAK SPACE}%"
    assert percent_text(Decimal("2.500")) == "2.500\N{NO-BREAK SPACE}%"
    assert percent_text(Decimal("1.9415"), 3) == "1.942\N{NO-BREAK SPACE}%"
    assert percent_text(Decimal("1E+1")) == "10\N{NO-BREAK SPACE}%"


def test_share_is_in_per_cent_with_one_decimal() -> None:
    assert share_text(Decimal("0.7568")) == "75.7\N{NO-BREAK SPACE}%"
    assert share_text(Decimal(1)) == "100.0\N{NO-BREAK SPACE}%"


def test_dollars_have_cents_and_marks_of_an_axis_have_none() -> None:
    assert dollars_text(Decimal("1794.34")) == "$1,794.34"
    assert dollars_text(Decimal("-479.2")) == "-$479.20"
    assert whole_dollars_text(Decimal("2500.00")) == "$2,500"


@pytest.mark.parametrize(
    ("cents", "shown"),
    [
        (999_999_999, "$9,999,999.99"),
        (1_000_000_000, "$10.0 million"),
        (123_456_789_012, "$1,234.6 million"),
    ],
)
def test_drawing_shows_cents_while_they_fit(cents: int, shown: str) -> None:
    assert short_cents_text(cents) == shown


def test_dates_are_written_out_in_the_language_of_the_page() -> None:
    day = date(1979, 8, 13)
    assert day_text(day) == "August 13, 1979"
    with override("es"):
        assert day_text(day) == "13 de agosto de 1979"


def test_calendar_year_is_its_number_and_any_other_period_its_days() -> None:
    assert period_text(date(1978, 1, 1), date(1978, 12, 31)) == "1978"
    assert period_text(date(1978, 1, 1), date(1979, 12, 31)) == (
        "January 1, 1978 to December 31, 1979"
    )


def test_moments_are_written_out_in_universal_time() -> None:
    late = datetime(2030, 3, 17, 23, 46, tzinfo=timezone(timedelta(hours=-4)))
    assert moment_text(late) == "March 18, 2030, 03:46 UTC"
    assert seconds_text(int(late.timestamp())) == moment_text(late.astimezone(UTC))


@pytest.mark.parametrize("seconds", [2**63 - 1, 10**12])
def test_a_witness_s_moment_beyond_any_calendar_is_shown_as_a_number(seconds: int) -> None:
    assert seconds_text(seconds) == str(seconds)
