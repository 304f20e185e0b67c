"""Income tax on a bond that may pay a bonus: the noncontingent bond method, 26 CFR 1.1275-4(b).

The issuer publishes a *comparable yield* and a *projected payment schedule*. A holder accrues
interest on them as if they were promised, whatever is paid; what differs is a positive or negative
*adjustment* of the year.

    bond_payments  the promised and expected payments of a bond of ours
    projected      comparable yield and schedule
    accrual        adjusted issue price, daily portions of interest, adjustments
    holder         what a holder includes and deducts year by year, and at the end
    outcomes       which payments of linked terms are contingent, and when they are fixed
    forms          what the information returns of a year show

Amounts are Decimal dollars for any amount of par, such as $100; they are rounded to the cent only
where a form shows them. Pure: dates and amounts come in as values.
"""

from lmb.bonds.tax.accrual import Accrual, AccrualPeriod, Adjustment, Fixing, accrue
from lmb.bonds.tax.bond_payments import expected_payments
from lmb.bonds.tax.forms import TaxFigures, tax_figures
from lmb.bonds.tax.holder import Disposition, Holding, TaxYear
from lmb.bonds.tax.outcomes import Determined, fixed_bonuses, open_periods
from lmb.bonds.tax.projected import ProjectedPayment, ProjectedSchedule, projected_schedule
from lmb.bonds.tax.rules import TaxRules, tax_rules_on

__all__ = [
    "Accrual",
    "AccrualPeriod",
    "Adjustment",
    "Determined",
    "Disposition",
    "Fixing",
    "Holding",
    "ProjectedPayment",
    "ProjectedSchedule",
    "TaxFigures",
    "TaxRules",
    "TaxYear",
    "accrue",
    "expected_payments",
    "fixed_bonuses",
    "open_periods",
    "projected_schedule",
    "tax_figures",
    "tax_rules_on",
]
