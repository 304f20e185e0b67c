"""Payouts wait while the witnesses that the books trust have not answered; nothing else does."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.db import IntegrityError, ProgrammingError, connection

from lmb.ledger.batcher import Batcher
from lmb.ledger.entries import Capture, Cause, HoldFor, Item, Journal, Post, Void
from lmb.ledger.queries import balance
from lmb.ledger.service import Books, instruct, post
from lmb.proofs import models
from lmb.proofs.keys import SigningKey
from lmb.proofs.payouts import PayoutsWaitError, payout_refusal
from lmb.proofs.service import integrate, issue_checkpoint, record_cosignatures, trust
from lmb.proofs.trust import last_witnessed, policy_in_force
from lmb.values.errors import RefusedError
from tests.proofs.audited import POLICY
from tests.proofs.posting import open_books
from tests.proofs.support import LOG, SECOND, WITNESS

OTHER_LOG = replace(LOG, seed=bytes(32))
PATIENCE = timedelta(minutes=10)
NO_WITNESS = f"log {LOG.verifier.text}\nquorum none\n"


@pytest.fixture
def books(fresh_database: object) -> Books:
    return open_books()


def real_now() -> datetime:
    return datetime.now(UTC)


def journal(books: Books, *items: Item) -> Journal:
    key = items[0].key
    order = instruct(books, kind="order", subject=key, document={"key": key}, actor="desk")
    return Journal(key, "order", "desk", Cause.instruction(order), items)


def pay_provider(books: Books, key: str) -> str:
    item = Post(key, "wallet", "provider", 100, "tuition")
    ((answer,),) = post(books, [journal(books, item)])
    return answer.result


def cosign(books: Books, age: timedelta, *only: SigningKey) -> None:
    """Log and sign the books and let both witnesses cosign, or one of them, so long ago."""
    integrate(books.cell)
    text = issue_checkpoint(books.cell, [LOG], real_now()).text
    size = int(text.split("\n")[1])
    at = int((real_now() - age).timestamp())
    for key in only or (WITNESS, SECOND):
        given = [key.sign(text, at)]
        record_cosignatures(books.cell, size, given, [key.verifier], real_now())


def require(books: Books, policy: str = POLICY, patience: timedelta | None = PATIENCE) -> None:
    trust(books.cell, policy.encode(), patience, "auditor", real_now())


def test_payouts_wait_until_the_quorum_has_answered_and_the_same_order_then_pays(
    books: Books,
) -> None:
    require(books)
    with pytest.raises(PayoutsWaitError, match="no checkpoint has been cosigned"):
        pay_provider(books, "fee")
    cosign(books, timedelta(0), WITNESS)
    with pytest.raises(PayoutsWaitError, match="no checkpoint has been cosigned"):
        pay_provider(books, "fee")
    cosign(books, timedelta(0), SECOND)
    assert pay_provider(books, "fee") == "ok"
    assert balance(books.cell, "provider").posted_cents == 100


def test_the_refusal_names_checkpoint_age_limit_and_next_step(books: Books) -> None:
    require(books)
    cosign(books, timedelta(minutes=17, seconds=5))
    with pytest.raises(PayoutsWaitError) as refused:
        pay_provider(books, "fee")
    said = str(refused.value)
    assert said.startswith('payouts of the books "Ohio" wait: the last witnessed checkpoint, of 1 ')
    assert "leaves, was cosigned at " in said
    assert "17 min ago; at most 10 min may pass." in said
    assert "`lmb proofs publish`; nothing was paid, and the same order can be given again" in said
    assert isinstance(refused.value, RefusedError)
    assert "\n" not in said


def test_holds_go_on_while_captures_wait(books: Books) -> None:
    require(books)
    held = [HoldFor(key, "wallet", "provider", 3000, "tuition") for key in ("first", "second")]
    (first,), (second,) = post(books, [journal(books, one) for one in held])
    assert first.transfer is not None
    assert second.transfer is not None
    with pytest.raises(PayoutsWaitError):
        post(books, [journal(books, Capture("paid", first.transfer, 2000, "tuition"))])
    ((freed,),) = post(books, [journal(books, Void("freed", second.transfer, "tuition"))])
    assert freed.result == "ok"
    ((granted,),) = post(books, [journal(books, Post("more", "world", "wallet", 500, "grant"))])
    assert granted.result == "ok"
    assert balance(books.cell, "provider").posted_cents == 0
    cosign(books, timedelta(0))
    ((paid,),) = post(books, [journal(books, Capture("paid", first.transfer, 2000, "tuition"))])
    assert paid.result == "ok"


def test_without_a_policy_or_without_a_time_nothing_waits(books: Books) -> None:
    assert payout_refusal(books.cell, real_now()) is None
    assert pay_provider(books, "one") == "ok"
    require(books, patience=None)
    assert pay_provider(books, "two") == "ok"
    require(books)
    with pytest.raises(PayoutsWaitError):
        pay_provider(books, "three")
    require(books, patience=None)
    assert pay_provider(books, "three") == "ok"


def test_other_books_do_not_wait(books: Books) -> None:
    other = open_books("Iowa")
    require(books)
    assert pay_provider(other, "fee") == "ok"


def test_a_new_policy_counts_what_its_witnesses_have_cosigned_already(books: Books) -> None:
    cosign(books, timedelta(0), SECOND)
    require(books)
    with pytest.raises(PayoutsWaitError):
        pay_provider(books, "fee")
    require(books, POLICY.replace("quorum both", "quorum two"))
    assert pay_provider(books, "fee") == "ok"


def test_a_witness_whose_clock_is_ahead_gains_no_time(books: Books) -> None:
    require(books)
    cosign(books, timedelta(days=-1))
    trusted = policy_in_force(books.cell)
    assert trusted is not None
    seen = last_witnessed(trusted)
    assert seen is not None
    assert seen.at <= real_now()
    assert payout_refusal(books.cell, real_now() + PATIENCE - timedelta(seconds=30)) is None
    assert payout_refusal(books.cell, real_now() + PATIENCE + timedelta(seconds=1)) is not None


def test_raw_sql_of_the_owner_does_not_pay_either(
    books: Books, owner_connection: psycopg.Connection
) -> None:
    assert pay_provider(books, "fee") == "ok"
    require(books)
    names = [
        name
        for (name,) in owner_connection.execute(
            """SELECT attname FROM pg_attribute WHERE attrelid = 'ledger_transfer'::regclass
               AND attnum > 0 AND NOT attisdropped AND attname NOT IN ('id', 'seq')"""
        )
    ]
    columns = ", ".join(names)
    statement = f"""INSERT INTO ledger_transfer (id, seq, {columns})
        SELECT gen_random_uuid(), seq + 1, {columns} FROM ledger_transfer
        WHERE seq = (SELECT max(seq) FROM ledger_transfer)"""
    with pytest.raises(psycopg.DatabaseError, match="payouts of the books") as refused:
        owner_connection.execute(statement.encode())
    assert refused.value.sqlstate == "LB002"


def test_the_application_cannot_change_whom_the_books_trust(books: Books) -> None:
    require(books)
    row = {"cell": books.cell, "content": NO_WITNESS, "actor": "x", "recorded_at": real_now()}
    with pytest.raises(ProgrammingError, match="permission denied"):
        models.TrustPolicy.objects.create(number=2, patience_seconds=None, **row)
    with pytest.raises(ProgrammingError, match="permission denied"):
        models.TrustPolicy.objects.filter(cell=books.cell).update(patience_seconds=None)
    with pytest.raises(IntegrityError, match="proofs_policy is insert-only"):
        models.TrustPolicy.objects.using("owner").filter(cell=books.cell).update(actor="x")


def test_callers_of_the_batcher_are_refused_one_by_one(books: Books) -> None:
    require(books)
    with Batcher(books) as batcher:
        waiting = [
            batcher.submit(journal(books, Post(f"in {n}", "world", "wallet", 1, "grant")))
            for n in range(3)
        ]
        refused = batcher.submit(journal(books, Post("out", "wallet", "provider", 1, "tuition")))
        assert [one.result()[0].result for one in waiting] == ["ok"] * 3
        with pytest.raises(PayoutsWaitError, match="wait"):
            refused.result()


@pytest.mark.parametrize(
    ("policy", "patience", "reason"),
    [
        (NO_WITNESS, PATIENCE, "asks for no witness, so payouts cannot wait"),
        (POLICY, timedelta(0), "1 second or more"),
        ("quorum none\n", None, "no key is known for the log 'books.example/log'"),
        (f"log {OTHER_LOG.verifier.text}\nquorum none\n", None, "names no key that signed this"),
        ("quorum\n", None, "line 1 of the policy"),
    ],
)
def test_a_policy_that_could_not_be_kept_is_refused(
    books: Books, policy: str, patience: timedelta | None, reason: str
) -> None:
    cosign(books, timedelta(0))
    with pytest.raises(RefusedError, match=reason):
        require(books, policy, patience)
    assert policy_in_force(books.cell) is None


def test_page_and_database_say_the_same_sentence(books: Books) -> None:
    require(books)
    with pytest.raises(PayoutsWaitError) as refused:
        pay_provider(books, "fee")
    assert str(refused.value) == payout_refusal(books.cell, real_now())


def test_other_errors_of_the_database_stay_what_they_are(books: Books) -> None:
    with connection.cursor() as cursor, pytest.raises(ProgrammingError, match="no_such_column"):
        cursor.execute("SELECT no_such_column")
