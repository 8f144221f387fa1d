"""What may be concluded when facts are missing: bounds of numbers, truths of statements, ranges of points.

:mod:`reader` reads a graph into a program, with one module for each kind of thing in it: :mod:`facts` and sums of
them, :mod:`quotients` and :mod:`growth` on their :mod:`grids`, :mod:`scores`. What they pass to each other is in
:mod:`ranges`.
"""

from yumiao.rules.bounds.cells import are_apart
from yumiao.rules.bounds.facts import magnitude_of
from yumiao.rules.bounds.ranges import Assumed, Bounds, Range, Truths
from yumiao.rules.bounds.reader import NOT_MET, Reader, class_statements

__all__ = [
    "NOT_MET",
    "Assumed",
    "Bounds",
    "Range",
    "Reader",
    "Truths",
    "are_apart",
    "class_statements",
    "magnitude_of",
]
