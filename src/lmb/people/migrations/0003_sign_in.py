from pathlib import Path

import django.contrib.postgres.fields
from django.db import migrations, models

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0002_rights"),
    ]

    operations = [
        migrations.CreateModel(
            name="Account",
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
                ("number", models.TextField()),
                ("password", models.TextField(null=True)),
                ("password_set_at", models.DateTimeField(null=True)),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "db_table": "people_account",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("cell", "number"), name="people_account_number"
                    ),
                    models.UniqueConstraint(
                        fields=("cell", "person"), name="people_account_one_each"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("password", None), ("password_set_at", None)),
                            models.Q(
                                ("password__isnull", False), ("password_set_at__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="people_account_password_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Attempt",
            fields=[
                ("bucket", models.TextField(primary_key=True, serialize=False)),
                ("window_starts_at", models.DateTimeField()),
                ("in_window", models.IntegerField()),
                ("in_a_row", models.IntegerField()),
            ],
            options={
                "db_table": "sign_in_attempt",
                "indexes": [
                    models.Index(fields=["window_starts_at"], name="sign_in_attempt_window")
                ],
            },
        ),
        migrations.CreateModel(
            name="CodeGenerator",
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
                ("master", models.TextField()),
                ("wrapped", models.BinaryField()),
                ("step_last", models.BigIntegerField()),
                ("recorded_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_because", models.TextField(null=True)),
            ],
            options={
                "db_table": "people_code_generator",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("cell", "person"),
                        name="people_code_generator_one_each",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CounterCode",
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
                ("code_sha256", models.TextField()),
                ("expires_at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_because", models.TextField(null=True)),
            ],
            options={
                "db_table": "people_counter_code",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("cell", "code_sha256"), name="people_counter_code_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Proofing",
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
                ("organisation", models.UUIDField()),
                ("level", models.SmallIntegerField()),
                ("path", models.TextField()),
                (
                    "evidence",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), size=None
                    ),
                ),
                ("proofed_on", models.DateField()),
                ("counter_code", models.UUIDField()),
                ("recorded_by", models.UUIDField()),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "db_table": "people_proofing",
                "indexes": [models.Index(fields=["cell", "person"], name="people_proofing_person")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("cell", "counter_code"), name="people_proofing_of_one_code"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RecoveryCode",
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
                ("code_sha256", models.TextField()),
                ("recorded_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_because", models.TextField(null=True)),
            ],
            options={
                "db_table": "people_recovery_code",
                "indexes": [
                    models.Index(fields=["cell", "person"], name="people_recovery_code_person")
                ],
            },
        ),
        migrations.RunSQL((SQL / "sign_in.sql").read_text()),
    ]
