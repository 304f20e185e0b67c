"""Every check and reference of the log's tables refuses something, also for raw SQL."""

from __future__ import annotations

import psycopg
import pytest

from lmb.ledger.service import Books
from lmb.proofs.service import integrate, issue_checkpoint, trust
from tests.proofs.posting import START, open_books, pay_many
from tests.proofs.support import LOG

LEAF = "INSERT INTO proofs_leaf (cell, index, type, subject, seq, content, hash) SELECT"
TILE = "INSERT INTO proofs_tile (cell, level, index, hashes, root) SELECT"
FULL = "repeat('x', 8192)::bytea, sha256('')"
CHECKPOINT = "INSERT INTO proofs_checkpoint (cell, size, origin, root, note, issued_at) SELECT"
COSIGNED = """INSERT INTO proofs_cosignature
    (cell, size, witness, key, timestamp, line, recorded_at) SELECT"""
POLICY = """INSERT INTO proofs_policy
    (cell, number, content, patience_seconds, actor, recorded_at) SELECT"""
WITNESSED = "INSERT INTO proofs_witnessed (cell, policy, witnessed_at, size) SELECT"

# Each statement breaks the constraint it stands beside, and would be taken without it.
REFUSED = {
    "proofs_leaf_index": f"{LEAF} cell, -1, 1, id, seq, 'a', sha256('\\x0061') FROM one",
    "proofs_leaf_hash_is_of_content": f"{LEAF} cell, 2, 1, id, seq, 'a', sha256('') FROM one",
    "proofs_leaf_seq": f"{LEAF} cell, 2, 1, gen_random_uuid(), 1, 'a', sha256('\\x0061') FROM one",
    "proofs_leaf_subject": f"""{LEAF} one.cell, 2, 1, l.subject, 3, 'a', sha256('\\x0061')
        FROM one JOIN proofs_leaf l ON l.index = 0""",
    "proofs_leaf_cell": f"{LEAF} 0, 0, 1, id, seq, 'a', sha256('\\x0061') FROM one",
    "proofs_salt_of_a_leaf": "INSERT INTO proofs_salt SELECT cell, 9, sha256('') FROM one",
    "proofs_salt_is_long_enough": "INSERT INTO proofs_salt SELECT cell, 9, 'short' FROM one",
    "proofs_tile_place": f"{TILE} cell, -1, 0, {FULL} FROM one",
    "proofs_tile_is_full": f"{TILE} cell, 0, 0, 'x', sha256('') FROM one",
    "proofs_tile_cell": f"{TILE} 0, 0, 0, {FULL} FROM one",
    "proofs_checkpoint_size": f"{CHECKPOINT} cell, -1, 'o', sha256(''), 'n', now() FROM one",
    "proofs_checkpoint_root_is_a_hash": f"{CHECKPOINT} cell, 9, 'o', 'x', 'n', now() FROM one",
    "proofs_checkpoint_cell": f"{CHECKPOINT} 0, 9, 'o', sha256(''), 'n', now() FROM one",
    "proofs_cosignature_of_a_checkpoint": f"{COSIGNED} cell, 9, 'w', 'k', 1, 'l', now() FROM one",
    "proofs_policy_number": f"{POLICY} cell, 0, 'c', 60, 'a', now() FROM one",
    "proofs_policy_patience": f"{POLICY} cell, 2, 'c', 0, 'a', now() FROM one",
    "proofs_policy_names_its_actor": f"{POLICY} cell, 2, 'c', 60, '', now() FROM one",
    "proofs_policy_cell": f"{POLICY} 0, 2, 'c', 60, 'a', now() FROM one",
    "proofs_witnessed_under_a_policy": f"{WITNESSED} cell, 9, now(), 2 FROM one",
    "proofs_witnessed_a_checkpoint": f"{WITNESSED} cell, 1, now(), 9 FROM one",
    "proofs_audit_cell": """INSERT INTO proofs_audit (cell, finished_at, started_at, actor,
        movements, leaves, closed, witnesses, findings_total, findings)
        SELECT 0, now(), now(), 'a', 0, 0, 0, '[]', 0, '[]' FROM one""",
}


@pytest.fixture
def books(fresh_database: object) -> Books:
    """Books of three transfers, of which two are logged."""
    opened = open_books()
    pay_many(opened, "many", 1)
    integrate(opened.cell)
    issue_checkpoint(opened.cell, [LOG], START)
    trust(opened.cell, f"log {LOG.verifier.text}\nquorum none\n".encode(), None, "a", START)
    pay_many(opened, "later", 1)
    return opened


def test_each_constraint_refuses_what_it_is_named_for(
    books: Books, owner_connection: psycopg.Connection
) -> None:
    owner_connection.execute("ALTER TABLE proofs_leaf DISABLE TRIGGER no_gaps")
    one = "WITH one AS (SELECT * FROM ledger_transfer WHERE seq = 3)"
    for constraint, statement in REFUSED.items():
        with pytest.raises(psycopg.IntegrityError) as raised:
            owner_connection.execute(f"{one} {statement}")
        assert raised.value.diag.constraint_name == constraint, constraint


def test_no_constraint_is_without_its_case(app_connection: psycopg.Connection) -> None:
    found = app_connection.execute(
        "SELECT conname FROM pg_constraint WHERE conrelid::regclass::text LIKE 'proofs\\_%'"
        " AND contype IN ('c', 'f', 'u')"
    ).fetchall()
    assert {name for (name,) in found} == set(REFUSED)
