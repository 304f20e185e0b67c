from pathlib import Path

import django.db.models.expressions
from django.db import migrations, models

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    initial = True

    dependencies = [("rules", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Cell",
            fields=[
                ("id", models.IntegerField(primary_key=True, serialize=False)),
                ("name", models.TextField(unique=True)),
                ("simulated", models.BooleanField()),
                ("seq_last", models.BigIntegerField(default=0)),
                ("recorded_at_last", models.DateTimeField(null=True)),
                ("closed_through", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "ledger_cell",
            },
        ),
        migrations.CreateModel(
            name="Fund",
            fields=[
                ("code", models.TextField(primary_key=True, serialize=False)),
                ("description", models.TextField()),
            ],
            options={
                "db_table": "ledger_fund",
            },
        ),
        migrations.CreateModel(
            name="Purpose",
            fields=[
                ("code", models.TextField(primary_key=True, serialize=False)),
                ("description", models.TextField()),
            ],
            options={
                "db_table": "ledger_purpose",
            },
        ),
        migrations.CreateModel(
            name="Unit",
            fields=[
                ("code", models.TextField(primary_key=True, serialize=False)),
                ("scale", models.SmallIntegerField()),
                ("description", models.TextField()),
            ],
            options={
                "db_table": "ledger_unit",
            },
        ),
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
                ("code", models.TextField()),
                ("kind", models.TextField()),
                ("owner", models.TextField()),
                ("unit", models.TextField()),
                ("purpose", models.TextField(null=True)),
                ("fund", models.TextField(null=True)),
                (
                    "limit_side",
                    models.TextField(
                        choices=[
                            ("debits<=credits", "Not Overdrawn"),
                            ("credits<=debits", "Not Overpaid"),
                        ],
                        null=True,
                    ),
                ),
                ("expires_at", models.DateTimeField(null=True)),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("open", "Open"),
                            ("locked", "Locked"),
                            ("frozen", "Frozen"),
                            ("closed", "Closed"),
                        ],
                        default="open",
                    ),
                ),
                ("posted_debit_cents", models.BigIntegerField(default=0)),
                ("posted_credit_cents", models.BigIntegerField(default=0)),
                ("held_debit_cents", models.BigIntegerField(default=0)),
                ("held_credit_cents", models.BigIntegerField(default=0)),
                ("seq_last", models.BigIntegerField(default=0)),
                ("opened_at", models.DateTimeField()),
            ],
            options={
                "db_table": "ledger_account",
                "indexes": [
                    models.Index(
                        fields=["owner", "cell"],
                        name="ledger_account_of_owner",
                        opclasses=["text_pattern_ops", "int4_ops"],
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("code", "cell"), name="ledger_account_code"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("posted_debit_cents__gte", 0),
                            ("posted_credit_cents__gte", 0),
                            ("held_debit_cents__gte", 0),
                            ("held_credit_cents__gte", 0),
                        ),
                        name="ledger_account_sums_are_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("limit_side", "debits<=credits"), _negated=True),
                            (
                                "posted_credit_cents__gte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("posted_debit_cents"),
                                    "+",
                                    models.F("held_debit_cents"),
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="ledger_account_is_not_overdrawn",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("limit_side", "credits<=debits"), _negated=True),
                            (
                                "posted_debit_cents__gte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("posted_credit_cents"),
                                    "+",
                                    models.F("held_credit_cents"),
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="ledger_account_is_not_overpaid",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Hold",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "cell", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("cell", models.IntegerField()),
                ("id", models.UUIDField()),
                ("debit", models.UUIDField()),
                ("credit", models.UUIDField()),
                ("unit", models.TextField()),
                ("amount_cents", models.BigIntegerField()),
                ("captured_cents", models.BigIntegerField(default=0)),
                ("released_cents", models.BigIntegerField(default=0)),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("open", "Open"),
                            ("captured", "Captured"),
                            ("voided", "Voided"),
                            ("expired", "Expired"),
                        ],
                        default="open",
                    ),
                ),
                ("expires_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "ledger_hold",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("captured_cents__gte", 0),
                            ("released_cents__gte", 0),
                            (
                                "amount_cents__gte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("captured_cents"), "+", models.F("released_cents")
                                ),
                            ),
                        ),
                        name="ledger_hold_gives_no_more_than_it_has",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "open"),
                            (
                                "amount_cents",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("captured_cents"), "+", models.F("released_cents")
                                ),
                            ),
                            _connector="XOR",
                        ),
                        name="ledger_hold_is_closed_when_used_up",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Instruction",
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
                ("subject", models.TextField()),
                ("content", models.TextField()),
                ("sha256", models.TextField()),
                ("actor", models.TextField()),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "db_table": "ledger_instruction",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "subject", "cell"), name="ledger_instruction_given_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("actor", ""), _negated=True),
                        name="ledger_instruction_names_its_actor",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Journal",
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
                ("actor", models.TextField()),
                ("determination", models.UUIDField(null=True)),
                ("instruction", models.UUIDField(null=True)),
                ("reverses", models.UUIDField(null=True)),
                ("linked", models.BooleanField()),
                ("seq_first", models.BigIntegerField()),
                ("seq_last", models.BigIntegerField()),
                ("effective_at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "db_table": "ledger_journal",
                "indexes": [
                    models.Index(
                        condition=models.Q(("determination__isnull", False)),
                        fields=["determination", "cell"],
                        name="ledger_journal_determination",
                    ),
                    models.Index(
                        condition=models.Q(("instruction__isnull", False)),
                        fields=["instruction", "cell"],
                        name="ledger_journal_instruction",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("determination__isnull", True),
                            ("instruction__isnull", True),
                            _connector="XOR",
                        ),
                        name="ledger_journal_has_one_cause",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("actor", ""), _negated=True),
                        name="ledger_journal_names_its_actor",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("seq_first__lte", models.F("seq_last"))),
                        name="ledger_journal_moves_something",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("reverses__isnull", False)),
                        fields=("reverses", "cell"),
                        name="ledger_journal_reversed_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Refusal",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "cell", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("cell", models.IntegerField()),
                ("id", models.UUIDField()),
                ("asked", models.JSONField()),
                ("result", models.TextField()),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "db_table": "ledger_refusal",
            },
        ),
        migrations.CreateModel(
            name="Transfer",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "cell", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("seq", models.BigIntegerField()),
                ("amount_cents", models.BigIntegerField()),
                ("effective_at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
                ("debit_balance_after_cents", models.BigIntegerField()),
                ("credit_balance_after_cents", models.BigIntegerField()),
                ("debit_seq_before", models.BigIntegerField()),
                ("credit_seq_before", models.BigIntegerField()),
                ("cell", models.IntegerField()),
                ("id", models.UUIDField()),
                ("journal", models.UUIDField()),
                ("debit", models.UUIDField()),
                ("credit", models.UUIDField()),
                ("hold", models.UUIDField(null=True)),
                ("final", models.BooleanField(null=True)),
                (
                    "kind",
                    models.TextField(
                        choices=[
                            ("post", "Post"),
                            ("hold", "Hold"),
                            ("capture", "Capture"),
                            ("void", "Void"),
                            ("expire", "Expire"),
                        ]
                    ),
                ),
                ("code", models.TextField()),
                ("unit", models.TextField()),
            ],
            options={
                "db_table": "ledger_transfer",
                "constraints": [
                    models.UniqueConstraint(fields=("seq", "cell"), name="ledger_transfer_seq"),
                    models.CheckConstraint(
                        condition=models.Q(("amount_cents__gt", 0)),
                        name="ledger_transfer_amount_is_positive",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("debit", models.F("credit")), _negated=True),
                        name="ledger_transfer_has_two_accounts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind", "post"), ("hold__isnull", False), _connector="XOR"
                        ),
                        name="ledger_transfer_names_its_hold",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("credit_seq_before__lt", models.F("seq")),
                            ("debit_seq_before__lt", models.F("seq")),
                        ),
                        name="ledger_transfer_follows_on_both_sides",
                    ),
                ],
            },
        ),
        migrations.RunSQL((SQL / "protection.sql").read_text()),
        migrations.RunSQL((SQL / "opening.sql").read_text()),
        migrations.RunSQL((SQL / "moving.sql").read_text()),
        migrations.RunSQL((SQL / "posting.sql").read_text()),
        migrations.RunSQL((SQL / "deciding.sql").read_text()),
        migrations.RunSQL((SQL / "reading.sql").read_text()),
        migrations.RunSQL((SQL / "grants.sql").read_text()),
    ]
