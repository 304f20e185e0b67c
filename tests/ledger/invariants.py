"""What must hold in any books at any time, as the product itself checks it."""

from __future__ import annotations

from lmb.ledger.checks import findings


def broken(cell: int) -> list[str]:
    """What is wrong with a cell's books; nothing when they are sound."""
    return list(map(str, findings(cell)))
