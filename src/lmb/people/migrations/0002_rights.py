from pathlib import Path

import django.contrib.postgres.fields
from django.db import migrations, models

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Withdrawal",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "cell",
                        "consent",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("cell", models.IntegerField()),
                ("consent", models.UUIDField()),
                ("withdrawn_at", models.DateTimeField()),
                ("content", models.TextField()),
                ("key", models.TextField()),
                ("signature", models.BinaryField()),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "db_table": "people_withdrawal",
            },
        ),
        migrations.CreateModel(
            name="Access",
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
                ("principal", models.UUIDField()),
                ("membership", models.UUIDField(null=True)),
                ("delegation", models.UUIDField(null=True)),
                ("role", models.TextField()),
                ("organisation", models.UUIDField(null=True)),
                ("purpose", models.TextField()),
                ("basis", models.TextField()),
                ("record", models.TextField()),
                (
                    "fields",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), size=None
                    ),
                ),
                ("at", models.DateTimeField()),
                ("lane", models.SmallIntegerField()),
                ("seq", models.BigIntegerField()),
                ("hash", models.BinaryField()),
            ],
            options={
                "db_table": "people_access",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("cell", "lane", "seq"), name="people_access_place"
                    )
                ],
                "indexes": [
                    models.Index(fields=["cell", "person", "at"], name="people_access_of_person"),
                    models.Index(
                        fields=["cell", "principal", "at"], name="people_access_by_principal"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Approval",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "cell",
                        "proposal",
                        "person",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("cell", models.IntegerField()),
                ("proposal", models.UUIDField()),
                ("person", models.UUIDField()),
                ("membership", models.UUIDField()),
                ("authenticator", models.UUIDField(null=True)),
                ("authenticator_data", models.BinaryField(null=True)),
                ("client_data", models.BinaryField(null=True)),
                ("signature", models.BinaryField(null=True)),
                ("signature_count", models.BigIntegerField(null=True)),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "db_table": "people_approval",
                "indexes": [
                    models.Index(fields=["cell", "authenticator"], name="people_approval_by_key")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("authenticator", None),
                                ("authenticator_data", None),
                                ("client_data", None),
                                ("signature", None),
                                ("signature_count", None),
                            ),
                            models.Q(
                                ("authenticator__isnull", False),
                                ("authenticator_data__isnull", False),
                                ("client_data__isnull", False),
                                ("signature__isnull", False),
                                ("signature_count__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="people_approval_signed_whole",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Authenticator",
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
                ("credential", models.BinaryField()),
                ("data", models.BinaryField()),
                ("backup_eligible", models.BooleanField()),
                ("label", models.TextField(blank=True)),
                ("signature_count", models.BigIntegerField(default=0)),
                ("used_at", models.DateTimeField(null=True)),
                ("recorded_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_by", models.UUIDField(null=True)),
                ("ended_because", models.TextField(null=True)),
            ],
            options={
                "db_table": "people_authenticator",
                "indexes": [
                    models.Index(fields=["cell", "person"], name="people_authenticator_person")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("cell", "credential"), name="people_authenticator_credential"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Consent",
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
                ("recipient", models.UUIDField()),
                ("purpose", models.TextField()),
                (
                    "data_classes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), size=None
                    ),
                ),
                ("starts_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("content", models.TextField()),
                ("key", models.TextField()),
                ("signature", models.BinaryField()),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "db_table": "people_consent",
                "indexes": [
                    models.Index(fields=["cell", "recipient"], name="people_consent_recipient"),
                    models.Index(fields=["cell", "person"], name="people_consent_person"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("starts_at__lt", models.F("expires_at"))),
                        name="people_consent_duration",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DelegatedAct",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "cell", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("cell", models.IntegerField()),
                ("id", models.UUIDField()),
                ("delegation", models.UUIDField()),
                ("person", models.UUIDField()),
                ("delegate", models.UUIDField()),
                ("action", models.TextField()),
                ("subject", models.TextField()),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "db_table": "people_delegated_act",
                "indexes": [
                    models.Index(fields=["cell", "person"], name="people_delegated_act_person")
                ],
            },
        ),
        migrations.CreateModel(
            name="Delegation",
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
                ("delegate", models.UUIDField()),
                ("organisation", models.UUIDField(null=True)),
                ("kind", models.TextField()),
                (
                    "actions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), size=None
                    ),
                ),
                (
                    "data_classes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), size=None
                    ),
                ),
                ("starts_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("granted_by", models.UUIDField()),
                ("recorded_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_by", models.UUIDField(null=True)),
                ("ended_because", models.TextField(null=True)),
            ],
            options={
                "db_table": "people_delegation",
                "indexes": [
                    models.Index(fields=["cell", "person"], name="people_delegation_person"),
                    models.Index(fields=["cell", "delegate"], name="people_delegation_delegate"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "parent"), ("organisation", None)),
                            models.Q(
                                ("kind__in", ["caseworker", "intermediary"]),
                                ("organisation__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="people_delegation_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("starts_at__lt", models.F("expires_at"))),
                        name="people_delegation_duration",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("person", models.F("delegate")), _negated=True),
                        name="people_delegation_to_another",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PayoutHold",
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
                ("determination", models.UUIDField()),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "db_table": "people_payout_hold",
                "indexes": [
                    models.Index(fields=["cell", "person"], name="people_payout_hold_person")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("cell", "determination"), name="people_payout_hold_determined"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Proposal",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "cell", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("cell", models.IntegerField()),
                ("id", models.UUIDField()),
                ("action", models.TextField()),
                ("content", models.TextField()),
                ("sha256", models.TextField()),
                ("signed", models.BooleanField()),
                ("proposed_by", models.UUIDField()),
                ("recorded_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("spent_at", models.DateTimeField(null=True)),
                ("spent_on", models.TextField(null=True)),
            ],
            options={
                "db_table": "people_proposal",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("recorded_at__lt", models.F("expires_at"))),
                        name="people_proposal_duration",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RecordGrant",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "cell", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("cell", models.IntegerField()),
                ("id", models.UUIDField()),
                ("membership", models.UUIDField()),
                ("person", models.UUIDField()),
                (
                    "data_classes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), size=None
                    ),
                ),
                ("reason", models.TextField()),
                ("starts_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("granted_by", models.UUIDField()),
                ("approved_by", models.UUIDField()),
                ("recorded_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_by", models.UUIDField(null=True)),
                ("ended_because", models.TextField(null=True)),
            ],
            options={
                "db_table": "people_record_grant",
                "indexes": [
                    models.Index(fields=["cell", "person"], name="people_record_grant_person")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("approved_by", models.F("granted_by")), _negated=True),
                        name="people_record_grant_by_two",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="people_record_grant_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("starts_at__lt", models.F("expires_at"))),
                        name="people_record_grant_duration",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SecurityEvent",
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
                ("content", models.TextField()),
                ("happened_at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "db_table": "people_security_event",
                "indexes": [
                    models.Index(fields=["cell", "person"], name="people_security_event_person")
                ],
            },
        ),
        migrations.RunSQL((SQL / "rights.sql").read_text()),
        migrations.RunSQL((SQL / "access_chain.sql").read_text()),
        migrations.RunSQL((SQL / "approvals.sql").read_text()),
        migrations.RunSQL((SQL / "reach.sql").read_text()),
        migrations.RunSQL((SQL / "row_security.sql").read_text()),
        migrations.RunSQL((SQL / "books.sql").read_text()),
        migrations.RunSQL((SQL / "vault.sql").read_text()),
    ]
