"""One-time codes that make a person known to whom they choose."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Code(models.Model):
    """A code by its hash. `ended_because` is `taken`, then `ended_by` took it and `taken_for` is
    the organisation they took it for, or `withdrawn`."""

    pk = models.CompositePrimaryKey("cell", "id")
    cell = models.IntegerField()
    id = models.UUIDField()
    person = models.UUIDField()
    kind = models.TextField()
    code_sha256 = models.TextField()
    expires_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.UUIDField(null=True)
    ended_because = models.TextField(null=True)
    taken_for = models.UUIDField(null=True)

    class Meta:
        db_table = "people_code"
        constraints = [
            models.UniqueConstraint(fields=["cell", "code_sha256"], name="people_code_hash"),
            models.CheckConstraint(
                condition=Q(ended_because=None, ended_at=None, taken_for=None)
                | Q(ended_because="withdrawn", taken_for=None)
                | Q(ended_because="taken"),
                name="people_code_ended_whole",
            ),
        ]
        indexes = [models.Index(fields=["cell", "person"], name="people_code_person")]
