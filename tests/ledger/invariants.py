"""What must hold in any books at any time, recomputed from the rows alone."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from uuid import UUID

from lmb.ledger import models
from lmb.ledger.models import Account, Transfer

POSTED = ("post", "capture")


class Rows:
    """All rows of one cell."""

    def __init__(self, cell: int) -> None:
        self.cell = models.Cell.objects.get(id=cell)
        self.accounts = list(Account.objects.filter(cell=cell))
        self.transfers = list(Transfer.objects.filter(cell=cell).order_by("seq"))
        self.holds = list(models.Hold.objects.filter(cell=cell))
        self.journals = list(models.Journal.objects.filter(cell=cell))
        self.requests = list(models.Request.objects.filter(cell=cell))


def every_unit_sums_to_zero(rows: Rows) -> Iterator[str]:
    sums: Counter[str] = Counter()
    for account in rows.accounts:
        sums[account.unit] += account.posted_credit_cents - account.posted_debit_cents
        sums[f"{account.unit} held"] += account.held_credit_cents - account.held_debit_cents
    yield from (f"{unit} sums to {total}" for unit, total in sums.items() if total)


def no_account_is_beyond_its_limit(rows: Rows) -> Iterator[str]:
    for account in rows.accounts:
        posted_cents = account.posted_credit_cents - account.posted_debit_cents
        headroom = {
            None: 0,
            "debits<=credits": posted_cents - account.held_debit_cents,
            "credits<=debits": -posted_cents - account.held_credit_cents,
        }[account.limit_side]
        if headroom < 0:
            yield f"{account.code} is {-headroom} beyond its limit"


def accounts_show_what_transfers_did(rows: Rows) -> Iterator[str]:
    sums: defaultdict[UUID, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for transfer in rows.transfers:
        posted = transfer.amount_cents if transfer.kind in POSTED else 0
        held = {"post": 0, "hold": transfer.amount_cents}.get(transfer.kind, -transfer.amount_cents)
        sums[transfer.debit][0] += posted
        sums[transfer.credit][1] += posted
        sums[transfer.debit][2] += held
        sums[transfer.credit][3] += held
    for account in rows.accounts:
        shown = [
            account.posted_debit_cents,
            account.posted_credit_cents,
            account.held_debit_cents,
            account.held_credit_cents,
        ]
        if shown != sums[account.id]:
            yield f"{account.code} shows {shown}, its transfers {sums[account.id]}"


def balances_after_are_the_sums_so_far(rows: Rows) -> Iterator[str]:
    balances: Counter[UUID] = Counter()
    for transfer in rows.transfers:
        if transfer.kind in POSTED:
            balances[transfer.debit] -= transfer.amount_cents
            balances[transfer.credit] += transfer.amount_cents
        told = (transfer.debit_balance_after_cents, transfer.credit_balance_after_cents)
        if told != (balances[transfer.debit], balances[transfer.credit]):
            yield f"transfer {transfer.seq} tells other balances than the sums so far"


def the_sequence_has_no_gaps_and_time_goes_on(rows: Rows) -> Iterator[str]:
    found = [transfer.seq for transfer in rows.transfers]
    if found != list(range(1, rows.cell.seq_last + 1)):
        yield f"the sequence runs {found} to {rows.cell.seq_last}"
    times = [transfer.recorded_at for transfer in rows.transfers]
    if times != sorted(times) or (times and times[-1] != rows.cell.recorded_at_last):
        yield "recorded times go back"


def each_key_moved_at_most_once(rows: Rows) -> Iterator[str]:
    moved = Counter(request.transfer for request in rows.requests if request.transfer is not None)
    yield from (f"transfer {found} has {n} keys" for found, n in moved.items() if n > 1)
    captures = {(row.journal, row.hold) for row in rows.transfers if row.kind == "capture"}
    for row in rows.transfers:
        # The rest that a final capture releases has no key: it moves with its capture.
        released = row.kind == "void" and (row.journal, row.hold) in captures
        if row.id not in moved and not released:
            yield f"transfer {row.seq} has no key"


def each_journal_has_one_cause_and_moves_something(rows: Rows) -> Iterator[str]:
    moving = {transfer.journal for transfer in rows.transfers}
    for journal in rows.journals:
        if (journal.determination is None) == (journal.instruction is None) or not journal.actor:
            yield f"journal {journal.id} has not one cause and an actor"
        if journal.id not in moving:
            yield f"journal {journal.id} moved nothing"


def holds_show_what_was_taken(rows: Rows) -> Iterator[str]:
    taken: defaultdict[UUID | None, Counter[str]] = defaultdict(Counter)
    for transfer in rows.transfers:
        taken[transfer.hold][transfer.kind] += transfer.amount_cents
    for hold in rows.holds:
        found = taken[hold.id]
        captured, released = found["capture"], found["void"] + found["expire"]
        shown = (hold.amount_cents, hold.captured_cents, hold.released_cents)
        if shown != (found["hold"], captured, released):
            yield f"hold {hold.id} shows {shown}"
        if (hold.state == "open") != (hold.amount_cents > captured + released):
            yield f"hold {hold.id} is {hold.state}"


INVARIANTS: tuple[Callable[[Rows], Iterator[str]], ...] = (
    every_unit_sums_to_zero,
    no_account_is_beyond_its_limit,
    accounts_show_what_transfers_did,
    balances_after_are_the_sums_so_far,
    the_sequence_has_no_gaps_and_time_goes_on,
    each_key_moved_at_most_once,
    each_journal_has_one_cause_and_moves_something,
    holds_show_what_was_taken,
)


def broken(cell: int) -> list[str]:
    """What is wrong with a cell's books; nothing when they are sound."""
    rows = Rows(cell)
    return [finding for invariant in INVARIANTS for finding in invariant(rows)]
