"""The monthly brief: the overview's own numbers, each with its day and source, as Word, page and PDF."""

import datetime as dt
import io
import re
import sys
import uuid
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone
from docx import Document
from tests.district.districts import AS_OF, NOW, PEOPLE
from tests.district.seeded import SeededDistrict
from tests.district.test_commands import yumiao
from tests.district.test_overview import TARGETS

from yumiao.district.accounts.models import Person
from yumiao.district.accounts.selectors import actor_of
from yumiao.district.brief import making
from yumiao.district.brief.contents import read_brief
from yumiao.district.brief.documents import build_template, fill_template
from yumiao.district.brief.making import ask_for_brief, brief_document
from yumiao.district.brief.past import past_months, read_past_brief
from yumiao.district.brief.wording import brief_context
from yumiao.district.indicators.models import Actual, Target, TitleState
from yumiao.district.indicators.services import import_targets
from yumiao.district.jobs.doing import do_job
from yumiao.district.jobs.models import Job
from yumiao.district.journal.models import JournalLine
from yumiao.district.overview.selectors import read_overview
from yumiao.district.registry.packs import library
from yumiao.district.registry.services import rebuild
from yumiao.model.problems import YumiaoError

HANZI = re.compile(r"[\u3400-\u9fff]")
RECEIVED = ("年度计划", "月报", "电视", "武进区", "天宁区")


@pytest.fixture(scope="module", params=[31, 32, 33])
def seeded(request, tmp_path_factory, django_db_setup, django_db_blocker):
    folder = tmp_path_factory.mktemp("seeded")
    district = SeededDistrict(folder, request.param).fill()
    with django_db_blocker.unblock(), transaction.atomic():
        import_targets(TARGETS, now=NOW)
        rebuild(district.store, library(), as_of=AS_OF, data=folder / "data", now=NOW)
        yield district
        transaction.set_rollback(True)


@pytest.fixture
def officer():
    return actor_of(Person.objects.get(login="officer"))


@pytest.fixture
def data(settings, tmp_path):
    settings.YUMIAO_DATA = tmp_path
    return tmp_path


def tables_of(document):
    read = Document(io.BytesIO(document))
    return [[[cell.text for cell in row.cells] for row in table.rows] for table in read.tables]


def text_of(document):
    read = Document(io.BytesIO(document))
    cells = [cell for table in tables_of(document) for row in table for cell in row]
    return "\n".join([*(paragraph.text for paragraph in read.paragraphs), *cells])


def test_document_says_what_the_overview_says(seeded, officer, data):
    overview = read_overview(officer, library(), NOW)

    goals, stages, moves, lines, *_ = tables_of(brief_document(officer, month="", language="zh", now=NOW))

    assert [row[:2] for row in stages[1:]] == [
        [
            f"{stage.rung} {' / '.join(title.zh for title in stage.titles)}",
            "未知" if stage.now is None else str(stage.now.count),
        ]
        for stage in overview.stages
    ]
    assert [tuple(map(int, row)) for row in moves[1:]] == [
        (move.before, move.after, move.who.count) for move in overview.moves
    ]
    assert [row[4] for row in lines[1:]] == [
        "未知" if line.now is None else str(line.now.count) for line in overview.lines
    ]
    assert goals[3][1:4] == ["78–80", "2", "≥ 200 年度计划 2026-01-20"]
    assert "月报 2026-07-15；电视 2026-07-15，至 6 月" in goals[3][4]
    assert f"截至 {AS_OF}" in goals[1][4]


def test_towns_make_the_rungs_of_the_overview(seeded, officer):
    brief = read_brief(officer, library(), month="2026-07", now=NOW)

    sums = [sum(town.counts[place] for town in brief.towns) for place in range(len(brief.overview.stages))]

    shown = [stage.now.count if stage.now else 0 for stage in brief.overview.stages]
    assert sums == shown
    assert sum(sums) > 10


def test_titles_that_end_soon_are_named_with_their_last_day(seeded, officer, data):
    brief = read_brief(officer, library(), month="", now=NOW)
    document = text_of(brief_document(officer, month="", language="zh", now=NOW))

    rows = TitleState.objects.filter(scope="320412", days_left__lte=90)
    assert 0 < len(brief.ending) <= rows.count()
    assert all(AS_OF <= each.until <= AS_OF + dt.timedelta(days=90) for each in brief.ending)
    assert all(each.name in document and each.until.isoformat() in document for each in brief.ending)


def test_english_document_has_chinese_in_names_and_received_words_alone(seeded, officer):
    brief = read_brief(officer, library(), month="", now=NOW)
    context = brief_context(brief, library(), "en")
    names = [row["name"] for part in ("ending", "nearest") for row in context[part]]

    text = text_of(fill_template(context))
    for word in (*names, *RECEIVED, brief.organisation or "育苗"):
        text = text.replace(word, "")

    assert "Monthly brief" in text
    assert [found for found in HANZI.findall(text) if found] == [], text


# ── making one ────────────────────────────────────────────────────────────────────────────────────────────────


def made(client, data):
    location = client.post("/brief/make/").headers["Location"]
    do_job(Job.objects.get().id, timezone.now)
    assert Job.objects.get().told_zh == ""
    return location


def test_brief_is_made_by_a_job_and_fetched_by_whoever_asked(sign_in, data):
    client = sign_in("officer")

    page = client.get(made(client, data))

    address = re.search(r'href="(/brief/made/[0-9a-f]{32}/)"', page.content.decode()).group(1)
    fetched = client.get(address)
    assert fetched.headers["Content-Disposition"] == 'attachment; filename="brief.docx"'
    assert "科技企业培育月报" in text_of(b"".join(fetched.streaming_content))
    assert JournalLine.objects.filter(act="brief.made").count() == 1
    assert sign_in("town").get(address).status_code == 403
    assert client.get(f"/brief/made/{uuid.uuid4().hex}/").status_code == 404


def test_job_done_twice_writes_one_file_and_old_ones_go(data, officer):
    file = uuid.uuid4().hex
    ask_for_brief(actor=officer, file=file, month="2026-07", language="zh", now=NOW)
    folder = data / making.FOLDER
    folder.mkdir()
    (folder / "0.docx").write_bytes(b"")
    late = timezone.now() + making.KEPT + dt.timedelta(days=1)

    for _ in range(2):
        Job.objects.update(state="queued")
        do_job(Job.objects.get().id, lambda: late)

    assert [path.name for path in folder.iterdir()] == [f"{file}.docx"]


def test_brief_of_a_month_of_which_nothing_is_known_is_refused(seeded, officer):
    with pytest.raises(YumiaoError) as refused:
        brief_document(officer, month="2026-04", language="zh", now=NOW)

    assert refused.value.code == "brief.month"
    assert "--as-of" in refused.value.text.zh


def test_brief_of_a_past_month_has_what_was_told_of_it_and_says_what_is_not_kept(seeded, officer, data):
    """Of May one value was told; the plan says nothing by then but its step of March; June's values are not in it."""
    assert past_months(officer) == ["2026-06", "2026-05"]
    document = brief_document(officer, month="2026-05", language="zh", now=NOW)
    rows = tables_of(document)[0]
    text = text_of(document)

    assert "（2026-05）" in text
    [row] = [row for row in rows if "招引科技项目" in row[0]]
    assert (row[1], row[2], row[4]) == ("60", "1", "月报 2026-07-15，至 5 月")
    assert [row[1] for row in rows[1:] if "招引科技项目" not in row[0]] == ["未知", "未知"]
    assert text.count("这个月的没有保存，不写") == 5
    assert "78" not in text

    [june] = [
        row
        for row in tables_of(brief_document(officer, month="2026-06", language="zh", now=NOW))[0]
        if "招引" in row[0]
    ]
    assert (june[1], june[2]) == ("78–80", "2")


def test_past_month_leaves_out_targets_set_later_and_values_withdrawn(seeded, officer):
    Target.objects.filter(indicator="PRJ_TI").update(set_on=AS_OF)
    assert {
        goal.indicator for goal in read_past_brief(officer, library(), month="2026-05", now=NOW).goals
    } == {
        "HT_VALID",
        "HT_NET",
    }
    Actual.objects.filter(month=5).update(withdrawn_at=NOW)
    assert read_past_brief(officer, library(), month="2026-05", now=NOW) is None


def test_page_offers_past_months_and_prints_them(seeded, sign_in, data):
    client = sign_in("officer")
    page = client.get("/brief/?month=2026-05").content.decode()
    assert '<option value="2026-05" selected>' in page
    assert 'href="/brief/print/?month=2026-05"' in page
    printed = client.get("/brief/print/?month=2026-05").content.decode()
    assert ("2026-05" in printed, "这个月的没有保存" in printed, '<th scope="col">梯级' in printed) == (
        True,
        True,
        False,
    )
    asked = client.post("/brief/make/", {"month": "2026-05"})
    assert Job.objects.get(kind="brief.make").arguments["month"] == "2026-05"
    assert asked.status_code == 302
    assert client.get("/brief/print/?month=2026-13").status_code == 200


def test_template_of_the_office_is_used_and_a_broken_one_is_named(officer, data):
    own = data / "templates" / "brief.docx"
    own.parent.mkdir()
    document = Document()
    document.add_paragraph("本局样式 {{ as_of }}")
    document.save(own)
    assert text_of(brief_document(officer, month="", language="zh", now=NOW)).strip() == f"本局样式 {AS_OF}"

    own.write_bytes(b"no document")
    with pytest.raises(YumiaoError) as refused:
        brief_document(officer, month="", language="zh", now=NOW)
    assert refused.value.code == "brief.template"


def test_template_says_nothing_of_its_own_but_places():
    assert all("{" in line for line in text_of(build_template()).splitlines() if line.strip())


def test_print_page_has_the_same_numbers_and_no_script(sign_in, officer):
    page = sign_in("officer").get("/brief/print/").content.decode()
    brief = read_brief(officer, library(), month="", now=timezone.now())

    assert f'<th scope="row">{brief.overview.stages[0].rung} ' in page
    assert "<script" not in page
    assert "style=" not in page


def test_pdf_is_refused_plainly_where_the_system_cannot_make_it(sign_in, monkeypatch):
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    refused = sign_in("officer").get("/brief/pdf/")

    assert refused.status_code == 503
    assert "打印页" in refused.content.decode()


@pytest.mark.parametrize("login", PEOPLE)
def test_brief_is_for_officers(login, sign_in):
    for address in ("/brief/", "/brief/print/"):
        assert sign_in(login).get(address).status_code == (200 if login == "officer" else 403)
    assert sign_in(login).post("/brief/make/").status_code == (302 if login == "officer" else 403)


def test_command_writes_the_template_and_refuses_without_a_division(tmp_path):
    data, out = tmp_path / "data", tmp_path / "brief.docx"
    assert yumiao("district", "prepare", "--data", data).returncode == 0

    assert yumiao("district", "brief", "--out", out, "--write-template", "--data", data).returncode == 0
    assert out.read_bytes() == build_template() or Path(out).stat().st_size > 10_000
    refused = yumiao("district", "brief", "--out", out, "--data", data)
    assert refused.returncode == 2
    assert "--territory" in refused.stderr + refused.stdout
