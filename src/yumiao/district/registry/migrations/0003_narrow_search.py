"""SQLite looks one character up in a narrow index instead of the wide table; a table made anew loses it."""

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_NAME = "subject_narrow"


def _create(_apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "sqlite":
        columns = "sort_key, id, territory, known_as, initials"
        editor.execute(f"CREATE INDEX {_NAME} ON registry_subject ({columns})")


def _drop(_apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "sqlite":
        editor.execute(f"DROP INDEX {_NAME}")


class Migration(migrations.Migration):
    dependencies = [("registry", "0002_titles_and_coverage")]
    operations = [migrations.RunPython(_create, _drop)]
