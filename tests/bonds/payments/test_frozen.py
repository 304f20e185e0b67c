"""An account that takes no money, which only the owner of the books can make: a court's order."""

from __future__ import annotations

from django.db import connections

from lmb.bonds import accounts
from lmb.bonds import queries_payments as payments
from tests.bonds.payments.test_service import cash, pay_first
from tests.bonds.registry.test_service import issued


def test_money_for_a_frozen_account_is_set_aside_and_nobody_else_waits(
    fresh_database: object,
) -> None:
    desk = issued()
    with connections["owner"].cursor() as owner:
        code = accounts.investor("south")
        owner.execute("UPDATE ledger_account SET state = 'frozen' WHERE code = %s", [code])
    before = cash(desk, "north")
    run = pay_first(desk)
    assert run.is_paid
    assert cash(desk, "north") - before == 14_000
    assert payments.unclaimed_cents(desk.bond) == {"south": 14_000}
