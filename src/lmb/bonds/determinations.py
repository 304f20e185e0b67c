"""The rule of a coupon as determinations use it: a plain function of its inputs. That of the
auction, whose result it starts from, stands in `auction.rule`.

terms + period + auctions + verified values ──outcome coupon──▶ the period's rate, before it starts
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from lmb.bonds.dated_rules import AUCTION_RULE
from lmb.bonds.linked.coupons import base_coupon, determine_coupons
from lmb.bonds.linked.document import sheet_from_document
from lmb.bonds.linked.kpis_file import Observation, observation_from_document
from lmb.bonds.linked.plan import determination_plan
from lmb.bonds.linked.told import coupon_told
from lmb.rules.determination import Decision, Input, documents
from lmb.rules.parameters import ParameterSet
from lmb.values.errors import NotFoundError, RefusedError

MEASURE_RULE = "earnings-gain"
"""The rule by which the house measures an indicator itself."""


def outcome_coupon(_: ParameterSet, inputs: Sequence[Input]) -> Decision:
    """The coupon of one interest period, from what was verified by its day of determination.

    Every earlier period is determined again on the way, each from what was known on its own day:
    a later correction reaches this coupon only as the true-up the terms ask for. The par is that
    of all auctions held. Raises RefusedError for a period after the bond has ended.
    """
    sheet = sheet_from_document(documents(inputs, "terms")[0])
    number: int = documents(inputs, "interest-period")[0]["number"]
    auctions = _results_of(inputs, AUCTION_RULE)
    if not auctions:
        raise NotFoundError(f"the auction of {sheet.cusip} is needed first; none was given")
    base = base_coupon(sheet, None if sheet.base_coupon.fixed else _coupon_of(auctions))
    par_cents = sum(result["awarded_cents"] for result in auctions)
    observations = [_observation(document, inputs) for document in documents(inputs, "observation")]
    as_of = determination_plan(sheet)[number - 1].determined_on
    found = determine_coupons(sheet, observations, base, par_cents, as_of)
    if len(found.coupons) < number:
        ended = found.coupons[-1].earned
        raise RefusedError(
            f"bond {sheet.cusip} ends with interest period {ended.plan.period.number}: "
            f"{ended.terminated}"
        )
    coupon = found.coupons[number - 1]
    return Decision(
        {
            **coupon.document(),
            "par_cents": par_cents,
            "observations_sha256": found.observations_sha256,
        },
        coupon_told(sheet, coupon),
    )


def measured_observation(result: Mapping[str, Any]) -> dict[str, Any]:
    """What a measure of the house says of an indicator, in the fields of a verified value: the
    smaller arm counts the people, as the terms ask for so many in each."""
    estimate = result["estimate"]
    return {
        "value": None if estimate is None else Decimal(estimate["estimate_dollars"]),
        "ci95_lower": None if estimate is None else Decimal(estimate["ci95_dollars"][0]),
        "people": min(result["measured"].values()),
        "coverage_percent": Decimal(result["coverage_percent"]),
    }


def _observation(document: Mapping[str, Any], inputs: Sequence[Input]) -> Observation:
    """A verified value; one that repeats a measure of the house must say what the measure says."""
    observation, measured = observation_from_document(document), document["determination"]
    if measured is None:
        return observation
    measure = [i for i in inputs if i.kind == "determination" and str(i.id) == measured]
    if not measure:
        raise NotFoundError(f"verified value {observation.row} repeats a measure not given")
    (told,) = documents(measure, "determination")
    says = measured_observation(told["result"])
    if any(getattr(observation, name) != value for name, value in says.items()):
        raise RefusedError(
            f"verified value {observation.row} of {observation.kpi} is not what measure "
            f"{measured} says"
        )
    return observation


def _results_of(inputs: Sequence[Input], rule: str) -> list[Mapping[str, Any]]:
    return [
        document["result"]
        for document in documents(inputs, "determination")
        if document["rule"] == rule
    ]


def _coupon_of(auctions: Sequence[Mapping[str, Any]]) -> Decimal:
    """The coupon the first auction set, which reopenings keep."""
    return Decimal(auctions[0]["coupon_percent"])
