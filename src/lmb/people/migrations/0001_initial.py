from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    initial = True

    dependencies = [("rules", "0001_initial")]

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
                ("reference", models.TextField()),
                ("state", models.TextField()),
                ("board", models.TextField()),
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
        migrations.RunSQL((SQL / "protection.sql").read_text()),
    ]
