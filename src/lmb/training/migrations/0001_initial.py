from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("bonds", "0001_initial"),
        ("facts", "0001_initial"),
        ("people", "0002_rights"),
        ("programs", "0001_initial"),
        ("ledger", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Enrolment",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "cell", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("cell", models.IntegerField()),
                ("id", models.UUIDField()),
                ("bond", models.UUIDField()),
                ("person", models.UUIDField()),
                ("program", models.TextField()),
                ("hold", models.UUIDField()),
                ("tuition_cents", models.BigIntegerField()),
                ("accepted_on", models.DateField()),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "db_table": "training_enrolment",
                "indexes": [
                    models.Index(fields=["cell", "person"], name="training_enrolment_person")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("cell", "bond", "person"), name="training_enrolment_once_per_bond"
                    )
                ],
            },
        ),
        migrations.RunSQL((SQL / "protection.sql").read_text()),
    ]
