"""Reading over HTTP: what the interface gives, to whom, and at what cost."""

import json

import jsonschema
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from ninja import Schema
from tests.district.calling import ROOT, Program, document
from tests.district.districts import FIRMS, NOW, PEOPLE

from yumiao.district.accounts.models import Person
from yumiao.district.jobs.kinds import Kind
from yumiao.district.jobs.services import ask_for
from yumiao.district.registry.models import Projection, Subject, SubjectAlias
from yumiao.district.registry.packs import library
from yumiao.district.tokens.scopes import Scope
from yumiao.model.outcomes import Outcome
from yumiao.model.text import Text
from yumiao.rules.answers import answer_schema

SEES = {
    "officer": {"hengzhou", "qingmu", "jiahe", "nowhere"},
    "town": {"hengzhou"},
    "enterprise": {"hengzhou"},
    "expert": set(),
    "system": set(),
    "security": set(),
    "audit": set(),
}
LISTS = {"officer", "town"}
JUDGES = {"officer", "town", "enterprise", "expert"}
JUDGED = {"as_of": "2026-07-15", "policies": ["size_class"], "facts": []}


@pytest.fixture
def officer():
    return Program("officer")


def waiting_job(login="officer"):
    """A job of a person that nobody has begun."""
    kind = Kind("count", Text("数一数", "Count"), lambda work: {})
    person = Person.objects.get(login=login)
    return ask_for(kind, actor=person.id, arguments={}, about="", now=NOW)


def addresses(ids):
    firm = ids["hengzhou"]
    return {
        "/subjects": Scope.READ_SUBJECTS,
        f"/subjects/{firm}": Scope.READ_SUBJECTS,
        f"/subjects/{firm}/facts": Scope.READ_FACTS,
        f"/subjects/{firm}/verdicts?size=1": Scope.READ_VERDICTS,
        f"/subjects/{firm}/verdicts/size_class": Scope.READ_VERDICTS,
        f"/subjects/{firm}/questions?policy=size_class": Scope.READ_VERDICTS,
        f"/subjects/{firm}/plans/size_class": Scope.READ_VERDICTS,
        "/chains": Scope.READ_SUBJECTS,
        "/policies": Scope.READ_POLICIES,
        "/policies/hnte": Scope.READ_POLICIES,
        "/indicators": Scope.READ_INDICATORS,
        "/indicators/HT_VALID": Scope.READ_INDICATORS,
        f"/jobs/{waiting_job()}": Scope.READ_JOBS,
        "/judge": Scope.JUDGE,
    }


# ── who may ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("scope", Scope)
def test_token_reaches_exactly_the_addresses_of_its_scope(scope, ids):
    program = Program("officer", [scope])

    for path, needed in addresses(ids).items():
        status = 200 if needed is scope else 403
        body = program.post(path, JUDGED, status) if path == "/judge" else program.get(path, status)
        if status == 403:
            assert body["code"] == "token.scope"
            assert needed in body["text"]["zh"]
            assert needed in body["text"]["en"]


@pytest.mark.parametrize("login", PEOPLE)
def test_every_role_reaches_what_the_matrix_says(login, ids):
    program = Program(login)

    for firm in FIRMS:
        status = 200 if firm in SEES[login] else 403
        own = ("", "/facts", "/verdicts/size_class", "/questions?policy=size_class", "/plans/size_class")
        for rest in (*own, *(("/verdicts",) if status == 403 else ())):
            body = program.get(f"/subjects/{ids[firm]}{rest}", status)
            if status == 403:
                assert body["code"] == "permission.refused"
                assert body["text"]["zh"]
                assert body["text"]["en"]
                assert FIRMS[firm][0] not in str(body)
    assert program.get("/subjects", 200 if login in LISTS else 403)
    assert program.get("/chains", 200 if login in LISTS else 403)
    assert program.get("/policies", 200 if login in JUDGES else 403)
    assert program.get("/indicators", 200 if login in LISTS else 403)
    assert program.get("/indicators/HT_VALID", 200 if login in LISTS else 403)
    assert program.get(f"/jobs/{waiting_job(login)}")
    assert program.get(f"/jobs/{waiting_job('expert' if login != 'expert' else 'town')}", 403)
    assert program.post("/judge", JUDGED, 200 if login in JUDGES else 403)


@pytest.mark.parametrize("login", sorted(LISTS))
def test_list_holds_exactly_the_visible_enterprises(login, ids):
    listed = Program(login).get("/subjects")

    assert {each["id"] for each in listed["items"]} == {ids[firm] for firm in SEES[login]}
    assert listed["total"] == len(SEES[login])


@pytest.mark.parametrize(
    "query", [{"q": "天宁"}, {"q": "tianning"}, {"q": "91320402"}, {"territory": "320402"}]
)
def test_search_never_reaches_a_foreign_division(query, officer):
    assert officer.get("/subjects", **query)["items"] == []


@pytest.mark.parametrize("header", [None, "Bearer ", "Bearer yum_taaaaaaaaaaa_b", "Basic eDp5", "yum_a_b"])
def test_request_without_a_valid_token_is_refused_in_words(header):
    client = Client(headers={"Authorization": header} if header is not None else {})
    response = client.get(f"{ROOT}/subjects")

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"
    body = Program.checked("GET", "/subjects", 401, response)
    assert body["code"] in {"token.missing", "token.invalid"}


def test_session_of_a_page_opens_nothing_here(sign_in):
    assert sign_in("officer").get(f"{ROOT}/subjects").status_code == 401


def test_too_many_requests_are_refused_with_the_time_to_wait(officer, monkeypatch):
    monkeypatch.setattr("yumiao.district.tokens.selectors.try_token.__kwdefaults__", {"most": 2})
    for _ in range(3):
        response = officer.client.get(f"{ROOT}/policies")
    if response.status_code == 200:  # a minute began in between
        response = officer.client.get(f"{ROOT}/policies")
        response = officer.client.get(f"{ROOT}/policies")

    body = officer.checked("GET", "/policies", 429, response)
    assert body["code"] == "token.throttled"
    assert 1 <= int(response.headers["Retry-After"]) <= 60


def test_what_a_program_has_already_is_not_sent_again(officer):
    first = officer.client.get(f"{ROOT}/policies")
    again = officer.client.get(f"{ROOT}/policies", headers={"If-None-Match": first.headers["ETag"]})
    other = officer.client.get(f"{ROOT}/policies?size=1", headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert other.status_code == 200


# ── enterprises ───────────────────────────────────────────────────────────────────────────────────────────────


def queries_of(program, path):
    with CaptureQueriesContext(connection) as captured:
        assert program.client.get(ROOT + path).status_code == 200
    return len(captured)


@pytest.mark.parametrize("path", ["/subjects", "/subjects?policy=size_class", "/subjects?q=a&sort=code"])
def test_list_costs_the_same_queries_for_one_row_and_for_three(path, officer):
    officer.get("/policies")  # the first use of a minute is written by another statement
    join = "&" if "?" in path else "?"

    assert queries_of(officer, f"{path}{join}size=1") == queries_of(officer, f"{path}{join}size=3")


def test_pages_together_hold_every_row_once_in_order(officer):
    whole = [each["id"] for each in officer.get("/subjects")["items"]]
    first = officer.get("/subjects", size=3)
    second = json.loads(officer.client.get(first["next"]).content)
    beyond = officer.get("/subjects", size=3, page=9)

    assert [each["id"] for each in first["items"] + second["items"]] == whole
    assert (first["pages"], second["next"]) == (2, None)
    assert (beyond["items"], beyond["total"]) == ([], len(whole))


def test_filters_find_what_the_list_page_finds(officer, sign_in):
    client, totals = sign_in("officer"), 0
    for outcome in Outcome:
        page = client.get(f"/enterprises/?policy=hnte&outcome={outcome}").content.decode()
        listed = officer.get("/subjects", policy="hnte", outcome=outcome.value)
        totals += listed["total"]

        assert page.count('<th scope="row"><a href="/enterprises/') == listed["total"]
        assert all(each["code"] in page for each in listed["items"])
        assert all(each["verdicts"][0]["outcome"] == outcome for each in listed["items"])
    assert totals == len(SEES["officer"])


def test_verdicts_are_left_out_and_no_filter_without_their_scope():
    program = Program("officer", [Scope.READ_SUBJECTS])

    assert all(each["verdicts"] is None for each in program.get("/subjects")["items"])
    for query in ({"policy": "hnte"}, {"near_miss": "true"}, {"contested": "true"}, {"sort": "distance"}):
        assert program.get("/subjects", 403, **query)["code"] == "token.scope"


@pytest.mark.parametrize(
    ("query", "path", "code"),
    [
        ({"outcom": "met"}, "outcom", "request.unknown_parameter"),
        ({"policy": "hnt"}, "policy", "policy.unknown"),
        ({"outcome": "met"}, "outcome", "request.needs_policy"),
        ({"sort": "distance"}, "sort", "request.needs_policy"),
        ({"outcome": "好", "policy": "hnte"}, "outcome", "request.enum"),
        ({"sort": "size"}, "sort", "request.literal_error"),
        ({"page": "0"}, "page", "request.greater_than_equal"),
        ({"size": "201"}, "size", "request.less_than_equal"),
        ({"page": "x"}, "page", "request.int_parsing"),
        ({"territory": "3204x"}, "territory", "request.string_pattern_mismatch"),
        ({"chain": "机器人"}, "chain", "request.string_pattern_mismatch"),
        ({"chain": "0" * 32}, "chain", "chain.unknown"),
        ({"chain": "any", "link": "0" * 32}, "link", "request.needs_chain"),
        ({"q": "a\x00"}, "q", "request.string_pattern_mismatch"),
        ({"q": "长" * 101}, "q", "request.string_too_long"),
    ],
)
def test_wrong_query_is_told_where_and_what(query, path, code, officer):
    body = officer.get("/subjects", 422, **query)

    assert body["code"] == "request.invalid"
    assert [(each["path"], each["code"]) for each in body["problems"]] == [(path, code)]
    assert "{" not in body["problems"][0]["text"]["zh"] + body["problems"][0]["text"]["en"]


def test_subject_has_every_name_ever(officer, ids):
    body = officer.get(f"/subjects/{ids['hengzhou']}")

    assert body["name"] == FIRMS["hengzhou"][0]
    assert {"kind": "former_name", "value": "常州衡舟轴承厂"} in body["identifiers"]
    assert body["territory"]["code"] == "320412100"
    assert body["as_of"] == "2026-07-15"


def test_merged_id_gives_the_enterprise_it_was_merged_into(officer, ids):
    SubjectAlias.objects.create(id="merged", subject=Subject.objects.get(id=ids["qingmu"]))

    assert officer.get("/subjects/merged")["id"] == ids["qingmu"]


@pytest.mark.parametrize("rest", ["", "/facts", "/verdicts", "/verdicts/hnte"])
def test_unknown_enterprise_is_told(rest, officer):
    assert officer.get(f"/subjects/nobody{rest}", 404)["code"] == "subject.unknown"


@pytest.mark.parametrize("path", ["/subjects", "/subjects/{0}/facts", "/subjects/{0}/verdicts"])
def test_without_a_register_the_answer_says_so(path, officer, ids):
    Projection.objects.all().delete()

    assert officer.get(path.format(ids["hengzhou"]), 503)["code"] == "registry.none"


# ── facts ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_fact_has_its_source_down_to_the_cell(officer, ids):
    facts = officer.get(f"/subjects/{ids['hengzhou']}/facts", metric="staff_total")
    (fact,) = facts["items"]
    (value,) = fact["values"]

    assert (fact["period"], fact["unit"]) == ("FY2025", "person")
    assert (value["value"], value["standing"], value["raw"]) == ("41", "counts", "41")
    assert (value["file"], value["sheet"], value["cell"]) == ("名单.csv", "名单", "D2")
    assert (value["source"], value["observed_on"]) == ("town", "2026-06-30")
    assert value["batch"]


def test_facts_recorded_later_are_not_known_before(officer, ids):
    path = f"/subjects/{ids['hengzhou']}/facts"

    assert officer.get(path, known_at="2026-07-01T08:01:30+08:00")["items"] == []
    assert officer.get(path, known_at="2030-01-01T00:00:00Z")["total"] == officer.get(path)["total"] == 2
    early = {each["metric"]: each for each in officer.get(path, as_of="2026-06-01")["items"]}
    assert early["established_on"]["values"][0]["standing"] == "not_yet"  # observed on 30 June
    assert early["staff_total"]["values"][0]["standing"] == "counts"  # a year's figure belongs to its year


def test_moment_without_a_zone_is_refused(officer, ids):
    body = officer.get(f"/subjects/{ids['hengzhou']}/facts", 422, known_at="2026-07-01T08:01:30")

    assert body["problems"][0]["path"] == "known_at"
    assert "+08:00" in body["problems"][0]["text"]["en"]


# ── verdicts ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_verdicts_are_answers_of_every_policy_and_their_pages_are_its_parts(officer, ids):
    path = f"/subjects/{ids['hengzhou']}/verdicts"
    whole = officer.get(path)["items"]
    answers = [each["answer"] for each in whole]

    assert [f"{each['policy']}@{each['version']}" for each in answers] == sorted(
        Projection.objects.get().receipt["policies"]
    )
    for each in answers:
        jsonschema.validate(each, dict(answer_schema()))
        assert each["subject"]["id"] == ids["hengzhou"]
    assert all(each["withheld"] == [] for each in whole)
    assert officer.get(path, size=1, page=3)["items"] == whole[2:3]
    (size_class,) = (each for each in whole if each["answer"]["policy"] == "size_class")
    for named in ("size_class", f"size_class@{size_class['answer']['version']}"):
        assert officer.get(f"{path}/{named}") == size_class


def test_verdict_of_an_unknown_policy_is_told(officer, ids):
    body = officer.get(f"/subjects/{ids['hengzhou']}/verdicts/hnt", 404)

    assert body["code"] == "policy.unknown"
    assert "hnte" in body["text"]["en"]


# ── policies ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_policies_are_all_versions_and_those_in_force_on_a_day(officer):
    listed = officer.get("/policies", size=200)
    in_force = officer.get("/policies", as_of="2026-07-15", in_force="true", size=200)

    assert {each["id"] for each in listed["items"]} == {each.id for each in library().policies}
    assert all(each["in_force"] for each in in_force["items"])
    assert 0 < in_force["total"] < listed["total"]


def test_policy_names_its_clauses_and_the_facts_that_it_reads(officer):
    body = officer.get("/policies/hnte", as_of="2026-07-15")
    policy = library().find(body["id"])[0]

    assert [each["id"] for each in body["conditions"]] == list(policy.body.conditions)
    assert [each["id"] for each in body["switches"]] == list(policy.body.switches)
    assert {("staff_total", "FY2025")} <= {(each["metric"], each["period"]) for each in body["facts"]}
    assert body["hash"] == policy.hash


@pytest.mark.parametrize("policy", ["nothing", "hnte@1999"])
def test_unknown_policy_is_told(policy, officer):
    assert officer.get(f"/policies/{policy}", 404)["code"] == "policy.unknown"


def test_every_version_can_be_shown(officer):
    for policy in library().policies:
        assert officer.get(f"/policies/{policy.id}")["id"] == policy.id


# ── the document, and errors that no operation made ───────────────────────────────────────────────────────────


def test_no_two_shapes_of_the_document_have_one_name():
    def below(kind):
        return {kind, *(each for child in kind.__subclasses__() for each in below(child))}

    ours = [each for each in below(Schema) if each.__module__.startswith("yumiao.api.")]
    names = [each.__name__ for each in ours]

    assert len(names) > 20
    assert sorted(set(names)) == sorted(names)


def test_document_is_openapi_with_answers_and_scopes():
    found = document()
    operations = [each for path in found["paths"].values() for each in path.values()]

    assert found["openapi"].startswith("3.1")
    assert len(operations) == 46
    assert {each["x-scope"] for each in operations} == set(Scope)
    assert all(each["security"] for each in operations)
    assert found["components"]["schemas"]["Answer"]["properties"]["subject"] == {
        "$ref": "#/components/schemas/Answer_subject"
    }
    assert "x-yumiao-answer" not in json.dumps(found)
    for schema in found["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("get", "/nothing", 404, "request.not_found"),
        ("get", "/subjects/a/b/c", 404, "request.not_found"),
        ("delete", "/subjects", 405, "request.method"),
        ("get", "/judge", 405, "request.method"),
    ],
)
def test_address_or_method_that_does_not_exist_is_told_in_the_same_shape(method, path, status, code, officer):
    response = getattr(officer.client, method)(ROOT + path)
    body = json.loads(response.content)

    assert (response.status_code, body["code"]) == (status, code)
    assert set(body) == {"code", "text", "problems"}
    assert body["text"]["zh"] != body["text"]["en"]


def test_failure_of_the_server_is_noted_and_tells_nothing_inside(officer, monkeypatch, caplog):
    def fail():
        raise RuntimeError("secret path")

    monkeypatch.setattr("yumiao.api.policies.library", fail)
    response = officer.client.get(f"{ROOT}/policies")

    assert response.status_code == 500
    assert json.loads(response.content)["code"] == "request.failed"
    assert "secret path" not in response.content.decode()
    assert "secret path" in caplog.text
