"""The books once more, in plain Python: what every answer and balance must be. It knows lines of
little ledgers and nothing of the database."""

from __future__ import annotations

import json
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass

from tests.ledger.books import Line

AMOUNT_MAX = 2**63 - 1


@dataclass
class ModelAccount:
    unit: str
    limit: str | None
    expires: str | None
    fund: str | None
    purpose: str | None
    debits: int = 0
    credits: int = 0
    going_out: int = 0
    coming_in: int = 0

    def room_out(self) -> int:
        limited = self.limit == "debits<=credits"
        return self.credits - self.debits - self.going_out if limited else AMOUNT_MAX

    def room_in(self) -> int:
        limited = self.limit == "credits<=debits"
        return self.debits - self.credits - self.coming_in if limited else AMOUNT_MAX


@dataclass
class ModelHold:
    debit: ModelAccount
    credit: ModelAccount
    left: int
    until: str | None
    state: str = "open"


class RefusedTransferError(Exception):
    """A transfer is refused; the message is the answer."""


class Model:
    def __init__(self) -> None:
        self.now = ""
        self.accounts: dict[str, ModelAccount] = {}
        self.holds: dict[str, ModelHold] = {}
        self.answers: dict[str, tuple[str, str]] = {}

    def open(self, line: Line) -> None:
        told = line.options.get
        self.accounts[line.words[1]] = ModelAccount(
            told("unit", "USD"), told("limit"), told("expires"), told("fund"), told("purpose")
        )

    def answer(self, journal: Sequence[Line]) -> list[str]:
        """What the books must answer to a journal."""
        if any(line.key in self.answers for line in journal):
            return [self.remembered(line) for line in journal]
        results = self.post(journal)
        for line, result in zip(journal, results, strict=True):
            self.answers[line.key] = (content(line), result)
        return results

    def remembered(self, line: Line) -> str:
        known, result = self.answers.get(line.key, (content(line), "linked_failed"))
        if known != content(line):
            return "exists_with_different_content"
        return "exists" if result == "ok" else result

    def post(self, journal: Sequence[Line]) -> list[str]:
        before = deepcopy((self.accounts, self.holds))
        for position, line in enumerate(journal):
            try:
                self.apply(line)
            except RefusedTransferError as refusal:
                self.accounts, self.holds = before
                results = ["linked_failed"] * len(journal)
                results[position] = str(refusal)
                return results
        return ["ok"] * len(journal)

    def apply(self, line: Line) -> None:
        if line.verb in ("post", "hold"):
            self.between(line, *line.arguments)
        else:
            self.from_hold(line, *line.arguments)
        for account in self.accounts.values():
            sums = (account.debits, account.credits, account.going_out, account.coming_in)
            refuse_if(max(sums) > AMOUNT_MAX, "overflow")

    def between(self, line: Line, debit_code: str, credit_code: str, text: str) -> None:
        amount = whole(text)
        debit, credit = self.accounts.get(debit_code), self.accounts.get(credit_code)
        if debit is None or credit is None:
            raise RefusedTransferError("unknown_account")
        refuse_if(debit is credit, "same_account")
        refuse_if(debit.unit != credit.unit, "unit_mismatch")
        both_funded = debit.fund is not None and credit.fund is not None
        refuse_if(both_funded and debit.fund != credit.fund, "fund_mismatch")
        bound = credit.fund is not None and debit.purpose is not None
        refuse_if(bound and debit.purpose != credit.purpose, "purpose_mismatch")
        refuse_if(debit.expires is not None and debit.expires <= self.now, "account_expired")
        refuse_if(amount > debit.room_out() or amount > credit.room_in(), "exceeds_balance")
        if line.verb == "hold":
            self.holds[line.key] = ModelHold(debit, credit, amount, line.options.get("until"))
            debit.going_out += amount
            credit.coming_in += amount
        else:
            debit.debits += amount
            credit.credits += amount

    def from_hold(self, line: Line, key: str, text: str | None = None) -> None:
        amount = None if text is None else whole(text)
        hold = self.holds.get(key)
        if hold is None:
            raise RefusedTransferError("unknown_hold")
        refuse_if(hold.state == "expired", "hold_expired")
        refuse_if(hold.state == "closed", "hold_closed")
        past = hold.until is not None and hold.until <= self.now
        refuse_if(line.verb == "capture" and past, "hold_expired")
        refuse_if(line.verb == "expire" and not past, "hold_not_expired")
        refuse_if(amount is not None and amount > hold.left, "exceeds_hold")
        captured = amount or 0
        final = line.verb != "capture" or line.options.get("final") == "yes"
        taken = hold.left if final else captured
        hold.left -= taken
        hold.debit.going_out -= taken
        hold.credit.coming_in -= taken
        hold.debit.debits += captured
        hold.credit.credits += captured
        if hold.left == 0:
            hold.state = "expired" if line.verb == "expire" else "closed"


def refuse_if(wrong: bool, result: str) -> None:
    if wrong:
        raise RefusedTransferError(result)


def whole(text: str) -> int:
    amount = json.loads(text)
    refuse_if(type(amount) is not int or not 1 <= amount <= AMOUNT_MAX, "invalid_amount")
    return int(amount)


def content(line: Line) -> str:
    return " ".join([*line.words, *sorted(f"{key}={told}" for key, told in line.options.items())])
