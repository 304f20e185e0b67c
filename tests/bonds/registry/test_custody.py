"""Chains of custodians: what an account can be, and what each link answers for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmb.bonds.registry.custody import Mode, SecuritiesAccount, account_faults, positions


def test_an_account_knows_its_holder_and_its_custodians_from_treasury_down() -> None:
    account = SecuritiesAccount("fed-bank/broker/ana", Mode.COMMERCIAL)
    assert account.holder == "ana"
    assert account.custodians == ("fed-bank", "fed-bank/broker")
    assert SecuritiesAccount("ana", Mode.RETAIL_DIRECT).custodians == ()


@pytest.mark.parametrize(
    ("code", "mode", "fault"),
    [
        ("", Mode.COMMERCIAL, "without a name"),
        ("bank//ana", Mode.COMMERCIAL, "without a name"),
        ("bank/ana ", Mode.COMMERCIAL, "without a name"),
        ("bank/broker/bank", Mode.COMMERCIAL, "comes back to itself"),
        ("a/b/c/d/e/f/g", Mode.COMMERCIAL, "7 links; at most 6"),
        ("bank/ana", Mode.RETAIL_DIRECT, "held at Treasury without a custodian"),
    ],
)
def test_an_account_that_cannot_be_is_told_why(code: str, mode: Mode, fault: str) -> None:
    (told,) = account_faults(SecuritiesAccount(code, mode))
    assert fault in told


CODES = st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map("/".join)


@given(st.dictionaries(CODES, st.integers(0, 10**9)))
def test_a_custodian_answers_for_its_own_and_all_it_holds_for_others(held: dict[str, int]) -> None:
    totals = positions(held.items())
    for link, cents in totals.items():
        below = (held[code] for code in held if code == link or code.startswith(f"{link}/"))
        assert cents == sum(below)
    top = sum(cents for link, cents in totals.items() if "/" not in link)
    assert top == sum(held.values())
