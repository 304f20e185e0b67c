"""A programme stops at its first payout while no witness answers; the same run goes on later."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from lmb.bonds.queries import bond
from lmb.ledger import queries as ledger
from lmb.ledger.service import open_simulated_books
from lmb.proofs.payouts import PayoutsWaitError
from lmb.proofs.service import integrate, issue_checkpoint, record_cosignatures, trust
from lmb.settlement.report import report
from lmb.settlement.service import run
from lmb.settlement.steps import Step, steps
from lmb.values.clock import SimulatedClock
from tests.proofs.support import LOG, WITNESS
from tests.settlement.small import CUSIP, small_programme

POLICY = f"log {LOG.verifier.text}\nwitness one {WITNESS.verifier.text}\nquorum one\n"
PAID_OUT = {"enrolment-tranche", "completion-tranche", "placement-tranche", "interest", "bonus"}


def cosign(cell: int) -> None:
    integrate(cell)
    at = datetime.now(UTC)
    note = issue_checkpoint(cell, [LOG], at)
    size = int(note.text.split("\n")[1])
    given = [WITNESS.sign(note.text, int(at.timestamp()))]
    record_cosignatures(cell, size, given, [WITNESS.verifier], at)


def test_a_run_stops_before_money_leaves_and_the_same_run_finishes_once_a_witness_has_answered(
    fresh_database: object,
) -> None:
    programme = small_programme()
    planned = steps(programme)
    cell = open_simulated_books(programme.name, SimulatedClock(planned[0].at)).cell
    trust(cell, POLICY.encode(), timedelta(hours=1), "auditor", datetime.now(UTC))
    done: list[Step] = []
    with pytest.raises(PayoutsWaitError, match="no checkpoint has been cosigned"):
        run(programme, done.append)
    codes = {moved.code for moved in ledger.movements(cell)}
    # The auction was settled, wallets were filled and tuition was set aside; nothing left.
    assert {"bond-price", "deposit", "grant", "tuition"} <= codes
    assert codes & PAID_OUT == set()
    stopped_at = done[-1].key
    with pytest.raises(PayoutsWaitError):
        run(programme, lambda step: None)
    cosign(cell)
    done.clear()
    books = run(programme, done.append)
    assert [step.key for step in done] == [step.key for step in planned]
    assert stopped_at != planned[-1].key
    assert {moved.code for moved in ledger.movements(books.cell)} >= PAID_OUT
    assert report(bond(books.cell, CUSIP)).wallets.held_cents == 0


@pytest.mark.parametrize("key", ["interest/1", "outcome", "redeem"])
def test_each_step_that_pays_waits(fresh_database: object, key: str) -> None:
    programme = small_programme()
    planned = steps(programme)
    cell = open_simulated_books(programme.name, SimulatedClock(planned[0].at)).cell
    place = [step.key for step in planned].index(key)

    done: list[Step] = []

    def watch(step: Step) -> None:
        done.append(step)
        if step.key == planned[place - 1].key:
            trust(cell, POLICY.encode(), timedelta(hours=1), "auditor", datetime.now(UTC))

    with pytest.raises(PayoutsWaitError):
        run(programme, watch)
    assert done[-1].key == planned[place - 1].key
