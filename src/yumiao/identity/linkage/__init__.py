"""Records of two lists linked to the party they mean."""

from yumiao.identity.linkage.linking import Linkage, link
from yumiao.identity.linkage.pairs import PAIRS, Answer, Relation, Step

__all__ = ["PAIRS", "Answer", "Linkage", "Relation", "Step", "link"]
