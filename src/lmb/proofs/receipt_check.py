"""What a receipt proves to somebody who looks at the log that is kept here.

    text ─▶ written as a receipt? ─▶ whose log? ─▶ the same checkpoint as on file? ─▶ whose
    signatures? ─▶ is the leaf in it? ─▶ does the log as it stands still begin with it?

Where the books have a policy in force, every signature is verified with the keys it names, and
they alone count. Without one there are no keys to trust, so a signature must be the one on file:
the log signs each size once, and cosignatures were verified when they came. `lmb-verify` answers
with keys and without this log.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from lmb.ledger import queries as ledger
from lmb.proofs import models, queries
from lmb.proofs.checkpoints import Checkpoint, check_log_signature
from lmb.proofs.errors import MalformedError, NotProvenError
from lmb.proofs.leaves import Leaf, Movement, parse_leaf, parse_opened_leaf
from lmb.proofs.notes import Note, Signature, parse_note, parse_signature
from lmb.proofs.policy import Policy
from lmb.proofs.receipts import HEADER, Cosigner, Receipt, cosigners_of, parse_receipt
from lmb.proofs.standing import cell_of_log, check_tree, witnesses
from lmb.proofs.tree import leaf_hash
from lmb.proofs.trust import PolicyInForce, policy_in_force
from lmb.proofs.verification import verify_inclusion

LEAF_BYTES = 56


class Doubt(StrEnum):
    """Why a receipt shows nothing here."""

    NO_RECEIPT = "no-receipt"
    MALFORMED = "malformed"
    NO_LEAF = "no-leaf"
    OTHER_MOVEMENT = "other-movement"
    UNKNOWN_LOG = "unknown-log"
    UNKNOWN_SIZE = "unknown-size"
    OTHER_ROOT = "other-root"
    LOG_SIGNATURE = "log-signature"
    WITNESS_SIGNATURE = "witness-signature"
    NOT_INCLUDED = "not-included"
    LOG_CHANGED = "log-changed"


class DoubtError(NotProvenError):
    """A receipt shows nothing here; `doubt` says which step failed."""

    def __init__(self, doubt: Doubt, message: str) -> None:
        self.doubt = doubt
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class ProvenReceipt:
    """What was shown. `movement` is None where the receipt does not open its leaf; `strangers`
    are names that signed with keys which are not known here; `known` counts all witnesses that
    ever cosigned this log; `log_size` is what the newest checkpoint covers. `trusted` is the policy
    whose keys verified the signatures, None where they were compared with those on file;
    `enough` says whether the cosigners are those it asks for."""

    cell: int
    books: str
    index: int
    leaf: Leaf
    movement: Movement | None
    checkpoint: Checkpoint
    issued_at: datetime
    cosigners: tuple[Cosigner, ...]
    known: int
    strangers: tuple[str, ...]
    log_size: int
    trusted: PolicyInForce | None
    enough: bool

    @property
    def place(self) -> int:
        """The leaf's number counted from 1."""
        return self.index + 1


def check_receipt(content: bytes) -> ProvenReceipt:
    """What a receipt proves. Raises DoubtError that names the first step that fails."""
    receipt = _parsed(content)
    stated = receipt.checkpoint
    cell = cell_of_log(stated.origin)
    if cell is None:
        raise DoubtError(Doubt.UNKNOWN_LOG, f"no log here is called {stated.origin!r}")
    row = _on_file(cell, receipt)
    trusted = policy_in_force(cell)
    if trusted is None:
        signed = parse_note(row.note.encode())
        signers = _Signers(*_cosigners(cell, receipt.note, signed, stated), True)
        known = len(witnesses(cell))
    else:
        signers = _verified(receipt, trusted.policy)
        known = len({key.name for key in trusted.policy.witness_keys})
    leaf, movement = _leaf(cell, receipt)
    try:
        hashed = leaf_hash(leaf.content)
        verify_inclusion(receipt.index, stated.size, hashed, receipt.proof, stated.root)
    except NotProvenError as error:
        raise DoubtError(Doubt.NOT_INCLUDED, str(error)) from error
    return ProvenReceipt(
        cell=cell,
        books=ledger.cell_name(cell),
        index=receipt.index,
        leaf=leaf,
        movement=movement,
        checkpoint=stated,
        issued_at=row.issued_at,
        cosigners=signers.cosigners,
        known=known,
        strangers=signers.strangers,
        log_size=_log_size(cell, stated),
        trusted=trusted,
        enough=signers.enough,
    )


def _parsed(content: bytes) -> Receipt:
    if content.partition(b"\n")[0] != HEADER.encode():
        raise DoubtError(Doubt.NO_RECEIPT, f"a receipt starts with the line {HEADER}")
    try:
        return parse_receipt(content)
    except MalformedError as error:
        raise DoubtError(Doubt.MALFORMED, str(error)) from error


def _on_file(cell: int, receipt: Receipt) -> models.Checkpoint:
    """The checkpoint the log signed at the size a receipt states."""
    stated = receipt.checkpoint
    row = models.Checkpoint.objects.filter(cell=cell, size=stated.size).first()
    if row is None:
        message = f"the log {stated.origin!r} has signed no checkpoint of {stated.size} leaves"
        raise DoubtError(Doubt.UNKNOWN_SIZE, message)
    if parse_note(row.note.encode()).text != receipt.note.text:
        raise DoubtError(
            Doubt.OTHER_ROOT,
            f"the receipt states the root {stated.root.hex()} at {stated.size} leaves; "
            f"the log signed {bytes(row.root).hex()}",
        )
    return row


@dataclass(frozen=True, slots=True)
class _Signers:
    """Who cosigned, the names that are not known, and whether the cosigners are enough."""

    cosigners: tuple[Cosigner, ...]
    strangers: tuple[str, ...]
    enough: bool


def _verified(receipt: Receipt, policy: Policy) -> _Signers:
    """Who signed, by the keys of a policy. Raises DoubtError for a false signature of one of
    them, and where none of its keys of the log signed."""
    stated, note = receipt.checkpoint, receipt.note
    try:
        check_log_signature(stated, note, tuple(policy.logs))
    except NotProvenError as error:
        raise DoubtError(Doubt.LOG_SIGNATURE, str(error)) from error
    try:
        cosigners = cosigners_of(note, policy.witness_keys)
    except (MalformedError, NotProvenError) as error:
        raise DoubtError(Doubt.WITNESS_SIGNATURE, str(error)) from error
    known = {(key.name, key.key_id): key for key in policy.witness_keys}
    signed = [(signature.name, signature.key_id) for signature in note.signatures]
    strangers = dict.fromkeys(
        name for name, key in signed if (name, key) not in known and name != stated.origin
    )
    cosigned = {known[each] for each in signed if each in known}
    return _Signers(cosigners, tuple(strangers), policy.is_met(cosigned))


def _cosigners(
    cell: int, note: Note, signed: Note, stated: Checkpoint
) -> tuple[tuple[Cosigner, ...], tuple[str, ...]]:
    """Who cosigned, and the names that are not known, when no known signature is another than
    the one on file."""
    own = {(each.name, each.key_id): each for each in signed.signatures}
    rows = list(models.Cosignature.objects.filter(cell=cell, size=stated.size))
    given = {parse_signature(row.line): row for row in rows}
    cosigned = models.Cosignature.objects.filter(cell=cell)
    known = set(cosigned.values_list("witness", "key").distinct())
    newest: dict[str, int] = {}
    strangers: dict[str, None] = {}
    for signature in note.signatures:
        name, key = signature.name, signature.key_id
        if signature in given:
            newest[name] = max(given[signature].timestamp, newest.get(name, 0))
        elif name == stated.origin and own.get((name, key)) != signature:
            raise DoubtError(Doubt.LOG_SIGNATURE, _not_on_file(signature))
        elif (name, key.hex()) in known:
            raise DoubtError(Doubt.WITNESS_SIGNATURE, _not_on_file(signature))
        elif name != stated.origin:
            strangers[name] = None
    if not own.keys() & {(each.name, each.key_id) for each in note.signatures}:
        raise DoubtError(Doubt.LOG_SIGNATURE, f"the log {stated.origin!r} did not sign it")
    cosigners = tuple(Cosigner(name, newest[name]) for name in sorted(newest))
    return cosigners, tuple(strangers)


def _not_on_file(signature: Signature) -> str:
    return (
        f"the signature of {signature.name} (key {signature.key_id.hex()}) "
        "is not the one on file for this checkpoint"
    )


def _leaf(cell: int, receipt: Receipt) -> tuple[Leaf, Movement | None]:
    """The leaf a receipt shows, with what it stands for where the receipt opens it. One without
    a leaf is read together with the log that is kept here."""
    content = receipt.extra
    if content is None:
        content = b"".join(queries.entries(cell, receipt.index, 1))
        if not content:
            message = f"the log has no leaf {receipt.index}"
            raise DoubtError(Doubt.NOT_INCLUDED, message)
    try:
        if len(content) <= LEAF_BYTES:
            return parse_leaf(content), None
        opened = parse_opened_leaf(content)
    except MalformedError as error:
        raise DoubtError(Doubt.NO_LEAF, str(error)) from error
    except NotProvenError as error:
        raise DoubtError(Doubt.OTHER_MOVEMENT, str(error)) from error
    return opened.leaf, opened.movement


def _log_size(cell: int, stated: Checkpoint) -> int:
    """The size of the newest checkpoint, when the stored tree leads to it and begins with the
    stated one."""
    newest = queries.newest_checkpoint(cell)
    assert newest is not None, "the stated checkpoint is one"
    try:
        check_tree(cell, newest.checkpoint, stated)
    except NotProvenError as error:
        raise DoubtError(Doubt.LOG_CHANGED, str(error)) from error
    return newest.checkpoint.size
