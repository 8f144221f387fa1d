"""How every table of the terminal looks."""

from __future__ import annotations

from rich import box
from rich.table import Column, Table

from yumiao.model.outcomes import Outcome

STYLES = {Outcome.MET: "green", Outcome.NOT_MET: "red", Outcome.UNDETERMINED: "yellow"}
"""The colour of each outcome."""


def plain_table(*headers: str, title: str) -> Table:
    """Make a table with light rules under a title."""
    return Table(
        *(Column(header, overflow="fold") for header in headers),
        title=title,
        title_justify="left",
        box=box.SIMPLE_HEAD,
        title_style="bold",
        pad_edge=False,
    )
