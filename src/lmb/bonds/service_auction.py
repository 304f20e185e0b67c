"""The only functions that take bids, close and hold auctions, and announce reopenings."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from lmb.bonds import models, queries
from lmb.bonds.auction.announcement import FIRST_AUCTION, Announcement, Reopening
from lmb.bonds.auction.rule import HeldAuction, bid_from_document, held_auction
from lmb.bonds.auction.sealed import OpenedBid, is_commitment, opens
from lmb.bonds.bids import Bid, BidKind, bid_faults
from lmb.bonds.dated_rules import AUCTION_RULE, auction_rules_on
from lmb.bonds.queries import BondOnFile
from lmb.bonds.service import DESK
from lmb.ledger.service import Books, instruct
from lmb.rules.determination import Input, determine
from lmb.rules.parameters import in_force
from lmb.rules.service import record
from lmb.rules.sessions import house
from lmb.values.business_calendar import is_business_day
from lmb.values.canonical import fingerprint
from lmb.values.clock import fiscal_date
from lmb.values.errors import ConflictError, NotFoundError, RefusedError
from lmb.values.identifiers import derived_uuid7
from lmb.values.money import format_cents

ROWS_AT_ONCE = 1000
FAULTS_SHOWN_MAX = 20


@house()
def announce_reopening(books: Books, bond: BondOnFile, reopening: Reopening) -> None:
    """Announce another auction of a bond that is out; announcing the same again changes nothing.

    Raises RefusedError for dates and amounts that make no auction, ConflictError where the
    number was announced otherwise.
    """
    wrong = _reopening_faults(bond, reopening)
    if wrong:
        raise RefusedError(f"{bond.cusip} cannot be reopened so: {'; '.join(wrong)}")
    now = books.now()
    models.Reopening.objects.bulk_create(
        [
            models.Reopening(
                cell=books.cell,
                id=derived_uuid7(
                    now, str(books.cell), "reopening", bond.cusip, str(reopening.number)
                ),
                bond=bond.id,
                auction=reopening.number,
                offering_cents=reopening.offering_cents,
                announced_on=reopening.announced_on,
                auction_on=reopening.auction_on,
                issue_on=reopening.issue_on,
                recorded_at=now,
            )
        ],
        ignore_conflicts=True,
    )
    if queries.reopening(bond, reopening.number).reopening != reopening:
        raise ConflictError(
            f"auction {reopening.number} of bond {bond.cusip} was announced with other terms; "
            "announce another one"
        )


def _reopening_faults(bond: BondOnFile, reopening: Reopening) -> list[str]:
    known = [on_file.reopening.number for on_file in queries.reopenings(bond)]
    next_number = len(known) + FIRST_AUCTION + 1
    days = (reopening.announced_on, reopening.auction_on, reopening.issue_on)
    wrong = []
    if reopening.number not in (*known, next_number):
        wrong.append(f"its next auction is number {next_number}, not {reopening.number}")
    if not days[0] < days[1] < days[2]:
        wrong.append("it is announced before it is auctioned, and auctioned before it is issued")
    if not bond.terms.issue_on <= reopening.announced_on < bond.terms.matures_on:
        wrong.append(f"a reopening is announced once the bond is out, on {bond.terms.issue_on}")
    if reopening.issue_on >= bond.terms.matures_on:
        wrong.append(f"it would be issued at maturity on {bond.terms.matures_on} or after")
    wrong += [f"{day} is no business day" for day in days[1:] if not is_business_day(day)]
    if reopening.offering_cents % bond.terms.multiple_cents or reopening.offering_cents <= 0:
        wrong.append(f"the offering is no multiple of {bond.terms.multiple_cents} cents")
    if _awarded_cents(bond) + reopening.offering_cents > bond.terms.authorized_cents:
        wrong.append(
            f"with it more than the authorized {format_cents(bond.terms.authorized_cents)} would "
            "be out (authorized_cents, term-sheet.md, section 2.1)"
        )
    if bond.terms.pays_amounts:
        wrong.append(
            "its terms pay amounts on the whole issue, which more bonds would share (section 2.5)"
        )
    return wrong


def _awarded_cents(bond: BondOnFile) -> int:
    """The par awarded at all auctions held so far."""
    numbers = (FIRST_AUCTION, *(each.reopening.number for each in queries.reopenings(bond)))
    return sum(award.par_cents for number in numbers for award in queries.awards(bond, number))


@house()
def enter_bids(
    books: Books, bond: BondOnFile, bids: Sequence[Bid], number: int = FIRST_AUCTION
) -> None:
    """Put bids on file as entered; entering the same bid again changes nothing.

    Raises RefusedError when it is too late for one of them, or when one fails an entry check
    alone or beside its bidder's earlier bids; then none is entered.
    """
    announcement = queries.announcement(bond, number)
    for kind in {bid.kind for bid in bids}:
        _refuse_late(books, announcement, kind)
    new = _new_and_sound(bond, announcement, bids)
    _put_on_file(books, bond, number, [(bid, None, None) for bid in new])


@house()
def seal_bid(
    books: Books,
    bond: BondOnFile,
    bidder: str,
    kind: BidKind,
    commitment: str,
    number: int = FIRST_AUCTION,
) -> None:
    """Take a commitment to a bid. Raises RefusedError when it is too late."""
    if not is_commitment(commitment):
        raise RefusedError("a commitment is a SHA-256 hash of 64 hexadecimal digits")
    _refuse_late(books, queries.announcement(bond, number), kind)
    now = books.now()
    key = (str(books.cell), "sealed-bid", bond.cusip, str(number), commitment)
    models.SealedBid.objects.bulk_create(
        [
            models.SealedBid(
                cell=books.cell,
                id=derived_uuid7(now, *key),
                bond=bond.id,
                auction=number,
                bidder=bidder,
                kind=str(kind),
                commitment=commitment,
                recorded_at=now,
            )
        ],
        ignore_conflicts=True,
    )


@house()
def close_auction(books: Books, bond: BondOnFile, number: int = FIRST_AUCTION) -> UUID:
    """Put on file how many commitments were received and one hash over all of them, so that none
    can be added or taken away once bids are opened; returns the order."""
    announcement = queries.announcement(bond, number)
    closes_at = announcement.competitive_closes_at
    if books.now() < closes_at:
        raise RefusedError(f"auction {number} of bond {bond.cusip} is open until {closes_at}")
    commitments = sorted(sealed.commitment for sealed in queries.sealed_bids(bond, number))
    return instruct(
        books,
        kind="auction-close",
        subject=f"{bond.cusip}/{number}",
        document={
            "cusip": bond.cusip,
            "auction": number,
            "closed_at": closes_at.isoformat(),
            "sealed_count": len(commitments),
            "sealed_sha256": fingerprint(commitments),
        },
        actor=DESK,
    )


@house()
def open_bid(
    books: Books,
    bond: BondOnFile,
    commitment: str,
    opened: OpenedBid,
    number: int = FIRST_AUCTION,
) -> None:
    """Open a sealed bid after the close and before the auction is held; opening it again changes
    nothing. Raises NotFoundError for a commitment nobody made, RefusedError for a bid that is not
    what was committed to, or that fails the entry checks: it stays sealed and has no part."""
    close_auction(books, bond, number)
    bid = opened.bid
    made = [
        sealed
        for sealed in queries.sealed_bids(bond, number)
        if (sealed.bidder, sealed.kind, sealed.commitment) == (bid.bidder, bid.kind, commitment)
    ]
    if not made:
        raise NotFoundError(f"{bid.bidder} made no {bid.kind} commitment {commitment}")
    if not opens(commitment, bond.cusip, number, opened):
        raise RefusedError(f"the bid opened by {bid.bidder} is not what {commitment} commits to")
    if queries.is_auctioned(bond, number):
        raise RefusedError(f"auction {number} of bond {bond.cusip} has been held; it is too late")
    new = _new_and_sound(bond, queries.announcement(bond, number), [bid])
    _put_on_file(books, bond, number, [(each, commitment, opened.salt.hex()) for each in new])


@house()
def hold_auction(books: Books, bond: BondOnFile, number: int = FIRST_AUCTION) -> UUID:
    """Determine an auction over all bids on file and record the awards. Raises RefusedError where
    more would be out than the terms authorize: awards are rounded up to the multiple."""
    close_auction(books, bond, number)
    announcement = queries.announcement(bond, number)
    parameters = in_force(AUCTION_RULE, announcement.auction_on)
    inputs = [
        Input("terms", bond.id, bond.terms.document()),
        *(Input("bid", bid.id, bid.document()) for bid in queries.bids(bond, number)),
    ]
    if number != FIRST_AUCTION:
        reopening = queries.reopening(bond, number)
        first = queries.auction_determination(bond)
        inputs.append(Input("reopening", reopening.id, reopening.reopening.document()))
        inputs.append(Input("determination", first.id, first.document))
    # Run once, here, for the decision and the awards both. The order of inputs has no say.
    held = held_auction(parameters, inputs)
    _refuse_beyond_authorized(bond, number, held)
    subject = queries.auction_subject(bond, number)
    determination = determine(lambda *_: held.decision, parameters, subject, inputs)
    identifier = record(books.cell, determination, actor=DESK, recorded_at=books.now())
    _record_awards(books, bond, held, identifier)
    return identifier


def _refuse_beyond_authorized(bond: BondOnFile, number: int, held: HeldAuction) -> None:
    if queries.is_auctioned(bond, number):
        return
    out_cents = _awarded_cents(bond) + held.result.awarded_cents
    if out_cents > bond.terms.authorized_cents:
        raise RefusedError(
            f"with auction {number} {format_cents(out_cents)} of bond {bond.cusip} would be out, "
            f"more than the authorized {format_cents(bond.terms.authorized_cents)} "
            "(authorized_cents, term-sheet.md, section 2.1)"
        )


def _record_awards(books: Books, bond: BondOnFile, held: HeldAuction, determination: UUID) -> None:
    rows = []
    for award in held.result.awards:
        if award.award_cents > 0:
            amount = held.result.settlement(award)
            rows.append(
                models.Award(
                    cell=books.cell,
                    bid=held.id_of[award.bid],
                    bond=bond.id,
                    auction=held.announcement.number,
                    determination=determination,
                    bidder=award.bid.bidder,
                    par_cents=award.award_cents,
                    price_cents=amount.principal_cents,
                    accrued_cents=amount.accrued_cents,
                )
            )
    models.Award.objects.bulk_create(rows, ignore_conflicts=True, batch_size=ROWS_AT_ONCE)


def _refuse_late(books: Books, announcement: Announcement, kind: BidKind) -> None:
    closes_at = announcement.closes_at(kind)
    if books.now() >= closes_at:
        raise RefusedError(
            f"{kind} bids for auction {announcement.number} of {announcement.cusip} closed at "
            f"{closes_at:%Y-%m-%d %H:%M} Washington time; this one came too late (31 CFR 356.10)"
        )
    if fiscal_date(books.now()) < announcement.announced_on:
        raise RefusedError(
            f"auction {announcement.number} of {announcement.cusip} is announced on "
            f"{announcement.announced_on}; bid from then on"
        )


def _new_and_sound(bond: BondOnFile, announcement: Announcement, bids: Sequence[Bid]) -> list[Bid]:
    """Those of some bids that are not on file yet, checked with what their bidders have there."""
    rules = auction_rules_on(announcement.auction_on)
    on_file = queries.bids_of(bond, {bid.bidder for bid in bids}, announcement.number)
    earlier = [bid_from_document(bid.document()) for bid in on_file]
    entered = set(earlier)
    new = [bid for bid in bids if bid not in entered]
    faults = bid_faults([*earlier, *new], announcement.offering, rules)
    if faults:
        told = "; ".join(
            f"bid of {new[fault.position - len(earlier)].bidder}: {fault.reason}"
            for fault in faults[:FAULTS_SHOWN_MAX]
        )
        raise RefusedError(f"{len(faults)} faults bar these bids; none was entered: {told}")
    return new


def _put_on_file(
    books: Books,
    bond: BondOnFile,
    number: int,
    bids: Sequence[tuple[Bid, str | None, str | None]],
) -> None:
    now = books.now()
    auction = () if number == FIRST_AUCTION else (str(number),)
    models.Bid.objects.bulk_create(
        (
            models.Bid(
                cell=books.cell,
                id=derived_uuid7(
                    now,
                    str(books.cell),
                    "bid",
                    bond.cusip,
                    *auction,
                    bid.bidder,
                    str(bid.yield_percent),
                ),
                bond=bond.id,
                auction=number,
                bidder=bid.bidder,
                kind=str(bid.kind),
                par_cents=bid.par_cents,
                yield_percent=bid.yield_percent,
                net_long_cents=bid.net_long_cents,
                commitment=commitment,
                salt=salt,
                recorded_at=now,
            )
            for bid, commitment, salt in bids
        ),
        ignore_conflicts=True,
        batch_size=ROWS_AT_ONCE,
    )
