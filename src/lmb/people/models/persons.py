"""Persons by key, where they live, how they sign in, and whether two of them are one."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q


class Person(models.Model):
    """A person's key. `reference` is the pseudonym a simulated run's files use; real people have
    none."""

    pk = models.CompositePrimaryKey("cell", "id")
    cell = models.IntegerField()
    id = models.UUIDField()
    reference = models.TextField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "people_person"
        constraints = [
            models.UniqueConstraint(fields=["cell", "reference"], name="people_person_reference")
        ]


class Residence(models.Model):
    """The state and workforce board that serve a person from a day on."""

    pk = models.CompositePrimaryKey("cell", "id")
    cell = models.IntegerField()
    id = models.UUIDField()
    person = models.UUIDField()
    state = models.TextField()
    board = models.TextField()
    effective_on = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "people_residence"
        constraints = [
            models.UniqueConstraint(
                fields=["cell", "person", "effective_on", "recorded_at"],
                name="people_residence_told_once",
            )
        ]
        indexes = [models.Index(fields=["cell", "state"], name="people_residence_state")]


class Identity(models.Model):
    """An account at an identity provider that leads to a person. A directory: an issuer and subject
    lead to one person, in one cell, once. What the provider returned stands in `SignIn`.

    `approved_by` is the second person of a supervised relinking; null for the first link.
    """

    pk = models.CompositePrimaryKey("issuer", "subject")
    issuer = models.TextField()
    subject = models.TextField()
    cell = models.IntegerField()
    id = models.UUIDField()
    person = models.UUIDField()
    linked_by = models.UUIDField()
    approved_by = models.UUIDField(null=True)
    recorded_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.UUIDField(null=True)
    ended_because = models.TextField(null=True)

    class Meta:
        db_table = "people_identity"
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("linked_by")),
                name="people_identity_relinked_by_two",
            ),
        ]
        indexes = [models.Index(fields=["cell", "person"], name="people_identity_person")]


class SignIn(models.Model):
    """What an identity provider returned at one sign-in, and nothing inferred. The newest of an
    account says how surely its person is known now."""

    pk = models.CompositePrimaryKey("cell", "id")
    cell = models.IntegerField()
    id = models.UUIDField()
    person = models.UUIDField()
    issuer = models.TextField()
    subject = models.TextField()
    acr = models.TextField()
    ial = models.SmallIntegerField()
    aal = models.SmallIntegerField()
    amr = ArrayField(models.TextField())
    phishing_resistant = models.BooleanField()
    authenticated_at = models.DateTimeField(null=True)
    verified_at = models.DateTimeField(null=True)
    device = models.TextField(blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "people_sign_in"
        indexes = [models.Index(fields=["cell", "person"], name="people_sign_in_person")]


class ReviewCase(models.Model):
    """A question two people decide: are these two persons one (`same-ssn`,
    `same-name-and-birth-date`)? `person` is the one registered later and waits for the answer.

    `outcome` is `same-person` or `different-persons`; two persons stand behind it.
    """

    pk = models.CompositePrimaryKey("cell", "id")
    cell = models.IntegerField()
    id = models.UUIDField()
    kind = models.TextField()
    person = models.UUIDField()
    other_cell = models.IntegerField()
    other_person = models.UUIDField()
    recorded_at = models.DateTimeField()
    outcome = models.TextField(null=True)
    decided_by = models.UUIDField(null=True)
    approved_by = models.UUIDField(null=True)
    decided_because = models.TextField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "people_review_case"
        constraints = [
            models.UniqueConstraint(
                fields=["cell", "kind", "person", "other_cell", "other_person"],
                name="people_review_case_opened_once",
            ),
            models.CheckConstraint(
                condition=~Q(approved_by=F("decided_by")), name="people_review_case_two_decide"
            ),
            models.CheckConstraint(
                condition=Q(
                    outcome=None,
                    decided_by=None,
                    approved_by=None,
                    decided_because=None,
                    decided_at=None,
                )
                | Q(
                    outcome__in=["same-person", "different-persons"],
                    decided_by__isnull=False,
                    approved_by__isnull=False,
                    decided_because__isnull=False,
                    decided_at__isnull=False,
                ),
                name="people_review_case_decided_whole",
            ),
        ]


class Circumstances(models.Model):
    """What was known on a day of what eligibility asks: age in whole years, never the birth date.

    `content` is the canonical document a determination reads.
    """

    pk = models.CompositePrimaryKey("cell", "id")
    cell = models.IntegerField()
    id = models.UUIDField()
    person = models.UUIDField()
    as_of = models.DateField()
    content = models.TextField()
    sha256 = models.TextField()
    recorded_by = models.UUIDField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "people_circumstances"
        indexes = [models.Index(fields=["cell", "person"], name="people_circumstances_person")]
