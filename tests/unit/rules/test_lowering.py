"""From checked text to the graph: names, units, years, brackets, ages, switches; what has no meaning is refused."""

import datetime as dt

import pytest
from tests.unit.packs.small_packs import (
    AS_OF,
    METRICS,
    graph_of,
    library_of,
    made_library,
    needing,
    policy_of,
    policy_text,
)

from yumiao.model.text import Text
from yumiao.rules import graph as g
from yumiao.rules.lowering import LoweringError, lower
from yumiao.rules.lowering.years import founding_cells

# ── graphs as text ────────────────────────────────────────────────────────────────────────────────────


def shape(node):
    """Write a node in one line, so that a test can say the whole of it."""
    match node:
        case g.Linear(terms=terms, constant=constant):
            parts = [column if weight == 1 else f"{weight}·{column}" for column, weight in terms]
            return " + ".join([*parts, *([str(constant)] if constant or not terms else [])])
        case g.Quotient(numerator=top, denominator=bottom, periods=periods):
            return f"({shape(top)}) / ({shape(bottom)})" + (f" over {periods} years" if periods else "")
        case g.MeanGrowth(first=first, second=second, third=third, later_pair=later_pair):
            return f"mean growth({first}, {second}, {third}{', or the later pair' if later_pair else ''})"
        case g.LinearComparison(linear=linear, strict=strict):
            return f"{shape(linear)} {'>' if strict else '>='} 0"
        case g.QuotientComparison(quotient=value, operator=operator, bound=bound):
            return f"{shape(value)} {operator} {bound}"
        case g.GrowthComparison(growth=value, operator=operator, bound=bound):
            return f"{shape(value)} {operator} {bound}"
        case g.ScoreComparison(score=score, operator=operator, bound=bound):
            return f"[{shape(score)}] {operator} {bound}"
        case g.IsTrue(column=column):
            return column
        case g.OneOf(column=column, values=values):
            return f"{column} in {'|'.join(sorted(values))}"
        case g.Known(value=value):
            return "always" if value else "never"
        case g.Open(parameter=parameter):
            return f"open({parameter})"
        case g.Negated(body=body):
            return f"not {shape(body)}"
        case g.Named(condition=name):
            return f"<{name}>"
        case g.Count(least=least, parts=parts):
            return f"{least} of ({'; '.join(shape(part) for part in parts)})"
        case g.Split(column=column, cells=cells) | g.SplitScore(column=column, cells=cells):
            return f"by {column}: " + "; ".join(f"{span(cell)} → {shape(body)}" for cell, body in cells)
        case g.InClass(classes=classes, names=names):
            rules = "; ".join(f"{rule.id}: {shape(rule.statement)}" for rule in classes)
            return f"class in {'|'.join(sorted(names))} of ({rules})"
        case _:
            return score_shape(node)


def score_shape(node):
    match node:
        case g.Bands(bands=bands, otherwise=otherwise):
            rows = [f"{shape(test)} → {points(low, high)}" for test, low, high in bands]
            return "; ".join([*rows, f"else {points(*otherwise)}"])
        case g.Given(linear=linear, most=most):
            return f"{shape(linear)}, at most {most}"
        case g.Sum(parts=parts, most=most):
            return f"sum({', '.join(name for name, _ in parts)}), at most {most}"
        case g.Best(options=options):
            return f"best({', '.join(name for name, _ in options)})"
    raise AssertionError(node)


def span(cell):
    return f"{'' if cell.low is None else cell.low}..{'' if cell.high is None else cell.high}"


def points(low, high):
    return str(low) if low == high else f"{low}–{high}"


def condition(need, rest="", younger="", **settings):
    """The shape of one condition."""
    text = f"conditions: {{C: {{zh: 甲, need: {need}{younger}}}}}\nmet_when: [C]\n{rest}"
    return shape(graph_of(policy_text(text), **settings).conditions[0].statement)


def lowered(need, **settings):
    return condition(f"'{need}'", **settings)


def refused(need, rest=""):
    with pytest.raises(LoweringError) as error:
        condition(f"'{need}'", rest)
    return error.value


def day(*date):
    return g.day_number(dt.date(*date))


TODAY = day(2026, 6, 1)


# ── comparisons ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("need", "found"),
    [
        ("sales >= 100 万元", "sales@2025 + -100000000 >= 0"),
        ("sales > 100 万元", "sales@2025 + -100000000 > 0"),
        ("sales <= 100 万元", "-1·sales@2025 + 100000000 >= 0"),
        ("sales < 1 元", "-1·sales@2025 + 100 > 0"),
        ("100 万元 <= sales", "sales@2025 + -100000000 >= 0"),
        ("staff = 10 人", "2 of (staff@2025 + -10 >= 0; -1·staff@2025 + 10 >= 0)"),
        ("sales >= rd", "sales@2025 + -1·rd@2025 >= 0"),
        ("sales - rd >= profit", "sales@2025 + -1·rd@2025 + -1·profit@2025 >= 0"),
        ("sales - sales >= 1 元", "-100 >= 0"),
        ("2 * sales >= 1 元", "2·sales@2025 + -100 >= 0"),
        ("sales * 10% >= 1 元", "1/10·sales@2025 + -100 >= 0"),
        ("sales / 3 >= 1 元", "1/3·sales@2025 + -100 >= 0"),
        ("sales + 2 * (rd - 1 元) > 0 元", "sales@2025 + 2·rd@2025 + -200 > 0"),
        ("share >= 10%", "share + -100000 >= 0"),
        ("valuation >= 10 亿美元", "valuation + -100000000000 >= 0"),
        ("quality >= 4.5 分", "quality + -45000 >= 0"),
        ("tech / staff >= 10%", "(tech@2025) / (staff@2025) >= 1/10"),
        ("tech / staff < 0.3", "(tech@2025) / (staff@2025) < 3/10"),
        ("10% <= tech / staff", "(tech@2025) / (staff@2025) >= 1/10"),
        ("rd / (sales - rd) > 5%", "(rd@2025) / (sales@2025 + -1·rd@2025) > 1/20"),
        ("growth(sales) >= 20%", "(sales@2025) / (sales@2024) over 1 years >= 1/5"),
        ("compound_growth(sales, FY-3, FY-1) >= 20%", "(sales@2025) / (sales@2023) over 2 years >= 1/5"),
        ("compound_growth(sales, 2020, 2023) < 0%", "(sales@2023) / (sales@2020) over 3 years < 0"),
        ("mean_growth(sales, last 3 FY) > 5%", "mean growth(sales@2023, sales@2024, sales@2025) > 1/20"),
    ],
)
def test_comparison_is_in_smallest_steps_with_exact_bounds(need, found):
    assert lowered(need) == found


@pytest.mark.parametrize(
    ("need", "found"),
    [
        ("sales[FY-2] >= 1 元", "sales@2024 + -100 >= 0"),
        ("sales[FY] >= 1 元", "sales@2026 + -100 >= 0"),
        ("sales[2023] >= 1 元", "sales@2023 + -100 >= 0"),
        ("assets >= 1 元", "assets@2025 + -100 >= 0"),
        ("platform >= 1 分", "platform@2026 + -10000 >= 0"),
        ("platform[CY-1] >= 1 分", "platform@2025 + -10000 >= 0"),
        ("patents >= 1 件", "patents + -1 >= 0"),
        ("sum(rd, last 3 FY) >= 1 元", "rd@2023 + rd@2024 + rd@2025 + -100 >= 0"),
        ("mean(assets, last 2 FY) >= 1 元", "1/2·assets@2024 + 1/2·assets@2025 + -100 >= 0"),
        ("fined", "fined@2025"),
        ("fined[FY-2]", "fined@2024"),
    ],
)
def test_year_that_is_not_named_is_the_usual_one_of_the_metric(need, found):
    assert lowered(need) == found


@pytest.mark.parametrize(
    ("need", "found"),
    [
        ("not honest", "not honest"),
        ("grade is A", "grade in A"),
        ("grade is not A", "not grade in A"),
        ("grade in (A, B)", "grade in A|B"),
        ("honest and listed", "2 of (honest; listed)"),
        ("honest or listed", "1 of (honest; listed)"),
        ("none of honest, listed", "not 1 of (honest; listed)"),
        ("at least 2 of honest, listed, always", "2 of (honest; listed; always)"),
        ("in each of last 2 FY: rd >= 1 元", "2 of (rd@2024 + -100 >= 0; rd@2025 + -100 >= 0)"),
        (
            "in any of last 2 FY: rd / sales >= 5%",
            "1 of ((rd@2024) / (sales@2024) >= 1/20; (rd@2025) / (sales@2025) >= 1/20)",
        ),
        ("in each of last 2 FY: patents >= 1 件", "2 of (patents + -1 >= 0; patents + -1 >= 0)"),
        (
            "holds(sound)",
            f"2 of (-1·title_sound_granted_on + {TODAY} >= 0; title_sound_valid_until + -{TODAY} >= 0)",
        ),
    ],
)
def test_statement_keeps_its_form(need, found):
    assert lowered(need) == found


def test_yes_no_fact_of_every_year_is_that_of_each_year():
    assert lowered("in any of last 2 FY: fined") == "1 of (fined@2024; fined@2025)"


# ── dates and ages ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("need", "found"),
    [
        ("established_on >= 2019-01-01", f"established_on + -{day(2019, 1, 1)} >= 0"),
        (
            "days(established_on, application_date) >= 365 天",
            f"-1·established_on + {day(2026, 6, 1) - 365} >= 0",
        ),
        ("year(established_on) >= 2019", f"established_on + -{day(2019, 1, 1)} >= 0"),
        ("year(established_on) > 2019", f"established_on + -{day(2019, 12, 31)} > 0"),
        ("year(established_on) <= 2019", f"-1·established_on + {day(2019, 12, 31)} >= 0"),
        ("year(established_on) < 2019", f"-1·established_on + {day(2019, 1, 1)} > 0"),
        (
            "year(established_on) = 2019",
            f"2 of (established_on + -{day(2019, 1, 1)} >= 0; -1·established_on + {day(2019, 12, 31)} >= 0)",
        ),
        ("year(application_date) - year(established_on) <= 10", f"established_on + -{day(2016, 1, 1)} >= 0"),
        (
            "year(application_date) - year(established_on) >= 10",
            f"-1·established_on + {day(2016, 12, 31)} >= 0",
        ),
        ("year(application_date) - year(established_on) < 10", f"established_on + -{day(2016, 12, 31)} > 0"),
    ],
)
def test_years_and_ages_are_comparisons_of_dates(need, found):
    assert lowered(need) == found


# ── names ─────────────────────────────────────────────────────────────────────────────────────────────


def test_count_of_a_register_is_that_of_the_policys_filter():
    graph = graph_of(needing("patents >= 2 件", rest="counts: {patents: own}\n"))

    assert shape(graph.conditions[0].statement) == "patents.own + -2 >= 0"
    assert (sorted(graph.leaves), graph.constraints) == (
        ["patents", "patents.own"],
        (("patents.own", "patents"),),
    )


def test_constraint_stands_for_each_year_in_which_both_are_asked_for():
    graph = graph_of(needing("tech[FY-1] >= 1 人", "tech[FY-2] >= 1 人", "staff >= 1 人"))

    assert graph.constraints == (("tech@2025", "staff@2025"),)


def test_condition_may_name_another_before_it_is_written():
    graph = graph_of(needing("C1 or honest", "listed"))

    assert [shape(node.statement) for node in graph.conditions] == ["1 of (<C1>; honest)", "listed"]


ROUTES = """\
conditions:
  C: {zh: 甲, need: any route}
routes:
  one: {zh: 甲, when: honest}
  two: {zh: 乙, when: one or listed}
met_when: [C, any route]
"""


def test_condition_and_route_may_name_routes():
    graph = graph_of(policy_text(ROUTES))

    assert [shape(route.statement) for route in graph.routes] == ["honest", "1 of (honest; listed)"]
    assert shape(graph.conditions[0].statement) == "1 of (honest; 1 of (honest; listed))"
    assert shape(graph.outcome) == "2 of (<C>; 1 of (honest; 1 of (honest; listed)))"


@pytest.mark.parametrize(
    ("text", "chain"),
    [
        (needing("C1", "C2", "C0"), "C0 → C1 → C2 → C0"),
        (needing("not C0"), "C0 → C0"),
        (policy_text("routes: {r: {zh: 甲, when: any route}}\nmet_when: [any route]\n"), "r → r"),
    ],
)
def test_conditions_that_go_round_in_a_circle_are_refused(text, chain):
    with pytest.raises(LoweringError) as error:
        graph_of(text)

    assert error.value.text == Text(f"条件互相引用：{chain}", f"conditions refer to each other: {chain}")


@pytest.mark.parametrize(
    ("need", "words", "text"),
    [
        (
            "stuff >= 1 人",
            "stuff",
            Text("没有口径 stuff；最接近的是 staff（职工）", "no metric 'stuff'; nearest: staff"),
        ),
        ("xylophone >= 1 人", "xylophone", Text("没有口径 xylophone", "no metric 'xylophone'")),
        ("staff", "staff", Text("staff 不是是/否口径", "staff is no yes/no fact; compare it with something")),
        ("honest >= 1", "honest", Text("honest 不是数值口径", "honest is no quantity")),
        ("patents[FY-1] >= 1 件", "patents[FY-1]", Text("patents 不分年度", "patents has no years")),
        (
            "grade is D",
            "grade",
            Text("grade 没有值 D；可用：A, B, C", "grade has no value 'D'; known: A, B, C"),
        ),
        (
            "holds(sond)",
            "holds(sond)",
            Text("没有资质 sond；最接近的是 sound", "no title 'sond'; nearest: sound"),
        ),
        (
            "class(siz) is large",
            "class(siz)",
            Text("没有施行中的政策 siz；最接近的是 None", "no policy 'siz' in force; nearest: None"),
        ),
    ],
)
def test_name_without_meaning_is_refused_with_the_nearest_one(need, words, text):
    error = refused(need)

    assert (error.text, need[error.span.start : error.span.end], error.expression) == (text, words, need)


# ── units and periods ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("need", "text"),
    [
        (
            "sales >= 100 人",
            Text(
                "两边单位不同：左边是万元，右边是人",
                "unlike units: the left side is CNY, the right side person",
            ),
        ),
        (
            "staff >= 10%",
            Text(
                "两边单位不同：左边是人，右边是%",
                "unlike units: the left side is person, the right side ratio",
            ),
        ),
        (
            "staff >= 100",
            Text(
                "两边单位不同：左边是人，右边是数",
                "unlike units: the left side is person, the right side number",
            ),
        ),
        (
            "sales / staff >= 1",
            Text(
                "两边单位不同：左边是万元，右边是人",
                "unlike units: the left side is CNY, the right side person",
            ),
        ),
        (
            "sales + staff >= 1 元",
            Text(
                "两边单位不同：左边是万元，右边是人",
                "unlike units: the left side is CNY, the right side person",
            ),
        ),
        (
            "valuation >= 10 亿元",
            Text(
                "两边单位不同：左边是亿美元，右边是万元",
                "unlike units: the left side is USD, the right side CNY",
            ),
        ),
        (
            "sum(assets, last 3 FY) >= 1 元",
            Text("assets 是年末存量，不能相加", "assets is a stock at year end; years of it do not add up"),
        ),
        ("sum(patents, last 2 FY) >= 1 件", Text("patents 没有年度数列", "patents is no yearly series")),
        ("growth(share) >= 1%", Text("share 没有年度数列", "share is no yearly series")),
        (
            "compound_growth(sales, FY-1, FY-3) >= 1%",
            Text("增长率的起止年份不对", "growth goes from an earlier to a later year"),
        ),
        (
            "compound_growth(sales, 2020, FY-1) >= 1%",
            Text("增长率的起止年份不对", "growth goes from an earlier to a later year"),
        ),
        (
            "mean_growth(sales, last 2 FY) >= 1%",
            Text("mean_growth 的写法不对", "mean_growth does not take these arguments"),
        ),
        ("sum(sales) >= 1 元", Text("sum 的写法不对", "sum does not take these arguments")),
        ("days(established_on, sales) >= 1 天", Text("days 需要两个日期", "days takes two dates")),
        ("year(sales) >= 2019", Text("year 需要一个日期", "year takes a date")),
        (
            "year(established_on) >= 3 年",
            Text(
                "年份和年数应写作整数，如 2019 或 10",
                "years are written as whole numbers, such as 2019 or 10",
            ),
        ),
        (
            "2019 <= year(established_on)",
            Text("year(…) 只能写在比较的左边", "year(…) stands on the left of a comparison"),
        ),
        ("sales * rd >= 1 元", Text("只能乘以常数", "a value is multiplied by a number only")),
        (
            "rd / sales + 1 >= 1",
            Text("商和得分不能再参与运算", "quotients and scores are compared, not computed with"),
        ),
        (
            "rd / sales >= tech / staff",
            Text("商或得分只能与常数比较", "a quotient or a score is compared with a constant only"),
        ),
        ("3 + 4", Text("此处应为判断式", "expected a statement here, found a value")),
        ("(honest and listed) >= 1", Text("此处应为数值", "expected a value here, found a statement")),
    ],
)
def test_statement_whose_parts_do_not_fit_is_refused_in_both_languages(need, text):
    assert refused(need).text == text


# ── parameters ────────────────────────────────────────────────────────────────────────────────────────


def bracket(by, *bands):
    return f"parameters: {{p: {{by: {by}, bands: [{', '.join(bands)}]}}}}\n"


UP = bracket("sales", "{to: 5000 万元, is: 5%}", "{below: 20000 万元, is: 4%}", "{else, is: 3%}")
DOWN = bracket("staff", "{from: 300 人, is: 2%}", "{above: 10 人, is: 3%}", "{else, is: 4%}")


@pytest.mark.parametrize(
    ("rest", "found"),
    [
        (
            UP,
            (
                "by sales@2025: ..5000000000 → (rd@2025) / (sales@2025) >= 1/20; "
                "5000000001..19999999999 → (rd@2025) / (sales@2025) >= 1/25; "
                "20000000000.. → (rd@2025) / (sales@2025) >= 3/100"
            ),
        ),
        (
            DOWN,
            (
                "by staff@2025: 300.. → (rd@2025) / (sales@2025) >= 1/50; "
                "11..299 → (rd@2025) / (sales@2025) >= 3/100; "
                "..10 → (rd@2025) / (sales@2025) >= 1/25"
            ),
        ),
        ("parameters: {p: {is: 5%}}\n", "(rd@2025) / (sales@2025) >= 1/20"),
        ("parameters: {p: {is: unknown, open_to: [district]}}\n", "open(p)"),
    ],
)
def test_parameter_becomes_cells_that_meet_without_overlap(rest, found):
    assert condition("rd / sales >= p", rest) == found


def test_bracket_on_the_left_is_turned_round():
    assert condition("p <= rd / sales", "parameters: {p: {by: sales, bands: [{else, is: 3%}]}}\n") == (
        "(rd@2025) / (sales@2025) >= 3/100"
    )


@pytest.mark.parametrize(
    ("need", "rest", "text"),
    [
        ("p >= p", UP, Text("两边都是分档参数", "both sides are bracket parameters")),
        ("rd * p >= 1 元", UP, Text("分档参数不能参与运算", "a bracket parameter stands alone on one side")),
        (
            "rd / sales >= p",
            bracket("honest", "{else, is: 3%}"),
            Text("honest 不是数值口径", "honest is no quantity"),
        ),
        (
            "rd / sales >= p",
            bracket("sales - rd", "{else, is: 3%}"),
            Text("by 应为单个口径", "`by` names one metric"),
        ),
        (
            "rd / sales >= p",
            bracket("sales", "{to: 5000 人, is: 5%}", "{else, is: 3%}"),
            Text(
                "两边单位不同：左边是万元，右边是人",
                "unlike units: the left side is CNY, the right side person",
            ),
        ),
        (
            "rd / sales >= p",
            bracket("sales", "{to: rd, is: 5%}", "{else, is: 3%}"),
            Text("档的边界应为常数", "the edge of a band is a constant"),
        ),
    ],
)
def test_bracket_without_meaning_is_refused(need, rest, text):
    assert refused(need, rest).text == text


# ── switches ──────────────────────────────────────────────────────────────────────────────────────────

SWITCH = "switches: {s: {zh: 甲, why: 乙, readings: {a: 甲, b: 乙}, default: a}}\n"


@pytest.mark.parametrize(
    ("settings", "found"), [({}, "honest"), ({"s": "a"}, "honest"), ({"s": "b"}, "always")]
)
def test_switch_is_read_as_set_or_by_default(settings, found):
    assert condition("{switch: s, a: honest, b: always}", SWITCH, **settings) == found


def test_graph_keeps_the_reading_of_every_switch():
    text = policy_text(f"met_when: [always]\n{SWITCH}")

    assert [graph_of(text).settings, graph_of(text, s="b").settings] == [{"s": "a"}, {"s": "b"}]


# ── young firms ───────────────────────────────────────────────────────────────────────────────────────


def test_younger_firm_has_the_years_from_its_founding_on():
    found = condition("'sum(rd, last 3 FY) >= 1 元'", younger=", younger: actual_years")

    assert found == (
        f"by established_on: ..{day(2023, 12, 31)} → rd@2023 + rd@2024 + rd@2025 + -100 >= 0; "
        f"{day(2024, 1, 1)}..{day(2024, 12, 31)} → rd@2024 + rd@2025 + -100 >= 0; "
        f"{day(2025, 1, 1)}..{day(2025, 12, 31)} → rd@2025 + -100 >= 0; "
        f"{day(2026, 1, 1)}.. → -100 >= 0"
    )


def test_younger_firm_is_asked_for_each_year_that_it_has():
    found = condition("'in each of last 2 FY: fined'", younger=", younger: actual_years")

    assert found == (
        f"by established_on: ..{day(2024, 12, 31)} → 2 of (fined@2024; fined@2025); "
        f"{day(2025, 1, 1)}..{day(2025, 12, 31)} → 1 of (fined@2025); "
        f"{day(2026, 1, 1)}.. → 0 of ()"
    )


@pytest.mark.parametrize("longest", [0, 1, 3])
def test_founding_cells_cover_every_day_once(longest):
    cells = [cell for cell, _ in founding_cells(AS_OF, longest)]

    assert (cells[0].low, cells[-1].high) == (None, None)
    assert [cell.high + 1 for cell in cells[:-1]] == [cell.low for cell in cells[1:]]


# ── scores ────────────────────────────────────────────────────────────────────────────────────────────


def scores(parts):
    graph = graph_of(
        policy_text(f"scores: {{total: {{of: 10 分, parts: {parts}}}}}\nmet_when: [total >= 6 分]\n")
    )
    return {node.id: shape(node.score) for node in graph.scores}


@pytest.mark.parametrize(
    ("part", "found"),
    [
        (
            "{of: 5, value: rd / sales, bands: [{from: 5%, points: 4–5}, {above: 0%, points: 1}, {else, points: 0}]}",
            "(rd@2025) / (sales@2025) >= 1/20 → 40000–50000; (rd@2025) / (sales@2025) > 0 → 10000; else 0",
        ),
        (
            "{of: 5, value: staff, bands: [{to: 10 人, points: 1}, {below: 20 人, points: 2}, {else, points: 0–5}]}",
            "-1·staff@2025 + 10 >= 0 → 10000; -1·staff@2025 + 20 > 0 → 20000; else 0–50000",
        ),
        (
            "{of: 5, value: grade, bands: [{is: A, points: 5}, {else, points: 0}]}",
            "grade in A → 50000; else 0",
        ),
        (
            "{of: 5, bands: [{when: honest or listed, points: 5}, {else, points: 0}]}",
            "1 of (honest; listed) → 50000; else 0",
        ),
        ("{of: 5, points: quality}", "quality, at most 50000"),
        (
            "{of: 5, per: {value: patents, every: 2 件, points: 2 分, at_most: 5 分}}",
            "patents + -6 >= 0 → 50000; patents + -4 >= 0 → 40000; patents + -2 >= 0 → 20000; else 0",
        ),
    ],
)
def test_score_part_is_in_steps_of_points(part, found):
    assert scores(f"{{a: {part}}}") == {"total": "sum(a), at most 100000", "total.a": found}


def test_better_of_stands_before_its_options_which_share_its_maximum():
    graph = graph_of(
        policy_text(
            "scores: {total: {of: 10 分, better_of: {a: {points: quality}, b: {of: 3 分, points: quality}}}}\n"
            "met_when: [total.a >= 6 分]\n"
        )
    )

    assert [(node.id, node.of, shape(node.score)) for node in graph.scores] == [
        ("total", 100_000, "best(a, b)"),
        ("total.a", 100_000, "quality, at most 100000"),
        ("total.b", 30_000, "quality, at most 30000"),
    ]
    assert shape(graph.outcome) == "[quality, at most 100000] >= 60000"


def test_mean_growth_has_its_special_bands_first():
    part = (
        "{of: 5, value: 'mean_growth(sales, last 3 FY)', zero_base: later_two_years, below_zero: 0–5, "
        "bands: [{from: 10%, points: 5}, {else, points: 0}]}"
    )

    assert scores(f"{{a: {part}}}")["total.a"] == (
        "1 of (-1·sales@2023 > 0; -1·sales@2024 > 0; -1·sales@2025 > 0) → 0–50000; "
        "mean growth(sales@2023, sales@2024, sales@2025, or the later pair) >= 1/10 → 50000; else 0"
    )


def test_mean_growth_of_a_young_firm_follows_its_years():
    part = (
        "{of: 5, value: 'mean_growth(sales, last 3 FY)', younger: actual_years, zero_base_two_years: 2, one_year: 0–3, "
        "bands: [{from: 10%, points: 5}, {else, points: 0}]}"
    )

    assert scores(f"{{a: {part}}}")["total.a"] == (
        f"by established_on: ..{day(2023, 12, 31)} → "
        "mean growth(sales@2023, sales@2024, sales@2025) >= 1/10 → 50000; else 0; "
        f"{day(2024, 1, 1)}..{day(2024, 12, 31)} → "
        "2 of (sales@2024 >= 0; -1·sales@2024 >= 0) → 20000; "
        "(sales@2025) / (sales@2024) over 1 years >= 1/10 → 50000; else 0; "
        f"{day(2025, 1, 1)}..{day(2025, 12, 31)} → else 0–30000; "
        f"{day(2026, 1, 1)}.. → else 0–30000"
    )


@pytest.mark.parametrize(
    ("part", "text"),
    [
        ("{points: quality}", Text("得分项 total.a 缺少 of", "score part total.a has no `of`")),
        ("{of: 5, points: staff}", Text("应为以“分”计的口径", "expected a metric in points")),
        (
            "{of: 5, value: staff, bands: [{from: 10%, points: 5}, {else, points: 0}]}",
            Text(
                "两边单位不同：左边是人，右边是%",
                "unlike units: the left side is person, the right side ratio",
            ),
        ),
    ],
)
def test_score_part_without_meaning_is_refused(part, text):
    with pytest.raises(LoweringError) as error:
        scores(f"{{a: {part}}}")

    assert error.value.text == text


def test_unknown_part_of_a_score_is_answered_with_the_nearest_one():
    with pytest.raises(LoweringError) as error:
        graph_of(
            policy_text(
                "scores: {total: {of: 5, parts: {ip: {of: 5, points: quality}}}}\nmet_when: [total.pi >= 1 分]\n"
            )
        )

    assert error.value.text == Text(
        "得分没有这一项：total.pi；最接近的是 total.ip",
        "no such part of a score: total.pi; nearest: total.ip",
    )


# ── classes ───────────────────────────────────────────────────────────────────────────────────────────

CLASSES = policy_text(
    "classes: {large: {zh: 大, when: staff >= 300 人}, small: {zh: 小, when: staff >= 10 人}}\n", name="size"
)
TABLE = policy_text(
    "class_table:\n  by: grade\n  classes: [large, small, micro]\n"
    "  labels: {large: {zh: 大}, small: {zh: 小}, micro: {zh: 微}}\n"
    "  bounds: {A: {staff: [300, 10], sales: [5000, 100]}, B: {sales: [0.5]}}\n",
    name="size",
)


def test_class_table_has_the_lower_bounds_of_each_row_in_the_metrics_own_unit():
    graph = graph_of(TABLE)

    rows = {
        row: {rule.id: shape(rule.statement) for rule in rules} for row, rules in graph.classes.rows.items()
    }
    assert (graph.classes.column, rows) == (
        "grade",
        {
            "A": {
                "large": "2 of (staff@2025 + -300 >= 0; sales@2025 + -5000000000 >= 0)",
                "small": "2 of (staff@2025 + -10 >= 0; sales@2025 + -100000000 >= 0)",
                "micro": "always",
            },
            "B": {"large": "1 of (sales@2025 + -500000 >= 0)", "small": "always", "micro": "always"},
        },
    )


def test_class_of_another_policy_brings_its_rules_and_facts():
    library = made_library(CLASSES, needing("class(size) is not large"))

    graph = lower(library, library.policies[1], AS_OF)

    assert shape(graph.conditions[0].statement) == (
        "not class in large of (large: staff@2025 + -300 >= 0; small: staff@2025 + -10 >= 0)"
    )
    assert list(graph.leaves) == ["staff@2025"]


def test_class_that_the_other_policy_does_not_have_is_refused():
    library = made_library(CLASSES, needing("class(size) is huge"))

    with pytest.raises(LoweringError) as error:
        lower(library, library.policies[1], AS_OF)

    assert error.value.text == Text(
        "size 没有类别 huge；可用：large, small", "size has no class 'huge'; known: large, small"
    )


# ── the whole ─────────────────────────────────────────────────────────────────────────────────────────


def test_graph_says_what_it_was_made_of():
    text = needing("tech / staff >= 10%", "honest")

    graph = graph_of(text, as_of=dt.date(2024, 3, 1))

    assert (graph.policy, graph.version, graph.as_of, graph.settings) == (
        "made",
        "made-1",
        dt.date(2024, 3, 1),
        {},
    )
    assert {column: (leaf.metric.id, leaf.year) for column, leaf in graph.leaves.items()} == {
        "tech@2023": ("tech", 2023),
        "staff@2023": ("staff", 2023),
        "honest": ("honest", None),
    }
    assert graph.constraints == (("tech@2023", "staff@2023"),)
    assert [(node.id, node.text, node.citation.document) for node in graph.conditions] == [
        ("C0", Text("甲"), "一号"),
        ("C1", Text("甲"), "一号"),
    ]
    assert (shape(graph.outcome), graph.scores, graph.routes, graph.classes) == (
        "2 of (<C0>; <C1>)",
        (),
        (),
        None,
    )


def test_policy_is_lowered_the_same_over_metrics_read_apart_or_together():
    text = needing("tech / staff >= 10%")
    together, apart = library_of(text, metrics=METRICS), made_library(text)

    graphs = [lower(library, library.policies[0], AS_OF) for library in (together, apart)]

    assert shape(graphs[0].outcome) == shape(graphs[1].outcome)
    assert policy_of(text).body == together.policies[0].body
