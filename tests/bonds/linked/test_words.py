"""A term sheet in plain language: complete, and the same in every language."""

from __future__ import annotations

from string import Formatter
from typing import Any

import pytest

from lmb.bonds.linked import phrases
from lmb.bonds.linked.document import load_linked_sheet
from lmb.bonds.linked.phrases import PHRASES, Language
from lmb.bonds.linked.words import sheet_in_words
from tests.bonds.linked.support import (
    EXAMPLE_NAMES,
    component,
    digital,
    example,
    kpi,
    linear,
    sheet,
)
from tests.bonds.support import changed


def told(terms: Any, language: Language) -> str:
    return "\n".join(
        line
        for section in sheet_in_words(terms, language)
        for line in (section.title, *section.sentences)
    )


@pytest.mark.parametrize("key", sorted(PHRASES))
def test_every_language_fills_in_the_same_names(key: str) -> None:
    english, spanish = (
        {name for _, name, _, _ in Formatter().parse(text) if name} for text in PHRASES[key]
    )
    assert english == spanish


@pytest.mark.parametrize("name", EXAMPLE_NAMES)
@pytest.mark.parametrize("language", Language)
def test_every_indicator_component_and_remark_is_told(name: str, language: Language) -> None:
    terms = example(name)
    text = told(terms, language)
    names = [kpi.name for kpi in terms.kpis] + [part.name for part in terms.components]
    assert all(part in text for part in (*names, *terms.notes, terms.determination.verifier))


def test_what_is_told_is_what_is_paid() -> None:
    text = told(example("four-indicators"), Language.ENGLISH)
    assert "The base coupon is paid whatever the outcome." in text
    assert "0.4 × (rising from 0 at 55 to 1 at 70 of “Participants employed" in text
    assert "a score of 1 adds 2 % a year" in text
    assert "a correction of 0.05 % a year or more is made good in a later coupon" in text
    assert "never more than $210,000,000.00 is outstanding" in text
    spanish = told(example("four-indicators"), Language.SPANISH)
    assert "El cupón base se paga sea cual sea el resultado." in spanish
    assert "vence el 15 de febrero de 2037" in spanish


def test_every_phrase_is_used_by_some_sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    used: set[str] = set()
    original = phrases.phrase

    def listening(language: Language, key: str, **values: str) -> str:
        used.add(key)
        return original(language, key, **values)

    monkeypatch.setattr(phrases, "phrase", listening)
    endings = (_ending(digital("jobs", "at-most", "5")), _ending(None))
    delivered = load_linked_sheet("terms.json", changed())
    for terms in (*map(example, EXAMPLE_NAMES), _unusual(), *endings, delivered):
        sheet_in_words(terms, Language.ENGLISH)
    assert set(PHRASES) - used == set()


def _unusual() -> Any:
    basis = {"is": "impact", "design": "randomised-trial", "evaluate": "ci95-lower"}
    lagged = {"is": "rolling", "length": "quarter", "lag": 2}
    return sheet(
        kpis=[
            kpi(basis=basis, window=lagged, verifier="Auditor"),
            kpi("base", basis={"is": "baseline", "value": "5", "as": "difference"}),
        ],
        components=[component(linear(), to_period=6)],
        guarantee={"coupon_percent": "2.000"},
        limits={"coupon_floor_percent": "2.5"},
        catastrophe={"kpi": "base", "at_least": "3", "effect": {"is": "hold"}},
    )


def _ending(when: dict[str, Any] | None) -> Any:
    termination: dict[str, Any] = {"from_period": 3, "redemption_percent": "100"}
    if when is not None:
        termination["when"] = when
    return sheet(
        kpis=[kpi(), kpi("people", unit="count", minimum_people=0)],
        cohort_shortfall={"kpi": "people", "minimum": 50, "effect": "terminate"},
        termination=termination,
    )
