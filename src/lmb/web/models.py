"""The one table of the pages: who is signed in, from where, and until when."""

from __future__ import annotations

from django.db import models


class Session(models.Model):
    """A visit of one browser. The secret the browser shows is kept as its hash; `content` is what
    pages remember between two requests. Written and looked up by database functions alone
    (`migrations/sql/sessions.sql`); a person reads the rest of their own rows.

    Like an account at an identity provider it is found before anyone knows whose it is, so it
    stands across cells (law 13 names the directories).
    """

    id = models.UUIDField(primary_key=True)
    key_sha256 = models.TextField(unique=True)
    content = models.TextField()
    cell = models.IntegerField(null=True)
    person = models.UUIDField(null=True)
    membership = models.UUIDField(null=True)
    delegation = models.UUIDField(null=True)
    device = models.TextField()
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    idle_seconds = models.IntegerField()
    ends_at = models.DateTimeField()

    class Meta:
        db_table = "web_session"
        indexes = [
            models.Index(fields=["cell", "person"], name="web_session_person"),
            models.Index(fields=["ends_at"], name="web_session_ends_at"),
        ]
