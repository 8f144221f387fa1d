"""Forms of organisation (组织形式) at the end of a name, and the words of branches."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class FormKind(StrEnum):
    """What a form of organisation is in law, as far as its words tell."""

    LIMITED = "limited"
    JOINT_STOCK = "joint_stock"
    COMPANY = "company"
    GROUP = "group"
    PARTNERSHIP = "partnership"
    SOLE_OWNER = "sole_owner"
    INDIVIDUAL = "individual"
    FACTORY = "factory"
    COOPERATIVE = "cooperative"
    INSTITUTE = "institute"
    INSTITUTION = "institution"
    LATIN = "latin"


COMPANIES = frozenset((FormKind.LIMITED, FormKind.JOINT_STOCK, FormKind.COMPANY, FormKind.GROUP))
"""Kinds that are a company of some sort: one may be turned into another."""


@dataclass(frozen=True, slots=True)
class Form:
    """A form of organisation.

    Attributes:
        key: equal for two ways to write the same form (有限公司, 有限责任公司).
        is_group: whether the name says 集团.
    """

    kind: FormKind
    key: str
    is_group: bool = False


_WORDS: dict[FormKind, str] = {
    FormKind.LIMITED: "有限责任公司 有限公司",
    FormKind.JOINT_STOCK: "股份有限公司 股份公司 股份",
    FormKind.COMPANY: "总公司 公司",
    FormKind.PARTNERSHIP: "合伙企业 有限合伙企业 普通合伙企业 合伙",
    FormKind.FACTORY: "总厂 厂",
    FormKind.COOPERATIVE: (
        "农民专业合作社联合社 专业合作社联合社 农民专业合作社 专业合作社 股份合作社 合作联社 供销合作社 合作社"
    ),
    FormKind.INSTITUTE: (
        "研究院 研究总院 研究所 设计院 设计研究院 设计研究所 科学院 技术研究院 工程院 研究中心 技术中心"
        " 工程研究中心 创新中心 勘察院 规划院 检验所 检测中心 实验室"
    ),
    FormKind.INSTITUTION: (
        "大学 学院 学校 中学 小学 幼儿园 医院 卫生院 卫生室 诊所 门诊部 委员会 管委会 协会 学会 商会 联合会 促进会"
        " 基金会 律师事务所 会计师事务所 税务师事务所 事务所 银行 信用社 农场 林场 家庭农场 养殖场 出版社 报社"
        " 电视台 图书馆 博物馆 服务中心 管理局 办公室 管理所 管理处 福利院 敬老院 养老院 合作基金会 股份经济合作社"
        " 经济合作社"
    ),
    FormKind.INDIVIDUAL: (
        "商行 经营部 商店 门市部 工作室 批发部 零售部 加工部 维修部 服务部 经销部 超市 便利店 饭店 酒店 宾馆 旅馆"
        " 餐馆 餐厅 酒楼 药店 药房 书店 花店 茶楼 茶馆 网吧 会所 理发店 美容院 修理部 修理厂 加工厂 加工点 装饰部"
        " 营业部 小吃店 面馆 火锅店 专卖店 专营店 中心 店 行 馆 坊 铺 部 场 社 站"
    ),
}
_ALIKE = {"limited": "有限责任公司 有限公司", "joint_stock": "股份有限公司 股份公司 股份"}
_IN_BRACKETS: dict[str, Form] = {
    "有限合伙": Form(FormKind.PARTNERSHIP, "partnership:limited"),
    "普通合伙": Form(FormKind.PARTNERSHIP, "partnership:general"),
    "特殊普通合伙": Form(FormKind.PARTNERSHIP, "partnership:special"),
    "合伙": Form(FormKind.PARTNERSHIP, "partnership"),
    "个体工商户": Form(FormKind.INDIVIDUAL, "individual"),
    "个体": Form(FormKind.INDIVIDUAL, "individual"),
    "个人独资": Form(FormKind.SOLE_OWNER, "sole_owner"),
}
GROUP_WORDS = ("集团公司", "集团")


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _key(kind: FormKind, word: str) -> str:
    if kind is FormKind.PARTNERSHIP:
        return {"有限合伙企业": "partnership:limited", "普通合伙企业": "partnership:general"}.get(
            word, "partnership"
        )
    for key, words in _ALIKE.items():
        if word in words.split():
            return key
    return word


_FORMS = {
    word: Form(kind, _key(kind, word)) for kind, words in _WORDS.items() for word in words.split()
} | dict.fromkeys(GROUP_WORDS, Form(FormKind.GROUP, "group", is_group=True))
_LONGEST = max(len(word) for word in _FORMS)

BRANCH_WORDS = _words(
    "分公司 子公司 分厂 分店 分行 支行 分社 分部 分所 分院 分校 分中心 办事处 代表处 代表机构 营业部 营业厅 营业所"
    " 营业网点 项目部 经营部 门市部 销售部 服务部 工程部 直营店 连锁店 专卖店 加油站 加气站 工作站 服务站 服务网点"
    " 联络处 管理处 生产基地 研发中心 支公司 支店 分理处 储蓄所 车间 工厂"
)
"""What the part of a company beside its seat is called."""

_CLEAR_BRANCH_WORDS = _words(
    "分公司 分厂 分店 分行 支行 分社 分部 分所 分院 分校 分中心 办事处 代表处 支公司 支店 分理处"
)
_BRANCH_END = re.compile("(?:" + "|".join(sorted(BRANCH_WORDS, key=len, reverse=True)) + ")$")
_CLEAR_BRANCH_END = re.compile("(?:" + "|".join(sorted(_CLEAR_BRANCH_WORDS, key=len, reverse=True)) + ")$")
_LATIN_END = re.compile(
    r"[\s,.]*\b(?:CO(?:MPANY)?\b[\s,.]*LTD|CO\b[\s,.]*LIMITED|PTE\b[\s,.]*LTD|PTY\b[\s,.]*LTD|COMPANY LIMITED"
    r"|LIMITED|LTD|INCORPORATED|INC|CORPORATION|CORP|L\.?L\.?C|L\.?L\.?P|P\.?L\.?C|GMBH(?: ?& ?CO\.? ?KG)?|A\.?G"
    r"|S\.?A|S\.?R\.?L|S\.?P\.?A|B\.?V|N\.?V|K\.?K|CO|COMPANY|GROUP)[\s,.]*$"
)


def find_form(text: str) -> tuple[int, Form] | None:
    """Find the form at the end of ``text``: how many characters it takes, and what it is."""
    for length in range(min(_LONGEST, len(text)), 0, -1):
        found = _FORMS.get(text[len(text) - length :])
        if found is not None and (length > 1 or len(text) > 2):
            return _with_group(text, length, found)
    return None


def _with_group(text: str, length: int, form: Form) -> tuple[int, Form]:
    """Take 集团 before 有限公司 or 股份有限公司 for a part of the form."""
    if form.kind in COMPANIES and not form.is_group and text[:-length].endswith("集团"):
        return length + 2, as_group(form)
    return length, form


def as_group(form: Form) -> Form:
    """Return the form of a group's head company."""
    return form if form.is_group else Form(form.kind, f"group:{form.key}", is_group=True)


def form_in_brackets(text: str) -> Form | None:
    """Return the form that brackets state after or inside a name: （有限合伙）, （个体工商户）; else None."""
    return _IN_BRACKETS.get(text)


def find_branch_word(text: str, *, clear_only: bool = False) -> str | None:
    """Return the word of a branch at the end of ``text``; ``clear_only``: one that means nothing else."""
    found = (_CLEAR_BRANCH_END if clear_only else _BRANCH_END).search(text)
    return found.group() if found else None


def find_latin_form(text: str) -> int | None:
    """Return where the form of a name in Latin letters begins (CO., LTD), or None."""
    found = _LATIN_END.search(text)
    return found.start() if found and found.start() > 0 else None


def latin_form(text: str) -> Form:
    """Return the form that Latin words state; CO., LTD. and COMPANY LIMITED are the same."""
    letters = re.sub("[^A-Z]+", "", text)
    for long, short in (
        ("LIMITED", "LTD"),
        ("COMPANY", "CO"),
        ("INCORPORATED", "INC"),
        ("CORPORATION", "CORP"),
    ):
        letters = letters.replace(long, short)
    return Form(FormKind.LATIN, letters)
