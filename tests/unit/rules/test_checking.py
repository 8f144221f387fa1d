"""Checking packs: each fault is found where it stands, all in one run, and shown so that it can be put right."""

import pytest
from tests.pack_for_tests import EXAMPLES, METRICS, POLICY, write_pack

from yumiao.packs.library import read_packs
from yumiao.rules.checking import check_packs, show_problems


def check(folder, **texts):
    library, reading = read_packs([write_pack(folder, **texts)])
    return check_packs(library, reading)


def found(folder, **texts):
    return [(problem.path, problem.text.en.split("\n")[0]) for problem in check(folder, **texts)]


def changed(text, *changes):
    for before, after in changes:
        assert text.count(before) >= 1, before
        text = text.replace(before, after, 1)
    return text


def test_sound_pack_has_no_problems(tmp_path):
    assert check(tmp_path) == ()
    assert show_problems(()) == "没有问题。"


# ── what is written has a meaning ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("before", "after", "path", "message"),
    [
        (
            "tech_staff / staff_total",
            "tech_stuff / staff_total",
            "conditions.S1_staff.need",
            "no metric 'tech_stuff'; nearest: tech_staff",
        ),
        (
            "{switch: honesty, asked: honest,",
            "{switch: honesty, asked: honist,",
            "conditions.S3_honest.need.asked",
            "no condition, route or metric is called 'honist'; nearest: honest",
        ),
        (
            "waived: always}\n",
            "waived: sales}\n",
            "conditions.S3_honest.need.waived",
            "sales is no yes/no fact; compare it with something",
        ),
        (
            "need: total >= 6 分",
            "need: totel.growth >= 6 分 and total >= 6 分",
            "conditions.S4_score.need",
            "no metric 'totel.growth'",
        ),
        (
            "need: total >= 6 分",
            "need: at least 3 of S1_staff, total >= 6 分",
            "conditions.S4_score.need",
            "only 2 parts; 3 cannot hold",
        ),
        (
            "sum(sales, last 3 FY) >=",
            "sum(staff_total, last 3 FY) >=",
            "conditions.S2_rd.need",
            "staff_total is a stock at year end; years of it do not add up",
        ),
        ("by: sales", "by: honest", "parameters.required_share.by", "honest is no quantity"),
        (
            "{to: 5000 万元",
            "{to: 5000 人",
            "parameters.required_share.bands[0].to",
            "5000 人 is a number of people; sales is money. Meant 5000 万元?",
        ),
        (
            "patents >= 3 件",
            "patents >= 3 人",
            "scores.total.parts.patents.bands[0].when",
            "3 人 is a number of people; patents is a number of items. Meant 3 件?",
        ),
        (
            "value: growth(sales)",
            "value: growth(sals)",
            "scores.total.parts.growth.value",
            "no metric 'sals'; nearest: sales",
        ),
        (
            "{from: 10%",
            "{from: 10 人",
            "scores.total.parts.growth.bands[0].from",
            "unlike units: the left side is ratio, the right side person",
        ),
        (
            "points: system_points",
            "points: patents",
            "scores.total.parts.rules.points",
            "expected a metric in points",
        ),
        ("        of: 2 分\n", "", "scores.total.parts.growth", "score part growth has no `of`"),
        ("when: grade is A", "when: grade is C", "routes.graded.when", "grade has no value 'C'; known: A, B"),
        (
            "[S1_staff, S2_rd",
            "[S1_staf, S2_rd",
            "met_when[0]",
            "no condition, route or metric is called 'S1_staf'; nearest: S1_staff",
        ),
    ],
)
def test_statement_without_meaning_is_found_where_it_stands(tmp_path, before, after, path, message):
    problems = found(tmp_path, policy=changed(POLICY, (before, after)))

    assert (path, message) in problems
    assert [place for place, _ in problems if place == path] == [path]


def test_every_fault_of_one_expression_and_of_one_version_is_found_in_one_run(tmp_path):
    policy = changed(
        POLICY,
        ("tech_staff / staff_total >= 10%", "tech_stuff / staf_total >= 10% and honist"),
        ("need: total >= 6 分", "need: total >= 6 件"),
        ("when: grade is A", "when: grade is C"),
    )

    assert [problem.path for problem in check(tmp_path, policy=policy)] == [
        "conditions.S1_staff.need",
        "conditions.S1_staff.need",
        "conditions.S1_staff.need",
        "conditions.S4_score.need",
        "routes.graded.when",
    ]


def test_fault_of_a_parameter_is_not_repeated_where_it_is_used(tmp_path):
    problems = found(tmp_path, policy=changed(POLICY, ("by: sales", "by: sals")))

    assert problems == [("parameters.required_share.by", "no metric 'sals'; nearest: sales")]


def test_file_that_cannot_be_read_does_not_make_its_metrics_unknown(tmp_path):
    problems = found(tmp_path, metrics=changed(METRICS, ("unit: person", "unit: persons")))

    assert [path for path, _ in problems] == ["metrics.staff_total"]


# ── a version is whole ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ("    cite: 第二条\n", "", ("conditions.S1_staff", "no clause: add `cite`")),
        ("    cite: 第三条\n    by", "    by", ("parameters.required_share", "no clause: add `cite`")),
        ("[S1_staff, S2_rd", "[S2_rd", ("conditions.S1_staff", "nothing uses S1_staff")),
        (", any route]", ", S4_score]", ("routes.score", "nothing uses score")),
        (
            "need: total >= 6 分",
            "need: total.growth >= 1 分 and total.rules >= 1 分",
            ("scores.total.parts.patents", "nothing uses total.patents"),
        ),
        (
            "required_share:\n",
            "spare: {is: 3%, cite: 第三条}\n  required_share:\n",
            ("parameters.spare", "nothing uses spare"),
        ),
        (
            "need: {switch: honesty, asked: honest, waived: always}",
            "need: honest",
            ("switches.honesty", "nothing uses honesty"),
        ),
        (
            "{switch: honesty, asked",
            "{switch: honest, asked",
            ("conditions.S3_honest.need.switch", "no switch 'honest'; nearest: honesty"),
        ),
        (
            "waived: always}\n",
            "waved: always}\n",
            ("conditions.S3_honest.need.waved", "honesty has no reading 'waved'; nearest: waived"),
        ),
        (
            ", waived: always}\n",
            "}\n",
            ("conditions.S3_honest.need", "reading 'waived' of honesty is missing"),
        ),
        (
            "need: total >= 6 分",
            "need: S1_staff and S4_score and total >= 6 分",
            ("conditions.S4_score.need", "conditions rest on each other: S4_score → S4_score"),
        ),
        (
            "of: 2 分",
            "of: 3 分",
            ("scores.total.of", "the maxima of the parts add up to 4 + 3 + 4 = 11, not 10"),
        ),
        (
            "points: 3–4}",
            "points: 3–5}",
            ("scores.total.parts.patents.bands[0].points", "3–5 points are more than the 4"),
        ),
        (
            "{from: 10%, points: 2}",
            "{from: -1%, points: 2}",
            ("scores.total.parts.growth.bands[1]", "the bands before take all values of this one"),
        ),
        (
            "patents >= 3 件",
            "patents >= 1 件",
            ("scores.total.parts.patents.bands[1]", "the bands before take all values of this one"),
        ),
        (
            "- {else, is: 3%}",
            "- {above: 6000 万元, is: 3%}",
            ("parameters.required_share.bands", "the last band is `else`, so that every value has its band"),
        ),
        ("grants: {title: seed", "grants: {title: sead", ("grants.title", "no title 'sead'; nearest: seed")),
        ("{patents: seed}", "{patents: sead}", ("counts.patents", "no count patents.sead; nearest: seed")),
        (
            "until: 2026-08-31",
            "until: 2026-05-31",
            ("windows[0]", "ends before it begins"),
        ),
    ],
)
def test_part_that_is_missing_unused_or_does_not_fit_is_found(tmp_path, before, after, problem):
    assert problem in found(tmp_path, policy=changed(POLICY, (before, after)))


def test_name_that_means_two_things_is_a_problem(tmp_path):
    policy = changed(POLICY, ("  graded: {zh", "  grade: {zh"))

    assert found(tmp_path, policy=policy) == [
        ("routes.grade", "grade already stands in metrics: one name, one meaning")
    ]


def test_open_parameter_says_who_below_sets_it(tmp_path):
    bands = POLICY[POLICY.index("    by: sales") : POLICY.index("scores:")]
    nobody = changed(POLICY, (bands, "    is: unknown\n"))
    district = changed(POLICY, (bands, "    is: unknown\n    open_to: [district]\n"))
    above = changed(district, ("judges: enterprise", 'judges: enterprise\nterritory: "320412"'))

    assert found(tmp_path / "a", policy=nobody) == [
        ("parameters.required_share", "an open parameter says who sets it: add `open_to`")
    ]
    assert found(tmp_path / "b", policy=district) == []
    assert found(tmp_path / "c", policy=above) == [
        ("parameters.required_share.open_to", "district is not below district; it cannot set this")
    ]


def test_unknown_confidence_is_a_problem_of_the_shape(tmp_path):
    problems = check(tmp_path, policy=changed(POLICY, ("confidence: confirmed_2", "confidence: sure")))

    assert ("documents[0].confidence", 5) in [(problem.path, problem.line) for problem in problems]


def test_versions_that_apply_on_the_same_day_are_a_problem(tmp_path):
    root = write_pack(tmp_path)
    later = changed(
        POLICY, ("version: seed-2025", "version: seed-2026"), ("from: 2025-01-01", "from: 2026-01-01")
    )
    (root / "cn" / "policies" / "seed" / "2026.yaml").write_text(later, encoding="utf-8")

    library, reading = read_packs([root])

    assert [(problem.path, problem.text.en) for problem in check_packs(library, reading)] == [
        ("version", "no worked example: write at least one in `examples`"),
        ("applies[0]", "from 2026-01-01 both this and seed@seed-2025 apply to first_application"),
    ]


# ── metrics, registers, examples ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        (
            "label: {zh: 职工总数, en: All staff}",
            "label: {zh: 职工总数}",
            (
                "metrics.staff_total.label",
                "a policy asks for staff_total: it needs a label in both languages",
            ),
        ),
        (
            '    question: {zh: "{period}有多少职工？", en: "How many staff in {period}?"}\n',
            "",
            (
                "metrics.staff_total.question",
                "a policy asks for staff_total: it needs a `question` in both languages",
            ),
        ),
        (
            "derived: holds(seed)",
            "derived: holds(sead)",
            ("metrics.holds_seed.derived", "no title 'sead'; nearest: seed"),
        ),
        (
            "derived: holds(seed)",
            "derived: class(seed) is big",
            ("metrics.holds_seed.derived", "no policy with classes is called 'seed'; nearest: seed"),
        ),
        (
            "derived: holds(seed)",
            "derived: honest and not holds_seed",
            ("metrics.holds_seed.derived", "derivations rest on each other: holds_seed → holds_seed"),
        ),
        (
            "kind is invention and valid",
            "kind is inventoin and valid",
            ("registers.ip.counts.patents.seed", "no value 'inventoin'; nearest: invention"),
        ),
        (
            "kind is invention and valid",
            "kind is invention and vallid",
            ("registers.ip.counts.patents.seed", "no column 'vallid'; nearest: valid"),
        ),
        (
            "kind is invention and valid",
            "kind is invention and granted_on",
            ("registers.ip.counts.patents.seed", "granted_on is no yes/no column"),
        ),
        (
            "      valid: bool",
            "      valid: text",
            ("registers.ip.counts.patents.seed", "valid is text, which no filter can read"),
        ),
        (
            "kind is invention and valid",
            "kind is invention and days(granted_on, application_date) > 3 件",
            (
                "registers.ip.counts.patents.seed",
                "unlike units: the left side is day, the right side item",
            ),
        ),
        (
            "    counts:\n      patents:",
            "    from: granted\n    counts:\n      patents:",
            ("registers.ip.from", "no column 'granted'; nearest: granted_on"),
        ),
        (
            "    counts:\n      patents:",
            "    number: granted_on\n    counts:\n      patents:",
            ("registers.ip.number", "granted_on is of type date, expected text"),
        ),
        (
            "    counts:\n      patents:",
            "    once: {valid: {when: kind is inventoin, on: granted_on}}\n    counts:\n      patents:",
            ("registers.ip.once.valid.when", "no value 'inventoin'; nearest: invention"),
        ),
        (
            "    counts:\n      patents:",
            "    counts:\n      patent:",
            ("registers.ip.counts.patent", "no metric 'patent'; nearest: patents"),
        ),
    ],
)
def test_definition_that_does_not_fit_is_found(tmp_path, before, after, problem):
    assert problem in found(tmp_path, metrics=changed(METRICS, (before, after)))


def test_metric_that_no_policy_asks_for_needs_no_question(tmp_path):
    unused = "  unused:\n    label: {zh: 无用}\n    unit: bool\n    period: at_application\nconstraints:"

    assert found(tmp_path, metrics=changed(METRICS, ("constraints:", unused))) == []


def test_version_without_an_example_is_a_problem(tmp_path):
    examples = changed(EXAMPLES, ("policy: seed", "policy: other"))

    assert found(tmp_path, examples=examples) == [
        ("version", "no worked example: write at least one in `examples`")
    ]


def test_fault_of_an_example_file_is_among_the_problems(tmp_path):
    problems = check(tmp_path, examples=changed(EXAMPLES, ("expected:", "expects:")))

    assert [(problem.path, problem.line) for problem in problems if "examples" in problem.file] == [
        ("examples", 15),
        ("examples[0]", 16),
        ("examples[0].expects", 19),
    ]


# ── a table of classes ────────────────────────────────────────────────────────────────────────────────

TABLE = """
class_table:
  by: grade
  cite: 附表
  classes: [large, small]
  labels: {large: {zh: 大, en: Large}, small: {zh: 小, en: Small}}
  bounds:
    A: {staff_total: [100]}
    B: {sales: [2000]}
"""


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ("by: grade", "by: sales", ("class_table.by", "sales is no metric with categories")),
        ("    B: {", "    C: {", ("class_table.bounds.C", "grade has no C")),
        ("    B: {sales: [2000]}\n", "", ("class_table.bounds", "no bounds for grade B")),
        (
            "{sales: [2000]}",
            "{sale: [2000]}",
            ("class_table.bounds.B.sale", "no quantity 'sale'; nearest: sales"),
        ),
        (
            "{staff_total: [100]}",
            "{staff_total: [100, 50]}",
            ("class_table.bounds.A.staff_total", "at most 1 lower bounds"),
        ),
        (", small: {zh: 小, en: Small}", "", ("class_table.labels", "class small has no label")),
    ],
)
def test_fault_of_a_class_table_is_found(tmp_path, before, after, problem):
    head = POLICY[: POLICY.index("counts:")]

    assert problem in found(tmp_path, policy=head + changed(TABLE, (before, after)))


# ── how it is shown ───────────────────────────────────────────────────────────────────────────────────


def test_problems_are_shown_with_place_expression_mark_and_count(tmp_path):
    policy = changed(
        POLICY, ("sum(rd_expense,", "sum(rd_expence,"), ("{to: 5000 万元, is: 5%}", "{to: 5000 人, is: 5%}")
    )

    shown = show_problems(check(tmp_path, policy=policy), "en")

    assert shown == (
        "packs/cn/policies/seed/2025.yaml:23  conditions.S2_rd.need\n"
        "  sum(rd_expence, last 3 FY) / sum(sales, last 3 FY) >= required_share\n"
        "      ^^^^^^^^^^ no metric 'rd_expence'; nearest: rd_expense\n"
        "packs/cn/policies/seed/2025.yaml:40  parameters.required_share.bands[0].to\n"
        "  5000 人\n"
        "  ^^^^^^^ 5000 人 is a number of people; sales is money. Meant 5000 万元?\n"
        "2 problems in 1 file."
    )


def test_problems_are_shown_in_chinese(tmp_path):
    shown = show_problems(check(tmp_path, policy=changed(POLICY, ("sum(rd_expense,", "sum(rd_expence,"))))

    assert shown == (
        "packs/cn/policies/seed/2025.yaml:23  conditions.S2_rd.need\n"
        "  sum(rd_expence, last 3 FY) / sum(sales, last 3 FY) >= required_share\n"
        "      ^^^^^^^^^^ 没有口径 rd_expence；最接近的是 rd_expense（研发费用）\n"
        "1 个文件中有 1 处问题。"
    )


def test_long_expression_is_shown_around_the_wrong_word(tmp_path):
    need = (
        " and ".join(["tech_staff / staff_total >= 10%"] * 6)
        + " and honist and "
        + " and ".join(["honest"] * 20)
    )
    policy = changed(POLICY, ("need: tech_staff / staff_total >= 10%", f"need: {need}"))

    lines = show_problems(check(tmp_path, policy=policy), "en").split("\n")

    assert len(lines[1]) <= 110
    start = lines[2].index("^")
    assert lines[1][start : start + 6] == "honist"


def test_mark_stands_below_the_word_behind_chinese_characters(tmp_path):
    policy = changed(POLICY, ("need: total >= 6 分", "need: total >= 6 分 and sales >= 3 万元 and honist"))

    lines = show_problems(check(tmp_path, policy=policy), "en").split("\n")

    assert lines[1] == "  total >= 6 分 and sales >= 3 万元 and honist"
    assert lines[2].index("^") == lines[1].index("honist") + 3
