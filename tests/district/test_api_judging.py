"""Judging given facts over HTTP: what the command line says of the same facts, and nothing stored."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.district.calling import ROOT, Program

from yumiao.district.tokens.scopes import Scope

YUMIAO = Path(sys.executable).with_name("yumiao")
AS_OF = "2026-07-15"
FACTS = [
    {"metric": "staff_total", "period": "FY2025", "value": 260},
    {"metric": "operating_revenue", "period": "FY2025", "value": "5200.5", "unit": "CNY_10k"},
    {"metric": "established_on", "value": "2016-03-01"},
]


@pytest.fixture
def program():
    return Program("officer", [Scope.JUDGE])


def judge(program, facts, status=200, **changes):
    body = {"as_of": AS_OF, "policies": ["size_class"], "facts": facts}
    return program.post("/judge", body | changes, status)


def problems_of(body):
    return [(each["path"], each["code"]) for each in body["problems"]]


def without_origins(answer):
    """An answer without what only a file gives: where each fact was read, and when."""
    conditions = [
        {**each, "facts": [{**fact, "source": None, "recorded_at": None} for fact in each["facts"]]}
        for each in answer["conditions"]
    ]
    return {**answer, "conditions": conditions, "known_at": None}


def test_answer_is_the_one_of_the_command_line(program, tmp_path):
    policies = ["hnte", "size_class", "tech_sme"]
    table = tmp_path / "企业.csv"
    table.write_text(
        "企业名称,统一社会信用代码,2025年职工总数(人),2025年营业收入(万元)\n"
        "武进青木新材料有限公司,91320412MA0000234Y,260,5200.5\n",
        encoding="utf-8",
    )
    run = tmp_path / "run"
    command = [YUMIAO, "evaluate", table, "--as-of", AS_OF, "--out", run, "--lang", "en"]
    command += [part for policy in policies for part in ("--policy", policy)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = [explained(run, policy) for policy in policies]
    given = [fact for each in told for condition in each["conditions"] for fact in condition["facts"]]
    assert {fact["metric"] for fact in given if fact["source"]}, "the file's facts must reach the policies"

    subject = {name: told[0]["subject"][name] for name in ("id", "name", "code")}
    body = judge(program, FACTS[:2], policies=policies, subject=subject)

    assert [without_origins(each) for each in body["verdicts"]] == [without_origins(each) for each in told]


def explained(run, policy):
    command = [YUMIAO, "explain", "91320412MA0000234Y", "--policy", policy, "--run", run, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_nothing_is_stored(program):
    def rows():
        return {model: model.objects.count() for model in apps.get_models()}

    before = rows()
    judge(program, FACTS)

    assert rows() == before


def test_what_is_not_given_or_null_is_unknown_and_never_fails(program):
    nothing = judge(program, [])["verdicts"][0]
    null = judge(program, [{"metric": "staff_total", "period": "FY2025", "value": None}])["verdicts"][0]

    assert nothing["outcome"] == null["outcome"] == "undetermined" or nothing["class"] is None
    assert nothing["questions"]
    assert {**nothing, "receipt": None} == {**null, "receipt": None}


def test_number_counts_alike_however_it_is_written(program):
    ways = [
        {"value": 5200.5, "unit": "CNY_10k"},
        {"value": "52005000", "unit": "CNY"},
        {"value": "10401/2"},
        {"value": "0.52005", "unit": "CNY_100m"},
    ]
    answers = [
        judge(program, [FACTS[0], {"metric": "operating_revenue", "period": "FY2025", **way}])["verdicts"][0]
        for way in ways
    ]

    assert all(each == answers[0] for each in answers)


def test_interval_bounds_what_is_not_known_exactly(program):
    facts = [{"metric": "staff_total", "period": "FY2025", "low": 1000, "high": 1200}]
    answer = judge(program, facts)["verdicts"][0]

    assert answer["receipt"]["snapshot"] != judge(program, [])["verdicts"][0]["receipt"]["snapshot"]


def test_reading_of_a_switch_stands_in_the_receipt(program):
    answer = judge(program, [], policies=["hnte"], switches={"hnte": {"one_year_growth": "interval"}})[
        "verdicts"
    ][0]

    assert answer["receipt"]["switches"]["one_year_growth"] == "interval"


def test_version_is_pinned_and_answers_come_in_the_order_asked_for(program):
    body = judge(
        program, FACTS, policies=["tech_sme", "size_class", "tech_sme"], known_at="2026-07-15T09:00:00Z"
    )

    assert [each["policy"] for each in body["verdicts"]] == ["tech_sme", "size_class"]
    assert all(each["known_at"] == "2026-07-15T09:00:00+00:00" for each in body["verdicts"])
    pinned = judge(program, FACTS, policies=["srdi_sme@miit-2022-63-annex2"])["verdicts"][0]
    assert (pinned["version"], pinned["as_of"]) == ("miit-2022-63-annex2", AS_OF)


STAFF = {"metric": "staff_total", "period": "FY2025"}


@pytest.mark.parametrize(
    ("fact", "path"),
    [
        ({"metric": "staff_totl", "period": "FY2025", "value": 1}, "facts[0].metric"),
        ({"metric": "staff_total", "period": "2025", "value": 1}, "facts[0].period"),
        ({"metric": "staff_total", "period": "YE2025", "value": 1}, "facts[0].period"),
        ({"metric": "staff_total", "value": 1}, "facts[0].period"),
        ({"metric": "established_on", "period": "FY2025", "value": "2020-01-01"}, "facts[0].period"),
        ({**STAFF, "value": -1}, "facts[0].value"),
        ({**STAFF, "value": 1.5}, "facts[0].value"),
        ({**STAFF, "value": "十"}, "facts[0].value"),
        ({**STAFF, "value": "1e99999999"}, "facts[0].value"),
        ({**STAFF, "value": "1/0"}, "facts[0].value"),
        ({**STAFF, "value": True}, "facts[0].value"),
        ({**STAFF, "value": 10**20}, "facts[0].value"),
        ({**STAFF, "value": 5, "unit": "CNY"}, "facts[0].value"),
        ({**STAFF, "value": 5, "low": 1}, "facts[0].low"),
        ({**STAFF, "low": 9, "high": 1}, "facts[0].low"),
        ({**STAFF, "high": "x"}, "facts[0].high"),
        ({"metric": "established_on", "low": "2020-01-01"}, "facts[0].low"),
        ({"metric": "established_on", "value": "2020-13-01"}, "facts[0].value"),
        ({"metric": "established_on", "value": 20200101}, "facts[0].value"),
        ({"metric": "established_on", "value": "2020-01-01", "unit": "day"}, "facts[0].value"),
    ],
)
def test_fact_that_cannot_be_used_is_told_where_and_why(fact, path, program):
    body = judge(program, [fact], 422)

    assert body["code"] == "facts.refused"
    assert problems_of(body) == [(path, "fact.refused")]
    assert body["problems"][0]["text"]["zh"]
    assert body["problems"][0]["text"]["en"]


def test_every_wrong_fact_is_named_at_once_and_a_fact_given_twice_is_wrong(program):
    body = judge(program, [{**STAFF, "value": 1}, {**STAFF, "value": 2}, {"metric": "x"}], 422)

    assert [path for path, _ in problems_of(body)] == ["facts[1].metric", "facts[2].metric"]


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"policies": ["hnt"]}, "policies[0]"),
        ({"policies": ["hnte"], "as_of": "1990-01-01"}, "policies[0]"),
        ({"switches": {"hnte": {"one_year_growth": "interval"}}}, "switches.hnte"),
        ({"policies": ["hnte"], "switches": {"hnte": {"nothing": "x"}}}, "switches.hnte.nothing"),
        (
            {"policies": ["hnte"], "switches": {"hnte": {"one_year_growth": "x"}}},
            "switches.hnte.one_year_growth",
        ),
    ],
)
def test_policy_or_switch_that_cannot_be_used_is_told(changes, path, program):
    body = judge(program, [], 422, **changes)

    assert body["code"] == "trial.refused"
    assert [each for each, _ in problems_of(body)] == [path]


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"as_of": "soon"}, "as_of"),
        ({"as_of": None}, "as_of"),
        ({"facts": None}, "facts"),
        ({"facts": [{"metric": "a", "vlue": 1}]}, "facts[0].vlue"),
        ({"polices": []}, "polices"),
        ({"known_at": "2026-07-15T09:00:00"}, "known_at"),
        ({"subject": {"name": "\ud800"}}, "subject.name"),
    ],
)
def test_request_of_another_shape_is_told_where(changes, path, program):
    body = program.post("/judge", {"as_of": AS_OF, "facts": []} | changes, 422)

    assert body["code"] == "request.invalid"
    assert [each for each, _ in problems_of(body)] == [path]


@pytest.mark.parametrize("sent", ["{", "[1e", b"\xff\xfe"])
def test_request_that_is_no_json_is_refused(sent, program):
    response = program.client.post(f"{ROOT}/judge", sent, content_type="application/json")

    assert program.checked("POST", "/judge", 400, response)["code"] == "request.unreadable"


def test_request_that_is_too_large_is_refused(program):
    sent = json.dumps({"as_of": AS_OF, "facts": [], "more": "x" * (2 << 20)})
    response = program.client.post(f"{ROOT}/judge", sent, content_type="application/json")

    assert program.checked("POST", "/judge", 413, response)["code"] == "request.too_large"


PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12)
FACT = st.fixed_dictionaries(
    {"metric": st.sampled_from(["staff_total", "operating_revenue", "established_on", "industry", ""])},
    optional={
        "period": st.sampled_from(["FY2025", "YE2025", "now", "", "2025"]),
        "value": PLAIN,
        "low": PLAIN,
        "high": PLAIN,
        "unit": st.sampled_from(["", "CNY_10k", "person", "x"]),
    },
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(facts=st.lists(FACT | PLAIN, max_size=4), as_of=st.sampled_from([AS_OF, "2023-01-01"]) | PLAIN)
def test_any_facts_are_judged_or_refused_in_the_documented_shape(facts, as_of, program):
    body = {"as_of": as_of, "policies": ["size_class"], "facts": facts}
    response = program.client.post(f"{ROOT}/judge", json.dumps(body), content_type="application/json")

    assert response.status_code in {200, 422}
    program.checked("POST", "/judge", response.status_code, response)
