"""Where money came from and who can prove it: traces, checkpoints, receipts. For everyone."""

from __future__ import annotations

import base64
from datetime import datetime
from http import HTTPMethod
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Path
from pydantic import Field

from lmb.api.operations import PUBLIC, ApiRequest, Shape, operation
from lmb.api.problems import NOT_FOUND, REFUSED
from lmb.proofs import queries
from lmb.proofs.receipt_check import DoubtError, ProvenReceipt, check_receipt
from lmb.proofs.receipts import RECEIPT_BYTES_MAX
from lmb.proofs.standing import SetOfBooks, sets_of_books
from lmb.settlement.trace import Node, trace
from lmb.values.errors import NotFoundError

TAG = "Proofs"
CELL_MAX = 2**31 - 1
BOOKS_MAX = 1000


class Step(Shape):
    """One thing in a trace, and what it rests on. `id` is null where it stands for many things, or
    for one person's fact."""

    kind: Literal["transfer", "determination", "instruction", "journal", "fact", "facts"]
    title: str
    id: UUID | None
    lines: list[str]
    rests_on: list[Step]


class Books(Shape):
    """One set of books with a log."""

    books: int
    name: str


class ListOfBooks(Shape):
    """All sets of books whose log was ever signed."""

    books: list[Books]


class SignedCheckpoint(Shape):
    """The newest checkpoint of a log. `note` is the signed text itself (C2SP tlog-checkpoint)."""

    books: int
    origin: str
    size: int
    root: str = Field(description="The root hash in base64.")
    issued_at: datetime
    witnesses: int = Field(description="How many witnesses have cosigned it.")
    note: str


class ReceiptGiven(Shape):
    """A receipt, as text."""

    receipt: Annotated[str, Field(min_length=1, max_length=RECEIPT_BYTES_MAX)]


class ReceiptChecked(Shape):
    """What a receipt proves. Where it proves nothing, `doubt` says which step failed and `detail`
    why, and the rest is null."""

    proves: bool
    doubt: str | None
    detail: str | None
    books: int | None = None
    movement: UUID | None = None
    amount_cents: int | None = None
    unit: str | None = None
    checkpoint_size: int | None = None
    issued_at: datetime | None = None
    cosigners: list[str] = Field(default_factory=list)


@operation(
    HTTPMethod.GET,
    "/traces/{identifier}",
    PUBLIC,
    Step,
    tag=TAG,
    summary="Trace a movement back to the facts",
    problems=[NOT_FOUND],
    example={
        "kind": "transfer",
        "title": "$1,510.88 moved: bonus",
        "id": "d4e197e1-01ba-8ef3-968f-6c9a81645517",
        "lines": ["the bond's debt service to an investor, effective 1980-02-15"],
        "rests_on": [],
    },
)
def show_trace(
    request: ApiRequest,
    identifier: Annotated[
        UUID, Path(description="A transfer, journal, determination or instruction.")
    ],
) -> Any:
    """Why it was made and what it rests on, down to the facts. No person and no investor is
    named."""
    return _step(trace(identifier))


@operation(
    HTTPMethod.GET,
    "/logs",
    PUBLIC,
    ListOfBooks,
    tag=TAG,
    summary="List the logs",
    example={"books": [{"books": 1276532890, "name": "demo"}]},
)
def list_logs(request: ApiRequest) -> Any:
    """The books that have a signed log, the one signed last first."""
    return ListOfBooks(books=list(map(_books, sets_of_books()[:BOOKS_MAX])))


@operation(
    HTTPMethod.GET,
    "/logs/{books}/checkpoint",
    PUBLIC,
    SignedCheckpoint,
    tag=TAG,
    summary="Show the newest checkpoint of a log",
    problems=[NOT_FOUND],
    example={
        "books": 1276532890,
        "origin": "lmb.example/books/1276532890",
        "size": 1412,
        "root": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
        "issued_at": "2026-11-21T12:00:00Z",
        "witnesses": 2,
        "note": "lmb.example/books/1276532890\n1412\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJ…",
    },
)
def show_checkpoint(
    request: ApiRequest,
    books: Annotated[int, Path(ge=1, le=CELL_MAX, description="The number of the books.")],
) -> Any:
    """What the log and its witnesses signed last."""
    newest = queries.newest_checkpoint(books)
    if newest is None:
        raise NotFoundError(f"no checkpoint has been signed of books {books}")
    stated = newest.checkpoint
    return SignedCheckpoint(
        books=books,
        origin=stated.origin,
        size=stated.size,
        root=base64.b64encode(stated.root).decode(),
        issued_at=newest.issued_at,
        witnesses=newest.witnessed,
        note=newest.note.content.decode(),
    )


@operation(
    HTTPMethod.POST,
    "/receipts/check",
    PUBLIC,
    ReceiptChecked,
    tag=TAG,
    summary="Check a receipt",
    bytes_max=4 * RECEIPT_BYTES_MAX,
    problems=[REFUSED],
    body_example={"receipt": "c2sp.org/tlog-proof@v1\nindex 7\n…"},
    example={
        "proves": False,
        "doubt": "malformed",
        "detail": "a receipt needs an empty line between its proof and its checkpoint",
    },
)
def check_receipt_given(request: ApiRequest, body: ReceiptGiven) -> Any:
    """Whether a receipt proves a movement in the log kept here. Nothing of it is stored, so no
    idempotency key is needed."""
    try:
        return _proven(check_receipt(body.receipt.replace("\r\n", "\n").encode()))
    except DoubtError as error:
        return ReceiptChecked(proves=False, doubt=error.doubt.value, detail=str(error))


def _books(found: SetOfBooks) -> Books:
    return Books(books=found.cell, name=found.name)


def _step(node: Node) -> Step:
    """A node as anyone may see it: of one person's fact neither identifier nor hash."""
    return Step.model_construct(
        kind=node.kind,
        title=node.title,
        id=None if node.personal else node.id,
        lines=[] if node.personal else list(node.lines),
        rests_on=[_step(child) for child in node.children],
    )


def _proven(found: ProvenReceipt) -> ReceiptChecked:
    movement = found.movement
    return ReceiptChecked(
        proves=True,
        doubt=None,
        detail=None,
        books=found.cell,
        movement=None if movement is None else movement.transfer,
        amount_cents=None if movement is None else movement.amount_cents,
        unit=None if movement is None else movement.unit,
        checkpoint_size=found.checkpoint.size,
        issued_at=found.issued_at,
        cosigners=[cosigner.name for cosigner in found.cosigners],
    )
