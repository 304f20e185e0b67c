from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    initial = True

    dependencies = [("ledger", "0001_initial"), ("rules", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="StepDone",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "cell", "key", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("cell", models.IntegerField()),
                ("key", models.TextField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "settlement_step_done",
            },
        ),
        migrations.RunSQL((SQL / "protection.sql").read_text()),
    ]
