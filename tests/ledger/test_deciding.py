"""A batch ends like its journals posted one after another, and looks at most of them at once."""

from __future__ import annotations

import itertools
import json
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django.plugin import DjangoDbBlocker

from lmb.ledger.models import Account, Hold, Journal, Refusal, Transfer
from lmb.values.clock import SimulatedClock
from tests.ledger.books import START, Ledger, journals, parse
from tests.ledger.invariants import broken

ACCOUNTS = """
    open world
    open fund    limit=debits<=credits fund=bond-a purpose=training
    open wallet  limit=debits<=credits fund=bond-a purpose=training
    open other   limit=debits<=credits fund=bond-b
    open loan    limit=credits<=debits
    open school
    s1 post world  fund   100 -> ok
    s2 post fund   wallet  50 -> ok
    s3 post loan   school  40 -> ok
    h1 hold wallet school  20 -> ok
    h2 hold fund   school  10 until=2027-01-05 -> ok
"""
NAMES = ("world", "fund", "wallet", "other", "loan", "school", "nobody")
numbers = itertools.count()

amounts = st.sampled_from((1, 5, 10, 30, 60, 200))
between = st.builds(
    "{} {} {} {}".format,
    st.sampled_from(("post", "hold")),
    st.sampled_from(NAMES),
    st.sampled_from(NAMES),
    amounts,
)
from_hold = st.one_of(
    st.builds("capture {} {}".format, st.sampled_from(("h1", "h2")), st.sampled_from((5, 10, 20))),
    st.builds("void {}".format, st.sampled_from(("h1", "h2"))),
)
sound = st.builds(
    "{} {} {}".format,
    st.sampled_from(("post", "hold")),
    st.sampled_from(("world fund", "fund wallet", "wallet school", "school world", "loan world")),
    st.sampled_from((1, 2, 3)),
)
any_lines = st.tuples(st.booleans(), st.one_of(between, sound, from_hold))
sound_lines = st.tuples(st.booleans(), st.one_of(sound, sound, sound, from_hold))


def opened(name: str) -> Ledger:
    ledger = Ledger(f"{name}-{next(numbers)}", SimulatedClock(START))
    ledger.run(ACCOUNTS)
    return ledger


def history(ledger: Ledger) -> list[list[tuple[Any, ...]]]:
    """Everything on file but identifiers, which differ between cells."""
    cell = ledger.cell
    codes = dict(Account.objects.filter(cell=cell).values_list("id", "code"))
    transfers = Transfer.objects.filter(cell=cell).order_by("seq")
    return [
        [
            (
                *(codes[row.debit], codes[row.credit], row.seq, row.kind, row.code),
                *(row.amount_cents, row.unit, row.hold is None, row.effective_at, row.recorded_at),
                *(row.debit_balance_after_cents, row.credit_balance_after_cents),
            )
            for row in transfers
        ],
        sorted(
            Account.objects.filter(cell=cell).values_list(
                "code",
                "posted_debit_cents",
                "posted_credit_cents",
                "held_debit_cents",
                "held_credit_cents",
            )
        ),
        sorted(
            Hold.objects.filter(cell=cell).values_list(
                "amount_cents", "captured_cents", "released_cents", "state"
            )
        ),
        sorted(Refusal.objects.filter(cell=cell).values_list("asked__code", "result")),
        sorted(Journal.objects.filter(cell=cell).values_list("kind", "actor")),
    ]


@pytest.mark.django_db
@settings(
    max_examples=60,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.one_of(
        st.lists(sound_lines, min_size=4, max_size=9), st.lists(any_lines, min_size=4, max_size=9)
    )
)
def test_a_batch_ends_like_its_journals_one_after_another(
    drawn: list[tuple[bool, str]],
) -> None:
    script = [
        f"{'+ ' if linked and number else ''}k{number} {text} -> ?"
        for number, (linked, text) in enumerate(drawn)
    ]
    groups = list(journals(map(parse, script)))
    at_once, one_by_one = opened("at-once"), opened("one-by-one")
    answered = at_once.answer_at_once(groups)
    assert answered == [line for group in groups for line in one_by_one.answer_at_once([group])]
    assert history(at_once) == history(one_by_one)
    assert broken(at_once.cell) == []


NO_DECISION = """
    CREATE OR REPLACE FUNCTION ledger_decide(p_cell ledger_cell, p_moment timestamptz,
        p_headers ledger_header[], p_steps ledger_step[], p_doubtful bigint[], p_tight uuid[],
        p_twice text[])
    RETURNS ledger_step[] LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'in doubt: %', cardinality(p_doubtful); END $$
"""


def in_doubt(ledger: Ledger, owner: psycopg.Connection, script: str) -> int:
    """How many items of a batch are decided one after another; nothing is kept."""
    lines = (line for line in script.splitlines() if line.strip())
    documents = [ledger.document(group) for group in journals(map(parse, lines))]
    try:
        with owner.transaction(force_rollback=True):
            owner.execute(NO_DECISION)
            owner.execute(
                "SELECT ledger_post(%s, %s, %s)", [ledger.cell, START, json.dumps(documents)]
            )
    except psycopg.errors.RaiseException as told:
        return int(str(told.diag.message_primary).split()[-1])
    return 0


@pytest.mark.usefixtures("fresh_database")
def test_only_what_an_earlier_item_could_change_is_decided_in_order(
    owner_connection: psycopg.Connection, django_db_blocker: DjangoDbBlocker
) -> None:
    with django_db_blocker.unblock():
        ledger = opened("lean")
        sound = """
            a post wallet school 10
            b hold fund school 20
            + c post fund wallet 5
            d capture h1 5
            e post world fund 1
        """
        assert in_doubt(ledger, owner_connection, sound) == 0
        for line, items in (
            # Covered only by what c brings in: all that touches the wallet, and what is linked.
            ("f post wallet school 21", 5),
            ("f post world nobody 1", 1),
            ("f post fund other 1", 1),
            ("f capture h1 5", 2),  # both take from one hold
            ("f capture h2 5 final=yes", 1),  # it makes a second transfer
            ("f capture b 5", 1),  # the hold is not on file yet
            ("a post wallet school 10", 2),  # one key twice
        ):
            assert in_doubt(ledger, owner_connection, sound + line) == items, line


@pytest.mark.django_db
def test_a_hold_is_read_only_where_an_item_takes_from_one() -> None:
    ledger = opened("unused")
    documents = [ledger.document_of(f"k{number} post world fund 1") for number in range(4)]
    for document in documents:
        document["items"][0]["hold"] = "no identifier"
    assert ledger.results(documents) == [["ok"]] * 4


@pytest.mark.django_db
def test_one_long_journal_is_written_at_once() -> None:
    ledger = opened("long")
    lines = [f"{'+ ' if number else ''}k{number} post world fund 1" for number in range(2000)]
    (answers,) = ledger.results([ledger.document_of(*lines)])
    assert set(answers) == {"ok"}
    assert broken(ledger.cell) == []
