"""Checked pack text → typed graph: names are resolved, units checked, years fixed, switches read, brackets unfolded.

From the small to the whole: :mod:`years` and :mod:`quantities` are values of their own, :mod:`symbols` knows what names
stand for, :mod:`values`, :mod:`comparisons`, :mod:`statements` and :mod:`scores` lower one kind of expression each, and
:mod:`policy` puts a version together.
"""

from yumiao.rules.lowering.errors import LoweringError
from yumiao.rules.lowering.policy import NO_POLICY, Lowering, lower
from yumiao.rules.lowering.quantities import Bracket, Value
from yumiao.rules.lowering.years import Scope

__all__ = ["NO_POLICY", "Bracket", "Lowering", "LoweringError", "Scope", "Value", "lower"]
