"""A determination depends on what it was made from and on nothing else."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmb.rules.determination import FORMAT, Decision, Determination, Input, determine
from lmb.rules.parameters import ParameterSet
from lmb.values.canonical import canonical_bytes, sha256_hex

PARAMETERS = ParameterSet("sum", "Sum", "1", date(2027, 1, 1), None, "a law", "", {"per_hour": 2})


def listing(parameters: ParameterSet, inputs: Sequence[Input]) -> Decision:
    """A rule whose result shows the order in which it saw its inputs."""
    seen = [f"{item.kind} {item.id}" for item in inputs]
    return Decision({"seen": seen, "per_hour": parameters.values["per_hour"]}, ("seen in order",))


INPUTS = st.lists(
    st.builds(
        Input,
        st.sampled_from(["work", "attestation"]),
        st.uuids(),
        st.dictionaries(st.text(max_size=3), st.integers(-9, 9), max_size=2),
    ),
    unique_by=lambda item: (item.kind, item.id),
    max_size=8,
)


@given(INPUTS, st.randoms(use_true_random=False))
def test_the_order_of_inputs_cannot_change_a_byte(
    inputs: list[Input], chance: random.Random
) -> None:
    shuffled = inputs.copy()
    chance.shuffle(shuffled)
    first = made(inputs)
    second = made(shuffled)
    assert first.content == second.content
    assert first.inputs == second.inputs


def made(inputs: Sequence[Input], subject: str = "subject") -> Determination:
    return determine(listing, PARAMETERS, subject, inputs)


ONE = Input("work", UUID(int=1), {"cents": 1})


@pytest.mark.parametrize(
    "other",
    [
        made([replace(ONE, document={"cents": 2})]),
        made([replace(ONE, id=UUID(int=2))]),
        made([replace(ONE, kind="attestation")]),
        made([ONE], subject="another"),
        determine(listing, PARAMETERS, "subject", [ONE], supersedes=UUID(int=9)),
        determine(listing, replace(PARAMETERS, version="2"), "subject", [ONE]),
        determine(listing, replace(PARAMETERS, citation="another law"), "subject", [ONE]),
        determine(listing, replace(PARAMETERS, values={"per_hour": 3}), "subject", [ONE]),
        determine(lambda *_: Decision({}, ()), PARAMETERS, "subject", [ONE]),
    ],
)
def test_whatever_it_was_made_from_changes_its_hash(other: Determination) -> None:
    assert other.sha256 != made([ONE]).sha256
    assert other.sha256 == sha256_hex(other.content)


def test_its_document_counts_and_fingerprints_the_inputs() -> None:
    document = made([ONE]).document()
    assert document["format"] == FORMAT
    assert document["inputs_count"] == 1
    listed = [{"id": str(ONE.id), "kind": "work", "sha256": sha256_hex(b'{"cents":1}')}]
    assert document["inputs_sha256"] == sha256_hex(canonical_bytes(listed))


def test_an_input_given_twice_is_refused() -> None:
    """It would count twice, and the order of two contents could change the result."""
    again = replace(ONE, document={"cents": 2})
    with pytest.raises(ValueError, match="is given twice"):
        made([ONE, Input("work", UUID(int=2), {}), again])
    assert made([ONE, replace(ONE, kind="attestation")]).document()["inputs_count"] == 2
