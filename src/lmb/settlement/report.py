"""A programme in figures, read from the books and the determinations: nothing is kept twice."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from lmb.bonds import queries as bonds
from lmb.bonds import queries_coupons as coupons
from lmb.bonds import queries_payments as payments
from lmb.bonds.dated_rules import outcome_coupon_rules_on
from lmb.bonds.queries import BondOnFile
from lmb.ledger import queries as ledger
from lmb.outcomes.service import measure_subject
from lmb.rules.queries import on_subject
from lmb.training.tranches import TRANCHES
from lmb.values.rounding import half_even


@dataclass(frozen=True, slots=True)
class BondFigures:
    """What was sold, and at what price; None before the auction."""

    cusip: str
    determination: UUID
    coupon_percent: Decimal
    price: Decimal
    high_yield_percent: Decimal
    awarded_cents: int
    tendered_cents: int
    bid_to_cover: Decimal
    outstanding_cents: int


@dataclass(frozen=True, slots=True)
class WalletFigures:
    """What became of the credit in wallets, in cents."""

    opened: int
    granted_cents: int
    held_cents: int
    captured_cents: int
    returned_cents: int


@dataclass(frozen=True, slots=True)
class OutcomeFigures:
    """What the measure found. Dollars a year; rates are fractions."""

    determination: UUID
    n_treated: int
    n_control: int
    coverage_percent: Decimal
    estimate_dollars: Decimal
    standard_error_dollars: Decimal
    pooled_standard_error_dollars: Decimal
    ci95_dollars: tuple[Decimal, Decimal]
    placement_rate_treated: Decimal
    placement_rate_control: Decimal
    wage_change_treated_dollars: Decimal
    wage_change_control_dollars: Decimal


@dataclass(frozen=True, slots=True)
class BonusFigures:
    """What the outcome earned."""

    id: UUID
    score: Decimal
    bonus_bps: Decimal
    coupon_percent: Decimal
    from_period: int
    explanation: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MoneyFigures:
    """Everything that entered and left a programme's books, in cents."""

    investors_paid_cents: int
    interest_appropriated_cents: int
    principal_appropriated_cents: int
    interest_cents: int
    bonus_cents: int
    principal_cents: int
    providers_cents: int
    treasury_returned_cents: int

    @property
    def sources_cents(self) -> int:
        return (
            self.investors_paid_cents
            + self.interest_appropriated_cents
            + self.principal_appropriated_cents
        )

    @property
    def uses_cents(self) -> int:
        return (
            self.interest_cents
            + self.bonus_cents
            + self.principal_cents
            + self.providers_cents
            + self.treasury_returned_cents
        )

    @property
    def treasury_net_cents(self) -> int:
        """What the Treasury got back less what it paid to redeem the bond."""
        return self.treasury_returned_cents - self.principal_appropriated_cents


@dataclass(frozen=True, slots=True)
class InterestPaid:
    """One interest payment that was made."""

    determination: UUID
    period: int
    pays_on: str
    coupon_percent: Decimal
    interest_cents: int
    bonus_cents: int


@dataclass(frozen=True, slots=True)
class Report:
    """A programme as far as it has come; parts still to come are None or empty."""

    cell: int
    bond: BondOnFile
    auction: BondFigures | None
    wallets: WalletFigures
    outcome: OutcomeFigures | None
    bonus: BonusFigures | None
    money: MoneyFigures
    payments: tuple[InterestPaid, ...]
    books: ledger.BooksSummary


def report(bond: BondOnFile) -> Report:
    """Everything a bond's programme has come to, as the books stand now."""
    moved_cents = ledger.sums_cents(bond.cell)
    return Report(
        cell=bond.cell,
        bond=bond,
        auction=_bond_figures(bond),
        wallets=_wallet_figures(bond, moved_cents),
        outcome=_outcome_figures(bond),
        bonus=_bonus_figures(bond),
        money=_money_figures(moved_cents),
        payments=_payments(bond),
        books=ledger.summary(bond.cell),
    )


def _bond_figures(bond: BondOnFile) -> BondFigures | None:
    on_file = on_subject(bond.cell, bonds.auction_subject(bond))
    if on_file is None:
        return None
    result = on_file.result
    return BondFigures(
        cusip=bond.cusip,
        determination=on_file.id,
        coupon_percent=Decimal(result["coupon_percent"]),
        price=Decimal(result["price_per_100"]),
        high_yield_percent=Decimal(result["high_yield_percent"]),
        awarded_cents=result["awarded_cents"],
        tendered_cents=result["tendered_cents"],
        bid_to_cover=Decimal(result["bid_to_cover"]),
        outstanding_cents=bonds.outstanding_cents(bond),
    )


def _wallet_figures(bond: BondOnFile, moved_cents: Counter[str]) -> WalletFigures:
    pockets = ledger.balances(bond.cell, kind="wallet")
    return WalletFigures(
        opened=len(pockets),
        granted_cents=moved_cents["grant"],
        held_cents=sum(pocket.pending_out_cents for pocket in pockets),
        captured_cents=_tranches_cents(moved_cents),
        returned_cents=moved_cents["grant-return"],
    )


def _tranches_cents(moved_cents: Counter[str]) -> int:
    return sum(moved_cents[f"{tranche}-tranche"] for tranche in TRANCHES)


def _outcome_figures(bond: BondOnFile) -> OutcomeFigures | None:
    on_file = on_subject(bond.cell, measure_subject(bond))
    if on_file is None or on_file.result["estimate"] is None:
        return None
    result: dict[str, Any] = on_file.result
    estimate = result["estimate"]
    low, high = estimate["ci95_dollars"]
    return OutcomeFigures(
        determination=on_file.id,
        n_treated=result["measured"]["treated"],
        n_control=result["measured"]["control"],
        coverage_percent=Decimal(result["coverage_percent"]),
        estimate_dollars=Decimal(estimate["estimate_dollars"]),
        standard_error_dollars=Decimal(estimate["standard_error_dollars"]),
        pooled_standard_error_dollars=Decimal(estimate["pooled_standard_error_dollars"]),
        ci95_dollars=(Decimal(low), Decimal(high)),
        placement_rate_treated=Decimal(estimate["placement_rate"]["treated"]),
        placement_rate_control=Decimal(estimate["placement_rate"]["control"]),
        wage_change_treated_dollars=Decimal(estimate["wage_change_dollars"]["treated"]),
        wage_change_control_dollars=Decimal(estimate["wage_change_dollars"]["control"]),
    )


def _bonus_figures(bond: BondOnFile) -> BonusFigures | None:
    """The first coupon whose outcome was scored, from whichever component its terms list first."""
    scored = [
        (coupon, item)
        for coupon in coupons.coupons(bond)
        for item in coupon.result["scored"]
        if item["due"]
    ]
    if not scored:
        return None
    found, item = scored[0]
    rules = outcome_coupon_rules_on(bond.terms.announced_on)
    exact = Fraction(item["score"])
    score = half_even(Decimal(exact.numerator) / exact.denominator, rules.score_shown_places)
    return BonusFigures(
        id=found.determination.id,
        score=score,
        bonus_bps=found.adjustment_percent * 100,
        coupon_percent=found.coupon_percent,
        from_period=found.period,
        explanation=tuple(found.determination.explanation),
    )


def _money_figures(moved_cents: Counter[str]) -> MoneyFigures:
    return MoneyFigures(
        investors_paid_cents=moved_cents["bond-price"] + moved_cents["accrued-interest"],
        interest_appropriated_cents=moved_cents["interest-appropriation"],
        principal_appropriated_cents=moved_cents["principal-appropriation"],
        interest_cents=moved_cents["interest"],
        bonus_cents=moved_cents["bonus"],
        principal_cents=moved_cents["principal"],
        providers_cents=_tranches_cents(moved_cents),
        treasury_returned_cents=moved_cents["treasury-return"],
    )


def _payments(bond: BondOnFile) -> tuple[InterestPaid, ...]:
    paid_cents = ledger.sums_of_causes_cents(bond.cell, ("interest", "bonus"))
    paid = [run.number for run in payments.runs(bond) if run.kind == payments.INTEREST]
    return tuple(
        InterestPaid(
            determination=coupon.determination.id,
            period=coupon.period,
            pays_on=coupon.result["pays_on"],
            coupon_percent=coupon.coupon_percent,
            interest_cents=paid_cents[coupon.determination.id, "interest"],
            bonus_cents=paid_cents[coupon.determination.id, "bonus"],
        )
        for coupon in coupons.coupons(bond)
        if coupon.period in paid
    )
