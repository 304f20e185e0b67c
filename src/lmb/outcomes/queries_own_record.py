"""What was counted about one person: which statements had their record, how it counted, and the
proof. The only functions that answer a person about their own record.

A person's own row is theirs to see. The rate it went into is of others too, so numerator and
denominator are told where there are enough of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, cast
from uuid import UUID

from lmb.outcomes import models, queries
from lmb.outcomes.determination.dispute import Standing
from lmb.outcomes.determination.records import Record, RowProof, read_records, salt, table_of
from lmb.outcomes.determination.tally import best_records
from lmb.outcomes.determination.terms import Terms, read_terms
from lmb.people.sessions import house
from lmb.proofs.tiles import TileNodes
from lmb.proofs.tree import TreeAtSize
from lmb.rules.parameters import in_force
from lmb.values.canonical import Document
from lmb.values.errors import NotFoundError

RULE = "own-record"
STATEMENTS_MAX = 50


@dataclass(frozen=True, slots=True)
class CountedRow:
    """A row of one's own; `counts` where it is the one that the terms take."""

    row: str
    source: str
    recorded_on: date
    status: str
    outcome: int | None
    counts: bool


@dataclass(frozen=True, slots=True)
class CountedAbout:
    """One statement that had a person's record. `people`, `figures` and `excluded` are of the whole
    tranche and None where it has fewer than `people_min`; `transfer` leads to the receipt of the
    statement in the proof log."""

    statement: str
    title: str
    kind: str
    published_on: date
    challenge_until: date
    standing: Standing
    tranche: str
    arm: str
    rows: tuple[CountedRow, ...]
    people_min: int
    people: int | None
    figures: Mapping[str, Any] | None
    excluded: Mapping[str, int] | None
    transfer: UUID


@house()
def counted_about(cell: int, person: UUID, on: date) -> list[CountedAbout]:
    """The signed statements that had a person's record, published by a day, newest first; at most
    `STATEMENTS_MAX`."""
    own = models.FrozenRow.objects.filter(cell=cell, person=person)
    roots = set(own.values_list("root", flat=True))
    stated = models.Statement.objects.filter(cell=cell, root__in=roots, published_on__lte=on)
    signed = models.Signature.objects.filter(cell=cell).values("statement")
    rows = stated.filter(sha256__in=signed).order_by("-published_on", "-recorded_at")
    people_min = cast(int, in_force(RULE, on).values["people_min"])
    return [_counted(cell, row.sha256, person, on, people_min) for row in rows[:STATEMENTS_MAX]]


@house()
def row_proof(cell: int, statement: str, person: UUID) -> dict[str, Document]:
    """The proof that a person's rows are in the table a statement counted, as `lmb-verify
    determination` checks it (`lmb-row-proof/1`). It says nothing of anybody else.

    Raises NotFoundError where the statement is not signed or has no record of the person.
    """
    on_file = queries.statement_on_file(cell, statement)
    rows = models.FrozenRow.objects.filter(cell=cell, root=on_file.root, person=person)
    if on_file.signed is None or not rows.exists():
        raise NotFoundError(f"statement {statement} has no record of this person")
    secret = models.FrozenSecret.objects.get(cell=cell, root=on_file.root).secret
    size = models.Frozen.objects.get(cell=cell, root=on_file.root).records
    tree = TreeAtSize(TileNodes(lambda level, at: _tile(cell, on_file.root, level, at)), size)
    proofs = [
        RowProof(
            row=row.row,
            salt=salt(secret, row.row).hex(),
            index=row.index,
            size=size,
            path=tuple(node.hex() for node in tree.inclusion(row.index)),
        )
        for row in rows.order_by("index")
    ]
    return {
        "format": "lmb-row-proof/1",
        "statement_sha256": statement,
        "merkle_root": on_file.root,
        "rows": [asdict(proof) for proof in proofs],
    }


def _counted(cell: int, sha256: str, person: UUID, on: date, people_min: int) -> CountedAbout:
    on_file = queries.statement_on_file(cell, sha256)
    assert on_file.signed is not None
    found = models.FrozenRow.objects.filter(cell=cell, root=on_file.root, person=person)
    table = table_of(found.order_by("index").values_list("row", flat=True))
    records = read_records("records.csv", table)
    terms = models.Terms.objects.get(cell=cell, sha256=on_file.terms)
    rows = _rows(read_terms("terms.json", terms.content.encode()), records)
    tranche = next(t for t in on_file.document["tranches"] if t["id"] == records[0].tranche)
    people = sum(arm["people"] for arm in tranche["arms"])
    enough = people >= people_min
    return CountedAbout(
        statement=sha256,
        title=on_file.title,
        kind=on_file.kind,
        published_on=on_file.published_on,
        challenge_until=on_file.challenge_until,
        standing=queries.standing(cell, sha256, on),
        tranche=records[0].tranche,
        arm=records[0].arm,
        rows=rows,
        people_min=people_min,
        people=people if enough else None,
        figures=tranche["figures"] if enough else None,
        excluded=_told(tranche["excluded"], people_min) if enough else None,
        transfer=on_file.signed.transfer,
    )


def _rows(terms: Terms, records: tuple[Record, ...]) -> tuple[CountedRow, ...]:
    taken = set(best_records(terms, records).values())
    return tuple(
        CountedRow(
            row=record.line,
            source=record.source,
            recorded_on=record.recorded_on,
            status=record.status,
            outcome=record.outcome,
            counts=record in taken,
        )
        for record in records
    )


def _told(excluded: Mapping[str, int], people_min: int) -> dict[str, int]:
    """Reasons that few were left out for tell too much of those few."""
    return {reason: people for reason, people in excluded.items() if people >= people_min}


def _tile(cell: int, root: str, level: int, index: int) -> bytes:
    row = models.FrozenTile.objects.filter(cell=cell, root=root, level=level, index=index).first()
    return b"" if row is None else bytes(row.hashes)
