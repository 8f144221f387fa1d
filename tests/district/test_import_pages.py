"""Importing on screen: upload, columns, check, what will change, import; nothing counts before the end."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.district.districts import PEOPLE
from tests.district.importing import (
    HEAD,
    HENGZHOU,
    JIAHE,
    NEW,
    checked,
    csv_file,
    intake_at,
    own_district,
    page_of,
    upload,
    uploaded,
    work,
    xlsx_file,
)

from yumiao.district.accounts.models import Person
from yumiao.district.intakes import services, working
from yumiao.district.intakes.ending import KEPT_DAYS, UPLOADS
from yumiao.district.intakes.keeping import FOLDER, kept_uploads
from yumiao.district.intakes.models import Correction, Intake, IntakePair, IntakeProblem
from yumiao.district.jobs.models import Job
from yumiao.district.journal.models import JournalLine
from yumiao.district.registry.models import Subject
from yumiao.district.registry.packs import library
from yumiao.district.registry.services import find_differences

ROWS = [HENGZHOU, [JIAHE[0], JIAHE[1], "31"], NEW]


@pytest.fixture(autouse=True)
def district(tmp_path, settings):
    """A store of this test's own with the five firms that the register knows."""
    return own_district(tmp_path, settings)


@pytest.fixture
def officer(sign_in):
    return sign_in("officer")


def facts_of(district, firm):
    rows = district.store.state().subject_facts(
        district.ids[firm], library().metrics, library().reported.precedence
    )
    return [
        (row["source"], row["value"], row["raw"], row["cell"])
        for row in rows.filter(rows["column"] == "staff_total@2025").iter_rows(named=True)
    ]


# ── the whole way ─────────────────────────────────────────────────────────────────────────────────────────────


def test_file_goes_from_upload_to_the_register_and_nothing_counts_before_the_end(district, officer):
    before = district.store.state().root
    address = checked(officer, csv_file(*ROWS))
    page = page_of(officer.get(address))

    assert district.store.state().root == before
    assert "还没有入库" in page
    assert intake_at(address).counts == {
        "rows": 3, "bad_rows": 0, "repeats": 0, "errors": 0, "warnings": 1, "verdicts": 21,
        "subjects_known": 2, "subjects_new": 1, "subjects_unsure": 0,
        "facts_new": 2, "facts_same": 0, "facts_changed": 0, "facts_conflict": 1,
    }  # fmt: skip

    assert officer.post(f"{address}commit/").headers["Location"] == f"{address}#now"
    work()
    work()

    intake = intake_at(address)
    [batch] = intake.batches
    assert (intake.state, intake.files.get().batch) == ("committed", batch)
    assert district.store.state().batch(batch).manifest.who == intake.created_by
    assert Subject.objects.filter(name=NEW[0]).count() == 1
    assert find_differences(district.store, library()) == []
    assert f'<a href="/imports/batches/{batch}/">' in page_of(officer.get(address))


def test_acts_are_journalled_with_ids_and_counts_only(district, officer):
    address = checked(officer, csv_file(*ROWS))
    officer.post(f"{address}commit/")
    work()

    lines = JournalLine.objects.filter(stream=f"intake/{intake_at(address).id}").order_by("sequence")
    assert [line.act for line in lines] == [
        "intake.received",
        "intake.mapping_proposed",
        "intake.committed",
    ]
    assert "常州" not in "".join(JournalLine.objects.values_list("payload", flat=True))
    told = JournalLine.objects.filter(stream="store/acts").order_by("sequence")
    assert [line.act for line in told] == ["store.import", "store.import"]


def test_upload_leaves_nothing_readable_and_the_end_removes_it(district, officer, settings):
    address = uploaded(officer, csv_file(*ROWS))
    file = intake_at(address).files.get()
    kept = list((settings.YUMIAO_DATA / FOLDER).glob(f"{file.id}*"))

    assert {path.suffix for path in kept} == {".enc", ".key"}
    assert all(path.stat().st_mode & 0o077 == 0 for path in kept)
    assert not any("衡舟".encode() in path.read_bytes() for path in kept)

    officer.post(f"{address}cancel/")
    assert list((settings.YUMIAO_DATA / FOLDER).glob(f"{file.id}*")) == []
    assert intake_at(address).state == "cancelled"


def test_same_file_again_adds_nothing_and_says_so(district, officer):
    for _ in range(2):
        address = checked(officer, csv_file(*ROWS))
        page = page_of(officer.get(address))
        officer.post(f"{address}commit/")
        work()

    assert "已按同样方式导入过" in page
    assert len(district.store.state().batches) == 2


def test_mapping_is_remembered_for_the_next_file_of_the_kind(district, officer):
    first = checked(officer, csv_file(*ROWS))
    officer.post(f"{first}commit/")
    work()

    second = uploaded(officer, csv_file(HENGZHOU, ROWS[1]))
    file = intake_at(second).files.get()

    assert file.is_remembered
    assert "按记住的映射" in page_of(officer.get(second))
    page = page_of(officer.get(f"{second}columns/{file.id}/"))
    assert "不用它，重新对列" in page
    officer.post(f"{second}columns/{file.id}/anew/")
    file.refresh_from_db()
    assert not file.is_remembered


LIST = """\
kind: 名单
source: tax
subject: {code: 统一社会信用代码, name: 企业名称}
registers: [{metric: abnormal_or_dishonest_list, file: 失信名单.csv, complete: false, on: 2026-06-30}]
"""


def test_mapping_of_one_list_is_not_taken_for_every_table_with_names(district, officer):
    first = uploaded(officer, csv_file(HENGZHOU[:2], name="失信名单.csv", head=HEAD[:2]))
    file = intake_at(first).files.get()
    assert officer.post(f"{first}columns/{file.id}/text/", {"text": LIST}).status_code == 302
    officer.post(f"{first}check/")
    work()
    officer.post(f"{first}commit/")
    work()
    assert intake_at(first).state == "committed"

    others = [csv_file(*ROWS), csv_file(HENGZHOU[:2], name="失信名单.csv", head=HEAD[:2])]
    remembered = [intake_at(uploaded(officer, each)).files.get().is_remembered for each in others]

    assert remembered == [False, True]


# ── columns ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_unsure_column_is_asked_and_the_answer_is_used(district, officer):
    address = uploaded(officer, csv_file(HENGZHOU, JIAHE, NEW))
    file = intake_at(address).files.get()
    refused = officer.post(f"{address}check/")
    assert (refused.status_code, "还没有一列说明了含义" in page_of(refused)) == (400, True)

    assert "请打开“对列”" in page_of(refused)

    page = page_of(officer.get(f"{address}columns/{file.id}/"))
    assert '<select class="form-select" id="c2-metric"' in page
    answer = officer.post(f"{address}columns/{file.id}/", {"c2-metric": "staff_total"})

    assert answer.headers["Location"] == f"{address}#now"
    file.refresh_from_db()
    assert '"2025年职工总数": {metric: staff_total}' in file.mapping


def test_answer_that_is_not_understood_is_kept_and_told(district, officer):
    address = uploaded(officer, csv_file(HENGZHOU, JIAHE, NEW))
    file = intake_at(address).files.get()

    response = officer.post(f"{address}columns/{file.id}/", {"c2-other": "没有这个口径"})

    assert response.status_code == 400
    assert "“没有这个口径”看不懂" in page_of(response)
    file.refresh_from_db()
    assert file.answers["2025年职工总数"]["metric"] == "没有这个口径"


def test_column_that_is_not_wanted_is_left_out(district, officer):
    address = uploaded(officer, csv_file(*ROWS))
    file = intake_at(address).files.get()
    officer.post(f"{address}columns/{file.id}/", {"c2-metric": "-"})

    file.refresh_from_db()
    assert file.mapping == ""


def test_mapping_written_by_hand_is_used_and_its_faults_are_named(district, officer):
    address = uploaded(officer, csv_file(*ROWS))
    file = intake_at(address).files.get()
    wrong = officer.post(f"{address}columns/{file.id}/text/", {"text": "columns: {职工: {metric: nobody}}"})
    right = officer.post(f"{address}columns/{file.id}/text/", {"text": file.mapping + "source: tax\n"})

    assert (wrong.status_code, "nobody" in page_of(wrong)) == (400, True)
    assert right.headers["Location"] == f"{address}#now"
    file.refresh_from_db()
    assert file.mapping.endswith("source: tax\n")


def test_who_reports_has_to_be_said(district, officer):
    address = uploaded(officer, csv_file(*ROWS), source="")
    refused = officer.post(f"{address}check/")
    assert (refused.status_code, "请选择是谁报送的" in page_of(refused)) == (400, True)

    officer.post(f"{address}from/", {"source": "tax", "on": "2026-06-30"})
    intake = intake_at(address)
    assert (intake.source, intake.observed_on) == ("tax", dt.date(2026, 6, 30))
    wrong = officer.post(f"{address}from/", {"source": "tax", "on": "june"})
    assert (wrong.status_code, "日期应写成" in page_of(wrong)) == (400, True)


# ── check ─────────────────────────────────────────────────────────────────────────────────────────────────────


def with_fault(officer):
    """A checked intake in which one cell cannot be read."""
    address = uploaded(officer, csv_file(HENGZHOU, JIAHE, NEW))
    file = intake_at(address).files.get()
    officer.post(f"{address}columns/{file.id}/", {"c2-metric": "staff_total"})
    officer.post(f"{address}check/")
    work()
    return address


def test_fault_is_named_with_cell_value_and_expectation(district, officer):
    address = with_fault(officer)
    [problem] = IntakeProblem.objects.filter(severity="error")
    page = page_of(officer.get(address))

    assert (problem.sheet, problem.cell, problem.found) == ("税务台账", "C3", "约三十")
    assert (problem.subject_name, problem.column) == (JIAHE[0], HEAD[2])
    assert "约三十" in page
    assert JIAHE[0] in page
    assert "约三十" in page_of(officer.get(f"{address}problems.csv?severity=error"))


def test_correction_counts_as_the_officers_and_the_fact_still_shows_what_the_file_has(district, officer):
    address = with_fault(officer)
    [problem] = IntakeProblem.objects.filter(severity="error")
    fields = {f"seen-{problem.id}": "1", f"was-{problem.id}": "约三十", f"fix-{problem.id}": "30"}

    assert officer.post(f"{address}correct/", fields).headers["Location"] == f"{address}#now"
    work()
    assert not IntakeProblem.objects.filter(severity="error").exists()
    officer.post(f"{address}commit/")
    work()

    [correction] = Correction.objects.all()
    assert (correction.stood, correction.value, correction.by) == (
        "约三十", "30", intake_at(address).created_by,
    )  # fmt: skip
    assert facts_of(district, "jiahe") == [("tax", "30", "约三十", "C3")]
    [batch] = intake_at(address).batches
    assert "税务台账 C3" in page_of(officer.get(f"/imports/batches/{batch}/"))
    original = district.store.state().batch(batch).manifest.files[0].sha256
    assert "约三十".encode() in district.store.read_original(original)


def test_row_left_out_is_not_read(district, officer):
    address = with_fault(officer)
    [problem] = IntakeProblem.objects.filter(severity="error")
    officer.post(f"{address}correct/", {f"seen-{problem.id}": "1", f"skip-{problem.id}": "on"})
    work()

    assert intake_at(address).counts["rows"] == 2


def test_verdicts_that_would_change_are_listed_and_exported(district, officer):
    officer.post("/language/", {"language": "en"})
    address = checked(officer, csv_file(HENGZHOU, [JIAHE[0], JIAHE[1], "900"], NEW))
    page = page_of(officer.get(f"{address}changes/"))
    file = page_of(officer.get(f"{address}changes.csv"))

    assert "Changes of verdicts" in page
    assert JIAHE[0] in page
    assert JIAHE[0] in file
    words = re.sub(r"常州[^<]*|税务台账|育苗", "", page.partition("<main")[2])
    assert re.findall(r">[^<]*[\u3400-\u9fff][^<]*<", words) == []


LIKE = ["常州衡舟精传动公司", "", "44"]


def test_subject_that_may_be_known_is_decided_before_the_import_or_waits(district, officer):
    address = checked(officer, csv_file(LIKE, *ROWS[1:]))
    [pair] = IntakePair.objects.all()
    assert (pair.name, pair.other) == (LIKE[0], district.ids["hengzhou"])

    officer.post(f"{address}pairs/choose/", {"pair": pair.id, "decision": "same"})
    assert "同一家" in page_of(officer.get(address))
    officer.post(f"{address}check/")
    work()
    assert IntakePair.objects.get().decision == "same"
    officer.post(f"{address}commit/")
    work()

    assert [row[:2] for row in facts_of(district, "hengzhou")] == [("tax", "44"), ("town", "41")]
    assert [event.act.value for event in district.store.state().decisions] == ["merge"]


def test_undecided_pair_waits_in_the_queue(district, officer):
    address = checked(officer, csv_file(LIKE, *ROWS[1:]))
    officer.post(f"{address}commit/")
    work()
    work()
    page = page_of(officer.get("/imports/queue/"))

    assert LIKE[0] in page
    assert "常州衡舟精密传动有限公司" in page


# ── jobs ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_running_job_is_shown_with_and_without_scripts(district, officer):
    address = uploaded(officer, csv_file(*ROWS))
    officer.post(f"{address}check/")

    page = page_of(officer.get(address))
    assert f'<noscript><meta http-equiv="refresh" content="2;url={address}"></noscript>' in page
    assert 'hx-trigger="every 1s"' in page
    assert "排队中" in page_of(officer.get(f"{address}progress/"))
    work()
    assert officer.get(f"{address}progress/").headers["HX-Redirect"].endswith("#now")
    assert "every 1s" not in page_of(officer.get(address))


def test_commit_asked_for_twice_is_one_job_and_one_batch(district, officer):
    address = checked(officer, csv_file(*ROWS))
    officer.post(f"{address}commit/")
    officer.post(f"{address}commit/")

    assert Job.objects.filter(kind=services.COMMIT).count() == 1
    work()
    assert len(district.store.state().batches) == 2


def test_intake_cancelled_while_it_is_checked_keeps_nothing(district, officer):
    address = uploaded(officer, csv_file(*ROWS))
    officer.post(f"{address}check/")
    officer.post(f"{address}cancel/")
    work()

    assert intake_at(address).state == "cancelled"
    assert not IntakeProblem.objects.exists()


def test_intake_that_is_imported_cannot_be_changed_or_given_up(district, officer):
    address = checked(officer, csv_file(*ROWS))
    officer.post(f"{address}commit/")
    work()

    for act in ("cancel", "check", "from", "commit"):
        assert officer.post(f"{address}{act}/", {"source": "tax"}).status_code == 400, act
    assert intake_at(address).state == "committed"


def test_check_that_fails_tells_why_and_the_intake_can_be_checked_again(district, officer, monkeypatch):
    address = uploaded(officer, csv_file(*ROWS))
    officer.post(f"{address}check/")
    with monkeypatch.context() as broken:
        broken.setattr(working, "_preview", lambda *arguments: 1 // 0)
        work()
    page = page_of(officer.get(address))

    assert "job.fault" in page
    assert "再试一次" in page
    officer.post(f"{address}check/")
    work()
    assert intake_at(address).state == "checked"


def test_intakes_that_nobody_finishes_are_given_up_with_their_files(district, officer, settings):
    address = uploaded(officer, csv_file(*ROWS))
    created = intake_at(address).created_at
    over = created + dt.timedelta(days=1)
    assert (UPLOADS.days, UPLOADS.count(created), UPLOADS.count(over)) == (KEPT_DAYS, 0, 1)
    assert UPLOADS.destroy(created, over) == 0
    assert intake_at(address).state == "mapping"

    assert UPLOADS.destroy(over, over) == 1
    assert intake_at(address).state == "cancelled"
    assert kept_uploads(settings.YUMIAO_DATA, before=float("inf")) == set()


# ── lists and who may ─────────────────────────────────────────────────────────────────────────────────────────


def test_list_of_intakes_filters_sorts_and_exports(district, officer):
    uploaded(officer, csv_file(*ROWS, name="甲.csv"), source="tax")
    uploaded(officer, csv_file(*ROWS, name="乙.csv"), source="town")

    def listed(query):
        return re.findall(r">([甲乙])\.csv", page_of(officer.get(f"/imports/{query}")))

    assert listed("") == ["乙", "甲"]
    assert listed("?sort=oldest") == ["甲", "乙"]
    assert listed("?source=tax") == ["甲"]
    assert listed("?q=乙") == ["乙"]
    assert listed("?state=committed") == []
    assert "没有符合条件的" in page_of(officer.get("/imports/?state=committed"))
    who = Person.objects.get(login="officer").id
    assert listed(f"?who={who}") == ["乙", "甲"]
    assert "甲.csv" in page_of(officer.get("/imports/export.csv?source=tax"))
    assert officer.get("/imports/export.xlsx").status_code == 200


def test_lists_ask_the_database_as_often_for_one_row_as_for_three(district, officer):
    def counted(page):
        with CaptureQueriesContext(connection) as seen:
            assert officer.get(page).status_code == 200
        return len(seen)

    uploaded(officer, csv_file(*ROWS))
    before = counted("/imports/")
    uploaded(officer, csv_file(*ROWS, name="乙.csv"), xlsx_file(*ROWS))
    uploaded(officer, csv_file(*ROWS, name="丙.csv"), source="town")

    assert Intake.objects.count() == 3
    assert counted("/imports/") == before


@pytest.mark.parametrize("login", PEOPLE)
def test_pages_of_importing_answer_officers_only(login, sign_in):
    client = sign_in(login)
    allowed = login == "officer"

    for page in ("", "new/", "export.csv", "batches/", "queue/", "queue/decisions/", "conflicts/"):
        response = client.get(f"/imports/{page}")
        assert response.status_code == (200 if allowed else 403), page
    assert upload(client, csv_file(*ROWS)).status_code == (302 if allowed else 403)
    assert ('href="/imports/"' in page_of(client.get("/messages/"))) == allowed


def test_pages_without_signing_in_lead_to_the_sign_in_page():
    assert Client().get("/imports/").headers["Location"] == "/sign-in/?next=/imports/"


@pytest.mark.parametrize("address", ["none/", "none/problems/", "none/changes/", "batches/none/"])
def test_what_is_not_there_is_not_found(address, officer):
    assert officer.get(f"/imports/{address}").status_code == 404
