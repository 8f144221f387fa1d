"""Firms as they are once somebody has examined them: most holders of the high-tech title keep to its conditions."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from random import Random

from yumiao.demo.bureaus.firms import Firm
from yumiao.demo.enterprises import Enterprise, YearFigures

KEEPS_TO_IT = 0.82
"""Share of holders that still fulfil what they were examined for; the others have fallen behind."""


def examine_holders(firms: Sequence[Firm], holders: Collection[int], random: Random) -> list[Firm]:
    """Return the firms, those holders lifted that keep to the conditions of the title.

    Args:
        holders: numbers of the firms in the list.
    """
    lifted = {number for number in sorted(holders) if random.random() < KEEPS_TO_IT}
    return [
        replace(firm, enterprise=_lifted(firm.enterprise, random)) if number in lifted else firm
        for number, firm in enumerate(firms)
    ]


def _lifted(one: Enterprise, random: Random) -> Enterprise:
    shares = (random.uniform(1.02, 1.7), random.uniform(0.105, 0.24), random.uniform(0.62, 0.93))
    class1 = one.answers["Ⅰ类知识产权"]
    answers = {
        **one.answers,
        "属于高新技术领域": True,
        "拥有核心知识产权": True,
        "申请前一年内重大事故": False,
        "Ⅰ类知识产权": max(1, class1) if isinstance(class1, int) else 1,
        "技术先进程度": random.choice("AAAB"),
        "核心支持作用": random.choice("AAAB"),
        "知识产权获得方式": "A",
        "年均科技成果转化数": random.randint(4, 8),
        "研发管理制度得分": random.randint(4, 6),
        "研发机构得分": random.randint(4, 6),
        "成果转化激励得分": random.randint(3, 4),
        "人才培养得分": random.randint(3, 4),
    }
    return replace(one, years=tuple(_lifted_year(each, *shares) for each in one.years), answers=answers)


def _lifted_year(figures: YearFigures, rd: float, tech: float, hightech: float) -> YearFigures:
    """Raise research, technology staff and high-tech revenue to what the title asks for, never lowering any."""
    needed = 0.05 if figures.revenue < 5_000 else 0.04 if figures.revenue < 20_000 else 0.03
    wide = max(figures.rd_wide, round(figures.revenue * needed * rd, 1))
    technicians = min(figures.staff, max(figures.tech_staff, -(-figures.staff * int(tech * 1000) // 1000)))
    return replace(
        figures,
        rd_wide=wide,
        rd_narrow=max(figures.rd_narrow, round(wide * 0.85, 1)),
        rd_domestic=max(figures.rd_domestic, round(wide * 0.9, 1)),
        rd_audited=max(figures.rd_audited, round(wide * 0.97, 1)),
        hightech_revenue=max(figures.hightech_revenue, round(figures.total_income * hightech, 1)),
        tech_staff=technicians,
        rd_staff=max(figures.rd_staff, technicians * 2 // 3),
    )
