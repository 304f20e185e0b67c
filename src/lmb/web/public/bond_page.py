"""Everything one bond's page shows, gathered once: home and bond page draw on the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.utils.translation import get_language

from lmb.bonds.linked.curve import OutcomeCurve, outcome_curve
from lmb.bonds.linked.measured import measured_on
from lmb.bonds.linked.phrases import Language
from lmb.bonds.linked.words import Section, sheet_in_words
from lmb.ledger import queries as ledger
from lmb.settlement.report import MoneyFigures, Report
from lmb.values.rounding import half_even
from lmb.web import money_flow, money_flow_layout
from lmb.web.public.coupons import Coupons, coupons
from lmb.web.public.demand import Demand, demand
from lmb.web.public.flow import TRANCHES, Flow, Leg, flow
from lmb.web.public.outcome import Chart, Outcome, outcome, ramp_chart


@dataclass(frozen=True, slots=True)
class BondPage:
    """A report with its pictures and words. `curve` and `ramp` are None where the terms are not as
    simple as a curve, `measured_on` where the house measures nothing; `redemption` is the order
    that paid the bond back."""

    report: Report
    as_of: date
    flow: Flow
    flow_wide: str
    flow_narrow: str
    coupons: Coupons
    demand: Demand | None
    outcome: Outcome | None
    measured_on: date | None
    curve: OutcomeCurve | None
    ramp: Chart | None
    terms: tuple[Section, ...]
    redemption: UUID | None

    @property
    def money(self) -> MoneyFigures:
        return self.report.money

    @property
    def bonus_percent(self) -> Decimal | None:
        """The bonus with the decimals the terms round it to."""
        bonus = self.report.bonus
        if bonus is None:
            return None
        return half_even(bonus.bonus_bps / 100, self.report.bond.terms.rounding.rate_places)

    @property
    def people(self) -> int:
        """Everyone measured, in both groups of the lottery."""
        outcome = self.report.outcome
        return 0 if outcome is None else outcome.n_treated + outcome.n_control

    @property
    def tranches(self) -> tuple[Leg, ...]:
        """What the provider was paid, by the step that earned it."""
        return tuple(leg for leg in self.flow.legs if leg.key in TRANCHES)

    @property
    def left_in_wallets_cents(self) -> int:
        wallets = self.report.wallets
        return wallets.granted_cents - wallets.captured_cents - wallets.returned_cents

    @property
    def difference_cents(self) -> int:
        """What came in less what went out: zero once the bond is redeemed."""
        return self.money.sources_cents - self.money.uses_cents


def bond_page(report: Report) -> BondPage:
    """The page of a bond as its books stand."""
    moved, terms = flow(report), report.bond.terms
    curve = outcome_curve(terms)
    redeemed = ledger.instruction_on(report.cell, "redemption", report.bond.cusip)
    return BondPage(
        report=report,
        as_of=moved.as_of or report.bond.terms.announced_on,
        flow=moved,
        flow_wide=money_flow.draw(moved.picture, money_flow_layout.WIDE, "flow-wide"),
        flow_narrow=money_flow.draw(moved.picture, money_flow_layout.NARROW, "flow-narrow"),
        coupons=coupons(report),
        demand=demand(report),
        outcome=outcome(report),
        measured_on=measured_on(terms) if terms.measured_kpis else None,
        curve=curve,
        ramp=None if curve is None else ramp_chart(report, curve),
        terms=sheet_in_words(terms, Language((get_language() or "en")[:2])),
        redemption=None if redeemed is None else redeemed.id,
    )
