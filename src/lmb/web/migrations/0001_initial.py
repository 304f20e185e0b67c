from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    initial = True

    dependencies = [("people", "0002_rights")]

    operations = [
        migrations.CreateModel(
            name="Session",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("key_sha256", models.TextField(unique=True)),
                ("content", models.TextField()),
                ("cell", models.IntegerField(null=True)),
                ("person", models.UUIDField(null=True)),
                ("membership", models.UUIDField(null=True)),
                ("delegation", models.UUIDField(null=True)),
                ("device", models.TextField()),
                ("started_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField()),
                ("idle_seconds", models.IntegerField()),
                ("ends_at", models.DateTimeField()),
            ],
            options={
                "db_table": "web_session",
                "indexes": [
                    models.Index(fields=["cell", "person"], name="web_session_person"),
                    models.Index(fields=["ends_at"], name="web_session_ends_at"),
                ],
            },
        ),
        migrations.RunSQL((SQL / "sessions.sql").read_text()),
    ]
