from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    initial = True

    dependencies = [("rules", "0001_initial"), ("ledger", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Salt",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "cell",
                        "index",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("cell", models.IntegerField()),
                ("index", models.BigIntegerField()),
                ("salt", models.BinaryField()),
            ],
            options={
                "db_table": "proofs_salt",
            },
        ),
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "cell",
                        "size",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("cell", models.IntegerField()),
                ("size", models.BigIntegerField()),
                ("origin", models.TextField()),
                ("root", models.BinaryField()),
                ("note", models.TextField()),
                ("issued_at", models.DateTimeField()),
            ],
            options={
                "db_table": "proofs_checkpoint",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("size__gte", 0)), name="proofs_checkpoint_size"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Cosignature",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "cell",
                        "size",
                        "witness",
                        "key",
                        "timestamp",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("cell", models.IntegerField()),
                ("size", models.BigIntegerField()),
                ("witness", models.TextField()),
                ("key", models.TextField()),
                ("timestamp", models.BigIntegerField()),
                ("line", models.TextField()),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "db_table": "proofs_cosignature",
                "indexes": [
                    models.Index(fields=["cell", "timestamp"], name="proofs_cosignature_newest")
                ],
            },
        ),
        migrations.CreateModel(
            name="Leaf",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "cell",
                        "index",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("cell", models.IntegerField()),
                ("index", models.BigIntegerField()),
                ("type", models.SmallIntegerField()),
                ("subject", models.UUIDField()),
                ("seq", models.BigIntegerField()),
                ("content", models.BinaryField()),
                ("hash", models.BinaryField()),
            ],
            options={
                "db_table": "proofs_leaf",
                "constraints": [
                    models.UniqueConstraint(fields=("cell", "type", "seq"), name="proofs_leaf_seq"),
                    models.UniqueConstraint(
                        fields=("cell", "type", "subject"), name="proofs_leaf_subject"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("index__gte", 0)), name="proofs_leaf_index"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Tile",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "cell",
                        "level",
                        "index",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("cell", models.IntegerField()),
                ("level", models.SmallIntegerField()),
                ("index", models.BigIntegerField()),
                ("hashes", models.BinaryField()),
                ("root", models.BinaryField()),
            ],
            options={
                "db_table": "proofs_tile",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("level__gte", 0), ("index__gte", 0)),
                        name="proofs_tile_place",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TrustPolicy",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "cell",
                        "number",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("cell", models.IntegerField()),
                ("number", models.IntegerField()),
                ("content", models.TextField()),
                ("patience_seconds", models.IntegerField(null=True)),
                ("actor", models.TextField()),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "db_table": "proofs_policy",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("number__gte", 1)), name="proofs_policy_number"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("patience_seconds__isnull", True),
                            ("patience_seconds__gte", 1),
                            _connector="OR",
                        ),
                        name="proofs_policy_patience",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("actor", ""), _negated=True),
                        name="proofs_policy_names_its_actor",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Witnessed",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "cell",
                        "policy",
                        "witnessed_at",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("cell", models.IntegerField()),
                ("policy", models.IntegerField()),
                ("witnessed_at", models.DateTimeField()),
                ("size", models.BigIntegerField()),
            ],
            options={
                "db_table": "proofs_witnessed",
            },
        ),
        migrations.CreateModel(
            name="AuditRun",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "cell",
                        "finished_at",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("cell", models.IntegerField()),
                ("finished_at", models.DateTimeField()),
                ("started_at", models.DateTimeField()),
                ("actor", models.TextField()),
                ("movements", models.BigIntegerField()),
                ("leaves", models.BigIntegerField()),
                ("closed", models.BigIntegerField()),
                ("size", models.BigIntegerField(null=True)),
                ("root", models.BinaryField(null=True)),
                ("witnesses", models.JSONField()),
                ("findings_total", models.BigIntegerField()),
                ("findings", models.JSONField()),
            ],
            options={
                "db_table": "proofs_audit",
            },
        ),
        migrations.RunSQL((SQL / "protection.sql").read_text()),
        migrations.RunSQL((SQL / "payouts.sql").read_text()),
    ]
