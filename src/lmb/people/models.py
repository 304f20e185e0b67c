"""Persons by key. No name, number or address stands here."""

from __future__ import annotations

from django.db import models


class Person(models.Model):
    """A person's key, and the state and workforce board that serve them."""

    pk = models.CompositePrimaryKey("cell", "id")
    cell = models.IntegerField()
    id = models.UUIDField()
    reference = models.TextField()
    state = models.TextField()
    board = models.TextField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "people_person"
        constraints = [
            models.UniqueConstraint(fields=["cell", "reference"], name="people_person_reference")
        ]
