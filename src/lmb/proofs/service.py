"""The only functions that add to the proof log: leaves, checkpoints, cosignatures, and whom the
books trust."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.db.models import Max

from lmb.proofs import models, queries
from lmb.proofs.books import Written, written_after
from lmb.proofs.checkpoints import Checkpoint, check_log_signature
from lmb.proofs.errors import NotProvenError
from lmb.proofs.keys import SigningKey, VerifierKey
from lmb.proofs.leaves import SALT_BYTES, LeafType, commitment, leaf_content
from lmb.proofs.notes import Note, Signature, parse_note
from lmb.proofs.policy import Policy, parse_policy
from lmb.proofs.tiles import TILE_BYTES, TILE_HEIGHT, TILE_WIDTH, tile_root
from lmb.proofs.tree import leaf_hash
from lmb.proofs.trust import PolicyInForce, policy_in_force, quorum_complete_at
from lmb.proofs.verification import verify_consistency
from lmb.values.errors import ConflictError, RefusedError

BATCH_LEAVES = 8190
"""Leaves integrated in one transaction; as many as the books post in one call."""

OWNER = "owner"
"""The alias of whoever owns the tables."""

# Any number will do, if nothing else in the database locks by it together with a cell.
_LOCK = 5_082_027

Randomness = Callable[[int], bytes]


def integrate(cell: int, *, randomness: Randomness = secrets.token_bytes) -> int:
    """Give every transfer of a cell that has none yet its leaf; return how many were new.

    Batch after batch, each in a transaction of its own, so an interrupted run goes on where it
    stopped. Raises NotProvenError when the books have a gap.
    """
    total = 0
    while appended := integrate_batch(cell, randomness=randomness):
        total += appended
    return total


@transaction.atomic
def integrate_batch(
    cell: int, limit: int = BATCH_LEAVES, *, randomness: Randomness = secrets.token_bytes
) -> int:
    """Append the leaves of the next transfers, at most `limit`; return how many."""
    _lock(cell)
    newest = models.Leaf.objects.filter(cell=cell).order_by("-index").first()
    size, seq = (0, 0) if newest is None else (newest.index + 1, newest.seq)
    found = written_after(cell, seq, limit)
    if not found:
        return 0
    if [one.seq for one in found] != list(range(seq + 1, seq + 1 + len(found))):
        raise NotProvenError(
            f"the books of cell {cell} have a gap after transfer {seq}: a row is missing"
        )
    hashes = _append(cell, size, found, randomness)
    _complete_tiles(cell, 0, size, hashes)
    return len(found)


@transaction.atomic
def issue_checkpoint(cell: int, keys: Sequence[SigningKey], at: datetime) -> Note:
    """Sign the log as it stands and put the checkpoint on file; the same size again returns the
    one on file. All keys bear the log's origin as their name.

    Raises NotProvenError when the log no longer extends its last checkpoint: then nothing is
    signed. Raises ConflictError for keys of another origin.
    """
    _lock(cell)
    (origin,) = {key.name for key in keys}
    last = queries.newest_checkpoint(cell)
    size = queries.log_size(cell)
    if last is not None and last.checkpoint.origin != origin:
        raise ConflictError(
            f"the log of cell {cell} is {last.checkpoint.origin!r}; a log keeps its origin, so "
            f"it cannot be signed as {origin!r}"
        )
    tree = queries.tree(cell, size)
    if last is not None and last.checkpoint.size > 0:
        if last.checkpoint.size > size:
            raise NotProvenError(
                f"the log of cell {cell} has {size} leaves, but a checkpoint of "
                f"{last.checkpoint.size} was signed: leaves are gone"
            )
        old = last.checkpoint
        verify_consistency(old.size, size, tree.consistency(old.size), old.root, tree.root)
    if last is not None and last.checkpoint.size == size:
        return last.note
    stated = Checkpoint(origin, size, tree.root)
    seconds = int(at.timestamp())
    note = Note(stated.text, tuple(key.sign(stated.text, seconds) for key in keys))
    models.Checkpoint.objects.create(
        cell=cell,
        size=size,
        origin=origin,
        root=stated.root,
        note=note.content.decode(),
        issued_at=at,
    )
    return note


@transaction.atomic
def record_cosignatures(
    cell: int,
    size: int,
    signatures: Sequence[Signature],
    witnesses: Sequence[VerifierKey],
    at: datetime,
) -> int:
    """Put witnesses' cosignatures of a checkpoint on file; return how many were given.

    Raises NotProvenError for a false one and RefusedError for one of an unknown key.
    """
    row = models.Checkpoint.objects.get(cell=cell, size=size)
    text = parse_note(row.note.encode()).text
    by_key = {(key.name, key.key_id): key for key in witnesses if key.algorithm.is_cosignature}
    Note(text, tuple(signatures)).verified(by_key.values())
    rows = []
    for signature in signatures:
        key = by_key.get((signature.name, signature.key_id))
        if key is None:
            raise RefusedError(f"{signature.name} is no known witness with this key")
        rows.append(
            models.Cosignature(
                cell=cell,
                size=size,
                witness=signature.name,
                key=signature.key_id.hex(),
                timestamp=key.timestamp(signature.content),
                line=signature.line.removesuffix("\n"),
                recorded_at=at,
            )
        )
    models.Cosignature.objects.bulk_create(rows, ignore_conflicts=True)
    _mark_quorum(cell, size)
    return len(rows)


def trust(
    cell: int, content: bytes, patience: timedelta | None, actor: str, at: datetime
) -> PolicyInForce:
    """Put a policy in force, as the owner of the books: the application itself may not.

    Payouts stop once its quorum has not answered for `patience`; None holds none back. Raises
    MalformedError for no policy, RefusedError for one that does not know this log or that asks
    no witness although payouts are to wait for some.
    """
    _check_policy(cell, parse_policy(content), patience)
    with transaction.atomic(using=OWNER):
        _lock(cell, OWNER)
        rows = models.TrustPolicy.objects.using(OWNER).filter(cell=cell)
        number = (rows.aggregate(newest=Max("number"))["newest"] or 0) + 1
        models.TrustPolicy.objects.using(OWNER).create(
            cell=cell,
            number=number,
            content=content.decode(),
            patience_seconds=None if patience is None else int(patience.total_seconds()),
            actor=actor,
            recorded_at=at,
        )
    newest = queries.newest_checkpoint(cell)
    if newest is not None:
        _mark_quorum(cell, newest.checkpoint.size)
    in_force = policy_in_force(cell)
    assert in_force is not None
    return in_force


def _check_policy(cell: int, policy: Policy, patience: timedelta | None) -> None:
    newest = queries.newest_checkpoint(cell)
    if newest is not None:
        try:
            check_log_signature(newest.checkpoint, newest.note, tuple(policy.logs))
        except NotProvenError as error:
            raise RefusedError(
                f"the policy names no key that signed this log ({error}); add the lines log that "
                "`lmb proofs checkpoint` prints"
            ) from error
    if patience is not None and policy.is_met(set()):
        raise RefusedError(
            "the policy asks for no witness, so payouts cannot wait for any: write `quorum` with "
            "a witness or a group, or leave the time out"
        )
    if patience is not None and patience < timedelta(seconds=1):
        raise RefusedError("payouts wait after 1 second or more")


def _mark_quorum(cell: int, size: int) -> None:
    """Put on file when the quorum of the policy in force had cosigned a checkpoint."""
    trusted = policy_in_force(cell)
    at = None if trusted is None else quorum_complete_at(cell, size, trusted.policy)
    if trusted is not None and at is not None:
        row = models.Witnessed(cell=cell, policy=trusted.number, witnessed_at=at, size=size)
        models.Witnessed.objects.bulk_create([row], ignore_conflicts=True)


def _lock(cell: int, alias: str = DEFAULT_DB_ALIAS) -> None:
    """One writer of a log at a time; given back when the transaction ends."""
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, cell])


def _append(cell: int, size: int, found: Sequence[Written], randomness: Randomness) -> bytes:
    """Store leaves and salts; return the hashes joined."""
    salts = [randomness(SALT_BYTES) for _ in found]
    contents = [
        leaf_content(cell, one.seq, one.recorded, commitment(one.movement, salt))
        for one, salt in zip(found, salts, strict=True)
    ]
    hashes = list(map(leaf_hash, contents))
    indexes = list(range(size, size + len(found)))
    subjects = [one.transfer for one in found]
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO proofs_leaf (cell, index, type, subject, seq, content, hash)
               SELECT %s, l.index, %s, l.subject, l.seq, l.content, l.hash
               FROM unnest(%s::bigint[], %s::uuid[], %s::bigint[], %s::bytea[], %s::bytea[])
                   AS l(index, subject, seq, content, hash)""",
            [
                cell,
                LeafType.TRANSFER,
                indexes,
                subjects,
                [one.seq for one in found],
                contents,
                hashes,
            ],
        )
        cursor.execute(
            """INSERT INTO proofs_salt (cell, index, salt)
               SELECT %s, s.index, s.salt FROM unnest(%s::bigint[], %s::bytea[])
                   AS s(index, salt)""",
            [cell, indexes, salts],
        )
    return b"".join(hashes)


def _complete_tiles(cell: int, level: int, count: int, added: bytes) -> None:
    """Store the tiles of a level that hashes added after `count` of them complete, and those
    above that these complete in turn."""
    first = count // TILE_WIDTH
    known = _known_before(cell, level, count) + added
    full = len(known) // TILE_BYTES
    if full == 0:
        return
    contents = [known[at : at + TILE_BYTES] for at in range(0, full * TILE_BYTES, TILE_BYTES)]
    roots = [tile_root(content) for content in contents]
    models.Tile.objects.bulk_create(
        models.Tile(cell=cell, level=level, index=first + at, hashes=content, root=root)
        for at, (content, root) in enumerate(zip(contents, roots, strict=True))
    )
    _complete_tiles(cell, level + 1, count >> TILE_HEIGHT, b"".join(roots))


def _known_before(cell: int, level: int, count: int) -> bytes:
    """The hashes of a level's partial tile as it was with `count` hashes."""
    first = count // TILE_WIDTH * TILE_WIDTH
    width_bytes = (count - first) * 32
    return queries.hashes_from(cell, level, first)[:width_bytes] if width_bytes else b""
