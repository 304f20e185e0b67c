"""How wallets pay in a script: from all their accounts for a purpose, all or nothing."""

from __future__ import annotations

from lmb.ledger import entries, models, operations, service
from lmb.ledger.entries import NOT_OVERDRAWN, NewAccount
from lmb.ledger.script_movements import ACTOR, Answer, Movements, code_of
from lmb.ledger.service import Books
from lmb.ledger.spending import Pocket, shares
from lmb.values.canonical import Document


class Wallets:
    """The wallets of scratch books: an account belongs to the wallet that owns it."""

    def __init__(self, books: Books, movements: Movements) -> None:
        self._books = books
        self._movements = movements
        self._spends: dict[str, tuple[operations.Spend, Answer]] = {}

    def spend(self, spend: operations.Spend) -> Answer:
        """Pay from a wallet as one journal; its first item has the spend's own key."""
        if spend.key in self._spends:
            before, known = self._spends[spend.key]
            if before != spend:
                return {"result": "exists_with_different_content"}
            return {**known, "result": "exists"} if known["result"] == "ok" else known
        parts = self._parts(spend)
        items = [
            # Keys that start with a blank are nobody else's: those in a script never do.
            entries.Post(
                f" {spend.key} {number}" if number else spend.key,
                account,
                spend.to,
                cents,
                code_of("spend", spend.amount),
            )
            for number, (account, cents) in enumerate(parts)
        ]
        (results,) = self._movements.post([items], kind="spend")
        result = next((each for each in results if each != "linked_failed"), "linked_failed")
        taken: list[Document] = [{"account": account, "cents": cents} for account, cents in parts]
        answer: Answer = {"result": "ok", "parts": taken} if result == "ok" else {"result": result}
        self._spends[spend.key] = (spend, answer)
        return answer

    def _parts(self, spend: operations.Spend) -> list[tuple[str, int]]:
        """What each of the wallet's accounts is asked for."""
        accounts = models.Account.objects.filter(cell=self._books.cell)
        wallet = accounts.filter(owner=spend.wallet)
        if not wallet.exists():
            return [(" no such wallet", spend.amount.cents)]
        to = accounts.filter(code=spend.to).first()
        unit = to.unit if to is not None else "USD"
        if not wallet.filter(unit=unit).exists():
            # The books then answer that the units differ.
            return [(wallet.values_list("code", flat=True)[0], spend.amount.cents)]
        pockets = [
            Pocket(
                account=row.code,
                available_cents=row.posted_credit_cents
                - row.posted_debit_cents
                - row.held_debit_cents,
                limited=row.limit_side == NOT_OVERDRAWN,
                expires_at=row.expires_at,
            )
            for row in wallet.filter(purpose=spend.purpose, unit=unit)
            if row.expires_at is None or row.expires_at > self._books.now()
        ]
        if not pockets:
            pockets = [self._empty_pocket(unit)]
        return shares(pockets, spend.amount.cents)

    def _empty_pocket(self, unit: str) -> Pocket:
        """An account that never has anything, so that the books themselves refuse, and remember
        it, where no account of a wallet may pay. No script can name it."""
        code = f" nothing in {unit}"
        terms = NewAccount(code, ACTOR, owner=" ", unit=unit, limit_side=NOT_OVERDRAWN)
        service.open_accounts(self._books, [terms])
        return Pocket(code, 0, limited=True, expires_at=None)
