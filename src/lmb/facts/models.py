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


class WageSource(models.TextChoices):
    """Whose record says what somebody was paid (elements 1601 to 1607, type of match)."""

    UI = "ui", "state unemployment insurance"
    FEDERAL = "federal", "federal employment"
    MILITARY = "military", "military employment"
    SUPPLEMENTAL = "supplemental", "supplemental information"


class WageLoad(models.Model):
    """The receipt of a file of wages: what it was, its totals, what became of its records."""

    pk = models.CompositePrimaryKey("cell", "id")
    cell = models.IntegerField()
    id = models.UUIDField()
    file = models.TextField()
    sha256 = models.TextField()
    format = models.TextField()
    source = models.TextField(choices=WageSource.choices)
    amends = models.BooleanField()
    key = models.TextField()
    records = models.IntegerField()
    total_cents = models.BigIntegerField()
    matched = models.IntegerField()
    unmatched = models.IntegerField()
    quarantined = models.IntegerField()
    told_anew = models.IntegerField()
    amended = models.IntegerField()
    actor = models.TextField()
    because = models.TextField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "facts_wage_load"
        constraints = [
            models.CheckConstraint(
                condition=Q(records=F("matched") + F("unmatched") + F("quarantined")),
                name="facts_wage_load_adds_up",
            ),
            models.CheckConstraint(
                condition=~Q(actor="") & ~Q(because=""), name="facts_wage_load_has_a_cause"
            ),
        ]


class Wage(models.Model):
    """Pay of a person by an employer in a quarter (4 * year + number - 1), as a source told it.
    An amendment supersedes; 0 cents says that nothing was paid after all."""

    pk = models.CompositePrimaryKey("cell", "id")
    cell = models.IntegerField()
    id = models.UUIDField()
    person = models.UUIDField()
    employer = models.TextField()
    quarter = models.IntegerField()
    cents = models.BigIntegerField()
    source = models.TextField(choices=WageSource.choices)
    match_type = models.SmallIntegerField()
    load = models.UUIDField()
    supersedes = models.UUIDField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "facts_wage"
        constraints = [
            models.UniqueConstraint(
                fields=["cell", "supersedes"], name="facts_wage_superseded_once"
            ),
            models.UniqueConstraint(
                fields=["cell", "person", "employer", "quarter", "source"],
                condition=Q(supersedes=None),
                name="facts_wage_first_told_once",
            ),
            models.CheckConstraint(condition=Q(cents__gte=0), name="facts_wage_not_negative"),
        ]
        indexes = [
            models.Index(fields=["cell", "person", "quarter"], name="facts_wage_person"),
            models.Index(fields=["cell", "quarter"], name="facts_wage_quarter"),
        ]


class SetAsideReason(models.TextChoices):
    """Why a wage of a file waits for somebody to decide."""

    NO_NUMBER = "no-number", "its Social Security number is nobody's"
    TWO_PERSONS = "two-persons", "two persons stand under its number"
    TOLD_OTHERWISE = "told-otherwise", "another amount is on file, and the file does not amend"


class WageSetAside(models.Model):
    """A wage in quarantine, by its row of the file. `person` is whose it is, where that is known;
    no number is kept."""

    pk = models.CompositePrimaryKey("cell", "load", "row")
    cell = models.IntegerField()
    load = models.UUIDField()
    row = models.IntegerField()
    reason = models.TextField(choices=SetAsideReason.choices)
    person = models.UUIDField(null=True)
    employer = models.TextField()
    quarter = models.IntegerField()
    cents = models.BigIntegerField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "facts_wage_set_aside"


class WageDecision(models.Model):
    """What became of a wage in quarantine: `taken` for a person, whose pay it then is, or `dropped`
    (also where the corrected number is of nobody here)."""

    pk = models.CompositePrimaryKey("cell", "load", "row")
    cell = models.IntegerField()
    load = models.UUIDField()
    row = models.IntegerField()
    outcome = models.TextField(choices=[("taken", "taken"), ("dropped", "dropped")])
    person = models.UUIDField(null=True)
    actor = models.TextField()
    because = models.TextField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "facts_wage_decision"
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="taken", person__isnull=False)
                | Q(outcome="dropped", person=None),
                name="facts_wage_decision_outcome",
            ),
            models.CheckConstraint(
                condition=~Q(actor="") & ~Q(because=""), name="facts_wage_decision_has_a_cause"
            ),
        ]


class Succession(models.Model):
    """An employer goes on under another number. A correction supersedes; one to the same number
    says that it does not."""

    pk = models.CompositePrimaryKey("cell", "id")
    cell = models.IntegerField()
    id = models.UUIDField()
    predecessor = models.TextField()
    successor = models.TextField()
    source = models.TextField()
    supersedes = models.UUIDField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "facts_succession"
        constraints = [
            models.UniqueConstraint(
                fields=["cell", "supersedes"], name="facts_succession_superseded_once"
            ),
            models.UniqueConstraint(
                fields=["cell", "predecessor"],
                condition=Q(supersedes=None),
                name="facts_succession_first_told_once",
            ),
        ]
