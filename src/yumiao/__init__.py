"""Yumiao 育苗: judge enterprises by policy rules, exactly, with clause and cell behind every answer.

Facts come in through `intake`, rules through `packs`; `evaluate` lets the `rules` judge the facts.
An unknown fact stays unknown: an answer is `met`, `not_met`, or `undetermined` with what would settle it.

In a notebook: ``load_packs``, ``read_files`` or ``make_facts``, ``evaluate_facts``, ``load_run``; see
:mod:`yumiao.notebook`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from yumiao.model.release import ENGINE_VERSION

if TYPE_CHECKING:
    from yumiao.notebook import evaluate_facts, load_packs, load_run, make_facts, read_files

__version__ = ENGINE_VERSION

__all__ = ["__version__", "evaluate_facts", "load_packs", "load_run", "make_facts", "read_files"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        return getattr(import_module("yumiao.notebook"), name)
    raise AttributeError(f"module 'yumiao' has no attribute {name!r}")
