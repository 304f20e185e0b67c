"""What the information returns of a year show for one holder and one bond.

A bond that promises all of its interest pays qualified stated interest: Form 1099-INT, box 3
(interest on Treasury obligations). One that may pay a bonus pays none (26 CFR 1.1275-4(b)(5)): its
interest is original issue discount, Form 1099-OID, box 8 (on Treasury obligations). The boxes were
not confirmed in the forms' instructions.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, localcontext

from lmb.bonds.tax.holder import TaxYear
from lmb.bonds.tax.rules import TaxRules
from lmb.values.money import round_to_cents
from lmb.values.rounding import PRECISION_DIGITS


@dataclass(frozen=True, slots=True)
class TaxFigures:
    """Amounts of one year in cents. `ordinary_loss_cents` is for the holder's own return: no form
    has a box for it. `to_report` says whether a return is due for so much interest."""

    year: int
    form_1099_int_box_3_cents: int
    form_1099_oid_box_8_cents: int
    ordinary_loss_cents: int
    to_report: bool


def tax_figures(
    year: int,
    par_cents: int,
    rules: TaxRules,
    *,
    contingent_per_100: TaxYear | None = None,
    stated_interest_cents: int = 0,
) -> TaxFigures:
    """The figures of a holder of so much par: of a bond with a bonus from its year per $100, of
    one without from the interest paid in the year. Each is rounded half up to the cent once."""
    income = loss = Decimal(0)
    if contingent_per_100 is not None:
        income, loss = contingent_per_100.interest_income, contingent_per_100.ordinary_loss
    with localcontext(prec=PRECISION_DIGITS):
        hundreds = Decimal(par_cents) / 100 / 100
        discount_cents = round_to_cents(income * hundreds)
        loss_cents = round_to_cents(loss * hundreds)
    reportable = discount_cents + stated_interest_cents >= rules.reporting_minimum_cents
    return TaxFigures(year, stated_interest_cents, discount_cents, loss_cents, reportable)
