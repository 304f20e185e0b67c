"""Determinations and what each was made from. Insert-only: the database refuses changes."""

from __future__ import annotations

from django.db import models


class Determination(models.Model):
    """A decision on file; `content` is the canonical document a replay must reproduce."""

    pk = models.CompositePrimaryKey("cell", "id")
    cell = models.IntegerField()
    id = models.UUIDField()
    rule = models.TextField()
    rule_version = models.TextField()
    subject = models.TextField()
    content = models.TextField()
    sha256 = models.TextField()
    supersedes = models.UUIDField(null=True)
    actor = models.TextField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "rules_determination"
        constraints = [
            models.UniqueConstraint(
                fields=["cell", "supersedes"], name="rules_determination_superseded_once"
            ),
            models.UniqueConstraint(
                fields=["cell", "subject"],
                condition=models.Q(supersedes=None),
                name="rules_determination_one_first_per_subject",
            ),
            models.UniqueConstraint(
                fields=["cell", "subject", "id"], name="rules_determination_subject"
            ),
            models.CheckConstraint(
                condition=~models.Q(actor=""), name="rules_determination_names_its_actor"
            ),
        ]


class DeterminationInput(models.Model):
    """One input of one determination, by identifier and hash."""

    pk = models.CompositePrimaryKey("cell", "determination", "position")
    cell = models.IntegerField()
    determination = models.UUIDField()
    position = models.IntegerField()
    kind = models.TextField()
    input = models.UUIDField()
    sha256 = models.TextField()

    class Meta:
        db_table = "rules_determination_input"
        indexes = [models.Index(fields=["cell", "input"], name="rules_input_readers")]
