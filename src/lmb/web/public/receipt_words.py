"""What the page of receipts says: why one was not taken, and what an opened leaf stands for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext_lazy

from lmb.proofs.leaves import CauseKind, Movement, MovementKind
from lmb.proofs.receipt_check import Doubt
from lmb.values.money import format_cents
from lmb.web.public import words

RECEIPT_BYTES_MAX = 64 * 1024
"""A receipt with the signatures of ten witnesses has 40,000 bytes."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a receipt was not taken: what is wrong, the next step, and what the check found, in
    English as the check says it."""

    wrong: str
    step: str
    detail: str = ""


class RefusalError(Exception):
    """Nothing that could be a receipt was given, for the reason with this name."""

    def __init__(self, reason: str) -> None:
        self.refusal = refusal(reason)
        super().__init__(self.refusal.wrong)


NOTHING, BOTH, TOO_LARGE = "nothing", "both", "too-large"

_COPY_AGAIN = gettext_lazy("Copy the receipt again, whole and unchanged, or choose its file.")
_KEEP = gettext_lazy("Keep this receipt and show it to an auditor; check it with lmb-verify too.")

REFUSALS = {
    NOTHING: (
        gettext_lazy("No receipt was given."),
        gettext_lazy("Paste the text of one, or choose its file."),
    ),
    BOTH: (
        gettext_lazy("A text and a file were given."),
        gettext_lazy("Give one of them, so that it is clear which one is meant."),
    ),
    TOO_LARGE: (
        gettext_lazy("This is larger than any receipt: at most 64 kB are read."),
        gettext_lazy("Check that it is the receipt alone, or check it offline with lmb-verify."),
    ),
    Doubt.NO_RECEIPT: (
        gettext_lazy("This is not a receipt: it does not start as one does."),
        gettext_lazy("Copy it from its first line, c2sp.org/tlog-proof@v1, to its last."),
    ),
    Doubt.MALFORMED: (
        gettext_lazy("This is not written as a receipt must be."),
        _COPY_AGAIN,
    ),
    Doubt.NO_LEAF: (
        gettext_lazy("The receipt does not show a movement of money that this page can read."),
        _COPY_AGAIN,
    ),
    Doubt.OTHER_MOVEMENT: (
        gettext_lazy("The receipt shows a movement, but proves another one."),
        gettext_lazy("Do not rely on what it shows. Ask whoever gave it to you for a new one."),
    ),
    Doubt.UNKNOWN_LOG: (
        gettext_lazy("The receipt is of a log that is not kept here."),
        gettext_lazy(
            "Ask whoever gave it to you where its log is, or check it offline with lmb-verify and "
            "the keys of that log."
        ),
    ),
    Doubt.UNKNOWN_SIZE: (
        gettext_lazy("The log never signed a checkpoint of the size the receipt states."),
        _KEEP,
    ),
    Doubt.OTHER_ROOT: (
        gettext_lazy("The receipt states another history than the log signed at this size."),
        _KEEP,
    ),
    Doubt.LOG_SIGNATURE: (
        gettext_lazy("The log’s signature on the receipt is missing or is not the one it made."),
        _COPY_AGAIN,
    ),
    Doubt.WITNESS_SIGNATURE: (
        gettext_lazy("A witness’s signature on the receipt is not the one it gave."),
        _COPY_AGAIN,
    ),
    Doubt.NOT_INCLUDED: (
        gettext_lazy("The proof in the receipt does not lead from its movement to the log."),
        _COPY_AGAIN,
    ),
    Doubt.LOG_CHANGED: (
        gettext_lazy("The receipt is as it was signed, but the log kept here was changed since."),
        gettext_lazy("Keep this receipt: it is evidence. Show it to an auditor."),
    ),
}

KINDS = {
    MovementKind.POST: gettext_lazy("paid at once"),
    MovementKind.HOLD: gettext_lazy("set aside, not paid yet"),
    MovementKind.CAPTURE: gettext_lazy("paid out of money that was set aside"),
    MovementKind.VOID: gettext_lazy("released: it had been set aside and was not paid"),
    MovementKind.EXPIRE: gettext_lazy("released, because the time to pay it had passed"),
}
CAUSES = {
    CauseKind.DETERMINATION: gettext_lazy("a determination: a rule applied to facts"),
    CauseKind.INSTRUCTION: gettext_lazy("an order that follows from an earlier one"),
}


def refusal(reason: str, detail: str = "") -> Refusal:
    """A refusal in the language of the page."""
    wrong, step = REFUSALS[reason]
    return Refusal(str(wrong), str(step), detail)


@dataclass(frozen=True, slots=True)
class Opening:
    """An opened leaf in words."""

    amount: str
    what: str
    kind: str
    cause: str
    actor: str
    effective_at: datetime
    transfer: UUID
    debit: UUID
    credit: UUID


def opening(movement: Movement | None) -> Opening | None:
    """What the movement of a receipt says, None where the receipt does not show it."""
    if movement is None:
        return None
    return Opening(
        amount=_amount(movement),
        what=str(words.TRANSFERS.get(movement.code, words.code_words(movement.code))),
        kind=str(KINDS[movement.kind]),
        cause=str(CAUSES[movement.cause_kind]),
        actor=words.actor(movement.actor),
        effective_at=movement.effective_at,
        transfer=movement.transfer,
        debit=movement.debit,
        credit=movement.credit,
    )


def _amount(movement: Movement) -> str:
    if movement.unit == "USD":
        return format_cents(movement.amount_cents)
    return f"{Decimal(movement.amount_cents).scaleb(-2):,} {movement.unit}"
