"""Reading an outcome-linked term sheet: all of its problems at once, or the sheet.

bytes ──JSON──▶ document ──schema──▶ shapes ──checks──▶ LinkedSheet ──reach──▶ promises kept
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TypeVar

from lmb.bonds.dated_rules import outcome_coupon_rules_on
from lmb.bonds.linked import sheet as s
from lmb.bonds.linked.checks import rule_findings, sheet_findings
from lmb.bonds.linked.reach import promise_findings
from lmb.bonds.linked.shape import shape_findings
from lmb.bonds.linked.training import training_from_document
from lmb.bonds.schedule import InterestSchedule
from lmb.bonds.terms_checks import Fields, RulesOn, programme_findings, security_findings
from lmb.bonds.terms_reading import Finding, JsonObject, parse, problems
from lmb.values.canonical import canonical_bytes
from lmb.values.errors import InputError

SCHEMA = "term_sheet.schema.json"
SECTIONS = {
    "": "term-sheet.md, section 2.1",
    "base_coupon": "term-sheet.md, section 2.2",
    "guarantee": "term-sheet.md, section 2.2",
    "limits": "term-sheet.md, section 2.2",
    "rounding": "term-sheet.md, section 2.2",
    "determination": "term-sheet.md, section 2.3",
    "revisions": "term-sheet.md, section 2.3",
    "kpis": "term-sheet.md, section 2.4",
    "components": "term-sheet.md, section 2.5",
    "catastrophe": "term-sheet.md, section 2.6",
    "cohort_shortfall": "term-sheet.md, section 2.6",
    "termination": "term-sheet.md, section 2.6",
    "early_redemption": "term-sheet.md, section 2.6",
    "training": "term-sheet.md, section 2.1",
}
"""Where the reference page explains each top field."""

T = TypeVar("T")


def load_linked_sheet(
    file_name: str, content: bytes, rules_on: RulesOn = outcome_coupon_rules_on
) -> s.LinkedSheet:
    """The sheet in a JSON file. Raises InputError with every problem of the file.

    The limits on every labor market bond are those `rules_on` gives for the day it is announced.
    A sheet that could pay less than it guarantees, or more than is appropriated, is refused.
    """
    document, wrong = parse(content)
    if document is not None:
        by_shape = shape_findings(document, SCHEMA, SECTIONS)
        wrong += by_shape
        scalars = {name: value for name, value in document.items() if _readable(name, by_shape)}
        schedule, of_security = security_findings(Fields(scalars))
        wrong += of_security
        if document.get("programme") == s.Programme.LABOR_MARKET_BOND:
            wrong += programme_findings(Fields(scalars), schedule, rules_on)
        if not wrong:
            sheet = sheet_from_document(document)
            wrong = [*sheet_findings(sheet), *rule_findings(sheet, rules_on)]
            wrong = wrong or list(promise_findings(sheet))
            if not wrong:
                return sheet
    raise InputError(problems(file_name, wrong))


def sheet_from_document(document: JsonObject) -> s.LinkedSheet:
    """The sheet of a document that was checked before, such as one kept with its fingerprint."""
    revisions = document["revisions"]
    return s.LinkedSheet(
        content=canonical_bytes(dict(document)),
        title=document["title"],
        programme=s.Programme(document["programme"]),
        notes=tuple(document.get("notes", ())),
        currency=document["currency"],
        cusip=document["cusip"],
        offering_cents=document["offering_cents"],
        authorized_cents=document["authorized_cents"],
        minimum_cents=document["minimum_cents"],
        multiple_cents=document["multiple_cents"],
        announced_on=_day(document["announced_on"]),
        auction_on=_day(document["auction_on"]),
        issue_on=_day(document["issue_on"]),
        schedule=InterestSchedule(
            _day(document["dated_on"]),
            _day(document["first_interest_on"]),
            _day(document["matures_on"]),
        ),
        base_coupon=_base_coupon(document["base_coupon"]),
        guarantee=_guarantee(document["guarantee"]),
        limits=_limits(document["limits"]),
        rounding=s.Rounding(
            document["rounding"]["score_places"],
            document["rounding"]["rate_places"],
            s.RoundingMode(document["rounding"]["mode"]),
        ),
        determination=_determination(document["determination"]),
        materiality_percent=_maybe(revisions.get("materiality_percent"), Decimal),
        kpis=tuple(map(_kpi, document["kpis"])),
        components=tuple(map(_component, document["components"])),
        catastrophe=_maybe(document.get("catastrophe"), _catastrophe),
        cohort_shortfall=_maybe(document.get("cohort_shortfall"), _shortfall),
        termination=_maybe(document.get("termination"), _termination),
        early_redemption=_maybe(document.get("early_redemption"), _early_redemption),
        training=_maybe(document.get("training"), training_from_document),
    )


def _readable(name: str, refused: list[Finding]) -> bool:
    return not any(finding.path == name for finding in refused)


def _maybe(value: JsonObject | str | None, build: Callable[..., T]) -> T | None:
    return None if value is None else build(value)


def _day(written: str) -> date:
    return date.fromisoformat(written)


def _base_coupon(document: JsonObject) -> s.BaseCoupon:
    if document["is"] == "fixed":
        return s.BaseCoupon(fixed=True, highest_percent=Decimal(document["percent"]))
    return s.BaseCoupon(fixed=False, highest_percent=Decimal(document["highest_percent"]))


def _guarantee(document: JsonObject) -> s.Guarantee:
    coupon = document["coupon_percent"]
    guarantor = document.get("guarantor")
    return s.Guarantee(
        coupon_percent=None if coupon == "base" else Decimal(coupon),
        principal_percent=Decimal(document["principal_percent"]),
        investors_pay_cents=document["investors_pay_cents"],
        guarantor=None
        if guarantor is None
        else s.Guarantor(guarantor["name"], Decimal(guarantor["principal_percent"])),
    )


def _limits(document: JsonObject) -> s.Limits:
    appropriation = document.get("appropriation")
    return s.Limits(
        floor_percent=Decimal(document["floor_percent"]),
        cap_percent=Decimal(document["cap_percent"]),
        coupon_floor_percent=_maybe(document.get("coupon_floor_percent"), Decimal),
        coupon_cap_percent=_maybe(document.get("coupon_cap_percent"), Decimal),
        life_cap_per_100=_maybe(document.get("life_cap_per_100"), Decimal),
        budget_cents=document.get("budget_cents"),
        appropriation=None
        if appropriation is None
        else s.Appropriation(
            s.Covers(appropriation["covers"]),
            tuple((row["fiscal_year"], row["cents"]) for row in appropriation["by_fiscal_year"]),
        ),
    )


def _determination(document: JsonObject) -> s.DeterminationTerms:
    return s.DeterminationTerms(
        in_advance=document["mode"] == "in-advance",
        lockout_business_days=document["lockout_business_days"],
        notice_business_days=document["notice_business_days"],
        dispute_days=document["dispute_days"],
        record_business_days=document["record_business_days"],
        verifier=document["verifier"],
    )


def _kpi(document: JsonObject) -> s.Kpi:
    cohort = document.get("cohort", {})
    substitute = document.get("substitute")
    return s.Kpi(
        id=document["id"],
        name=document["name"],
        unit=s.Unit(document["unit"]),
        lowest=Decimal(document["lowest"]),
        highest=Decimal(document["highest"]),
        cohort=_cohort(cohort),
        region=cohort.get("region", ""),
        window=_window(document["window"]),
        publication_lag_days=document["publication_lag_days"],
        vintage=document["vintage"],
        basis=_basis(document["basis"]),
        minimum_people=document["minimum_people"],
        minimum_coverage_percent=Decimal(document["minimum_coverage_percent"]),
        missing=_missing(document["missing"]),
        substitute=None
        if substitute is None
        else s.Substitute(
            substitute["kpi"], Decimal(substitute["times"]), Decimal(substitute["plus"])
        ),
        measured=_maybe(document.get("measured"), _measured),
        verifier=document.get("verifier", ""),
        evidence=document.get("evidence", ""),
    )


def _measured(document: JsonObject) -> s.Measured:
    return s.Measured(
        document["rule"], _day(document["baseline_from"]), _day(document["baseline_to"])
    )


def _cohort(document: JsonObject) -> s.Cohort | None:
    if not document:
        return None
    return s.Cohort(
        document["name"],
        _maybe(document.get("entered_from"), _day),
        _maybe(document.get("entered_to"), _day),
    )


def _window(document: JsonObject) -> s.FixedWindow | s.RollingWindow:
    if document["is"] == "fixed":
        return s.FixedWindow(_day(document["from"]), _day(document["to"]))
    return s.RollingWindow(s.Length(document["length"]), document["lag"])


def _basis(document: JsonObject) -> s.Gross | s.Baseline | s.Impact:
    match document["is"]:
        case "gross":
            return s.Gross()
        case "baseline":
            return s.Baseline(Decimal(document["value"]), s.Change(document["as"]))
        case _:
            return s.Impact(
                document["design"],
                s.Evaluate(document["evaluate"]),
                _maybe(document.get("significance"), Decimal),
            )


def _missing(document: JsonObject) -> s.MissingScore | s.MissingValue | s.MissingLast:
    match document["is"]:
        case "score":
            return s.MissingScore(Decimal(document["score"]))
        case "value":
            return s.MissingValue(Decimal(document["value"]))
        case _:
            return s.MissingLast(Decimal(document["score"]))


def _expression(document: JsonObject) -> s.Expression:
    match document["is"]:
        case "always":
            return s.Always()
        case "linear":
            threshold, target = Decimal(document["threshold"]), Decimal(document["target"])
            return s.Linear(document["kpi"], threshold, target)
        case "digital":
            compare = s.Compare(document["compare"])
            return s.Digital(document["kpi"], compare, Decimal(document["value"]))
        case "tiers":
            tiers = (s.Tier(Decimal(t["from"]), Decimal(t["score"])) for t in document["tiers"])
            return s.Tiers(document["kpi"], tuple(tiers))
        case "all":
            return s.All(tuple(map(_expression, document["of"])))
        case "any":
            return s.Any(tuple(map(_expression, document["of"])))
        case "weighted":
            parts = document["parts"]
            return s.Weighted(tuple((Decimal(p["weight"]), _expression(p["of"])) for p in parts))
        case _:
            return s.Not(_expression(document["of"]))


def _component(document: JsonObject) -> s.Component:
    return s.Component(
        id=document["id"],
        name=document["name"],
        score=_expression(document["score"]),
        pays=_pays(document["pays"]),
        from_period=document.get("from_period", 1),
        to_period=document.get("to_period"),
        lasts_for_life=document.get("lasts") == "life",
        payer=document.get("payer", ""),
    )


def _pays(document: JsonObject) -> s.PaysRate | s.PaysOnce | s.PaysPrincipal | s.PaysRateCard:
    match document["is"]:
        case "rate":
            return s.PaysRate(Decimal(document["percent"]))
        case "once":
            return s.PaysOnce(document["cents"], _day(document["on"]))
        case "principal":
            return s.PaysPrincipal(Decimal(document["percent"]))
        case _:
            return s.PaysRateCard(
                tuple((price["kpi"], price["cents"]) for price in document["prices"]),
                document["people"],
                document["person_cap_cents"],
                document["contract_cap_cents"],
            )


def _catastrophe(document: JsonObject) -> s.Catastrophe:
    effect = document["effect"]
    return s.Catastrophe(
        document["kpi"],
        Decimal(document["at_least"]),
        s.Hold() if effect["is"] == "hold" else Decimal(effect["score"]),
    )


def _shortfall(document: JsonObject) -> s.CohortShortfall:
    terminates = document["effect"] == "terminate"
    return s.CohortShortfall(document["kpi"], document["minimum"], terminates)


def _termination(document: JsonObject) -> s.Termination:
    return s.Termination(
        _maybe(document.get("when"), _expression),
        document["from_period"],
        Decimal(document["redemption_percent"]),
    )


def _early_redemption(document: JsonObject) -> s.EarlyRedemption:
    return s.EarlyRedemption(
        _day(document["on"]), Decimal(document["percent"]), document["mandatory"]
    )
