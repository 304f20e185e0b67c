"""Programs that act for organisations, and what they prove themselves with."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from lmb.people.roles import SECOND_PERSON_ROLES
from lmb.people.scopes import SCOPES_OF


class ApiClient(models.Model):
    """A program acts for an organisation in a role, within scopes, until that ends.

    `registered_by` administers the organisation; `approved_by` is the second person where the role
    is one of government.
    """

    pk = models.CompositePrimaryKey("cell", "id")
    cell = models.IntegerField()
    id = models.UUIDField()
    organisation = models.UUIDField()
    role = models.TextField()
    program = models.TextField()
    scopes = ArrayField(models.TextField())
    registered_by = models.UUIDField()
    approved_by = models.UUIDField(null=True)
    recorded_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.UUIDField(null=True)
    ended_because = models.TextField(null=True)

    class Meta:
        db_table = "people_api_client"
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=sorted(role.value for role in SCOPES_OF)),
                name="people_api_client_role",
            ),
            models.CheckConstraint(
                condition=~Q(role__in=sorted(role.value for role in SECOND_PERSON_ROLES))
                | (Q(approved_by__isnull=False) & ~Q(approved_by=F("registered_by"))),
                name="people_api_client_registered_by_two",
            ),
        ]
        indexes = [models.Index(fields=["cell", "organisation"], name="people_api_client_of")]


class ApiKey(models.Model):
    """What a client shows: a secret, of which the prefix and SHA-256 are kept, or a public key (a
    JWK) whose private half never comes here."""

    pk = models.CompositePrimaryKey("cell", "id")
    cell = models.IntegerField()
    id = models.UUIDField()
    client = models.UUIDField()
    prefix = models.TextField()
    sha256 = models.TextField(null=True)
    jwk = models.TextField(null=True)
    expires_at = models.DateTimeField()
    issued_by = models.UUIDField()
    recorded_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.UUIDField(null=True)
    ended_because = models.TextField(null=True)

    class Meta:
        db_table = "people_api_key"
        constraints = [
            models.UniqueConstraint(fields=["cell", "prefix"], name="people_api_key_prefix"),
            models.CheckConstraint(
                condition=Q(sha256=None, jwk__isnull=False) | Q(sha256__isnull=False, jwk=None),
                name="people_api_key_is_one_kind",
            ),
            models.CheckConstraint(
                condition=Q(recorded_at__lt=F("expires_at")), name="people_api_key_duration"
            ),
        ]
        indexes = [models.Index(fields=["cell", "client"], name="people_api_key_of")]
