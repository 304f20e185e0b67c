"""What information returns show: dollars and cents of a holder, and whether they are due."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from lmb.bonds.tax import TaxYear, tax_figures, tax_rules_on

RULES = tax_rules_on(date(2026, 11, 21))


def year(income: str, loss: str = "0") -> TaxYear:
    zero = Decimal(0)
    return TaxYear(2026, zero, zero, Decimal(income), Decimal(loss), zero)


def test_the_rules_in_force_are_cited_data() -> None:
    assert (RULES.fixed_early_months, RULES.reporting_minimum_cents) == (6, 1000)


def test_a_bond_with_a_bonus_has_its_interest_as_discount_and_none_as_stated_interest() -> None:
    found = tax_figures(2026, 12_300_00, RULES, contingent_per_100=year("4.12345"))
    assert found.form_1099_int_box_3_cents == 0
    assert found.form_1099_oid_box_8_cents == 507_18
    assert found.to_report


def test_a_bond_without_one_has_the_interest_paid() -> None:
    found = tax_figures(2026, 12_300_00, RULES, stated_interest_cents=492_00)
    assert (found.form_1099_int_box_3_cents, found.form_1099_oid_box_8_cents) == (492_00, 0)


def test_less_than_ten_dollars_need_not_be_reported() -> None:
    assert not tax_figures(2026, 200_00, RULES, contingent_per_100=year("4.995")).to_report
    assert tax_figures(2026, 200_00, RULES, contingent_per_100=year("5")).to_report
    assert not tax_figures(2026, 200_00, RULES, stated_interest_cents=999).to_report


def test_an_ordinary_loss_is_told_apart_from_interest() -> None:
    found = tax_figures(2026, 1_000_00, RULES, contingent_per_100=year("0", "1.005"))
    assert (found.form_1099_oid_box_8_cents, found.ordinary_loss_cents) == (0, 10_05)
