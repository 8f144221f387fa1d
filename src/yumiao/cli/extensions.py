"""Commands that other parts of the package bring, found by the entry point group ``yumiao.commands``."""

from __future__ import annotations

from importlib.metadata import entry_points
from importlib.util import find_spec

import typer

GROUP = "yumiao.commands"


def add_extensions(app: typer.Typer) -> None:
    """Let every extension add its commands; one whose extra is not installed is passed over.

    An entry point names a function that takes the app. It stands in the group under the name of the module that its
    extra brings, so that whether it can run is known without importing it.
    """
    for point in sorted(entry_points(group=GROUP), key=lambda each: each.name):
        if find_spec(point.name) is not None:
            point.load()(app)
