"""Yumiao 育苗: judge enterprises by policy rules, exactly, with clause and cell behind every answer.

Facts come in through `intake`, rules through `packs`; `evaluate` lets the `rules` judge the facts.
An unknown fact stays unknown: an answer is `met`, `not_met`, or `undetermined` with what would settle it.
"""

from importlib.metadata import version

__version__ = version("yumiao")
