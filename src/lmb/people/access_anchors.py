"""The only functions that check the chains of the access log, and that anchor them in the books.

An anchor is a movement of one `access-log` in the cell's own books, caused by an instruction whose
content is the heads of all lanes. So it is a leaf of the proof log: once a checkpoint that holds it
has been cosigned, the log cannot be written anew up to there without `lmb audit` or `check` showing
it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from uuid import UUID

from django.db import connection

from lmb.ledger.entries import NOT_OVERDRAWN, Cause, Journal, NewAccount, Post
from lmb.ledger.queries import instructions_of_kind
from lmb.ledger.service import Books, define_unit, instruct, open_accounts, post_or_refuse
from lmb.people import models
from lmb.people.access_chain import LANES, Anchor, Entry, Fault, Head, faults
from lmb.people.sessions import house
from lmb.values.canonical import Document, fingerprint
from lmb.values.errors import InputError, NotFoundError, Problem

UNIT = "access-log"
KIND = "access-log-heads"
FORMAT = "lmb-access-heads/1"
LOOKED, ANCHORED = "access-log/looked", "access-log/anchored"
ACTOR = "access-log"
ONE_CENTS = 100
ROWS_AT_ONCE = 2000
ANCHORS_READ = 100
"""Each anchor covers all before it; earlier ones only narrow down where something was changed."""


@house()
def anchor(books: Books) -> tuple[UUID, Document]:
    """Put the heads of a cell's lanes into its books; return the movement and the heads. Where
    nobody looked since, it is the same movement again.

    Raises NotFoundError where nobody ever looked: there is nothing to anchor.
    """
    heads = heads_now(books.cell)
    if not heads:
        raise NotFoundError(f"nobody has looked at a record in the books {books.name} yet")
    document: dict[str, Document] = {
        "format": FORMAT,
        "cell": books.cell,
        "heads": [[head.lane, head.seq, head.hash.hex()] for head in heads],
    }
    subject = fingerprint(document)
    define_unit(UNIT, "states of the log of who looked at whom")
    open_accounts(
        books,
        [
            NewAccount(LOOKED, "register", UNIT, unit=UNIT),
            NewAccount(ANCHORED, "anchored", UNIT, unit=UNIT, limit_side=NOT_OVERDRAWN),
        ],
    )
    order = instruct(books, kind=KIND, subject=subject, document=document, actor=ACTOR)
    post = Post(f"{KIND}/{subject}", LOOKED, ANCHORED, ONE_CENTS, KIND)
    journal = Journal(post.key, KIND, ACTOR, Cause.instruction(order), [post])
    ((answer,),) = post_or_refuse(books, [journal])
    assert answer.transfer is not None
    return answer.transfer, document


@house()
def check(cell: int, kept: Sequence[Anchor] = ()) -> list[Fault]:
    """What is wrong with a cell's access log, by its chains, by its newest anchors in the books and
    by heads that somebody kept elsewhere."""
    return list(faults(_entries(cell), [*kept, *_anchors(cell)]))


@house()
def heads_now(cell: int) -> list[Head]:
    """The last look of each lane."""
    rows = models.Access.objects.filter(cell=cell).order_by("lane", "-seq").distinct("lane")
    return [Head(row.lane, row.seq, bytes(row.hash)) for row in rows]


def read_heads(name: str, content: bytes, cell: int) -> Anchor:
    """Heads as `anchor` told them, from a file that somebody kept. Raises InputError."""
    try:
        return _anchor(name, cell, json.loads(content))
    except (ValueError, KeyError, TypeError) as error:
        problem = Problem(
            name, None, None, str(error)[:80], f"the heads of cell {cell}, as anchor-log told them"
        )
        raise InputError([problem]) from error


def _anchors(cell: int) -> list[Anchor]:
    """Newest first."""
    found = instructions_of_kind(cell, KIND, limit=ANCHORS_READ)
    return [_anchor(f"instruction {row.id}", cell, row.document) for row in found]


def _anchor(name: str, cell: int, document: dict[str, Document]) -> Anchor:
    if (document["format"], document["cell"]) != (FORMAT, cell):
        raise ValueError(f"{document['format']} of cell {document['cell']}")
    heads = document["heads"]
    if not isinstance(heads, list) or len(heads) > LANES:
        raise ValueError(f"not a list of at most {LANES} heads")
    return Anchor(name, tuple(_head(*head) for head in heads))


def _head(lane: int, seq: int, digest: str) -> Head:
    return Head(int(lane), int(seq), bytes.fromhex(digest))


def _entries(cell: int) -> Iterator[Entry]:
    """All looks of a cell by lane and number, without having all at once."""
    names = [field.attname for field in models.Access._meta.concrete_fields if field.column]
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(names)} FROM people_access WHERE cell = %s ORDER BY lane, seq",
            [cell],
        )
        while rows := cursor.fetchmany(ROWS_AT_ONCE):
            for row in rows:
                told = dict(zip(names, row, strict=True))
                told.update(fields=tuple(told["fields"]), hash=bytes(told["hash"]))
                yield Entry(**told)
