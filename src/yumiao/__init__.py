"""Yumiao 育苗: judge enterprises against policy rules, exactly, with the clause and the cell behind every answer.

The package reads facts (`intake`), reads rules (`packs`), and lets the rules judge the facts (`rules`, `evaluate`).
A fact that nobody knows stays unknown: an answer says `met`, `not_met` or `undetermined`, and what would settle it.
"""

from importlib.metadata import version

__version__ = version("yumiao")
