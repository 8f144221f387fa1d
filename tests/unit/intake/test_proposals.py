"""Proposals: never a wrong metric without being asked, and most of the right ones without asking."""

import csv
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.shipped_packs import shipped_packs
from tests.unit.intake.metrics_for_tests import METRICS

from yumiao.intake.column_proposals import ColumnReading, propose_column
from yumiao.intake.evidence import Ask
from yumiao.intake.file_proposals import propose_columns, with_year_hint
from yumiao.intake.label_matches import MetricNames
from yumiao.intake.label_terms import CHANGING, read_label
from yumiao.intake.mapping import SubjectColumns
from yumiao.intake.profiles import Profile
from yumiao.intake.proposals import SeenColumn, Standing
from yumiao.intake.shapes import CellType, ColumnShape, Shape
from yumiao.model.metrics import Metric
from yumiao.model.periods import PeriodKind, Year
from yumiao.model.text import Text
from yumiao.model.units import UNITS, Kind

LABELS = Path(__file__).parents[2] / "data" / "bureau-labels.csv"
"""Labels as bureaus write them, invented: the metric they mean, ``-`` for none, ``?a|b`` where only a person knows."""


@cache
def library():
    return shipped_packs()


@cache
def judged_labels():
    with LABELS.open(encoding="utf-8", newline="") as lines:
        return [(row["label"], row["metric"]) for row in csv.DictReader(lines)]


@cache
def names():
    return MetricNames(library().metrics)


@cache
def proposed_for(label):
    reading = ColumnReading(SeenColumn(label), Profile(), names(), library().tables, has_years=True)
    return propose_column(reading, {})


def propose(columns, metrics=METRICS, tables=None):
    seen = [SeenColumn(label, pl.Series(cells, dtype=pl.String)) for label, cells in columns.items()]
    return propose_columns(seen, metrics, tables or {}, sheet="企业")


# ── labels ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_labels_of_bureaus_that_are_proposed_are_all_right():
    proposed = {label for label, _ in judged_labels() if proposed_for(label).standing is Standing.PROPOSED}

    wrong = {
        label: proposed_for(label).metric
        for label, truth in judged_labels()
        if label in proposed and proposed_for(label).metric != truth
    }

    assert len(judged_labels()) >= 300
    assert wrong == {}


def test_labels_of_bureaus_are_mostly_proposed_without_asking():
    """Recall: of the 167 labels that mean a metric all but one are proposed, and that one is asked about."""
    meant = [(label, truth) for label, truth in judged_labels() if truth[0] not in "-?"]

    found = [label for label, truth in meant if proposed_for(label).metric == truth]
    proposed = [label for label in found if proposed_for(label).standing is Standing.PROPOSED]

    assert len(found) == len(meant)
    assert len(proposed) >= 0.99 * len(meant)


def test_page_for_officers_says_how_many_labels_there_are_of_each_kind():
    page = (LABELS.parents[2] / "docs" / "officers" / "mapping.md").read_text(encoding="utf-8")
    kinds = Counter({"-": "none", "?": "person"}.get(truth[0], "metric") for _, truth in judged_labels())
    asked = [
        label
        for label, truth in judged_labels()
        if truth == "-" and proposed_for(label).standing is not Standing.UNUSED
    ]

    told = (
        f"on {len(judged_labels())} labels",
        f"{kinds['metric']} mean a metric, {kinds['person']} may mean",
        f"{kinds['none']} mean none",
        f"{len(asked)} of the {kinds['none']} are asked",
    )
    assert [part for part in told if part not in page] == []


def test_labels_that_only_a_person_can_settle_are_mostly_asked_with_the_right_metric_among_those_named():
    open_ = [(label, set(truth[1:].split("|"))) for label, truth in judged_labels() if truth.startswith("?")]

    seen = [
        label
        for label, metrics in open_
        if metrics & {proposed_for(label).metric, *(match.metric for match in proposed_for(label).others)}
    ]

    assert len(seen) >= 0.75 * len(open_)


def test_own_name_of_every_metric_of_the_packs_is_never_taken_for_another():
    wrong = {}
    for metric in library().metrics.values():
        for name in (metric.id, metric.label.zh, *metric.synonyms):
            found = proposed_for(name)
            if found.standing is Standing.PROPOSED and found.metric != metric.id:
                wrong[name] = found.metric

    assert wrong == {}


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_word_that_changes_the_meaning_is_never_overlooked(data):
    metric = data.draw(st.sampled_from(list(library().metrics.values())))
    name = data.draw(st.sampled_from([metric.label.zh, *metric.synonyms]))
    word = data.draw(st.sampled_from(sorted(CHANGING)))
    label = data.draw(st.sampled_from([word + name, name + word]))
    own = {each for one in library().metrics.values() for each in (one.label.zh, *one.synonyms)}

    assert label in own or proposed_for(label).standing is not Standing.PROPOSED


@pytest.mark.parametrize(
    ("label", "words", "unit", "year"),
    [
        ("2024年营业收入（万元）", "营业收入", "CNY_10k", Year(2024, relative=False)),
        ("财务情况 / 2024年 / 其中：营业收入（万元）", "营业收入", "CNY_10k", Year(2024, relative=False)),
        ("资产总额（万元） / 年末余额", "年末余额资产总额", "CNY_10k", None),
        ("营业收入 / 合计（元）", "营业收入合计", "CNY", None),
        ("1.营业收入（万元，保留两位小数）", "营业收入", "CNY_10k", None),
        ("（一）*成立日期（yyyy-mm-dd）", "成立日期", None, None),
        ("上年研发人员", "研发人员", None, Year(-1)),
        ("万元", "万元", "CNY_10k", None),
    ],
)
def test_label_is_taken_apart_into_words_unit_and_year(label, words, unit, year):
    found = read_label(label)

    assert (found.words, found.unit and found.unit.code, found.year) == (words, unit, year)


def test_unit_of_another_kind_excludes_a_metric():
    few = MetricNames(METRICS)

    assert [match.metric for match in few.matches(read_label("营业收入（人）"))] == []
    assert [match.metric for match in few.matches(read_label("营业收入（元）"))][:1] == ["operating_revenue"]


@settings(max_examples=40, deadline=None)
@given(st.text(min_size=1, max_size=20))
def test_any_text_is_a_label_without_failing(label):
    found = propose({"企业名称": ["甲公司"], label: ["1"]})

    assert all(0.0 <= column.confidence <= 1.0 for column in found.columns)
    assert all(column.reason.zh and column.reason.en for column in found.columns)


def test_part_is_asked_together_with_the_whole_to_its_left():
    metrics = library().metrics
    found = propose(
        {
            "企业名称": ["甲"],
            "年份": ["2024"],
            "研究开发费用（万元）": ["9"],
            "其中：境内（万元）": ["8"],
            "其中：科技人员": ["3"],
        },
        metrics,
    )

    part = found.column("其中：境内（万元）")
    assert (part.standing, part.metric) == (Standing.ASKED, "rd_expense_hnte_domestic")
    assert found.column("其中：科技人员").is_settled


def test_heading_above_a_label_is_harmless_and_another_word_is_asked():
    money = ["100.5", "200", "300"]
    found = propose(
        {"企业名称": ["甲", "乙", "丙"], "年份": ["2024"] * 3, "财务指标 / 营业收入（万元）": money}
    )
    doubtful = propose(
        {"企业名称": ["甲", "乙", "丙"], "年份": ["2024"] * 3, "集团 / 营业收入（万元）": money}
    )

    assert found.column("财务指标 / 营业收入（万元）").is_settled
    assert doubtful.column("集团 / 营业收入（万元）").standing is Standing.ASKED


# ── cells ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_whole_table_is_proposed_with_subject_year_unit_and_shape():
    found = propose(
        {
            "统一社会信用代码": ["91320412MADEM0003L"],
            "企业名称": ["甲公司"],
            "年度": ["2025"],
            "营业收入（万元）": ["1200.5"],
            "研发人员": ["12"],
            "成立日期": ["2020-01-02"],
            "是否高企": ["是"],
            "备注": ["无"],
        }
    )

    assert found.subject == SubjectColumns(name="企业名称", code="统一社会信用代码")
    assert found.year_column == "年度"
    assert [(column.label, column.standing, column.metric) for column in found.columns] == [
        ("统一社会信用代码", Standing.SUBJECT, None),
        ("企业名称", Standing.SUBJECT, None),
        ("年度", Standing.YEAR, None),
        ("营业收入（万元）", Standing.PROPOSED, "operating_revenue"),
        ("研发人员", Standing.PROPOSED, "rd_staff"),
        ("成立日期", Standing.PROPOSED, "established_on"),
        ("是否高企", Standing.PROPOSED, "certified"),
        ("备注", Standing.UNUSED, None),
    ]
    assert found.column("营业收入（万元）").unit is UNITS["CNY_10k"]
    assert found.shape.columns[3] == ColumnShape("营业收入（万元）", CellType.NUMBER, "万元")
    assert replace(found.shape, columns=()) == Shape("企业", 1, ())


@pytest.mark.parametrize(
    ("label", "cells"),
    [
        ("营业收入（万元）", ["高", "低", "中"]),
        ("营业收入（万元）", ["2020-01-02", "2021-01-02", "2022-03-04"]),
        ("营业收入（万元）", ["12%", "13%", "9%"]),
        ("研发人员", ["0.5", "0.75", "0.2"]),
        ("成立日期", ["甲", "乙", "丙"]),
        ("成立日期", ["5", "6", "7"]),
        ("是否高企", ["甲公司", "乙公司", "丙公司"]),
        ("知识产权等级（2024）", ["2020-01-02", "2021-02-03", "2022-03-04"]),
    ],
)
def test_cells_that_cannot_be_values_of_the_metric_leave_the_column_unused(label, cells):
    found = propose({"企业名称": ["甲", "乙", "丙"], "年份": ["2024"] * 3, label: cells}).column(label)

    assert found.standing is Standing.UNUSED
    assert found.reason.zh
    assert found.reason.en


def test_column_of_codes_that_check_is_the_code_whatever_its_label():
    codes = ["91320412MADEM0003L", "91320412MADEM0003L"]
    found = propose({"证照号": codes, "营业收入（万元）": ["1", "2"]})

    assert found.subject == SubjectColumns(code="证照号")


def test_column_of_firms_is_the_name_whatever_comes_before_it():
    found = propose({"获证企业名称": ["武进甲科技有限公司", "乙研究院"], "研发人员": ["1", "2"]})

    assert found.subject == SubjectColumns(name="获证企业名称")


def test_file_that_names_nobody_is_asked_who_is_meant():
    found = propose({"研发人员": ["1", "2"]})

    assert found.subject == SubjectColumns()
    assert [question.answer for question in found.questions] == ["subject: {name: …}"]


def asked(proposal, label):
    return [
        (question.ask, question.is_blocking, question.answer) for question in proposal.column(label).questions
    ]


def test_money_without_a_unit_and_a_year_is_asked_and_not_read():
    found = propose({"企业名称": ["甲"], "营业收入": ["1"]})

    assert asked(found, "营业收入") == [(Ask.UNIT, True, "unit: …"), (Ask.YEAR, True, "year: …")]
    assert not found.column("营业收入").is_settled


def test_year_in_the_name_of_a_file_is_the_likely_answer_and_stays_a_question():
    found = propose({"企业名称": ["甲"], "研发人员": ["1"]})

    hinted = with_year_hint(found, ["Sheet1", "税务2025年Q2"])

    assert asked(hinted, "研发人员") == [(Ask.YEAR, True, "year: 2025")]
    assert with_year_hint(found, ["2024-2025"]) == found
    assert with_year_hint(found, ["20250630"]) == found


def test_this_year_is_asked_and_so_is_last_year_beside_it():
    found = propose({"企业名称": ["甲"], "本年研发人员": ["1"], "上年研发人员": ["2"]})
    alone = propose({"企业名称": ["甲"], "上年研发人员": ["2"]})

    assert [asked(found, label) for label in ("本年研发人员", "上年研发人员")] == [
        [(Ask.YEAR, True, "year: …")]
    ] * 2
    assert alone.column("上年研发人员").is_settled


@pytest.mark.parametrize(
    ("label", "cells", "is_blocking", "answer"),
    [
        ("营业收入（万元）", ["500", "-1.0", "820.5", "-1.0", "77"], False, 'missing: ["-1.0"]'),
        ("净利润（万元）", ["500", "-1", "820.5", "-300", "77"], True, 'missing: ["-1"]'),
        ("研发人员", ["120", "0", "35", "48", "0"], True, 'missing: ["0"]'),
        ("研发人员", ["120", "—", "35", "无", "48"], False, 'missing: ["—", "无"]'),
        ("成立日期", ["2020-01-02", "/", "2021-03-04", "2022-03-04", "/"], False, 'missing: ["/"]'),
    ],
)
def test_what_looks_like_a_missing_code_is_asked_never_applied(label, cells, is_blocking, answer):
    found = propose({"企业名称": list("甲乙丙丁戊"), "年份": ["2024"] * 5, label: cells})

    [(ask, blocks, likely)] = asked(found, label)
    assert (ask, blocks) == (Ask.MISSING, is_blocking)
    assert sorted(likely) == sorted(answer)
    assert found.column(label).missing == ()


@pytest.mark.parametrize(
    ("label", "cells"),
    [
        ("Ⅰ类知识产权", ["0", "1", "0", "3", "2"]),
        ("研发人员", ["0", "1", "5", "120", "9"]),
        ("净利润（万元）", ["-1", "3", "-2", "4", "1"]),
        ("成立日期", ["2020-01-02"] * 5),
    ],
)
def test_zeros_and_small_losses_among_their_like_are_not_asked(label, cells):
    found = propose({"企业名称": list("甲乙丙丁戊"), "年份": ["2024"] * 5, label: cells})

    assert asked(found, label) == []
    assert found.column(label).is_settled


def test_shares_that_never_exceed_one_are_asked_whether_they_are_fractions():
    cells = {"企业名称": ["甲", "乙"], "年份": ["2024"] * 2, "市场占有率（%）": ["0.3", "0.25"]}

    assert asked(propose(cells), "市场占有率（%）") == [(Ask.UNIT, True, "unit: 小数")]


def test_marks_of_a_yes_no_column_are_asked():
    found = propose({"企业名称": ["甲", "乙"], "是否高企": ["√", "×"]})

    [(ask, is_blocking, answer)] = asked(found, "是否高企")
    assert (ask, is_blocking) == (Ask.WORDS, True)
    assert "'√'" in answer


def test_two_columns_of_one_metric_and_year_are_both_asked():
    found = propose(
        {"企业名称": ["甲"], "2024年研发人员": ["1"], "研发人员(2024)": ["2"], "2023年研发人员": ["3"]}
    )

    assert [column.standing for column in found.columns[1:]] == [
        Standing.ASKED,
        Standing.ASKED,
        Standing.PROPOSED,
    ]


def test_halves_of_a_whole_are_asked_about_when_nothing_gives_the_whole():
    halves = {"企业名称": ["甲"], "年份": ["2024"], "流动资产合计": ["1"], "非流动资产合计": ["2"]}
    found = propose(halves)

    assert [question.answer for question in found.questions] == [
        "资产合计: {metric: total_assets, sum: [流动资产合计, 非流动资产合计], unit: …}"
    ]
    assert propose({**halves, "资产总额": ["3"]}).questions == ()


def test_list_of_only_yes_is_asked_whether_it_is_complete():
    found = propose({"企业名称": ["甲", "乙"], "是否高企": ["是", "是"]})

    assert [(question.ask, question.is_blocking) for question in found.questions] == [(Ask.LIST, False)]
    assert propose({"企业名称": ["甲", "乙"], "是否高企": ["是", "否"]}).questions == ()


def test_definition_that_warns_of_its_like_is_asked():
    warned = Metric(
        "warned",
        Text("研究人员", "researchers"),
        Kind.QUANTITY,
        PeriodKind.AT_APPLICATION,
        UNITS["person"],
        definition=Text("与科技人员不是同一口径", "not the same as technology staff"),
    )
    found = propose({"企业名称": ["甲"], "研究人员": ["1"]}, {"warned": warned}).column("研究人员")

    assert (found.standing, found.metric) == (Standing.ASKED, "warned")
    assert "不是同一口径" in found.reason.zh


def test_industry_codes_are_read_through_their_table():
    packs = library()
    found = propose(
        {"企业名称": ["甲", "乙"], "行业代码": ["C3670", "6513"]}, packs.metrics, packs.tables
    ).column("行业代码")

    assert (found.standing, found.metric, found.table) == (
        Standing.PROPOSED,
        "size_industry",
        packs.tables["size-industry"],
    )


def test_column_about_persons_shows_no_cell():
    found = propose({"企业名称": ["甲"], "联系人": ["张三"], "备注": ["13800000000 李四"]})

    assert [(column.standing, column.examples) for column in found.columns[1:]] == [(Standing.PERSON, ())] * 2
    assert [column.type for column in found.shape.columns[1:]] == [CellType.PERSON] * 2
    assert all(column.words == () for column in found.shape.columns)


def test_order_of_columns_changes_no_proposal():
    cells = {
        "企业名称": ["甲"],
        "年份": ["2024"],
        "研发人员": ["1"],
        "营业收入（万元）": ["5"],
        "备注": [None],
    }
    backwards = dict(reversed(cells.items()))

    assert {column.label: column for column in propose(cells).columns} == {
        column.label: column for column in propose(backwards).columns
    }


def test_territory_is_taken_from_codes_and_asked_of_names():
    codes = propose({"企业名称": ["甲"], "行政区划代码": ["320412"]}).column("行政区划代码")
    names = propose({"企业名称": ["甲"], "所属镇街": ["湖塘镇"]}).column("所属镇街")
    other = propose({"企业名称": ["甲"], "邮政编码": ["213161"]}).column("邮政编码")

    assert [(column.standing, column.is_open) for column in (codes, names, other)] == [
        (Standing.TERRITORY, False),
        (Standing.TERRITORY, True),
        (Standing.UNUSED, False),
    ]
