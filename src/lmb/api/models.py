"""What this door keeps for a while: access tokens, assertions already used, answers already given,
when a key was last used, and how much each client and network has left.

None of it is a history. What names a client is under row-level security; the rest names nobody.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class AccessToken(models.Model):
    """A short-lived secret given for a key (RFC 6749 section 4.4); its hash alone is kept."""

    pk = models.CompositePrimaryKey("cell", "prefix")
    cell = models.IntegerField()
    prefix = models.TextField()
    client = models.UUIDField()
    key = models.UUIDField()
    sha256 = models.TextField()
    scopes = ArrayField(models.TextField())
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "api_access_token"
        indexes = [models.Index(fields=["expires_at"], name="api_access_token_expires")]


class UsedAssertion(models.Model):
    """A signed assertion that was taken once and is not taken again while it lasts (RFC 7523)."""

    pk = models.CompositePrimaryKey("cell", "client", "jti_sha256")
    cell = models.IntegerField()
    client = models.UUIDField()
    jti_sha256 = models.TextField()
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "api_used_assertion"
        indexes = [models.Index(fields=["expires_at"], name="api_used_assertion_expires")]


class Answer(models.Model):
    """What was answered to a request that changed something, by its idempotency key; `fingerprint`
    is the hash of method, path and body."""

    pk = models.CompositePrimaryKey("cell", "client", "key")
    cell = models.IntegerField()
    client = models.UUIDField()
    key = models.TextField()
    fingerprint = models.TextField()
    status = models.SmallIntegerField()
    content = models.TextField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "api_answer"
        indexes = [models.Index(fields=["recorded_at"], name="api_answer_recorded")]


class KeyUse(models.Model):
    """When a key was last used, to the minute or so."""

    pk = models.CompositePrimaryKey("cell", "key")
    cell = models.IntegerField()
    key = models.UUIDField()
    last_used_at = models.DateTimeField()

    class Meta:
        db_table = "api_key_use"


class Bucket(models.Model):
    """How many requests a client or network may still make; it fills again with time. A network
    stands here under a keyed hash. Not logged: after a crash every bucket is full."""

    key = models.TextField(primary_key=True)
    tokens = models.FloatField()
    filled_at = models.DateTimeField()

    class Meta:
        db_table = "api_bucket"
        indexes = [models.Index(fields=["filled_at"], name="api_bucket_filled")]
