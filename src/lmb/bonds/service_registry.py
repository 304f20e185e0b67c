"""The only functions that deliver, transfer and trade bonds, and open the accounts to hold them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

from lmb.bonds import accounts, models, queries
from lmb.bonds import queries_coupons as coupons
from lmb.bonds import queries_payments as payments
from lmb.bonds import queries_registry as registry
from lmb.bonds.auction.announcement import FIRST_AUCTION
from lmb.bonds.bids import BidKind
from lmb.bonds.dated_rules import registry_rules_on
from lmb.bonds.queries import AwardOnFile, BondOnFile
from lmb.bonds.registry.custody import Mode, SecuritiesAccount, account_faults
from lmb.bonds.registry.trade import (
    Trade,
    TradeTerms,
    amount_faults,
    closed_faults,
    settlement_date,
    trade_faults,
    trade_terms,
)
from lmb.bonds.service import DESK
from lmb.ledger.entries import Capture, Cause, HoldFor, Item, Journal, Post, Void
from lmb.ledger.service import Books, instruct, open_accounts, post_or_refuse
from lmb.rules.sessions import house
from lmb.values.canonical import Document
from lmb.values.clock import fiscal_date
from lmb.values.errors import ConflictError, NotFoundError, RefusedError
from lmb.values.identifiers import derived_uuid7
from lmb.values.money import format_cents

ROWS_AT_ONCE = 1000


# ── accounts ──────────────────────────────────────────────────────────────────────────────────


@house()
def open_securities_accounts(books: Books, opened: Iterable[SecuritiesAccount]) -> None:
    """Open accounts to hold bonds in, custodians before those they hold for; opening the same
    again changes nothing. Raises RefusedError for an account that cannot be, NotFoundError for one
    whose custodian is not there, ConflictError for one that is there in another mode."""
    wanted = list(opened)
    faults = [fault for account in wanted for fault in account_faults(account)]
    if faults:
        raise RefusedError(f"these accounts cannot be opened: {'; '.join(faults)}")
    custodians = {code for account in wanted for code in account.custodians}
    registry.modes(books.cell, custodians - {account.code for account in wanted})
    models.SecuritiesAccount.objects.bulk_create(
        (
            models.SecuritiesAccount(
                cell=books.cell,
                code=account.code,
                mode=str(account.mode),
                custodian=account.custodians[-1] if account.custodians else None,
                recorded_at=books.now(),
            )
            for account in sorted(wanted, key=lambda account: account.code)
        ),
        ignore_conflicts=True,
        batch_size=ROWS_AT_ONCE,
    )
    on_file = registry.modes(books.cell, [account.code for account in wanted])
    for account in wanted:
        if on_file[account.code] is not account.mode:
            raise ConflictError(
                f"securities account {account.code} is {on_file[account.code]}, not {account.mode}"
            )


# ── the issue date ────────────────────────────────────────────────────────────────────────────


@house()
def settle(
    books: Books, bond: BondOnFile, unpaid: Collection[str] = (), number: int = FIRST_AUCTION
) -> UUID:
    """Deliver every award against payment, one journal each, and return the instruction.

    An investor's money and bonds change hands together or not at all (31 CFR 356.25). The awards
    of the bidders `unpaid`, whose payment did not come, stay with the issuer until they are paid
    late or cancelled. Raises RefusedError before the issue date.
    """
    issue_on = queries.announcement(bond, number).issue_on
    if fiscal_date(books.now()) < issue_on:
        raise RefusedError(f"auction {number} of bond {bond.cusip} settles on {issue_on}")
    awards = queries.awards(bond, number)
    strangers = sorted(set(unpaid) - {award.bidder for award in awards})
    if strangers:
        raise NotFoundError(f"{strangers[0]} was awarded nothing, so no payment of it can fail")
    order = instruct(
        books,
        kind="auction-settlement",
        subject=_subject(bond, number),
        document={
            "cusip": bond.cusip,
            "issue_on": issue_on.isoformat(),
            "awards": len(awards),
            "par_cents": sum(award.par_cents for award in awards),
            "follows": str(queries.auction_determination(bond, number).id),
        },
        actor=DESK,
    )
    ended = {one.award.bid: one.ended for one in registry.unpaid_awards(bond, number)}
    failed = [award for award in awards if award.bidder in unpaid and award.bid not in ended]
    _record_events(books, bond, number, failed, "unpaid")
    waiting = {*ended, *(award.bid for award in failed)}
    delivered = [award for award in awards if award.bid not in waiting]
    _open_for(books, bond, delivered, number)
    post_or_refuse(books, (_delivery(bond.cusip, award, order) for award in delivered))
    return order


@house()
def settle_late(books: Books, bond: BondOnFile, bidder: str, number: int = FIRST_AUCTION) -> UUID:
    """Deliver the awards of a bidder whose payment came late, at the price of the issue date."""
    awards = _waiting(bond, bidder, number)
    order = _order_for(books, bond, "late-settlement", bidder, awards, number)
    _record_events(books, bond, number, awards, "paid")
    _open_for(books, bond, awards, number)
    post_or_refuse(books, (_delivery(bond.cusip, award, order) for award in awards))
    return order


@house()
def cancel_unpaid(books: Books, bond: BondOnFile, bidder: str, number: int = FIRST_AUCTION) -> UUID:
    """Cancel the awards of a bidder who never paid: they were not issued, and never will be."""
    awards = _waiting(bond, bidder, number)
    order = _order_for(books, bond, "award-cancellation", bidder, awards, number)
    _record_events(books, bond, number, awards, "cancelled")
    return order


def _waiting(bond: BondOnFile, bidder: str, number: int) -> list[AwardOnFile]:
    waiting = [
        one.award
        for one in registry.unpaid_awards(bond, number)
        if one.award.bidder == bidder and one.ended is None
    ]
    if not waiting:
        raise NotFoundError(f"no award of {bidder} in bond {bond.cusip} waits for its payment")
    return waiting


def _order_for(
    books: Books,
    bond: BondOnFile,
    kind: str,
    bidder: str,
    awards: Sequence[AwardOnFile],
    number: int,
) -> UUID:
    return instruct(
        books,
        kind=kind,
        subject=f"{_subject(bond, number)}/{bidder}",
        document={
            "cusip": bond.cusip,
            "bidder": bidder,
            "par_cents": sum(award.par_cents for award in awards),
            "follows": str(queries.auction_determination(bond, number).id),
        },
        actor=DESK,
    )


def _record_events(
    books: Books, bond: BondOnFile, number: int, awards: Sequence[AwardOnFile], event: str
) -> None:
    models.AwardEvent.objects.bulk_create(
        models.AwardEvent(
            cell=books.cell,
            bid=award.bid,
            event=event,
            bond=bond.id,
            auction=number,
            recorded_at=books.now(),
        )
        for award in awards
    )


def _open_for(books: Books, bond: BondOnFile, awards: Sequence[AwardOnFile], number: int) -> None:
    """Open what bidders need to hold and pay; who bid noncompetitively holds at Treasury unless
    an account says otherwise."""
    bidders = {award.bidder for award in awards}
    rows = models.SecuritiesAccount.objects.filter(cell=books.cell)
    known = set(rows.values_list("code", flat=True))
    kinds = {bid.bidder: bid.kind for bid in queries.bids(bond, number)}
    open_securities_accounts(
        books,
        (
            SecuritiesAccount(
                bidder,
                Mode.RETAIL_DIRECT if kinds[bidder] == BidKind.NONCOMPETITIVE else Mode.COMMERCIAL,
            )
            for bidder in bidders - known
        ),
    )
    open_accounts(books, accounts.investor_accounts(bond.cusip, sorted(bidders)))


def _delivery(cusip: str, award: AwardOnFile, order: UUID) -> Journal:
    key = f"{cusip}/settlement/{award.bid}"
    investor, holding = accounts.investor(award.bidder), accounts.holding(cusip, award.bidder)
    items: list[Item] = [
        Post(f"{key}/price", investor, accounts.proceeds(cusip), award.price_cents, "bond-price"),
        Post(f"{key}/bond", accounts.issued(cusip), holding, award.par_cents, "delivery"),
    ]
    if award.accrued_cents > 0:
        items.append(
            Post(
                f"{key}/accrued",
                investor,
                accounts.debt_service(cusip),
                award.accrued_cents,
                "accrued-interest",
            )
        )
    return Journal(key, "settlement", DESK, Cause.instruction(order), items)


# ── between holders ───────────────────────────────────────────────────────────────────────────


@house()
def transfer(
    books: Books, bond: BondOnFile, reference: str, source: str, target: str, face_cents: int
) -> UUID:
    """Move bonds between two accounts without payment: to another account of the same holder, or
    as a gift. Cost and day of acquisition go with them. Returns the instruction."""
    today = fiscal_date(books.now())
    _refuse_move(bond, source, target, face_cents, today)
    order = instruct(
        books,
        kind="bond-transfer",
        subject=f"{bond.cusip}/{reference}",
        document={"from": source, "to": target, "face_cents": face_cents},
        actor=DESK,
    )
    open_accounts(books, accounts.investor_accounts(bond.cusip, [target]))
    key = f"{bond.cusip}/transfer/{reference}"
    item = Post(
        key,
        accounts.holding(bond.cusip, source),
        accounts.holding(bond.cusip, target),
        face_cents,
        "transfer",
    )
    post_or_refuse(books, [Journal(key, "transfer", DESK, Cause.instruction(order), [item])])
    return order


@house()
def agree_trade(books: Books, bond: BondOnFile, trade: Trade) -> TradeTerms:
    """Put a trade on file and set the seller's bonds aside for it; the same trade again changes
    nothing. Raises RefusedError where a rule is in its way or the seller does not have the bonds,
    ConflictError where the reference stands for another trade."""
    terms = _terms(bond, trade)
    document: Mapping[str, Document] = terms.document()
    known = models.Trade.objects.filter(
        cell=books.cell, bond=bond.id, reference=trade.reference
    ).first()
    if known is not None:
        _refuse_other(known, terms)
        return terms
    if trade.traded_on != fiscal_date(books.now()):
        raise RefusedError(
            f"trade {trade.reference} is of {trade.traded_on}; put it on file that day"
        )
    _refuse_move(bond, trade.seller, trade.buyer, trade.face_cents, terms.settles_on)
    order = instruct(
        books,
        kind="bond-trade",
        subject=f"{bond.cusip}/{trade.reference}",
        document=document,
        actor=DESK,
    )
    open_accounts(books, accounts.investor_accounts(bond.cusip, [trade.seller, trade.buyer]))
    key = f"{bond.cusip}/trade/{trade.reference}"
    hold = HoldFor(
        key,
        accounts.holding(bond.cusip, trade.seller),
        accounts.holding(bond.cusip, trade.buyer),
        trade.face_cents,
        "trade",
    )
    (answers,) = post_or_refuse(
        books, [Journal(key, "trade", DESK, Cause.instruction(order), [hold])]
    )
    held = answers[0].transfer
    assert held is not None
    models.Trade.objects.create(
        cell=books.cell,
        id=derived_uuid7(books.now(), str(books.cell), "trade", bond.cusip, trade.reference),
        bond=bond.id,
        reference=trade.reference,
        seller=trade.seller,
        buyer=trade.buyer,
        face_cents=trade.face_cents,
        price_per_100=trade.price_per_100,
        traded_on=trade.traded_on,
        settles_on=terms.settles_on,
        principal_cents=terms.amount.principal_cents,
        accrued_cents=terms.amount.accrued_cents,
        instruction=order,
        hold=held,
        recorded_at=books.now(),
    )
    return terms


@house()
def settle_trade(books: Books, bond: BondOnFile, reference: str) -> None:
    """Exchange bonds for money, both or neither; settling again changes nothing. Raises
    RefusedError before the settlement date and for a trade that failed."""
    trade = registry.trade(bond, reference)
    if fiscal_date(books.now()) < trade.settles_on:
        raise RefusedError(f"trade {reference} settles on {trade.settles_on}, not before")
    key = f"{bond.cusip}/trade/{reference}/settled"
    buyer, seller = accounts.investor(trade.buyer), accounts.investor(trade.seller)
    items: list[Item] = [Capture(key, trade.hold, trade.face_cents, "trade", final=True)]
    for part, code, cents in (
        ("price", "trade-price", trade.principal_cents),
        ("accrued", "trade-accrued", trade.accrued_cents),
    ):
        if cents > 0:
            items.append(Post(f"{key}/{part}", buyer, seller, cents, code))
    cause = Cause.instruction(trade.instruction)
    post_or_refuse(books, [Journal(key, "trade", DESK, cause, items)])


@house()
def fail_trade(books: Books, bond: BondOnFile, reference: str) -> None:
    """Give up a trade whose money did not come: the seller has the bonds free again."""
    trade = registry.trade(bond, reference)
    key = f"{bond.cusip}/trade/{reference}/failed"
    item = Void(key, trade.hold, "trade")
    cause = Cause.instruction(trade.instruction)
    post_or_refuse(books, [Journal(key, "trade", DESK, cause, [item])])


def _terms(bond: BondOnFile, trade: Trade) -> TradeTerms:
    rules = registry_rules_on(trade.traded_on)
    settles_on = settlement_date(trade.traded_on, rules)
    if not bond.terms.issue_on <= trade.traded_on or settles_on >= bond.terms.matures_on:
        raise RefusedError(
            f"trade {trade.reference} would settle on {settles_on}: bond {bond.cusip} is out from "
            f"{bond.terms.issue_on} until {bond.terms.matures_on}"
        )
    faults = list(trade_faults(trade))
    if faults:
        raise RefusedError(f"trade {trade.reference}: {'; '.join(faults)}")
    base, bonus = queries.coupon_percent(bond), coupons.bonus_notice(bond, settles_on)
    return trade_terms(trade, bond.terms.schedule, base, bonus, rules)


def _refuse_other(known: models.Trade, terms: TradeTerms) -> None:
    trade = terms.trade
    told = (trade.seller, trade.buyer, trade.face_cents, trade.price_per_100, trade.traded_on)
    there = (known.seller, known.buyer, known.face_cents, known.price_per_100, known.traded_on)
    if told != there:
        raise ConflictError(
            f"trade {trade.reference} was agreed otherwise; give another trade another reference"
        )


def _refuse_move(
    bond: BondOnFile, source: str, target: str, face_cents: int, moves_on: date
) -> None:
    """Refuse what the rules do not let move on a day: amounts, the closed book, the hold."""
    terms = bond.terms
    if payments.is_being_redeemed(bond):
        raise RefusedError(f"bond {bond.cusip} is being redeemed; nothing of it moves any more")
    modes = registry.modes(bond.cell, {source, target})
    rules = registry_rules_on(moves_on)
    faults = [
        *amount_faults(face_cents, terms.minimum_cents, terms.multiple_cents),
        *closed_faults(modes, terms.schedule, moves_on, rules),
    ]
    if modes[source] is Mode.RETAIL_DIRECT:
        since = moves_on - timedelta(days=rules.hold_calendar_days)
        locked_cents = registry.bought_at_auction_cents(bond, source, since)
        free_cents = max(0, registry.available_cents(bond, source) - locked_cents)
        if face_cents > free_cents and locked_cents:
            faults.append(
                f"{source} may move {format_cents(free_cents)} on {moves_on}: what was bought at "
                f"auction is held for {rules.hold_calendar_days} days after its issue date "
                "(31 CFR 363.203)"
            )
    if faults:
        raise RefusedError(
            f"{format_cents(face_cents)} of {bond.cusip} cannot move from {source}: "
            f"{'; '.join(faults)}"
        )


def _subject(bond: BondOnFile, number: int) -> str:
    return bond.cusip if number == FIRST_AUCTION else f"{bond.cusip}/{number}"
