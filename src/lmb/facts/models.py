"""What happened, stored once, in two times: when it was so (effective) and when it was learned
(recorded). A correction is a new row that names the row it supersedes."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class WorkRecord(models.Model):
    """Who worked for whom, how many hours, for how much, in one period (both days included).

    Employer and hours are null where the source does not tell them.
    """

    pk = models.CompositePrimaryKey("cell", "id")
    cell = models.IntegerField()
    id = models.UUIDField()
    person = models.UUIDField()
    employer = models.TextField(null=True)
    period_from = models.DateField()
    period_to = models.DateField()
    hours = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    earnings_cents = models.BigIntegerField()
    source = models.TextField()
    supersedes = models.UUIDField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "facts_work_record"
        constraints = [
            models.UniqueConstraint(
                fields=["cell", "supersedes"], name="facts_work_record_superseded_once"
            ),
            models.UniqueConstraint(
                fields=["cell", "person", "employer", "period_from", "period_to"],
                condition=Q(supersedes=None),
                nulls_distinct=False,
                name="facts_work_record_first_told_once",
            ),
            models.CheckConstraint(
                condition=Q(earnings_cents__gte=0), name="facts_work_record_earnings_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(period_from__lte=F("period_to")), name="facts_work_record_period"
            ),
        ]
        indexes = [
            models.Index(fields=["cell", "period_from", "person"], name="facts_work_record_period")
        ]


class Hire(models.Model):
    """An employer's word that a person began to work for it on a day, as what (an SOC code), and
    for how much an hour; null where it does not say."""

    pk = models.CompositePrimaryKey("cell", "id")
    cell = models.IntegerField()
    id = models.UUIDField()
    person = models.UUIDField()
    employer = models.TextField()
    hired_on = models.DateField()
    occupation = models.TextField(null=True)
    hourly_cents = models.BigIntegerField(null=True)
    source = models.TextField()
    supersedes = models.UUIDField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "facts_hire"
        constraints = [
            models.UniqueConstraint(
                fields=["cell", "supersedes"], name="facts_hire_superseded_once"
            ),
            models.UniqueConstraint(
                fields=["cell", "person", "employer", "hired_on"],
                condition=Q(supersedes=None),
                name="facts_hire_first_told_once",
            ),
            models.CheckConstraint(
                condition=Q(hourly_cents=None) | Q(hourly_cents__gt=0),
                name="facts_hire_wage_positive",
            ),
        ]


class AttestationKind(models.TextChoices):
    """What can be attested about a person in a program so far."""

    ASSIGNED = "assigned", "drawn in the lottery"
    ACCEPTED = "accepted", "accepted the offer"
    ENROLLED = "enrolled", "enrolled"
    COMPLETED = "completed", "completed"


class Attestation(models.Model):
    """Somebody's word that something happened on a day; `value` carries the lottery arm."""

    pk = models.CompositePrimaryKey("cell", "id")
    cell = models.IntegerField()
    id = models.UUIDField()
    person = models.UUIDField()
    kind = models.TextField(choices=AttestationKind.choices)
    value = models.TextField(blank=True)
    happened_on = models.DateField()
    source = models.TextField()
    supersedes = models.UUIDField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "facts_attestation"
        constraints = [
            models.UniqueConstraint(
                fields=["cell", "supersedes"], name="facts_attestation_superseded_once"
            ),
            models.UniqueConstraint(
                fields=["cell", "person", "kind"],
                condition=Q(supersedes=None),
                name="facts_attestation_first_told_once",
            ),
        ]
