"""Who may know what of a person, by whose word, and who looked."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q


class Consent(models.Model):
    """A signed receipt: the person lets a recipient have classes of data for a purpose, for a
    time. `content` is the canonical document the signature is over; the columns repeat it."""

    pk = models.CompositePrimaryKey("cell", "id")
    cell = models.IntegerField()
    id = models.UUIDField()
    person = models.UUIDField()
    recipient = models.UUIDField()
    purpose = models.TextField()
    data_classes = ArrayField(models.TextField())
    starts_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    content = models.TextField()
    key = models.TextField()
    signature = models.BinaryField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "people_consent"
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_at__lt=F("expires_at")), name="people_consent_duration"
            )
        ]
        indexes = [
            models.Index(fields=["cell", "recipient"], name="people_consent_recipient"),
            models.Index(fields=["cell", "person"], name="people_consent_person"),
        ]


class Withdrawal(models.Model):
    """A signed receipt that ends a consent. The consent itself stays as it was given."""

    pk = models.CompositePrimaryKey("cell", "consent")
    cell = models.IntegerField()
    consent = models.UUIDField()
    withdrawn_at = models.DateTimeField()
    content = models.TextField()
    key = models.TextField()
    signature = models.BinaryField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "people_withdrawal"


class Delegation(models.Model):
    """A person lets another act for them: which actions, which classes of data, until when.

    `kind` is `parent`, `caseworker` or `intermediary`; the last two act for an organisation.
    """

    pk = models.CompositePrimaryKey("cell", "id")
    cell = models.IntegerField()
    id = models.UUIDField()
    person = models.UUIDField()
    delegate = models.UUIDField()
    organisation = models.UUIDField(null=True)
    kind = models.TextField()
    actions = ArrayField(models.TextField())
    data_classes = ArrayField(models.TextField())
    starts_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    granted_by = models.UUIDField()
    recorded_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.UUIDField(null=True)
    ended_because = models.TextField(null=True)

    class Meta:
        db_table = "people_delegation"
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="parent", organisation=None)
                | Q(kind__in=["caseworker", "intermediary"], organisation__isnull=False),
                name="people_delegation_kind",
            ),
            models.CheckConstraint(
                condition=Q(starts_at__lt=F("expires_at")), name="people_delegation_duration"
            ),
            models.CheckConstraint(
                condition=~Q(person=F("delegate")), name="people_delegation_to_another"
            ),
        ]
        indexes = [
            models.Index(fields=["cell", "person"], name="people_delegation_person"),
            models.Index(fields=["cell", "delegate"], name="people_delegation_delegate"),
        ]


class DelegatedAct(models.Model):
    """One thing a delegate did for a person, under both names."""

    pk = models.CompositePrimaryKey("cell", "id")
    cell = models.IntegerField()
    id = models.UUIDField()
    delegation = models.UUIDField()
    person = models.UUIDField()
    delegate = models.UUIDField()
    action = models.TextField()
    subject = models.TextField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "people_delegated_act"
        indexes = [models.Index(fields=["cell", "person"], name="people_delegated_act_person")]


class RecordGrant(models.Model):
    """One case for which one member may read classes of one person's data, for a short time,
    with a reason and a second person. The person sees it."""

    pk = models.CompositePrimaryKey("cell", "id")
    cell = models.IntegerField()
    id = models.UUIDField()
    membership = models.UUIDField()
    person = models.UUIDField()
    data_classes = ArrayField(models.TextField())
    reason = models.TextField()
    starts_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    granted_by = models.UUIDField()
    approved_by = models.UUIDField()
    recorded_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.UUIDField(null=True)
    ended_because = models.TextField(null=True)

    class Meta:
        db_table = "people_record_grant"
        constraints = [
            models.CheckConstraint(
                condition=~Q(approved_by=F("granted_by")), name="people_record_grant_by_two"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="people_record_grant_reason"),
            models.CheckConstraint(
                condition=Q(starts_at__lt=F("expires_at")), name="people_record_grant_duration"
            ),
        ]
        indexes = [models.Index(fields=["cell", "person"], name="people_record_grant_person")]


class Access(models.Model):
    """One look at a person's record: who, in which role, why, by what right, which fields.

    `basis` is what the database found the right to be: self, delegation, consent, state or grant,
    refused where there was none, or told (a record outside the vault, whose right its own room
    checked). `hash` chains it to the look before in its lane (`lmb.people.access_chain`).
    """

    pk = models.CompositePrimaryKey("cell", "id")
    cell = models.IntegerField()
    id = models.UUIDField()
    person = models.UUIDField()
    principal = models.UUIDField()
    membership = models.UUIDField(null=True)
    delegation = models.UUIDField(null=True)
    role = models.TextField()
    organisation = models.UUIDField(null=True)
    purpose = models.TextField()
    basis = models.TextField()
    record = models.TextField()
    fields = ArrayField(models.TextField())
    at = models.DateTimeField()
    lane = models.SmallIntegerField()
    seq = models.BigIntegerField()
    hash = models.BinaryField()

    class Meta:
        db_table = "people_access"
        constraints = [
            models.UniqueConstraint(fields=["cell", "lane", "seq"], name="people_access_place")
        ]
        indexes = [
            models.Index(fields=["cell", "person", "at"], name="people_access_of_person"),
            models.Index(fields=["cell", "principal", "at"], name="people_access_by_principal"),
        ]
