from pathlib import Path

import django.contrib.postgres.fields
from django.db import migrations, models

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("people", "0002_rights"),
        ("proofs", "0001_initial"),
        ("ledger", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="EngineRun",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "cell",
                        "statement",
                        "engine",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("cell", models.IntegerField()),
                ("statement", models.TextField()),
                ("engine", models.TextField()),
                ("tallies_sha256", models.TextField()),
            ],
            options={
                "db_table": "outcomes_engine_run",
            },
        ),
        migrations.CreateModel(
            name="Frozen",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "cell",
                        "root",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("cell", models.IntegerField()),
                ("root", models.TextField()),
                ("sha256", models.TextField()),
                ("records", models.IntegerField()),
                ("actor", models.TextField()),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "db_table": "outcomes_frozen",
            },
        ),
        migrations.CreateModel(
            name="FrozenSecret",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "cell",
                        "root",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("cell", models.IntegerField()),
                ("root", models.TextField()),
                ("secret", models.TextField()),
            ],
            options={
                "db_table": "outcomes_frozen_secret",
            },
        ),
        migrations.CreateModel(
            name="FrozenTile",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "cell",
                        "root",
                        "level",
                        "index",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("cell", models.IntegerField()),
                ("root", models.TextField()),
                ("level", models.SmallIntegerField()),
                ("index", models.IntegerField()),
                ("hashes", models.BinaryField()),
            ],
            options={
                "db_table": "outcomes_frozen_tile",
            },
        ),
        migrations.CreateModel(
            name="Terms",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "cell",
                        "sha256",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("cell", models.IntegerField()),
                ("sha256", models.TextField()),
                ("issue", models.TextField()),
                ("content", models.TextField()),
                ("actor", models.TextField()),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "db_table": "outcomes_terms",
            },
        ),
        migrations.CreateModel(
            name="Answer",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "cell",
                        "challenge",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("cell", models.IntegerField()),
                ("challenge", models.UUIDField()),
                ("upheld_because", models.TextField(null=True)),
                ("correction", models.TextField(null=True)),
                ("answered_by", models.UUIDField()),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "db_table": "outcomes_answer",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("correction", None),
                                ("upheld_because__isnull", False),
                                models.Q(("upheld_because", ""), _negated=True),
                            ),
                            models.Q(("correction__isnull", False), ("upheld_because", None)),
                            _connector="OR",
                        ),
                        name="outcomes_answer_is_one",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Challenge",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "cell", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("cell", models.IntegerField()),
                ("id", models.UUIDField()),
                ("statement", models.TextField()),
                ("claimant", models.UUIDField()),
                ("organisation", models.UUIDField(null=True)),
                (
                    "keys",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), size=None
                    ),
                ),
                ("reason", models.TextField()),
                ("evidence_sha256", models.TextField()),
                ("filed_on", models.DateField()),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "db_table": "outcomes_challenge",
                "indexes": [
                    models.Index(fields=["cell", "statement"], name="outcomes_challenge_of")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reason", ""), _negated=True),
                            models.Q(("keys", []), _negated=True),
                        ),
                        name="outcomes_challenge_says_what",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("evidence_sha256__regex", "^[0-9a-f]{64}$")),
                        name="outcomes_challenge_evidence",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FrozenRow",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "cell",
                        "root",
                        "index",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("cell", models.IntegerField()),
                ("root", models.TextField()),
                ("index", models.IntegerField()),
                ("key", models.TextField()),
                ("person", models.UUIDField(null=True)),
                ("row", models.TextField()),
            ],
            options={
                "db_table": "outcomes_frozen_row",
                "indexes": [
                    models.Index(fields=["cell", "root", "key"], name="outcomes_frozen_row_key"),
                    models.Index(fields=["cell", "person"], name="outcomes_frozen_row_person"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Signature",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "cell",
                        "statement",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("cell", models.IntegerField()),
                ("statement", models.TextField()),
                ("issue", models.TextField()),
                ("supersedes", models.TextField(null=True)),
                ("proposal", models.UUIDField()),
                ("signed_by", models.UUIDField()),
                ("approved_by", models.UUIDField()),
                ("instruction", models.UUIDField()),
                ("transfer", models.UUIDField()),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "db_table": "outcomes_signature",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("supersedes", None)),
                        fields=("cell", "issue"),
                        name="outcomes_signature_determined_once",
                    ),
                    models.UniqueConstraint(
                        fields=("cell", "supersedes"), name="outcomes_signature_superseded_once"
                    ),
                    models.UniqueConstraint(
                        fields=("cell", "proposal"), name="outcomes_signature_approved_for_one"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("approved_by", models.F("signed_by")), _negated=True),
                        name="outcomes_signature_by_two",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Statement",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "cell",
                        "sha256",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("cell", models.IntegerField()),
                ("sha256", models.TextField()),
                ("content", models.TextField()),
                ("terms", models.TextField()),
                ("root", models.TextField()),
                ("run_id", models.TextField()),
                ("kind", models.TextField()),
                ("published_on", models.DateField()),
                ("challenge_until", models.DateField()),
                ("supersedes", models.TextField(null=True)),
                ("actor", models.TextField()),
                ("because", models.TextField()),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "db_table": "outcomes_statement",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "determination"), ("supersedes", None)),
                            models.Q(
                                ("kind__in", ["correction", "true-up"]),
                                ("supersedes__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="outcomes_statement_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("actor", ""), _negated=True),
                            models.Q(("because", ""), _negated=True),
                        ),
                        name="outcomes_statement_has_a_cause",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("published_on__lte", models.F("challenge_until"))),
                        name="outcomes_statement_window",
                    ),
                ],
            },
        ),
        migrations.RunSQL((SQL / "statements.sql").read_text()),
    ]
