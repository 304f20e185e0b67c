from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    initial = True

    dependencies = [("ledger", "0001_initial"), ("rules", "0001_initial")]

    operations = [
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
                ("determination", models.UUIDField()),
                ("bidder", models.TextField()),
                ("par_cents", models.BigIntegerField()),
                ("price_cents", models.BigIntegerField()),
                ("accrued_cents", models.BigIntegerField()),
            ],
            options={
                "db_table": "bonds_award",
                "indexes": [models.Index(fields=["cell", "bond"], name="bonds_award_by_bond")],
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
                ("bidder", models.TextField()),
                ("kind", models.TextField()),
                ("par_cents", models.BigIntegerField()),
                ("yield_percent", models.DecimalField(decimal_places=3, max_digits=6, null=True)),
                ("net_long_cents", models.BigIntegerField()),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "db_table": "bonds_bid",
                "indexes": [models.Index(fields=["cell", "bond"], name="bonds_bid_by_bond")],
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
        migrations.RunSQL((SQL / "protection.sql").read_text()),
    ]
