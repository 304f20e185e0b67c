"""Enrolments: who accepted an offer, and the hold their tuition stands in."""

from __future__ import annotations

from django.db import models


class Enrolment(models.Model):
    """An accepted offer; `hold` is the tuition set aside in the books."""

    pk = models.CompositePrimaryKey("cell", "id")
    cell = models.IntegerField()
    id = models.UUIDField()
    bond = models.UUIDField()
    person = models.UUIDField()
    program = models.TextField()
    hold = models.UUIDField()
    tuition_cents = models.BigIntegerField()
    accepted_on = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "training_enrolment"
        constraints = [
            models.UniqueConstraint(
                fields=["cell", "bond", "person"], name="training_enrolment_once_per_bond"
            )
        ]
        indexes = [models.Index(fields=["cell", "person"], name="training_enrolment_person")]
