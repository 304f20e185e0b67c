"""A verifier accepts what the tree proves and nothing else, the published cases included."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lmb.proofs.errors import MalformedError, NotProvenError
from lmb.proofs.tree import EMPTY_ROOT, Tree, is_subtree, leaf_hash
from lmb.proofs.vectors import read_cases
from lmb.proofs.verification import (
    verify_consistency,
    verify_inclusion,
    verify_subtree_consistency,
    verify_subtree_inclusion,
)
from lmb.values.errors import RefusedError

LEAVES = [leaf_hash(bytes([number])) for number in range(70)]
TREE = Tree(LEAVES)

Verify = Callable[[list[bytes]], None]


def test_every_published_case_has_its_published_verdict(shared_data: Path) -> None:
    file = shared_data / "merkle-rfc6962-vectors" / "vectors.jsonl"
    cases = read_cases(file.name, file.read_text())
    assert Counter(case.name.partition("/")[0] for case in cases) == {
        "inclusion": 49,
        "consistency": 49,
        "subtreeinclusion": 100,
        "subtreeconsistency": 57,
    }
    assert {case.name: case.difference() for case in cases if case.difference()} == {}


def refuse_everything_near(verify: Verify, proof: list[bytes]) -> None:
    """One hash more, one less, one bit or the order changed: none of it may be accepted."""
    wrong = [[*proof, proof[0] if proof else EMPTY_ROOT], [EMPTY_ROOT, *proof], proof[1:]]
    wrong += [proof[:-1], proof[::-1]]
    wrong += [[*proof[:at], _flipped(proof[at]), *proof[at + 1 :]] for at in range(len(proof))]
    for other in wrong:
        if other != proof:
            with pytest.raises(NotProvenError):
                verify(other)


def _flipped(content: bytes) -> bytes:
    return bytes([content[0] ^ 1]) + content[1:]


@given(st.data())
def test_an_inclusion_proof_holds_for_its_leaf_place_size_and_root_alone(
    data: st.DataObject,
) -> None:
    size = data.draw(st.integers(1, 70))
    index = data.draw(st.integers(0, size - 1))
    tree, leaf = TREE.at(size), LEAVES[index]
    proof, root = tree.inclusion(index), tree.root
    verify_inclusion(index, size, leaf, proof, root)
    refuse_everything_near(lambda other: verify_inclusion(index, size, leaf, other, root), proof)
    for at, of, what in [(index - 1, size, leaf), (index + 1, size, leaf), (index, size, root)]:
        if what != leaf or at != index:
            with pytest.raises(NotProvenError):
                verify_inclusion(at, of, what, proof, root)
    with pytest.raises(NotProvenError):
        verify_inclusion(index, size, leaf, proof, _flipped(root))


@given(st.data())
def test_a_consistency_proof_holds_for_its_two_trees_alone(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 70))
    old_size = data.draw(st.integers(1, size))
    old_root, tree = TREE.at(old_size).root, TREE.at(size)
    proof, root = tree.consistency(old_size), tree.root
    verify_consistency(old_size, size, proof, old_root, root)
    refuse_everything_near(
        lambda other: verify_consistency(old_size, size, other, old_root, root), proof
    )
    with pytest.raises(NotProvenError):
        verify_consistency(old_size, size, proof, _flipped(old_root), root)
    with pytest.raises(NotProvenError):
        verify_consistency(old_size, size, proof, old_root, _flipped(root))


SUBTREES = [(a, b) for b in range(1, 71) for a in range(b) if is_subtree(a, b)]


# Every neighbour of a proof is tried: on a busy machine one example may take long.
@settings(deadline=None)
@given(st.data())
def test_subtree_proofs_hold_for_their_subtree_alone(data: st.DataObject) -> None:
    start, end = data.draw(st.sampled_from(SUBTREES))
    size = data.draw(st.integers(end, 70))
    tree = TREE.at(size)
    root, part = tree.root, tree.subtree_root(start, end)
    proof = tree.subtree_consistency(start, end)
    verify_subtree_consistency(start, end, size, proof, part, root)
    refuse_everything_near(
        lambda other: verify_subtree_consistency(start, end, size, other, part, root), proof
    )
    with pytest.raises(NotProvenError):
        verify_subtree_consistency(start, end, size, proof, _flipped(part), root)
    index = data.draw(st.integers(start, end - 1))
    leaf, path = LEAVES[index], tree.subtree_inclusion(index, start, end)
    verify_subtree_inclusion(index, start, end, leaf, path, part)
    refuse_everything_near(
        lambda other: verify_subtree_inclusion(index, start, end, leaf, other, part), path
    )


@pytest.mark.parametrize("size", [0, 1, 8])
def test_no_proof_shows_consistency_with_nothing(size: int) -> None:
    with pytest.raises(NotProvenError, match="from 0"):
        verify_consistency(0, size, [], EMPTY_ROOT, TREE.at(size).root)


def test_the_empty_subtree_is_in_every_tree_but_not_beyond_its_end() -> None:
    proof = TREE.at(7).subtree_consistency(3, 3)
    verify_subtree_consistency(3, 3, 7, proof, EMPTY_ROOT, TREE.at(7).root)
    with pytest.raises(NotProvenError, match="ends at 8"):
        verify_subtree_consistency(8, 8, 7, [], EMPTY_ROOT, TREE.at(7).root)


def test_a_hash_of_another_length_is_malformed() -> None:
    proof = TREE.at(7).inclusion(2)
    with pytest.raises(MalformedError, match="33 bytes"):
        verify_inclusion(2, 7, LEAVES[2], [proof[0] + b"\0", *proof[1:]], TREE.at(7).root)


@given(
    st.integers(-2, 2**64),
    st.integers(-2, 2**64),
    st.integers(-2, 2**64),
    st.lists(st.binary(min_size=32, max_size=32), max_size=70),
)
def test_a_forged_proof_is_refused_at_any_size(
    start: int, end: int, size: int, proof: list[bytes]
) -> None:
    root = TREE.at(70).root
    attempts: list[Callable[[], None]] = [
        lambda: verify_inclusion(start, end, LEAVES[0], proof, root),
        lambda: verify_consistency(start, end, proof, LEAVES[0], root),
        lambda: verify_subtree_consistency(start, end, size, proof, LEAVES[0], root),
        lambda: verify_subtree_inclusion(size, start, end, LEAVES[0], proof, root),
    ]
    for attempt in attempts:
        with pytest.raises(RefusedError):
            attempt()
