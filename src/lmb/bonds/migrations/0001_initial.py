from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("ledger", "0001_initial"),
        ("people", "0002_rights"),
        ("rules", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="PaymentBatch",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "cell",
                        "run",
                        "through",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("cell", models.IntegerField()),
                ("run", models.UUIDField()),
                ("through", models.IntegerField()),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "db_table": "bonds_payment_batch",
            },
        ),
        migrations.CreateModel(
            name="PaymentStop",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "cell",
                        "account",
                        "number",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("cell", models.IntegerField()),
                ("account", models.TextField()),
                ("number", models.IntegerField()),
                ("stopped", models.BooleanField()),
                ("reason", models.TextField()),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "db_table": "bonds_payment_stop",
            },
        ),
        migrations.CreateModel(
            name="SecuritiesAccount",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "cell",
                        "code",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("cell", models.IntegerField()),
                ("code", models.TextField()),
                ("mode", models.TextField()),
                ("custodian", models.TextField(null=True)),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "db_table": "bonds_securities_account",
            },
        ),
        migrations.CreateModel(
            name="Award",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "cell", "bid", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("cell", models.IntegerField()),
                ("bid", models.UUIDField()),
                ("bond", models.UUIDField()),
                ("auction", models.IntegerField()),
                ("determination", models.UUIDField()),
                ("bidder", models.TextField()),
                ("par_cents", models.BigIntegerField()),
                ("price_cents", models.BigIntegerField()),
                ("accrued_cents", models.BigIntegerField()),
            ],
            options={
                "db_table": "bonds_award",
                "indexes": [
                    models.Index(fields=["cell", "bond", "auction"], name="bonds_award_by_auction")
                ],
            },
        ),
        migrations.CreateModel(
            name="AwardEvent",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "cell",
                        "bid",
                        "event",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("cell", models.IntegerField()),
                ("bid", models.UUIDField()),
                ("event", models.TextField()),
                ("bond", models.UUIDField()),
                ("auction", models.IntegerField()),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "db_table": "bonds_award_event",
                "indexes": [
                    models.Index(
                        fields=["cell", "bond", "auction"], name="bonds_award_event_by_auction"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Bid",
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
                ("auction", models.IntegerField()),
                ("bidder", models.TextField()),
                ("kind", models.TextField()),
                ("par_cents", models.BigIntegerField()),
                ("yield_percent", models.DecimalField(decimal_places=3, max_digits=6, null=True)),
                ("net_long_cents", models.BigIntegerField()),
                ("commitment", models.TextField(null=True)),
                ("salt", models.TextField(null=True)),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "db_table": "bonds_bid",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("cell", "bond", "auction", "bidder", "yield_percent"),
                        name="bonds_bid_once_at_a_yield",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Bond",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "cell", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("cell", models.IntegerField()),
                ("id", models.UUIDField()),
                ("cusip", models.TextField()),
                ("terms", models.TextField()),
                ("terms_sha256", models.TextField()),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "db_table": "bonds_bond",
                "constraints": [
                    models.UniqueConstraint(fields=("cell", "cusip"), name="bonds_bond_cusip")
                ],
            },
        ),
        migrations.CreateModel(
            name="Entitlement",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "cell",
                        "run",
                        "place",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("cell", models.IntegerField()),
                ("run", models.UUIDField()),
                ("place", models.IntegerField()),
                ("account", models.TextField()),
                ("par_cents", models.BigIntegerField()),
                ("base_cents", models.BigIntegerField()),
                ("bonus_cents", models.BigIntegerField()),
            ],
            options={
                "db_table": "bonds_entitlement",
                "indexes": [
                    models.Index(fields=["cell", "account"], name="bonds_entitlement_account")
                ],
            },
        ),
        migrations.CreateModel(
            name="Observation",
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
                ("number", models.IntegerField()),
                ("kpi", models.TextField()),
                ("observed_from", models.DateField()),
                ("observed_to", models.DateField()),
                ("vintage", models.IntegerField()),
                ("value", models.DecimalField(decimal_places=6, max_digits=24, null=True)),
                ("people", models.BigIntegerField(null=True)),
                (
                    "coverage_percent",
                    models.DecimalField(decimal_places=6, max_digits=9, null=True),
                ),
                ("ci95_lower", models.DecimalField(decimal_places=6, max_digits=24, null=True)),
                ("p_value", models.DecimalField(decimal_places=6, max_digits=7, null=True)),
                ("verified_on", models.DateField()),
                ("verifier", models.TextField()),
                ("determination", models.UUIDField(null=True)),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "db_table": "bonds_observation",
                "constraints": [
                    models.UniqueConstraint(
                        fields=(
                            "cell",
                            "bond",
                            "kpi",
                            "observed_from",
                            "observed_to",
                            "vintage",
                            "verified_on",
                        ),
                        name="bonds_observation_once_a_day",
                    ),
                    models.UniqueConstraint(
                        fields=("cell", "bond", "number"), name="bonds_observation_number"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InterestPeriod",
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
                ("number", models.IntegerField()),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("pays_on", models.DateField()),
            ],
            options={
                "db_table": "bonds_interest_period",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("cell", "bond", "number"), name="bonds_interest_period_number"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PaymentRun",
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
                ("kind", models.TextField()),
                ("number", models.IntegerField()),
                ("determination", models.UUIDField(null=True)),
                ("instruction", models.UUIDField(null=True)),
                ("rounding", models.TextField()),
                ("record_at", models.DateTimeField()),
                ("holders", models.BigIntegerField()),
                ("par_cents", models.BigIntegerField()),
                ("base_cents", models.BigIntegerField()),
                ("bonus_cents", models.BigIntegerField()),
                ("obligation_cents", models.BigIntegerField()),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "db_table": "bonds_payment_run",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("cell", "bond", "kind", "number"), name="bonds_payment_run_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Reopening",
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
                ("auction", models.IntegerField()),
                ("offering_cents", models.BigIntegerField()),
                ("announced_on", models.DateField()),
                ("auction_on", models.DateField()),
                ("issue_on", models.DateField()),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "db_table": "bonds_reopening",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("cell", "bond", "auction"), name="bonds_reopening_number"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SealedBid",
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
                ("auction", models.IntegerField()),
                ("bidder", models.TextField()),
                ("kind", models.TextField()),
                ("commitment", models.TextField()),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "db_table": "bonds_sealed_bid",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("cell", "bond", "auction", "commitment"),
                        name="bonds_sealed_bid_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Trade",
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
                ("reference", models.TextField()),
                ("seller", models.TextField()),
                ("buyer", models.TextField()),
                ("face_cents", models.BigIntegerField()),
                ("price_per_100", models.DecimalField(decimal_places=6, max_digits=12)),
                ("traded_on", models.DateField()),
                ("settles_on", models.DateField()),
                ("principal_cents", models.BigIntegerField()),
                ("accrued_cents", models.BigIntegerField()),
                ("instruction", models.UUIDField()),
                ("hold", models.UUIDField()),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "db_table": "bonds_trade",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("cell", "bond", "reference"), name="bonds_trade_reference"
                    )
                ],
            },
        ),
        *(
            migrations.RunSQL((SQL / name).read_text())
            for name in (
                "protection.sql",
                "auctions.sql",
                "registry.sql",
                "payments.sql",
                "row_security.sql",
            )
        ),
    ]
