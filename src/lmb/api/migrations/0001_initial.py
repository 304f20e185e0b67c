from pathlib import Path

import django.contrib.postgres.fields
from django.db import migrations, models

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    initial = True

    dependencies = [("people", "0002_rights")]

    operations = [
        migrations.CreateModel(
            name="KeyUse",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "cell", "key", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("cell", models.IntegerField()),
                ("key", models.UUIDField()),
                ("last_used_at", models.DateTimeField()),
            ],
            options={
                "db_table": "api_key_use",
            },
        ),
        migrations.CreateModel(
            name="AccessToken",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "cell",
                        "prefix",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("cell", models.IntegerField()),
                ("prefix", models.TextField()),
                ("client", models.UUIDField()),
                ("key", models.UUIDField()),
                ("sha256", models.TextField()),
                (
                    "scopes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), size=None
                    ),
                ),
                ("expires_at", models.DateTimeField()),
            ],
            options={
                "db_table": "api_access_token",
                "indexes": [models.Index(fields=["expires_at"], name="api_access_token_expires")],
            },
        ),
        migrations.CreateModel(
            name="Answer",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "cell",
                        "client",
                        "key",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("cell", models.IntegerField()),
                ("client", models.UUIDField()),
                ("key", models.TextField()),
                ("fingerprint", models.TextField()),
                ("status", models.SmallIntegerField()),
                ("content", models.TextField()),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "db_table": "api_answer",
                "indexes": [models.Index(fields=["recorded_at"], name="api_answer_recorded")],
            },
        ),
        migrations.CreateModel(
            name="Bucket",
            fields=[
                ("key", models.TextField(primary_key=True, serialize=False)),
                ("tokens", models.FloatField()),
                ("filled_at", models.DateTimeField()),
            ],
            options={
                "db_table": "api_bucket",
                "indexes": [models.Index(fields=["filled_at"], name="api_bucket_filled")],
            },
        ),
        migrations.CreateModel(
            name="UsedAssertion",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "cell",
                        "client",
                        "jti_sha256",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("cell", models.IntegerField()),
                ("client", models.UUIDField()),
                ("jti_sha256", models.TextField()),
                ("expires_at", models.DateTimeField()),
            ],
            options={
                "db_table": "api_used_assertion",
                "indexes": [models.Index(fields=["expires_at"], name="api_used_assertion_expires")],
            },
        ),
        migrations.RunSQL((SQL / "door.sql").read_text()),
    ]
