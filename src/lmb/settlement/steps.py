"""The steps of a programme in the order of its dates, and what each of them does."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from lmb.bonds import accounts
from lmb.bonds import queries as bonds
from lmb.bonds import service as desk
from lmb.bonds import service_auction as auctions
from lmb.bonds import service_coupons as coupons
from lmb.bonds import service_payments as payments
from lmb.bonds import service_registry as holders
from lmb.bonds.linked.plan import determination_plan
from lmb.facts import service as facts
from lmb.facts.importers.rows import EarningsRow, PersonRow
from lmb.fund import accounts as fund_accounts
from lmb.fund import service as fund
from lmb.ledger.queries import instruction_on
from lmb.ledger.service import Books, close_through
from lmb.outcomes import service as outcomes
from lmb.people import queries as people
from lmb.people import service as registry
from lmb.programs import service as programs
from lmb.settlement.programme import Programme
from lmb.training import service as training
from lmb.values.clock import moment
from lmb.values.errors import NotFoundError
from lmb.wallets import service as wallets

BOARD_OF_LABOR = "department-of-labor"
STATE_SOURCE = "state wage records"
LOTTERY_SOURCE = "lottery"
PROVIDER_SOURCE = "the provider"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing a programme does at one moment; `key` names it within its books."""

    at: datetime
    key: str
    title: str
    run: Callable[[Books, Programme], None]


def steps(programme: Programme) -> list[Step]:
    """All steps of a programme, in order of time."""
    terms = programme.terms
    last = terms.schedule.periods()[-1]
    found = [
        Step(moment(terms.announced_on, 10), "announce", "Bond announced, people drawn", announce),
        Step(moment(terms.auction_on, 11), "bids", "Bids entered", enter_bids),
        Step(moment(terms.auction_on, 13), "auction", "Auction", hold_auction),
        Step(moment(terms.issue_on, 10), "issue", "Settled, wallets funded", issue),
        *_deliveries(programme),
        *_training_days(programme),
        Step(moment(programme.measured_on, 11), "outcome", "Outcome measured", close_observation),
        *(
            Step(
                # The first periods may be determined before there is a base coupon to add to.
                max(moment(plan.determined_on, 12), moment(terms.auction_on, 14)),
                f"coupon/{plan.period.number}",
                f"Coupon {plan.period.number} of {last.number} determined",
                _determine_coupon(plan.period.number),
            )
            for plan in determination_plan(terms)
        ),
        *(
            Step(
                moment(period.pays_on, 12),
                f"interest/{period.number}",
                f"Interest payment {period.number} of {last.number}",
                _pay_period(period.number),
            )
            for period in terms.schedule.periods()
        ),
        Step(moment(last.pays_on, 15), "redeem", "Bond redeemed", redeem),
    ]
    return sorted(found, key=lambda step: step.at)


def announce(books: Books, programme: Programme) -> None:
    """Lock the terms, list the program, open the fund, and put the lottery and what was known of
    people's earnings on file."""
    terms = programme.terms
    desk.announce(books, terms)
    programs.list_program(
        books,
        provider=programme.training.provider_id,
        provider_name=programme.training.provider_name,
        program=programme.training.program_id,
        title=programme.training.program_title,
    )
    fund.open_fund(books, terms.cusip, [_board(programme)])
    registry.register(
        books.cell,
        (registry.NewPerson(row.person, row.state, row.board) for row in programme.people),
        books.now(),
    )
    keys = people.person_keys(books.cell, [row.person for row in programme.people])
    facts.attest(
        books.cell,
        (
            facts.NewAttestation(keys[row.person], "assigned", terms.announced_on, row.arm.value)
            for row in programme.people
        ),
        source=LOTTERY_SOURCE,
        recorded_at=books.now(),
    )
    _record_work(books, [row for row in programme.earnings if _known_before(programme, row)])


def enter_bids(books: Books, programme: Programme) -> None:
    """Put the bids on file before the auction closes."""
    auctions.enter_bids(books, _bond(books, programme), programme.bids)


def hold_auction(books: Books, programme: Programme) -> None:
    """Determine the auction at its close."""
    auctions.hold_auction(books, _bond(books, programme))


def issue(books: Books, programme: Programme) -> None:
    """Deliver the bonds against payment; move the proceeds to the board and into wallets."""
    bond = _bond(books, programme)
    cusip, place = bond.cusip, _board(programme)
    settlement = holders.settle(books, bond)
    deposit = fund.deposit(books, cusip, accounts.proceeds(cusip), settlement, desk.DESK)
    grant_cents = programme.training.grant_cents
    needs = {place: len(programme.winners) * grant_cents}
    allocation = fund.allocate(books, cusip, needs, deposit, BOARD_OF_LABOR)
    wallets.grant(
        books,
        cusip,
        _holders(books, programme),
        amount_cents=grant_cents,
        purpose=fund_accounts.TRAINING,
        follows=allocation,
        actor=f"board/{place[1]}",
    )


def close_observation(books: Books, programme: Programme) -> None:
    """Measure the outcome and put it on file for the coupons; pay the placement tranches; what was
    not earned goes back to the fund."""
    bond = _bond(books, programme)
    place = _board(programme)
    measure = outcomes.measure(books, bond)
    coupons.record_measured(books, bond, measure)
    training.settle_placement(books, bond)
    returned = wallets.take_back_unspent(
        books, bond.cusip, _holders(books, programme), follows=measure, actor=f"board/{place[1]}"
    )
    fund.return_to_national(books, bond.cusip, [place], returned, BOARD_OF_LABOR)


def redeem(books: Books, programme: Programme) -> None:
    """Pay par, take the bonds back, and return what the programme never spent."""
    bond = _bond(books, programme)
    redemption = payments.redeem(books, bond)
    fund.return_to_treasury(books, bond.cusip, redemption, BOARD_OF_LABOR)


def _determine_coupon(number: int) -> Callable[[Books, Programme], None]:
    def determine(books: Books, programme: Programme) -> None:
        coupons.determine_coupon(books, _bond(books, programme), number)

    return determine


def _pay_period(number: int) -> Callable[[Books, Programme], None]:
    def pay(books: Books, programme: Programme) -> None:
        bond = _bond(books, programme)
        period = bonds.periods(bond)[number - 1]
        payments.pay_coupon(books, bond, number)
        # What was paid on is not to be changed by a movement dated back into the period.
        close_through(books, moment(period.ends_on, 0))

    return pay


def _deliveries(programme: Programme) -> list[Step]:
    """Work records not known at the announcement arrive once the publication lag has passed."""
    lag = timedelta(days=programme.indicator.publication_lag_days)
    arriving: dict[date, list[EarningsRow]] = defaultdict(list)
    for row in programme.earnings:
        if not _known_before(programme, row):
            arriving[row.period_to + lag].append(row)
    determined_on = programme.measured_on

    def delivery(rows: list[EarningsRow]) -> Callable[[Books, Programme], None]:
        return lambda books, _: _record_work(books, rows)

    return [
        Step(moment(day, 8), f"work-records/{day}", "Work records delivered", delivery(rows))
        for day, rows in arriving.items()
        if day <= determined_on
    ]


def _training_days(programme: Programme) -> list[Step]:
    days: dict[date, list[PersonRow]] = defaultdict(list)
    for row in programme.winners:
        for day in {row.accepted_on, row.enrolled_on, row.completed_on} - {None}:
            assert day is not None
            days[day].append(row)

    def training_day(day: date, rows: list[PersonRow]) -> Callable[[Books, Programme], None]:
        return lambda books, running: _train(books, running, day, rows)

    return [
        Step(moment(day, 9), f"training/{day}", _training_title(day, rows), training_day(day, rows))
        for day, rows in days.items()
    ]


def _training_title(day: date, rows: list[PersonRow]) -> str:
    counts = Counter(
        name
        for row in rows
        for name, on in (
            ("accepted", row.accepted_on),
            ("enrolled", row.enrolled_on),
            ("completed", row.completed_on),
        )
        if on == day
    )
    return ", ".join(f"{count} {name}" for name, count in counts.items())


def _train(books: Books, programme: Programme, day: date, rows: list[PersonRow]) -> None:
    """Hold tuition for those who accepted today; pay tranches for those who enrolled or
    completed."""
    bond = _bond(books, programme)
    keys = people.person_keys(books.cell, [row.person for row in rows])
    accepted = [keys[row.person] for row in rows if row.accepted_on == day]
    if accepted:
        grant = instruction_on(books.cell, "grant", bond.cusip)
        if grant is None:
            raise NotFoundError(f"wallets of bond {bond.cusip} have not been funded yet")
        acceptances = [training.Acceptance(person, day) for person in accepted]
        training.accept(books, bond, acceptances, follows=grant.id)
    for tranche, kind, happened in (
        ("enrolment", "enrolled", [row for row in rows if row.enrolled_on == day]),
        ("completion", "completed", [row for row in rows if row.completed_on == day]),
    ):
        persons = [keys[row.person] for row in happened]
        facts.attest(
            books.cell,
            (facts.NewAttestation(person, kind, day) for person in persons),
            source=PROVIDER_SOURCE,
            recorded_at=books.now(),
        )
        if persons:
            training.pay_attested(books, bond, tranche, kind, frozenset(persons))


def _record_work(books: Books, rows: list[EarningsRow]) -> None:
    keys = people.person_keys(books.cell, {row.person for row in rows})
    facts.record_work(
        books.cell,
        (
            facts.NewWorkRecord(
                keys[row.person],
                row.employer,
                row.period_from,
                row.period_to,
                row.hours,
                row.earnings_cents,
            )
            for row in rows
        ),
        source=STATE_SOURCE,
        recorded_at=books.now(),
    )


def _known_before(programme: Programme, row: EarningsRow) -> bool:
    return row.period_to < programme.terms.announced_on


def _holders(books: Books, programme: Programme) -> list[wallets.Holder]:
    keys = people.person_keys(books.cell, [row.person for row in programme.winners])
    source = fund_accounts.board(programme.terms.cusip, programme.training.board)
    return [wallets.Holder(keys[row.person], source) for row in programme.winners]


def _board(programme: Programme) -> fund.STATE_BOARD:
    return programme.training.state, programme.training.board


def _bond(books: Books, programme: Programme) -> bonds.BondOnFile:
    return bonds.bond(books.cell, programme.terms.cusip)
