from pathlib import Path

import django.db.models.expressions
from django.db import migrations, models

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("facts", "0001_initial"),
        ("people", "0002_rights"),
    ]

    operations = [
        migrations.CreateModel(
            name="WageSetAside",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "cell",
                        "load",
                        "row",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("cell", models.IntegerField()),
                ("load", models.UUIDField()),
                ("row", models.IntegerField()),
                (
                    "reason",
                    models.TextField(
                        choices=[
                            ("no-number", "its Social Security number is nobody's"),
                            ("two-persons", "two persons stand under its number"),
                            (
                                "told-otherwise",
                                "another amount is on file, and the file does not amend",
                            ),
                        ]
                    ),
                ),
                ("person", models.UUIDField(null=True)),
                ("employer", models.TextField()),
                ("quarter", models.IntegerField()),
                ("cents", models.BigIntegerField()),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "db_table": "facts_wage_set_aside",
            },
        ),
        migrations.CreateModel(
            name="Succession",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "cell", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("cell", models.IntegerField()),
                ("id", models.UUIDField()),
                ("predecessor", models.TextField()),
                ("successor", models.TextField()),
                ("source", models.TextField()),
                ("supersedes", models.UUIDField(null=True)),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "db_table": "facts_succession",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("cell", "supersedes"), name="facts_succession_superseded_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("supersedes", None)),
                        fields=("cell", "predecessor"),
                        name="facts_succession_first_told_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Wage",
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
                ("quarter", models.IntegerField()),
                ("cents", models.BigIntegerField()),
                (
                    "source",
                    models.TextField(
                        choices=[
                            ("ui", "state unemployment insurance"),
                            ("federal", "federal employment"),
                            ("military", "military employment"),
                            ("supplemental", "supplemental information"),
                        ]
                    ),
                ),
                ("match_type", models.SmallIntegerField()),
                ("load", models.UUIDField()),
                ("supersedes", models.UUIDField(null=True)),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "db_table": "facts_wage",
                "indexes": [
                    models.Index(fields=["cell", "person", "quarter"], name="facts_wage_person"),
                    models.Index(fields=["cell", "quarter"], name="facts_wage_quarter"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("cell", "supersedes"), name="facts_wage_superseded_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("supersedes", None)),
                        fields=("cell", "person", "employer", "quarter", "source"),
                        name="facts_wage_first_told_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("cents__gte", 0)), name="facts_wage_not_negative"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WageDecision",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "cell",
                        "load",
                        "row",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("cell", models.IntegerField()),
                ("load", models.UUIDField()),
                ("row", models.IntegerField()),
                ("outcome", models.TextField(choices=[("taken", "taken"), ("dropped", "dropped")])),
                ("person", models.UUIDField(null=True)),
                ("actor", models.TextField()),
                ("because", models.TextField()),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "db_table": "facts_wage_decision",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", "taken"), ("person__isnull", False)),
                            models.Q(("outcome", "dropped"), ("person", None)),
                            _connector="OR",
                        ),
                        name="facts_wage_decision_outcome",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("actor", ""), _negated=True),
                            models.Q(("because", ""), _negated=True),
                        ),
                        name="facts_wage_decision_has_a_cause",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WageLoad",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "cell", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("cell", models.IntegerField()),
                ("id", models.UUIDField()),
                ("file", models.TextField()),
                ("sha256", models.TextField()),
                ("format", models.TextField()),
                (
                    "source",
                    models.TextField(
                        choices=[
                            ("ui", "state unemployment insurance"),
                            ("federal", "federal employment"),
                            ("military", "military employment"),
                            ("supplemental", "supplemental information"),
                        ]
                    ),
                ),
                ("amends", models.BooleanField()),
                ("key", models.TextField()),
                ("records", models.IntegerField()),
                ("total_cents", models.BigIntegerField()),
                ("matched", models.IntegerField()),
                ("unmatched", models.IntegerField()),
                ("quarantined", models.IntegerField()),
                ("told_anew", models.IntegerField()),
                ("amended", models.IntegerField()),
                ("actor", models.TextField()),
                ("because", models.TextField()),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "db_table": "facts_wage_load",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "records",
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("matched"), "+", models.F("unmatched")
                                    ),
                                    "+",
                                    models.F("quarantined"),
                                ),
                            )
                        ),
                        name="facts_wage_load_adds_up",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("actor", ""), _negated=True),
                            models.Q(("because", ""), _negated=True),
                        ),
                        name="facts_wage_load_has_a_cause",
                    ),
                ],
            },
        ),
        migrations.RunSQL((SQL / "wages.sql").read_text()),
    ]
