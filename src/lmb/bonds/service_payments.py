"""The only functions that pay holders: coupons, amounts on the whole issue, redemption.

    open a run: who held at the record date, what each gets, the money set aside   (one transaction)
        └──▶ carry it on: a batch of holders at a time, each its own transaction, to the end

What could not be paid is in `service_unclaimed`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction
from uuid import UUID

from django.db import connection

from lmb.bonds import accounts, models, queries, service_coupons
from lmb.bonds import queries_coupons as coupons
from lmb.bonds import queries_payments as payments
from lmb.bonds import queries_registry as registry
from lmb.bonds.dated_rules import INTEREST_RULE
from lmb.bonds.payments.determined import PeriodPayments, period_payments
from lmb.bonds.payments.redemption import Redemption
from lmb.bonds.payments.shares import Entitlement, Payment, Rounding, half_up_cents
from lmb.bonds.queries import BondOnFile
from lmb.bonds.queries_payments import INTEREST, ONCE, REDEMPTION, RunOnFile
from lmb.bonds.schedule import InterestPeriod
from lmb.bonds.service import DESK
from lmb.ledger.entries import Cause, Item, Journal, Post
from lmb.ledger.queries import balance
from lmb.ledger.service import Books, instruct, open_accounts, post, post_or_refuse
from lmb.rules.parameters import in_force
from lmb.rules.sessions import house
from lmb.values.canonical import Document
from lmb.values.clock import fiscal_date, moment
from lmb.values.errors import RefusedError
from lmb.values.identifiers import derived_uuid7

ITEMS_AT_ONCE = 1000
"""Items posted in one transaction: a batch of the books."""

DECLARED_ROUNDING = {
    "half-up per holder": Rounding.PER_HOLDER,
    "largest remainder": Rounding.LARGEST_REMAINDER,
}
"""What `cent_rounding` of the rule `interest-payment` can declare."""

NOTHING = Payment(Fraction(0))

Watcher = Callable[[RunOnFile], None]
"""Is told after each batch how far a run is."""


@dataclass(frozen=True, slots=True)
class _NewRun:
    """A run to open. Either `payment` says what is paid per cent of par, or `total_cents` what is
    paid on the whole issue."""

    kind: str
    period: InterestPeriod
    cause: Cause
    rounding: Rounding
    payment: Payment = NOTHING
    total_cents: int | None = None


# ── coupons ───────────────────────────────────────────────────────────────────────────────────


def pay_coupon(
    books: Books,
    bond: BondOnFile,
    number: int,
    watch: Watcher | None = None,
    rounding: Rounding | None = None,
) -> UUID:
    """Pay every holder of record the coupon of an interest period, and what the terms determined
    to pay once with it; returns the determination.

    Interrupted, it goes on after the last batch that was paid; a holder is paid once. `rounding` is
    what the bond's terms declare; where they are silent, the rule `interest-payment` does.
    """
    run = open_coupon_run(books, bond, number, rounding)
    carry_on(books, bond, run, watch)
    once_cents = _determined(bond, number).once_cents
    if once_cents:
        once = open_once_run(
            books, bond, number, once_cents, "as the terms determined", follows=run.cause.id
        )
        carry_on(books, bond, once, watch)
    return run.cause.id


@house()
def open_coupon_run(
    books: Books, bond: BondOnFile, number: int, rounding: Rounding | None = None
) -> RunOnFile:
    """Fix who gets how much of a determined coupon, and set the money aside.

    A coupon nobody determined in time is determined now, from what was verified in time. Raises
    RefusedError before the payment date, and while another run of the bond is not paid.
    """
    opened = payments.run(bond, INTEREST, number)
    if opened is not None:
        return opened
    determination = service_coupons.determine_coupon(books, bond, number)
    period = _period(bond, number)
    declared = in_force(INTEREST_RULE, period.pays_on).values["cent_rounding"]
    run = _open(
        books,
        bond,
        _NewRun(
            INTEREST,
            period,
            Cause.determination(determination),
            rounding or DECLARED_ROUNDING[str(declared)],
            _determined(bond, number).interest,
        ),
    )
    _appropriate(books, bond, run, f"{bond.cusip}/interest/{number}/interest-appropriation")
    return run


@house()
def open_once_run(
    books: Books, bond: BondOnFile, period: int, total_cents: int, reason: str, *, follows: UUID
) -> RunOnFile:
    """Fix what every holder gets of one amount on the whole issue, paid with a period: an outcome
    payment of the terms, which `follows` a determination. It is shared out by largest remainder,
    to the last cent."""
    if total_cents < 0:
        raise RefusedError("holders are paid, they do not pay: an amount is not below zero")
    opened = payments.run(bond, ONCE, period)
    if opened is not None:
        return opened
    order = instruct(
        books,
        kind="outcome-payment",
        subject=f"{bond.cusip}/{period}",
        document={
            "cusip": bond.cusip,
            "period": period,
            "total_cents": total_cents,
            "reason": reason,
            "follows": str(follows),
        },
        actor=DESK,
    )
    cause, terms = Cause.instruction(order), _period(bond, period)
    new = _NewRun(ONCE, terms, cause, Rounding.LARGEST_REMAINDER, total_cents=total_cents)
    run = _open(books, bond, new)
    _appropriate(books, bond, run, f"{bond.cusip}/once/{period}/interest-appropriation")
    return run


def pay_determined(
    books: Books, bond: BondOnFile, number: int, watch: Watcher | None = None
) -> None:
    """Pay all that was determined for a period: the coupon, an amount on the whole issue, and the
    bond itself where it ends."""
    pay_coupon(books, bond, number, watch)
    ending = _determined(bond, number).redemption
    if ending is not None:
        carry_on(books, bond, open_redemption_run(books, bond, ending), watch)


def _determined(bond: BondOnFile, number: int) -> PeriodPayments:
    return period_payments(bond.terms, coupons.determined_coupon(bond, number).result)


# ── redemption ────────────────────────────────────────────────────────────────────────────────


def redeem(books: Books, bond: BondOnFile, watch: Watcher | None = None) -> UUID:
    """Pay every holder what the terms determined to repay, at maturity or before, and take the
    bonds back; returns the instruction. Raises RefusedError while no coupon ends the bond."""
    service_coupons.determine_due_coupons(books, bond)
    last = [one for one in coupons.coupons(bond) if one.redemption_percent is not None]
    if not last:
        raise RefusedError(
            f"no coupon determined so far ends bond {bond.cusip}; it matures on "
            f"{bond.terms.matures_on}"
        )
    redemption = period_payments(bond.terms, last[0].result).redemption
    assert redemption is not None, "a coupon that ends the bond says at what"
    run = open_redemption_run(books, bond, redemption)
    carry_on(books, bond, run, watch)
    return run.cause.id


@house()
def open_redemption_run(books: Books, bond: BondOnFile, redemption: Redemption) -> RunOnFile:
    """Order the redemption of a bond with the end of an interest period, at maturity or before by
    a clause of its terms; fix who gets how much and set the money aside.

    A guarantee tranche pays its part first. Raises RefusedError for a day on which no period ends,
    before the payment date, and while trades wait for their settlement.
    """
    ending = [each for each in bond.terms.schedule.periods() if each.ends_on == redemption.on]
    if not ending:
        raise RefusedError(
            f"bond {bond.cusip} can be redeemed when an interest period ends, not on "
            f"{redemption.on}"
        )
    period = ending[0]
    opened = payments.run(bond, REDEMPTION, period.number)
    if opened is not None:
        return opened
    waiting = registry.pending_trades(bond)
    if waiting:
        raise RefusedError(
            f"trade {waiting[0].reference} of bond {bond.cusip} waits for its settlement"
            f"{_and_others(len(waiting) - 1)}; settle or fail what waits first"
        )
    at_maturity = redemption == Redemption(bond.terms.matures_on, "maturity")
    document: dict[str, Document] = {"cusip": bond.cusip}
    if at_maturity:
        document["matures_on"] = bond.terms.matures_on.isoformat()
    else:
        document.update(redemption.document())
    determined = coupons.coupon(bond, period.number)
    follows = determined.determination if determined else queries.auction_determination(bond)
    document["follows"] = str(follows.id)
    order = instruct(books, kind="redemption", subject=bond.cusip, document=document, actor=DESK)
    cause = Cause.instruction(order)
    new = _NewRun(REDEMPTION, period, cause, Rounding.PER_HOLDER, redemption.payment)
    run = _open(books, bond, new)
    _call_guarantee(books, bond, redemption, run)
    _appropriate(books, bond, run, f"{bond.cusip}/principal/principal-appropriation")
    return run


def _call_guarantee(books: Books, bond: BondOnFile, redemption: Redemption, run: RunOnFile) -> None:
    """Bring in what a third party makes up, rounded half up to the cent once."""
    tranche = redemption.tranche
    cents = 0 if tranche is None else half_up_cents(tranche.percent / 100 * run.par_cents)
    if tranche is None or cents == 0:
        return
    source = accounts.guarantor(tranche.guarantor)
    open_accounts(books, [accounts.guarantor_account(tranche.guarantor)])
    key = f"{bond.cusip}/guarantee/{run.number}"
    item = Post(key, source, accounts.debt_service(bond.cusip), cents, "guarantee")
    post_or_refuse(books, [Journal(key, "guarantee", DESK, run.cause, [item])])


# ── any run ───────────────────────────────────────────────────────────────────────────────────


def carry_on(
    books: Books, bond: BondOnFile, run: RunOnFile, watch: Watcher | None = None
) -> RunOnFile:
    """Pay the holders of a run that have not been paid, batch by batch, each batch a transaction;
    returns the run as paid. Memory does not grow with the number of holders."""
    while not run.is_paid:
        run = _pay_batch(books, bond, run)
        if watch is not None:
            watch(run)
    return run


@house()
def _pay_batch(books: Books, bond: BondOnFile, run: RunOnFile) -> RunOnFile:
    # A holder is one item, two with a bonus; three in a redemption above par.
    items_each = 1 + (run.kind == REDEMPTION) + (run.bonus_cents > 0)
    limit = ITEMS_AT_ONCE // items_each
    batch = payments.entitlements(run, after=run.paid_through, limit=limit)
    stopped = payments.stopped(books.cell, [entitled.account for entitled in batch])
    unpayable = {entitled.account for entitled in batch if entitled.account in stopped}
    _open_unclaimed(books, bond, unpayable)
    _post_or_set_aside(books, bond, run, batch, unpayable)
    through = run.paid_through + len(batch)
    models.PaymentBatch.objects.create(
        cell=books.cell, run=run.id, through=through, recorded_at=books.now()
    )
    return replace(run, paid_through=through)


def _post_or_set_aside(
    books: Books,
    bond: BondOnFile,
    run: RunOnFile,
    batch: Sequence[Entitlement],
    unpayable: Set[str],
) -> None:
    """Post a batch; money for an account that takes none (it is frozen) is set aside for its
    holder. Any other refusal stops the run, and nothing of the batch stands."""
    items = {
        one.account: _items(bond, run, one, unclaimed=one.account in unpayable) for one in batch
    }
    account_of = {item.key: account for account, each in items.items() for item in each}
    told = [answer for each in post(books, _journals(bond, run, items)) for answer in each]
    refused = [answer for answer in told if not answer.stands]
    closed = {account_of[one.key] for one in refused if one.result == "account_not_open"}
    for answer in refused:
        if account_of[answer.key] not in closed:
            raise RefusedError(f"the books refused {answer.key}: {answer.result.replace('_', ' ')}")
    if closed:
        _open_unclaimed(books, bond, closed)
        again = {
            one.account: _items(bond, run, one, unclaimed=True)
            for one in batch
            if one.account in closed
        }
        post_or_refuse(books, _journals(bond, run, again, SET_ASIDE))


SET_ASIDE = "/set-aside"
"""Ends the keys of what went to a holder's unclaimed account instead of the holder."""


def _journals(
    bond: BondOnFile, run: RunOnFile, items: Mapping[str, Sequence[Item]], ending: str = ""
) -> Iterator[Journal]:
    """The journals that pay some holders: one for all, in which every payment stands alone; where
    bonds come back, one for each holder, whose bonds and money move together or not at all."""
    if run.kind == REDEMPTION:
        for account, each in items.items():
            key = f"{bond.cusip}/redemption/{account}{ending}"
            yield Journal(key, "redemption", DESK, run.cause, each)
    else:
        paid = [item for each in items.values() for item in each]
        if paid:
            key = f"{bond.cusip}/{run.kind}/{run.number}/from/{next(iter(items))}{ending}"
            yield Journal(key, "interest", DESK, run.cause, paid, linked=False)


def _items(
    bond: BondOnFile, run: RunOnFile, entitled: Entitlement, *, unclaimed: bool
) -> Sequence[Item]:
    """What pays one holder: to the holder, or to the account where the money waits."""
    cusip, account = bond.cusip, entitled.account
    ending = SET_ASIDE if unclaimed else ""
    payee = accounts.unclaimed(cusip, account) if unclaimed else accounts.investor(account)
    source = accounts.debt_service(cusip)
    items: list[Item] = []
    if run.kind == REDEMPTION:
        key = f"{cusip}/redemption/{account}{ending}"
        holding, issuer = accounts.holding(cusip, account), accounts.issued(cusip)
        items.append(Post(f"{key}/bond", holding, issuer, entitled.par_cents, "retirement"))
        if entitled.base_cents:
            items.append(Post(f"{key}/principal", source, payee, entitled.base_cents, "principal"))
        if entitled.bonus_cents:
            items.append(Post(f"{key}/premium", source, payee, entitled.bonus_cents, "premium"))
        return items
    codes = ("interest", "bonus") if run.kind == INTEREST else ("outcome-payment", "bonus")
    for code, cents in zip(codes, (entitled.base_cents, entitled.bonus_cents), strict=True):
        if cents:
            key = f"{cusip}/{code}/{run.number}/{account}{ending}"
            items.append(Post(key, source, payee, cents, code))
    return items


def _open_unclaimed(books: Books, bond: BondOnFile, codes: set[str]) -> None:
    if codes:
        open_accounts(
            books, [accounts.unclaimed_account(bond.cusip, code) for code in sorted(codes)]
        )


def _open(books: Books, bond: BondOnFile, new: _NewRun) -> RunOnFile:
    """Put a run on file with every entitlement."""
    if fiscal_date(books.now()) < new.period.pays_on:
        raise RefusedError(
            f"the {new.kind} of bond {bond.cusip} with period {new.period.number} is paid on "
            f"{new.period.pays_on}, not before"
        )
    unfinished = [run for run in payments.runs(bond) if not run.is_paid]
    if unfinished:
        raise RefusedError(
            f"the {unfinished[0].kind} of period {unfinished[0].number} of bond {bond.cusip} is "
            "not paid to the end; carry it on first"
        )
    closes_on = coupons.period_plan(bond, new.period.number).record_on + timedelta(days=1)
    # Bonds are paid back to whoever brings them; interest goes to who held at the record date.
    as_of_now = new.kind == REDEMPTION
    document = {
        **_document(books, bond, new, books.now() if as_of_now else moment(closes_on, 0)),
        "as_of_now": as_of_now,
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT bonds_open_payment_run(%s)", [json.dumps(document)])
    opened = payments.run(bond, new.kind, new.period.number)
    assert opened is not None, "the function puts it on file or raises"
    return opened


def _document(
    books: Books, bond: BondOnFile, new: _NewRun, record_at: datetime
) -> dict[str, Document]:
    number = new.period.number
    key = (str(books.cell), "payment-run", bond.cusip, new.kind, str(number))
    paid, total_cents = new.payment, new.total_cents
    return {
        "cell": books.cell,
        "id": str(derived_uuid7(books.now(), *key)),
        "bond": str(bond.id),
        "kind": new.kind,
        "number": number,
        new.cause.kind: str(new.cause.id),
        "rounding": str(new.rounding),
        "record_at": record_at.isoformat(),
        "recorded_at": books.now().isoformat(),
        "unit": accounts.face_unit(bond.cusip),
        "base_numerator": str(paid.base.numerator),
        "base_denominator": str(paid.base.denominator),
        "bonus_numerator": str(paid.bonus.numerator),
        "bonus_denominator": str(paid.bonus.denominator),
        "total_cents": None if total_cents is None else str(total_cents),
    }


def _appropriate(books: Books, bond: BondOnFile, run: RunOnFile, key: str) -> None:
    """Bring in from the appropriation what a run needs beyond what is set aside for it."""
    target = accounts.debt_service(bond.cusip)
    missing_cents = run.total_cents - balance(books.cell, target).available_cents
    if missing_cents > 0:
        code = key.rpartition("/")[2]
        item = Post(key, accounts.APPROPRIATION, target, missing_cents, code)
        post_or_refuse(books, [Journal(key, "appropriation", DESK, run.cause, [item])])


def _period(bond: BondOnFile, number: int) -> InterestPeriod:
    return bond.terms.schedule.periods()[number - 1]


def _and_others(count: int) -> str:
    return f", and {count:,} more" if count else ""
