"""The tree has the roots RFC 6962 defines, whatever way it grew, and keeps all it proved."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmb.proofs.errors import MalformedError, NotProvenError
from lmb.proofs.tree import EMPTY_ROOT, Tree, is_subtree, leaf_hash, node_hash

LEAVES = [leaf_hash(bytes([number])) for number in range(130)]
TREE = Tree(LEAVES)

# Roots of the first leaves of the well-known test tree of RFC 6962's implementations.
KNOWN_LEAVES = [
    bytes.fromhex(text)
    for text in [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ]
]
KNOWN_ROOT = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"

sizes = st.integers(0, len(LEAVES))


def textbook_root(leaves: list[bytes]) -> bytes:
    """The definition of RFC 6962 section 2.1, word for word."""
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    return node_hash(textbook_root(leaves[:split]), textbook_root(leaves[split:]))


def textbook_inclusion(index: int, leaves: list[bytes]) -> list[bytes]:
    """PATH(m, D[n]) of RFC 6962 section 2.1.1."""
    if len(leaves) <= 1:
        return []
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    left, right = leaves[:split], leaves[split:]
    if index < split:
        return [*textbook_inclusion(index, left), textbook_root(right)]
    return [*textbook_inclusion(index - split, right), textbook_root(left)]


def textbook_consistency(old_size: int, leaves: list[bytes], *, known: bool = True) -> list[bytes]:
    """SUBPROOF(m, D[n], b) of RFC 6962 section 2.1.2."""
    if old_size == len(leaves):
        return [] if known else [textbook_root(leaves)]
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    left, right = leaves[:split], leaves[split:]
    if old_size <= split:
        return [*textbook_consistency(old_size, left, known=known), textbook_root(right)]
    return [*textbook_consistency(old_size - split, right, known=False), textbook_root(left)]


def test_the_known_tree_has_its_published_root() -> None:
    tree = Tree(map(leaf_hash, KNOWN_LEAVES))
    assert tree.at(8).root.hex() == KNOWN_ROOT


def test_the_empty_tree_has_the_hash_of_nothing() -> None:
    assert Tree().at(0).root == EMPTY_ROOT
    assert EMPTY_ROOT.hex().startswith("e3b0c442")


def test_a_leaf_is_never_mistaken_for_a_node() -> None:
    left, right = LEAVES[:2]
    assert leaf_hash(left + right) != node_hash(left, right)


@given(sizes)
def test_every_size_has_the_root_of_the_definition(size: int) -> None:
    assert TREE.at(size).root == textbook_root(LEAVES[:size])


@given(st.lists(st.integers(0, 40), max_size=8))
def test_batches_make_the_same_tree_as_leaves_one_by_one(batches: list[int]) -> None:
    tree, size = Tree(), 0
    for count in batches:
        tree.extend(LEAVES[(size + number) % 130] for number in range(count))
        size += count
    single = Tree()
    for number in range(size):
        single.extend([LEAVES[number % 130]])
    assert tree.size == size
    assert tree.at(size).root == single.at(size).root


@given(st.data())
def test_inclusion_proofs_are_those_of_the_definition(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, len(LEAVES)))
    index = data.draw(st.integers(0, size - 1))
    assert TREE.at(size).inclusion(index) == textbook_inclusion(index, LEAVES[:size])


@given(st.data())
def test_consistency_proofs_are_those_of_the_definition(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, len(LEAVES)))
    old_size = data.draw(st.integers(1, size))
    assert TREE.at(size).consistency(old_size) == textbook_consistency(old_size, LEAVES[:size])


@given(sizes, sizes)
def test_a_subtree_has_the_root_of_its_leaves(start: int, end: int) -> None:
    if is_subtree(start, end):
        assert TREE.at(130).subtree_root(start, end) == textbook_root(LEAVES[start:end])
    else:
        with pytest.raises(NotProvenError):
            TREE.at(130).subtree_root(start, end)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [(0, 0, True), (5, 5, True), (0, 7, True), (8, 13, True), (4, 13, False), (1, 3, False),
     (2, 1, False), (-2, 0, False), (6, 8, True), (6, 9, False)],
)  # fmt: skip
def test_a_subtree_starts_at_a_multiple_of_its_span(start: int, end: int, expected: bool) -> None:
    assert is_subtree(start, end) is expected


def test_a_hash_of_another_length_is_no_leaf_and_appends_nothing() -> None:
    tree = Tree(LEAVES[:3])
    with pytest.raises(MalformedError, match="31 bytes"):
        tree.extend([LEAVES[3], LEAVES[4][:31]])
    assert tree.size == 3
    assert tree.at(3).root == textbook_root(LEAVES[:3])


@pytest.mark.parametrize("size", [-1, 131])
def test_a_size_the_tree_never_had_is_refused(size: int) -> None:
    with pytest.raises(NotProvenError):
        TREE.at(size)


@pytest.mark.parametrize("index", [-1, 7])
def test_a_leaf_outside_the_tree_has_no_proof(index: int) -> None:
    with pytest.raises(NotProvenError, match="no leaf"):
        TREE.at(7).inclusion(index)
    with pytest.raises(NotProvenError, match="not in the subtree"):
        TREE.at(9).subtree_inclusion(index, 0, 7)


@pytest.mark.parametrize("old_size", [0, -1, 8])
def test_consistency_is_not_proven_from_nothing_or_from_more(old_size: int) -> None:
    with pytest.raises(NotProvenError, match="not from"):
        TREE.at(7).consistency(old_size)
