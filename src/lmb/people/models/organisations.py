"""Organisations, who acts for them in which role, and how somebody is invited to."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from lmb.people.roles import OrganisationKind, Role


class Organisation(models.Model):
    """A body that takes part. `code` is its number in its own register; `state` is set for those
    whose work ends at a state's border."""

    pk = models.CompositePrimaryKey("cell", "id")
    cell = models.IntegerField()
    id = models.UUIDField()
    kind = models.TextField(choices=[(kind.value, kind.value) for kind in OrganisationKind])
    code = models.TextField()
    name = models.TextField()
    state = models.TextField(null=True)
    recorded_by = models.UUIDField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "people_organisation"
        constraints = [
            models.UniqueConstraint(
                fields=["cell", "kind", "code"], name="people_organisation_code"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in OrganisationKind]),
                name="people_organisation_kind",
            ),
            models.CheckConstraint(
                condition=~Q(kind="state-board") | Q(state__isnull=False),
                name="people_organisation_board_has_a_state",
            ),
        ]


class Membership(models.Model):
    """A person acts for an organisation in a role, from one moment to another.

    `administers`: may invite others. `approved_by` is the second person where the role asks for
    one.
    """

    pk = models.CompositePrimaryKey("cell", "id")
    cell = models.IntegerField()
    id = models.UUIDField()
    person = models.UUIDField()
    organisation = models.UUIDField()
    role = models.TextField(choices=[(role.value, role.value) for role in Role])
    administers = models.BooleanField()
    starts_at = models.DateTimeField()
    granted_by = models.UUIDField()
    approved_by = models.UUIDField(null=True)
    recorded_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.UUIDField(null=True)
    ended_because = models.TextField(null=True)

    class Meta:
        db_table = "people_membership"
        constraints = [
            models.UniqueConstraint(
                fields=["cell", "person", "organisation", "role"],
                condition=Q(ended_at=None),
                name="people_membership_held_once",
            ),
            models.CheckConstraint(
                condition=Q(role__in=[role.value for role in Role]), name="people_membership_role"
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None)
                | (~Q(approved_by=F("granted_by")) & ~Q(approved_by=F("person"))),
                name="people_membership_approved_by_another",
            ),
        ]
        indexes = [models.Index(fields=["cell", "organisation"], name="people_membership_members")]


class Invitation(models.Model):
    """An offer of a membership to whoever shows its token, once and before it expires.

    Only the token's SHA-256 is kept. An invitation ends as `accepted` (then it names the
    membership it became) or `withdrawn`.
    """

    pk = models.CompositePrimaryKey("cell", "id")
    cell = models.IntegerField()
    id = models.UUIDField()
    organisation = models.UUIDField()
    role = models.TextField(choices=[(role.value, role.value) for role in Role])
    administers = models.BooleanField()
    token_sha256 = models.TextField()
    expires_at = models.DateTimeField()
    invited_by = models.UUIDField()
    approved_by = models.UUIDField(null=True)
    recorded_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.UUIDField(null=True)
    ended_because = models.TextField(null=True)
    membership = models.UUIDField(null=True)

    class Meta:
        db_table = "people_invitation"
        constraints = [
            models.UniqueConstraint(
                fields=["cell", "token_sha256"], name="people_invitation_token"
            ),
            models.CheckConstraint(
                condition=Q(ended_because=None, membership=None)
                | Q(ended_because="withdrawn", membership=None)
                | Q(ended_because="accepted", membership__isnull=False),
                name="people_invitation_ended_whole",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("invited_by")),
                name="people_invitation_approved_by_another",
            ),
        ]
