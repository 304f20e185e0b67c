"""The tables of the proof log: insert-only, one log for each cell of the books.

Leaves have no gaps and follow the books' own order; the database checks both. Hashes are raw
SHA-256 bytes. The application may add to all of them but `proofs_policy`: whom the books trust
is decided by their owner.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Leaf(models.Model):
    """One leaf: `index` counts from 0; `seq` is the transfer's own number, from 1.

    `content` is the leaf's bytes, which say nothing of the movement without its salt; the books
    must still lead to them.
    """

    pk = models.CompositePrimaryKey("cell", "index")
    cell = models.IntegerField()
    index = models.BigIntegerField()
    type = models.SmallIntegerField()
    subject = models.UUIDField()
    seq = models.BigIntegerField()
    content = models.BinaryField()
    hash = models.BinaryField()

    class Meta:
        db_table = "proofs_leaf"
        constraints = [
            models.UniqueConstraint(fields=["cell", "type", "seq"], name="proofs_leaf_seq"),
            models.UniqueConstraint(fields=["cell", "type", "subject"], name="proofs_leaf_subject"),
            models.CheckConstraint(condition=Q(index__gte=0), name="proofs_leaf_index"),
        ]


class Salt(models.Model):
    """The salt of a leaf's commitment. Deleting it is the one way to forget what a leaf says:
    the tree stays whole, and nobody can open the leaf any more."""

    pk = models.CompositePrimaryKey("cell", "index")
    cell = models.IntegerField()
    index = models.BigIntegerField()
    salt = models.BinaryField()

    class Meta:
        db_table = "proofs_salt"


class Tile(models.Model):
    """A full tile of 256 hashes, and the hash of all of them: one hash of the tile above."""

    pk = models.CompositePrimaryKey("cell", "level", "index")
    cell = models.IntegerField()
    level = models.SmallIntegerField()
    index = models.BigIntegerField()
    hashes = models.BinaryField()
    root = models.BinaryField()

    class Meta:
        db_table = "proofs_tile"
        constraints = [
            models.CheckConstraint(
                condition=Q(level__gte=0) & Q(index__gte=0), name="proofs_tile_place"
            ),
        ]


class Checkpoint(models.Model):
    """A checkpoint as the log signed it; `note` is the signed text. One for each size."""

    pk = models.CompositePrimaryKey("cell", "size")
    cell = models.IntegerField()
    size = models.BigIntegerField()
    origin = models.TextField()
    root = models.BinaryField()
    note = models.TextField()
    issued_at = models.DateTimeField()

    class Meta:
        db_table = "proofs_checkpoint"
        constraints = [
            models.CheckConstraint(condition=Q(size__gte=0), name="proofs_checkpoint_size"),
        ]


class Cosignature(models.Model):
    """A witness's verified signature line on a checkpoint. `timestamp` is the witness's own, in
    seconds since 1970; a witness may cosign the same checkpoint again later."""

    pk = models.CompositePrimaryKey("cell", "size", "witness", "key", "timestamp")
    cell = models.IntegerField()
    size = models.BigIntegerField()
    witness = models.TextField()
    key = models.TextField()
    timestamp = models.BigIntegerField()
    line = models.TextField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "proofs_cosignature"
        indexes = [models.Index(fields=["cell", "timestamp"], name="proofs_cosignature_newest")]


class TrustPolicy(models.Model):
    """Whom these books trust from a moment on, as a C2SP tlog-policy; the largest number is in
    force. Payouts stop once its quorum has not answered for `patience_seconds`; null: they are
    not held back."""

    pk = models.CompositePrimaryKey("cell", "number")
    cell = models.IntegerField()
    number = models.IntegerField()
    content = models.TextField()
    patience_seconds = models.IntegerField(null=True)
    actor = models.TextField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "proofs_policy"
        constraints = [
            models.CheckConstraint(condition=Q(number__gte=1), name="proofs_policy_number"),
            models.CheckConstraint(
                condition=Q(patience_seconds__isnull=True) | Q(patience_seconds__gte=1),
                name="proofs_policy_patience",
            ),
            models.CheckConstraint(condition=~Q(actor=""), name="proofs_policy_names_its_actor"),
        ]


class Witnessed(models.Model):
    """The quorum of a policy had cosigned the checkpoint of this size at this moment."""

    pk = models.CompositePrimaryKey("cell", "policy", "witnessed_at")
    cell = models.IntegerField()
    policy = models.IntegerField()
    witnessed_at = models.DateTimeField()
    size = models.BigIntegerField()

    class Meta:
        db_table = "proofs_witnessed"


class AuditRun(models.Model):
    """What an audit came to, kept for those who ask later. `findings` are at most
    `audit_runs.FINDINGS_KEPT` of `findings_total`; `size` and `root` are those of the checkpoint
    it measured by, null where none held."""

    pk = models.CompositePrimaryKey("cell", "finished_at")
    cell = models.IntegerField()
    finished_at = models.DateTimeField()
    started_at = models.DateTimeField()
    actor = models.TextField()
    movements = models.BigIntegerField()
    leaves = models.BigIntegerField()
    closed = models.BigIntegerField()
    size = models.BigIntegerField(null=True)
    root = models.BinaryField(null=True)
    witnesses = models.JSONField()
    findings_total = models.BigIntegerField()
    findings = models.JSONField()

    class Meta:
        db_table = "proofs_audit"
