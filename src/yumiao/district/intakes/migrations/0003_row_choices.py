from typing import Any

from django.db import migrations, models


def say_left_out(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001 - Django passes both
    """Say of what was kept before that rows without a cell are left out."""
    apps.get_model("intakes", "Correction").objects.filter(cell="").update(choice="out")


class Migration(migrations.Migration):
    dependencies = [
        ("intakes", "0002_decisions"),
    ]

    operations = [
        migrations.AddField(
            model_name="correction",
            name="choice",
            field=models.CharField(
                choices=[("read", "Read"), ("out", "Out"), ("keep", "Keep"), ("known", "Known")],
                default="read",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="correction",
            name="why",
            field=models.CharField(default="", max_length=300),
        ),
        migrations.AddField(
            model_name="intakeproblem",
            name="fact",
            field=models.CharField(default="", max_length=200),
        ),
        migrations.AddField(
            model_name="intakeproblem",
            name="known",
            field=models.CharField(default="", max_length=300),
        ),
        migrations.AddField(
            model_name="intakeproblem",
            name="known_source",
            field=models.CharField(default="", max_length=80),
        ),
        migrations.AlterField(
            model_name="correction",
            name="cell",
            field=models.CharField(max_length=40),
        ),
        migrations.RunPython(say_left_out, migrations.RunPython.noop),
    ]
