"""The log follows the books without a gap, keeps its tiles, and signs only what it signed before
and more."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction

from lmb.ledger.entries import Cause
from lmb.ledger.service import Books
from lmb.proofs import models, queries
from lmb.proofs.books import posted_after, written_after
from lmb.proofs.checkpoints import check_log_signature, parse_checkpoint
from lmb.proofs.errors import MalformedError, NotProvenError
from lmb.proofs.keys import Algorithm
from lmb.proofs.leaves import (
    CauseKind,
    MovementKind,
    commitment,
    leaf_content,
    opened_leaf,
    parse_opened_leaf,
)
from lmb.proofs.receipts import cosigners_of, parse_receipt, verify_receipt
from lmb.proofs.service import (
    integrate,
    integrate_batch,
    issue_checkpoint,
    record_cosignatures,
)
from lmb.proofs.tiles import tiles_of
from lmb.proofs.tree import EMPTY_ROOT, Tree, leaf_hash
from lmb.proofs.verification import verify_consistency
from lmb.values.errors import ConflictError, NotFoundError, RefusedError
from tests.proofs.audited import determined
from tests.proofs.posting import (
    START,
    hold_and_capture,
    lapse,
    open_books,
    pay,
    pay_many,
    salts,
)
from tests.proofs.support import LOG, LOG_ML_DSA, NOON, WITNESS, WITNESS_ML_DSA, signing_key

pytestmark = pytest.mark.django_db

WITNESSES = [WITNESS.verifier, WITNESS_ML_DSA.verifier]


def randomness() -> Callable[[int], bytes]:
    made = salts()
    return lambda _count: next(made)


def leaf_hashes(books: Books) -> list[bytes]:
    rows = models.Leaf.objects.filter(cell=books.cell).order_by("index")
    return [bytes(row.hash) for row in rows]


def root(books: Books) -> bytes:
    return queries.tree(books.cell, queries.log_size(books.cell)).root


def test_every_transfer_gets_its_leaf_in_the_order_of_the_books() -> None:
    books = open_books()
    hold_and_capture(books)
    assert integrate(books.cell) == 4
    assert integrate(books.cell) == 0
    leaves = models.Leaf.objects.filter(cell=books.cell).order_by("index")
    assert [(leaf.index, leaf.seq) for leaf in leaves] == [(0, 1), (1, 2), (2, 3), (3, 4)]
    kinds = [queries.opened(books.cell, leaf.subject)[1].movement.kind for leaf in leaves]
    assert kinds == [
        MovementKind.POST,
        MovementKind.HOLD,
        MovementKind.CAPTURE,
        MovementKind.VOID,
    ]


def test_a_leaf_opens_to_what_the_books_say() -> None:
    books = open_books()
    hold_and_capture(books)
    integrate(books.cell)
    posted = posted_after(books.cell, 0, 10)[2]
    index, leaf = queries.opened(books.cell, posted.movement.transfer)
    assert (index, leaf.leaf.seq, leaf.leaf.recorded_at) == (2, 3, START)
    assert leaf.movement == posted.movement
    assert (leaf.movement.amount_cents, leaf.movement.code) == (2000, "tuition")
    assert leaf.movement.actor == "desk"


def test_the_database_writes_a_movement_as_the_layout_says() -> None:
    books = open_books()
    hold_and_capture(books)
    # Caused by a determination, at an odd microsecond, in words that are not ASCII.
    cause = Cause.determination(determined(books.cell))
    lapse(books, cause, actor="Büro für Ölförderung")
    posted = posted_after(books.cell, 0, 10)
    written = written_after(books.cell, 0, 10)
    assert {one.movement.kind for one in posted} == set(MovementKind)
    assert {one.movement.cause_kind for one in posted} == set(CauseKind)
    for one, row in zip(posted, written, strict=True):
        assert (row.seq, row.transfer) == (one.seq, one.movement.transfer)
        assert row.movement == one.movement.content
        leaf = opened_leaf(books.cell, one.seq, one.recorded_at, one.movement, bytes(32))
        committed = commitment(row.movement, bytes(32))
        assert leaf_content(books.cell, row.seq, row.recorded, committed) == leaf.leaf.content


def test_a_text_that_does_not_fit_a_leaf_is_refused_and_not_cut() -> None:
    books = open_books()
    pay(books, "long", actor="x" * 65_536)
    with pytest.raises(MalformedError, match="more than 65,535 bytes"):
        written_after(books.cell, 0, 10)


def test_batches_of_any_size_make_the_same_log() -> None:
    one, other = open_books("one"), open_books("other")
    pay_many(one, "many", 700)
    pay_many(other, "many", 700)
    integrate(one.cell, randomness=randomness())
    made = randomness()
    for limit in (1, 255, 256, 100, 89):
        assert integrate_batch(other.cell, limit, randomness=made) == limit
    # The leaves differ in their cell, so the trees are compared each with its own leaves.
    for books in (one, other):
        hashes = leaf_hashes(books)
        assert len(hashes) == 701
        tree = Tree(hashes)
        assert root(books) == tree.at(701).root
        stored = models.Tile.objects.filter(cell=books.cell)
        assert [(tile.level, tile.index) for tile in stored.order_by("index")] == [(0, 0), (0, 1)]
        for tile in tiles_of(701):
            joined = b"".join(
                tree.node(8 * tile.level, tile.index * 256 + at) for at in range(tile.width)
            )
            assert queries.stored_tile(books.cell, tile.level, tile.index) == joined


def test_logs_of_two_cells_do_not_touch() -> None:
    one, other = open_books("one"), open_books("other")
    pay(other, "more")
    assert (integrate(one.cell), integrate(other.cell)) == (1, 2)
    assert (queries.log_size(one.cell), queries.log_size(other.cell)) == (1, 2)


def test_an_empty_log_can_be_signed() -> None:
    books = open_books()
    stated, _ = parse_checkpoint(issue_checkpoint(books.cell, [LOG], START).content)
    assert (stated.size, stated.root) == (0, EMPTY_ROOT)


def test_a_checkpoint_states_the_log_as_it_stands_and_is_kept() -> None:
    books = open_books()
    integrate(books.cell)
    note = issue_checkpoint(books.cell, [LOG, LOG_ML_DSA], START)
    stated, parsed = parse_checkpoint(note.content)
    assert (stated.size, stated.root) == (1, root(books))
    for key in (LOG, LOG_ML_DSA):
        check_log_signature(stated, parsed, (key.verifier,))
    assert issue_checkpoint(books.cell, [LOG, LOG_ML_DSA], START) == note
    on_file = queries.newest_checkpoint(books.cell)
    assert on_file is not None
    assert (on_file.checkpoint, on_file.note, on_file.witnessed) == (stated, note, 0)


def test_each_checkpoint_extends_the_one_before() -> None:
    books = open_books()
    for round_number in range(3):
        pay_many(books, f"round {round_number}", 200)
        integrate(books.cell)
        issue_checkpoint(books.cell, [LOG], START)
    newest, *older = [one.checkpoint for one in queries.checkpoints(books.cell)]
    assert [one.size for one in (newest, *older)] == [601, 401, 201]
    tree = queries.tree(books.cell, newest.size)
    for old in older:
        proof = tree.consistency(old.size)
        verify_consistency(old.size, newest.size, proof, old.root, newest.root)


def test_a_log_keeps_its_origin() -> None:
    books = open_books()
    issue_checkpoint(books.cell, [LOG], START)
    with pytest.raises(ConflictError, match="a log keeps its origin"):
        issue_checkpoint(books.cell, [signing_key("other.example")], START)


def test_cosignatures_are_kept_once_and_shown_newest() -> None:
    books = open_books()
    integrate(books.cell)
    text = issue_checkpoint(books.cell, [LOG], START).text
    for timestamp in (NOON, NOON, NOON + 60):
        given = [key.sign(text, timestamp) for key in (WITNESS, WITNESS_ML_DSA)]
        assert record_cosignatures(books.cell, 1, given, WITNESSES, START) == 2
    assert models.Cosignature.objects.count() <= 6
    on_file = queries.newest_checkpoint(books.cell)
    assert on_file is not None
    assert on_file.witnessed == 1
    assert len(on_file.note.signatures) == 3
    assert len(on_file.note.verified(WITNESSES)) == 2
    assert {cosigner.timestamp for cosigner in cosigners_of(on_file.note, WITNESSES)} == {NOON + 60}
    assert queries.witnessed_size(books.cell, WITNESS.name) == 1
    assert queries.witnessed_size(books.cell, "nobody") == 0


def test_a_false_or_unknown_cosignature_is_not_kept() -> None:
    books = open_books()
    text = issue_checkpoint(books.cell, [LOG], START).text
    stranger = signing_key("stranger.example", Algorithm.ED25519_COSIGNATURE)
    good = WITNESS.sign(text, NOON)
    # Another first byte, whatever it was.
    false = type(good)(good.name, good.key_id, bytes([good.content[0] ^ 1]) + good.content[1:])
    with pytest.raises(RefusedError, match="no known witness"):
        record_cosignatures(books.cell, 0, [stranger.sign(text, NOON)], WITNESSES, START)
    with pytest.raises(NotProvenError, match="not over this text"):
        record_cosignatures(books.cell, 0, [false], WITNESSES, START)
    assert not models.Cosignature.objects.filter(cell=books.cell).exists()


def test_a_receipt_from_the_stored_tree_can_be_checked_alone() -> None:
    books = open_books()
    hold_and_capture(books)
    pay_many(books, "many", 300)
    integrate(books.cell)
    text = issue_checkpoint(books.cell, [LOG], START).text
    record_cosignatures(books.cell, 304, [WITNESS.sign(text, NOON)], WITNESSES, START)
    pay(books, "later")
    integrate(books.cell)
    issue_checkpoint(books.cell, [LOG], START)
    for posted in posted_after(books.cell, 0, 304)[::50]:
        kept = parse_receipt(queries.receipt(posted.movement.transfer).content)
        # The newest checkpoint is not cosigned yet; the receipt stands under the one that is.
        assert kept.checkpoint.size == 304
        leaf = parse_opened_leaf(kept.extra or b"")
        assert leaf.movement == posted.movement
        verify_receipt(kept, leaf.leaf.content, [LOG.verifier], WITNESSES, 1)


def test_what_has_no_leaf_or_checkpoint_has_no_receipt() -> None:
    books = open_books()
    transfer = posted_after(books.cell, 0, 1)[0].movement.transfer
    with pytest.raises(NotFoundError, match="no leaf"):
        queries.receipt(transfer)
    integrate(books.cell)
    with pytest.raises(RefusedError, match="no checkpoint covers"):
        queries.receipt(transfer)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE proofs_leaf SET seq = 9",
        "DELETE FROM proofs_leaf",
        "TRUNCATE proofs_leaf CASCADE",
        "UPDATE proofs_tile SET level = 9",
        "DELETE FROM proofs_checkpoint",
        "DELETE FROM proofs_cosignature",
        "UPDATE proofs_salt SET salt = sha256('')",
        "DELETE FROM proofs_salt",
    ],
)
def test_the_application_only_ever_adds(statement: str) -> None:
    with (
        pytest.raises(Exception, match="permission denied for table"),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def insert_leaf(books: Books, index: int, seq: int, of: int, kind: int = 1) -> None:
    subject = posted_after(books.cell, of - 1, 1)[0].movement.transfer
    with transaction.atomic():
        models.Leaf.objects.bulk_create(
            [
                models.Leaf(
                    cell=books.cell,
                    index=index,
                    type=kind,
                    subject=subject,
                    seq=seq,
                    content=b"leaf",
                    hash=leaf_hash(b"leaf"),
                )
            ]
        )


def test_the_database_refuses_gaps_and_leaves_of_nothing() -> None:
    books = open_books()
    pay_many(books, "many", 5)
    integrate_batch(books.cell, 2)
    with pytest.raises(IntegrityError, match="would leave a gap"):
        insert_leaf(books, 3, 3, 3)
    with pytest.raises(IntegrityError, match="has no earlier leaf"):
        insert_leaf(books, 2, 4, 4)
    with pytest.raises(IntegrityError, match="no posted transfer of its number"):
        insert_leaf(books, 2, 3, 4)
    with pytest.raises(IntegrityError, match="no posted transfer"):
        insert_leaf(books, 2, 3, 3, kind=2)
    with pytest.raises(IntegrityError, match="proofs_leaf"):
        insert_leaf(books, 1, 2, 2)
    insert_leaf(books, 2, 3, 3)


def test_the_database_refuses_a_hash_that_is_not_of_the_leaf() -> None:
    books = open_books()
    subject = posted_after(books.cell, 0, 1)[0].movement.transfer
    leaf = models.Leaf(
        cell=books.cell, index=0, type=1, subject=subject, seq=1, content=b"x", hash=bytes(32)
    )
    with pytest.raises(IntegrityError, match="proofs_leaf_hash_is_of_content"):
        models.Leaf.objects.bulk_create([leaf])
