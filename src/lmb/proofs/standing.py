"""How a log stands beside its books: what an auditor asks first.

What costs little is looked at when it is asked for: how many movements and leaves there are, and
whether the stored tree leads to what was signed. What must read every row is the audit's, and
told as of the last one that was kept: so a visit costs the same however large the books are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Max, Min, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from lmb.ledger.models import Cell, Transfer
from lmb.proofs import models, queries
from lmb.proofs.audit_runs import AuditOnFile, last_audit
from lmb.proofs.books import newest_seq
from lmb.proofs.checkpoints import Checkpoint
from lmb.proofs.errors import NotProvenError
from lmb.proofs.payouts import payout_refusal
from lmb.proofs.receipts import Cosigner
from lmb.proofs.trust import PolicyInForce, WitnessedCheckpoint, last_witnessed, policy_in_force
from lmb.proofs.verification import verify_consistency
from lmb.rules.sessions import house
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
    the stored tree does not lead to what was signed, and is empty where it does; `payouts_wait`
    is why payouts wait, None where they go on."""

    books: SetOfBooks
    transfers: int
    leaves: int
    newest: SignedSize | None
    previous: SignedSize | None
    witnesses: tuple[WitnessOnFile, ...]
    fault: str
    trusted: PolicyInForce | None
    witnessed: WitnessedCheckpoint | None
    payouts_wait: str | None
    audit: AuditOnFile | None

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
        """What the last audit found; where it found nothing or there was none, what shows at
        once: leaves without a movement, and a tree that was changed."""
        found = 0 if self.audit is None else self.audit.findings_total
        return found or self.leaves_too_many + bool(self.fault)

    @property
    def is_proven(self) -> bool:
        """Whether all movements are covered by a checkpoint that the trusted quorum cosigned, and
        an audit found nothing."""
        return (
            self.newest is not None
            and not self.waiting
            and not self.exceptions
            and self.audit is not None
            and self.witnessed is not None
            and self.witnessed.size == self.newest.checkpoint.size
        )


def sets_of_books() -> list[SetOfBooks]:
    """At most `BOOKS_MAX` sets of books: the latest signed first, then by name."""
    issued = models.Checkpoint.objects.filter(cell=OuterRef("id")).order_by("-size")
    rows = Cell.objects.annotate(issued_at=Subquery(issued.values("issued_at")[:1]))
    listed = rows.order_by(F("issued_at").desc(nulls_last=True), "name")
    return [SetOfBooks(row.id, row.name) for row in listed[:BOOKS_MAX]]


def has_books(cell: int) -> bool:
    """Whether there are books with this number."""
    return Cell.objects.filter(id=cell).exists()


def standing(cell: int, at: datetime) -> LogStanding:
    """How the log of a cell stands at a moment. Raises NotFoundError for a cell there is not."""
    row = Cell.objects.filter(id=cell).first()
    if row is None:
        raise NotFoundError(f"there are no books with the number {cell}")
    newest, previous = (*signed_sizes(cell, 0, 2), None, None)[:2]
    trusted = policy_in_force(cell)
    return LogStanding(
        books=SetOfBooks(row.id, row.name),
        transfers=newest_seq(cell),
        leaves=queries.log_size(cell),
        newest=newest,
        previous=previous,
        witnesses=tuple(witnesses(cell)),
        fault=_fault(cell, newest, previous),
        trusted=trusted,
        witnessed=None if trusted is None else last_witnessed(trusted),
        payouts_wait=payout_refusal(cell, at),
        audit=last_audit(cell),
    )


def checkpoint_count(cell: int) -> int:
    """How many checkpoints of a log are on file."""
    return models.Checkpoint.objects.filter(cell=cell).count()


@house()
def oldest_unsigned_at() -> datetime | None:
    """When the first movement of real books that no checkpoint covers was recorded; None where all
    are covered."""
    signed = models.Checkpoint.objects.filter(cell=OuterRef("id")).order_by("-size")
    behind = (
        Cell.objects.filter(simulated=False)
        .annotate(signed=Coalesce(Subquery(signed.values("size")[:1]), 0))
        .filter(seq_last__gt=F("signed"))
    )
    waiting = Q(pk__in=[])
    for row in behind[:BOOKS_MAX]:
        waiting |= Q(cell=row.id, seq=row.signed + 1)
    first = Transfer.objects.filter(waiting).aggregate(at=Min("recorded_at"))["at"]
    return first if isinstance(first, datetime) else None


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
