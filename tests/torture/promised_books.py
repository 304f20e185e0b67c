"""Books with a row in every table, and rows like them."""

from __future__ import annotations

from dataclasses import dataclass

from lmb.ledger import service
from lmb.ledger.entries import Journal, Post
from lmb.values.clock import SimulatedClock
from tests.ledger.books import Ledger, execute
from tests.proofs.audited import POLICY, audited_books
from tests.proofs.posting import START

NOBODY = "'00000000-0000-8000-8000-000000000000'"
SPARE_CELL = 999

# What makes a row another one; a value is SQL about `t`, the row that is copied.
FRESH: dict[str, dict[str, str]] = {
    "ledger_account": {"id": "gen_random_uuid()", "code": "'fresh'"},
    "ledger_cell": {"id": "1000", "name": "'fresh'"},
    "ledger_unit": {"code": "'fresh'"},
    "ledger_purpose": {"code": "'fresh'"},
    "ledger_fund": {"code": "'fresh'"},
    "ledger_hold": {"id": "gen_random_uuid()"},
    "ledger_instruction": {"id": "gen_random_uuid()", "subject": "'fresh'"},
    "ledger_journal": {"id": "gen_random_uuid()", "reverses": "null"},
    "ledger_transfer": {
        "id": "gen_random_uuid()",
        "seq": "(SELECT c.seq_last + 1 FROM ledger_cell c WHERE c.id = t.cell)",
    },
    "ledger_refusal": {"id": "gen_random_uuid()"},
    "proofs_leaf": {
        "index": "t.index + 1",
        "seq": "t.seq + 1",
        "subject": "(SELECT n.id FROM ledger_transfer n"
        " WHERE n.cell = t.cell AND n.seq = t.seq + 1)",
    },
    "proofs_salt": {"index": "(SELECT max(index) FROM proofs_leaf)"},
    "proofs_tile": {"index": "9999"},
    "proofs_checkpoint": {"size": "9999"},
    "proofs_cosignature": {"timestamp": "1"},
    "proofs_policy": {"number": "2"},
    "proofs_witnessed": {"witnessed_at": "t.witnessed_at + interval '1 day'"},
    "proofs_audit": {"finished_at": "t.finished_at + interval '1 day'"},
}


@dataclass(frozen=True, slots=True)
class Scene:
    """Books of which the last leaf has no salt and the last transfers have no leaf."""

    ledger: Ledger


def open_scene() -> Scene:
    audited_books()
    ledger = Ledger("Ohio", SimulatedClock(START))
    ledger.run("""
        open loan limit=credits<=debits
        open spare
        open trained purpose=training
        debt    post loan world 100 -> ok
        first   post world provider 5 -> ok
        back    post provider world 5 reverses=first -> ok
        waiting hold world provider 30 until=2031-01-01 -> ok
        beyond  post wallet provider 999999999 -> exceeds_balance
    """)
    service.define_unit("face:of-a-bond", "A bond")
    execute("SELECT ledger_open_cell(%s, 'spare', true)", [SPARE_CELL])
    execute("DELETE FROM proofs_salt WHERE index = (SELECT max(index) FROM proofs_leaf)")
    execute(
        "INSERT INTO proofs_policy (cell, number, content, patience_seconds, actor, recorded_at)"
        " VALUES (%s, 1, %s, NULL, 'auditor', now())",
        [ledger.cell, POLICY],
    )
    execute(
        "INSERT INTO proofs_witnessed (cell, policy, witnessed_at, size)"
        " SELECT cell, 1, issued_at, size FROM proofs_checkpoint LIMIT 1"
    )
    execute(
        "INSERT INTO proofs_audit (cell, started_at, finished_at, actor, movements, leaves, closed,"
        " witnesses, findings_total, findings)"
        " VALUES (%s, now(), now(), 'auditor', 0, 0, 0, '[]', 0, '[]')",
        [ledger.cell],
    )
    return Scene(ledger)


def copy(table: str, *, of: str = "true", keep: str = "", **changes: str) -> str:
    """The statement that adds a row like the last one of a table of which `of` is true, with its
    own identifiers but for the column to keep, and with changes."""
    fresh = {column: value for column, value in FRESH[table].items() if column != keep}
    pairs = ", ".join(f"'{column}', {value}" for column, value in (fresh | changes).items())
    return (
        f"INSERT INTO {table} SELECT (jsonb_populate_record(t, jsonb_build_object({pairs}))).*"
        f" FROM {table} t WHERE ctid = (SELECT max(ctid) FROM {table} WHERE {of})"
    )


def pay_out(scene: Scene) -> None:
    """Pay money out of the programme while its witnesses are silent."""
    execute("INSERT INTO proofs_policy SELECT cell, 2, content, 1, actor, now() FROM proofs_policy")
    post = Post("payout", "wallet", "provider", 1, "fee")
    journal = Journal("payout", "test", "tester", scene.ledger.cause, [post])
    service.post_or_refuse(scene.ledger.books, [journal])
