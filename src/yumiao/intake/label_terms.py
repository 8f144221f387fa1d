"""Words inside labels: those that change nothing, those that change the meaning, and common abbreviations.

Two labels mean the same when their cores are equal. A word is taken off only where it cannot change what is
measured; 平均, 新增, 累计, 预计 stay, and so does whatever is not known here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from yumiao.intake.labels import LabelParts, normalise_label, take_apart, unit_named, year_named
from yumiao.model.metrics import Metric
from yumiao.model.periods import PeriodKind, Year
from yumiao.model.units import Dimension, Kind, Unit

PATH_SEPARATOR = " / "
"""Between the labels of a header of several rows, the outermost first."""

CHANGING = frozenset(
    {
        "期初",
        "年初",
        "上期",
        "同期",
        "累计",
        "预计",
        "预期",
        "计划",
        "目标",
        "预测",
        "预算",
        "拟",
        "同比",
        "环比",
        "增长",
        "增速",
        "增幅",
        "增加",
        "增量",
        "减少",
        "下降",
        "新增",
        "净增",
        "占比",
        "比例",
        "比重",
        "比率",
        "率",
        "强度",
        "平均",
        "人均",
        "人年",
        "月均",
        "月度",
        "季度",
        "上半年",
        "下半年",
        "境外",
        "海外",
        "国外",
        "出口",
        "进口",
        "合并",
        "母公司",
        "子公司",
        "归属",
        "控股",
        "集团",
        "其他",
        "其它",
        "部分",
        "女",
        "男",
        "外籍",
        "博士",
        "硕士",
        "研究生",
        "本科",
        "大专",
        "高级",
        "中级",
        "留学",
        "兼职",
        "临时",
        "外聘",
        "退休",
        "实习",
        "见习",
        "委托",
        "外包",
        "受托",
        "政府",
        "财政",
        "补助",
        "补贴",
        "免税",
        "减免",
        "应税",
        "不含",
        "扣除",
        "除",
        "非",
        "未",
        "无",
        "待",
        "前三",
        "排名",
        "名次",
        "流动",
        "无形",
        "固定",
        "库存",
    }
)
"""Words that change what is measured: where only one of two labels has them, the labels are not alike."""

_NARROWING = ("有效",)

_SAME = (
    ("研发", "研究开发"),
    ("r&d", "研究开发"),
    ("高企", "高新技术企业"),
    ("高新企业", "高新技术企业"),
    ("软著", "软件著作权"),
    ("营收", "营业收入"),
    ("科小", "科技型中小企业"),
    ("经费", "费用"),
    ("m2", "平方米"),
)
"""Short forms and the words they stand for, both read as the latter."""

_LOOSE = (
    ("投入", "费用"),
    ("支出", "费用"),
    ("成果", ""),
    ("职工", "从业人员"),
    ("员工", "从业人员"),
    ("授权", "有效"),
    ("拥有", "有效"),
)
"""Words that are close enough to ask, never to conclude."""

_ENUMERATED = re.compile(
    r"^(?:[(\[]?[0-9一二三四五六七八九十]{1,3}[)\]、.．:](?![0-9])|[①-⑳]|[*★☆#※]|其中[:,]?|其中|[-—–·])+"
)
_LAST_MARKS = re.compile(r"(?:[*★☆※:?、,。;]|[①-⑳]|[(\[][0-9]{1,2}[)\]])+$")
_BRACKETS = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_HARMLESS_PIECE = re.compile(
    r"(?:必填|选填|必填项|可选|数字|数值|文本|如有|如无填0|是/否|是或否|是|否|填是或否|下拉选择|请选择|全称|18位|合计|单选|整数|"
    r"保留(?:一|两|2|四)位小数|yyyy[-/]mm[-/]dd|年[-/]月[-/]日|年月日|格式.*)"
)
_TIME_PART = re.compile(
    "^(?:期末|年末|年底|期初|年初|本期|上期|同期|本月|当月|累计|全年)(?:数|余额|金额|值)?$"
)
_AMOUNT_PART = re.compile("^(?:合计|总计|小计|数量|金额|人数|总额)$")
_ITEM_BRACKETS = re.compile(r"[(\[](?:家|个|项|件|次|种|款|套|台|篇|份|条|部|枚|场)[)\]]$")
_OWNERS = re.compile(r"^(?:本企业|本单位|本公司|企业|单位|公司|该企业)(?:的)?(?=..)")
_TRAILING = re.compile(r"(?<=..)(?:合计|总计|总额|数额|金额|数量|人数|数)$")
_YEAR_END = re.compile(
    r"^(?:报告期末|截至期末|期末|年末|年底)(?:数|余额|金额|值)?|[(\[](?:报告期末|期末|年末|年底)[)\]]$|(?:期末|年末|年底)$"
)
_ALL_YEAR = re.compile(r"^(?:全年|年度)|[(\[](?:全年|年度)[)\]]$")
_WHETHER = re.compile(r"^(?:是否|有无)?(?:已经|已|属于|为)?")
_HEADINGS = re.compile(
    r"^(?!.*(?:计划|目标|预计|预测|同期|上期|同比|集团|合并|子公司)).*(?:情况|指标|信息|数据|状况|概况|构成|类)$"
)


@dataclass(frozen=True, slots=True)
class Label:
    """A label taken apart.

    Attributes:
        words: the normalised words of its last part, without unit and year.
        parents: what stands above it in a header of several rows, apart from years and units.
        unit, year: stated in any part, or None.
    """

    written: str
    words: str
    parents: tuple[str, ...] = ()
    unit: Unit | None = None
    year: Year | None = None

    @property
    def is_under_heading(self) -> bool:
        """Whether what stands above it only groups columns (财务情况) and changes no meaning."""
        return all(_HEADINGS.match(parent) for parent in self.parents)


def read_label(written: str) -> Label:
    """Take a label, perhaps a path of several header rows, apart.

    >>> read_label("财务情况 / 2024年 / 其中：营业收入（万元）").words
    '营业收入'
    """
    unit: Unit | None = None
    year: Year | None = None
    words: list[str] = []
    for part in written.split(PATH_SEPARATOR):
        part = _without_remarks(_ENUMERATED.sub("", normalise_label(part)))  # noqa: PLW2901 - tidied first
        stated_year, stated_unit = year_named(part), unit_named(part)
        if stated_year is not None or stated_unit is not None:
            year, unit = stated_year or year, stated_unit or unit
            continue
        parts = take_apart(part)
        year, unit = parts.year or year, parts.unit or unit
        words.append(_without_marks(parts))
    words = _joined_parts(words) or [normalise_label(written)]
    last = words[-1]
    return Label(written, last, tuple(word for word in words[:-1] if word != last), unit, year)


def _joined_parts(words: list[str]) -> list[str]:
    """Join a last part that only says when (年末) or how much (合计) to what it speaks of."""
    if len(words) > 1 and _TIME_PART.match(words[-1]):
        return [*words[:-2], words[-1] + words[-2]]
    if len(words) > 1 and _AMOUNT_PART.match(words[-1]):
        return [*words[:-2], words[-2] + words[-1]]
    return words


def _without_remarks(words: str) -> str:
    """Take remarks to whoever fills in (必填, 保留两位小数) out of the brackets of a label."""

    def kept(found: re.Match[str]) -> str:
        pieces = [piece for piece in re.split("[,;、]", found[1]) if not _HARMLESS_PIECE.fullmatch(piece)]
        return f"({','.join(pieces)})" if pieces else ""

    return _BRACKETS.sub(kept, words)


def brackets_of(words: str) -> frozenset[str]:
    """Return what stands in the brackets of normalised words."""
    return frozenset(_BRACKETS.findall(words))


def _without_marks(parts: LabelParts) -> str:
    return _LAST_MARKS.sub("", _ENUMERATED.sub("", parts.base)).strip("/")


def core_of(words: str, metric: Metric) -> str:
    """Return what is left of words once everything is off that cannot change the meaning for ``metric``.

    The end of a year may go only from a metric of the year's end, 是否 only from a yes/no metric.
    """
    words = _OWNERS.sub("", words)
    if metric.period is PeriodKind.YEAR_END:
        words = _YEAR_END.sub("", words)
    if metric.period is PeriodKind.FISCAL_YEAR:
        words = _ALL_YEAR.sub("", words)
    if metric.unit is not None and metric.unit.dimension is Dimension.ITEM:
        words = _ITEM_BRACKETS.sub("", words)
    if metric.kind is Kind.BOOL:
        return _WHETHER.sub("", words)
    return _TRAILING.sub("", words) if metric.kind is Kind.QUANTITY else words


def expand_words(words: str) -> str:
    """Write common short forms in full.

    >>> expand_words("研发经费")
    '研究开发费用'
    """
    for short, full in _SAME:
        if full not in words:
            words = words.replace(short, full)
    return words


def loosen_words(words: str) -> str:
    """Replace words by neighbours that are close enough to ask, never to conclude."""
    for near, word in _LOOSE:
        words = words.replace(near, word)
    return words


def changing_words(words: str, name: str) -> frozenset[str]:
    """Return the words that change the meaning and stand in only one of the two."""
    return frozenset(word for word in CHANGING if (word in words) != (word in name))


def missing_words(words: str, full_name: str) -> frozenset[str]:
    """Return the words by which a metric's full name narrows its meaning, and which are not among ``words``."""
    return frozenset(word for word in (*CHANGING, *_NARROWING) if word in full_name and word not in words)


def with_unit(label: Label, unit: Unit | None) -> Label:
    """Return the label with a unit that stands beside it, where it states none itself."""
    return label if label.unit is not None or unit is None else replace(label, unit=unit)
