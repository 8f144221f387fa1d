"""Worked examples: what is read, what is judged, and what is said when an answer is another than expected."""

import pytest
from tests.pack_for_tests import EXAMPLES, POLICY, read_pack

from yumiao.rules.examples import read_examples, run_examples


def run(folder, examples, policy=POLICY):
    library = read_pack(folder, examples=examples, policy=policy)
    return run_examples(library, [folder / "packs"])


def one(expected, facts="{}", more=""):
    """The examples of the pack with one more, which says what differs from the base."""
    return f"""{EXAMPLES}  - id: SEED-02
    title: another
    base: sound
    {more}
    facts: {facts}
    expected: {expected}
"""


def said(report, language="en"):
    return [difference.text.words(language) for result in report.failed for difference in result.differences]


def wrong(report):
    return [
        (problem.code, problem.line, problem.path, problem.text.en)
        for result in report.failed
        for problem in result.problems
    ]


def test_example_as_expected_passes(tmp_path):
    report = run(tmp_path, EXAMPLES)

    assert [(result.example.id, result.passed) for result in report.results] == [("SEED-01", True)]
    assert report.summary.en == "1 example, 1 passed, 0 failed"


@pytest.mark.parametrize(
    ("expected", "facts", "difference"),
    [
        ("{verdict: met}", "{tech_staff: 19}", "verdict: expected met, found not_met"),
        (
            "{conditions: {S1_staff: met}}",
            "{tech_staff: null}",
            "condition S1_staff: expected met, found undetermined",
        ),
        ("{points: {growth: 1}}", "{}", "points of growth: expected 1 points, found 2 points"),
        (
            "{points: {patents: 3}}",
            "{}",
            "points of patents: expected 3 points, found 3–4 points",
        ),
        ("{total: {min: 6, max: 8}}", "{}", "total: expected 6–8 points, found 7–8 points"),
        ("{route: none}", "{}", "route: expected none, found score"),
        ("{route: graded}", "{}", "route: expected graded, found score"),
        (
            "{reason: expert_range}",
            "{honest: null}",
            "one of the reasons: expected expert_range, found missing_facts",
        ),
        ("{reasons: []}", "{honest: null}", "reasons: expected none, found missing_facts"),
        (
            "{gaps: {S1_staff: 2}}",
            "{tech_staff: 19}",
            "gap of condition S1_staff: expected 2 persons, found 1 persons",
        ),
        ("{gaps: {S1_staff: null}}", "{}", "gap of condition S1_staff: expected unknown, found 0 persons"),
        ("{conditions: {S9: met}}", "{}", "condition S9: expected met, found no such condition"),
        ("{points: {nothing: 1}}", "{}", "points of nothing: expected 1 points, found no such part"),
    ],
)
def test_example_with_another_answer_names_what_was_expected_and_found(tmp_path, expected, facts, difference):
    assert said(run(tmp_path, one(expected, facts))) == [difference]


def test_example_says_differences_in_chinese(tmp_path):
    report = run(tmp_path, one("{verdict: met}", "{tech_staff: 19}"))

    assert said(report, "zh") == ["结论：应为 met（符合），得到 not_met（不符合）"]


def test_example_of_money_tells_the_gap_in_the_unit_of_the_metric(tmp_path):
    facts = "{rd_expense: {2023: 0, 2024: 0, 2025: 154.5}}"

    assert run(tmp_path, one("{gaps: {S2_rd: 0.5}}", facts)).passed


def test_change_of_one_year_keeps_the_other_years_of_the_base(tmp_path):
    assert run(tmp_path, one("{points: {growth: 1}}", "{sales: {2025: 1000.000001}}")).passed


def test_null_makes_one_year_or_the_whole_fact_unknown(tmp_path):
    one_year = one("{conditions: {S2_rd: undetermined}}", "{rd_expense: {2024: null, 2023: 0, 2025: 0}}")
    whole = one("{conditions: {S2_rd: undetermined}}", "{rd_expense: null}")

    assert run(tmp_path / "a", one_year).passed
    assert run(tmp_path / "b", whole).passed


def test_interval_is_a_fact_known_within_bounds(tmp_path):
    report = run(
        tmp_path, one("{verdict: met, conditions: {S1_staff: met}}", "{tech_staff: {min: 20, max: 30}}")
    )

    assert report.passed


def test_setting_of_an_example_takes_another_reading(tmp_path):
    assert run(tmp_path, one("{verdict: met}", "{honest: false}", "settings: {honesty: waived}")).passed


@pytest.mark.parametrize(
    ("facts", "problem"),
    [
        (
            "{tech_stuff: 3}",
            (
                "example.fact",
                24,
                "examples[1].facts.tech_stuff",
                "no metric 'tech_stuff'; nearest: tech_staff",
            ),
        ),
        (
            "{tech_staff: -1}",
            (
                "example.value",
                24,
                "examples[1].facts.tech_staff",
                "impossible value: tech_staff: -1 is outside its domain [0.0, ∞]",
            ),
        ),
        (
            "{sales: {2025: many}}",
            (
                "example.value",
                24,
                "examples[1].facts.sales.2025",
                "impossible value: not a finite decimal number: 'many'",
            ),
        ),
        (
            "{honest: {2025: true}}",
            ("example.year", 24, "examples[1].facts.honest.2025", "honest has no years"),
        ),
        (
            "{tech_staff: 201}",
            (
                "example.constraint",
                24,
                "examples[1].facts",
                "tech_staff@2025 is more than staff_total",
            ),
        ),
        (
            "{fiscal_years: [2024, 2025]}",
            (
                "example.fiscal_years",
                24,
                "examples[1].facts.fiscal_years",
                "the founding date gives the fiscal years [2023, 2024, 2025]",
            ),
        ),
    ],
)
def test_impossible_fact_is_an_error_of_the_example(tmp_path, facts, problem):
    assert wrong(run(tmp_path, one("{verdict: met}", facts))) == [problem]


def test_unknown_policy_and_setting_are_errors_of_the_example(tmp_path):
    policy = run(tmp_path / "a", one("{verdict: met}", more="policy: sead"))
    setting = run(tmp_path / "b", one("{verdict: met}", more="settings: {honesty: asket}"))

    assert wrong(policy) == [
        ("example.policy", 23, "examples[1].policy", "no policy is called sead; did you mean seed?")
    ]
    assert wrong(setting) == [
        (
            "example.setting",
            23,
            "examples[1].settings.honesty",
            "seed@seed-2025 has no switch honesty=asket; nearest: asked",
        )
    ]


def test_family_out_of_force_is_an_error_and_a_named_version_is_not(tmp_path):
    before = "as_of: 2024-12-31\n    policy: "
    years = "{staff_total: 200, tech_staff: 20, rd_expense: {2021: 9, 2022: 9}, sales: {2021: 9, 2022: 9}}"

    family = run(tmp_path / "a", one("{verdict: met}", years, before + "seed"))
    version = run(tmp_path / "b", one("{verdict: met}", years, before + "seed-2025"))

    assert [problem[0] for problem in wrong(family)] == ["example.policy"]
    assert version.passed


def test_policy_without_meaning_is_an_error_of_its_examples(tmp_path):
    report = run(tmp_path, EXAMPLES, POLICY.replace("total >= 6 分", "total >= 6 件"))

    assert [(code, path) for code, _, path, _ in wrong(report)] == [("example.policy", "examples[0].policy")]


def test_file_of_another_shape_says_where(tmp_path):
    examples = one("{verdikt: met}").replace(
        "base: sound\n    expected: {verdict: met}", "base: sond\n    expected: {verdict: met}"
    )
    read_pack(tmp_path, examples=examples)

    found, problems = read_examples(tmp_path / "packs")

    assert found == ()
    assert [(problem.line, problem.path) for problem in problems] == [(25, "examples[1].expected.verdikt")]


def test_unknown_base_and_second_use_of_an_id_are_problems_of_the_file(tmp_path):
    examples = (
        one("{verdict: met}")
        .replace("SEED-02", "SEED-01")
        .replace("another\n    base: sound", "another\n    base: sond")
    )
    read_pack(tmp_path, examples=examples)

    _, problems = read_examples(tmp_path / "packs")

    assert [(problem.code, problem.line, problem.text.en) for problem in problems] == [
        ("example.duplicate", 20, "example SEED-01 stands twice"),
        ("example.base", 22, "no base 'sond'; nearest: sound"),
    ]


def test_report_names_file_line_and_example(tmp_path):
    report = run(tmp_path, one("{verdict: met}", "{tech_staff: 19}"))

    assert list(report.lines("en")) == [
        f"{tmp_path}/packs/cn/examples/seed.yaml:20  SEED-02  another",
        "    verdict: expected met, found not_met",
        "2 examples, 1 passed, 1 failed",
    ]
