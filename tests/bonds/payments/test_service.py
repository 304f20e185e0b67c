"""Payment runs on file: holders of record, batches, what cannot be paid, redemption."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from django.db import ProgrammingError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lmb.bonds import accounts, queries, service_coupons, service_payments, service_unclaimed
from lmb.bonds import queries_payments as payments
from lmb.bonds import service_registry as holders
from lmb.bonds.payments.redemption import GuaranteeTranche, Redemption
from lmb.bonds.payments.shares import Payment, Rounding, entitlements
from lmb.bonds.queries_payments import RunOnFile
from lmb.bonds.service import DESK
from lmb.ledger import queries as ledger
from lmb.ledger.entries import Cause
from lmb.ledger.service import instruct
from lmb.values.errors import NotFoundError, RefusedError
from tests.bonds.desk import Desk, jobs_desk, verified
from tests.bonds.linked.support import component, digital, linear
from tests.bonds.registry.test_service import LATER, commercial, issued, sold

pytestmark = pytest.mark.django_db

PAYS_ON = date(1976, 8, 16)
"""The first coupon is due on Sunday 15 August 1976 and paid on the Monday; 8 % a year."""


def cash(desk: Desk, account: str) -> int:
    return ledger.balance(desk.books.cell, accounts.investor(account)).posted_cents


def pay_first(desk: Desk, rounding: Rounding | None = None) -> RunOnFile:
    """The first coupon, paid on its day; the run as paid."""
    service_payments.pay_coupon(desk.at(PAYS_ON).books, desk.bond, 1, rounding=rounding)
    run = payments.run(desk.bond, "interest", 1)
    assert run is not None
    return run


def spread(desk: Desk, parts: dict[str, int]) -> None:
    """Give hundreds of dollars of north's, south's and east's bonds to accounts of these names."""
    commercial(desk, *parts)
    for number, (code, hundreds) in enumerate(parts.items()):
        source = ("north", "south", "east")[number % 3]
        holders.transfer(desk.books, desk.bond, f"{code}-{number}", source, code, hundreds * 10_000)


# ── interest ──────────────────────────────────────────────────────────────────────────────────


def test_every_holder_of_record_is_paid_the_coupon_once() -> None:
    desk = issued()
    before = {name: cash(desk, name) for name in ("north", "ana")}
    run = pay_first(desk)
    assert cash(desk, "north") - before["north"] == 350_000 * 4 // 100
    assert cash(desk, "ana") - before["ana"] == 50_000 * 4 // 100
    assert (run.holders, run.par_cents, run.total_cents) == (4, 1_000_000, 40_000)
    assert run.is_paid
    assert pay_first(desk) == run
    assert cash(desk, "north") - before["north"] == 350_000 * 4 // 100


def test_nothing_is_paid_before_its_day() -> None:
    desk = issued().at(date(1976, 8, 15))
    with pytest.raises(RefusedError, match="is paid on 1976-08-16, not before"):
        service_payments.pay_coupon(desk.books, desk.bond, 1)


def test_the_coupon_is_for_who_held_at_the_close_of_the_record_date() -> None:
    """Sold on Thursday, settled on Friday: the buyer's. Moved on the Monday of payment: not."""
    desk = issued().at(date(1976, 8, 12))
    trade = sold(desk, "north", "south", 1_000)
    holders.settle_trade(desk.at(date(1976, 8, 13)).books, desk.bond, trade.reference)
    commercial(desk, "bank")
    holders.transfer(desk.at(PAYS_ON, 9).books, desk.bond, "t1", "east", "bank", 250_000)
    run = pay_first(desk)
    paid = {one.account: one.par_cents for one in payments.entitlements(run)}
    assert paid == {"ana": 50_000, "east": 250_000, "north": 250_000, "south": 450_000}


def test_what_is_needed_beyond_what_is_set_aside_is_appropriated_to_the_cent() -> None:
    desk = issued()
    accrued = ledger.balance(desk.books.cell, accounts.debt_service(desk.bond.cusip)).posted_cents
    run = pay_first(desk)
    assert ledger.balance(desk.books.cell, accounts.APPROPRIATION).posted_cents == -(
        run.total_cents - accrued
    )
    left = ledger.balance(desk.books.cell, accounts.debt_service(desk.bond.cusip)).posted_cents
    assert left == 0


# ── batches ───────────────────────────────────────────────────────────────────────────────────


def test_a_run_that_was_interrupted_goes_on_after_the_last_batch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(service_payments, "ITEMS_AT_ONCE", 3)
    desk = issued().at(LATER)
    spread(desk, {f"h{number}": 1 + number for number in range(6)})

    def interrupt(run: RunOnFile) -> None:
        if run.paid_through == 6:
            raise KeyboardInterrupt

    desk.at(PAYS_ON)
    with pytest.raises(KeyboardInterrupt):
        service_payments.pay_coupon(desk.books, desk.bond, 1, interrupt)
    halted = payments.run(desk.bond, "interest", 1)
    assert halted is not None
    assert (halted.paid_through, halted.holders, halted.is_paid) == (6, 10, False)
    with pytest.raises(RefusedError, match="is not paid to the end; carry it on first"):
        service_payments.open_once_run(
            desk.books, desk.bond, 1, 100, "test", follows=halted.cause.id
        )
    seen: list[int] = []
    service_payments.pay_coupon(desk.books, desk.bond, 1, lambda run: seen.append(run.paid_through))
    assert seen == [9, 10]
    paid = ledger.sums_cents(desk.books.cell)
    assert paid["interest"] == halted.total_cents == 40_000


def test_what_moves_while_a_run_is_halted_changes_nobodys_payment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(service_payments, "ITEMS_AT_ONCE", 2)
    desk = issued()
    run = service_payments.open_coupon_run(desk.at(PAYS_ON).books, desk.bond, 1)
    holders.transfer(desk.books, desk.bond, "t1", "south", "north", 350_000)
    before = cash(desk, "south")
    service_payments.carry_on(desk.books, desk.bond, run)
    assert cash(desk, "south") - before == 14_000


# ── rounding ──────────────────────────────────────────────────────────────────────────────────


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.lists(st.integers(1, 12), max_size=6),
    st.fractions(0, Fraction(1, 20), max_denominator=997),
    st.fractions(0, Fraction(1, 20), max_denominator=991),
    st.sampled_from(list(Rounding)),
)
def test_the_database_shares_out_to_the_same_cents_as_the_rule(
    hundreds: list[int], base: Fraction, bonus: Fraction, rounding: Rounding
) -> None:
    with transaction.atomic():
        desk = issued().at(LATER)
        spread(desk, {f"h{number}": part for number, part in enumerate(hundreds)})
        payment = Payment(base, bonus)
        run = _opened(desk.at(PAYS_ON), payment, rounding)
        held = [(one.investor, one.par_cents) for one in queries.holdings(desk.bond)]
        found = sorted(payments.entitlements(run))
        assert found == entitlements(held, payment, rounding)
        assert run.obligation_cents == payment.obligation_cents(1_000_000)
        assert run.total_cents == sum(one.base_cents + one.bonus_cents for one in found)
        if rounding is Rounding.LARGEST_REMAINDER:
            assert run.rounding_cents == 0
        transaction.set_rollback(True)


def _opened(desk: Desk, payment: Payment, rounding: Rounding) -> RunOnFile:
    """A run of any rate, as no auction would set it."""
    order = instruct(desk.books, kind="test", subject="run", document={}, actor=DESK)
    period = desk.bond.terms.schedule.periods()[0]
    new = service_payments._NewRun("interest", period, Cause.instruction(order), rounding, payment)
    return service_payments._open(desk.books, desk.bond, new)


def test_a_declared_largest_remainder_pays_the_obligation_to_the_cent() -> None:
    desk = issued().at(LATER)
    spread(desk, {"h0": 1, "h1": 1, "h2": 1})
    run = pay_first(desk, Rounding.LARGEST_REMAINDER)
    assert (run.rounding, run.rounding_cents) == ("largest-remainder", 0)
    assert ledger.sums_cents(desk.books.cell)["interest"] == run.obligation_cents


def test_an_amount_on_the_whole_issue_is_paid_to_the_last_cent() -> None:
    desk = issued().at(LATER)
    spread(desk, {"h0": 1, "h1": 2})
    cause = pay_first(desk).cause.id
    run = service_payments.open_once_run(
        desk.books, desk.bond, 1, 10_007, "placement goal met", follows=cause
    )
    service_payments.carry_on(desk.books, desk.bond, run)
    assert (run.total_cents, run.obligation_cents) == (10_007, 10_007)
    assert ledger.sums_cents(desk.books.cell)["outcome-payment"] == 10_007


def test_a_period_pays_its_coupon_its_outcome_and_the_bond_itself_where_it_ends() -> None:
    desk = jobs_desk(
        components=[
            component(linear()),
            component({"is": "always"}, {"is": "once", "cents": 5_001, "on": "1977-08-15"})
            | {"id": "once"},
        ],
        termination={
            "when": digital("jobs", "at-least", "60"),
            "from_period": 3,
            "redemption_percent": "100",
        },
    )
    holders.settle(desk.at(date(1976, 2, 17)).books, desk.bond)
    service_payments.pay_determined(desk.at(PAYS_ON).books, desk.bond, 1)
    verified(desk, "60", date(1977, 2, 1))
    for number, pays_on in ((2, date(1977, 2, 15)), (3, date(1977, 8, 15))):
        desk.at(pays_on)
        for _ in range(2):
            service_payments.pay_determined(desk.books, desk.bond, number)
    sums = ledger.sums_cents(desk.books.cell)
    codes = ("interest", "bonus", "outcome-payment", "principal")
    assert [sums[code] for code in codes] == [120_000, 5_000, 5_001, 1_000_000]
    assert queries.outstanding_cents(desk.bond) == 0
    with pytest.raises(RefusedError, match=r"ends with interest period 3: .* is 1"):
        service_payments.pay_coupon(desk.at(date(1978, 2, 15)).books, desk.bond, 4)


# ── what cannot be paid ───────────────────────────────────────────────────────────────────────


def test_money_for_a_stopped_account_waits_and_is_claimed_once() -> None:
    desk = issued()
    service_unclaimed.stop_payments(desk.books, "ana", "mail came back")
    before = cash(desk, "ana")
    run = pay_first(desk)
    assert run.is_paid
    assert cash(desk, "ana") == before
    assert payments.unclaimed_cents(desk.bond) == {"ana": 2_000}
    with pytest.raises(RefusedError, match="payments to ana are stopped; resume them first"):
        service_unclaimed.pay_unclaimed(desk.books, desk.bond, "ana", "c1")
    service_unclaimed.resume_payments(desk.books, "ana", "new address")
    first = service_unclaimed.pay_unclaimed(desk.books, desk.bond, "ana", "c1")
    assert service_unclaimed.pay_unclaimed(desk.books, desk.bond, "ana", "c1") == first
    assert cash(desk, "ana") - before == 2_000
    with pytest.raises(NotFoundError, match="nothing of bond LMB760AA3 waits for ana"):
        service_unclaimed.pay_unclaimed(desk.books, desk.bond, "ana", "c2")


def test_a_returned_payment_waits_for_its_holder_and_comes_back_once() -> None:
    desk = issued()
    run = pay_first(desk)
    first = service_unclaimed.return_payment(desk.books, desk.bond, run, "ana", "account closed")
    again = service_unclaimed.return_payment(desk.books, desk.bond, run, "ana", "account closed")
    assert first == again
    assert payments.unclaimed_cents(desk.bond) == {"ana": 2_000}
    service_unclaimed.pay_unclaimed(desk.books, desk.bond, "ana", "c1")
    assert payments.unclaimed_cents(desk.bond) == {}
    with pytest.raises(NotFoundError, match="zoe held nothing on the record date"):
        service_unclaimed.return_payment(desk.books, desk.bond, run, "zoe", "nobody")


def test_what_was_never_paid_cannot_come_back() -> None:
    desk = issued()
    service_unclaimed.stop_payments(desk.books, "ana", "mail came back")
    run = pay_first(desk)
    with pytest.raises(RefusedError, match="ana has not been paid by this run"):
        service_unclaimed.return_payment(desk.books, desk.bond, run, "ana", "account closed")


# ── redemption ────────────────────────────────────────────────────────────────────────────────


def test_at_maturity_everybody_is_paid_par_and_nothing_is_outstanding() -> None:
    desk = issued().at(date(1981, 2, 17))
    before = cash(desk, "north")
    service_payments.redeem(desk.books, desk.bond)
    assert cash(desk, "north") - before == 350_000
    assert queries.outstanding_cents(desk.bond) == 0
    assert queries.holdings(desk.bond) == []
    service_payments.redeem(desk.books, desk.bond)
    assert cash(desk, "north") - before == 350_000


def test_an_early_termination_pays_its_price_with_the_end_of_a_period() -> None:
    desk = issued().at(date(1977, 8, 15))
    early = Redemption(date(1977, 8, 15), "410 of the 450 people promised", Fraction("102.5"))
    with pytest.raises(RefusedError, match="when an interest period ends, not on 1977-08-14"):
        service_payments.open_redemption_run(
            desk.books, desk.bond, Redemption(date(1977, 8, 14), "test")
        )
    before = cash(desk, "north")
    run = service_payments.open_redemption_run(desk.books, desk.bond, early)
    service_payments.carry_on(desk.books, desk.bond, run)
    assert cash(desk, "north") - before == 358_750
    sums = ledger.sums_cents(desk.books.cell)
    assert (sums["principal"], sums["premium"]) == (1_000_000, 25_000)
    assert queries.outstanding_cents(desk.bond) == 0


def test_a_guarantee_tranche_pays_its_part_and_the_issuer_the_rest() -> None:
    desk = issued().at(date(1977, 8, 15))
    tranche = GuaranteeTranche("a foundation", Fraction(10))
    shortfall = Redemption(date(1977, 8, 15), "target missed", Fraction(75), tranche)
    aside = ledger.balance(desk.books.cell, accounts.debt_service(desk.bond.cusip)).posted_cents
    run = service_payments.open_redemption_run(desk.books, desk.bond, shortfall)
    service_payments.carry_on(desk.books, desk.bond, run)
    guarantor = ledger.balance(desk.books.cell, accounts.guarantor("a foundation"))
    assert guarantor.posted_cents == -100_000
    issuer = ledger.balance(desk.books.cell, accounts.APPROPRIATION)
    assert issuer.posted_cents == -(750_000 - 100_000 - aside)
    assert ledger.sums_cents(desk.books.cell)["principal"] == 750_000


def test_a_guarantor_pays_no_more_than_is_repaid() -> None:
    with pytest.raises(ValueError, match="no part of a redemption at 75"):
        Redemption(PAYS_ON, "x", Fraction(75), GuaranteeTranche("a foundation", Fraction(80)))


def test_trades_are_settled_before_a_bond_is_redeemed() -> None:
    desk = issued().at(date(1981, 2, 12))
    service_coupons.determine_due_coupons(desk.books, desk.bond)
    trade = sold(desk, "north", "south", 1_000)
    desk.at(date(1981, 2, 17))
    with pytest.raises(
        RefusedError, match=r"trade north-.* waits for its settlement; settle or fail"
    ):
        service_payments.redeem(desk.books, desk.bond)
    holders.settle_trade(desk.books, desk.bond, trade.reference)
    before = cash(desk, "south")
    service_payments.redeem(desk.books, desk.bond)
    assert queries.outstanding_cents(desk.bond) == 0
    assert cash(desk, "south") - before == 450_000


def test_nothing_moves_once_a_redemption_was_ordered() -> None:
    desk = issued().at(date(1977, 8, 15))
    early = Redemption(date(1977, 8, 15), "target missed")
    run = service_payments.open_redemption_run(desk.books, desk.bond, early)
    with pytest.raises(RefusedError, match="is being redeemed"):
        holders.transfer(desk.books, desk.bond, "t1", "south", "north", 10_000)
    service_payments.carry_on(desk.books, desk.bond, run)


# ── the database ──────────────────────────────────────────────────────────────────────────────


def test_the_application_writes_no_entitlement_and_no_run_by_itself() -> None:
    desk = issued()
    pay_first(desk)
    for table in ("bonds_entitlement", "bonds_payment_run"):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"INSERT INTO {table} SELECT * FROM {table}")


def test_the_books_balance_after_everything() -> None:
    desk = issued()
    service_unclaimed.stop_payments(desk.books, "ana", "mail came back")
    run = pay_first(desk)
    service_unclaimed.return_payment(desk.books, desk.bond, run, "north", "account closed")
    summary = ledger.summary(desk.books.cell)
    assert summary.unbalanced_accounts == 0
    waiting = payments.unclaimed_cents(desk.bond)
    assert waiting == {"ana": 2_000, "north": 14_000}
    sums = ledger.sums_cents(desk.books.cell)
    assert sums["interest"] == run.total_cents
    assert sums["returned-payment"] == 14_000
