"""The one-indicator sheet (`lmb-term-sheet/1`) as an outcome-linked one, and either from a file.

    threshold, target, bonus at target, floor 0, cap  ──▶  one indicator, one linear component

The same evidence gives the same bonus for the same periods; a test holds the two together.
"""

from __future__ import annotations

from typing import Any

from lmb.bonds.linked.document import load_linked_sheet, sheet_from_document
from lmb.bonds.linked.sheet import FORMAT, LinkedSheet, Programme
from lmb.bonds.terms import FORMAT as FORMAT_1
from lmb.bonds.terms import OutcomeTerms, TermSheet
from lmb.bonds.terms_file import load_term_sheet
from lmb.bonds.terms_reading import parse
from lmb.values.errors import RefusedError
from lmb.values.rates import decimal_text

_HIGHEST_BASE_PERCENT = "100"
"""Version 1 leaves the base coupon to the auction without a bound; this one is never reached."""


def load_sheet(file_name: str, content: bytes) -> LinkedSheet:
    """A term sheet of either version as an outcome-linked one. Raises InputError with every
    problem of the file, and RefusedError as `linked_sheet` does."""
    document, _ = parse(content)
    if document is not None and document.get("schema") == FORMAT_1:
        return linked_sheet(load_term_sheet(file_name, content))
    return load_linked_sheet(file_name, content)


def linked_sheet(terms: TermSheet, lockout_business_days: int = 2) -> LinkedSheet:
    """A version 1 sheet as an outcome-linked one, to value and to determine; it is announced in
    its own version. Raises RefusedError for a floor on the bonus above zero, which version 1 pays
    from the determination on and this version from the first period on."""
    outcome = terms.outcome
    if outcome.bonus_floor_percent:
        raise RefusedError(
            "a version 1 sheet with a bonus floor above 0 has no equal in version 2: write it as "
            "lmb-term-sheet/2 (term-sheet.md, section 2)"
        )
    document: dict[str, Any] = {
        **{
            name: value
            for name, value in terms.document().items()
            if name not in ("schema", "outcome", "training")
        },
        "schema": FORMAT,
        "programme": str(Programme.ILLUSTRATION),
        "currency": "USD",
        "authorized_cents": terms.offering_cents,
        "base_coupon": {"is": "auction", "highest_percent": _HIGHEST_BASE_PERCENT},
        "guarantee": {
            "coupon_percent": "base",
            "principal_percent": "100",
            "investors_pay_cents": 0,
        },
        "limits": {
            "floor_percent": "0",
            "cap_percent": decimal_text(outcome.bonus_cap_percent),
        },
        "rounding": {
            "score_places": None,
            "rate_places": outcome.rounding_places,
            "mode": "half-even",
        },
        "determination": {
            "mode": "in-advance",
            "lockout_business_days": lockout_business_days,
            "notice_business_days": 0,
            "dispute_days": 0,
            "record_business_days": 1,
            "verifier": "the measure's own determination",
        },
        "revisions": {"is": "first-final"},
        "kpis": [_kpi(outcome)],
        "components": [
            {
                "id": "bonus",
                "name": "Outcome bonus",
                "score": {
                    "is": "linear",
                    "kpi": str(outcome.indicator),
                    "threshold": decimal_text(outcome.threshold_dollars),
                    "target": decimal_text(outcome.target_dollars),
                },
                "pays": {"is": "rate", "percent": decimal_text(outcome.bonus_at_target_percent)},
                "lasts": "life",
            }
        ],
    }
    return sheet_from_document(document)


def _kpi(outcome: OutcomeTerms) -> dict[str, Any]:
    """The measured gain; its range holds threshold and target with room on both sides, where the
    score no longer changes. It is due on the day of determination."""
    missing = outcome.missing_data
    low, high = sorted((outcome.threshold_dollars, outcome.target_dollars))
    due_days = (outcome.determined_on - outcome.observed_to).days
    return {
        "id": str(outcome.indicator),
        "name": "Gain in yearly earnings, offered training against not offered",
        "unit": "money",
        "lowest": decimal_text(low - 1),
        "highest": decimal_text(high + 1),
        "window": {
            "is": "fixed",
            "from": outcome.observed_from.isoformat(),
            "to": outcome.observed_to.isoformat(),
        },
        "publication_lag_days": due_days,
        "vintage": 1,
        "basis": {
            "is": "impact",
            "design": "randomised-trial",
            "evaluate": str(outcome.evaluate),
        },
        "minimum_people": missing.minimum_people_per_arm,
        "minimum_coverage_percent": decimal_text(missing.minimum_coverage_percent),
        "missing": {"is": "score", "score": decimal_text(missing.score)},
    }
