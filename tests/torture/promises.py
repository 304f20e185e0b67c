"""What each constraint and each trigger of the books and of the proof log alone keeps from
happening: for every one in the catalogue, a thing that goes through once it is taken away.

When a table changes, this list does: an entry for each new name, none for one that is gone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.torture.promised_books import NOBODY, Scene, copy, pay_out

Deed = str | Callable[[Scene], None]


@dataclass(frozen=True, slots=True)
class Refused:
    """Something that must not go through; `beside` are patterns of others that would also refuse
    it, and are taken away first."""

    deed: Deed
    beside: tuple[str, ...] = ()


NO_GAPS = ("proofs_leaf.no_gaps",)
INSERT_ONLY = {
    "ledger_fund": "code",
    "ledger_purpose": "code",
    "ledger_unit": "code",
    "ledger_instruction": "cell",
    "ledger_journal": "cell",
    "ledger_transfer": "cell",
    "proofs_audit": "cell",
    "proofs_checkpoint": "cell",
    "proofs_cosignature": "cell",
    "proofs_leaf": "cell",
    "proofs_policy": "cell",
    "proofs_salt": "cell",
    "proofs_tile": "cell",
    "proofs_witnessed": "cell",
}
TABLES = (*INSERT_ONLY, "ledger_account", "ledger_cell", "ledger_hold", "ledger_refusal")
OF_NO_CELL = {
    "ledger_account": "ledger_account_cell",
    "ledger_instruction": "ledger_instruction_cell",
    "proofs_audit": "proofs_audit_cell",
    "proofs_checkpoint": "proofs_checkpoint_cell",
    "proofs_leaf": "proofs_leaf_cell",
    "proofs_policy": "proofs_policy_cell",
    "proofs_tile": "proofs_tile_cell",
}
UNREADABLE = "timestamptz '0001-06-01 00:00Z'"
HASH_OF_NO = "encode(sha256(convert_to('no', 'UTF8')), 'hex')"


def copied(table: str, *, of: str = "true", keep: str = "", **changes: str) -> Refused:
    """A row like one on file, under identifiers of its own but for those to keep."""
    return Refused(copy(table, of=of, keep=keep, **changes))


def leaf(*, keep: str = "", **changes: str) -> Refused:
    """A leaf like one on file, where the order of leaves is not looked at."""
    return Refused(copy("proofs_leaf", keep=keep, **changes), NO_GAPS)


PROMISES: dict[str, Refused] = {
    **{
        f"{table}.refuse_change": Refused(f"UPDATE {table} SET {column} = {column}")
        for table, column in INSERT_ONLY.items()
    },
    **{
        # What refers to the table is emptied with it, and would refuse in its own name.
        f"{table}.refuse_truncate": Refused(f"TRUNCATE {table} CASCADE", ("*.refuse_truncate",))
        for table in TABLES
    },
    **{
        f"{table}.{name}": Refused(
            copy(table, cell="77"), NO_GAPS if table == "proofs_leaf" else ()
        )
        for table, name in OF_NO_CELL.items()
    },
    # ── accounts ──────────────────────────────────────────────────────────────────────────────
    "ledger_account.refuse_delete": Refused("DELETE FROM ledger_account WHERE code = 'spare'"),
    "ledger_account.keep_terms": Refused(
        "UPDATE ledger_account SET owner = 'other' WHERE code = 'spare'"
    ),
    "ledger_account.face_is_held_or_issued": copied(
        "ledger_account", of="code = 'spare'", unit="'face:of-a-bond'"
    ),
    "ledger_account.ledger_account_pkey": copied("ledger_account", keep="id"),
    "ledger_account.ledger_account_code": copied("ledger_account", keep="code"),
    "ledger_account.ledger_account_unit": copied("ledger_account", unit="'gone'"),
    "ledger_account.ledger_account_purpose": copied("ledger_account", purpose="'gone'"),
    "ledger_account.ledger_account_fund": copied("ledger_account", fund="'gone'"),
    "ledger_account.ledger_account_limit_side_is_known": copied(
        "ledger_account", limit_side="'none'"
    ),
    "ledger_account.ledger_account_state_is_known": copied("ledger_account", state="'gone'"),
    "ledger_account.ledger_account_moments_are_readable": copied(
        "ledger_account", opened_at=UNREADABLE
    ),
    "ledger_account.ledger_account_sums_are_not_negative": Refused(
        "UPDATE ledger_account SET posted_credit_cents = -1 WHERE code = 'spare'"
    ),
    "ledger_account.ledger_account_is_not_overdrawn": Refused(
        "UPDATE ledger_account SET held_debit_cents = 10 ^ 12 WHERE code = 'wallet'"
    ),
    "ledger_account.ledger_account_is_not_overpaid": Refused(
        "UPDATE ledger_account SET held_credit_cents = 10 ^ 12 WHERE code = 'loan'"
    ),
    # ── cells, units, purposes, funds ─────────────────────────────────────────────────────────
    "ledger_cell.refuse_delete": Refused("DELETE FROM ledger_cell WHERE name = 'spare'"),
    "ledger_cell.ledger_cell_pkey": copied("ledger_cell", keep="id"),
    "ledger_cell.ledger_cell_name_key": copied("ledger_cell", keep="name"),
    "ledger_cell.ledger_cell_moments_are_readable": copied(
        "ledger_cell", closed_through=UNREADABLE
    ),
    "ledger_unit.ledger_unit_pkey": copied("ledger_unit", keep="code"),
    "ledger_purpose.ledger_purpose_pkey": copied("ledger_purpose", keep="code"),
    "ledger_fund.ledger_fund_pkey": copied("ledger_fund", keep="code"),
    # ── holds ─────────────────────────────────────────────────────────────────────────────────
    "ledger_hold.refuse_delete": Refused("DELETE FROM ledger_hold"),
    "ledger_hold.keep_terms": Refused(
        "UPDATE ledger_hold SET amount_cents = amount_cents + 1 WHERE state = 'open'"
    ),
    "ledger_hold.ledger_hold_pkey": copied("ledger_hold", keep="id"),
    "ledger_hold.ledger_hold_debit": copied("ledger_hold", debit=NOBODY),
    "ledger_hold.ledger_hold_credit": copied("ledger_hold", credit=NOBODY),
    "ledger_hold.ledger_hold_state_is_known": copied(
        "ledger_hold", of="state = 'captured'", state="'gone'"
    ),
    "ledger_hold.ledger_hold_gives_no_more_than_it_has": copied(
        "ledger_hold", of="state = 'open'", captured_cents="t.amount_cents + 1"
    ),
    "ledger_hold.ledger_hold_is_closed_when_used_up": copied(
        "ledger_hold", of="state = 'open'", captured_cents="t.amount_cents"
    ),
    "ledger_hold.ledger_hold_moments_are_readable": copied("ledger_hold", expires_at=UNREADABLE),
    # ── instructions and journals ─────────────────────────────────────────────────────────────
    "ledger_instruction.ledger_instruction_pkey": copied("ledger_instruction", keep="id"),
    "ledger_instruction.ledger_instruction_given_once": copied(
        "ledger_instruction", keep="subject"
    ),
    "ledger_instruction.ledger_instruction_names_its_actor": copied(
        "ledger_instruction", actor="''"
    ),
    "ledger_instruction.ledger_instruction_hash_is_of_content": copied(
        "ledger_instruction", sha256="repeat('0', 64)"
    ),
    "ledger_instruction.ledger_instruction_is_readable": copied(
        "ledger_instruction", content="'no'", sha256=HASH_OF_NO
    ),
    "ledger_journal.refers_to_rows_on_file": copied("ledger_journal", instruction=NOBODY),
    "ledger_journal.ledger_journal_moves_something": copied("ledger_journal", seq_last="0"),
    "ledger_journal.ledger_journal_pkey": copied("ledger_journal", keep="id"),
    "ledger_journal.ledger_journal_names_its_actor": copied("ledger_journal", actor="''"),
    "ledger_journal.ledger_journal_has_one_cause": copied("ledger_journal", instruction="null"),
    "ledger_journal.ledger_journal_reversed_once": copied(
        "ledger_journal", of="reverses IS NOT NULL", keep="reverses"
    ),
    "ledger_journal.ledger_journal_moments_are_readable": copied(
        "ledger_journal", effective_at=UNREADABLE
    ),
    # ── transfers and keys ────────────────────────────────────────────────────────────────────
    "ledger_transfer.ledger_transfer_pkey": copied(
        "ledger_transfer", of="kind = 'post'", keep="id"
    ),
    "ledger_transfer.ledger_transfer_seq": Refused(
        copy("ledger_transfer", of="kind = 'post'", keep="seq"),
        ("ledger_transfer.continue_cell",),
    ),
    "ledger_transfer.ledger_transfer_follows_on_both_sides": copied(
        "ledger_transfer", of="kind = 'post'", debit_seq_before="t.seq + 1000"
    ),
    "ledger_transfer.ledger_transfer_amount_is_positive": copied(
        "ledger_transfer", of="kind = 'post'", amount_cents="0"
    ),
    "ledger_transfer.ledger_transfer_has_two_accounts": copied(
        "ledger_transfer", of="kind = 'post'", credit="t.debit"
    ),
    "ledger_transfer.ledger_transfer_kind_is_known": copied(
        "ledger_transfer", of="kind = 'hold'", kind="'gone'"
    ),
    "ledger_transfer.ledger_transfer_names_its_hold": copied(
        "ledger_transfer", of="kind = 'hold'", hold="null"
    ),
    "ledger_transfer.continue_cell": copied(
        "ledger_transfer", of="kind = 'post'", seq="t.seq + 1000"
    ),
    "ledger_transfer.move_accounts": copied("ledger_transfer", of="kind = 'post'", journal=NOBODY),
    "ledger_transfer.move_holds": copied("ledger_transfer", of="kind = 'hold'"),
    "ledger_transfer.hold_back_payouts": Refused(pay_out),
    "ledger_refusal.keep_refusal": Refused("DELETE FROM ledger_refusal"),
    "ledger_refusal.ledger_refusal_pkey": copied("ledger_refusal", keep="id"),
    # ── the proof log ─────────────────────────────────────────────────────────────────────────
    "proofs_leaf.no_gaps": copied("proofs_leaf", index="t.index + 1000"),
    "proofs_leaf.proofs_leaf_pkey": leaf(keep="index"),
    "proofs_leaf.proofs_leaf_seq": leaf(keep="seq"),
    "proofs_leaf.proofs_leaf_subject": leaf(keep="subject"),
    "proofs_leaf.proofs_leaf_index": leaf(index="-1"),
    "proofs_leaf.proofs_leaf_hash_is_of_content": leaf(hash="sha256('')"),
    "proofs_salt.proofs_salt_pkey": copied("proofs_salt", keep="index"),
    "proofs_salt.proofs_salt_of_a_leaf": copied("proofs_salt", index="9999"),
    "proofs_salt.proofs_salt_is_long_enough": copied("proofs_salt", salt=r"'\x00'::bytea"),
    "proofs_tile.proofs_tile_pkey": copied("proofs_tile", keep="index"),
    "proofs_tile.proofs_tile_place": copied("proofs_tile", level="-1"),
    "proofs_tile.proofs_tile_is_full": copied("proofs_tile", hashes=r"'\x00'::bytea"),
    "proofs_checkpoint.proofs_checkpoint_pkey": copied("proofs_checkpoint", keep="size"),
    "proofs_checkpoint.proofs_checkpoint_size": copied("proofs_checkpoint", size="-1"),
    "proofs_checkpoint.proofs_checkpoint_root_is_a_hash": copied(
        "proofs_checkpoint", root=r"'\x00'::bytea"
    ),
    "proofs_cosignature.proofs_cosignature_pkey": copied("proofs_cosignature", keep="timestamp"),
    "proofs_cosignature.proofs_cosignature_of_a_checkpoint": copied(
        "proofs_cosignature", size="9999"
    ),
    "proofs_policy.proofs_policy_pkey": copied("proofs_policy", keep="number"),
    "proofs_policy.proofs_policy_number": copied("proofs_policy", number="0"),
    "proofs_policy.proofs_policy_patience": copied("proofs_policy", patience_seconds="0"),
    "proofs_policy.proofs_policy_names_its_actor": copied("proofs_policy", actor="''"),
    "proofs_witnessed.proofs_witnessed_pkey": copied("proofs_witnessed", keep="witnessed_at"),
    "proofs_witnessed.proofs_witnessed_a_checkpoint": copied("proofs_witnessed", size="9999"),
    "proofs_witnessed.proofs_witnessed_under_a_policy": copied("proofs_witnessed", policy="99"),
    "proofs_audit.proofs_audit_pkey": copied("proofs_audit", keep="finished_at"),
}
