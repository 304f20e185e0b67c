"""How people sign in at our own issuer, what of it they lost and found again, and who was proofed
at a counter. Secrets stand here as hashes, or wrapped by a master key."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class Account(models.Model):
    """An account at our own issuer: its `number` is the subject that leads to a person. `password`
    is null, or hashed as Django does it (scrypt)."""

    pk = models.CompositePrimaryKey("cell", "id")
    cell = models.IntegerField()
    id = models.UUIDField()
    person = models.UUIDField()
    number = models.TextField()
    password = models.TextField(null=True)
    password_set_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "people_account"
        constraints = [
            models.UniqueConstraint(fields=["cell", "number"], name="people_account_number"),
            models.UniqueConstraint(fields=["cell", "person"], name="people_account_one_each"),
            models.CheckConstraint(
                condition=Q(password=None, password_set_at=None)
                | Q(password__isnull=False, password_set_at__isnull=False),
                name="people_account_password_whole",
            ),
        ]


class CodeGenerator(models.Model):
    """An app that shows six digits (TOTP). `step_last` is the newest half minute whose digits were
    used; none is used twice. The secret is wrapped by the master key named."""

    pk = models.CompositePrimaryKey("cell", "id")
    cell = models.IntegerField()
    id = models.UUIDField()
    person = models.UUIDField()
    master = models.TextField()
    wrapped = models.BinaryField()
    step_last = models.BigIntegerField()
    recorded_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_because = models.TextField(null=True)

    class Meta:
        db_table = "people_code_generator"
        constraints = [
            models.UniqueConstraint(
                fields=["cell", "person"],
                condition=Q(ended_at=None),
                name="people_code_generator_one_each",
            )
        ]


class RecoveryCode(models.Model):
    """One of ten codes kept on paper. Ended because `used` or `replaced`."""

    pk = models.CompositePrimaryKey("cell", "id")
    cell = models.IntegerField()
    id = models.UUIDField()
    person = models.UUIDField()
    code_sha256 = models.TextField()
    recorded_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_because = models.TextField(null=True)

    class Meta:
        db_table = "people_recovery_code"
        indexes = [models.Index(fields=["cell", "person"], name="people_recovery_code_person")]


class CounterCode(models.Model):
    """A code that somebody takes to a counter to prove who they are. Ended because `used` or
    `replaced`."""

    pk = models.CompositePrimaryKey("cell", "id")
    cell = models.IntegerField()
    id = models.UUIDField()
    person = models.UUIDField()
    code_sha256 = models.TextField()
    expires_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_because = models.TextField(null=True)

    class Meta:
        db_table = "people_counter_code"
        constraints = [
            models.UniqueConstraint(fields=["cell", "code_sha256"], name="people_counter_code_once")
        ]


class Proofing(models.Model):
    """That somebody proved who they are: by which organisation, to which level, on which path and
    day, with evidence of which types. Nothing that stands on the evidence is here."""

    pk = models.CompositePrimaryKey("cell", "id")
    cell = models.IntegerField()
    id = models.UUIDField()
    person = models.UUIDField()
    organisation = models.UUIDField()
    level = models.SmallIntegerField()
    path = models.TextField()
    evidence = ArrayField(models.TextField())
    proofed_on = models.DateField()
    counter_code = models.UUIDField()
    recorded_by = models.UUIDField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "people_proofing"
        constraints = [
            models.UniqueConstraint(
                fields=["cell", "counter_code"], name="people_proofing_of_one_code"
            )
        ]
        indexes = [models.Index(fields=["cell", "person"], name="people_proofing_person")]


class Attempt(models.Model):
    """How often something secret was tried lately. `bucket` is a keyed hash of who or what was
    tried, so that the table names no account and no network."""

    bucket = models.TextField(primary_key=True)
    window_starts_at = models.DateTimeField()
    in_window = models.IntegerField()
    in_a_row = models.IntegerField()

    class Meta:
        db_table = "sign_in_attempt"
        indexes = [models.Index(fields=["window_starts_at"], name="sign_in_attempt_window")]
