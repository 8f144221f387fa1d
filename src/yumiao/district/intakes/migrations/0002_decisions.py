from typing import Any

from django.db import migrations, models


def list_anew(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001 - Django passes both
    """Let the worker list what waits, and the decisions with it, as if the store had just changed."""
    apps.get_model("intakes", "StoreFollowed").objects.update(listed_root="")


class Migration(migrations.Migration):
    dependencies = [
        ("intakes", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="DecisionListed",
            fields=[
                ("number", models.PositiveIntegerField(primary_key=True, serialize=False)),
                ("act", models.CharField(max_length=20)),
                ("subject", models.CharField(max_length=300)),
                ("name", models.CharField(max_length=300)),
                ("other", models.CharField(max_length=300)),
                ("other_name", models.CharField(max_length=300)),
                ("batches", models.JSONField(default=list)),
                ("why", models.TextField()),
                ("who", models.CharField(max_length=200)),
                ("at", models.DateTimeField()),
                ("together", models.PositiveIntegerField(null=True)),
                ("undo", models.PositiveIntegerField(null=True)),
                ("undone_at", models.DateTimeField(null=True)),
                ("undone_by", models.CharField(default="", max_length=200)),
            ],
            options={
                "indexes": [models.Index(fields=["together"], name="decision_together")],
            },
        ),
        migrations.RunPython(list_anew, migrations.RunPython.noop),
    ]
