"""Tiles are the tree in files: named as the standard names them, read whole, enough for proofs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmb.proofs.errors import MalformedError, NotProvenError
from lmb.proofs.tiles import (
    TILE_WIDTH,
    TileName,
    TileNodes,
    bundle,
    bundles_of,
    checked_tile_name,
    entries_path,
    index_path,
    split_bundle,
    split_tile,
    tile_root,
    tiles_of,
)
from lmb.proofs.tree import Tree, TreeAtSize, leaf_hash

LEAVES = [leaf_hash(number.to_bytes(4, "big")) for number in range(70_000)]
TREE = Tree(LEAVES)


def read_tile(size: int, level: int, index: int) -> bytes:
    """The hashes a log of this size has in a tile."""
    known = size >> 8 * level
    positions = range(index * TILE_WIDTH, min((index + 1) * TILE_WIDTH, known))
    return b"".join(TREE.node(8 * level, position) for position in positions)


@pytest.mark.parametrize(
    ("index", "path"),
    [
        (0, "000"),
        (5, "005"),
        (999, "999"),
        (1000, "x001/000"),
        (999_999, "x999/999"),
        (1_234_067, "x001/x234/067"),
        (2**63 - 1, "x009/x223/x372/x036/x854/x775/807"),
    ],
)
def test_an_index_is_written_in_elements_of_three_digits(index: int, path: str) -> None:
    assert index_path(index) == path


def test_paths_are_those_of_the_standard() -> None:
    assert TileName(0, 1_234_067).path == "tile/0/x001/x234/067"
    assert TileName(2, 0, 17).path == "tile/2/000.p/17"
    assert entries_path(273, 112) == "tile/entries/273.p/112"


@given(st.integers(0, 2**63 - 1))
def test_an_index_can_be_read_back_from_its_path(index: int) -> None:
    assert int(index_path(index).replace("/", "").replace("x", "")) == index


@pytest.mark.parametrize(
    ("level", "index", "width"), [(-1, 0, 1), (64, 0, 1), (0, -1, 1), (0, 0, 0), (0, 0, 257)]
)
def test_a_tile_no_tree_has_is_refused(level: int, index: int, width: int) -> None:
    with pytest.raises(MalformedError, match="no tile has"):
        checked_tile_name(level, index, width)
    if index < 0:
        with pytest.raises(MalformedError, match="from 0"):
            index_path(index)


def test_seventy_thousand_leaves_have_the_tiles_of_the_standard() -> None:
    tiles = list(tiles_of(70_000))
    assert sum(tile.level == 0 and tile.width == 256 for tile in tiles) == 273
    assert [tile for tile in tiles if tile.level > 0 or tile.width < 256] == [
        TileName(0, 273, 112),
        TileName(1, 0, 256),
        TileName(1, 1, 17),
        TileName(2, 0, 1),
    ]
    assert list(tiles_of(256)) == [TileName(0, 0, 256), TileName(1, 0, 1)]
    assert list(tiles_of(0)) == []
    assert len(list(bundles_of(70_000))) == 274


def test_the_root_of_a_full_tile_is_a_hash_of_the_tile_above() -> None:
    assert tile_root(read_tile(70_000, 0, 3)) == read_tile(70_000, 1, 0)[96:128]
    with pytest.raises(MalformedError, match="only a full tile"):
        tile_root(read_tile(70_000, 0, 273))


@given(st.data())
def test_proofs_from_tiles_are_those_of_the_tree(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 70_000))
    index = data.draw(st.integers(0, size - 1))
    old_size = data.draw(st.integers(1, size))
    tiled = TreeAtSize(TileNodes(lambda level, at: read_tile(size, level, at)), size)
    assert tiled.root == TREE.at(size).root
    assert tiled.inclusion(index) == TREE.at(size).inclusion(index)
    assert tiled.consistency(old_size) == TREE.at(size).consistency(old_size)


def test_a_tile_that_lacks_a_hash_is_named() -> None:
    nodes = TileNodes(lambda level, index: read_tile(300, level, index))
    with pytest.raises(NotProvenError, match=r"tile/0/001 lacks the node 300 of level 0"):
        TreeAtSize(nodes, 301)


def test_a_tile_is_read_once() -> None:
    asked: list[tuple[int, int]] = []

    def read(level: int, index: int) -> bytes:
        asked.append((level, index))
        return read_tile(70_000, level, index)

    tree = TreeAtSize(TileNodes(read), 70_000)
    for index in range(512):
        tree.inclusion(index)
    assert len(asked) == len(set(asked))


@pytest.mark.parametrize("length", [0, 31, 33, 64, 8193])
def test_a_tile_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(MalformedError, match="32 bytes"):
        split_tile(bytes(length), 1)
    assert split_tile(b"ab" * 32, 2) == [b"ab" * 16] * 2


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=256))
def test_bundles_are_read_back(entries: list[bytes]) -> None:
    assert split_bundle(bundle(entries), len(entries)) == entries


def test_a_bundle_has_no_more_and_no_less_than_its_entries() -> None:
    content = bundle([b"", b"two", b"three"])
    for wrong, width, reason in [
        (content, 2, "7 bytes after its 2 entries"),
        (content + b"\0", 3, "1 bytes after"),
        (content, 4, "within entry 3"),
        (content[:-1], 3, "within entry 2"),
        (content[:1], 1, "within entry 0"),
    ]:
        with pytest.raises(MalformedError, match=reason):
            split_bundle(wrong, width)


@pytest.mark.parametrize("entries", [[], [b""] * 257, [bytes(65_536)]])
def test_a_bundle_that_could_not_be_read_is_not_written(entries: list[bytes]) -> None:
    with pytest.raises(MalformedError, match="a bundle holds"):
        bundle(entries)
    assert len(bundle([bytes(65_535)])) == 65_537
