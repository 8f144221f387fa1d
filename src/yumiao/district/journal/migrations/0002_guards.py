from typing import Any

from django.db import migrations

from yumiao.district.journal.guards import drop_statements, guard_statements


def put_up(_apps: Any, schema_editor: Any) -> None:
    for statement in guard_statements(schema_editor.connection.vendor):
        schema_editor.execute(statement)


def take_down(_apps: Any, schema_editor: Any) -> None:
    for statement in drop_statements(schema_editor.connection.vendor):
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]

    operations = [migrations.RunPython(put_up, take_down)]
