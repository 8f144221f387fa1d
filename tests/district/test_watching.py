"""What waits for whom: to-dos, sources that are silent for too long, rights that stand twice."""

import datetime as dt
import re

import polars as pl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.district.districts import AS_OF, NOW, ON, SmallDistrict

from yumiao.district.accounts.models import Person
from yumiao.district.accounts.selectors import actor_of
from yumiao.district.indicators.models import RegisterDouble, SourceHeard, TitleState
from yumiao.district.indicators.watching import Heard, watch_store, write_watched
from yumiao.district.intakes.models import ContestedFact, OpenPair
from yumiao.district.overview import todos
from yumiao.district.overview.sources import SourceState, overdue_count, reporting_sources
from yumiao.district.overview.todos import Todo, declare_todo, todos_of
from yumiao.district.registry.models import Subject
from yumiao.district.registry.packs import library
from yumiao.district.workdays.counting import postponed
from yumiao.district.workdays.selectors import working_calendar
from yumiao.district.workdays.services import Day, set_day
from yumiao.evaluate.doubles import Double, DoubleKind
from yumiao.model.facts import SOURCE_SCHEMA, Facts
from yumiao.model.text import Text
from yumiao.store import BatchContent, no_declarations, no_identifiers


def actor(login):
    return actor_of(Person.objects.get(login=login))


def heard(source, observed_on, batches=1):
    SourceHeard.objects.update_or_create(
        source=source, defaults={"observed_on": observed_on, "recorded_at": NOW, "batches": batches}
    )


def rights(ids, rows):
    """A register of intellectual property: firm, number, kind, used for a recognition, on which day."""
    table = pl.DataFrame(
        [
            (ids[firm], number, kind, used, on, "知识产权.csv", "知识产权", f"A{at + 2}", f"r{at}")
            for at, (firm, number, kind, used, on) in enumerate(rows)
        ],
        schema={
            "subject": pl.String(),
            "number": pl.String(),
            "kind": pl.String(),
            "used_for_hnte": pl.Boolean(),
            "used_for_hnte_on": pl.Date(),
            "file": pl.String(),
            "sheet": pl.String(),
            "cell": pl.String(),
            "row_id": pl.String(),
        },
        orient="row",
    )
    facts = Facts(pl.DataFrame(schema={"subject": pl.String()}), pl.DataFrame(schema=SOURCE_SCHEMA))
    return BatchContent(facts, no_identifiers(), no_declarations(), {"ip": table})


@pytest.fixture
def with_rights(tmp_path):
    district = SmallDistrict(tmp_path).fill()
    rows = [
        ("hengzhou", "ZL2020 1 0000001.1", "invention_patent", None, None),
        ("qingmu", "2020100000011", "invention_patent", None, None),
        ("jiahe", "ZL202020000002.2", "utility_model", True, dt.date(2023, 6, 1)),
        ("jiahe", "ZL202020000002.2", "utility_model", True, dt.date(2026, 6, 1)),
        ("tianning", "ZL202030000003.3", "design", None, None),
    ]
    with district.writing() as draft:
        draft.add_batch(rights(district.ids, rows), kind="ip", source="ip_office", observed_on=ON)
    return district


def test_store_tells_rights_that_stand_twice_and_when_each_source_was_heard(with_rights):
    ids = with_rights.ids

    watched = watch_store(with_rights.store.state(), library(), AS_OF)

    assert set(watched.doubles) == {
        ("ip", Double(DoubleKind.SHARED, "ZL2020 1 0000001.1", (ids["hengzhou"], ids["qingmu"]))),
        ("ip", Double(DoubleKind.USED_TWICE, "ZL202020000002.2", (ids["jiahe"],))),
    }
    by_source = {each.source: each for each in watched.heard}
    assert set(library().reported.sources) <= set(by_source)
    assert (by_source["ip_office"].observed_on, by_source["ip_office"].batches) == (ON, 1)
    assert by_source["tax"] == Heard("tax", None, None, 0)


def test_alert_of_rights_leads_to_the_enterprises_that_list_them(with_rights, ids, sign_in):
    watched = watch_store(with_rights.store.state(), library(), AS_OF)
    names = {theirs: ids[firm] for firm, theirs in with_rights.ids.items()}
    doubles = tuple(
        (register, Double(each.kind, each.number, tuple(names[subject] for subject in each.subjects)))
        for register, each in watched.doubles
    )
    write_watched(type(watched)(watched.heard, doubles), set(Subject.objects.values_list("id", flat=True)))
    client = sign_in("officer")

    page = client.get("/overview/").content.decode()
    listed = client.get("/enterprises/?doubled=1").content.decode()

    assert re.search(r'href="/enterprises/\?doubled=1">3<', page)
    assert "其中 1 项用过两次" in page
    assert '<span class="meta">3 家' in listed
    assert '<input type="checkbox" name="doubled" value="1" checked>' in listed
    assert RegisterDouble.objects.filter(kind="used_twice").values_list("others", flat=True).get() == 0


@pytest.mark.parametrize(
    ("days_ago", "state", "late"), [(95, SourceState.IN_TIME, None), (96, SourceState.OVERDUE, 1)]
)
def test_source_is_overdue_the_day_after_its_rhythm(days_ago, state, late):
    SourceHeard.objects.all().delete()
    heard("social_security", NOW.date() - dt.timedelta(days=days_ago))

    (found,) = reporting_sources(NOW)

    assert (found.state, found.late_days, found.every_days) == (state, late, 95)


def test_source_due_on_a_day_off_is_expected_on_the_next_working_day():
    (before,) = [each for each in reporting_sources(NOW) if each.due_on is not None][:1]
    set_day(Day(before.due_on, is_working=False, name="放假", source="通知"), now=NOW)
    (after,) = [each for each in reporting_sources(NOW) if each.id == before.id]
    assert after.due_on == postponed(working_calendar(), before.due_on)
    assert after.due_on > before.due_on


def test_source_that_never_reported_or_has_no_rhythm_is_not_overdue():
    SourceHeard.objects.all().delete()
    heard("tax", None, 0)
    heard("enterprise", dt.date(2020, 1, 1))
    heard("a-source-of-old", dt.date(2020, 1, 1))

    found = {each.id: each.state for each in reporting_sources(NOW)}

    assert found == {
        "tax": SourceState.NEVER,
        "enterprise": SourceState.NO_RHYTHM,
        "a-source-of-old": SourceState.NO_RHYTHM,
    }
    assert overdue_count(NOW) == 0


def test_figure_of_overdue_sources_is_the_length_of_its_list(sign_in):
    SourceHeard.objects.all().delete()
    for source in ("tax", "social_security", "credit"):
        heard(source, dt.date(2020, 1, 1))
    heard("enterprise", dt.date(2020, 1, 1))
    client = sign_in("officer")

    page = client.get("/overview/").content.decode()
    listed = client.get("/overview/sources/?state=overdue").content.decode()
    file = b"".join(client.get("/overview/sources.csv?state=overdue").streaming_content).decode("utf-8-sig")

    assert re.search(r'href="/overview/sources/\?state=overdue">3<', page)
    assert listed.count('<tr><th scope="row">') == 3
    assert len(file.strip().splitlines()) == 4


def test_list_of_sources_costs_the_same_queries_for_one_and_for_many(sign_in):
    client = sign_in("officer")
    client.get("/overview/sources/")
    with CaptureQueriesContext(connection) as many:
        client.get("/overview/sources/")
    SourceHeard.objects.exclude(source="tax").delete()
    with CaptureQueriesContext(connection) as one:
        client.get("/overview/sources/")

    assert len(one) == len(many)


@pytest.mark.parametrize(("login", "status"), [("officer", 200), ("town", 403), ("enterprise", 403)])
def test_sources_are_for_officers_of_the_district(login, status, sign_in):
    for address in ("/overview/sources/", "/overview/sources.xlsx"):
        assert sign_in(login).get(address).status_code == status


# ── to-dos ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_todos_count_what_the_linked_list_holds(ids, sign_in):
    TitleState.objects.create(
        subject_id=ids["hengzhou"], scope="320412", title="hnte", held=True, is_renewed=False, days_left=90
    )
    TitleState.objects.create(
        subject_id=ids["qingmu"], scope="320412", title="hnte", held=True, is_renewed=False, days_left=91
    )
    add_waiting(ids)
    client = sign_in("officer")

    found = {(todo.page, todo.query): todo.count for todo in todos_of(actor("officer"), NOW)}

    units = {"enterprises": "家", "queue": "对", "conflicts": "处"}
    wanted = {("enterprises", "state=ending90"): 1, ("queue", ""): 2, ("conflicts", "hanging=1"): 1}
    assert {key: count for key, count in found.items() if key[0] in units} == wanted
    for page, query in wanted:
        listed = client.get(f"{reverse(page)}?{query}").content.decode()
        assert f'<span class="meta">{found[page, query]} {units[page]}' in listed
    assert "今天要办" in client.get("/overview/").content.decode()


def test_todos_agree_with_the_lists_at_once_after_a_decision(ids):
    add_waiting(ids)
    OpenPair.objects.filter(other=ids["hengzhou"]).delete()
    ContestedFact.objects.filter(hanging=1).delete()

    found = {todo.page: todo.count for todo in todos_of(actor("officer"), NOW)}

    assert (found["queue"], "conflicts" in found) == (1, False)


def add_waiting(ids):
    """Two pairs, and two contested facts, on one of which a verdict hangs; the register knows nothing of them yet."""
    for firm in ("hengzhou", "qingmu"):
        OpenPair.objects.create(subject=f"new-{firm}", other=ids[firm], probability=0.6, distance=0.1)
    for column, hanging in (("staff_total@2025", 1), ("staff_total@2024", 0)):
        ContestedFact.objects.create(
            subject=ids["jiahe"], column=column, value="1", source="tax", other="2", other_source="town",
            policies=["hnte@2016"] * hanging, hanging=hanging,
        )  # fmt: skip


def test_todos_are_shown_to_whoever_may_act_on_them(ids):
    add_waiting(ids)
    heard("tax", dt.date(2020, 1, 1))
    pages = {
        login: {todo.page for todo in todos_of(actor(login), NOW)} for login in ("officer", "town", "audit")
    }

    assert {"queue", "conflicts", "sources"} <= pages["officer"]
    assert pages["town"].isdisjoint({"queue", "conflicts", "sources"})
    assert pages["audit"] == set()


def test_todo_of_another_part_stands_beside_and_none_of_nought(monkeypatch):
    monkeypatch.setattr(todos, "_COUNTED", {})
    declare_todo("proposals", lambda _actor, _now: Todo(2, Text("条", "facts"), Text("待受理", "Proposals")))
    declare_todo("late", lambda _actor, _now: Todo(1, Text("条", "facts"), Text("逾期", "Late"), is_hot=True))
    declare_todo("nothing", lambda _actor, _now: Todo(0, Text("条", "facts"), Text("空", "Nothing")))
    declare_todo("not mine", lambda _actor, _now: None)

    assert [todo.label.en for todo in todos_of(actor("officer"), NOW)] == ["Late", "Proposals"]
    with pytest.raises(ValueError, match="proposals"):
        declare_todo("proposals", lambda _actor, _now: None)
