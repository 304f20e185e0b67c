"""A programme's report as the impact report tells it."""

from __future__ import annotations

from itertools import pairwise

from lmb.bonds.papers.impact import BonusEarned, ImpactReport, Measured
from lmb.ledger import queries as ledger
from lmb.publish.policy import RULE, DisclosurePolicy
from lmb.settlement.report import BonusFigures, OutcomeFigures, Report
from lmb.training.tranches import TRANCHES
from lmb.values.clock import fiscal_date
from lmb.values.errors import NotFoundError, RefusedError


def impact_of(report: Report) -> ImpactReport:
    """What a bond's programme has come to, as of the last day on which money moved. Raises
    NotFoundError before the auction was held."""
    if report.auction is None:
        raise NotFoundError(f"the auction of bond {report.bond.cusip} has not been held")
    flows = ledger.flows(report.cell)
    tranches = [flows.get(f"{tranche}-tranche") for tranche in TRANCHES]
    enrolled, completed, placed = (0 if flow is None else flow.transfers for flow in tranches)
    last = max((flow.last_effective_at for flow in flows.values()), default=None)
    terms = report.bond.terms
    return ImpactReport(
        terms=terms,
        as_of=terms.auction_on if last is None else fiscal_date(last),
        sold_cents=report.auction.awarded_cents,
        base_percent=report.auction.coupon_percent,
        offered=report.wallets.opened,
        enrolled=enrolled,
        completed=completed,
        placed=placed,
        spent_cents=report.money.providers_cents,
        returned_cents=report.money.treasury_returned_cents,
        bonus_paid_cents=report.money.bonus_cents,
        measured=None if report.outcome is None else _measured(report.outcome),
        bonus=None if report.bonus is None else _bonus(report.bonus),
    )


def published_impact(report: Report) -> ImpactReport:
    """The same to be shown to everybody. Raises RefusedError where a group, or what is left of the
    group before it, is so small that its count may tell of persons: nothing is shown then."""
    told, policy = impact_of(report), DisclosurePolicy.newest()
    chain = (told.offered, told.enrolled, told.completed, told.placed)
    groups = [*pairwise(chain), *_earners(told)]
    small = [policy.people_min for whole, _ in groups if 0 < whole < policy.people_min]
    small += [
        policy.part_min
        for whole, part in groups
        if any(0 < count < policy.part_min for count in (part, whole - part))
    ]
    if small:
        raise RefusedError(
            f"a group of {told.terms.cusip} has fewer than {small[0]} people (rule {RULE}, version "
            f"{policy.version}): its impact report is not shown; wait until more people are in it"
        )
    return told


def _earners(told: ImpactReport) -> list[tuple[int, int]]:
    """The people measured in each arm, with those of them who had earnings."""
    measured = told.measured
    if measured is None:
        return []
    arms = (
        (measured.people_treated, measured.earning_treated),
        (measured.people_control, measured.earning_control),
    )
    return [(people, round(people * rate)) for people, rate in arms]


def _measured(outcome: OutcomeFigures) -> Measured:
    return Measured(
        determination=str(outcome.determination),
        coverage_percent=outcome.coverage_percent,
        people_treated=outcome.n_treated,
        people_control=outcome.n_control,
        gain_dollars=outcome.estimate_dollars,
        standard_error_dollars=outcome.standard_error_dollars,
        ci95_dollars=outcome.ci95_dollars,
        earning_treated=outcome.placement_rate_treated,
        earning_control=outcome.placement_rate_control,
        change_treated_dollars=outcome.wage_change_treated_dollars,
        change_control_dollars=outcome.wage_change_control_dollars,
    )


def _bonus(bonus: BonusFigures) -> BonusEarned:
    return BonusEarned(
        determination=str(bonus.id),
        score=bonus.score,
        bonus_percent=bonus.bonus_bps / 100,
        from_period=bonus.from_period,
    )
