"""The proof log on one core: leaves, tree, proofs and their verification per second.

Beside it stands the textbook: RFC 6962's own recursive definition, which hashes the whole tree
for each proof. Both make the same bytes; the ratio is taken on the same tree.

Proofs are made and verified in short rounds, timed by what the core spent on them, and the best
round counts: on a machine that is shared, the others tell of its other users. The rate of bare
hashes, measured the same way, is the scale: to verify a proof in a tree of a million leaves takes
twenty of them or more.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from uuid import UUID

from lmb.proofs.leaves import CauseKind, Movement, MovementKind, opened_leaf
from lmb.proofs.tiles import TILE_WIDTH, TileNodes
from lmb.proofs.tree import NODE_PREFIX, Tree, TreeAtSize, leaf_hash, node_hash
from lmb.proofs.verification import verify_consistency, verify_inclusion

LEAVES = 1_000_000 - 7
BATCH = 8190
PROOFS = 20_000
ROUND = 250
TEXTBOOK_LEAVES = 20_011
TEXTBOOK_PROOFS = 5
MOVEMENTS = 20_000


def main() -> None:
    hashes = [hashlib.sha256(number.to_bytes(8, "big")).digest() for number in range(LEAVES)]
    tree = Tree()
    _show("leaves appended, batches of 8,190", LEAVES, lambda: _append(tree, hashes))
    _show("leaves made from movements", MOVEMENTS, _make_leaves)
    _best("SHA-256 of two nodes, bare", lambda _: _hash_bare())
    _inclusion(tree, hashes)
    _consistency(tree)
    _tiles(tree, hashes)
    _textbook(hashes)


def _inclusion(tree: Tree, hashes: Sequence[bytes]) -> None:
    at = tree.at(LEAVES)
    indexes = [number * 7919 % LEAVES for number in range(PROOFS)]
    proofs = [at.inclusion(index) for index in indexes]

    def verify(these: range) -> None:
        for number in these:
            index = indexes[number]
            verify_inclusion(index, LEAVES, hashes[index], proofs[number], at.root)

    _best("inclusion proofs made, levels in memory", lambda these: _prove(at, indexes, these))
    _best("inclusion proofs verified", verify)


def _consistency(tree: Tree) -> None:
    at = tree.at(LEAVES)
    sizes = [1 + number * 7919 % (LEAVES - 1) for number in range(PROOFS)]
    roots = [tree.at(size).root for size in sizes]
    proofs = [at.consistency(size) for size in sizes]

    def make(these: range) -> None:
        for number in these:
            at.consistency(sizes[number])

    def verify(these: range) -> None:
        for number in these:
            verify_consistency(sizes[number], LEAVES, proofs[number], roots[number], at.root)

    _best("consistency proofs made", make)
    _best("consistency proofs verified", verify)


def _tiles(tree: Tree, hashes: Sequence[bytes]) -> None:
    """A batch of neighbours, as receipts of one day are made; the first round reads the tiles."""
    tiled = TreeAtSize(TileNodes(_reader(tree)), LEAVES)
    near = range(LEAVES - PROOFS, LEAVES)

    def both(these: range) -> None:
        for number in these:
            index = near[number]
            verify_inclusion(index, LEAVES, hashes[index], tiled.inclusion(index), tiled.root)

    _best("inclusion proofs made from tiles", lambda these: _prove(tiled, near, these))
    _best("inclusion proofs made from tiles and verified", both)


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


def _prove(tree: TreeAtSize, indexes: Sequence[int], these: range) -> None:
    for number in these:
        tree.inclusion(indexes[number])


def _hash_bare() -> None:
    left, right = bytes(32), bytes(32)
    for _ in range(ROUND):
        hashlib.sha256(NODE_PREFIX + left + right).digest()


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


def _best(what: str, work: Callable[[range], object]) -> None:
    """Print how many of something a core does in a second, by its own time in the best round."""
    rounds = [range(first, first + ROUND) for first in range(0, PROOFS, ROUND)]
    best = min(_seconds(partial(work, these), time.thread_time) for these in rounds)
    print(f"  {ROUND / best:12,.0f}/s  {what}", flush=True)


def _seconds(work: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    started = clock()
    work()
    return clock() - started
