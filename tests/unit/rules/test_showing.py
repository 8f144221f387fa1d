"""A policy shown to a reader who does not program: clauses, rules in words, tables, doubts, in both languages."""

import pytest
from tests.pack_for_tests import METRICS, POLICY, read_pack

from yumiao.rules.showing import show_policy

PAGE = """\
# 育苗企业（seed@seed-2025）

- 育苗〔2025〕1号 育苗办法（两个独立文本一致）
- 适用：首次申请、复核，自 2025-01-01 起
- 取得资质：育苗企业，有效期3年
- 申报期 2026：2026-06-01 至 2026-08-31

## 条件

- **S1_staff** 科技人员占职工总数的比例不低于10%（第二条）
    - 规则：科技人员数 ÷ 职工总数 ≥ 10%
- **S2_rd** 近三年研发费用占销售收入的比例达到要求（第三条）
    - 规则：近3个会计年度研发费用之和 ÷ 近3个会计年度销售收入之和 ≥ 【required_share】
    - 成立不满所需年限的，按实际会计年度计
- **S3_honest** 诚信（第四条）
    - 规则：诚信（开关 honesty）
- **S4_score** 得分不低于6分（第五条）
    - 规则：“综合评分”得分 ≥ 6 分

## 参数

**required_share**（第三条）

| 销售收入 | 取值 |
| --- | --- |
| ≤ 5000 万元 | 5% |
| 其他 | 3% |

## 评分

### 综合评分，满分 10 分（第五条）

#### 专利，满分 4 分

| 情形 | 得分 |
| --- | --- |
| 专利数 ≥ 3 件 | 3–4 |
| 专利数 ≥ 1 件 | 1–2 |
| 其他 | 0 |

#### 增长，满分 2 分

| 销售收入增长率 | 得分 |
| --- | --- |
| ≥ 10% | 2 |
| > 0% | 1 |
| 其他 | 0 |

#### 制度，满分 4 分

由人评定：制度得分

## 路径

- **评分**（score）：S4_score
- **评级**（graded）：档次为甲

## 结论

以下全部成立即符合：

- S1_staff
- S2_rd
- S3_honest
- 任一路径成立

接近符合：未达标的不超过 2 项，且每项与界线相差不超过 20%。

## 文本未明之处

- **诚信是否考查**（honesty）：办法未说明
    - asked：考查（所取读法）
    - waived：不考查

## 把握不足之处

- 2026 申报期：见于他人转述
"""


def show(folder, language="en", settings=None, **texts):
    library = read_pack(folder, **texts)
    return show_policy(library, library.policies[0], language, settings)


def test_policy_is_shown_as_one_page_in_chinese(tmp_path):
    assert show(tmp_path, "zh") == PAGE


def test_policy_is_shown_in_english_with_money_in_yuan(tmp_path):
    lines = show(tmp_path).split("\n")

    assert lines[:6] == [
        "# Seedling (seed@seed-2025)",
        "",
        "- 育苗〔2025〕1号 育苗办法 (two independent texts agree)",
        "- Applies to first applications and reviews, from 2025-01-01",
        "- Grants the title Seedling, valid for 3 years",
        "- Window 2026: 2026-06-01 to 2026-08-31",
    ]
    assert "    - Rule: Technology staff ÷ All staff ≥ 10%" in lines
    assert "| ≤ 50,000,000 yuan | 5% |" in lines
    assert "- **Graded** (graded): Grade is A" in lines
    assert lines[-3:] == ["", "- window 2026: seen in another party's summary", ""]


def test_other_reading_of_a_switch_is_shown_where_it_is_taken(tmp_path):
    shown = show(tmp_path, settings={"honesty": "waived"})

    assert "    - Rule: always (switch honesty)" in shown
    assert "    - waived: waived (taken)" in shown


@pytest.mark.parametrize(
    ("need", "zh", "en"),
    [
        (
            "compound_growth(sales, FY-3, FY-1) >= 5%",
            "销售收入复合增长率（申请前第3年至上年） ≥ 5%",
            "compound growth of Sales (3 years before to last year) ≥ 5%",
        ),
        (
            "mean(sales, last 2 FY) >= 10 万元",
            "近2年销售收入平均数 ≥ 10 万元",
            "Sales, mean of the last 2 years ≥ 100,000 yuan",
        ),
        (
            "mean_growth(sales, last 3 FY) > 0%",
            "近3年销售收入平均增长率 > 0%",
            "mean growth of Sales over the last 3 years > 0%",
        ),
        ("sales[2023] >= 1 万元", "销售收入（2023年） ≥ 1 万元", "Sales (2023) ≥ 10,000 yuan"),
        (
            "days(established_on, application_date) >= 365 天",
            "成立日期至申请日的天数 ≥ 365 天",
            "days from Founded on to the application date ≥ 365 days",
        ),
        ("year(established_on) >= 2019", "成立日期的年份 ≥ 2019", "the year of Founded on ≥ 2019"),
        (
            "at least 2 of honest, grade is A, patents >= 1 件",
            "以下3项中至少2项：诚信；档次为甲；专利数 ≥ 1 件",
            "at least 2 of: Honest; Grade is A; Patents ≥ 1 item",
        ),
        ("none of honest, holds_seed", "以下均不成立：诚信；是育苗企业", "none of: Honest; Is a seedling"),
        (
            "honest and (grade in (A, B) or not honest)",
            "诚信 且 (档次为甲或乙 或 非（诚信）)",
            "Honest and (Grade is A or B or not (Honest))",
        ),
        (
            "in each of last 2 FY: rd_expense >= 1 万元",
            "近2个会计年度每年：研发费用 ≥ 1 万元",
            "in each of the last 2 years: R&D expense ≥ 10,000 yuan",
        ),
        ("holds(seed)", "申请日持有有效的“育苗企业”资质", "holds a valid “Seedling” on the application date"),
        (
            "rd_expense / (sales - rd_expense) >= 5%",
            "研发费用 ÷ (销售收入 - 研发费用) ≥ 5%",
            "R&D expense ÷ (Sales - R&D expense) ≥ 5%",
        ),
        ("total.growth > 0 分", "“增长”得分 > 0 分", "the points for “Growth” > 0 points"),
    ],
)
def test_rule_is_put_into_words(tmp_path, need, zh, en):
    policy = POLICY.replace("need: total >= 6 分", f"need: '{need}'")

    assert f"    - 规则：{zh}\n" in show(tmp_path / "a", "zh", policy=policy)
    assert f"    - Rule: {en}\n" in show(tmp_path / "b", "en", policy=policy)


def test_open_parameter_is_listed_with_who_sets_it(tmp_path):
    bands = POLICY[POLICY.index("    by: sales") : POLICY.index("scores:")]

    shown = show(tmp_path, policy=POLICY.replace(bands, "    is: unknown\n    open_to: [district]\n"))

    assert (
        "## Open parameters\n\n"
        "- **required_share**: set by the district; not set: what rests on it stays open\n"
    ) in shown


def test_what_is_not_seen_in_the_text_itself_is_listed(tmp_path):
    policy = POLICY.replace("    cite: 第二条\n", "    cite: 第二条\n    confidence: memory\n")
    metrics = METRICS.replace(
        "    label: {zh: 职工总数, en: All staff}\n",
        "    label: {zh: 职工总数, en: All staff}\n    cite: {clause: 指引, confidence: interpretation}\n",
    )

    shown = show(tmp_path, policy=policy, metrics=metrics)

    assert shown.split("## What is less than sure\n\n")[1].split("\n") == [
        "- window 2026: seen in another party's summary",
        "- S1_staff: from general knowledge, to be checked",
        "- the metric “All staff”: the text is silent; this is a reading",
        "",
    ]


def test_table_of_classes_is_shown_as_a_table(tmp_path):
    table = """
class_table:
  by: grade
  cite: 附表
  classes: [large, small]
  labels: {large: {zh: 大, en: Large}, small: {zh: 小, en: Small}}
  bounds:
    A: {staff_total: [100]}
    B: {sales: [2000]}
"""

    shown = show(tmp_path, policy=POLICY[: POLICY.index("counts:")] + table)

    assert shown.split("## Result\n\n")[1] == (
        "The highest class all of whose lower bounds are reached, else Small (附表).\n\n"
        "| Grade | Metric | Large |\n"
        "| --- | --- | --- |\n"
        "| A | All staff (persons) | ≥ 100 |\n"
        "| B | Sales (10k yuan) | ≥ 2000 |\n\n"
        "## What is less than sure\n\n"
        "- window 2026: seen in another party's summary\n"
    )
