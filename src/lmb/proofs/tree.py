"""The Merkle tree of RFC 6962 section 2.1 (SHA-256), grown in batches, proving from its levels.

    leaves ──append──▶ Tree (levels of complete nodes) ──at(size)──▶ TreeAtSize ──▶ root, proofs

A node of level k and index i covers leaves i·2^k up to (i + 1)·2^k. Only complete nodes are kept;
the incomplete ones lie on the right edge of one size and are computed once for it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Protocol

from lmb.proofs.encoding import HASH_BYTES, checked_hash
from lmb.proofs.errors import NotProvenError

EMPTY_ROOT = hashlib.sha256(b"").digest()
"""The root of a tree without leaves."""

LEAF_PREFIX = b"\x00"
NODE_PREFIX = b"\x01"

_PAIR_BYTES = 2 * HASH_BYTES

# Copying a hash that has seen the prefix takes half the time of making one.
_leaf = hashlib.sha256(LEAF_PREFIX).copy
start_node = hashlib.sha256(NODE_PREFIX).copy
"""A hash that awaits two neighbours, joined. What `node_hash` does, for loops over many."""


def leaf_hash(content: bytes) -> bytes:
    """The hash of a leaf's bytes."""
    hashing = _leaf()
    hashing.update(content)
    return hashing.digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two neighbours of one level."""
    hashing = start_node()
    hashing.update(left + right)
    return hashing.digest()


def parents(hashes: bytes | bytearray | memoryview) -> bytes:
    """The hashes of the parents of an even number of neighbours, joined as they came."""
    found = []
    for at in range(0, len(hashes), _PAIR_BYTES):
        hashing = start_node()
        hashing.update(hashes[at : at + _PAIR_BYTES])
        found.append(hashing.digest())
    return b"".join(found)


def is_subtree(start: int, end: int) -> bool:
    """Whether leaves [start, end) can be a subtree: `start` is a multiple of the smallest power
    of two not below their number (draft-ietf-plants-merkle-tree-certs, section 4.1)."""
    return 0 <= start <= end and (
        start == end or start % (1 << (end - start - 1).bit_length()) == 0
    )


def trailing_zeros(number: int) -> int:
    """The exponent of the largest power of two that divides a positive number."""
    return (number & -number).bit_length() - 1


class Nodes(Protocol):
    """Where complete nodes are read from: a tree in memory, or tiles."""

    def node(self, level: int, index: int) -> bytes: ...


class Tree:
    """A tree in memory: 64 bytes for each leaf, all levels together."""

    def __init__(self, leaf_hashes: Iterable[bytes] = ()) -> None:
        self._levels = [bytearray()]
        self.extend(leaf_hashes)

    @property
    def size(self) -> int:
        return len(self._levels[0]) // HASH_BYTES

    def extend(self, leaf_hashes: Iterable[bytes]) -> None:
        """Append leaf hashes and every node they complete. Raises MalformedError for one that is
        not 32 bytes long; then nothing is appended."""
        self._levels[0] += b"".join(checked_hash(leaf, "a leaf hash") for leaf in leaf_hashes)
        level = 0
        while len(self._levels[level]) >= _PAIR_BYTES:
            if level + 1 == len(self._levels):
                self._levels.append(bytearray())
            below, above = self._levels[level], self._levels[level + 1]
            complete = len(below) // _PAIR_BYTES * _PAIR_BYTES
            above += parents(bytes(below[2 * len(above) : complete]))
            level += 1

    def node(self, level: int, index: int) -> bytes:
        at = index * HASH_BYTES
        return bytes(self._levels[level][at : at + HASH_BYTES])

    def at(self, size: int) -> TreeAtSize:
        """The tree as it was with so many leaves. Raises NotProvenError when it never was."""
        if size > self.size:
            raise NotProvenError(f"the tree has {self.size} leaves, fewer than {size}")
        return TreeAtSize(self, size)


class TreeAtSize:
    """A tree of one size, which gives its root and proofs. Making one costs one hash per level."""

    def __init__(self, nodes: Nodes, size: int) -> None:
        if size < 0:
            raise NotProvenError(f"a tree cannot have {size} leaves")
        self.size = size
        self._nodes = nodes
        self._edge = self._right_edge(0, size)

    @property
    def root(self) -> bytes:
        """The Merkle tree hash of all leaves."""
        return self._edge[-1] or EMPTY_ROOT

    def inclusion(self, index: int) -> list[bytes]:
        """The hashes from the leaf's sibling up to the root's child (RFC 6962 section 2.1.1).
        Raises NotProvenError for an index the tree does not have."""
        if not 0 <= index < self.size:
            raise NotProvenError(f"a tree of {self.size} leaves has no leaf {index}")
        return self._path(0, index, self._height)

    def consistency(self, old_size: int) -> list[bytes]:
        """The proof that the first `old_size` leaves are still the same (RFC 6962 section 2.1.2).
        Raises NotProvenError for 0, which proves nothing, and for more than the tree has."""
        if not 0 < old_size <= self.size:
            raise NotProvenError(
                f"consistency is proven from 1 to {self.size} leaves, not from {old_size}"
            )
        return self.subtree_consistency(0, old_size)

    def subtree_root(self, start: int, end: int) -> bytes:
        """The hash of leaves [start, end). Raises NotProvenError when they are no subtree."""
        self._check_subtree(start, end)
        return self._right_edge(start, end)[-1] or EMPTY_ROOT

    def subtree_inclusion(self, index: int, start: int, end: int) -> list[bytes]:
        """The proof of a leaf of the tree in the subtree [start, end)."""
        self._check_subtree(start, end)
        if not start <= index < end:
            raise NotProvenError(f"leaf {index} is not in the subtree from {start} to {end}")
        # Below its root, an aligned subtree is the right edge of the tree that ends with it.
        height = (end - start - 1).bit_length()
        return TreeAtSize(self._nodes, end)._path(0, index, height)

    def subtree_consistency(self, start: int, end: int) -> list[bytes]:
        """The proof that the subtree [start, end) is part of this tree
        (draft-ietf-plants-merkle-tree-certs, section 4.4)."""
        self._check_subtree(start, end)
        if start == end:
            return []
        if end == self.size:
            level = ((end - 1) ^ start).bit_length()
            return self._path(level, start >> level, self._height)
        # The rightmost complete part of the subtree carries both hashes upwards. It is left out
        # when it is the whole subtree, whose root the verifier has.
        level = trailing_zeros(end - start)
        index = (end >> level) - 1
        whole = end - start == 1 << level
        seed = [] if whole else [self._nodes.node(level, index)]
        return seed + self._path(level, index, self._height)

    def _check_subtree(self, start: int, end: int) -> None:
        if not is_subtree(start, end) or end > self.size:
            raise NotProvenError(
                f"leaves {start} to {end} are no subtree of a tree of {self.size} leaves"
            )

    @property
    def _height(self) -> int:
        return max(self.size - 1, 0).bit_length()

    def _path(self, level: int, index: int, top: int) -> list[bytes]:
        """The siblings from a node up to the child of the node above it at level `top`."""
        node, edge, size = self._nodes.node, self._edge, self.size
        path = []
        while level < top:
            sibling = index ^ 1
            complete = size >> level
            if sibling < complete:
                path.append(node(level, sibling))
            elif sibling == complete and (incomplete := edge[level]) is not None:
                path.append(incomplete)
            index >>= 1
            level += 1
        return path

    def _right_edge(self, start: int, end: int) -> list[bytes | None]:
        """For each level the hash of the incomplete node over the last leaves of [start, end);
        None where all are complete. The last one is the hash of all."""
        edge: list[bytes | None] = [None]
        for level in range((end - start).bit_length()):
            incomplete = edge[-1]
            if (end - start) >> level & 1:
                complete = self._nodes.node(level, (end >> level) - 1)
                incomplete = complete if incomplete is None else node_hash(complete, incomplete)
            edge.append(incomplete)
        return edge
