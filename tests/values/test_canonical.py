"""Canonical documents: one content, one byte sequence, and nothing inexact inside."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmb.values.canonical import INTEGER_MAX, canonical_bytes, fingerprint, sha256_hex

text = st.text(st.characters(codec="utf-8"))
documents = st.recursive(
    st.none() | st.booleans() | st.integers(-INTEGER_MAX, INTEGER_MAX) | text,
    lambda children: st.lists(children) | st.dictionaries(text, children),
    max_leaves=20,
)


@given(documents)
def test_the_bytes_read_back_as_the_document(document: Any) -> None:
    assert json.loads(canonical_bytes(document)) == document


@given(st.dictionaries(text, st.integers(0, 9), min_size=2))
def test_the_order_of_keys_changes_nothing(document: dict[str, int]) -> None:
    backwards = dict(reversed(document.items()))
    assert canonical_bytes(backwards) == canonical_bytes(document)
    assert fingerprint(backwards) == fingerprint(document)


def test_the_bytes_are_those_of_rfc_8785() -> None:
    assert canonical_bytes({"b": [1, None, True], "a": "é\n"}) == (
        '{"a":"é\\n","b":[1,null,true]}'.encode()
    )


def test_the_fingerprint_is_that_of_fips_180() -> None:
    # The example of one block, "abc" (FIPS 180-2, appendix B.1).
    assert sha256_hex(b"abc").startswith("ba7816bf8f01cfea414140de5dae2223")
    assert fingerprint("abc") == sha256_hex(b'"abc"')


@pytest.mark.parametrize("inexact", [0.5, 1.0, Decimal("0.5"), b"bytes", {1, 2}])
def test_what_has_no_exact_form_is_refused_and_its_place_named(inexact: Any) -> None:
    with pytest.raises(TypeError, match=r"\$\.rates\[1\]"):
        canonical_bytes({"rates": ["0.5", inexact]})


@pytest.mark.parametrize("number", [INTEGER_MAX + 1, -INTEGER_MAX - 1])
def test_an_integer_some_reader_would_round_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match="write it as text"):
        canonical_bytes([number])
