"""The only functions that read what a bond owes and when: paid, and still to pay."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from lmb.bonds import queries, queries_payments
from lmb.bonds.coupon import interest_cents
from lmb.bonds.queries import BondOnFile


@dataclass(frozen=True, slots=True)
class DebtService:
    """What one interest date asks for, in cents. `cause` is the determination or order it was paid
    by; while that is None nothing was paid, the interest is the guaranteed one, and a bonus is not
    known yet."""

    number: int
    pays_on: date
    base_cents: int
    bonus_cents: int
    principal_cents: int
    cause: UUID | None

    @property
    def total_cents(self) -> int:
        return self.base_cents + self.bonus_cents + self.principal_cents


def debt_service(bond: BondOnFile) -> list[DebtService]:
    """What a bond paid and has still to pay, by interest date; empty before its auction."""
    if not queries.is_auctioned(bond):
        return []
    runs = queries_payments.runs(bond)
    interest = {run.number: run for run in runs if run.kind == "interest"}
    others: Counter[tuple[str, int]] = Counter()
    for run in runs:
        others[run.kind, run.number] += run.total_cents
    outstanding_cents = queries.outstanding_cents(bond)
    coupon_percent = queries.coupon_percent(bond)
    periods = bond.terms.schedule.periods()
    found = []
    for period in periods:
        paid = interest.get(period.number)
        due_cents = outstanding_cents if period is periods[-1] else 0
        extra_cents = others["once", period.number]
        found.append(
            DebtService(
                number=period.number,
                pays_on=period.pays_on,
                base_cents=interest_cents(period, outstanding_cents, coupon_percent)
                if paid is None
                else paid.base_cents,
                bonus_cents=extra_cents + (0 if paid is None else paid.bonus_cents),
                principal_cents=due_cents + others[queries_payments.REDEMPTION, period.number],
                cause=None if paid is None else paid.cause.id,
            )
        )
    return found
