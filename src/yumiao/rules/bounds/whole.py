"""Sums with whole coefficients: what programs compute with."""

from __future__ import annotations

from fractions import Fraction
from math import lcm

from yumiao.rules import graph as g


def whole_linear(linear: g.Linear) -> g.Linear:
    """Scale a sum so that its coefficients are whole and coprime in denominator; its sign stays."""
    return linear.scaled(Fraction(_denominator(linear)))


def _denominator(*linears: g.Linear) -> int:
    parts = [weight.denominator for linear in linears for _, weight in linear.terms]
    return lcm(*parts, *(linear.constant.denominator for linear in linears))


def whole_pair(quotient: g.Quotient) -> tuple[g.Linear, g.Linear]:
    """Scale numerator and denominator by one factor so that their coefficients are whole."""
    factor = Fraction(_denominator(quotient.numerator, quotient.denominator))
    return quotient.numerator.scaled(factor), quotient.denominator.scaled(factor)
