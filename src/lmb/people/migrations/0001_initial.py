from pathlib import Path

import django.contrib.postgres.fields
from django.db import migrations, models

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    initial = True

    dependencies = [("rules", "0001_initial"), ("ledger", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Person",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "cell", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("cell", models.IntegerField()),
                ("id", models.UUIDField()),
                ("reference", models.TextField(null=True)),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "db_table": "people_person",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("cell", "reference"), name="people_person_reference"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Residence",
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
                ("state", models.TextField()),
                ("board", models.TextField()),
                ("effective_on", models.DateField()),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "db_table": "people_residence",
                "indexes": [models.Index(fields=["cell", "state"], name="people_residence_state")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("cell", "person", "effective_on", "recorded_at"),
                        name="people_residence_told_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Identity",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "issuer",
                        "subject",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("issuer", models.TextField()),
                ("subject", models.TextField()),
                ("cell", models.IntegerField()),
                ("id", models.UUIDField()),
                ("person", models.UUIDField()),
                ("linked_by", models.UUIDField()),
                ("approved_by", models.UUIDField(null=True)),
                ("recorded_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_by", models.UUIDField(null=True)),
                ("ended_because", models.TextField(null=True)),
            ],
            options={
                "db_table": "people_identity",
                "indexes": [models.Index(fields=["cell", "person"], name="people_identity_person")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approved_by", None),
                            models.Q(("approved_by", models.F("linked_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="people_identity_relinked_by_two",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SignIn",
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
                ("issuer", models.TextField()),
                ("subject", models.TextField()),
                ("acr", models.TextField()),
                ("ial", models.SmallIntegerField()),
                ("aal", models.SmallIntegerField()),
                (
                    "amr",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), size=None
                    ),
                ),
                ("phishing_resistant", models.BooleanField()),
                ("authenticated_at", models.DateTimeField(null=True)),
                ("verified_at", models.DateTimeField(null=True)),
                ("device", models.TextField(blank=True)),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "db_table": "people_sign_in",
                "indexes": [models.Index(fields=["cell", "person"], name="people_sign_in_person")],
            },
        ),
        migrations.CreateModel(
            name="ReviewCase",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "cell", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("cell", models.IntegerField()),
                ("id", models.UUIDField()),
                ("kind", models.TextField()),
                ("person", models.UUIDField()),
                ("other_cell", models.IntegerField()),
                ("other_person", models.UUIDField()),
                ("recorded_at", models.DateTimeField()),
                ("outcome", models.TextField(null=True)),
                ("decided_by", models.UUIDField(null=True)),
                ("approved_by", models.UUIDField(null=True)),
                ("decided_because", models.TextField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "people_review_case",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("cell", "kind", "person", "other_cell", "other_person"),
                        name="people_review_case_opened_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("approved_by", models.F("decided_by")), _negated=True),
                        name="people_review_case_two_decide",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("approved_by", None),
                                ("decided_at", None),
                                ("decided_because", None),
                                ("decided_by", None),
                                ("outcome", None),
                            ),
                            models.Q(
                                ("approved_by__isnull", False),
                                ("decided_at__isnull", False),
                                ("decided_because__isnull", False),
                                ("decided_by__isnull", False),
                                ("outcome__in", ["same-person", "different-persons"]),
                            ),
                            _connector="OR",
                        ),
                        name="people_review_case_decided_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Circumstances",
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
                ("as_of", models.DateField()),
                ("content", models.TextField()),
                ("sha256", models.TextField()),
                ("recorded_by", models.UUIDField()),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "db_table": "people_circumstances",
                "indexes": [
                    models.Index(fields=["cell", "person"], name="people_circumstances_person")
                ],
            },
        ),
        migrations.CreateModel(
            name="Organisation",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "cell", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("cell", models.IntegerField()),
                ("id", models.UUIDField()),
                (
                    "kind",
                    models.TextField(
                        choices=[
                            ("provider", "provider"),
                            ("employer", "employer"),
                            ("state-board", "state-board"),
                            ("agency", "agency"),
                            ("investor", "investor"),
                            ("custodian", "custodian"),
                            ("intermediary", "intermediary"),
                        ]
                    ),
                ),
                ("code", models.TextField()),
                ("name", models.TextField()),
                ("state", models.TextField(null=True)),
                ("recorded_by", models.UUIDField()),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "db_table": "people_organisation",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("cell", "kind", "code"), name="people_organisation_code"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "provider",
                                    "employer",
                                    "state-board",
                                    "agency",
                                    "investor",
                                    "custodian",
                                    "intermediary",
                                ],
                            )
                        ),
                        name="people_organisation_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "state-board"), _negated=True),
                            ("state__isnull", False),
                            _connector="OR",
                        ),
                        name="people_organisation_board_has_a_state",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Membership",
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
                (
                    "role",
                    models.TextField(
                        choices=[
                            ("citizen", "citizen"),
                            ("representative", "representative"),
                            ("provider", "provider"),
                            ("employer", "employer"),
                            ("state-board", "state-board"),
                            ("agency", "agency"),
                            ("treasury", "treasury"),
                            ("investor", "investor"),
                            ("auditor", "auditor"),
                            ("security-officer", "security-officer"),
                        ]
                    ),
                ),
                ("administers", models.BooleanField()),
                ("starts_at", models.DateTimeField()),
                ("granted_by", models.UUIDField()),
                ("approved_by", models.UUIDField(null=True)),
                ("recorded_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_by", models.UUIDField(null=True)),
                ("ended_because", models.TextField(null=True)),
            ],
            options={
                "db_table": "people_membership",
                "indexes": [
                    models.Index(fields=["cell", "organisation"], name="people_membership_members")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("cell", "person", "organisation", "role"),
                        name="people_membership_held_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "role__in",
                                [
                                    "citizen",
                                    "representative",
                                    "provider",
                                    "employer",
                                    "state-board",
                                    "agency",
                                    "treasury",
                                    "investor",
                                    "auditor",
                                    "security-officer",
                                ],
                            )
                        ),
                        name="people_membership_role",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approved_by", None),
                            models.Q(
                                models.Q(("approved_by", models.F("granted_by")), _negated=True),
                                models.Q(("approved_by", models.F("person")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="people_membership_approved_by_another",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "cell", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("cell", models.IntegerField()),
                ("id", models.UUIDField()),
                ("organisation", models.UUIDField()),
                (
                    "role",
                    models.TextField(
                        choices=[
                            ("citizen", "citizen"),
                            ("representative", "representative"),
                            ("provider", "provider"),
                            ("employer", "employer"),
                            ("state-board", "state-board"),
                            ("agency", "agency"),
                            ("treasury", "treasury"),
                            ("investor", "investor"),
                            ("auditor", "auditor"),
                            ("security-officer", "security-officer"),
                        ]
                    ),
                ),
                ("administers", models.BooleanField()),
                ("token_sha256", models.TextField()),
                ("expires_at", models.DateTimeField()),
                ("invited_by", models.UUIDField()),
                ("approved_by", models.UUIDField(null=True)),
                ("recorded_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_by", models.UUIDField(null=True)),
                ("ended_because", models.TextField(null=True)),
                ("membership", models.UUIDField(null=True)),
            ],
            options={
                "db_table": "people_invitation",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("cell", "token_sha256"), name="people_invitation_token"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_because", None), ("membership", None)),
                            models.Q(("ended_because", "withdrawn"), ("membership", None)),
                            models.Q(("ended_because", "accepted"), ("membership__isnull", False)),
                            _connector="OR",
                        ),
                        name="people_invitation_ended_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approved_by", None),
                            models.Q(("approved_by", models.F("invited_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="people_invitation_approved_by_another",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ApiClient",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "cell", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("cell", models.IntegerField()),
                ("id", models.UUIDField()),
                ("organisation", models.UUIDField()),
                ("role", models.TextField()),
                ("program", models.TextField()),
                (
                    "scopes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), size=None
                    ),
                ),
                ("registered_by", models.UUIDField()),
                ("approved_by", models.UUIDField(null=True)),
                ("recorded_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_by", models.UUIDField(null=True)),
                ("ended_because", models.TextField(null=True)),
            ],
            options={
                "db_table": "people_api_client",
                "indexes": [
                    models.Index(fields=["cell", "organisation"], name="people_api_client_of")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "role__in",
                                [
                                    "agency",
                                    "auditor",
                                    "employer",
                                    "investor",
                                    "provider",
                                    "state-board",
                                    "treasury",
                                ],
                            )
                        ),
                        name="people_api_client_role",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                (
                                    "role__in",
                                    [
                                        "agency",
                                        "auditor",
                                        "security-officer",
                                        "state-board",
                                        "treasury",
                                    ],
                                ),
                                _negated=True,
                            ),
                            models.Q(
                                ("approved_by__isnull", False),
                                models.Q(("approved_by", models.F("registered_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="people_api_client_registered_by_two",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ApiKey",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "cell", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("cell", models.IntegerField()),
                ("id", models.UUIDField()),
                ("client", models.UUIDField()),
                ("prefix", models.TextField()),
                ("sha256", models.TextField(null=True)),
                ("jwk", models.TextField(null=True)),
                ("expires_at", models.DateTimeField()),
                ("issued_by", models.UUIDField()),
                ("recorded_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_by", models.UUIDField(null=True)),
                ("ended_because", models.TextField(null=True)),
            ],
            options={
                "db_table": "people_api_key",
                "indexes": [models.Index(fields=["cell", "client"], name="people_api_key_of")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("cell", "prefix"), name="people_api_key_prefix"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("jwk__isnull", False), ("sha256", None)),
                            models.Q(("jwk", None), ("sha256__isnull", False)),
                            _connector="OR",
                        ),
                        name="people_api_key_is_one_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("recorded_at__lt", models.F("expires_at"))),
                        name="people_api_key_duration",
                    ),
                ],
            },
        ),
        migrations.RunSQL((SQL / "endings.sql").read_text()),
        migrations.RunSQL((SQL / "persons.sql").read_text()),
        migrations.RunSQL((SQL / "organisations.sql").read_text()),
    ]
