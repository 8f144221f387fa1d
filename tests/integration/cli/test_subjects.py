"""One subject of a run, asked for from the folder of the run."""

import json

import jsonschema
import polars as pl
import pytest
from tests.shipped_packs import shipped_packs

from yumiao.cli.app import run
from yumiao.evaluate import load_run
from yumiao.report.plans import plan_subject
from yumiao.rules.answers import answer_schema


@pytest.fixture(scope="module")
def judged(demo_folder):
    return load_run(demo_folder / "run-2026-07-15", shipped_packs())


def subject_with(judged, policy, outcome):
    verdicts = judged.policy(policy).verdicts
    row = verdicts.row(int((verdicts["outcome"] == outcome).arg_true()[0]), named=True)
    return row["code"], row["name"]


@pytest.mark.parametrize("outcome", ["met", "not_met", "undetermined"])
def test_explain_says_the_outcome_of_the_run_with_clause_and_cell(in_demo, judged, capsys, outcome):
    code, name = subject_with(judged, "hnte", outcome)
    label = {"met": "✓ 符合", "not_met": "✕ 不符合", "undetermined": "? 未定"}[outcome]

    assert run(["explain", code, "--policy", "hnte"], {}) == 0

    out = capsys.readouterr().out
    assert out.startswith(f"{name}  {code}\n")
    assert label in out.splitlines()[2]
    assert "第十一条（四）" in out
    assert "年度财务与研发.xlsx 2023-2025年度" in out


def test_explain_as_json_is_an_answer_of_the_published_shape(in_demo, judged, capsys):
    code, name = subject_with(judged, "tech_sme", "undetermined")

    assert run(["explain", name, "--policy", "tech_sme", "--json"], {}) == 0

    answer = json.loads(capsys.readouterr().out)
    jsonschema.validate(answer, dict(answer_schema()))
    assert (answer["subject"]["code"], answer["outcome"]) == (code, "undetermined")


def test_explain_names_a_class_by_its_label(in_demo, judged, capsys):
    code, _ = subject_with(judged, "size_class", "met")

    assert run(["explain", code, "--policy", "size_class"], {}) == 0
    assert any(label in capsys.readouterr().out for label in ("大型", "中型", "小型", "微型"))


def test_part_of_a_name_that_means_several_lists_them_and_leaves_with_2(in_demo, capsys):
    assert run(["explain", "科技", "--policy", "hnte"], {}) == 2

    out, err = capsys.readouterr()
    assert out == ""
    assert "请写明代码" in err
    assert err.count("MADEM") > 1


def test_subject_that_is_not_in_the_run_is_an_error(in_demo, capsys):
    assert run(["explain", "没有这家", "--policy", "hnte"], {}) == 1
    assert "[subject.unknown]" in capsys.readouterr().err


def test_policy_that_the_run_did_not_judge_is_an_error(in_demo, judged, capsys):
    code, _ = subject_with(judged, "hnte", "met")

    assert run(["explain", code, "--policy", "gazelle_js"], {}) == 1
    assert "[run.no_policy]" in capsys.readouterr().err


def test_questions_list_what_could_change_the_outcome(in_demo, judged, capsys):
    code, _ = subject_with(judged, "hnte", "undetermined")

    assert run(["questions", code, "--policy", "hnte", "--json"], {}) == 0
    questions = json.loads(capsys.readouterr().out)
    assert run(["questions", code, "--policy", "hnte"], {}) == 0

    assert questions
    assert questions[0]["text"]["zh"].split("？")[0] in capsys.readouterr().out.replace("\n", "").replace(
        "  ", ""
    )


def test_nothing_is_left_to_ask_where_the_outcome_is_certain(in_demo, judged, capsys):
    code, _ = subject_with(judged, "hnte", "met")

    assert run(["questions", code, "--policy", "hnte", "--lang", "en"], {}) == 0
    assert "No unknown fact could change the outcome." in capsys.readouterr().out


def test_run_elsewhere_is_named_by_its_folder(demo_folder, judged, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    code, _ = subject_with(judged, "hnte", "met")

    assert run(["explain", code, "--policy", "hnte"], {}) == 1
    assert "[run.none_here]" in capsys.readouterr().err
    assert run(["explain", code, "--policy", "hnte", "--run", str(demo_folder / "run-2026-07-15")], {}) == 0


def test_folder_that_is_no_run_is_an_error(in_demo, capsys):
    assert run(["explain", "x", "--policy", "hnte", "--run", "名单"], {}) == 1
    assert "[run.none]" in capsys.readouterr().err


def plannable(judged):
    """A near miss that a lever closes within a year."""
    for row in judged.policy("tech_sme").verdicts.filter(pl.col("near_miss")).iter_rows(named=True):
        if plan_subject(judged, row["subject"], "tech_sme").plans:
            return row["code"]
    raise AssertionError("the demonstration has no near miss with a plan")


def test_plan_says_what_to_change_by_when_and_what_it_takes_over(in_demo, judged, capsys):
    code = plannable(judged)

    assert run(["plan", code, "--policy", "tech_sme", "--on", "2027-07-15"], {}) == 0

    out = capsys.readouterr().out
    assert "路径 1  2027-07-15" in out
    assert "假定" in out


def test_plan_as_json_is_that_of_an_answer(in_demo, judged, capsys):
    code = plannable(judged)

    assert run(["plan", code, "--policy", "tech_sme", "--json"], {}) == 0

    plans = json.loads(capsys.readouterr().out)
    assert {"on", "label", "changes", "assumptions"} <= plans[0].keys()


def test_subject_without_a_plan_is_told_what_stands_in_the_way(in_demo, judged, capsys):
    verdicts = judged.policy("little_giant").verdicts
    code = verdicts.sort("failing", descending=True)["code"][0]

    assert run(["plan", code, "--policy", "little_giant", "--on", "2026-08-01", "--lang", "en"], {}) == 0
    assert "No plan for 2026-08-01:" in capsys.readouterr().out


def test_day_of_a_plan_that_is_no_date_is_refused(in_demo, capsys):
    assert run(["plan", "x", "--policy", "hnte", "--on", "soon"], {}) == 1
    assert "[date.shape]" in capsys.readouterr().err
