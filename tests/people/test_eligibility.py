"""Eligibility has three answers; the second is never a quiet third, and each replays."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmb.people import accounts, delegations, models
from lmb.people.accounts import Residency, determine_eligibility, may_open_account
from lmb.people.delegations import DelegableAction, DelegationKind, DelegationTerms
from lmb.people.eligibility import RULE, Answer, account_eligibility, together
from lmb.people.keys import VaultKeys
from lmb.rules.determination import Decision, Input, determine
from lmb.rules.parameters import in_force
from lmb.settlement.rulebook import replay
from lmb.values.clock import fiscal_date
from tests.people.support import ANA, CELL, NOW, as_self, enrolled

PARAMETERS = in_force(RULE, fiscal_date(NOW))
KNOWN: dict[str, Any] = {
    "person": str(UUID(int=1)),
    "as_of": "2027-03-01",
    "age_years": 30,
    "residency": "citizen",
    "ial": 2,
    "guardian": False,
    "review_open": False,
}


def decide(**changes: Any) -> Decision:
    inputs = [Input("circumstances", UUID(int=2), {**KNOWN, **changes})]
    return determine(account_eligibility, PARAMETERS, "s", inputs).decision


@pytest.mark.parametrize(
    ("changes", "answer", "missing"),
    [
        ({}, "yes", []),
        ({"residency": "lawful-resident"}, "yes", []),
        ({"age_years": 15}, "no", ["guardian"]),
        ({"age_years": 16}, "not-yet-known", ["guardian"]),
        ({"age_years": 17, "guardian": True}, "yes", []),
        ({"age_years": 18}, "yes", []),
        ({"age_years": None}, "not-yet-known", ["age", "guardian"]),
        ({"residency": "other"}, "no", []),
        ({"residency": None}, "not-yet-known", ["residency"]),
        ({"ial": 1}, "not-yet-known", ["identity"]),
        ({"review_open": True}, "not-yet-known", ["one-account"]),
        (
            {"age_years": 15, "residency": None, "ial": 1},
            "no",
            ["residency", "identity", "guardian"],
        ),
    ],
)
def test_the_rule_answers(changes: dict[str, Any], answer: str, missing: list[str]) -> None:
    decision = decide(**changes)
    assert (decision.result["answer"], decision.result["missing"]) == (answer, missing)


circumstances = st.fixed_dictionaries(
    {
        "age_years": st.none() | st.integers(-1, 120),
        "residency": st.sampled_from([None, *(status.value for status in Residency)]),
        "ial": st.integers(0, 3),
        "guardian": st.booleans(),
        "review_open": st.booleans(),
    }
)


@given(circumstances)
def test_what_is_missing_always_has_a_next_step_and_a_no_always_a_reason(
    known: dict[str, Any],
) -> None:
    decision = decide(**known)
    result = decision.result
    criteria = result["criteria"]
    assert isinstance(criteria, dict)
    assert result["missing"] == [name for name, a in criteria.items() if a == "not-yet-known"]
    steps = result["next_steps"]
    assert isinstance(steps, list)
    assert len(steps) == len(result["missing"])
    assert all(steps)
    assert result["answer"] == together([Answer(answer) for answer in criteria.values()])
    assert (result["answer"] == "not-yet-known") <= bool(steps)


@given(circumstances, circumstances)
def test_learning_more_never_turns_a_yes_into_a_question(
    known: dict[str, Any], more: dict[str, Any]
) -> None:
    """Filling in what was unknown can decide a question; it cannot open one that was decided."""
    filled = dict(known)
    for name in ("residency",):
        if filled[name] is None:
            filled[name] = more[name]
    before, after = decide(**known).result["answer"], decide(**filled).result["answer"]
    if before != "not-yet-known":
        assert after == before


@given(st.lists(st.sampled_from(Answer), max_size=6))
def test_together_is_kleenes_and(answers: list[Answer]) -> None:
    order = {Answer.NO: 0, Answer.NOT_YET_KNOWN: 1, Answer.YES: 2}
    assert order[together(answers)] == min((order[a] for a in answers), default=2)


@pytest.mark.django_db
def test_a_determination_is_explained_dated_and_replays_without_the_birth_date(
    keys: VaultKeys, ana: UUID
) -> None:
    on_file = determine_eligibility(keys, as_self(ana), ana, Residency.CITIZEN, NOW)
    assert on_file.result["answer"] == "yes"
    assert may_open_account(CELL, ana)
    assert replay(on_file).content.decode() == on_file.content
    content = models.Circumstances.objects.get().content
    assert "1990" not in content
    assert '"age_years":37' in content
    (look,) = models.Access.objects.all()
    assert (look.fields, look.purpose) == (["birth_date"], "determine eligibility")


@pytest.mark.django_db
def test_the_same_circumstances_leave_the_determination_and_others_supersede_it(
    keys: VaultKeys, ana: UUID
) -> None:
    asked = determine_eligibility(keys, as_self(ana), ana, None, NOW)
    later = NOW + timedelta(days=1)
    again = determine_eligibility(keys, as_self(ana, later), ana, None, later)
    shown = determine_eligibility(keys, as_self(ana, later), ana, Residency.CITIZEN, later)
    assert asked.result["answer"] == "not-yet-known"
    assert again.id == asked.id
    assert (shown.supersedes, shown.result["answer"]) == (asked.id, "yes")
    assert replay(shown).content.decode() == shown.content


@pytest.mark.django_db
def test_at_sixteen_a_parent_makes_the_difference(keys: VaultKeys, ben: UUID) -> None:
    kim = enrolled(keys, "kim", ANA | {"birth_date": "2010-06-01", "ssn": "457-55-5463"}).person
    first = determine_eligibility(keys, as_self(kim), kim, Residency.CITIZEN, NOW)
    assert first.result["missing"] == ["guardian"]
    assert not may_open_account(CELL, kim)
    terms = DelegationTerms(
        delegate=ben,
        kind=DelegationKind.PARENT,
        organisation=None,
        actions=frozenset({DelegableAction.CONSENT}),
        data_classes=frozenset(),
        starts_at=NOW,
        expires_at=NOW + timedelta(days=365),
    )
    delegations.delegate(keys.randomness, as_self(kim), terms, NOW)
    second = determine_eligibility(keys, as_self(kim), kim, Residency.CITIZEN, NOW)
    assert (second.result["answer"], second.supersedes) == ("yes", first.id)
    assert may_open_account(CELL, kim)


@pytest.mark.django_db
def test_somebody_who_may_be_known_already_waits(keys: VaultKeys, ana: UUID) -> None:
    twin = enrolled(keys, "twin", ANA).person
    found = determine_eligibility(keys, as_self(twin), twin, Residency.CITIZEN, NOW)
    assert found.result["missing"] == ["one-account"]
    assert str(ana) not in found.content
    assert not may_open_account(CELL, twin)


@pytest.mark.django_db
def test_circumstances_are_found_again_in_the_order_asked(keys: VaultKeys, ana: UUID) -> None:
    determine_eligibility(keys, as_self(ana), ana, None, NOW)
    determine_eligibility(keys, as_self(ana), ana, Residency.OTHER, NOW)
    ids = list(models.Circumstances.objects.order_by("-id").values_list("id", flat=True))
    documents = accounts.circumstances_documents(ids)
    assert [cast(dict[str, Any], found)["residency"] for found in documents] == ["other", None]
