"""Rights of the made-up firms, one row each: their numbers agree with the counts that each firm was given."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from yumiao.demo.bureaus.firms import Firm

FIRST = ("发明专利", "发明专利", "发明专利", "发明专利", "发明专利", "集成电路布图设计")
SECOND = ("实用新型", "实用新型", "实用新型", "实用新型", "外观设计", "软件著作权")

LAPSED, PENDING, BOUGHT, SHARED, USED = 0.05, 0.04, 0.08, 0.06, 0.12
"""Share of rights that have ended, are still examined, were bought, belong to several, were used for a title."""

LISTED_TWICE = 0.0006
"""Share of rights that another firm lists as well."""


@dataclass(frozen=True, slots=True)
class Right:
    """One row of the register of rights; words as the bureau writes them, empty where it does not say."""

    firm: int
    number: str
    name: str
    kind: str
    filed: dt.date
    granted: dt.date | None
    state: str
    origin: str
    related: str
    in_china: str
    used_elsewhere: str
    used_for_hnte: str
    earning: str
    rank: int


def make_rights(firms: Sequence[Firm], random: Random, until: dt.date) -> list[Right]:
    """Make up the register as of a day; firms without rights are not in it."""
    rights: list[Right] = []
    for number, firm in enumerate(firms):
        answers = firm.enterprise.answers
        for words, label in ((FIRST, "Ⅰ类知识产权"), (SECOND, "Ⅱ类知识产权")):
            count = answers[label]
            assert isinstance(count, int)  # noqa: S101 - counts are made as whole numbers
            rights += [_make_right(number, firm, words, random, until, len(rights) + i) for i in range(count)]
    return rights + _listed_twice(rights, len(firms), random)


def _make_right(
    firm: int, owner: Firm, kinds: Sequence[str], random: Random, until: dt.date, serial: int
) -> Right:
    kind = random.choice(kinds)
    born = max(owner.enterprise.founded, until.replace(year=until.year - 9, day=1))
    filed = born + dt.timedelta(days=random.randrange(max(1, (until - born).days - 30)))
    granted = filed + dt.timedelta(days=random.randint(200, 900 if kind == "发明专利" else 400))
    state = "审查中" if granted > until else "失效" if random.random() < LAPSED else "有效"
    is_second = kinds is SECOND
    return Right(
        firm=firm,
        number=f"DEMO{filed.year}{'ABCDEF'[FIRST.index(kind) if kind in FIRST else SECOND.index(kind)]}{serial:06d}",
        name=f"一种{owner.enterprise.trade.words}的{random.choice(('装置', '方法', '系统', '结构', '工艺'))}",
        kind=kind,
        filed=filed,
        granted=granted if granted <= until else None,
        state=state,
        origin="受让" if random.random() < BOUGHT else "自主研发",
        related=_said(random, 0.94, 0.04),
        in_china=_said(random, 0.99, 0.01),
        used_elsewhere=_said(random, SHARED / 3, 0.02),
        used_for_hnte=_said(random, USED, 0.03) if is_second else "",
        earning=_said(random, 0.85, 0.08),
        rank=2 if random.random() < SHARED else 1,
    )


def _said(random: Random, chance: float, silent: float) -> str:
    """Say yes or no, or nothing."""
    if random.random() < silent:
        return ""
    return "是" if random.random() < chance else "否"


def _listed_twice(rights: Sequence[Right], firms: int, random: Random) -> list[Right]:
    """Some rights are listed by another firm too: an officer has to ask who uses them."""
    found = random.sample(rights, k=min(len(rights), max(2, round(len(rights) * LISTED_TWICE))))
    return [
        Right(
            (each.firm + 1 + random.randrange(max(1, firms - 1))) % firms,
            *(getattr(each, name) for name in Right.__slots__[1:]),
        )
        for each in found
    ]
