"""The words of the ladder in both languages."""

from __future__ import annotations

from yumiao.ladder.passages import Movement
from yumiao.model.text import Text
from yumiao.packs.definitions import Leg

LEGS = {
    Leg.SCIENCE: Text("科技口", "S&T"),
    Leg.INDUSTRY: Text("工信口", "industry"),
}

MOVEMENTS = {
    Movement.FIRST: Text("首次认定", "first"),
    Movement.AGAIN: Text("再认定", "again"),
    Movement.MOVED_IN: Text("迁入", "moved in"),
    Movement.LAPSED: Text("到期失效", "lapsed"),
    Movement.REVOKED: Text("取消", "revoked"),
    Movement.WITHDRAWN: Text("放弃", "given up"),
    Movement.MOVED_OUT: Text("迁出", "moved out"),
}
"""How a subject comes into a stock or leaves it; ``again``: known to have held it before, with a gap."""
