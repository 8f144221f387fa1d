"""What is right, in the slowest and plainest way: try every completion of the unknown facts.

The rules are written for complete facts, as the documents word them. Each unknown fact takes every critical
value of its domain (below, on and above each threshold, and far beyond it), and the extremes are kept.
Nothing here knows interval arithmetic, so it can find mistakes in engines that do.

Each condition and each scored item is completed on its own, and the score interval is the sum of its items'
intervals: that is the contract of this suite (see README.md).
"""

from __future__ import annotations

from contract import Policy

from peers.completions import Answer, Facts
from peers.reference_hnte import answer_hnte
from peers.reference_tech_sme import answer_tech_sme


def answer(policy: Policy, facts: Facts) -> Answer:
    """Judge one enterprise, holes allowed."""
    return answer_tech_sme(policy.tech_sme, facts) if policy.kind == "tech_sme" else answer_hnte(facts)
