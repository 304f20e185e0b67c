"""Outcome-linked terms: the language of term sheets, their proof, and their determination.

Nouns: a *sheet* links the coupon to *indicators* (KPIs) by *components*, each an *expression* that
scores values and what a score pays. A *plan* says which *window* each *determination* reads. The
*reach* of a sheet is all it can pay, proved by intervals. *Observations* are verified values; they
become *coupons* with a *trace* of every number.

    sheet ──plan──▶ windows ──observations──▶ evidence ──▶ scores ──▶ earned ──limits──▶ coupon
      └──reach──▶ promises kept, or the sheet is refused

Pure: dates, rules and files come in as values. `docs/reference/term-sheet.md` is the user's page.
"""

from lmb.bonds.linked.coupons import (
    CouponDetermination,
    Determinations,
    accrued_per_100,
    adjustment_belongs_to_buyer,
    base_coupon,
    determine_coupons,
)
from lmb.bonds.linked.document import load_linked_sheet, sheet_from_document
from lmb.bonds.linked.kpis_file import Observation, load_observations
from lmb.bonds.linked.phrases import Language
from lmb.bonds.linked.plan import PeriodPlan, Window, determination_plan, fiscal_year
from lmb.bonds.linked.reach import SheetReach, most_by_fiscal_year, sheet_reach
from lmb.bonds.linked.sheet import LinkedSheet
from lmb.bonds.linked.words import Section, sheet_in_words

__all__ = [
    "CouponDetermination",
    "Determinations",
    "Language",
    "LinkedSheet",
    "Observation",
    "PeriodPlan",
    "Section",
    "SheetReach",
    "Window",
    "accrued_per_100",
    "adjustment_belongs_to_buyer",
    "base_coupon",
    "determination_plan",
    "determine_coupons",
    "fiscal_year",
    "load_linked_sheet",
    "load_observations",
    "most_by_fiscal_year",
    "sheet_from_document",
    "sheet_in_words",
    "sheet_reach",
]
