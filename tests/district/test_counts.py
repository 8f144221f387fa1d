"""Counts that the worker made are those that a page would make itself, of the register that its lists read."""

import datetime as dt
import random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.district.districts import AS_OF, NOW, ON, content_of
from tests.district.importing import page_of
from tests.district.seeded import SeededDistrict, title_table

from yumiao.district.accounts.models import Person
from yumiao.district.accounts.selectors import actor_of
from yumiao.district.counts import keeping, standing
from yumiao.district.counts.kept import counts_seen, register_key, sees_place
from yumiao.district.counts.models import KeptCounts
from yumiao.district.counts.standing import Standing
from yumiao.district.jobs.doing import do_job
from yumiao.district.jobs.kinds import Work
from yumiao.district.jobs.models import Job
from yumiao.district.overview.known_todos import count_ending_soon
from yumiao.district.overview.numbers import Numbers, count_numbers, read_numbers
from yumiao.district.permissions import visible_to
from yumiao.district.policies.selectors import count_coverage, coverage
from yumiao.district.registry import keeping as registry_keeping
from yumiao.district.registry.keeping import ask_for_refresh
from yumiao.district.registry.models import OutcomeCurrent, Subject
from yumiao.district.registry.packs import library
from yumiao.district.registry.refreshing import refresh
from yumiao.district.registry.remembering import forget
from yumiao.district.registry.selectors import projection
from yumiao.district.registry.services import rebuild
from yumiao.store import BatchContent, no_declarations

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def seeded(tmp_path, settings):
    """Sixty firms in five places, some near misses and contested verdicts among them."""
    made = SeededDistrict(tmp_path, 5)
    made.fill()
    settings.YUMIAO_STORE, settings.YUMIAO_DATA = made.store.path, tmp_path / "data"
    rebuild(made.store, library(), as_of=AS_OF, data=tmp_path / "data", now=NOW)
    chance = random.Random(5)
    for row in chance.sample(list(OutcomeCurrent.objects.order_by("pk")), 80):
        row.near_miss, row.contested = chance.random() < 0.6, chance.random() < 0.6
        row.save()
    return made


def count():
    return keeping._run(Work("j", "", {}, NOW, lambda *_: None))


def refreshed(district, minutes):
    done = refresh(
        district.store, library(), as_of=AS_OF, data=district.folder / "data", now=NOW + minutes * MINUTE
    )
    forget()
    return done


def actors():
    """A reader of each sight that goes by places: two counties, one, a town, one that is nowhere."""
    officer, town = (actor_of(Person.objects.get(login=login)) for login in ("officer", "town"))
    return [
        officer,
        town,
        type(officer)(**{**vars_of(officer), "territories": ("320412", "320402")}),
        type(officer)(**{**vars_of(officer), "territories": ()}),
        type(town)(**{**vars_of(town), "territories": ("320412100", "320412101")}),
        type(town)(**{**vars_of(town), "territories": ("999999",)}),
    ]


def vars_of(actor):
    return {name: getattr(actor, name) for name in actor.__dataclass_fields__}


def plain(numbers: Numbers):
    """The numbers without zeros in tables of tables."""
    return {
        name: {
            key: {each: count for each, count in dict(row).items() if count} if hasattr(row, "items") else row
            for key, row in said.items()
            if row and (not hasattr(row, "items") or any(row.values()))
        }
        if hasattr(said := getattr(numbers, name), "items")
        else said
        for name in numbers.__dataclass_fields__
    }


def assert_counted(built):
    """What is kept is what a page counts itself, for every reader."""
    for actor in actors():
        forget()
        assert counts_seen(actor, built) is not None
        assert plain(read_numbers(actor, built)) == plain(count_numbers(actor)), actor.territories
        assert coverage(actor) == count_coverage(actor), actor.territories
        kept = count_ending_soon(actor, NOW).count
        forget()
        row = KeptCounts.objects.get()
        KeptCounts.objects.all().delete()
        assert kept == count_ending_soon(actor, NOW).count
        row.save(force_insert=True)


def test_counts_after_any_acts_are_those_counted_anew(seeded, monkeypatch):
    read = []
    put = Standing._put
    monkeypatch.setattr(
        Standing, "_put", lambda self, ids, *more: read.append(len(ids)) or put(self, ids, *more)
    )
    assert count() == {"places": 5}
    assert read == [60]
    assert_counted(projection())
    ids = sorted(Subject.objects.values_list("id", flat=True))
    for minute, act in enumerate(
        ("import", "move", "merge", "titles", "revert", "undo", "new", "separate"), 1
    ):
        with seeded.writing() as draft:
            if act == "import":
                firms = [seeded.firm(subject, 7) for subject in ids[:9]]
                draft.add_batch(content_of(firms, names=False), kind="k", source="tax", observed_on=ON)
            elif act == "move":
                firms = [
                    (*firm[:3], "320402", *firm[4:]) for firm in (seeded.firm(each, 9) for each in ids[9:15])
                ]
                draft.add_batch(content_of(firms), kind="k", source="tax", observed_on=ON)
            elif act == "merge":
                merged = draft.merge(ids[3], into=ids[20])
            elif act == "titles":
                titles = title_table([(ids[5], "hnte", "granted", dt.date(2025, 3, 3), None, "320412")])
                content = content_of([seeded.firm(ids[5], 5)])
                full = BatchContent(content.facts, content.identifiers, no_declarations(), {"titles": titles})
                draft.add_batch(full, kind="t", source="town", observed_on=ON)
            elif act == "revert":
                draft.revert(seeded.store.state().batches[1].manifest.id)
            elif act == "undo":
                draft.undo(merged)
            elif act == "new":
                [new] = draft.mint(1)
                draft.add_batch(content_of([seeded.firm(new, 77)]), kind="k", source="tax", observed_on=ON)
            else:
                draft.separate(ids[1], ids[2])
        del read[:]
        assert not refreshed(seeded, minute).was_rebuilt, act
        count()
        assert sum(read) < 15, act
        assert_counted(projection())
        anew = Standing()
        anew.follow(seeded.store, projection(), lambda: True)
        assert anew.counts() == keeping.STANDING.counts(), act
    assert KeptCounts.objects.count() == 1


def test_place_is_seen_as_the_database_says_it(seeded):
    for actor in actors():
        seen = {each.id for each in Subject.objects.all() if sees_place(actor, each.territory)}
        assert seen == set(Subject.objects.filter(visible_to(actor)).values_list("id", flat=True))


def test_pages_show_what_was_counted_and_count_what_was_not(seeded, sign_in):
    count()
    officer = sign_in("officer")
    page_of(officer.get("/policies/"))
    KeptCounts.objects.update(places={})
    forget()
    with CaptureQueriesContext(connection) as seen:
        page_of(officer.get("/overview/"))
        page_of(officer.get("/policies/"))
    assert not [each["sql"] for each in seen if "COUNT" in each["sql"] and "outcomecurrent" in each["sql"]]

    seeded.add_staff_of(sorted(Subject.objects.values_list("id", flat=True))[:3])
    refreshed(seeded, 1)

    with CaptureQueriesContext(connection) as seen:
        officer.get("/overview/")
        officer.get("/policies/")
    assert [each["sql"] for each in seen if "COUNT" in each["sql"] and "outcomecurrent" in each["sql"]]
    assert counts_seen(actors()[0], projection()) is None


def test_enterprise_and_others_are_counted_for_by_the_page(seeded):
    count()
    enterprise = actor_of(Person.objects.get(login="enterprise"))

    assert counts_seen(enterprise, projection()) is None


def test_register_that_changes_while_it_is_counted_is_counted_again(seeded, monkeypatch):
    ids, times = sorted(Subject.objects.values_list("id", flat=True)), []

    def add_late(_places):
        times.append(1)
        if len(times) == 1:
            seeded.add_staff_of(ids[:3])
            refreshed(seeded, 1)

    monkeypatch.setattr(keeping, "STEPS", (*keeping.STEPS, add_late))

    assert count() == {"places": 5}

    assert len(times) == 2
    assert KeptCounts.objects.get().register == register_key(projection())
    assert_counted(projection())


@pytest.mark.parametrize("is_whole", [True, False])
def test_register_that_changes_while_it_is_read_is_followed(seeded, monkeypatch, is_whole):
    monkeypatch.setattr(standing, "_TOGETHER", 20)
    monkeypatch.setattr(standing, "_CHUNK", 2)
    ids, put, times = sorted(Subject.objects.values_list("id", flat=True)), Standing._put, []
    if not is_whole:
        count()
        seeded.add_staff_of(ids[:5])
        refreshed(seeded, 1)

    def give_way():
        if len(times) == 1:  # the first part was read
            times.append(0)
            seeded.add_staff_of([ids[0], ids[3], ids[50]])
            refreshed(seeded, 2)

    monkeypatch.setattr(Standing, "_put", lambda self, part, *more: times.append(1) or put(self, part, *more))

    keeping._run(Work("j", "", {}, NOW, lambda *_: None, give_way))

    assert len(times) == 1 + 3 + 2
    assert KeptCounts.objects.get().register == register_key(projection())
    assert_counted(projection())


def test_counting_that_broke_off_begins_with_everybody(seeded, monkeypatch):
    count()
    seeded.add_staff_of(sorted(Subject.objects.values_list("id", flat=True))[:3])
    refreshed(seeded, 1)
    with monkeypatch.context() as broken:
        broken.setattr(standing, "_verdicts", lambda _rows: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            count()
    OutcomeCurrent.objects.update(near_miss=False)

    count()

    assert_counted(projection())


def test_register_built_anew_of_the_same_store_is_read_whole(seeded):
    count()
    data = seeded.folder / "data"
    rebuild(seeded.store, library(), as_of=AS_OF, data=data, now=NOW + MINUTE)

    count()

    assert_counted(projection())


def test_refresh_asks_for_counts_once_it_is_visible_and_so_does_the_worker_where_nobody_did(
    seeded, monkeypatch
):
    def waiting():
        return list(Job.objects.filter(kind="register.count", state="queued"))

    keeping.ask_for_counts(NOW)
    keeping.ask_for_counts(NOW)
    [job] = waiting()
    do_job(job.id, lambda: NOW)
    keeping.ask_for_counts(NOW)
    assert not waiting()

    monkeypatch.setitem(registry_keeping._FOLLOWERS, "broken", lambda _now: 1 / 0)
    seeded.add_staff_of(sorted(Subject.objects.values_list("id", flat=True))[:3])
    job = ask_for_refresh(actor="", now=NOW)
    do_job(job, lambda: NOW + MINUTE)

    assert Job.objects.get(id=job).state == "done"
    [counting] = waiting()
    do_job(counting.id, lambda: NOW + MINUTE)
    assert_counted(projection())
