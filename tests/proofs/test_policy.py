"""A policy is read line by line; its quorum counts witnesses, not keys."""

from __future__ import annotations

import pytest

from lmb.proofs.errors import MalformedError
from lmb.proofs.policy import parse_policy
from lmb.proofs.publication import witness_addresses
from tests.proofs.support import (
    LOG,
    LOG_ML_DSA,
    POLICY,
    SECOND,
    THIRD,
    WITNESS,
    WITNESS_ML_DSA,
    signing_key,
)


def test_a_policy_names_logs_witnesses_and_what_is_enough() -> None:
    policy = parse_policy(POLICY.encode())
    assert policy.logs == [LOG.verifier, LOG_ML_DSA.verifier]
    assert len(policy.witness_keys) == 4
    assert policy.quorum == "outside"


def test_two_keys_of_one_witness_count_once_in_its_group() -> None:
    policy = parse_policy(POLICY.encode())
    assert not policy.is_met(set())
    assert not policy.is_met({WITNESS.verifier, WITNESS_ML_DSA.verifier})
    assert policy.is_met({WITNESS_ML_DSA.verifier, SECOND.verifier})
    assert policy.is_met({SECOND.verifier, THIRD.verifier})
    assert not policy.is_met({SECOND.verifier, signing_key("x").verifier})


def test_a_quorum_may_be_one_witness_all_of_them_or_none() -> None:
    one = parse_policy(POLICY.replace("quorum outside", "quorum two").encode())
    assert one.is_met({SECOND.verifier})
    every = parse_policy(POLICY.replace("outside 2", "outside all").encode())
    assert not every.is_met({SECOND.verifier, THIRD.verifier})
    assert every.is_met({SECOND.verifier, THIRD.verifier, WITNESS.verifier})
    assert parse_policy(b"quorum none").is_met(set())


def test_keys_at_one_address_are_one_witness_to_ask() -> None:
    first, second = witness_addresses(parse_policy(POLICY.encode()))
    assert (first.url, first.keys) == (
        "http://w1.example",
        (WITNESS.verifier, WITNESS_ML_DSA.verifier),
    )
    assert (second.url, second.keys) == ("http://w2.example", (SECOND.verifier,))


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("quorum outside", "", "exactly one line quorum, not 0"),
        ("quorum outside", "quorum none\nquorum none", "not 2"),
        ("quorum outside", "quorum", "write: quorum"),
        ("quorum outside", "quorum nobody", "line 11 .* nobody is no witness"),
        ("log ", "lag ", "'lag' starts no line"),
        ("log ", "log a b c ", "write: log"),
        ("witness two ", "witness ", "witness <name>|written"),
        ("witness two ", "witness", "'witnesstwo'|'witness"),
        ("witness two ", "witness one ", "the name one is taken"),
        ("witness two ", "witness none ", "the name none is taken"),
        (SECOND.verifier.text, WITNESS.verifier.text, "stands in a line before"),
        (SECOND.verifier.text, LOG.verifier.text, "no cosigning key"),
        (SECOND.verifier.text, SECOND.verifier.text[:-4], "key"),
        ("outside 2", "outside 0", "neither all nor any"),
        ("outside 2", "outside 4", "asks for 4 of 3"),
        ("outside 2", "either 2", "the name either is taken"),
        ("either two thrée", "either one two", "member of another group"),
        ("either two thrée", "either two two", "named twice"),
        ("either two thrée", "", "write: group"),
        ("either two thrée", "nobody", "nobody is no witness"),
        ("# who", "\r# who", "control characters"),
    ],
)
def test_a_policy_written_otherwise_is_refused_with_the_line(
    old: str, new: str, reason: str
) -> None:
    assert old in POLICY
    with pytest.raises(MalformedError, match=reason):
        parse_policy(POLICY.replace(old, new, 1).encode())
