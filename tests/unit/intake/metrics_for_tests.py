"""Metrics that the tests of intake read values for, one of every kind."""

from yumiao.model.metrics import Metric
from yumiao.model.periods import PeriodKind
from yumiao.model.text import Text
from yumiao.model.units import UNITS, Kind


def quantity(id_: str, zh: str, unit: str, period: PeriodKind = PeriodKind.FISCAL_YEAR, **changes) -> Metric:
    fields = {"minimum": 0, "maximum": None} | changes
    return Metric(id_, Text(zh, id_.replace("_", " ")), Kind.QUANTITY, period, UNITS[unit], **fields)


OF_NOW = PeriodKind.AT_APPLICATION
METRICS = {
    metric.id: metric
    for metric in (
        quantity("operating_revenue", "营业收入", "CNY_10k", synonyms=("营收",)),
        quantity("total_assets", "资产总额", "CNY_10k", PeriodKind.YEAR_END),
        quantity("net_profit", "净利润", "CNY_10k", minimum=None),
        quantity("staff_period_end", "从业人员(期末)", "person", PeriodKind.YEAR_END),
        quantity("rd_staff", "研发人员", "person"),
        quantity("market_share", "市场占有率", "percent", maximum=1_000_000),
        quantity("expert_points", "专家评分", "point", whole=True, maximum=1_000_000),
        quantity("ip_count", "Ⅰ类知识产权", "item", OF_NOW),
        Metric("listed", Text("失信名单", "listed"), Kind.BOOL, OF_NOW, good_for_days=365),
        Metric("certified", Text("是否高企", "certified"), Kind.BOOL, OF_NOW),
        Metric("established_on", Text("成立日期", "established on"), Kind.DATE, OF_NOW),
        Metric(
            "grade",
            Text("知识产权等级", "grade"),
            Kind.CATEGORY,
            PeriodKind.FISCAL_YEAR,
            values=(("A", Text("高", "high")), ("B", Text("较高", "rather high"))),
        ),
    )
}
