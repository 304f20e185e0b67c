"""An impact report in the shape of the INDIGO data standard for impact bonds (project, April 2024).

Names and choices are those of `schema/project.json` of INDIGO-Initiative/indigo-data-standard; what
a bond has nothing to say about is left out. Amounts are JSON numbers of dollars for whoever reads
the export: nothing here is ever paid.
"""

from __future__ import annotations

import json
from typing import Any

from lmb.bonds.linked.curve import OutcomeCurve
from lmb.bonds.papers.impact import ImpactReport
from lmb.values.money import dollars_from_cents
from lmb.values.rates import decimal_text

CURRENCY = "USD"
TREASURY = "US-TREASURY"
METRIC, PLAN, INVESTMENT = "earnings-gain", "outcome-bonus", "bond"
SDG_GOAL = "8. Decent Work and Economic Growth"


def indigo_project(told: ImpactReport) -> dict[str, Any]:
    """The report as an INDIGO project, with a value object for every leaf as the standard asks."""
    return {
        "status": "PUBLIC",
        "name": _value(told.terms.title),
        "stage_development": _value(_stage(told)),
        "dates": _dates(told),
        "jurisdiction": {"jurisdiction": _value("US")},
        "overall_project_finance": _finance(told),
        "purpose_and_classifications": {
            "intervention": _value(told.terms.delivery.program_title),
            "policy_sector": _value("Employment and training"),
            "primary_sdg_goal": _value(SDG_GOAL),
        },
        "service_and_beneficiaries": {
            "target_population": _value("People drawn by lottery to be offered training"),
            "targeted_number_service_users_or_beneficiaries_total": _value(told.offered),
            "unit_type_targeted_service_users_or_beneficiaries": _value("Individual"),
            "actual_number_service_users_or_beneficiaries_total": _value(told.enrolled),
            "unit_type_actual_service_users_or_beneficiaries": _value("Individual"),
        },
        "delivery_locations": [
            {
                "location_country": _value("US"),
                "location_name": _value(told.terms.delivery.board),
                "adminstrative_geography_name": _value(told.terms.delivery.state),
            }
        ],
        "service_provisions": [_service(told)],
        "outcome_payment_commitments": [_commitment(told)],
        "investments": [_investment(told)],
        "outcome_metrics": [_metric(told)],
        "outcome_pricings": [_pricing(told.curve)],
        "outcome_payment_plans": [{"id": _value(PLAN), "period": _period(told)}],
        "outcome_payments": [_payment(told)],
        "results": _results(told),
    }


def indigo_bytes(told: ImpactReport) -> bytes:
    """The project as a JSON file, the same bytes for the same report."""
    document = json.dumps(indigo_project(told), indent=2, ensure_ascii=False)
    return f"{document}\n".encode()


def _value(value: object) -> dict[str, object]:
    return {"value": value}


def _dollars(cents: int) -> dict[str, object]:
    """An amount as a JSON number; a double keeps every cent of any amount of ours."""
    return _value(float(dollars_from_cents(cents)))


def _money(cents: int) -> dict[str, object]:
    return {"currency": _value(CURRENCY), "amount": _dollars(cents), "amount_usd": _dollars(cents)}


def _stage(told: ImpactReport) -> str:
    if told.as_of >= told.terms.matures_on:
        return "Complete"
    ended = told.as_of > told.terms.delivery.spend_until
    return "Service delivery complete" if ended else "Implementation"


def _dates(told: ImpactReport) -> dict[str, Any]:
    terms = told.terms
    dates = {
        "outcomes_contract_signed": terms.issue_on,
        "anticipated_completion_date": terms.matures_on,
        "start_date_of_service_provision": terms.issue_on,
        "anticipated_end_date_of_service_provision": terms.delivery.spend_until,
    }
    if told.as_of >= terms.matures_on:
        dates["actual_completion_date"] = terms.matures_on
    return {name: _value(day.isoformat()) for name, day in dates.items()}


def _finance(told: ImpactReport) -> dict[str, Any]:
    sold = _dollars(told.sold_cents)
    return {
        "total_investment_commitment": {
            "currency": _value(CURRENCY),
            "amount": {"exact": sold},
            "amount_usd": {"exact": sold},
        },
        "maximum_potential_loss": _value("0 %"),
        "maximum_potential_return_type": _value("Average annual return"),
        "maximum_potential_return": _value(f"{_most_percent(told)} % a year"),
        "total_outcome_payments_made": _money(told.bonus_paid_cents),
    }


def _most_percent(told: ImpactReport) -> str:
    return decimal_text(told.base_percent + told.curve.cap_percent)


def _period(told: ImpactReport) -> dict[str, Any]:
    return {
        "start_date": _value(told.terms.issue_on.isoformat()),
        "end_date": _value(told.terms.matures_on.isoformat()),
    }


def _service(told: ImpactReport) -> dict[str, Any]:
    training = told.terms.delivery
    return {
        "id": training.program_id,
        "organisation_id": _value(training.provider_id),
        "intervention": _value(training.program_title),
        "planned_service": {
            "start_date": _value(told.terms.issue_on.isoformat()),
            "end_date": _value(training.spend_until.isoformat()),
        },
    }


def _commitment(told: ImpactReport) -> dict[str, Any]:
    return {
        "organisation_id": _value(TREASURY),
        "organisation_role_category": _value("Government/Public Sector/Public Bank"),
        "result_type": _value("Overall"),
        "period": _period(told),
        "total_outcome_payments": _money(told.bonus_paid_cents),
    }


def _investment(told: ImpactReport) -> dict[str, Any]:
    sold = _dollars(told.sold_cents)
    return {
        "id": INVESTMENT,
        "investment_commitment": {
            "currency": _value(CURRENCY),
            "amount": {"exact": sold},
            "amount_usd": {"exact": sold},
        },
        "maximum_potential_loss": _value("0 %"),
        "maximum_potential_return_type": _value("Average annual return"),
        "maximum_potential_return": _value(float(_most_percent(told))),
        "investment_type": _value("Debt"),
        "notes": "Bought by many holders at one auction; who they are is not published.",
    }


def _metric(told: ImpactReport) -> dict[str, Any]:
    target, threshold = told.curve.target_dollars, told.curve.threshold_dollars
    observed = told.windows.observed
    return {
        "id": METRIC,
        "definition": _value(
            "Gain in yearly earnings of people offered training against people not offered it, "
            f"observed {observed}"
        ),
        "target_population": _value("People drawn by lottery to be offered training"),
        "outcome_metric_target": _value(f"${target} a year; the bonus starts above ${threshold}"),
        "outcome_validation_method": _value("Randomised controlled trial"),
        "data_source_for_outcome_validation": _value("Work records"),
        "policy_sector": _value("Employment and training"),
        "primary_sdg_goal": _value(SDG_GOAL),
    }


def _pricing(curve: OutcomeCurve) -> dict[str, Any]:
    cap, at_target = curve.cap_percent, curve.at_target_percent
    return {
        "outcome_metric_id": _value(METRIC),
        "currency": _value(CURRENCY),
        "price_description": _value(
            f"{at_target} % a year on the face amount at target, in proportion below, at most "
            f"{cap} % a year"
        ),
    }


def _payment(told: ImpactReport) -> dict[str, Any]:
    return {
        "outcome_payment_plan_id": _value(PLAN),
        "outcome_metric_id": _value(METRIC),
        "period": _period(told),
        "payer_organisation_id": _value(TREASURY),
        "type": _value("Actual"),
        "money": _money(told.bonus_paid_cents),
    }


def _results(told: ImpactReport) -> list[dict[str, Any]]:
    measured, observed = told.measured, told.windows.observed
    if measured is None:
        return []
    low, high = measured.ci95_dollars
    return [
        {
            "outcome_metric_id": _value(METRIC),
            "result_level": _value("Outcome level"),
            "result_type": _value("Final"),
            "period": {
                "start_date": _value(observed.first_day.isoformat()),
                "end_date": _value(observed.last_day.isoformat()),
            },
            "outcomes_achieved": _value(
                f"${measured.gain_dollars} a year (95 % interval ${low} to ${high})"
            ),
            "number_engaged_in_impact_bond": _value(told.enrolled),
            "number_with_positive_social_outcomes": _value(told.placed),
            "notes": f"Determination {measured.determination}",
        }
    ]
