"""Which steps of a programme have been carried out."""

from __future__ import annotations

from django.db import models


class StepDone(models.Model):
    """A step that was carried out in the transaction that wrote this row."""

    pk = models.CompositePrimaryKey("cell", "key")
    cell = models.IntegerField()
    key = models.TextField()
    at = models.DateTimeField()

    class Meta:
        db_table = "settlement_step_done"
