"""A tree made again from its leaves, of which only the right edge is kept in memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lmb.proofs.tiles import TILE_BYTES, TileName, TileNodes, tile_root
from lmb.proofs.tree import TreeAtSize


@dataclass(frozen=True, slots=True)
class FullTile:
    """A tile that a leaf completed."""

    name: TileName
    hashes: bytes
    root: bytes


class GrowingTree:
    """For each level of tiles the hashes of the one that is not full: 8 KiB a level."""

    def __init__(self) -> None:
        self.size = 0
        self._edge: list[tuple[int, bytearray]] = [(0, bytearray())]

    def append(self, leaf: bytes) -> Iterator[FullTile]:
        """Add a leaf hash; give the tiles it completes, the lowest first."""
        self.size += 1
        carried = leaf
        for level in range(len(self._edge) + 1):
            if level == len(self._edge):
                self._edge.append((0, bytearray()))
            index, hashes = self._edge[level]
            hashes += carried
            if len(hashes) < TILE_BYTES:
                return
            self._edge[level] = (index + 1, bytearray())
            carried = tile_root(bytes(hashes))
            yield FullTile(TileName(level, index), bytes(hashes), carried)

    @property
    def root(self) -> bytes:
        """The root of the tree as it stands: its right edge is in the tiles that are not full."""
        return TreeAtSize(TileNodes(self._tile), self.size).root

    def copy(self) -> GrowingTree:
        other = GrowingTree()
        other.size = self.size
        other._edge = [(index, bytearray(hashes)) for index, hashes in self._edge]
        return other

    def _tile(self, level: int, index: int) -> bytes:
        first, hashes = self._edge[level]
        assert first == index
        return bytes(hashes)
