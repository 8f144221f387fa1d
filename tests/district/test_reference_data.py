"""Divisions, working calendar and retention: dated data with sources, on screen, journalled, never guessed."""

import csv
import datetime as dt
import io
import re

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.district.districts import NOW, PEOPLE, SmallDistrict

from yumiao.district.accounts.models import Person
from yumiao.district.divisions.models import DivisionName
from yumiao.district.divisions.selectors import division_name
from yumiao.district.divisions.services import (
    Division,
    add_division,
    end_division,
    import_divisions,
    reference_texts,
    withdraw_division,
)
from yumiao.district.entering.models import PasswordCode
from yumiao.district.entering.passwords import issue_code
from yumiao.district.jobs.periodic import run_due
from yumiao.district.journal.models import JournalLine
from yumiao.district.retention.services import decide_term, destroy_over, terms
from yumiao.district.workdays.counting import WorkingCalendar, add_working_days, working_days_between
from yumiao.district.workdays.models import CalendarDay, CalendarYear
from yumiao.district.workdays.selectors import days_of, known_years, working_calendar
from yumiao.district.workdays.services import Day, clear_day, import_days, reference_text, set_day
from yumiao.model.problems import YumiaoError

DAY = dt.date


@pytest.fixture
def calendar():
    import_days(reference_text(), now=NOW)
    return working_calendar()


def test_reference_calendar_holds_four_years_each_day_with_its_notice(calendar):
    assert known_years() == [2026, 2025, 2024, 2023]
    assert all(each.source.startswith("http") for year in known_years() for each in days_of(year))
    assert [each.day.isoformat() for each in days_of(2026) if each.is_working] == [
        "2026-01-04",
        "2026-02-14",
        "2026-02-28",
        "2026-05-09",
        "2026-09-20",
        "2026-10-10",
    ]


def test_term_of_seven_working_days_over_a_holiday_ends_as_published_practice_counts_it(calendar):
    """Receipt 2024-06-05, seven working days: 06-10 is a holiday, so the last day is 06-17."""
    received = DAY(2024, 6, 5)
    counted = [DAY(2024, 6, day) for day in (6, 7, 11, 12, 13, 14, 17)]

    assert add_working_days(calendar, received, 7) == counted[-1]
    assert [working_days_between(calendar, received, day) for day in counted] == [1, 2, 3, 4, 5, 6, 7]
    assert add_working_days(calendar, DAY(2024, 6, 20), 20) == DAY(2024, 7, 18)
    assert working_days_between(calendar, DAY(2024, 7, 1), DAY(2024, 7, 12)) == 9


def test_make_up_weekend_counts_and_a_term_that_would_end_on_a_day_off_moves_on(calendar):
    assert working_days_between(calendar, DAY(2026, 2, 13), DAY(2026, 2, 14)) == 1
    assert add_working_days(calendar, DAY(2026, 10, 3), 0) == DAY(2026, 10, 8)
    assert working_days_between(calendar, DAY(2026, 10, 8), DAY(2026, 10, 3)) == -1


def test_year_that_nobody_entered_stops_the_counting_with_what_to_do(calendar):
    with pytest.raises(YumiaoError) as refused:
        add_working_days(calendar, DAY(2026, 12, 28), 7)

    assert refused.value.code == "calendar.year_unknown"
    assert "2027" in refused.value.text.en
    with pytest.raises(YumiaoError):
        WorkingCalendar(frozenset()).is_working(DAY(2026, 7, 15))


def test_day_is_entered_changed_and_cleared_with_a_line_each():
    day = Day(DAY(2027, 1, 1), False, "元旦", "国办发明电〔2026〕1号")
    set_day(day, now=NOW)
    set_day(Day(day.day, False, "元旦节", day.source), now=NOW)
    assert (known_years(), [each.name for each in days_of(2027)]) == ([2027], ["元旦节"])

    assert clear_day(day.day, now=NOW)
    assert not clear_day(day.day, now=NOW)

    assert known_years() == [2027]  # the year stays known: it simply has no exception that day
    acts = list(JournalLine.objects.filter(stream="reference/calendar").values_list("act", flat=True))
    assert acts == ["calendar.day_set", "calendar.day_set", "calendar.day_cleared"]


def test_calendar_file_with_mistakes_names_every_row_and_changes_nothing(calendar):
    text = (
        "date,kind,name,source\n2027-01-01,off,元旦,甲\nnever,off,元旦,甲\n2027-01-02,free,元旦,甲\n"
        "2027-01-04,work,元旦,甲\n2027-01-01,off,,\n"
    )
    with pytest.raises(YumiaoError) as refused:
        import_days(text, now=NOW)

    assert [problem.text.en.split(":")[0] for problem in refused.value.problems] == [
        "3",
        "4",
        "5",
        "6",
        "6",
        "6",
    ]
    assert known_years()[0] == 2026
    with pytest.raises(YumiaoError):
        import_days("a,b\n1,2\n", now=NOW)


def test_calendar_page_lists_enters_imports_and_exports_the_same_file(sign_in):
    client = sign_in("system")
    assert "未登记" in client.get("/admin/calendar/?year=2026").content.decode()
    assert client.post("/admin/calendar/import/", {"reference": "1"}).status_code == 302
    page = client.get("/admin/calendar/?year=2026").content.decode()
    assert ("2026-10-10" in page, "调休上班" in page, "2025-10-01" in page) == (True, True, False)

    bad = client.post("/admin/calendar/", {"date": "soon", "kind": "work", "name": "端午", "source": "甲"})
    assert (bad.status_code, 'value="端午"' in bad.content.decode()) == (400, True)
    client.post("/admin/calendar/", {"date": "2027-01-01", "kind": "off", "name": "元旦", "source": "甲"})
    client.post("/admin/calendar/2026-10-10/clear/")
    exported = b"".join(client.get("/admin/calendar/export.csv").streaming_content).decode("utf-8-sig")
    days = set(CalendarDay.objects.values_list("day", flat=True))
    assert {DAY.fromisoformat(row["date"]) for row in csv.DictReader(io.StringIO(exported))} == days
    assert DAY(2027, 1, 1) in days
    assert DAY(2026, 10, 10) not in days

    CalendarYear.objects.all().delete()
    CalendarDay.objects.all().delete()
    file = SimpleUploadedFile("calendar.csv", exported.encode())
    assert client.post("/admin/calendar/import/", {"file": file}).status_code == 302
    assert set(CalendarDay.objects.values_list("day", flat=True)) == days


@pytest.mark.parametrize("content", [b"\xff\xfe\x00a", b"", b"x" * ((1 << 20) + 1)])
def test_file_that_is_no_small_text_is_refused_with_words(content, sign_in):
    refused = sign_in("system").post(
        "/admin/divisions/import/", {"file": SimpleUploadedFile("a.csv", content)}
    )

    assert refused.status_code == 400
    assert DivisionName.objects.count() == 0


# ── divisions ─────────────────────────────────────────────────────────────────────────────────────────────────


def division(code, name, start=None, end=None):
    return Division(code, name, "town", code[:6], "", start, end, "区划公告")


def test_reference_divisions_hold_the_tree_and_who_administers_what():
    text = reference_texts()["cn-js-wujin"]

    assert import_divisions(text, now=NOW) == 21
    assert import_divisions(text, now=NOW) == 0
    assert division_name("320412100", DAY(2026, 7, 15)) == "湖塘镇"
    under = DivisionName.objects.filter(administered_by="经开区").values_list("name", flat=True)
    assert set(under) == {"戚墅堰街道", "丁堰街道", "潞城街道", "遥观镇", "横林镇", "横山桥镇"}


def test_renamed_division_keeps_its_former_name_for_its_time():
    row = add_division(division("320412999", "旧名镇"), now=NOW)
    end_division(row, until=DAY(2025, 12, 31), now=NOW)
    add_division(division("320412999", "新名街道", DAY(2026, 1, 1)), now=NOW)

    assert division_name("320412999", DAY(2025, 12, 31)) == "旧名镇"
    assert division_name("320412999", DAY(2026, 1, 1)) == "新名街道"
    assert division_name("320412998", DAY(2026, 1, 1)) is None


def test_two_names_of_one_code_at_one_time_are_refused():
    add_division(division("320412999", "旧名镇"), now=NOW)

    with pytest.raises(YumiaoError) as refused:
        add_division(division("320412999", "新名街道", DAY(2026, 1, 1)), now=NOW)

    assert "旧名镇" in refused.value.problems[0].text.zh


def test_withdrawn_row_counts_no_more_and_comes_back_unless_its_place_is_taken():
    row = add_division(division("320412999", "写错镇"), now=NOW)
    withdraw_division(row, is_withdrawn=True, now=NOW)
    assert division_name("320412999", DAY(2026, 1, 1)) is None
    withdraw_division(row, is_withdrawn=False, now=NOW)
    assert division_name("320412999", DAY(2026, 1, 1)) == "写错镇"

    withdraw_division(row, is_withdrawn=True, now=NOW)
    add_division(division("320412999", "写对镇"), now=NOW)
    with pytest.raises(YumiaoError):
        withdraw_division(row, is_withdrawn=False, now=NOW)


def test_division_with_several_mistakes_names_all_of_them():
    wrong = Division("3204129", "", "Town!", "99", "", DAY(2026, 1, 2), DAY(2026, 1, 1), "")
    with pytest.raises(YumiaoError) as refused:
        add_division(wrong, now=NOW)

    assert len(refused.value.problems) == 5


def test_divisions_page_imports_filters_ends_withdraws_and_undoes(sign_in):
    client = sign_in("system")
    assert "还没有区划" in client.get("/admin/divisions/").content.decode()
    client.post("/admin/divisions/import/", {"reference": "cn-js-wujin"})
    page = client.get("/admin/divisions/?q=经开区").content.decode()
    assert ("横林镇" in page, "湖塘镇" in page) == (True, False)

    row = DivisionName.objects.get(code="320412105").id
    client.post(f"/admin/divisions/{row}/end/", {"until": "2026-06-30"})
    assert "横林镇" not in client.get("/admin/divisions/?on=2026-07-01").content.decode()
    assert client.post(f"/admin/divisions/{row}/end/", {"until": "x"}).status_code == 400
    undo = client.post(f"/admin/divisions/{row}/withdraw/").content.decode()
    assert f'action="/admin/divisions/{row}/back/"' in undo
    client.post(f"/admin/divisions/{row}/back/")
    assert DivisionName.objects.get(id=row).withdrawn_at is None
    refused = client.post("/admin/divisions/", {"code": "3", "name": "某镇"})
    assert (refused.status_code, 'value="某镇"' in refused.content.decode()) == (400, True)


@pytest.mark.parametrize("address", ["/admin/divisions/", "/admin/calendar/?year=2026", "/admin/retention/"])
def test_page_asks_the_same_number_of_queries_for_few_and_many(address, sign_in):
    client = sign_in("security" if "retention" in address else "system")

    def asked():
        with CaptureQueriesContext(connection) as found:
            assert client.get(address).status_code == 200
        return len(found)

    add_division(division("320412999", "甲镇"), now=NOW)
    set_day(Day(DAY(2026, 1, 1), False, "元旦", "甲"), now=NOW)
    asked()
    few = asked()
    for number in range(3):
        add_division(division(f"32041290{number}", "乙镇"), now=NOW)
        set_day(Day(DAY(2026, 2, 17 + number), False, "春节", "甲"), now=NOW)
    assert asked() == few


@pytest.mark.parametrize("login", PEOPLE)
def test_reference_pages_answer_as_the_matrix_says(login, sign_in):
    client = sign_in(login)
    found = {
        address: client.get(address).status_code == 200
        for address in (
            "/admin/divisions/",
            "/admin/calendar/",
            "/admin/retention/",
            "/admin/retention/destroy/",
        )
    }

    assert found == {
        "/admin/divisions/": login == "system",
        "/admin/calendar/": login == "system",
        "/admin/retention/": login == "security",
        "/admin/retention/destroy/": login == "security",
    }
    assert client.post("/admin/retention/destroy/").status_code == (302 if login == "security" else 403)


# ── retention ─────────────────────────────────────────────────────────────────────────────────────────────────


def over(now):
    return {each.kind.name: each.over for each in terms(now)}


def test_preview_counts_what_destroying_then_destroys_and_journals(settings, tmp_path):
    district = SmallDistrict(tmp_path).fill()
    with district.writing() as draft:
        short = draft.keep_original(b"one", "一.csv", DAY(2026, 8, 1))
        draft.keep_original(b"two", "二.csv", DAY(2036, 8, 1))
    settings.YUMIAO_STORE = district.store.path
    person = Person.objects.get(login="town").id
    issue_code(person_id=person, now=NOW, by="p")
    later = dt.datetime(2026, 9, 1, 9, tzinfo=dt.UTC)
    assert (over(NOW)["originals"], over(NOW)["codes"]) == (0, 0)
    assert (over(later)["originals"], over(later)["codes"]) == (1, 1)

    done = destroy_over(now=later)

    assert (done["originals"], done["codes"]) == (1, 1)
    assert (PasswordCode.objects.count(), over(later)["originals"]) == (0, 0)
    with pytest.raises(YumiaoError) as gone:
        district.store.read_original(short)
    assert gone.value.code == "store.original_destroyed"
    assert district.store.verify().is_whole
    lines = JournalLine.objects.filter(act="retention.destroyed").values_list("stream", "payload")
    assert ("retention/originals", '{"count":1,"kind":"originals"}') in set(lines)
    assert destroy_over(now=later) == {}


def test_term_is_decided_with_its_reason_within_limits(sign_in):
    client = sign_in("security")
    refused = client.post("/admin/retention/", {"kind": "messages", "days": "3", "reason": "太短"})
    assert (refused.status_code, 'value="太短"' in refused.content.decode()) == (400, True)
    client.post("/admin/retention/", {"kind": "messages", "days": "365", "reason": "局务会〔2026〕3号"})

    (found,) = [each for each in terms(NOW) if each.kind.name == "messages"]
    assert (found.days, found.is_default, found.reason) == (365, False, "局务会〔2026〕3号")
    assert "局务会〔2026〕3号" in client.get("/admin/retention/").content.decode()
    for kind in ("originals", "journal"):
        with pytest.raises(YumiaoError):
            decide_term(kind=kind, days=400, reason="x", now=NOW)


def test_default_terms_say_that_they_are_defaults():
    found = {each.kind.name: (each.days, each.is_default) for each in terms(NOW)}
    assert [found[kind] for kind in ("messages", "jobs", "codes", "originals")] == [
        (730, True),
        (180, True),
        (30, True),
        (0, True),
    ]


def test_worker_destroys_once_a_day():
    issue_code(person_id=Person.objects.get(login="town").id, now=NOW, by="p")
    later = timezone.now() + dt.timedelta(days=400)

    assert "retention" in run_due(later)
    assert PasswordCode.objects.count() == 0
    assert "retention" not in run_due(later + dt.timedelta(hours=23))


@pytest.mark.parametrize(
    ("language", "kinds", "never"),
    [
        ("zh-hans", ["省", "镇", "街道", "园区等单独列出的单位"], ["province", "street"]),
        ("en", ["Province", "Town", "Subdistrict", "Park or other unit listed apart"], ["street"]),
    ],
)
def test_divisions_page_says_kinds_in_the_language_of_the_reader(language, kinds, never, sign_in):
    client = sign_in("system")
    client.post("/admin/divisions/import/", {"reference": "cn-js-wujin"})
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    shown = re.findall(r'data-l="(?:种类|Kind)">([^<]*)<', client.get("/admin/divisions/").content.decode())

    assert set(kinds) <= set(shown)
    assert not set(never) & set(shown)


def test_kind_that_only_a_file_knows_is_shown_as_the_file_says_and_can_be_entered_again(sign_in):
    client = sign_in("system")
    row = add_division(Division("320412999", "甲场", "farm", "320412", "", None, None, "通知"), now=NOW)
    refused = client.post("/admin/divisions/", {"code": "3", "name": "某场", "kind": "farm"})

    assert '<td data-l="种类">farm</td>' in client.get("/admin/divisions/?q=甲场").content.decode()
    assert '<option value="farm" selected>farm</option>' in refused.content.decode()
    assert DivisionName.objects.get(id=row).kind == "farm"
