"""Tiles (C2SP tlog-tiles): the tree as immutable files of 256 hashes, the leaves as bundles.

    tile of level l, index n:  MTH(D[(n·256 + i)·256^l : (n·256 + i + 1)·256^l]) for i from 0 to 255

A tile of level l therefore holds every eighth level of the tree; the seven between are hashed
again when they are needed. `TileNodes` does that, so that proofs come from tiles alone.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from lmb.proofs.encoding import HASH_BYTES
from lmb.proofs.errors import MalformedError, NotProvenError
from lmb.proofs.tree import parents

TILE_WIDTH = 256
TILE_HEIGHT = 8
TILE_BYTES = TILE_WIDTH * HASH_BYTES
LEVEL_MAX = 63
ENTRY_BYTES_MAX = 2**16 - 1

CACHED_TILES = 2048
"""Expanded tiles kept by one reader: 32 MiB at most."""


@dataclass(frozen=True, slots=True)
class TileName:
    """Which tile, and how many of its 256 hashes there are yet."""

    level: int
    index: int
    width: int = TILE_WIDTH

    @property
    def path(self) -> str:
        """The path below the log's prefix, such as `tile/0/x001/x234/067.p/12`."""
        return f"tile/{self.level}/{index_path(self.index)}{_partial(self.width)}"


def index_path(index: int) -> str:
    """An index as path elements of three digits, all but the last with an x: 1234067 is
    `x001/x234/067`. Raises MalformedError for a negative one."""
    if index < 0:
        raise MalformedError(f"a tile has an index from 0, not {index}")
    digits = str(index)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    parts = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    return "/".join([*(f"x{part}" for part in parts[:-1]), parts[-1]])


def entries_path(index: int, width: int = TILE_WIDTH) -> str:
    """The path of a bundle of entries below the log's prefix."""
    return f"tile/entries/{index_path(index)}{_partial(width)}"


def checked_tile_name(level: int, index: int, width: int) -> TileName:
    """A tile's name. Raises MalformedError for a level, index or width no tile has."""
    if not 0 <= level <= LEVEL_MAX or index < 0 or not 1 <= width <= TILE_WIDTH:
        raise MalformedError(
            f"no tile has level {level}, index {index}, width {width}: levels go from 0 to 63, "
            "indexes from 0, widths from 1 to 256"
        )
    return TileName(level, index, width)


def tiles_of(size: int) -> Iterator[TileName]:
    """All tiles of a tree, full and partial, level by level."""
    level = 0
    while count := size >> (TILE_HEIGHT * level):
        full, rest = divmod(count, TILE_WIDTH)
        yield from (TileName(level, index) for index in range(full))
        if rest:
            yield TileName(level, full, rest)
        level += 1


def bundles_of(size: int) -> Iterator[TileName]:
    """All bundles of entries of a tree, named as the tiles of level 0 whose leaves they hold."""
    return (tile for tile in tiles_of(size) if tile.level == 0)


def split_tile(content: bytes, width: int) -> list[bytes]:
    """The hashes of a tile. Raises MalformedError when there are more or fewer than its width."""
    if len(content) != width * HASH_BYTES:
        raise MalformedError(
            f"a tile of {width} hashes has {width * HASH_BYTES} bytes, not {len(content)}"
        )
    return [content[at : at + HASH_BYTES] for at in range(0, len(content), HASH_BYTES)]


def tile_root(content: bytes) -> bytes:
    """The hash of a full tile: one hash of the tile above it."""
    if len(content) != TILE_BYTES:
        raise MalformedError(f"only a full tile of {TILE_BYTES} bytes has a root of its own")
    return _expanded(content)[TILE_HEIGHT]


def bundle(entries: Sequence[bytes]) -> bytes:
    """Entries in one bundle, each after its length in two bytes. Raises MalformedError for an
    entry that does not fit."""
    longest = max(map(len, entries), default=0)
    if longest > ENTRY_BYTES_MAX or not 1 <= len(entries) <= TILE_WIDTH:
        raise MalformedError(
            f"a bundle holds 1 to {TILE_WIDTH} entries of at most {ENTRY_BYTES_MAX} bytes, "
            f"not {len(entries)} of up to {longest}"
        )
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def split_bundle(content: bytes, width: int) -> list[bytes]:
    """The entries of a bundle. Raises MalformedError when it does not hold exactly `width`."""
    entries: list[bytes] = []
    at = 0
    for _ in range(width):
        start = at + 2
        at = start + int.from_bytes(content[at:start], "big")
        if start > len(content) or at > len(content):
            raise MalformedError(f"the bundle ends within entry {len(entries)} of {width}")
        entries.append(content[start:at])
    if at != len(content):
        raise MalformedError(f"the bundle has {len(content) - at} bytes after its {width} entries")
    return entries


class TileNodes:
    """Complete nodes of a tree, read from tiles.

    `read(level, index)` gives as many hashes of a tile as are known, joined; tiles that grow are
    read again only through a new reader.
    """

    def __init__(self, read: Callable[[int, int], bytes]) -> None:
        self._read = read
        self._cache: OrderedDict[tuple[int, int], list[bytes]] = OrderedDict()

    def node(self, level: int, index: int) -> bytes:
        """The hash of a complete node. Raises NotProvenError when its tile does not hold it."""
        tile_level, height = divmod(level, TILE_HEIGHT)
        position = index << height
        hashes = self._tile(tile_level, position // TILE_WIDTH)[height]
        at = (position % TILE_WIDTH >> height) * HASH_BYTES
        found = hashes[at : at + HASH_BYTES]
        if len(found) != HASH_BYTES:
            raise NotProvenError(
                f"tile {TileName(tile_level, position // TILE_WIDTH).path} lacks the node "
                f"{index} of level {level}"
            )
        return found

    def _tile(self, level: int, index: int) -> list[bytes]:
        name = (level, index)
        found = self._cache.get(name)
        if found is None:
            found = _expanded(self._read(level, index))
            self._cache[name] = found
            if len(self._cache) > CACHED_TILES:
                self._cache.popitem(last=False)
        return found


def _expanded(hashes: bytes) -> list[bytes]:
    """A tile's hashes and the complete nodes above them, level by level up to the tile's root."""
    levels = [hashes]
    for _ in range(TILE_HEIGHT):
        pairs = len(levels[-1]) // (2 * HASH_BYTES)
        levels.append(parents(levels[-1][: pairs * 2 * HASH_BYTES]))
    return levels


def _partial(width: int) -> str:
    return "" if width == TILE_WIDTH else f".p/{width}"
