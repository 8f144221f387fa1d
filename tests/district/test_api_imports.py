"""Importing over HTTP: from upload to the register and back, and what is refused with words."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.district.calling import JSON, ROOT, Program
from tests.district.districts import PEOPLE
from tests.district.importing import HENGZHOU, JIAHE, NEW, csv_file, own_district, work, xlsx_file

from yumiao.district.intakes.models import Intake
from yumiao.district.jobs.models import Job
from yumiao.district.journal.models import JournalLine
from yumiao.district.registry.models import Subject
from yumiao.district.registry.packs import library
from yumiao.district.registry.services import find_differences
from yumiao.district.tokens.scopes import Scope

ROWS = [HENGZHOU, [JIAHE[0], JIAHE[1], "31"], NEW]
UNSURE = [HENGZHOU, JIAHE, NEW]
LABEL = "2025年职工总数"


@pytest.fixture(autouse=True)
def district(tmp_path, settings):
    """A store of this test's own with the five firms that the register knows."""
    return own_district(tmp_path, settings)


@pytest.fixture
def officer():
    return Program("officer")


def sent(program, *files, status=200, **fields):
    response = program.client.post(f"{ROOT}/imports", {"files": list(files), "source": "tax", **fields})
    return program.checked("POST", "/imports", status, response)


def uploaded(program, rows=ROWS, **fields):
    return sent(program, csv_file(*rows), on="2026-06-30", **fields)


def checked(program, rows=ROWS):
    found = uploaded(program, rows)
    program.post(f"/imports/{found['id']}/check", {})
    work()
    return found["id"]


def committed(program, rows=ROWS):
    intake = checked(program, rows)
    program.post(f"/imports/{intake}/commit", {})
    work()
    work()
    return intake


# ── the whole way ─────────────────────────────────────────────────────────────────────────────────────────────


def test_file_goes_from_upload_to_the_register_and_nothing_counts_before_the_end(district, officer):
    before = district.store.state().root
    found = uploaded(officer)
    assert (found["state"], found["source"], found["observed_on"]) == ("mapping", "tax", "2026-06-30")
    assert (found["rows"], found["counts"], found["changes"]) == (None, None, None)
    address = f"/imports/{found['id']}"

    job = officer.post(f"{address}/check", {})
    assert (job["kind"], job["state"]) == ("intakes.check", "queued")
    assert officer.get(address)["state"] == "checking"
    work()
    assert officer.get(f"/jobs/{job['id']}")["state"] == "done"
    found = officer.get(address)
    assert (found["state"], found["rows"], found["check_job"]) == ("checked", 3, job["id"])
    assert (found["counts"]["subjects_new"], found["counts"]["facts_conflict"]) == (1, 1)
    assert sum(found["changes"].values()) == officer.get(f"{address}/changes")["total"] > 0
    assert district.store.state().root == before

    job = officer.post(f"{address}/commit", {})
    work()
    work()
    [batch] = officer.get(address)["batches"]
    assert officer.get(f"/jobs/{job['id']}")["result"] == {"batches": [batch]}
    assert officer.get(address)["files"][0]["batch"] == batch
    assert Subject.objects.filter(name=NEW[0]).count() == 1
    assert find_differences(district.store, library()) == []
    assert officer.get(f"/batches/{batch}")["rows"] == 3


def test_acts_are_journalled_as_those_of_the_pages(district, officer):
    intake = committed(officer)

    lines = JournalLine.objects.filter(stream=f"intake/{intake}").order_by("sequence")
    assert [line.act for line in lines] == ["intake.received", "intake.mapping_proposed", "intake.committed"]
    assert {line.actor for line in lines} == {Intake.objects.get(id=intake).created_by}
    assert "常州" not in "".join(JournalLine.objects.values_list("payload", flat=True))


def test_commit_asked_for_again_and_after_its_end_is_the_same_job_and_one_batch(district, officer):
    intake = checked(officer)
    jobs = [officer.post(f"/imports/{intake}/commit", {})["id"] for _ in range(2)]
    work()
    jobs.append(officer.post(f"/imports/{intake}/commit", {})["id"])

    assert len(set(jobs)) == 1
    assert Job.objects.filter(kind="intakes.commit").count() == 1
    assert len(district.store.state().batches) == 2


def test_batch_is_taken_back_and_brought_back_after_a_look(district, officer):
    rows = [HENGZHOU, [JIAHE[0], JIAHE[1], "900"], NEW]
    [batch] = officer.get(f"/imports/{committed(officer, rows)}")["batches"]
    before = district.store.state().root

    ahead = officer.get(f"/batches/{batch}/effects")
    assert (ahead["act"], ahead["subjects"]) == ("revert", 3)
    assert sum(ahead["counts"].values()) >= len(ahead["changes"]) > 0
    assert district.store.state().root == before

    assert officer.post(f"/batches/{batch}/revert", {"why": "报错了"})["is_reverted"] is True
    assert batch not in {each.manifest.id for each in district.store.state().batches}
    assert officer.post(f"/batches/{batch}/revert", {}, 409)["code"] == "batch.state"
    assert officer.get("/batches", is_reverted="true")["items"][0]["id"] == batch
    assert officer.get(f"/batches/{batch}/effects")["act"] == "unrevert"

    assert officer.post(f"/batches/{batch}/unrevert", {})["is_reverted"] is False
    assert officer.post(f"/batches/{batch}/unrevert", {}, 409)["code"] == "batch.state"
    told = JournalLine.objects.filter(stream="store/acts").order_by("sequence")
    assert [line.act for line in told][-2:] == ["store.revert", "store.restore"]


# ── columns ───────────────────────────────────────────────────────────────────────────────────────────────────


def file_address(found):
    return f"/imports/{found['id']}/files/{found['files'][0]['id']}"


def test_unsure_column_is_asked_about_and_the_answer_is_used(district, officer):
    found = uploaded(officer, UNSURE)
    refused = officer.post(f"/imports/{found['id']}/check", {}, 422)
    assert refused["code"] == "intake.unmapped"

    seen = {each["label"]: each for each in officer.get(file_address(found))["columns"]}
    assert (seen["企业名称"]["standing"], seen[LABEL]["standing"]) == ("subject", "asked")
    assert seen[LABEL]["metric"] == "staff_total"
    answered = officer.post(f"{file_address(found)}/answers", {"columns": {LABEL: {"metric": "staff_total"}}})

    assert (answered["is_mapped"], answered["open_questions"]) == (True, 0)
    assert '"2025年职工总数": {metric: staff_total}' in answered["mapping"]
    assert answered["columns"][2]["given"] == {"metric": "staff_total"}
    officer.post(f"/imports/{found['id']}/check", {})
    work()
    [problem] = officer.get(f"/imports/{found['id']}/problems", severity="error")["items"]
    place = (problem["sheet"], problem["cell"], problem["row"], problem["found"], problem["subject"])
    assert place == ("税务台账", "C3", 3, "约三十", JIAHE[0])
    assert (problem["read_as"], problem["is_left_out"]) == (None, False)
    assert (problem["kept_because"], problem["known"]) == (None, None)


@pytest.mark.parametrize(
    ("columns", "path"),
    [({LABEL: {"metric": "没有这个口径"}}, LABEL), ({"职工": {"metric": "-"}}, "columns.职工")],
)
def test_answer_that_is_not_understood_is_told_and_nothing_is_kept(columns, path, officer):
    found = uploaded(officer, UNSURE)
    refused = officer.post(f"{file_address(found)}/answers", {"columns": columns}, 422)

    assert [each["path"] for each in refused["problems"]] == [path]
    assert officer.get(file_address(found))["columns"][2]["given"] == {}


def test_mapping_written_by_hand_is_used_and_its_faults_are_named(district, officer):
    address = file_address(uploaded(officer))
    text = officer.get(address)["mapping"]
    refused = officer.post(f"{address}/mapping", {"text": "columns: {职工: {metric: nobody}}"}, 422)

    assert refused["code"] == "mapping.text"
    assert any("nobody" in each["text"]["en"] for each in refused["problems"])
    assert officer.get(address)["mapping"] == text
    kept = officer.post(f"{address}/mapping", {"text": text + "source: tax\n"})
    assert kept["mapping"].endswith("source: tax\n")
    assert officer.post(f"{address}/anew", {})["mapping"] == text


def test_who_reports_has_to_be_said(officer):
    found = uploaded(officer, source="")
    assert found["source"] is None
    assert officer.post(f"/imports/{found['id']}/check", {}, 422)["code"] == "intake.source"

    wrong = officer.post(f"/imports/{found['id']}/source", {"source": "taxx"}, 422)
    assert "tax" in wrong["problems"][0]["text"]["en"]
    told = officer.post(f"/imports/{found['id']}/source", {"source": "tax", "on": "2026-05-31"})
    assert (told["source"], told["observed_on"]) == ("tax", "2026-05-31")


# ── refused ───────────────────────────────────────────────────────────────────────────────────────────────────


def operations(program):
    """Every operation with something that is there: method, path, scope."""
    found = program.get(f"/imports/{committed(program)}")
    address, [batch], read, write = f"/imports/{found['id']}", found["batches"], "read", "write"
    reads = [
        "/imports",
        address,
        file_address(found),
        f"{address}/problems",
        f"{address}/changes",
        "/batches",
    ]
    reads += [f"/batches/{batch}", f"/batches/{batch}/effects"]
    writes = ["/imports", *(f"{address}/{each}" for each in ("source", "check", "commit", "cancel"))]
    writes += [f"{file_address(found)}/{each}" for each in ("answers", "mapping", "anew")]
    writes += [f"/batches/{batch}/revert", f"/batches/{batch}/unrevert"]
    return [("GET", path, read) for path in reads] + [("POST", path, write) for path in writes]


BODIES = {"source": {"source": "tax"}, "mapping": {"text": ""}}


def called(program, method, path, status):
    if method == "GET":
        return program.get(path, status)
    if path == "/imports":
        return sent(program, csv_file(*ROWS), status=status)
    return program.post(path, BODIES.get(path.rpartition("/")[2], {}), status)


def test_token_without_the_scope_is_refused_everywhere_and_changes_nothing(district, officer):
    every = operations(officer)
    root, intakes = district.store.state().root, Intake.objects.count()
    scopes = {
        kind: [each for each in Scope if each is not Scope(f"{kind}:imports")] for kind in ("read", "write")
    }
    programs = {kind: Program("officer", without) for kind, without in scopes.items()}

    for method, path, kind in every:
        refused = called(programs[kind], method, path, 403)
        assert (refused["code"], f"{kind}:imports" in refused["text"]["en"]) == ("token.scope", True), path
    assert (district.store.state().root, Intake.objects.count()) == (root, intakes)


def test_nobody_but_officers_imports_and_the_reason_is_told(district, officer):
    every = operations(officer)
    root, intakes = district.store.state().root, Intake.objects.count()

    for login in set(PEOPLE) - {"officer"}:
        program = Program(login)
        for method, path, _ in every:
            refused = called(program, method, path, 403)
            assert refused["code"] == "permission.refused", (login, path)
            assert refused["text"]["zh"] != refused["text"]["en"] != ""
    assert (district.store.state().root, Intake.objects.count()) == (root, intakes)


def test_what_is_not_there_is_not_found(officer):
    one, other = uploaded(officer), uploaded(officer)
    foreign = f"/imports/{one['id']}/files/{other['files'][0]['id']}"

    assert officer.get("/imports/none", 404)["code"] == "intake.unknown"
    assert officer.post("/imports/none/check", {}, 404)["code"] == "intake.unknown"
    assert officer.get("/batches/none", 404)["code"] == "batch.unknown"
    assert officer.post("/batches/none/revert", {}, 404)["code"] == "batch.unknown"
    assert officer.get(foreign, 404)["code"] == "intake.no_file"
    assert officer.post(f"{foreign}/mapping", {"text": ""}, 404)["code"] == "intake.no_file"


def test_act_that_comes_too_early_or_too_late_is_refused_with_the_state(district, officer):
    found = uploaded(officer)
    address = f"/imports/{found['id']}"
    assert officer.post(f"{address}/commit", {}, 409)["code"] == "intake.state"
    assert officer.get(f"{address}/problems", 409)["code"] == "intake.unchecked"
    assert officer.get(f"{address}/changes", 409)["code"] == "intake.unchecked"

    given_up = officer.post(f"{address}/cancel", {})
    assert (given_up["state"], given_up["ended_at"] is None) == ("cancelled", False)
    for act in ("cancel", "check", "source", "commit"):
        refused = officer.post(f"{address}/{act}", BODIES.get(act, {}), 409)
        assert "given up" in refused["text"]["en"], act
    for act in ("answers", "mapping", "anew"):
        assert officer.post(f"{file_address(found)}/{act}", BODIES.get(act, {}), 409), act
    gone = officer.get(file_address(found))
    assert (gone["columns"], bool(gone["told"]["zh"])) == (None, True)


def test_change_after_a_check_asks_for_another(officer):
    intake = checked(officer)
    officer.post(f"/imports/{intake}/source", {"source": "town"})

    found = officer.get(f"/imports/{intake}")
    assert (found["state"], found["counts"], found["changes"]) == ("mapping", None, None)
    assert officer.post(f"/imports/{intake}/commit", {}, 409)["code"] == "intake.state"


@pytest.mark.parametrize(
    "file",
    [
        SimpleUploadedFile("台账.xlsx", "名称,数\n甲,1".encode()),
        SimpleUploadedFile("台账.csv", xlsx_file(*ROWS).read()),
        SimpleUploadedFile("台账.exe", b"MZ\x90\x00" * 100),
    ],
    ids=["a text called a workbook", "a workbook called a text", "a program"],
)
def test_hostile_file_refuses_all_is_named_and_nothing_is_kept(file, officer):
    file.seek(0)
    refused = sent(officer, csv_file(*ROWS, name="好.csv"), file, status=422)

    assert (refused["code"], [each["path"] for each in refused["problems"]]) == (
        "intake.refused",
        [file.name],
    )
    assert not Intake.objects.exists()


def test_file_that_is_too_large_or_none_at_all_is_refused(officer, monkeypatch):
    assert sent(officer, status=422)["problems"][0]["code"] == "intake.none"
    monkeypatch.setattr("yumiao.web.uploading.MOST_BYTES", 100)
    refused = sent(officer, csv_file(*ROWS), status=422)

    assert [each["code"] for each in refused["problems"]] == ["intake.large"]
    assert not Intake.objects.exists()


def test_path_in_the_name_of_a_file_leads_nowhere(officer, tmp_path):
    file = csv_file(*ROWS)
    file.name = "../../../台账.csv"

    assert sent(officer, file)["files"][0]["name"] == "台账.csv"
    assert [path.name for path in tmp_path.rglob("*台账*")] == []


def test_body_that_is_no_form_is_refused(officer):
    broken = officer.client.post(f"{ROOT}/imports", b"no form", content_type="multipart/form-data; boundary=")
    assert officer.checked("POST", "/imports", 400, broken)["code"] == "request.unreadable"
    as_json = officer.client.post(f"{ROOT}/imports", json.dumps({"source": "tax"}), content_type=JSON)
    assert officer.checked("POST", "/imports", 422, as_json)["problems"][0]["code"] == "intake.none"
    misspelt = sent(officer, csv_file(*ROWS), sorce="tax", status=422)
    assert [each["path"] for each in misspelt["problems"]] == ["sorce"]


# ── lists ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_lists_filter_sort_and_page(district, officer):
    sent(officer, csv_file(*ROWS, name="甲.csv"))
    sent(officer, csv_file(*ROWS, name="乙.csv"), source="town")

    def names(**query):
        return [each["files"][0]["name"] for each in officer.get("/imports", **query)["items"]]

    assert names() == ["乙.csv", "甲.csv"]
    assert names(sort="oldest") == ["甲.csv", "乙.csv"]
    assert names(source="tax") == names(q="甲") == ["甲.csv"]
    assert names(state="committed") == []
    assert officer.get("/imports", size=1)["next"] == "/api/v1/imports?size=1&page=2"
    assert officer.get("/imports", 422, source="nobody")["code"] == "request.invalid"
    committed(officer)
    assert [each["source"] for each in officer.get("/batches", sort="oldest")["items"]] == ["town", "tax"]
    assert [each["source"] for each in officer.get("/batches", source="tax")["items"]] == ["tax"]


@pytest.mark.parametrize("path", ["/imports", "/batches", "problems", "changes"])
def test_lists_ask_the_database_as_often_for_one_row_as_for_many(path, district, officer):
    address = f"/imports/{committed(officer, [HENGZHOU, ROWS[1], NEW])}"
    for name in ("甲.csv", "乙.csv"):
        sent(officer, csv_file(*ROWS, name=name))
    path = path if path.startswith("/") else f"{address}/{path}"
    officer.get(path)
    counts, rows = [], []
    for size in (1, 3):
        with CaptureQueriesContext(connection) as captured:
            rows.append(len(officer.get(path, size=size)["items"]))
        counts.append(len(captured))

    assert counts[0] == counts[1]
    assert rows[0] <= rows[1]
