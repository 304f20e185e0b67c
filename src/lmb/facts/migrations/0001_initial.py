from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    initial = True

    dependencies = [("people", "0002_rights"), ("rules", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Attestation",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "cell", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("cell", models.IntegerField()),
                ("id", models.UUIDField()),
                ("person", models.UUIDField()),
                (
                    "kind",
                    models.TextField(
                        choices=[
                            ("assigned", "drawn in the lottery"),
                            ("accepted", "accepted the offer"),
                            ("enrolled", "enrolled"),
                            ("completed", "completed"),
                        ]
                    ),
                ),
                ("value", models.TextField(blank=True)),
                ("happened_on", models.DateField()),
                ("source", models.TextField()),
                ("supersedes", models.UUIDField(null=True)),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "db_table": "facts_attestation",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("cell", "supersedes"), name="facts_attestation_superseded_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("supersedes", None)),
                        fields=("cell", "person", "kind"),
                        name="facts_attestation_first_told_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WorkRecord",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "cell", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("cell", models.IntegerField()),
                ("id", models.UUIDField()),
                ("person", models.UUIDField()),
                ("employer", models.TextField(null=True)),
                ("period_from", models.DateField()),
                ("period_to", models.DateField()),
                ("hours", models.DecimalField(decimal_places=2, max_digits=8, null=True)),
                ("earnings_cents", models.BigIntegerField()),
                ("source", models.TextField()),
                ("supersedes", models.UUIDField(null=True)),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "db_table": "facts_work_record",
                "indexes": [
                    models.Index(
                        fields=["cell", "period_from", "person"], name="facts_work_record_period"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("cell", "supersedes"), name="facts_work_record_superseded_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("supersedes", None)),
                        fields=("cell", "person", "employer", "period_from", "period_to"),
                        name="facts_work_record_first_told_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("earnings_cents__gte", 0)),
                        name="facts_work_record_earnings_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("period_from__lte", models.F("period_to"))),
                        name="facts_work_record_period",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Hire",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "cell", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("cell", models.IntegerField()),
                ("id", models.UUIDField()),
                ("person", models.UUIDField()),
                ("employer", models.TextField()),
                ("hired_on", models.DateField()),
                ("occupation", models.TextField(null=True)),
                ("hourly_cents", models.BigIntegerField(null=True)),
                ("source", models.TextField()),
                ("supersedes", models.UUIDField(null=True)),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "db_table": "facts_hire",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("cell", "supersedes"), name="facts_hire_superseded_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("supersedes", None)),
                        fields=("cell", "person", "employer", "hired_on"),
                        name="facts_hire_first_told_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("hourly_cents", None), ("hourly_cents__gt", 0), _connector="OR"
                        ),
                        name="facts_hire_wage_positive",
                    ),
                ],
            },
        ),
        migrations.RunSQL((SQL / "protection.sql").read_text()),
    ]
