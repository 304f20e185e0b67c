"""The proof log on one core: leaves, tree, proofs and their verification per second.

Beside it stands the textbook: RFC 6962's own recursive definition, which hashes the whole tree
for each proof. Both make the same bytes; the ratio is taken on the same tree.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from uuid import UUID

from lmb.proofs.leaves import CauseKind, Movement, MovementKind, opened_leaf
from lmb.proofs.tiles import TILE_WIDTH, TileNodes
from lmb.proofs.tree import Tree, TreeAtSize, leaf_hash, node_hash
from lmb.proofs.verification import verify_consistency, verify_inclusion

LEAVES = 1_000_000 - 7
BATCH = 8190
PROOFS = 20_000
TEXTBOOK_LEAVES = 20_011
TEXTBOOK_PROOFS = 5
MOVEMENTS = 20_000


def main() -> None:
    hashes = [hashlib.sha256(number.to_bytes(8, "big")).digest() for number in range(LEAVES)]
    tree = Tree()
    _show("leaves appended, batches of 8,190", LEAVES, lambda: _append(tree, hashes))
    _show("leaves made from movements", MOVEMENTS, _make_leaves)
    indexes = [number * 7919 % LEAVES for number in range(PROOFS)]
    at = tree.at(LEAVES)
    proofs: list[list[bytes]] = []
    _show(
        "inclusion proofs, levels in memory",
        PROOFS,
        lambda: proofs.extend(map(at.inclusion, indexes)),
    )
    tiled = TreeAtSize(TileNodes(_reader(tree)), LEAVES)
    near = range(LEAVES - PROOFS, LEAVES)
    _show("inclusion proofs of a batch, from tiles", PROOFS, lambda: _prove(tiled, near))
    _show(
        "inclusion proofs verified",
        PROOFS,
        lambda: _verify_inclusions(indexes, hashes, proofs, at.root),
    )
    _consistency(tree, at)
    _textbook(hashes)


def _consistency(tree: Tree, at: TreeAtSize) -> None:
    sizes = [1 + number * 7919 % (LEAVES - 1) for number in range(PROOFS)]
    roots = [tree.at(size).root for size in sizes]
    proofs: list[list[bytes]] = []
    _show("consistency proofs", PROOFS, lambda: proofs.extend(map(at.consistency, sizes)))
    _show(
        "consistency proofs verified",
        PROOFS,
        lambda: _verify_consistencies(sizes, roots, proofs, at.root),
    )


def _verify_inclusions(
    indexes: Sequence[int], hashes: Sequence[bytes], proofs: Sequence[list[bytes]], root: bytes
) -> None:
    for index, proof in zip(indexes, proofs, strict=True):
        verify_inclusion(index, LEAVES, hashes[index], proof, root)


def _verify_consistencies(
    sizes: Sequence[int], roots: Sequence[bytes], proofs: Sequence[list[bytes]], root: bytes
) -> None:
    for size, old_root, proof in zip(sizes, roots, proofs, strict=True):
        verify_consistency(size, LEAVES, proof, old_root, root)


def _textbook(hashes: Sequence[bytes]) -> None:
    few = list(hashes[:TEXTBOOK_LEAVES])
    at = Tree(few).at(TEXTBOOK_LEAVES)
    indexes = [number * 3001 % TEXTBOOK_LEAVES for number in range(TEXTBOOK_PROOFS)]
    assert _path(indexes[1], few) == at.inclusion(indexes[1])
    slow = _show(
        f"inclusion proofs, textbook, {TEXTBOOK_LEAVES:,} leaves",
        TEXTBOOK_PROOFS,
        lambda: [_path(index, few) for index in indexes],
    )
    fast = PROOFS / _seconds(
        lambda: [at.inclusion(number % TEXTBOOK_LEAVES) for number in range(PROOFS)]
    )
    print(f"  ours is {fast / slow:,.0f} times the textbook on the same tree")


def _append(tree: Tree, hashes: Sequence[bytes]) -> None:
    for first in range(0, len(hashes), BATCH):
        tree.extend(hashes[first : first + BATCH])


def _make_leaves() -> None:
    at = datetime(2030, 1, 2, tzinfo=UTC)
    salt = bytes(32)
    for number in range(1, MOVEMENTS + 1):
        one = UUID(int=number)
        movement = Movement(
            transfer=one,
            journal=one,
            reverses=None,
            debit=one,
            credit=one,
            hold=None,
            cause=one,
            cause_sha256=salt,
            amount_cents=number,
            effective_at=at,
            kind=MovementKind.POST,
            cause_kind=CauseKind.INSTRUCTION,
            unit="USD",
            code="grant",
            journal_kind="grant",
            actor="desk",
        )
        leaf_hash(opened_leaf(1, number, at, movement, salt).leaf.content)


def _prove(tree: TreeAtSize, indexes: range) -> None:
    for index in indexes:
        tree.inclusion(index)


def _reader(tree: Tree) -> Callable[[int, int], bytes]:
    def read(level: int, index: int) -> bytes:
        known = tree.size >> 8 * level
        last = min((index + 1) * TILE_WIDTH, known)
        return b"".join(tree.node(8 * level, at) for at in range(index * TILE_WIDTH, last))

    return read


def _path(index: int, leaves: list[bytes]) -> list[bytes]:
    """PATH(m, D[n]) of RFC 6962 section 2.1.1."""
    if len(leaves) <= 1:
        return []
    split = 1 << (len(leaves) - 1).bit_length() - 1
    left, right = leaves[:split], leaves[split:]
    if index < split:
        return [*_path(index, left), _root(right)]
    return [*_path(index - split, right), _root(left)]


def _root(leaves: list[bytes]) -> bytes:
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return node_hash(_root(leaves[:split]), _root(leaves[split:]))


def _show(what: str, count: int, work: Callable[[], object]) -> float:
    """Print how many of something were done in a second, and return it."""
    rate = count / _seconds(work)
    print(f"  {rate:12,.0f}/s  {what}", flush=True)
    return rate


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
