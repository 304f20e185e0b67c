"""Determinations on file: terms, frozen records, statements, who signed them, who challenged them.

    terms ─┐
    frozen ┴▶ statement ─▶ engine runs ─▶ signature (two persons, a leaf of the proof log)
                  ▲                           └─▶ challenge ─▶ answer: upheld, or a correction
                  └── a correction or true-up is a statement that supersedes ──┘

Everything is insert-only. Where a statement stands follows from what is on file and the day.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q


class Terms(models.Model):
    """Terms as they were hashed at issue. `issue` is their hash without the day of the freeze:
    what a correction may not change."""

    pk = models.CompositePrimaryKey("cell", "sha256")
    cell = models.IntegerField()
    sha256 = models.TextField()
    issue = models.TextField()
    content = models.TextField()
    actor = models.TextField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "outcomes_terms"


class Frozen(models.Model):
    """A table of records as frozen, by its Merkle root; `records` counts them."""

    pk = models.CompositePrimaryKey("cell", "root")
    cell = models.IntegerField()
    root = models.TextField()
    sha256 = models.TextField()
    records = models.IntegerField()
    actor = models.TextField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "outcomes_frozen"


class FrozenSecret(models.Model):
    """The secret from which the salts of the rows follow. No session reads it."""

    pk = models.CompositePrimaryKey("cell", "root")
    cell = models.IntegerField()
    root = models.TextField()
    secret = models.TextField()

    class Meta:
        db_table = "outcomes_frozen_secret"


class FrozenRow(models.Model):
    """One frozen row, in its place. `key` is the person's key in the records, `person` whose it is
    where the house knows them by it."""

    pk = models.CompositePrimaryKey("cell", "root", "index")
    cell = models.IntegerField()
    root = models.TextField()
    index = models.IntegerField()
    key = models.TextField()
    person = models.UUIDField(null=True)
    row = models.TextField()

    class Meta:
        db_table = "outcomes_frozen_row"
        indexes = [
            models.Index(fields=["cell", "root", "key"], name="outcomes_frozen_row_key"),
            models.Index(fields=["cell", "person"], name="outcomes_frozen_row_person"),
        ]


class FrozenTile(models.Model):
    """256 hashes of the tree over the frozen rows, or as many as there are: proofs come from
    three or four of these, whatever the size of the table."""

    pk = models.CompositePrimaryKey("cell", "root", "level", "index")
    cell = models.IntegerField()
    root = models.TextField()
    level = models.SmallIntegerField()
    index = models.IntegerField()
    hashes = models.BinaryField()

    class Meta:
        db_table = "outcomes_frozen_tile"


class Statement(models.Model):
    """A statement as it was made, before and after it is signed; the columns repeat its content."""

    pk = models.CompositePrimaryKey("cell", "sha256")
    cell = models.IntegerField()
    sha256 = models.TextField()
    content = models.TextField()
    terms = models.TextField()
    root = models.TextField()
    run_id = models.TextField()
    kind = models.TextField()
    published_on = models.DateField()
    challenge_until = models.DateField()
    supersedes = models.TextField(null=True)
    actor = models.TextField()
    because = models.TextField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "outcomes_statement"
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="determination", supersedes=None)
                | Q(kind__in=["correction", "true-up"], supersedes__isnull=False),
                name="outcomes_statement_kind",
            ),
            models.CheckConstraint(
                condition=~Q(actor="") & ~Q(because=""), name="outcomes_statement_has_a_cause"
            ),
            models.CheckConstraint(
                condition=Q(published_on__lte=F("challenge_until")),
                name="outcomes_statement_window",
            ),
        ]


class EngineRun(models.Model):
    """What one engine counted for a statement: the hash of its tallies."""

    pk = models.CompositePrimaryKey("cell", "statement", "engine")
    cell = models.IntegerField()
    statement = models.TextField()
    engine = models.TextField()
    tallies_sha256 = models.TextField()

    class Meta:
        db_table = "outcomes_engine_run"


class Signature(models.Model):
    """Two persons signed a statement; it is published on the day it names, and a movement of the
    books makes it a leaf of the proof log. `issue` and `supersedes` repeat the statement's, so that
    one determination and one line of corrections stand for the same terms."""

    pk = models.CompositePrimaryKey("cell", "statement")
    cell = models.IntegerField()
    statement = models.TextField()
    issue = models.TextField()
    supersedes = models.TextField(null=True)
    proposal = models.UUIDField()
    signed_by = models.UUIDField()
    approved_by = models.UUIDField()
    instruction = models.UUIDField()
    transfer = models.UUIDField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "outcomes_signature"
        constraints = [
            models.UniqueConstraint(
                fields=["cell", "issue"],
                condition=Q(supersedes=None),
                name="outcomes_signature_determined_once",
            ),
            models.UniqueConstraint(
                fields=["cell", "supersedes"], name="outcomes_signature_superseded_once"
            ),
            models.UniqueConstraint(
                fields=["cell", "proposal"], name="outcomes_signature_approved_for_one"
            ),
            models.CheckConstraint(
                condition=~Q(approved_by=F("signed_by")), name="outcomes_signature_by_two"
            ),
        ]


class Challenge(models.Model):
    """An objection to a signed statement: whose rows are said to be wrong (by their keys), why, and
    the SHA-256 of the evidence, which its claimant keeps. `organisation` is whom they act for."""

    pk = models.CompositePrimaryKey("cell", "id")
    cell = models.IntegerField()
    id = models.UUIDField()
    statement = models.TextField()
    claimant = models.UUIDField()
    organisation = models.UUIDField(null=True)
    keys = ArrayField(models.TextField())
    reason = models.TextField()
    evidence_sha256 = models.TextField()
    filed_on = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "outcomes_challenge"
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason="") & ~Q(keys=[]), name="outcomes_challenge_says_what"
            ),
            models.CheckConstraint(
                condition=Q(evidence_sha256__regex=r"^[0-9a-f]{64}$"),
                name="outcomes_challenge_evidence",
            ),
        ]
        indexes = [models.Index(fields=["cell", "statement"], name="outcomes_challenge_of")]


class Answer(models.Model):
    """What became of a challenge: the statement was upheld for a reason, or corrected."""

    pk = models.CompositePrimaryKey("cell", "challenge")
    cell = models.IntegerField()
    challenge = models.UUIDField()
    upheld_because = models.TextField(null=True)
    correction = models.TextField(null=True)
    answered_by = models.UUIDField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "outcomes_answer"
        constraints = [
            models.CheckConstraint(
                condition=(Q(correction=None, upheld_because__isnull=False) & ~Q(upheld_because=""))
                | Q(correction__isnull=False, upheld_because=None),
                name="outcomes_answer_is_one",
            ),
        ]
