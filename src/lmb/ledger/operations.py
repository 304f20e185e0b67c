"""The operations of a script on scratch books, read from JSON documents. Pure values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias, TypeVar

from lmb.values.json_lines import FieldError, Fields, JsonLine, shown

T = TypeVar("T")

LIMITS = ("debits<=credits", "credits<=debits")
BATCH_ITEMS_MAX = 8190


@dataclass(frozen=True, slots=True)
class Amount:
    """A number of cents as asked for. What is no whole number is 0, and kept as it was written:
    the books refuse both, and tell them apart by it."""

    cents: int
    written: str


@dataclass(frozen=True, slots=True)
class OpenAccount:
    id: str
    unit: str
    limit: str | None
    purpose: str | None
    fund: str | None
    expires: datetime | None
    wallet: str


@dataclass(frozen=True, slots=True)
class Transfer:
    key: str
    debit: str
    credit: str
    amount: Amount


@dataclass(frozen=True, slots=True)
class Hold:
    key: str
    hold: str
    debit: str
    credit: str
    amount: Amount
    expires: datetime | None


@dataclass(frozen=True, slots=True)
class Capture:
    key: str
    hold: str
    amount: Amount
    final: bool


@dataclass(frozen=True, slots=True)
class Void:
    key: str
    hold: str


@dataclass(frozen=True, slots=True)
class Invalid:
    """A line or item that asks for nothing that can be done."""

    reason: str


Movement: TypeAlias = Transfer | Hold | Capture | Void


@dataclass(frozen=True, slots=True)
class Batch:
    items: tuple[Movement | Invalid, ...]
    linked: bool


@dataclass(frozen=True, slots=True)
class Spend:
    key: str
    wallet: str
    purpose: str | None
    amount: Amount
    to: str


@dataclass(frozen=True, slots=True)
class ExpireAt:
    at: datetime


@dataclass(frozen=True, slots=True)
class MoveClock:
    at: datetime


@dataclass(frozen=True, slots=True)
class ShowBalance:
    account: str
    at: datetime | None


Operation: TypeAlias = (
    OpenAccount | Movement | Batch | Spend | ExpireAt | MoveClock | ShowBalance | Invalid
)


def read_operation(line: JsonLine) -> Operation:
    """The operation on a line; Invalid, with the reason, where there is none."""
    try:
        fields = Fields(line.document())
        return _read(fields, fields.value("op"), OPERATIONS)
    except FieldError as error:
        return Invalid(str(error))


def _read(fields: Fields, op: object, known: Mapping[str, Callable[[Fields], T]]) -> T:
    if not isinstance(op, str) or op not in known:
        raise FieldError("op", shown(op), " or ".join(known))
    return known[op](fields)


def _account(fields: Fields) -> OpenAccount:
    limit = fields.text_or_none("limit")
    if limit not in (None, *LIMITS):
        raise FieldError("limit", shown(limit), f"{' or '.join(LIMITS)} or null")
    identifier = fields.text("id")
    return OpenAccount(
        id=identifier,
        unit=fields.text_or_none("unit") or "USD",
        limit=limit,
        purpose=fields.text_or_none("purpose"),
        fund=fields.text_or_none("fund"),
        expires=fields.moment_or_none("expires"),
        wallet=fields.text_or_none("wallet") or identifier.partition("/")[0],
    )


def _transfer(fields: Fields) -> Transfer:
    return Transfer(fields.text("key"), fields.text("from"), fields.text("to"), _amount(fields))


def _hold(fields: Fields) -> Hold:
    return Hold(
        key=fields.text("key"),
        hold=fields.text("hold"),
        debit=fields.text("from"),
        credit=fields.text("to"),
        amount=_amount(fields),
        expires=fields.moment_or_none("expires"),
    )


def _capture(fields: Fields) -> Capture:
    return Capture(fields.text("key"), fields.text("hold"), _amount(fields), fields.flag("final"))


def _void(fields: Fields) -> Void:
    return Void(fields.text("key"), fields.text("hold"))


def _batch(fields: Fields) -> Batch:
    documents = fields.documents("items", BATCH_ITEMS_MAX)
    return Batch(tuple(map(_batch_item, documents)), fields.flag("linked"))


def _batch_item(document: object) -> Movement | Invalid:
    try:
        fields = Fields(document)
        op = fields.value("op") if "op" in fields else "transfer"
        return _read(fields, op, MOVEMENTS)
    except FieldError as error:
        return Invalid(str(error))


def _spend(fields: Fields) -> Spend:
    return Spend(
        key=fields.text("key"),
        wallet=fields.text("wallet"),
        purpose=fields.text_or_none("purpose"),
        amount=_amount(fields),
        to=fields.text("to"),
    )


def _expire(fields: Fields) -> ExpireAt:
    return ExpireAt(fields.moment("at"))


def _clock(fields: Fields) -> MoveClock:
    return MoveClock(fields.moment("at"))


def _balance(fields: Fields) -> ShowBalance:
    return ShowBalance(fields.text("account"), fields.moment_or_none("at"))


def _amount(fields: Fields) -> Amount:
    value = fields.value("cents")
    return Amount(value, "") if type(value) is int else Amount(0, shown(value))


MOVEMENTS: Mapping[str, Callable[[Fields], Movement]] = {
    "transfer": _transfer,
    "hold": _hold,
    "capture": _capture,
    "void": _void,
}
OPERATIONS: Mapping[str, Callable[[Fields], Operation]] = {
    "account": _account,
    **MOVEMENTS,
    "batch": _batch,
    "spend": _spend,
    "clock": _clock,
    "expire": _expire,
    "balance": _balance,
}
