"""An impact report in the shape of the INDIGO data standard for impact bonds (project, April 2024).

Names and choices are those of `schema/project.json` of INDIGO-Initiative/indigo-data-standard; what
a bond has nothing to say about is left out. Amounts are JSON numbers of dollars for whoever reads
the export: nothing here is ever paid.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from lmb.bonds.linked.phrases import Language, phrase
from lmb.bonds.linked.sheet import FixedWindow, Impact, Kpi, LinkedSheet, kpis_of
from lmb.bonds.linked.training import Delivery
from lmb.bonds.linked.words import sheet_in_words
from lmb.bonds.papers.impact import ImpactReport
from lmb.values.money import dollars_from_cents
from lmb.values.rates import decimal_text

CURRENCY = "USD"
TREASURY = "US-TREASURY"
PLAN, INVESTMENT = "outcome-bonus", "bond"
SDG_GOAL = "8. Decent Work and Economic Growth"
SECTOR = "Employment and training"


def indigo_project(told: ImpactReport) -> dict[str, Any]:
    """The report as an INDIGO project, with a value object for every leaf as the standard asks."""
    terms = told.terms
    purpose = {
        "policy_sector": _value(SECTOR),
        "primary_sdg_goal": _value(SDG_GOAL),
    }
    if terms.training is not None:
        purpose["intervention"] = _value(terms.training.description)
    return {
        "status": "PUBLIC",
        "name": _value(terms.title),
        "stage_development": _value(_stage(told)),
        "dates": _dates(told),
        "jurisdiction": {"jurisdiction": _value("US")},
        "overall_project_finance": _finance(told),
        "purpose_and_classifications": purpose,
        "service_and_beneficiaries": _people(told),
        **_delivered(told),
        "outcome_payment_commitments": [_commitment(told)],
        "investments": [_investment(told)],
        "outcome_metrics": _metrics(terms),
        "outcome_pricings": _pricings(terms),
        "outcome_payment_plans": [{"id": _value(PLAN), "period": _period(terms)}],
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


def _commitment_of(cents: int) -> dict[str, Any]:
    exact = {"exact": _dollars(cents)}
    return {"currency": _value(CURRENCY), "amount": exact, "amount_usd": exact}


def _stage(told: ImpactReport) -> str:
    if told.as_of >= told.terms.matures_on:
        return "Complete"
    ends = _service_ends(told.terms)
    over = ends is not None and told.as_of > ends
    return "Service delivery complete" if over else "Implementation"


def _delivery(terms: LinkedSheet) -> Delivery | None:
    return None if terms.training is None else terms.training.delivery


def _service_ends(terms: LinkedSheet) -> date | None:
    delivery = _delivery(terms)
    return None if delivery is None else delivery.spend_until


def _dates(told: ImpactReport) -> dict[str, Any]:
    terms = told.terms
    days: dict[str, date | None] = {
        "outcomes_contract_signed": terms.issue_on,
        "anticipated_completion_date": terms.matures_on,
        "actual_completion_date": terms.matures_on if told.as_of >= terms.matures_on else None,
        "start_date_of_service_provision": terms.issue_on,
        "anticipated_end_date_of_service_provision": _service_ends(terms),
    }
    return {name: _value(day.isoformat()) for name, day in days.items() if day is not None}


def _finance(told: ImpactReport) -> dict[str, Any]:
    return {
        "total_investment_commitment": _commitment_of(told.sold_cents),
        "maximum_potential_loss": _value(_loss(told.terms)),
        "maximum_potential_return_type": _value("Average annual return"),
        "maximum_potential_return": _value(f"{_most_percent(told)} % a year"),
        "total_outcome_payments_made": _money(told.bonus_paid_cents),
    }


def _loss(terms: LinkedSheet) -> str:
    return f"{decimal_text(100 - terms.guarantee.principal_percent)} %"


def _most_percent(told: ImpactReport) -> str:
    return decimal_text(told.base_percent + told.terms.limits.cap_percent)


def _people(told: ImpactReport) -> dict[str, Any]:
    return {
        "target_population": _value("; ".join(_populations(told.terms))),
        "targeted_number_service_users_or_beneficiaries_total": _value(told.offered),
        "unit_type_targeted_service_users_or_beneficiaries": _value("Individual"),
        "actual_number_service_users_or_beneficiaries_total": _value(told.enrolled),
        "unit_type_actual_service_users_or_beneficiaries": _value("Individual"),
    }


def _populations(terms: LinkedSheet) -> list[str]:
    cohorts = [kpi.cohort.name for kpi in terms.kpis if kpi.cohort is not None]
    return list(dict.fromkeys(cohorts)) or ["People offered training"]


def _period(terms: LinkedSheet) -> dict[str, Any]:
    return {
        "start_date": _value(terms.issue_on.isoformat()),
        "end_date": _value(terms.matures_on.isoformat()),
    }


def _delivered(told: ImpactReport) -> dict[str, Any]:
    """Where and by whom people are trained, where the terms say so."""
    delivery = _delivery(told.terms)
    if delivery is None:
        return {}
    return {
        "delivery_locations": [
            {
                "location_country": _value("US"),
                "location_name": _value(delivery.board),
                "adminstrative_geography_name": _value(delivery.state),
            }
        ],
        "service_provisions": [
            {
                "id": delivery.program_id,
                "organisation_id": _value(delivery.provider_id),
                "intervention": _value(delivery.program_title),
                "planned_service": {
                    "start_date": _value(told.terms.issue_on.isoformat()),
                    "end_date": _value(delivery.spend_until.isoformat()),
                },
            }
        ],
    }


def _commitment(told: ImpactReport) -> dict[str, Any]:
    return {
        "organisation_id": _value(TREASURY),
        "organisation_role_category": _value("Government/Public Sector/Public Bank"),
        "result_type": _value("Overall"),
        "period": _period(told.terms),
        "total_outcome_payments": _money(told.bonus_paid_cents),
    }


def _investment(told: ImpactReport) -> dict[str, Any]:
    return {
        "id": INVESTMENT,
        "investment_commitment": _commitment_of(told.sold_cents),
        "maximum_potential_loss": _value(_loss(told.terms)),
        "maximum_potential_return_type": _value("Average annual return"),
        "maximum_potential_return": _value(float(_most_percent(told))),
        "investment_type": _value("Debt"),
        "notes": "Bought by many holders at one auction; who they are is not published.",
    }


def _metrics(terms: LinkedSheet) -> list[dict[str, Any]]:
    """Every indicator, with the sentences of the term sheet that say what it is."""
    return [
        {
            "id": kpi.id,
            "definition": _value(sentence),
            "outcome_validation_method": _value(kpi.evidence or _design(kpi)),
            "policy_sector": _value(SECTOR),
            "primary_sdg_goal": _value(SDG_GOAL),
        }
        for kpi, sentence in zip(terms.kpis, _told(terms, "measured"), strict=True)
    ]


def _design(kpi: Kpi) -> str:
    return kpi.basis.design if isinstance(kpi.basis, Impact) else "published statistic"


def _pricings(terms: LinkedSheet) -> list[dict[str, Any]]:
    """What each component pays, by the first indicator it reads."""
    return [
        {
            "outcome_metric_id": _value(next(iter(kpis_of(component)), component.id)),
            "currency": _value(CURRENCY),
            "price_description": _value(sentence),
        }
        for component, sentence in zip(terms.components, _told(terms, "pays"), strict=True)
    ]


def _told(terms: LinkedSheet, key: str) -> tuple[str, ...]:
    title = phrase(Language.ENGLISH, f"section/{key}")
    sections = sheet_in_words(terms, Language.ENGLISH)
    return next(part.sentences for part in sections if part.title == title)


def _payment(told: ImpactReport) -> dict[str, Any]:
    return {
        "outcome_payment_plan_id": _value(PLAN),
        "outcome_metric_id": _value(told.terms.kpis[0].id),
        "period": _period(told.terms),
        "payer_organisation_id": _value(TREASURY),
        "type": _value("Actual"),
        "money": _money(told.bonus_paid_cents),
    }


def _results(told: ImpactReport) -> list[dict[str, Any]]:
    """What the house measured of the indicator the terms leave to it."""
    measured = told.measured
    found = [kpi for kpi in told.terms.measured_kpis if isinstance(kpi.window, FixedWindow)]
    if measured is None or not found:
        return []
    kpi, window = found[0], found[0].window
    assert isinstance(window, FixedWindow), "the indicators without one were left out"
    low, high = measured.ci95_dollars
    return [
        {
            "outcome_metric_id": _value(kpi.id),
            "result_level": _value("Outcome level"),
            "result_type": _value("Final"),
            "period": {
                "start_date": _value(window.first_day.isoformat()),
                "end_date": _value(window.last_day.isoformat()),
            },
            "outcomes_achieved": _value(
                f"${measured.gain_dollars} a year (95 % interval ${low} to ${high})"
            ),
            "number_engaged_in_impact_bond": _value(told.enrolled),
            "number_with_positive_social_outcomes": _value(told.placed),
            "notes": f"Determination {measured.determination}",
        }
    ]
