"""Tamper drills: what somebody with the owner's rights does to the books of `audited`, and the
kinds and rows by which an audit names it, consequences left out."""

from __future__ import annotations

from tests.proofs.support import WITNESS

SHIFT_BACK = [
    "UPDATE ledger_transfer SET seq = seq + 10000 WHERE seq > 71",
    "UPDATE ledger_transfer SET seq = seq - 10001 WHERE seq > 10000",
    "UPDATE ledger_cell SET seq_last = seq_last - 1",
]
COPY = """INSERT INTO ledger_transfer SELECT (t2).* FROM (SELECT jsonb_populate_record(t,
    jsonb_build_object('id', gen_random_uuid(), 'seq', {})) AS t2 FROM ledger_transfer t
    WHERE seq = 71) copied"""
SHA = "sha256 = encode(sha256(convert_to('{}', 'UTF8')), 'hex')"
INSTRUCTION = "UPDATE ledger_instruction SET content = '{}'"

DRILLS: dict[str, tuple[list[str], set[tuple[str, str]]]] = {
    "one cent more": (
        ["UPDATE ledger_transfer SET amount_cents = amount_cents + 1 WHERE seq = 71"],
        {("transfer-changed", "transfer 71")},
    ),
    "one cent less from a hold": (
        ["UPDATE ledger_transfer SET amount_cents = amount_cents - 1 WHERE seq = 3"],
        {("transfer-changed", "transfer 3")},
    ),
    "to another account": (
        [
            "UPDATE ledger_transfer SET credit = (SELECT id FROM ledger_account"
            " WHERE code = 'provider') WHERE seq = 74"
        ],
        {("transfer-changed", "transfer 74")},
    ),
    "other columns of other rows": (
        [
            "UPDATE ledger_transfer SET debit = credit, credit = debit WHERE seq = 74",
            "UPDATE ledger_transfer SET recorded_at = now() WHERE seq = 72",
            "UPDATE ledger_transfer SET effective_at = now() WHERE seq = 73",
            "UPDATE ledger_transfer SET code = 'bonus' WHERE seq = 75",
        ],
        {("transfer-changed", f"transfer {seq}") for seq in (72, 73, 74, 75)},
    ),
    "what no leaf can hold": (
        ["UPDATE ledger_transfer SET code = repeat('x', 70000) WHERE seq = 75"],
        {("transfer-changed", "transfer 75")},
    ),
    "a row deleted": (
        ["DELETE FROM ledger_transfer WHERE seq = 71"],
        {("transfer-deleted", "transfer 71")},
    ),
    "a row deleted and the rest renumbered": (
        ["DELETE FROM ledger_transfer WHERE seq = 71", *SHIFT_BACK],
        {("transfer-deleted", "transfer 71")},
    ),
    "a row inserted at the end": (
        [COPY.format(302)],
        {("transfer-inserted", "transfer 302")},
    ),
    "a row inserted between others": (
        [
            "UPDATE ledger_transfer SET seq = seq + 10000 WHERE seq > 71",
            "UPDATE ledger_transfer SET seq = seq - 9999 WHERE seq > 10000",
            COPY.format(72),
        ],
        {("transfer-inserted", "transfer 72")},
    ),
    "two rows swapped": (
        [
            "UPDATE ledger_transfer SET seq = 10000 WHERE seq = 71",
            "UPDATE ledger_transfer SET seq = 71 WHERE seq = 80",
            "UPDATE ledger_transfer SET seq = 80 WHERE seq = 10000",
        ],
        {("transfer-reordered", "transfer 71"), ("transfer-reordered", "transfer 80")},
    ),
    "two neighbours swapped": (
        [
            "UPDATE ledger_transfer SET seq = 10000 WHERE seq = 71",
            "UPDATE ledger_transfer SET seq = 71 WHERE seq = 72",
            "UPDATE ledger_transfer SET seq = 72 WHERE seq = 10000",
        ],
        {("transfer-reordered", "transfer 71"), ("transfer-reordered", "transfer 72")},
    ),
    "a journal's cause": (
        [
            "UPDATE ledger_journal SET instruction = (SELECT id FROM ledger_instruction"
            " WHERE subject = 'lunch') WHERE instruction = (SELECT id FROM ledger_instruction"
            " WHERE subject = 'many')"
        ],
        {("journal-changed", "journal 71")},
    ),
    "a journal's actor": (
        [
            "UPDATE ledger_journal SET actor = 'nobody' WHERE instruction ="
            " (SELECT id FROM ledger_instruction WHERE subject = 'lunch')"
        ],
        {("journal-changed", "journal 266")},
    ),
    "a journal deleted": (
        [
            "DELETE FROM ledger_journal WHERE instruction ="
            " (SELECT id FROM ledger_instruction WHERE subject = 'lunch')"
        ],
        {("movement-changed", "transfer 266")},
    ),
    "an instruction's content": (
        [f"{INSTRUCTION} WHERE subject = 'many'"],
        {("cause-changed", "instruction many")},
    ),
    "an instruction's content with its hash": (
        [f"{INSTRUCTION}, {SHA} WHERE subject = 'many'"],
        {("cause-changed", "instruction many")},
    ),
    "the only transfer's instruction with its hash": (
        [f"{INSTRUCTION}, {SHA} WHERE subject = 'lunch'"],
        {("movement-changed", "transfer 266")},
    ),
    "a determination's content": (
        ["""UPDATE rules_determination SET content = '{"result": 9}'"""],
        {("cause-changed", "determination why")},
    ),
    "an account's sum": (
        [
            "UPDATE ledger_account SET posted_credit_cents = posted_credit_cents + 1"
            " WHERE code = 'provider'"
        ],
        {("account-changed", "account provider")},
    ),
    "a hold": (
        ["UPDATE ledger_hold SET captured_cents = 1900, released_cents = 1100"],
        {("hold-changed", "hold")},
    ),
    "the books' last number": (
        ["UPDATE ledger_cell SET seq_last = 9"],
        {("books-broken", "cell Ohio")},
    ),
    "a leaf in a full tile": (
        ["UPDATE proofs_leaf SET content = 'x', hash = sha256('\\x0078') WHERE index = 40"],
        {("leaf-changed", "leaf 40")},
    ),
    "a leaf after the last full tile": (
        ["UPDATE proofs_leaf SET content = 'x', hash = sha256('\\x0078') WHERE index = 280"],
        {("leaf-changed", "leaf 280")},
    ),
    "a leaf's hash": (
        ["UPDATE proofs_leaf SET hash = sha256('') WHERE index = 280"],
        {("leaf-changed", "leaf 280")},
    ),
    "a leaf's label": (
        ["UPDATE proofs_leaf SET subject = gen_random_uuid() WHERE index = 40"],
        {("leaf-changed", "leaf 40")},
    ),
    "a leaf deleted": (
        ["DELETE FROM proofs_leaf WHERE index BETWEEN 280 AND 282"],
        {("leaf-deleted", "leaves 280 to 282")},
    ),
    "a salt": (
        ["UPDATE proofs_salt SET salt = sha256('') WHERE index = 40"],
        {("movement-changed", "transfer 41")},
    ),
    "a tile": (
        ["UPDATE proofs_tile SET hashes = overlay(hashes placing '\\x00' from 9)"],
        {("tile-changed", "tile/0/000")},
    ),
    "checkpoints": (
        [
            "UPDATE proofs_checkpoint SET root = sha256('') WHERE size = 301",
            "UPDATE proofs_checkpoint SET note = 'nothing' WHERE size = 264",
        ],
        {("checkpoint-changed", f"checkpoint of {size} leaves on file") for size in (264, 301)},
    ),
    "a cosignature": (
        [
            "UPDATE proofs_cosignature c SET line = o.line FROM proofs_cosignature o"
            " WHERE c.size = 301 AND o.size = 264 AND c.witness = o.witness"
            f" AND c.witness = '{WITNESS.name}'"
        ],
        {
            (
                "cosignature-changed",
                f"cosignature of {WITNESS.name} on the checkpoint of 301 leaves on file",
            )
        },
    ),
    "a cosignature's line of another witness": (
        [
            "UPDATE proofs_cosignature c SET line = o.line FROM proofs_cosignature o"
            " WHERE c.size = 301 AND o.size = 301 AND c.witness <> o.witness"
            f" AND c.witness = '{WITNESS.name}'"
        ],
        {
            (
                "cosignature-changed",
                f"cosignature of {WITNESS.name} on the checkpoint of 301 leaves on file",
            )
        },
    ),
    "an instruction's hash alone": (
        ["UPDATE ledger_instruction SET sha256 = repeat('0', 64) WHERE subject = 'many'"],
        {("cause-changed", "instruction many")},
    ),
    "the end of the log deleted": (
        [
            "DELETE FROM proofs_salt WHERE index >= 280",
            "DELETE FROM proofs_leaf WHERE index >= 280",
        ],
        {("log-shorter", "checkpoint of 301 leaves on file")},
    ),
    "cosignatures deleted": (
        ["DELETE FROM proofs_cosignature"],
        {("too-few-witnesses", "checkpoint of 301 leaves on file")},
    ),
}
