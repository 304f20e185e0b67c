from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0003_sign_in"),
    ]

    operations = [
        migrations.CreateModel(
            name="Code",
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
                ("kind", models.TextField()),
                ("code_sha256", models.TextField()),
                ("expires_at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_by", models.UUIDField(null=True)),
                ("ended_because", models.TextField(null=True)),
                ("taken_for", models.UUIDField(null=True)),
            ],
            options={
                "db_table": "people_code",
                "indexes": [models.Index(fields=["cell", "person"], name="people_code_person")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("cell", "code_sha256"), name="people_code_hash"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("ended_at", None), ("ended_because", None), ("taken_for", None)
                            ),
                            models.Q(("ended_because", "withdrawn"), ("taken_for", None)),
                            ("ended_because", "taken"),
                            _connector="OR",
                        ),
                        name="people_code_ended_whole",
                    ),
                ],
            },
        ),
        migrations.RunSQL((SQL / "codes.sql").read_text()),
    ]
