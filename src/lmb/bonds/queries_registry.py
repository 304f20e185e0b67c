"""The only functions that read who holds a bond, in which accounts, and what they traded."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist

from lmb.bonds import accounts, models, queries
from lmb.bonds.auction.announcement import FIRST_AUCTION
from lmb.bonds.queries import AwardOnFile, BondOnFile
from lmb.bonds.registry.custody import Mode, positions
from lmb.bonds.registry.lots import AccountLots, Acquired, Flow, lots_of
from lmb.ledger import queries as ledger
from lmb.ledger.queries import Balance, Movement
from lmb.values.clock import fiscal_date
from lmb.values.errors import NotFoundError

PRICE_CODES = frozenset({"bond-price", "trade-price", "principal"})
ACCRUED_CODES = frozenset({"accrued-interest", "trade-accrued"})
FACE_CODES = frozenset({"delivery", "trade", "transfer", "retirement"})
ACQUIRED = {"delivery": Acquired.AUCTION, "trade": Acquired.TRADE}
"""How bonds were acquired, by the code of the movement that brought them."""


@dataclass(frozen=True, slots=True)
class TradeOnFile:
    """A trade as agreed, with the order and the hold of the seller's bonds in the books."""

    id: UUID
    reference: str
    seller: str
    buyer: str
    face_cents: int
    price_per_100: Decimal
    traded_on: date
    settles_on: date
    principal_cents: int
    accrued_cents: int
    instruction: UUID
    hold: UUID


@dataclass(frozen=True, slots=True)
class UnpaidAward:
    """An award that was not paid for on the issue date; `ended` is how that ended, None while it
    has not: `paid` or `cancelled`."""

    award: AwardOnFile
    ended: str | None


def modes(cell: int, codes: Collection[str]) -> dict[str, Mode]:
    """How some securities accounts are held. Raises NotFoundError for one that is not open."""
    rows = models.SecuritiesAccount.objects.filter(cell=cell, code__in=codes)
    found = {row.code: Mode(row.mode) for row in rows}
    missing = sorted(set(codes) - set(found))
    if missing:
        raise NotFoundError(f"there is no securities account {missing[0]}; open it first")
    return found


def position_cents(bond: BondOnFile, code: str) -> int:
    """The face amount an account holds, nothing where it never held any."""
    found = _balance(bond, code)
    return 0 if found is None else found.posted_cents


def available_cents(bond: BondOnFile, code: str) -> int:
    """What an account holds and no pending trade has set aside."""
    found = _balance(bond, code)
    return 0 if found is None else found.available_cents


def custody(bond: BondOnFile) -> dict[str, int]:
    """What every account and custodian answers for now, in cents of face amount, by code."""
    held = ((holding.investor, holding.par_cents) for holding in queries.holdings(bond))
    return dict(positions(held))


def trade(bond: BondOnFile, reference: str) -> TradeOnFile:
    """A trade by its reference. Raises NotFoundError for an unknown one."""
    row = models.Trade.objects.filter(cell=bond.cell, bond=bond.id, reference=reference).first()
    if row is None:
        raise NotFoundError(f"there is no trade {reference} in bond {bond.cusip}")
    return _trade(row)


def pending_trades(bond: BondOnFile) -> list[TradeOnFile]:
    """Trades that neither settled nor failed, by settlement date."""
    rows = models.Trade.objects.filter(cell=bond.cell, bond=bond.id)
    trades = [_trade(row) for row in rows.order_by("settles_on", "id")]
    waiting = ledger.open_holds(bond.cell, [one.hold for one in trades])
    return [one for one in trades if one.hold in waiting]


def unpaid_awards(bond: BondOnFile, number: int = FIRST_AUCTION) -> list[UnpaidAward]:
    """The awards of an auction that were not paid for on the issue date, in order of the bids."""
    events = models.AwardEvent.objects.filter(cell=bond.cell, bond=bond.id, auction=number)
    by_bid: dict[UUID, set[str]] = {}
    for row in events:
        by_bid.setdefault(row.bid, set()).add(row.event)
    if not by_bid:
        return []
    return [
        UnpaidAward(award, next(iter(by_bid[award.bid] - {"unpaid"}), None))
        for award in queries.awards(bond, number)
        if award.bid in by_bid
    ]


def bought_at_auction_cents(bond: BondOnFile, code: str, issued_after: date) -> int:
    """The face amount delivered to an account at auctions issued after a day."""
    issued_on = {FIRST_AUCTION: bond.terms.issue_on}
    for on_file in queries.reopenings(bond):
        issued_on[on_file.reopening.number] = on_file.reopening.issue_on
    recent = [number for number, day in issued_on.items() if day > issued_after]
    rows = models.Award.objects.filter(cell=bond.cell, bond=bond.id, auction__in=recent)
    never_came = {
        one.award.bid
        for number in recent
        for one in unpaid_awards(bond, number)
        if one.ended != "paid"
    }
    return sum(row.par_cents for row in rows.filter(bidder=code) if row.bid not in never_came)


def lots(bond: BondOnFile, code: str, until: date | None = None) -> AccountLots:
    """The lots of an account and what it disposed of, read off the books: now, or as they were at
    the end of a day."""
    wanted, seen = [code], set()
    movements: dict[UUID, Movement] = {}
    while wanted:
        account = wanted.pop()
        seen.add(account)
        for movement in _face_movements(bond, account):
            movements[movement.id] = movement
            # Bonds that came without payment bring day and cost from where they were.
            source = _holder(bond, movement.debit)
            if movement.code == "transfer" and source not in seen and source is not None:
                wanted.append(source)
    in_order = sorted(
        (
            movement
            for movement in movements.values()
            if until is None or fiscal_date(movement.effective_at) <= until
        ),
        key=lambda movement: movement.seq,
    )
    flows = _flows(bond, in_order, seen)
    return lots_of(flows).get(code, AccountLots())


def _face_movements(bond: BondOnFile, code: str) -> list[Movement]:
    if _balance(bond, code) is None:
        return []
    holding = accounts.holding(bond.cusip, code)
    return [
        movement
        for movement in ledger.movements_of_account(bond.cell, holding)
        if movement.kind in ledger.POSTED and movement.code in FACE_CODES
    ]


def _balance(bond: BondOnFile, code: str) -> Balance | None:
    try:
        return ledger.balance(bond.cell, accounts.holding(bond.cusip, code))
    except ObjectDoesNotExist:
        return None


def _flows(bond: BondOnFile, movements: list[Movement], known: set[str]) -> Iterator[Flow]:
    """The movements of face amount with what was paid for them in the same journal."""
    paid: dict[UUID, dict[str, int]] = {}
    for movement in ledger.movements_of_journals(bond.cell, [each.journal for each in movements]):
        if movement.unit == "USD" and movement.kind in ledger.POSTED:
            amounts = paid.setdefault(movement.journal, {})
            amounts[movement.code] = amounts.get(movement.code, 0) + movement.amount_cents
    for movement in movements:
        amounts = paid.get(movement.journal, {})
        debit, credit = _holder(bond, movement.debit), _holder(bond, movement.credit)
        yield Flow(
            on=fiscal_date(movement.effective_at),
            # What the other side of a trade does with its own lots is not asked here.
            debit=debit if debit in known else None,
            credit=credit if credit in known else None,
            face_cents=movement.amount_cents,
            how=ACQUIRED.get(movement.code),
            price_cents=None
            if movement.code == "transfer"
            else sum(amounts.get(code, 0) for code in PRICE_CODES),
            accrued_cents=sum(amounts.get(code, 0) for code in ACCRUED_CODES),
        )


def _holder(bond: BondOnFile, account: str) -> str | None:
    """The securities account behind an account of the books; None for the issuer's."""
    prefix = accounts.holding(bond.cusip, "")
    return account.removeprefix(prefix) if account.startswith(prefix) else None


def _trade(row: models.Trade) -> TradeOnFile:
    return TradeOnFile(
        id=row.id,
        reference=row.reference,
        seller=row.seller,
        buyer=row.buyer,
        face_cents=row.face_cents,
        price_per_100=row.price_per_100,
        traded_on=row.traded_on,
        settles_on=row.settles_on,
        principal_cents=row.principal_cents,
        accrued_cents=row.accrued_cents,
        instruction=row.instruction,
        hold=row.hold,
    )
