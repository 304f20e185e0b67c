"""A log as files: what the public may have, and what an auditor needs to recompute balances.

    checkpoint            the newest cosigned checkpoint
    tile/…                tiles and bundles of entries (C2SP tlog-tiles)
    openings.jsonl        for auditors: salt and movement of each leaf, one JSON object a line;
                          neither where the salt was destroyed
    balances.csv          for auditors: what the books say each account has

Without the openings the files name nobody. `lmb-verify export FOLDER` checks them alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from django.db.models import Max

from lmb.ledger.models import Account
from lmb.proofs import models, queries
from lmb.proofs.books import posted_after
from lmb.proofs.leaves import LeafType
from lmb.proofs.tiles import TILE_WIDTH, bundle, entries_path, tiles_of
from lmb.values.errors import RefusedError
from lmb.values.tables import table_bytes

BALANCE_COLUMNS = ("account", "unit", "posted_cents", "pending_in_cents", "pending_out_cents")
BATCH_ROWS = 8190


def export_log(cell: int, folder: Path) -> int:
    """Write the public files of a cell's log and return its size.

    Raises RefusedError before the first checkpoint.
    """
    newest = queries.newest_checkpoint(cell)
    if newest is None:
        raise RefusedError(
            f"the log of cell {cell} has no checkpoint yet; run `lmb proofs checkpoint`"
        )
    size = newest.checkpoint.size
    for tile in tiles_of(size):
        content = queries.stored_tile(cell, tile.level, tile.index)[: tile.width * 32]
        _write(folder / tile.path, content)
        if tile.level == 0:
            entries = queries.entries(cell, tile.index * TILE_WIDTH, tile.width)
            _write(folder / entries_path(tile.index, tile.width), bundle(entries))
    _write(folder / "checkpoint", newest.note.content)
    return size


def export_openings(cell: int, size: int, folder: Path) -> None:
    """Write what the first leaves of a log stand for, and the balances they must add up to.

    Raises RefusedError when the books have moved on past these leaves: their balances would
    belong to a longer history.
    """
    balances = _balances(cell)
    # Asked after the balances were read: what is posted in between is seen here.
    if posted_after(cell, _last_seq(cell, size), 1):
        raise RefusedError("the books moved on after the checkpoint; issue one and export again")
    _write(folder / "balances.csv", table_bytes(BALANCE_COLUMNS, balances))
    with (folder / "openings.jsonl").open("w") as file:
        for line in _openings(cell, size):
            file.write(f"{line}\n")


def _last_seq(cell: int, size: int) -> int:
    rows = models.Leaf.objects.filter(cell=cell, type=LeafType.TRANSFER, index__lt=size)
    return int(rows.aggregate(last=Max("seq"))["last"] or 0)


def _balances(cell: int) -> list[tuple[str, ...]]:
    return [
        (
            str(account.id),
            account.unit,
            str(account.posted_credit_cents - account.posted_debit_cents),
            str(account.held_credit_cents),
            str(account.held_debit_cents),
        )
        for account in Account.objects.filter(cell=cell).order_by("id")
    ]


def _openings(cell: int, size: int) -> Iterator[str]:
    for first in range(0, size, BATCH_ROWS):
        within = {"cell": cell, "index__range": (first, min(first + BATCH_ROWS, size) - 1)}
        leaves = list(models.Leaf.objects.filter(**within).order_by("index"))
        salts = dict(models.Salt.objects.filter(**within).values_list("index", "salt"))
        posted = {one.seq: one for one in posted_after(cell, leaves[0].seq - 1, len(leaves))}
        for leaf in leaves:
            salt, found = salts.get(leaf.index), posted.get(leaf.seq)
            document: dict[str, int | str | None] = {"index": leaf.index}
            if salt is not None and found is not None:
                document["salt"] = bytes(salt).hex()
                document["movement"] = found.movement.content.hex()
            yield json.dumps(document)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
