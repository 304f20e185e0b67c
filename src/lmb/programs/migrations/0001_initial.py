from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    initial = True

    dependencies = [("ledger", "0001_initial"), ("rules", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Program",
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
                ("provider", models.TextField()),
                ("title", models.TextField()),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "db_table": "programs_program",
            },
        ),
        migrations.CreateModel(
            name="Provider",
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
                ("name", models.TextField()),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "db_table": "programs_provider",
            },
        ),
        migrations.RunSQL((SQL / "protection.sql").read_text()),
    ]
