"""Mutants of a policy: which ones there are, and which of them the examples notice."""

from tests.pack_for_tests import EXAMPLES, METRICS, POLICY, read_pack

from yumiao.rules.examples import read_examples
from yumiao.rules.mutants import mutants_of
from yumiao.rules.mutations import mutation_report


def mutants(folder, **texts):
    library = read_pack(folder, **texts)
    return [(mutant.path, mutant.what.en) for mutant in mutants_of(library, library.policies[0])]


def changes(folder, path, **texts):
    return [what for place, what in mutants(folder, **texts) if place == path]


def test_ratio_moves_by_a_ten_thousandth_of_a_percentage_point_and_its_operator_is_swapped(tmp_path):
    assert changes(tmp_path, "conditions.S1_staff.need") == [
        ">= → >",
        "10 % → 10.0001 %",
        "10 % → 9.9999 %",
    ]


def test_edge_of_a_bracket_moves_by_one_fen_and_to_the_other_side(tmp_path):
    found = mutants(tmp_path)

    assert [what for path, what in found if path.startswith("parameters.required_share.bands[0]")] == [
        "5000 万元 → 5000.000001 万元",
        "5000 万元 → 4999.999999 万元",
        "5 % → 5.0001 %",
        "5 % → 4.9999 %",
        "to 5000 万元 → below",
    ]


def test_count_moves_by_one_and_points_by_one_at_each_end(tmp_path):
    found = mutants(tmp_path)

    assert [what for path, what in found if path.startswith("scores.total.parts.patents.bands[0]")] == [
        ">= → >",
        "3 件 → 4 件",
        "3 件 → 2 件",
        "3–4 → 2–4",
        "3–4 → 4",
        "3–4 → 3",
        "3–4 → 3–5",
    ]


def test_threshold_of_a_score_moves_to_the_next_points_that_can_be_reached(tmp_path):
    policy = POLICY.replace("points: system_points", "bands: [{when: honest, points: 4}, {else, points: 0}]")
    policy = policy.replace("points: 3–4", "points: 4").replace("points: 1–2", "points: 4")
    policy = policy.replace("{from: 10%, points: 2}", "{from: 10%, points: 2}").replace(
        "points: 1}", "points: 2}"
    )

    assert changes(tmp_path, "conditions.S4_score.need", policy=policy) == [
        ">= → >",
        "6 分 → 7 分",
        "6 分 → 4 分",
    ]


def need_changes(folder, need):
    policy = POLICY.replace("need: total >= 6 分", f"need: '{need}'")
    return changes(folder, "conditions.S4_score.need", policy=policy)


def test_quantifiers_are_exchanged_and_each_part_is_left_out(tmp_path):
    assert need_changes(tmp_path, "any of S1_staff, not S2_rd, honest") == [
        "any of → at least 2 of",
        "any of → all of",
        "S1_staff → —",
        "not S2_rd → —",
        "honest → —",
        "not S2_rd → S2_rd",
    ]


def test_years_and_dates_move_by_one(tmp_path):
    assert need_changes(tmp_path, "established_on >= 2019-01-01 and sales[2023] >= 1 万元") == [
        "all of → any of",
        "established_on >= 2019-01-01 → —",
        "sales[2023] >= 1 万元 → —",
        "established_on >= 2019-01-01: >= → >",
        "established_on >= 2019-01-01: 2019-01-01 → 2019-01-02",
        "established_on >= 2019-01-01: 2019-01-01 → 2018-12-31",
        "sales[2023] >= 1 万元: >= → >",
        "sales[2023] >= 1 万元: sales[2023] → sales[2024]",
        "sales[2023] >= 1 万元: sales[2023] → sales[2022]",
        "sales[2023] >= 1 万元: 1 万元 → 1.000001 万元",
        "sales[2023] >= 1 万元: 1 万元 → 0.999999 万元",
    ]


def test_statement_of_every_year_is_asked_of_any_and_of_another_number_of_years(tmp_path):
    assert need_changes(tmp_path, "in each of last 2 FY: sales >= 1 万元")[:3] == [
        "each of last 2 FY → any of last 2 FY",
        "each of last 2 FY → each of last 3 FY",
        "each of last 2 FY → each of last 1 FY",
    ]


def test_lower_bounds_of_a_class_table_move_by_one_step(tmp_path):
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

    assert mutants(tmp_path, policy=POLICY[: POLICY.index("counts:")] + table) == [
        ("class_table.bounds.A.staff_total[0]", "100 → 101"),
        ("class_table.bounds.A.staff_total[0]", "100 → 99"),
        ("class_table.bounds.B.sales[0]", "2000 → 2000.000001"),
        ("class_table.bounds.B.sales[0]", "2000 → 1999.999999"),
    ]


def test_near_misses_and_dates_in_force_have_no_mutants(tmp_path):
    policy = POLICY + "near_miss: {within: 10%, at_most: 1}\n"

    assert mutants(tmp_path / "a", policy=policy) == mutants(tmp_path / "b")


def report(folder, examples, **texts):
    library = read_pack(folder, examples=examples, **texts)
    return mutation_report(library, read_examples(folder / "packs")[0])


SMALL = (
    POLICY[: POLICY.index("conditions:")]
    + """\
conditions:
  S1_staff:
    zh: 科技人员占职工总数的比例不低于10%
    cite: 第二条
    need: tech_staff >= 10 人
met_when: [S1_staff]
"""
)

BOTH_SIDES = """\
bases:
  sound: {policy: seed, as_of: 2026-06-01, facts: {staff_total: 200, tech_staff: 10}}
examples:
  - {id: SEED-01, title: ten, base: sound, expected: {verdict: met}}
  - {id: SEED-02, title: nine, base: sound, facts: {tech_staff: 9}, expected: {verdict: not_met}}
"""


def test_examples_on_both_sides_of_a_threshold_notice_every_mutant(tmp_path):
    found = report(tmp_path, BOTH_SIDES, policy=SMALL)

    assert [(result.mutant.what.en, result.killer) for result in found.results] == [
        (">= → >", "SEED-01"),
        ("10 人 → 11 人", "SEED-01"),
        ("10 人 → 9 人", "SEED-02"),
    ]
    assert list(found.lines("en")) == ["3 mutants, 3 killed"]


def test_mutant_that_no_example_notices_is_listed_with_its_place(tmp_path):
    one_side = BOTH_SIDES[: BOTH_SIDES.index("  - {id: SEED-02")]

    found = report(tmp_path, one_side, policy=SMALL)

    assert list(found.lines("en")) == [
        "seed@seed-2025: 1",
        "  packs/cn/policies/seed/2025.yaml:17  conditions.S1_staff.need  10 人 → 9 人",
        "3 mutants, 2 killed",
    ]


def test_unknown_facts_notice_what_only_a_compiled_policy_can_tell(tmp_path):
    policy = SMALL.replace("tech_staff >= 10 人", "tech_staff >= 10 人 or honest")
    unknown = BOTH_SIDES.replace("tech_staff: 10}", "tech_staff: 10, honest: null}").replace(
        "expected: {verdict: not_met}", "expected: {verdict: undetermined}"
    )

    assert [result.mutant.what.en for result in report(tmp_path, unknown, policy=policy).survivors] == []


def test_example_that_fails_notices_nothing(tmp_path):
    wrong = BOTH_SIDES.replace("{verdict: not_met}", "{verdict: met}")

    assert len(report(tmp_path, wrong, policy=SMALL).survivors) == 1


def test_maximum_that_does_not_add_up_is_noticed_by_the_check(tmp_path):
    found = report(tmp_path, EXAMPLES, policy=POLICY, metrics=METRICS)

    assert {result.killer for result in found.results if result.mutant.keys[-1] == "of"} == {"check"}
