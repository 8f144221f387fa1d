"""Words by which officials mark totals, notes, units and missing figures in their tables."""

from __future__ import annotations

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


TOTALS = _words(
    "合计 总计 共计 总和 总合计 合计数 总数 累计 全国 全省 全市 全区 全县 全镇 "
    "全国合计 全国总计 全省合计 全市合计 全区合计 全县合计 total grandtotal nationaltotal"
)
"""Row labels of totals, without blanks and in lower case."""

SUBTOTALS = _words("小计 分计 本页小计 本页合计 部分合计 subtotal sub-total")
"""Row labels of subtotals."""

_SUM_LAST = re.compile(r"(?:合计|总计|共计|小计|subtotal|total)(?:[（(].*[)）])?$")

AREAS = _words(
    "东部地区 中部地区 西部地区 东北地区 东部 中部 西部 东北 华东 华北 华南 华中 西南 西北 华东地区 华北地区 "
    "华南地区 华中地区 西南地区 西北地区 苏南 苏中 苏北 苏南地区 苏中地区 苏北地区 长三角 长三角地区 珠三角 "
    "京津冀 京津冀地区 长江经济带"
)
"""Statistical areas made of several provinces or cities."""

APART = _words(
    "香港 澳门 台湾 台湾省 香港特别行政区 澳门特别行政区 港澳台 港澳台地区 hongkong macao macau taiwan"
)
"""What national statistics list beside their totals, not in them."""

NOTE_START = re.compile(
    r"^[(（\[【]?(?:注|注释|备注|说明|附注|注解|填表说明|填报说明|资料来源|数据来源|来源|note|notes|source|sources)"
    r"[)）\]】]?\s*[0-9一二三四五六七八九十]*\s*[:：.．、]",
    re.IGNORECASE,
)
"""How a note begins."""

PAGE_LINE = re.compile(
    r"^[(（\-—]?\s*(?:第\s*\d+\s*页|共\s*\d+\s*页|page\s*\d+)[\s,，/;；共第页of\d)）\-—]*$", re.IGNORECASE
)
"""The number of a printed page."""

FOOTER_START = re.compile(
    r"^(?:填表人|填报人|制表人|制表|填表|审核人|审核|复核|负责人|单位负责人|分管领导|联系人|联系电话|电话|填报日期|填表日期|"
    r"报出日期|报送日期|填报单位|统计负责人|盖章|单位\s*[(（]盖章[)）])\s*[(（]?[^:：]{0,8}[)）]?\s*[:：]"
)
"""How the line of names and dates below a table begins."""

META_CELL = re.compile(
    r"^[^:：]{1,16}[:：]\s*\S*|^(?:附件|附表|表|续表|表号|Table)\s*[0-9一二三四五六七八九十\-－.]*[:：]?$"
)
"""A cell above a table that says something of the whole of it: 填报单位：…"""

TABLE_NUMBER = re.compile(r"^(?:附件|附表|表|续表|表号|Table)\s*[0-9一二三四五六七八九十\-－.]*[:：]?$")
"""The number of a table standing alone: 表1, 续表."""

PERIOD_LINE = re.compile(
    r"^[(（]?(?:19|20)\d\d\s*年?(?:度|末|底)?(?:\s*[第]?[一二三四1-4]\s*季度|\s*上半年|\s*下半年|\s*\d{1,2}(?:\s*[-－—~至]\s*\d{1,2})?\s*月"
    r"(?:份|\d{1,2}日)?)?[)）]?$"
)
"""A year, quarter, month or day standing alone: the date of a table, or the label of a column."""

UNIT_LINE = re.compile(r"^[(（\[【]?\s*(?:计量)?单位\s*(?:名称)?\s*[:：]\s*(.+?)\s*[)）\]】]?$")
"""A line of units; an organisation after 单位： is told apart by its length."""

ENGLISH_UNIT_LINE = re.compile(
    r"^[(（]\s*[A-Za-z0-9][A-Za-z0-9 ,/%.\-]{0,30}[)）]$|^unit\s*[:：]", re.IGNORECASE
)
"""The unit once more in English, in brackets on a line of its own."""

MISSING_MARKS = (
    "-",
    "--",
    "---",
    "—",
    "——",
    "－",
    "–",
    "…",
    "……",
    "..",
    "...",
    "/",
    "\\",
    "*",
    "×××",
    "N/A",
    "n/a",
    "NA",
)
"""Marks that stand where no figure is. They are not read as zero and not as empty."""

YES_NO_PAIRS = (
    ("是", "否"),
    ("有", "无"),
    ("yes", "no"),
    ("y", "n"),
    ("true", "false"),
    ("√", "×"),
    ("对", "错"),
)
"""Pairs of words or marks of a column of yes and no."""

FORM_LABELS = _words(
    "企业名称 单位名称 公司名称 项目名称 姓名 性别 民族 学历 学位 职称 职务 出生年月 出生日期 年龄 籍贯 毕业院校 专业 "
    "身份证号 身份证号码 统一社会信用代码 组织机构代码 法定代表人 法人代表 负责人 联系人 联系电话 电话 手机 传真 邮箱 "
    "电子邮箱 邮编 邮政编码 地址 注册地址 通讯地址 办公地址 注册资本 注册资金 成立日期 成立时间 注册时间 经营范围 "
    "开户银行 开户行 银行账号 账号 户名 所属行业 行业 行业代码 企业类型 单位性质 经济类型 所属区域 所属镇街 所在地 "
    "项目编号 申报单位 承担单位 合作单位 起止时间 项目负责人 总投资 申请金额 主管部门 推荐单位 标题 索引号 发文机构 "
    "成文日期 发布日期 发文字号 有效性 文号 网址 官网 职工人数 员工人数 主营业务 主营产品 备注 填表日期 填报日期"
)
"""Labels of the fields of forms. In a form they stand beside their values, in a table above them."""

LABEL_WORDS = _words(
    "序号 编号 名称 姓名 单位 地区 区域 年份 年度 项目 指标 类别 类型 备注 金额 数量 结果 等级 no. name"
)
"""Words that usually label a column, alone or at the end of a longer label."""

LIST_TITLE = re.compile(
    r"(?:名单|名录|目录|清单|一览表|公示表|汇总表|花名册)(?:[(（].{0,20}[)）])?\s*[:：]?$"
)
"""How the title of a list ends."""

CODE_LABEL = re.compile(
    r"代码|编码|编号|号码|证号|证书号|账号|帐号|身份证|电话|手机|传真|邮编|邮政编码|专利号|申请号|登记号|注册号|文号|条码|"
    r"\b(?:code|id|no\.|number|phone|zip)\b",
    re.IGNORECASE,
)
"""Labels of columns whose digits are names and no quantities."""

DATE_LABEL = re.compile(
    r"日期|时间|年月|有效期|成立日|注册日|授权日|申请日|公告日|认定日|出生|截止|起始日|到期|\bdate\b|\bday\b",
    re.IGNORECASE,
)
"""Labels of columns of dates."""


def plain_words(text: str) -> str:
    """Bring a row label into the form in which it is compared: no blanks, no marks around it, lower case."""
    bare = re.sub(r"[\s\u3000\u200b\ufeff]+", "", text).lower()
    return bare.strip("#＃*＊:：①②③④⑤⑥⑦⑧⑨⑩_-—·.、")


def is_total(text: str) -> bool:
    """Whether a row label says that the row is the sum of all."""
    return plain_words(text) in TOTALS


def is_subtotal(text: str) -> bool:
    """Whether a row label says that the row is the sum of some rows: 小计, 武进区合计."""
    words = plain_words(text)
    if words in TOTALS:
        return False
    return words in SUBTOTALS or (len(words) <= 16 and _SUM_LAST.search(words) is not None)
