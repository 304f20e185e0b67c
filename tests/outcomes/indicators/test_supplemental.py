"""The wage conversion chart gives the figures printed in it (RSA-TAC-17-01, Attachment III)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from lmb.outcomes.indicators.supplemental import ConversionRules

RULES = ConversionRules.in_force_on(date(2024, 7, 1))


@pytest.mark.parametrize(
    ("basis", "rate", "hours", "cents"),
    [
        ("hourly", "7.25", "32.0", 301_600),
        ("weekly", "290.00", None, 377_000),
        ("biweekly", "580.00", None, 377_000),
        ("monthly", "1256.67", None, 377_001),
        ("annual", "15080.00", None, 377_000),
        # Half a cent goes to the even one.
        ("biweekly", "0.01", None, 6),
        ("biweekly", "0.03", None, 20),
    ],
)
def test_the_printed_examples(basis: str, rate: str, hours: str | None, cents: int) -> None:
    weekly = None if hours is None else Decimal(hours)
    assert RULES.quarterly_cents(basis, Decimal(rate), weekly) == cents


@pytest.mark.parametrize(
    ("basis", "rate", "hours"),
    [("daily", "1", None), ("hourly", "1", None), ("weekly", "1", "40"), ("weekly", "-1", None)],
)
def test_what_the_chart_does_not_have_is_refused(basis: str, rate: str, hours: str | None) -> None:
    with pytest.raises(ValueError, match=r"basis|hours|negative"):
        RULES.quarterly_cents(basis, Decimal(rate), None if hours is None else Decimal(hours))
