"""The only functions for payments that do not arrive: stopped, returned, and claimed at last."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Max

from lmb.bonds import accounts, models
from lmb.bonds import queries_payments as payments
from lmb.bonds import queries_registry as registry
from lmb.bonds.queries import BondOnFile
from lmb.bonds.queries_payments import RunOnFile
from lmb.bonds.service import DESK
from lmb.ledger.entries import Cause, Journal, Post
from lmb.ledger.service import Books, instruct, open_accounts, post_or_refuse
from lmb.rules.sessions import house
from lmb.values.errors import NotFoundError, RefusedError


@house()
def stop_payments(books: Books, account: str, reason: str) -> None:
    """From now on what is due to an account waits for its holder: an unknown address, a freeze."""
    _record_stop(books, account, stopped=True, reason=reason)


@house()
def resume_payments(books: Books, account: str, reason: str) -> None:
    """From now on an account is paid again; what waits is paid when it is claimed."""
    _record_stop(books, account, stopped=False, reason=reason)


@house()
def return_payment(
    books: Books, bond: BondOnFile, run: RunOnFile, account: str, reason: str
) -> UUID:
    """Take back a payment that the holder's bank sent back; it waits as unclaimed. A payment comes
    back once. Returns the instruction."""
    entitled = payments.entitlement(run, account)
    cents = entitled.base_cents + entitled.bonus_cents
    if not payments.was_paid(run, entitled.account):
        raise RefusedError(f"{account} has not been paid by this run, so nothing can come back")
    if cents == 0:
        raise RefusedError(f"{account} got nothing from this run, so nothing can come back")
    subject = f"{bond.cusip}/{run.kind}/{run.number}/{account}"
    order = instruct(
        books,
        kind="returned-payment",
        subject=subject,
        document={
            "account": account,
            "amount_cents": cents,
            "reason": reason,
            "follows": str(run.cause.id),
        },
        actor=DESK,
    )
    open_accounts(books, [accounts.unclaimed_account(bond.cusip, account)])
    key = f"{subject}/returned"
    item = Post(
        key,
        accounts.investor(account),
        accounts.unclaimed(bond.cusip, account),
        cents,
        "returned-payment",
    )
    post_or_refuse(
        books, [Journal(key, "returned-payment", DESK, Cause.instruction(order), [item])]
    )
    return order


@house()
def pay_unclaimed(books: Books, bond: BondOnFile, account: str, reference: str) -> UUID:
    """Pay a holder all that waits of a bond. `reference` names the claim; the same claim again
    pays nothing more. Raises RefusedError while payments to the account are stopped."""
    if account in payments.stopped(books.cell, [account]):
        raise RefusedError(f"payments to {account} are stopped; resume them first")
    subject = f"{bond.cusip}/{account}/{reference}"
    cents = payments.unclaimed_cents(bond).get(account, 0)
    claimed = payments.claim(bond, subject)
    if claimed is not None:
        return claimed
    if cents == 0:
        raise NotFoundError(f"nothing of bond {bond.cusip} waits for {account}")
    order = instruct(
        books,
        kind="claim",
        subject=subject,
        document={"account": account, "amount_cents": cents, "reference": reference},
        actor=DESK,
    )
    key = f"{subject}/claimed"
    item = Post(
        key,
        accounts.unclaimed(bond.cusip, account),
        accounts.investor(account),
        cents,
        "claimed-payment",
    )
    post_or_refuse(books, [Journal(key, "claimed-payment", DESK, Cause.instruction(order), [item])])
    return order


def _record_stop(books: Books, account: str, *, stopped: bool, reason: str) -> None:
    registry.modes(books.cell, [account])
    if (account in payments.stopped(books.cell, [account])) == stopped:
        return
    rows = models.PaymentStop.objects.filter(cell=books.cell, account=account)
    last = rows.aggregate(last=Max("number"))["last"] or 0
    models.PaymentStop.objects.create(
        cell=books.cell,
        account=account,
        number=last + 1,
        stopped=stopped,
        reason=reason,
        recorded_at=books.now(),
    )
