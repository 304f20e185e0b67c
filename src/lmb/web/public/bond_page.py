"""Everything one bond's page shows, gathered once: home and bond page draw on the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from lmb.ledger import queries as ledger
from lmb.settlement.report import MoneyFigures, Report
from lmb.values.rounding import half_even
from lmb.web import money_flow, money_flow_layout
from lmb.web.public.coupons import Coupons, coupons
from lmb.web.public.demand import Demand, demand
from lmb.web.public.flow import TRANCHES, Flow, Leg, flow
from lmb.web.public.outcome import Chart, Outcome, outcome, ramp_chart
from lmb.web.public.terms_words import TermsGroup, terms_in_words


@dataclass(frozen=True, slots=True)
class BondPage:
    """A report with its pictures and words. `redemption` is the order that paid it back."""

    report: Report
    as_of: date
    flow: Flow
    flow_wide: str
    flow_narrow: str
    coupons: Coupons
    demand: Demand | None
    outcome: Outcome | None
    ramp: Chart
    terms: tuple[TermsGroup, ...]
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
        return half_even(bonus.bonus_bps / 100, self.report.bond.terms.outcome.rounding_places)

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
    moved = flow(report)
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
        ramp=ramp_chart(report),
        terms=terms_in_words(report.bond.terms),
        redemption=None if redeemed is None else redeemed.id,
    )
