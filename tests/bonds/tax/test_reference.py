"""docs/reference/bond-tax.md computes what it says."""

from __future__ import annotations

import contextlib
import io
import re
from datetime import date
from decimal import Decimal

import pytest

from lmb.bonds.schedule import InterestSchedule
from lmb.bonds.tax import expected_payments
from lmb.config.paths import CLONE

REFERENCE = (CLONE / "docs" / "reference" / "bond-tax.md").read_text(encoding="utf-8")


def test_the_worked_example_prints_what_the_reference_says() -> None:
    ((example, told),) = re.findall(r"```python\n(.*?)```.*?```\n(.*?)```", REFERENCE, re.DOTALL)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(example, {})
    assert printed.getvalue() == told
    assert sum(int(line.split()[1]) for line in told.splitlines()) == 750_00


def test_a_bond_promises_base_and_par_and_expects_its_bonuses() -> None:
    schedule = InterestSchedule(date(2026, 3, 15), date(2026, 8, 15), date(2027, 8, 15))
    first, second, last = expected_payments(schedule, Decimal(4), [None, Decimal(1), Decimal(0)])
    # 153 of the 181 days of the half-year to August.
    assert round(first.noncontingent, 6) == Decimal("1.690608")
    contingent = [first.contingent, second.contingent, last.contingent]
    assert contingent == [None, Decimal("0.5"), Decimal(0)]
    assert [second.total, last.total] == [Decimal("2.5"), Decimal(102)]
    with pytest.raises(ValueError, match="2 expected bonuses for 3 interest periods"):
        expected_payments(schedule, Decimal(4), [None, None])
