"""Providers and programs by the codes their own files use."""

from __future__ import annotations

from django.db import models


class Provider(models.Model):
    """A training provider."""

    pk = models.CompositePrimaryKey("cell", "code")
    cell = models.IntegerField()
    code = models.TextField()
    name = models.TextField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "programs_provider"


class Program(models.Model):
    """A program one provider offers."""

    pk = models.CompositePrimaryKey("cell", "code")
    cell = models.IntegerField()
    code = models.TextField()
    provider = models.TextField()
    title = models.TextField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "programs_program"
