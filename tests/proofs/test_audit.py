"""Each tamper drill is named by the audit as what it is, and nothing else is named beside it."""

from __future__ import annotations

import re
from http import HTTPStatus

import psycopg
import pytest
from django.db import connection, transaction

from lmb.config import connections
from lmb.config.paths import CLONE
from lmb.ledger.service import Books
from lmb.proofs import queries
from lmb.proofs.audit import audit, examine
from lmb.proofs.audit_checkpoints import kept_checkpoint
from lmb.proofs.audit_findings import FINDINGS_MAX, NEXT_STEPS, FindingsSoFar, Kind
from lmb.proofs.checkpoints import Checkpoint, parse_checkpoint
from lmb.proofs.errors import MalformedError, NotProvenError
from lmb.proofs.policy import Policy
from lmb.proofs.service import integrate, issue_checkpoint
from lmb.proofs.witness import AddCheckpoint, Refusal, answered
from lmb.values.errors import ConflictError
from tests.conftest import Database
from tests.proofs.audited import (
    EARLIER,
    SIZE,
    Rows,
    audited,
    audited_books,
    disarm,
    kept,
    named,
    newest,
    sign,
    tamper,
    trusted,
)
from tests.proofs.drills import DRILLS
from tests.proofs.posting import START, open_books, pay
from tests.proofs.support import LOG, WITNESS, checkpoint, signed, signing_key

pytestmark = pytest.mark.usefixtures("fresh_database")


@pytest.fixture
def books(fresh_database: object) -> Books:
    return audited_books()


def relog(books: Books, owner: psycopg.Connection) -> None:
    """Rewrite the log consistently: other leaves, tiles and checkpoints, signed by the log."""
    tamper(
        owner,
        [
            "DELETE FROM proofs_cosignature",
            "DELETE FROM proofs_checkpoint",
            "DELETE FROM proofs_tile",
            "DELETE FROM proofs_salt",
            "DELETE FROM proofs_leaf",
        ],
    )
    integrate(books.cell)
    issue_checkpoint(books.cell, [LOG], START)


def test_books_that_were_only_posted_to_are_proven(books: Books) -> None:
    found = audited(books, newest(books))
    assert (found.findings, found.total) == ((), 0)
    assert (found.movements, found.leaves, found.closed) == (SIZE, SIZE, 0)
    assert found.checkpoint is not None
    assert found.checkpoint.checkpoint.size == SIZE
    assert [cosigner.name for cosigner in found.cosigners] == sorted(
        ["second.example", WITNESS.name]
    )
    pay(books, "later")
    assert audited(books).findings == ()


def test_each_drill_is_named_as_what_it_is_and_as_nothing_else(
    books: Books, owner_connection: psycopg.Connection, fresh_database: Database
) -> None:
    disarm(owner_connection)
    # Each drill is undone with its transaction, so the audit must look from within it.
    connections.use_database(fresh_database.owner_dsn, fresh_database.owner_dsn)
    before = Rows()
    answered_by_name, expected_by_name = {}, {}
    for drill, (statements, expected) in DRILLS.items():
        with transaction.atomic():
            with connection.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement)
            found = examine(books.cell, trusted(), (), lambda _: None)
            rows = Rows() if "inserted" in drill else before
            transaction.set_rollback(True)
        answered_by_name[drill] = named(found)
        expected_by_name[drill] = {(kind, rows.named(row)) for kind, row in expected}
        assert all(finding.found and finding.told for finding in found.findings)
    assert answered_by_name == expected_by_name


def test_what_the_log_says_is_told(books: Books, owner_connection: psycopg.Connection) -> None:
    tamper(
        owner_connection,
        [
            "UPDATE ledger_transfer SET amount_cents = 999 WHERE seq = 266",
            "UPDATE ledger_journal SET actor = 'nobody' WHERE determination IS NOT NULL",
        ],
    )
    told = {
        finding.kind: (finding.found, finding.told)
        for finding in audited(books).findings
        if finding.kind is not Kind.CONSEQUENCE
    }
    assert told == {
        Kind.TRANSFER_CHANGED: ("amount 999 cents", "amount 1200 cents"),
        Kind.JOURNAL_CHANGED: ("actor nobody", "actor desk"),
    }


def test_a_leaf_that_nothing_signed_covers_is_named_when_it_is_none(
    books: Books, owner_connection: psycopg.Connection
) -> None:
    pay(books, "later")
    integrate(books.cell)
    tamper(
        owner_connection,
        ["UPDATE proofs_leaf SET content = 'x', hash = sha256('\\x0078') WHERE index = 301"],
    )
    assert named(audited(books)) == {("leaf-changed", "leaf 301")}


def test_a_destroyed_salt_is_counted_and_nothing_to_find(
    books: Books, owner_connection: psycopg.Connection
) -> None:
    owner_connection.execute("DELETE FROM proofs_salt WHERE index = 40")
    found = audited(books)
    assert (found.findings, found.closed) == ((), 1)


def test_an_old_backup_is_behind_a_kept_checkpoint(books: Books) -> None:
    with transaction.atomic():
        pay(books, "forgotten")
        later = sign(books)
        transaction.set_rollback(True)
    assert audited(books).findings == ()
    assert named(audited(books, later)) == {("log-shorter", "kept-1")}


def test_an_old_backup_that_went_on_is_another_history(books: Books) -> None:
    with transaction.atomic():
        pay(books, "forgotten")
        later = sign(books)
        transaction.set_rollback(True)
    pay(books, "instead")
    sign(books)
    assert audited(books).findings == ()
    found = audited(books, later)
    assert named(found) == {("fork", f"kept-1, {SIZE + 1} leaves")}
    assert f"between leaf {SIZE} and leaf {SIZE}" in found.findings[0].told


def test_a_rewritten_tree_is_a_fork_from_what_somebody_kept(
    books: Books, owner_connection: psycopg.Connection
) -> None:
    before = newest(books)
    relog(books, owner_connection)
    log_alone = Policy(logs=[LOG.verifier])
    assert audited(books, policy=log_alone).findings == ()
    assert named(audited(books)) == {("too-few-witnesses", f"checkpoint of {SIZE} leaves on file")}
    assert named(audited(books, before)) == {("fork", f"kept-1, {SIZE} leaves")}


def test_a_witness_refuses_a_rewritten_tree(
    books: Books, owner_connection: psycopg.Connection
) -> None:
    seen, _ = parse_checkpoint(newest(books))
    relog(books, owner_connection)
    pay(books, "more")
    integrate(books.cell)
    note = issue_checkpoint(books.cell, [LOG], START)
    stated, _ = parse_checkpoint(note.content)
    tree = queries.tree(books.cell, stated.size)
    for old_size, status in (
        (SIZE, HTTPStatus.UNPROCESSABLE_ENTITY),
        (EARLIER, HTTPStatus.CONFLICT),
    ):
        request = AddCheckpoint(old_size, tuple(tree.consistency(old_size)), stated, note)
        answer = answered(request.content, {seen.origin: seen}, [LOG.verifier])
        assert isinstance(answer, Refusal)
        assert answer.status == status


def test_a_log_relogged_under_checkpoints_left_in_place_is_a_fork(
    books: Books, owner_connection: psycopg.Connection
) -> None:
    owner_connection.execute("CREATE TABLE old_checkpoint AS SELECT * FROM proofs_checkpoint")
    owner_connection.execute("CREATE TABLE old_cosignature AS SELECT * FROM proofs_cosignature")
    relog(books, owner_connection)
    tamper(
        owner_connection,
        [
            "DELETE FROM proofs_checkpoint",
            "INSERT INTO proofs_checkpoint SELECT * FROM old_checkpoint",
            "INSERT INTO proofs_cosignature SELECT * FROM old_cosignature",
        ],
    )
    assert named(audited(books)) == {("fork", f"checkpoint of {EARLIER} leaves on file")}


def test_two_checkpoints_of_one_size_are_told_with_both_roots(books: Books) -> None:
    true = newest(books)
    other = signed(Checkpoint(checkpoint(SIZE).origin, SIZE, bytes(32))).content
    found = audited(books, true, other)
    assert named(found) == {("two-checkpoints", f"checkpoints of {SIZE} leaves")}
    assert "kept-1: root" in found.findings[0].told
    assert f"kept-2: root {'00' * 32}" in found.findings[0].told
    assert named(audited(books, other)) == {("fork", f"kept-1, {SIZE} leaves")}


def test_leaves_are_restored_from_the_books_only_where_that_was_signed(
    books: Books, owner_connection: psycopg.Connection
) -> None:
    tamper(
        owner_connection,
        [
            "UPDATE ledger_transfer SET amount_cents = amount_cents + 1 WHERE seq = 10",
            "UPDATE proofs_leaf SET content = 'x', hash = sha256('\\x0078') WHERE index = 280",
        ],
    )
    found = named(audited(books))
    assert {kind for kind, _ in found} == {"transfer-changed", "leaf-changed"}


def test_a_kept_file_is_evidence_only_when_the_log_signed_it(books: Books) -> None:
    stranger = signing_key(LOG.name + "/other")
    for content, error in (
        (b"nothing", MalformedError),
        (signed(checkpoint(7), stranger).content, NotProvenError),
        (newest(books).replace(b"\n301\n", b"\n300\n"), NotProvenError),
    ):
        with pytest.raises(error):
            kept(content)
    policy = trusted()
    policy.logs.append(stranger.verifier)
    elsewhere = signed(checkpoint(7, origin=stranger.name), stranger)
    iowa = kept_checkpoint("iowa", elsewhere.content, policy)
    with pytest.raises(ConflictError, match="name the right books"):
        audit(books.cell, policy, [iowa])


def test_books_that_were_never_signed_are_not_proven(fresh_database: object) -> None:
    found = audited(open_books())
    assert named(found) == {("too-few-witnesses", "the log")}
    assert (found.movements, found.leaves, found.checkpoint) == (1, 0, None)


def test_each_kind_has_a_next_step_and_is_in_the_reference() -> None:
    reference = (CLONE / "docs" / "reference" / "audit.md").read_text()
    assert set(NEXT_STEPS) == set(Kind)
    assert re.findall(r"^\| `([a-z][a-z-]+)` \|", reference, re.MULTILINE) == [
        kind.value for kind in Kind
    ]


def test_a_row_is_told_once_and_no_more_than_anyone_would_read() -> None:
    findings = FindingsSoFar()
    for number in [*range(FINDINGS_MAX + 5), 1, 1]:
        findings.add(Kind.FORK, f"row {number}", "found", "told")
    assert len(findings.in_order()) == FINDINGS_MAX
    assert findings.counts[Kind.FORK] == FINDINGS_MAX + 5
