"""The walk over the leaves of a log: every transfer against its leaf, the tree against whatever
was signed of it.

Two trees are made: one of the leaves as stored, one of the leaves that the books would make now.
Where the two differ, the next checkpoint says which of them was signed: it tells a changed row of
the books from a changed leaf.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Max

from lmb.ledger.models import Transfer
from lmb.proofs.audit_checkpoints import Stated, stored_checkpoints
from lmb.proofs.audit_findings import FINDINGS_MAX, FindingsSoFar, Kind
from lmb.proofs.audit_movements import Restorer, cause_name, opens
from lmb.proofs.audit_rows import LoggedRow, logged, logged_transfers_of, stored_tile
from lmb.proofs.audit_tree import FullTile, GrowingTree
from lmb.proofs.books import posted_after
from lmb.proofs.errors import MalformedError
from lmb.proofs.leaves import Leaf, parse_leaf
from lmb.proofs.models import Checkpoint
from lmb.proofs.policy import Policy
from lmb.proofs.tree import leaf_hash

DIFFERENT_MAX = 10_000
"""Leaves unlike what the books would make that are kept until a checkpoint tells which is right."""


@dataclass(slots=True)
class Unrestored:
    """Leaves of one cause that nothing on file opens: how many, and the first of them."""

    count: int = 0
    rows: list[LoggedRow] = field(default_factory=list)

    def add(self, row: LoggedRow) -> None:
        self.count += 1
        if self.count <= FINDINGS_MAX:
            self.rows.append(row)


class Walk:
    """One pass over a log. `newest` is the largest checkpoint that held, `size` the log's."""

    def __init__(
        self, cell: int, policy: Policy, kept: Sequence[Stated], findings: FindingsSoFar
    ) -> None:
        self.newest: Stated | None = None
        self.newest_enough: Stated | None = None
        self.closed = 0
        self.relabelled: set[UUID] = set()
        self._cell = cell
        self._policy = policy
        self._findings = findings
        self._kept = defaultdict(list)
        for stated in kept:
            self._kept[stated.checkpoint.size].append(stated)
        self._stored, self._made = GrowingTree(), GrowingTree()
        self._whole = True
        self._forked = False
        self._held_size = 0
        self._different: list[LoggedRow] = []
        self._tiles: list[FullTile] = []
        self._restorer = Restorer(cell)
        self._unrestored: dict[str, Unrestored] = defaultdict(Unrestored)

    @property
    def size(self) -> int:
        return self._stored.size

    def run(self, progress: Callable[[int], None]) -> None:
        """Walk to the end of the log; `progress` is told how many leaves are done."""
        self._judge(self._evidence(-1, 0).get(0, []))
        while rows := logged(self._cell, self.size):
            evidence = self._evidence(self.size, rows[-1].index + 1)
            for row in rows:
                self._step(row)
                if self._whole and self.size in evidence:
                    self._judge(evidence[self.size])
            progress(self.size)
        self._settle_books()
        self._check_length()

    def settle_unrestored(self) -> None:
        """Name what no value on file restores: the cause where all its transfers are such."""
        for name, unrestored in self._unrestored.items():
            if self._findings.names(Kind.CAUSE_CHANGED, name):
                continue
            posted = unrestored.rows[0].posted
            assert posted is not None
            total = logged_transfers_of(self._cell, posted.movement.cause)
            if 1 < total == unrestored.count:
                self._findings.add(
                    Kind.CAUSE_CHANGED,
                    name,
                    f"its content does not lead to the leaves of its {total} transfers",
                    "another content: the leaves commit to its hash",
                )
                continue
            for row in unrestored.rows:
                self._findings.add(
                    Kind.MOVEMENT_CHANGED,
                    row.row,
                    f"this transfer, its journal, the content of {name} or its salt is another",
                    f"leaf {row.index} does not open to it",
                )

    def _evidence(self, after: int, through: int) -> dict[int, list[Stated]]:
        """What was signed of these sizes, kept checkpoints before those on file."""
        found: dict[int, list[Stated]] = defaultdict(list)
        for size, kept in self._kept.items():
            if after < size <= through:
                found[size] += kept
        for stated in stored_checkpoints(self._cell, after, through, self._policy, self._findings):
            found[stated.checkpoint.size].append(stated)
        return found

    def _step(self, row: LoggedRow) -> None:
        if row.index != self.size:
            self._findings.add(
                Kind.LEAF_DELETED,
                f"leaves {self.size} to {row.index - 1}",
                "not on file",
                f"leaf {row.index} follows them",
            )
            self._whole = False
            self._stored.size = self._made.size = row.index
        stored = leaf_hash(row.content)
        if row.hash != stored:
            self._findings.add(
                Kind.LEAF_CHANGED, f"leaf {row.index}", "its hash is not of its bytes", stored.hex()
            )
        made = row.made_again()
        self.closed += row.salt is None
        opened_otherwise = made != row.content and (row.salt is not None or row.posted is None)
        if opened_otherwise and len(self._different) < DIFFERENT_MAX:
            self._different.append(row)
        if not self._whole:
            self._stored.size = self._made.size = row.index + 1
            return
        for tile in self._stored.append(stored):
            if stored_tile(self._cell, tile.name.level, tile.name.index) != (
                tile.hashes,
                tile.root,
            ):
                self._tiles.append(tile)
        same = made is None or made == row.content
        for _ in self._made.append(stored if same else leaf_hash(made or b"")):
            pass

    def _judge(self, stated: Sequence[Stated]) -> None:
        for one in stated:
            if self._stored.root == one.checkpoint.root:
                self._settle_books()
                self._held(one)
            elif self._made.root == one.checkpoint.root:
                self._settle_leaves()
                self._held(one)
            elif one.kept or not self._forked:
                self._fork(one)

    def _held(self, stated: Stated) -> None:
        self._held_size = self.size
        self._forked = False
        self.newest = stated
        best = self.newest_enough
        if stated.is_enough(self._policy) and (
            best is None or stated.is_seen(self._policy) or not best.is_seen(self._policy)
        ):
            self.newest_enough = stated

    def _fork(self, stated: Stated) -> None:
        self._forked = True
        self._findings.add(
            Kind.FORK,
            stated.name if not stated.kept else f"{stated.name}, {self.size} leaves",
            f"the log on file has root {self._stored.root.hex()} at {self.size} leaves",
            f"signed was root {stated.checkpoint.root.hex()}; the histories part between leaf "
            f"{self._held_size} and leaf {self.size - 1}",
        )

    def _settle_leaves(self) -> None:
        """What was signed are the leaves the books lead to: the stored ones were changed."""
        for row in self._different:
            self._findings.add(
                Kind.LEAF_CHANGED,
                f"leaf {row.index}",
                f"its bytes are not those of {row.row}",
                "what the books make of it is what was signed",
            )
        self._different.clear()
        self._tiles.clear()
        self._stored = self._made.copy()

    def _settle_books(self) -> None:
        """The leaves are as signed, or nothing later was signed: the books were changed."""
        for tile in self._tiles:
            self._findings.add(
                Kind.TILE_CHANGED,
                tile.name.path,
                "is not on file as its leaves make it",
                f"root {tile.root.hex()}",
            )
        self._tiles.clear()
        for row in self._different:
            self._name(row)
        self._different.clear()
        self._made = self._stored.copy()

    def _name(self, row: LoggedRow) -> None:
        try:
            leaf = parse_leaf(row.content)
        except MalformedError as error:
            self._findings.add(
                Kind.LEAF_CHANGED, f"leaf {row.index}", str(error), "no checkpoint covers it"
            )
            return
        wrong_label = self._wrong_label(row, leaf)
        if wrong_label is not None:
            self.relabelled |= {row.subject, wrong_label}
            self._findings.add(
                Kind.LEAF_CHANGED,
                f"leaf {row.index}",
                f"is filed as {row.row}",
                f"it opens to transfer {leaf.seq} ({wrong_label})",
            )
        elif row.posted is None:
            self._name_missing(row)
        elif (explained := self._restorer.explain(row, leaf)) is not None:
            self._findings.add(explained.kind, explained.row, explained.found, explained.told)
        else:
            self._unrestored[cause_name(row.posted.movement)].add(row)

    def _name_missing(self, row: LoggedRow) -> None:
        if Transfer.objects.filter(cell=self._cell, id=row.subject).exists():
            kind, found = (
                Kind.MOVEMENT_CHANGED,
                "it names what is not on file, or says what no row may",
            )
        else:
            kind, found = Kind.TRANSFER_DELETED, "not in the books"
        self._findings.add(kind, row.row, found, f"leaf {row.index} stands for it")

    def _wrong_label(self, row: LoggedRow, leaf: Leaf) -> UUID | None:
        """The transfer that a leaf opens to, where that is not the one it is filed under."""
        for posted in posted_after(self._cell, leaf.seq - 1, 1):
            other = posted.movement.transfer != row.subject or leaf.seq != row.seq
            if other and row.salt and opens(posted.movement, row.salt, leaf.commitment):
                return posted.movement.transfer
        return None

    def _check_length(self) -> None:
        beyond = [stated for size in self._kept for stated in self._kept[size] if size > self.size]
        last = Checkpoint.objects.filter(cell=self._cell).aggregate(last=Max("size"))["last"] or 0
        if last > self.size:
            beyond += stored_checkpoints(self._cell, last - 1, last, self._policy, self._findings)
        if beyond:
            largest = max(beyond, key=lambda stated: stated.checkpoint.size)
            self._findings.add(
                Kind.LOG_SHORTER,
                largest.name,
                f"the log on file has {self.size} leaves",
                f"the log signed {largest.checkpoint.size}",
            )
