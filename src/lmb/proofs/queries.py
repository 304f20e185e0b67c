"""The only functions that read the proof log for others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Max

from lmb.proofs import books, models
from lmb.proofs.checkpoints import Checkpoint
from lmb.proofs.errors import NotProvenError
from lmb.proofs.leaves import LeafType, OpenedLeaf, opened_leaf
from lmb.proofs.notes import Note, parse_note, parse_signature
from lmb.proofs.receipts import Receipt
from lmb.proofs.tiles import TILE_WIDTH, TileNodes
from lmb.proofs.tree import TreeAtSize, leaf_hash
from lmb.proofs.verification import verify_inclusion
from lmb.values.errors import NotFoundError, RefusedError


@dataclass(frozen=True, slots=True)
class CheckpointOnFile:
    """A checkpoint with every cosignature its witnesses gave. `witnessed` counts witnesses, not
    keys."""

    cell: int
    checkpoint: Checkpoint
    note: Note
    issued_at: datetime
    witnessed: int


def log_size(cell: int) -> int:
    """How many leaves the log of a cell has."""
    newest = models.Leaf.objects.filter(cell=cell).aggregate(newest=Max("index"))["newest"]
    return 0 if newest is None else newest + 1


def logged_cell(transfer: UUID) -> int | None:
    """The cell whose log has a leaf of this transfer, None where none has."""
    rows = models.Leaf.objects.filter(subject=transfer, type=LeafType.TRANSFER)
    return rows.values_list("cell", flat=True).first()


def tree(cell: int, size: int) -> TreeAtSize:
    """The tree of a cell's log at a size it has or had, read from stored tiles as needed."""
    return TreeAtSize(TileNodes(lambda level, index: stored_tile(cell, level, index)), size)


def stored_tile(cell: int, level: int, index: int) -> bytes:
    """The hashes of a tile, as many as there are; a partial one is put together from below."""
    place = {"cell": cell, "level": level, "index": index}
    full = models.Tile.objects.filter(**place).values_list("hashes", flat=True).first()
    return bytes(full) if full is not None else hashes_from(cell, level, index * TILE_WIDTH)


def hashes_from(cell: int, level: int, first: int) -> bytes:
    """The tile hashes of a level from position `first`, at most a tile of them, joined."""
    table, column = ("proofs_leaf", "hash") if level == 0 else ("proofs_tile", "root")
    below = "" if level == 0 else "AND level = %(below)s"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT string_agg({column}, ''::bytea ORDER BY index) FROM {table}
                WHERE cell = %(cell)s {below} AND index BETWEEN %(first)s AND %(last)s""",
            {"cell": cell, "below": level - 1, "first": first, "last": first + TILE_WIDTH - 1},
        )
        (joined,) = cursor.fetchone()
    return b"" if joined is None else bytes(joined)


def entries(cell: int, first: int, count: int) -> list[bytes]:
    """The bytes of so many leaves of a log from leaf `first`."""
    rows = models.Leaf.objects.filter(cell=cell, index__range=(first, first + count - 1))
    return [bytes(row) for row in rows.order_by("index").values_list("content", flat=True)]


def opened(cell: int, transfer: UUID) -> tuple[int, OpenedLeaf]:
    """The index and the leaf of a transfer with what it commits to.

    Raises NotFoundError when it has no leaf yet, RefusedError when its salt was destroyed, and
    NotProvenError when the books no longer say what they said when the leaf was made.
    """
    leaf = models.Leaf.objects.filter(cell=cell, subject=transfer, type=LeafType.TRANSFER).first()
    found = books.posted(cell, transfer)
    if leaf is None or found is None:
        raise NotFoundError(f"there is no leaf of transfer {transfer} in the log of cell {cell}")
    salt = models.Salt.objects.filter(cell=cell, index=leaf.index).first()
    if salt is None:
        raise RefusedError(
            f"the salt of transfer {transfer} was destroyed: nobody can open its leaf any more"
        )
    made = opened_leaf(cell, found.seq, found.recorded_at, found.movement, bytes(salt.salt))
    if made.leaf.content != bytes(leaf.content):
        raise NotProvenError(
            f"transfer {transfer} is not what leaf {leaf.index} of cell {cell} was made from: "
            "the books were changed since"
        )
    return leaf.index, made


def newest_checkpoint(cell: int) -> CheckpointOnFile | None:
    """The largest checkpoint of a cell's log, None before the first."""
    row = models.Checkpoint.objects.filter(cell=cell).order_by("-size").first()
    return None if row is None else _on_file(row)


def checkpoints(cell: int, limit: int = 100) -> list[CheckpointOnFile]:
    """The newest checkpoints of a cell's log, the largest first."""
    rows = models.Checkpoint.objects.filter(cell=cell).order_by("-size")[:limit]
    return [_on_file(row) for row in rows]


def witnessed_size(cell: int, witness: str) -> int:
    """The size of the largest checkpoint a witness is known to have cosigned, 0 for none."""
    rows = models.Cosignature.objects.filter(cell=cell, witness=witness)
    return int(rows.aggregate(largest=Max("size"))["largest"] or 0)


def is_covered(transfer: UUID) -> bool:
    """Whether a checkpoint covers the leaf of a transfer."""
    leaf = models.Leaf.objects.filter(subject=transfer, type=LeafType.TRANSFER).first()
    return (
        leaf is not None
        and models.Checkpoint.objects.filter(cell=leaf.cell, size__gt=leaf.index).exists()
    )


def receipt(transfer: UUID) -> Receipt:
    """The receipt of a transfer under the newest cosigned checkpoint that covers it, or under the
    newest one where no witness has cosigned yet.

    Raises NotFoundError for a transfer without a leaf, RefusedError before a checkpoint covers
    it, and NotProvenError when the stored tree no longer leads to what was signed.
    """
    cell = logged_cell(transfer)
    if cell is None:
        raise NotFoundError(f"there is no leaf of transfer {transfer} in any log")
    index, leaf = opened(cell, transfer)
    covering = models.Checkpoint.objects.filter(cell=cell, size__gt=index).order_by("-size")
    cosigned_sizes = models.Cosignature.objects.filter(cell=cell, size__gt=index).values("size")
    row = covering.filter(size__in=cosigned_sizes).first() or covering.first()
    if row is None:
        raise RefusedError(
            f"no checkpoint covers transfer {transfer} yet (leaf {index}); "
            "issue one with `lmb proofs checkpoint`"
        )
    on_file = _on_file(row)
    proof = tuple(tree(cell, row.size).inclusion(index))
    verify_inclusion(index, row.size, leaf_hash(leaf.leaf.content), proof, bytes(row.root))
    return Receipt(index, proof, on_file.checkpoint, on_file.note, leaf.content)


def _on_file(row: models.Checkpoint) -> CheckpointOnFile:
    cosignatures = _newest_cosignatures(row)
    note = parse_note(row.note.encode()).with_signatures(
        parse_signature(cosignature.line) for cosignature in cosignatures
    )
    return CheckpointOnFile(
        cell=row.cell,
        checkpoint=Checkpoint(row.origin, row.size, bytes(row.root)),
        note=note,
        issued_at=row.issued_at,
        witnessed=len({cosignature.witness for cosignature in cosignatures}),
    )


def _newest_cosignatures(row: models.Checkpoint) -> Sequence[models.Cosignature]:
    rows = models.Cosignature.objects.filter(cell=row.cell, size=row.size)
    return list(rows.order_by("witness", "key", "-timestamp").distinct("witness", "key"))
