"""Tallies beside each subject, reasons beside each outcome, and the indexes that lists read; filled by a rebuild."""

from typing import Any

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_NARROW = "subject_narrow"


def _create(_apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    """A table made anew lost the narrow index of 0003."""
    if editor.connection.vendor == "sqlite":
        columns = "sort_key, id, territory, known_as, initials"
        editor.execute(f"CREATE INDEX IF NOT EXISTS {_NARROW} ON registry_subject ({columns})")


def _tally(_apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    """Count what is there already."""
    counts = ", ".join(
        f"{name} = (SELECT COUNT(*) FROM registry_outcomecurrent o "  # noqa: S608 - names of our own
        f"WHERE o.subject_id = registry_subject.id AND o.outcome = '{name}')"
        for name in ("met", "not_met", "undetermined")
    )
    editor.execute(f"UPDATE registry_subject SET {counts}")  # noqa: S608 - names of our own


def _count() -> "models.PositiveSmallIntegerField[Any, Any]":
    return models.PositiveSmallIntegerField(default=0)


class Migration(migrations.Migration):
    dependencies = [("registry", "0003_narrow_search")]
    operations = [
        migrations.AddField("subject", "met", _count()),
        migrations.AddField("subject", "not_met", _count()),
        migrations.AddField("subject", "undetermined", _count()),
        migrations.RunPython(_tally, migrations.RunPython.noop),
        migrations.AddField("outcomecurrent", "reasons", models.CharField(default="", max_length=80)),
        migrations.RemoveIndex("subject", "subject_by_name"),
        migrations.AddIndex(
            "subject", models.Index(fields=["sort_key", "id", "territory"], name="subject_in_order")
        ),
        migrations.AddIndex(
            "outcomecurrent",
            models.Index(condition=models.Q(near_miss=True), fields=["subject"], name="outcome_near_subject"),
        ),
        migrations.AddIndex(
            "outcomecurrent",
            models.Index(
                condition=models.Q(near_miss=True), fields=["distance", "subject"], name="outcome_nearest"
            ),
        ),
        migrations.RunPython(_create, migrations.RunPython.noop),
    ]
