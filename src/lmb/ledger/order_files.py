"""Files of orders to move money, one a line: read them whole, post all of them or each for itself.

A line is a journal, or a single transfer, which is a journal of one item:

    {"key", "kind", "actor", "items": [{"key", "kind", "code", …}, …]}
    {"key", "actor", "code", "debit", "credit", "amount_cents"}

A line may name its cause (`instruction` or `determination`). One that does not is itself put on
file, as an instruction of kind `order` under its key, and is the cause of what it moves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from lmb.ledger import service
from lmb.ledger.entries import Answer, Capture, Cause, Expire, HoldFor, Item, Journal, Post, Void
from lmb.ledger.service import Books
from lmb.ledger.spending import AMOUNT_CENTS_MAX
from lmb.values.canonical import Document
from lmb.values.errors import InputError, Problem
from lmb.values.json_lines import FieldError, Fields, json_lines, shown

JOURNAL_ITEMS_MAX = 8190
PROBLEMS_MAX = 1000

JOURNAL_FIELDS = (
    "key",
    "kind",
    "actor",
    "effective_at",
    "reverses",
    "instruction",
    "determination",
)
_BETWEEN = ("debit", "credit", "amount_cents")
ITEM_FIELDS = {
    "post": _BETWEEN,
    "hold": (*_BETWEEN, "expires_at"),
    "capture": ("hold", "amount_cents", "final"),
    "void": ("hold",),
    "expire": ("hold",),
}


@dataclass(frozen=True, slots=True)
class Order:
    """What one line of a file orders; without a cause it is its own."""

    row: int
    key: str
    kind: str
    actor: str
    items: tuple[Item, ...]
    cause: Cause | None
    effective_at: datetime | None
    reverses: UUID | None

    def document(self) -> dict[str, Document]:
        """The content of the instruction that an order without a cause is filed as."""
        items: list[Document] = [
            {"key": item.key, **_exact(item.document())} for item in self.items
        ]
        effective_at = None if self.effective_at is None else self.effective_at.isoformat()
        reverses = None if self.reverses is None else str(self.reverses)
        return {
            "kind": self.kind,
            "items": items,
            "effective_at": effective_at,
            "reverses": reverses,
        }


@dataclass(frozen=True, slots=True)
class Carried:
    """What the books answered to the items of one order."""

    order: Order
    answers: tuple[Answer, ...]


def read_orders(file: str, content: bytes) -> tuple[list[Order], list[Problem]]:
    """Every order that can be read, and what is wrong with the other lines."""
    orders: list[Order] = []
    problems: list[Problem] = []
    for line in json_lines(file, content):
        try:
            orders.append(_order(line.number, Fields(line.document())))
        except FieldError as error:
            problems.append(Problem(file, line.number, error.field, error.found, error.expected))
    return orders, problems


@transaction.atomic
def post_all(books: Books, file: str, content: bytes) -> list[Carried]:
    """Carry out every order of a file, or none. Raises InputError with every line that cannot be
    read and every one that the books refuse."""
    carried, problems = post_readable(books, file, content)
    if problems:
        raise InputError(problems)
    return carried


@transaction.atomic
def post_readable(books: Books, file: str, content: bytes) -> tuple[list[Carried], list[Problem]]:
    """Carry out every order of a file that can be read, one after another, and tell what is wrong
    with the others. One that is refused does not touch its neighbours; its keys stay refused."""
    orders, problems = read_orders(file, content)
    carried = _carried(books, orders)
    return carried, _listed(file, [*problems, *_refusals(file, carried)])


def _carried(books: Books, orders: Sequence[Order]) -> list[Carried]:
    journals: list[Journal] = []
    answers: dict[int, tuple[Answer, ...]] = {}
    for order in orders:
        cause = order.cause or _own_cause(books, order)
        if cause is None:
            answers[order.row] = tuple(
                Answer(books.cell, item.key, "exists_with_different_content")
                for item in order.items
            )
        else:
            journals.append(_journal(order, cause))
    posted = iter(service.post(books, journals))
    return [Carried(order, answers.get(order.row) or next(posted)) for order in orders]


def _own_cause(books: Books, order: Order) -> Cause | None:
    """The instruction that an order is filed as; None where its key ordered something else."""
    try:
        with transaction.atomic():
            identifier = service.instruct(
                books,
                kind="order",
                subject=order.key,
                document=order.document(),
                actor=order.actor,
            )
    except IntegrityError:
        return None
    return Cause.instruction(identifier)


def _journal(order: Order, cause: Cause) -> Journal:
    return Journal(
        key=order.key,
        kind=order.kind,
        actor=order.actor,
        cause=cause,
        items=order.items,
        effective_at=order.effective_at,
        reverses=order.reverses,
    )


def _refusals(file: str, carried: Iterable[Carried]) -> list[Problem]:
    """The items that the books refused, as problems of their lines."""
    return [
        Problem(file, each.order.row, f"key {answer.key}", answer.result, "ok")
        for each in carried
        for answer in each.answers
        if not answer.stands
    ]


def _listed(file: str, problems: Sequence[Problem]) -> list[Problem]:
    listed = sorted(problems, key=lambda problem: problem.row or 0)[:PROBLEMS_MAX]
    if len(problems) > PROBLEMS_MAX:
        more = f"{len(problems) - PROBLEMS_MAX:,} more problems"
        listed.append(Problem(file, None, None, more, "none; these are not listed"))
    return listed


# ── reading ───────────────────────────────────────────────────────────────────────────────────


def _order(row: int, fields: Fields) -> Order:
    if "items" in fields:
        fields.only(*JOURNAL_FIELDS, "items")
        kind = fields.text("kind")
        documents = fields.documents("items", JOURNAL_ITEMS_MAX)
        items = tuple(
            _item(Fields(document, f"items[{place}]")) for place, document in enumerate(documents)
        )
        if len({item.key for item in items}) < max(len(items), 1):
            raise FieldError("items", shown([item.key for item in items]), "keys, each once")
    else:
        fields.only(*JOURNAL_FIELDS, *_BETWEEN, "code")
        kind = fields.text_or_none("kind") or "transfer"
        items = (_transfer(fields),)
    return Order(
        row=row,
        key=fields.text("key"),
        kind=kind,
        actor=fields.text("actor"),
        items=items,
        cause=_cause(fields),
        effective_at=fields.moment_or_none("effective_at"),
        reverses=_identifier_or_none(fields, "reverses"),
    )


def _cause(fields: Fields) -> Cause | None:
    instruction = _identifier_or_none(fields, "instruction")
    determination = _identifier_or_none(fields, "determination")
    if instruction is not None and determination is not None:
        raise FieldError("determination", "a second cause", "an instruction or a determination")
    if determination is not None:
        return Cause.determination(determination)
    return None if instruction is None else Cause.instruction(instruction)


def _item(fields: Fields) -> Item:
    kind = fields.text("kind")
    if kind not in ITEM_FIELDS:
        raise FieldError(fields.named("kind"), shown(kind), " or ".join(ITEM_FIELDS))
    fields.only("key", "kind", "code", *ITEM_FIELDS[kind])
    return _READ[kind](fields)


def _transfer(fields: Fields) -> Item:
    return Post(
        fields.text("key"),
        fields.text("debit"),
        fields.text("credit"),
        _amount(fields),
        fields.text("code"),
    )


def _hold(fields: Fields) -> Item:
    return HoldFor(
        fields.text("key"),
        fields.text("debit"),
        fields.text("credit"),
        _amount(fields),
        fields.text("code"),
        fields.moment_or_none("expires_at"),
    )


def _capture(fields: Fields) -> Item:
    return Capture(
        fields.text("key"),
        _identifier(fields, "hold"),
        _amount(fields),
        fields.text("code"),
        fields.flag("final"),
    )


def _void(fields: Fields) -> Item:
    return Void(fields.text("key"), _identifier(fields, "hold"), fields.text("code"))


def _expire(fields: Fields) -> Item:
    return Expire(fields.text("key"), _identifier(fields, "hold"), fields.text("code"))


_READ: Mapping[str, Callable[[Fields], Item]] = {
    "post": _transfer,
    "hold": _hold,
    "capture": _capture,
    "void": _void,
    "expire": _expire,
}


def _amount(fields: Fields) -> int:
    value = fields.value("amount_cents")
    if type(value) is not int or not 1 <= value <= AMOUNT_CENTS_MAX:
        expected = f"a whole number of cents from 1 to {AMOUNT_CENTS_MAX}"
        raise FieldError(fields.named("amount_cents"), shown(value), expected)
    return value


def _identifier(fields: Fields, name: str) -> UUID:
    value = fields.text(name)
    try:
        return UUID(value)
    except ValueError as error:
        raise FieldError(fields.named(name), shown(value), "an identifier (UUID)") from error


def _identifier_or_none(fields: Fields, name: str) -> UUID | None:
    return _identifier(fields, name) if fields.text_or_none(name) is not None else None


def _exact(document: Mapping[str, Document]) -> dict[str, Document]:
    """Amounts as text: not every reader of JSON keeps the largest ones exact."""
    return {name: str(value) if type(value) is int else value for name, value in document.items()}
