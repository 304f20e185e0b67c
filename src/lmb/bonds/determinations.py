"""The rules of this room as determinations use them: plain functions of their inputs. That of the
auction, whose result these start from, stands in `auction.rule`.

terms + auction + measure ──outcome coupon──▶ score, bonus, from which period
period + auction + outcome coupon ──interest payment──▶ the period's rate
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, localcontext
from typing import Any

from lmb.bonds.bonus import OutcomeEvidence, outcome_bonus
from lmb.bonds.coupon import bonus_periods
from lmb.bonds.dated_rules import AUCTION_RULE, OUTCOME_COUPON_RULE, OutcomeCouponRules
from lmb.bonds.terms import TermSheet
from lmb.bonds.terms_file import term_sheet_from_document
from lmb.rules.determination import Decision, Input, documents
from lmb.rules.parameters import ParameterSet
from lmb.values.errors import NotFoundError
from lmb.values.rates import decimal_text
from lmb.values.rounding import PRECISION_DIGITS

INTEREST_RULE = "interest-payment"
MEASURE_RULE = "earnings-gain"
"""The rule whose determination measures what the bonus depends on."""


def outcome_coupon(parameters: ParameterSet, inputs: Sequence[Input]) -> Decision:
    """The bonus a measured outcome earns, the coupon with it, and the first period it applies
    to: one that starts late enough after the determination for its rate to be known before."""
    terms = _terms(inputs)
    rules = OutcomeCouponRules.from_parameters(parameters.values)
    base = Decimal(_result_of(inputs, AUCTION_RULE)["coupon_percent"])
    bonus = outcome_bonus(
        terms.outcome, _evidence(_result_of(inputs, MEASURE_RULE)), rules.score_shown_places
    )
    periods = bonus_periods(
        terms.schedule, terms.outcome.determined_on, rules.lockout_business_days
    )
    with localcontext(prec=PRECISION_DIGITS):
        coupon = base + bonus.bonus_percent
        bonus_bps = bonus.bonus_percent * 100
    return Decision(
        {
            "score": str(bonus.score_shown),
            "fallback": bonus.fallback,
            "base_percent": decimal_text(base),
            "bonus_percent": str(bonus.bonus_percent),
            "bonus_bps": decimal_text(bonus_bps),
            "coupon_percent": decimal_text(coupon),
            "bonus_from_period": periods[0].number,
        },
        (
            *bonus.explanation,
            f"The guaranteed coupon of {decimal_text(base)} % and the bonus make "
            f"{decimal_text(coupon)} % a year for periods that start on or after "
            f"{periods[0].starts_on}, at least {rules.lockout_business_days} business days after "
            f"this determination.",
        ),
    )


def interest_payment(parameters: ParameterSet, inputs: Sequence[Input]) -> Decision:
    """The rate of one interest period: the guaranteed coupon, and the bonus where one applies."""
    period = documents(inputs, "interest-period")[0]
    base = Decimal(_result_of(inputs, AUCTION_RULE)["coupon_percent"])
    explanation = [
        f"Interest period {period['number']}, {period['starts_on']} to {period['ends_on']}, pays "
        f"the guaranteed coupon of {decimal_text(base)} % a year.",
    ]
    bonus = Decimal(0)
    determined = [
        document["result"]
        for document in documents(inputs, "determination")
        if document["rule"] == OUTCOME_COUPON_RULE
    ]
    if determined and period["number"] >= determined[0]["bonus_from_period"]:
        bonus = Decimal(determined[0]["bonus_percent"])
        explanation.append(
            f"The outcome bonus of {decimal_text(bonus)} % a year was determined before this "
            "period started and applies."
        )
    else:
        explanation.append("No outcome bonus was determined before this period started.")
    with localcontext(prec=PRECISION_DIGITS):
        coupon = base + bonus
    explanation.append(
        f"The period's rate is {decimal_text(coupon)} % a year; a full half-year pays half of it. "
        f"Cents are rounded {parameters.values['cent_rounding']}."
    )
    return Decision(
        {
            "period": period["number"],
            "pays_on": period["pays_on"],
            "base_percent": decimal_text(base),
            "bonus_percent": decimal_text(bonus),
            "coupon_percent": decimal_text(coupon),
        },
        tuple(explanation),
    )


def _evidence(measure: Mapping[str, Any]) -> OutcomeEvidence:
    estimate = measure["estimate"]
    return OutcomeEvidence(
        estimate_dollars=None if estimate is None else Decimal(estimate["estimate_dollars"]),
        ci95_lower_dollars=None if estimate is None else Decimal(estimate["ci95_dollars"][0]),
        coverage_percent=Decimal(measure["coverage_percent"]),
        people_treated=measure["measured"]["treated"],
        people_control=measure["measured"]["control"],
    )


def _terms(inputs: Sequence[Input]) -> TermSheet:
    return term_sheet_from_document(documents(inputs, "terms")[0])


def _result_of(inputs: Sequence[Input], rule: str) -> Mapping[str, Any]:
    for document in documents(inputs, "determination"):
        if document["rule"] == rule:
            result: Mapping[str, Any] = document["result"]
            return result
    raise NotFoundError(f"a determination by rule {rule} is needed first; none was given")
