"""A tree of which only the right edge is kept is the tree of all its leaves."""

from __future__ import annotations

from lmb.proofs.audit_tree import GrowingTree
from lmb.proofs.tiles import TILE_WIDTH, tile_root
from lmb.proofs.tree import EMPTY_ROOT, Tree, leaf_hash

LEAVES = [leaf_hash(number.to_bytes(4, "big")) for number in range(TILE_WIDTH**2 + 300)]
SIZES = {1, 2, 3, 255, 256, 257, 511, 512, 1000, 65_279, 65_280, 65_535, 65_536, 65_537, 65_836}


def test_its_roots_and_tiles_are_those_of_the_whole_tree() -> None:
    whole, growing = Tree(LEAVES), GrowingTree()
    assert growing.root == EMPTY_ROOT
    levels = []
    for leaf in LEAVES:
        for tile in growing.append(leaf):
            levels.append(tile.name.level)
            assert tile.root == tile_root(tile.hashes)
            if tile.name.level == 0:
                first = tile.name.index * TILE_WIDTH
                assert tile.hashes == b"".join(LEAVES[first : first + TILE_WIDTH])
        if growing.size in SIZES:
            assert growing.root == whole.at(growing.size).root
    assert (growing.size, levels.count(0), levels.count(1)) == (len(LEAVES), 257, 1)


def test_a_copy_grows_apart() -> None:
    growing = GrowingTree()
    assert list(growing.append(LEAVES[0])) == []
    copy = growing.copy()
    assert list(copy.append(LEAVES[1])) == []
    assert (growing.size, copy.size) == (1, 2)
    assert growing.root == LEAVES[0]
    assert copy.root == Tree(LEAVES[:2]).at(2).root
