"""Checking proofs against hashes that are trusted already; everything else is refused.

A verifier has no tree: it is given sizes, hashes and a proof, and computes the root they lead to.
RFC 6962 sections 2.1.1 and 2.1.2; subtrees as in draft-ietf-plants-merkle-tree-certs section 4.
"""

from __future__ import annotations

from collections.abc import Sequence

from lmb.proofs.encoding import HASH_BYTES, checked_hash
from lmb.proofs.errors import NotProvenError
from lmb.proofs.tree import EMPTY_ROOT, is_subtree, start_node, trailing_zeros


def verify_inclusion(
    index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes
) -> None:
    """Return when the leaf with this hash is leaf `index` of the tree with this size and root.
    Raises NotProvenError otherwise, MalformedError for a hash of another length."""
    if not 0 <= index < size:
        raise NotProvenError(f"leaf {index} is not in a tree of {size} leaves")
    checked_hash(leaf, "a leaf hash")
    _check_hashes(proof)
    _check_root(_root_above(leaf, index, size - 1, proof), root)


def verify_subtree_inclusion(
    index: int, start: int, end: int, leaf: bytes, proof: Sequence[bytes], root: bytes
) -> None:
    """Return when the leaf is leaf `index` of the subtree of leaves [start, end)."""
    _check_subtree(start, end)
    verify_inclusion(index - start, end - start, leaf, proof, root)


def verify_consistency(
    old_size: int, size: int, proof: Sequence[bytes], old_root: bytes, root: bytes
) -> None:
    """Return when the tree of `size` begins with the leaves of the tree of `old_size`.

    Raises NotProvenError otherwise. An `old_size` of 0 is refused whatever the proof: every tree
    begins with no leaves, so nothing would have been shown.
    """
    if not 0 < old_size <= size:
        raise NotProvenError(f"no proof leads from {old_size} to {size} leaves")
    verify_subtree_consistency(0, old_size, size, proof, old_root, root)


def verify_subtree_consistency(
    start: int, end: int, size: int, proof: Sequence[bytes], subtree_root: bytes, root: bytes
) -> None:
    """Return when the leaves [start, end) of the tree have this root as a subtree.

    The empty subtree is part of every tree; its proof is empty and its root that of no leaves.
    """
    _check_subtree(start, end)
    if end > size:
        raise NotProvenError(f"a subtree that ends at {end} is not in a tree of {size} leaves")
    if start == end:
        if proof or subtree_root != EMPTY_ROOT:
            raise NotProvenError("an empty subtree has the root of no leaves and an empty proof")
        return
    _check_hashes(proof)
    if end == size:
        level = ((end - 1) ^ start).bit_length()
        last = start >> level
        _check_root(_root_above(subtree_root, last, last, proof), root)
        return
    level = trailing_zeros(end - start)
    whole = end - start == 1 << level
    if not whole and not proof:
        raise NotProvenError("the proof is empty")
    seed, path = (subtree_root, proof) if whole else (proof[0], proof[1:])
    index, last = (end >> level) - 1, (size - 1) >> level
    _check_root(_root_above(seed, index, last, path), root)
    if not whole:
        height = (end - start - 1).bit_length() - level
        inside = (index & (1 << height) - 1).bit_count()
        _check_root(_joined(_left_siblings(index, last, path)[:inside], seed), subtree_root)


def _root_above(node: bytes, index: int, last: int, path: Sequence[bytes]) -> bytes:
    """The root above the node at `index` of a level whose last node is `last`.

    Up to where its way meets that of the last node it has a sibling at each level, on the side its
    bit says. From there on it stands at the right edge: only siblings on the left are left.
    """
    meeting = (index ^ last).bit_length()
    needed = meeting + (index >> meeting).bit_count()
    if len(path) != needed:
        raise NotProvenError(f"the proof has {len(path)} hashes where {needed} are needed")
    for sibling in path[:meeting]:
        # Not node_hash: the calls would be a tenth of the time a proof takes to verify.
        hashing = start_node()
        hashing.update(sibling + node if index & 1 else node + sibling)
        node = hashing.digest()
        index >>= 1
    return _joined(path[meeting:], node)


def _left_siblings(index: int, last: int, path: Sequence[bytes]) -> list[bytes]:
    """Those siblings of the way up that stand to the left of it."""
    meeting = (index ^ last).bit_length()
    below = [sibling for at, sibling in enumerate(path[:meeting]) if index >> at & 1]
    return [*below, *path[meeting:]]


def _joined(siblings: Sequence[bytes], node: bytes) -> bytes:
    """The hash of a node with one sibling after the other to its left."""
    for sibling in siblings:
        hashing = start_node()
        hashing.update(sibling + node)
        node = hashing.digest()
    return node


def _check_subtree(start: int, end: int) -> None:
    if not is_subtree(start, end):
        raise NotProvenError(f"leaves {start} to {end} are no subtree")


def _check_hashes(hashes: Sequence[bytes]) -> None:
    if set(map(len, hashes)) - {HASH_BYTES}:
        for content in hashes:
            checked_hash(content, "a hash of the proof")


def _check_root(computed: bytes, claimed: bytes) -> None:
    if computed != claimed:
        raise NotProvenError(
            f"the proof leads to the hash {computed.hex()}, not to {claimed.hex()}"
        )
