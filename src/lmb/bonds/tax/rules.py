"""The numbers of the tax rules in force, from the dated data of `lmb.rules`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from lmb.rules.parameters import in_force

TAX_RULE = "contingent-debt-tax"


@dataclass(frozen=True, slots=True)
class TaxRules:
    """When a payment counts as fixed early, and from how much interest on a year is reported."""

    fixed_early_months: int
    reporting_minimum_cents: int


def tax_rules_on(day: date) -> TaxRules:
    """The rules in force on a day. Raises RefusedError where none is."""
    values = in_force(TAX_RULE, day).values
    months, minimum = values["fixed_early_months"], values["reporting_minimum_cents"]
    if not isinstance(months, int) or not isinstance(minimum, int) or len(values) != 2:
        raise ValueError(f"the parameters of {TAX_RULE} are two whole numbers; correct its data")
    return TaxRules(months, minimum)
