"""How a log stands beside its books: what an auditor asks first.

Everything is read, and every hash computed, when it is asked for; nothing is taken as true because
it was true before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Max, OuterRef, Subquery

from lmb.ledger import queries as ledger
from lmb.ledger.models import Cell
from lmb.proofs import models, queries
from lmb.proofs.checkpoints import Checkpoint
from lmb.proofs.errors import NotProvenError
from lmb.proofs.receipts import Cosigner
from lmb.proofs.verification import verify_consistency
from lmb.values.errors import NotFoundError

BOOKS_MAX = 50
WITNESSES_MAX = 50


@dataclass(frozen=True, slots=True)
class SetOfBooks:
    """Books that may have a log."""

    cell: int
    name: str


@dataclass(frozen=True, slots=True)
class SignedSize:
    """A checkpoint on file with the witnesses that cosigned it, each with its newest time."""

    checkpoint: Checkpoint
    issued_at: datetime
    cosigners: tuple[Cosigner, ...]


@dataclass(frozen=True, slots=True)
class WitnessOnFile:
    """A witness that cosigned this log before: when last, and at most how many leaves."""

    name: str
    timestamp: int
    size: int


@dataclass(frozen=True, slots=True)
class LogStanding:
    """A log beside its books. `previous` is the checkpoint before the newest; `fault` says why
    the stored tree does not lead to what was signed, and is empty where it does."""

    books: SetOfBooks
    transfers: int
    leaves: int
    unbalanced_accounts: int
    newest: SignedSize | None
    previous: SignedSize | None
    witnesses: tuple[WitnessOnFile, ...]
    fault: str

    @property
    def waiting(self) -> int:
        """Movements that no checkpoint covers yet."""
        signed = 0 if self.newest is None else self.newest.checkpoint.size
        return max(self.transfers - signed, 0)

    @property
    def leaves_too_many(self) -> int:
        """Leaves of movements that are no longer in the books."""
        return max(self.leaves - self.transfers, 0)

    @property
    def exceptions(self) -> int:
        """Accounts out of balance, leaves without a movement, and a tree that was changed."""
        return self.unbalanced_accounts + self.leaves_too_many + bool(self.fault)


def sets_of_books() -> list[SetOfBooks]:
    """At most `BOOKS_MAX` sets of books: the latest signed first, then by name."""
    issued = models.Checkpoint.objects.filter(cell=OuterRef("id")).order_by("-size")
    rows = Cell.objects.annotate(issued_at=Subquery(issued.values("issued_at")[:1]))
    listed = rows.order_by(F("issued_at").desc(nulls_last=True), "name")
    return [SetOfBooks(row.id, row.name) for row in listed[:BOOKS_MAX]]


def has_books(cell: int) -> bool:
    """Whether there are books with this number."""
    return Cell.objects.filter(id=cell).exists()


def standing(cell: int) -> LogStanding:
    """How the log of a cell stands. Raises NotFoundError for a cell there is not."""
    row = Cell.objects.filter(id=cell).first()
    if row is None:
        raise NotFoundError(f"there are no books with the number {cell}")
    summary = ledger.summary(cell)
    newest, previous = (*signed_sizes(cell, 0, 2), None, None)[:2]
    return LogStanding(
        books=SetOfBooks(row.id, row.name),
        transfers=summary.transfers,
        leaves=queries.log_size(cell),
        unbalanced_accounts=summary.unbalanced_accounts,
        newest=newest,
        previous=previous,
        witnesses=tuple(witnesses(cell)),
        fault=_fault(cell, newest, previous),
    )


def checkpoint_count(cell: int) -> int:
    """How many checkpoints of a log are on file."""
    return models.Checkpoint.objects.filter(cell=cell).count()


def signed_sizes(cell: int, first: int, count: int) -> list[SignedSize]:
    """Checkpoints of a log, the largest first, from position `first`."""
    rows = models.Checkpoint.objects.filter(cell=cell).order_by("-size")[first : first + count]
    sizes = {row.size: row for row in rows}
    cosigned: dict[int, list[Cosigner]] = {size: [] for size in sizes}
    found = models.Cosignature.objects.filter(cell=cell, size__in=sizes)
    for size, name, timestamp in (
        found.values_list("size", "witness").annotate(Max("timestamp")).order_by("witness")
    ):
        cosigned[size].append(Cosigner(name, timestamp))
    return [
        SignedSize(
            Checkpoint(row.origin, size, bytes(row.root)), row.issued_at, tuple(cosigned[size])
        )
        for size, row in sizes.items()
    ]


def witnesses(cell: int) -> list[WitnessOnFile]:
    """The witnesses that ever cosigned a log, at most `WITNESSES_MAX`, the latest first."""
    rows = models.Cosignature.objects.filter(cell=cell).values_list("witness")
    listed = rows.annotate(last=Max("timestamp"), largest=Max("size")).order_by("-last", "witness")
    return [WitnessOnFile(*row) for row in listed[:WITNESSES_MAX]]


def cell_of_log(origin: str) -> int | None:
    """The cell whose log has this origin, None where none has. A log keeps its origin."""
    of_cell = models.Checkpoint.objects.filter(cell=OuterRef("id")).values("origin")[:1]
    rows = Cell.objects.annotate(origin=Subquery(of_cell)).filter(origin=origin).order_by("name")
    return rows.values_list("id", flat=True).first()


def check_tree(cell: int, signed: Checkpoint, older: Checkpoint | None) -> None:
    """Return when the stored tree leads to a signed root and begins with an older signed one.
    Raises NotProvenError otherwise."""
    size = queries.log_size(cell)
    if size < signed.size:
        raise NotProvenError(f"the log has {size} leaves, but {signed.size} were signed")
    tree = queries.tree(cell, signed.size)
    if tree.root != signed.root:
        raise NotProvenError(
            f"{signed.size} leaves lead to the root {tree.root.hex()}; "
            f"{signed.root.hex()} was signed"
        )
    if older is not None and older.size > 0:
        proof = tree.consistency(older.size)
        verify_consistency(older.size, signed.size, proof, older.root, signed.root)


def _fault(cell: int, newest: SignedSize | None, previous: SignedSize | None) -> str:
    if newest is None:
        return ""
    try:
        check_tree(cell, newest.checkpoint, None if previous is None else previous.checkpoint)
    except NotProvenError as error:
        return str(error)
    return ""
