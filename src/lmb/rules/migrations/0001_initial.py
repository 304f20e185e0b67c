from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Determination",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "cell", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("cell", models.IntegerField()),
                ("id", models.UUIDField()),
                ("rule", models.TextField()),
                ("rule_version", models.TextField()),
                ("subject", models.TextField()),
                ("content", models.TextField()),
                ("sha256", models.TextField()),
                ("supersedes", models.UUIDField(null=True)),
                ("actor", models.TextField()),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "db_table": "rules_determination",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("cell", "supersedes"), name="rules_determination_superseded_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("supersedes", None)),
                        fields=("cell", "subject"),
                        name="rules_determination_one_first_per_subject",
                    ),
                    models.UniqueConstraint(
                        fields=("cell", "subject", "id"), name="rules_determination_subject"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("actor", ""), _negated=True),
                        name="rules_determination_names_its_actor",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DeterminationInput",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "cell",
                        "determination",
                        "position",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("cell", models.IntegerField()),
                ("determination", models.UUIDField()),
                ("position", models.IntegerField()),
                ("kind", models.TextField()),
                ("input", models.UUIDField()),
                ("sha256", models.TextField()),
            ],
            options={
                "db_table": "rules_determination_input",
                "indexes": [models.Index(fields=["cell", "input"], name="rules_input_readers")],
            },
        ),
        migrations.RunSQL((SQL / "insert_only.sql").read_text()),
        migrations.RunSQL((SQL / "determinations.sql").read_text()),
        migrations.RunSQL((SQL / "house.sql").read_text()),
    ]
