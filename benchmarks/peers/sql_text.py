"""Pieces of SQL text that both policies are made of."""

from __future__ import annotations

from collections.abc import Mapping

Layer = Mapping[str, str]
"""New columns by name. A layer may use what the layers under it made, not its own."""


def add_layer(query: str, layer: Layer) -> str:
    """Put a layer of new columns around a query."""
    columns = ", ".join(f"{value} AS {quoted(name)}" for name, value in layer.items())
    return f"SELECT *, {columns} FROM ({query})"


def quoted(name: str) -> str:
    """Quote a column's name."""
    return f'"{name}"'


def case(*cases: tuple[str, object], otherwise: object = "NULL") -> str:
    """Choose the value of the first condition that is certainly true."""
    branches = " ".join(f"WHEN {condition} THEN {value}" for condition, value in cases)
    return f"CASE {branches} ELSE {otherwise} END"


def outcome(met: str, possible: str) -> str:
    """True where certain, false where impossible, else NULL."""
    return case((met, "true"), (f"NOT ({possible})", "false"))
