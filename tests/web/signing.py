"""A signed and witnessed log for the pages to show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from lmb.people.keys import VaultKeys
from lmb.people.receipts import LocalSigner
from lmb.proofs import queries
from lmb.proofs.keys import SigningKey
from lmb.proofs.service import (
    integrate,
    integrate_batch,
    issue_checkpoint,
    record_cosignatures,
)
from tests.people.support import vault_keys
from tests.proofs.support import LOG, LOG_ML_DSA, NOON, SECOND, WITNESS, WITNESS_ML_DSA

SIGNED_FIRST = 600


@dataclass(frozen=True, slots=True)
class KeysOfTests:
    """Keys that are in no file: what `settings.VAULT_KEYS` leads to where pages sign and seal."""

    vault: VaultKeys
    receipts: LocalSigner


def keys_of_tests() -> KeysOfTests:
    return KeysOfTests(vault_keys(), LocalSigner.from_seed(b"r" * 32))


def sign_log(cell: int) -> None:
    """Two checkpoints an hour apart: both witnesses cosigned the first, one of them the second."""
    integrate_batch(cell, SIGNED_FIRST)
    sign(cell, NOON - 3600, WITNESS, WITNESS_ML_DSA, SECOND)
    integrate(cell)
    sign(cell, NOON, WITNESS, WITNESS_ML_DSA)


def sign(cell: int, seconds: int, *witnesses: SigningKey) -> None:
    """Sign a log as it stands, and let these witnesses cosign it."""
    at = datetime.fromtimestamp(seconds, UTC)
    note = issue_checkpoint(cell, [LOG, LOG_ML_DSA], at)
    signatures = [key.sign(note.text, seconds) for key in witnesses]
    newest = queries.newest_checkpoint(cell)
    assert newest is not None
    known = [key.verifier for key in witnesses]
    record_cosignatures(cell, newest.checkpoint.size, signatures, known, at)


def receipt_text(transfer: UUID) -> str:
    return queries.receipt(transfer).content.decode()
