"""Queries that are written once: they say what the ORM says, at every moment, to every reader."""

import pytest
from django.db import connection
from django.db.backends.signals import connection_created
from django.db.models import Q
from django.db.utils import ConnectionHandler
from django.test.utils import CaptureQueriesContext
from tests.district.districts import NOW

from yumiao.config.databases import database_of
from yumiao.district.accounts.models import Person, Territory
from yumiao.district.accounts.selectors import actor_of
from yumiao.district.messages.models import Message
from yumiao.district.messages.selectors import unread_count
from yumiao.district.operations import reading
from yumiao.district.operations.reading import read_page_by_page
from yumiao.district.permissions import visible_to
from yumiao.district.prepared import Prepared
from yumiao.district.registry import selectors
from yumiao.district.registry.judged import open_judged
from yumiao.district.registry.models import OutcomeCurrent, Projection, Subject, TitleHeld
from yumiao.district.registry.packs import library
from yumiao.district.registry.places import place_names

SUBJECTS = Prepared(
    lambda place, ids: (
        Subject.objects.filter(territory=place, id__in=ids).order_by("id").values_list("id", "met")
    )
)


def test_prepared_query_finds_what_its_query_set_finds(ids):
    wanted = sorted(ids.values())
    place = Subject.objects.get(id=wanted[0]).territory
    found = Subject.objects.filter(territory=place, id__in=wanted).order_by("id").values_list("id", "met")

    assert SUBJECTS.rows(place, wanted) == list(found)
    assert SUBJECTS.rows(place, wanted[:1]) == list(found.filter(id=wanted[0]))
    assert SUBJECTS.rows("", wanted) == list(Subject.objects.filter(territory="").values_list("id", "met"))


def test_prepared_query_asks_each_time_and_is_written_once(ids):
    wanted = sorted(ids.values())
    place = Subject.objects.get(id=wanted[0]).territory
    before = SUBJECTS.rows(place, wanted[:1])
    Subject.objects.filter(id=wanted[0]).update(met=99)
    with CaptureQueriesContext(connection) as captured:
        after = SUBJECTS.rows(place, wanted[:1])

    assert (before == after, after, len(captured)) == (False, [(wanted[0], 99)], 1)


def test_prepared_query_for_nobody_asks_nothing(ids):
    with CaptureQueriesContext(connection) as captured:
        assert SUBJECTS.rows("320412", []) == []
    assert len(captured) == 0


def test_prepared_query_gives_values_as_the_orm_does():
    columns = ("as_of", "built_at", "receipt", "subjects")
    built = Prepared(lambda: Projection.objects.values_list(*columns))
    titles = Prepared(lambda: TitleHeld.objects.order_by("id").values_list("held", "since", "until_low"))

    assert built.rows() == list(Projection.objects.values_list(*columns))
    assert titles.rows() == list(TitleHeld.objects.order_by("id").values_list("held", "since", "until_low"))


def test_text_that_a_lookup_changes_is_refused():
    starting = Prepared(lambda code: Subject.objects.filter(territory__startswith=code).values_list("id"))

    with pytest.raises(ValueError, match="does not stand in the query as it is"):
        starting.rows("3204")


@pytest.mark.parametrize("login", ["officer", "town", "enterprise", "expert"])
def test_rows_of_a_list_are_those_that_the_reader_may_see(login, ids):
    actor = actor_of(Person.objects.get(login=login))
    visible = set(Subject.objects.filter(visible_to(actor)).values_list("id", flat=True))

    rows = selectors.rows_of(actor, sorted(ids.values()), "", place_names())

    assert [row.id for row in rows] == sorted(visible & set(ids.values()))


def test_rows_follow_a_reader_whose_places_change(ids):
    town = Person.objects.get(login="town")
    everybody = sorted(ids.values())
    before = selectors.rows_of(actor_of(town), everybody, "", place_names())
    Territory.objects.filter(person=town).update(code="999999")
    after = selectors.rows_of(actor_of(Person.objects.get(login="town")), everybody, "", place_names())

    assert (len(before), after) == (1, [])


def test_rows_follow_the_register_at_once(ids):
    actor = actor_of(Person.objects.get(login="officer"))
    verdict = OutcomeCurrent.objects.filter(Q(subject__in=ids.values())).first()
    OutcomeCurrent.objects.filter(pk=verdict.pk).update(gap_zh="只差这一件", near_miss=True)

    (row,) = selectors.rows_of(actor, [verdict.subject_id], "", place_names())

    assert "只差这一件" in [each.gap.zh for each in row.near_misses]


def test_many_subjects_have_the_rows_that_each_has_alone():
    actor = actor_of(Person.objects.get(login="officer"))
    seen = Subject.objects.filter(visible_to(actor)).order_by("id")
    everybody = list(seen.values_list("id", flat=True))
    together = selectors.rows_of(actor, everybody, "hnte", place_names())

    alone = [selectors.rows_of(actor, [each], "hnte", place_names())[0] for each in everybody]

    assert together == alone
    assert together == selectors.with_verdicts(seen, "hnte")


def test_projection_is_the_row_that_stands_now():
    Projection.objects.update(built_at=NOW.replace(hour=11))

    assert selectors.projection() == Projection.objects.first()
    assert selectors.projection().built_at == NOW.replace(hour=11)
    Projection.objects.all().delete()
    assert selectors.projection() is None


def test_unread_messages_are_counted_as_they_are_read():
    person = Person.objects.get(login="officer")
    counts = [unread_count(person.id)]
    for number in range(2):
        Message.objects.create(id=f"m{number}", person=person, kind="x", arguments={}, created_at=NOW)
    counts.append(unread_count(person.id))
    Message.objects.filter(id="m0").update(read_at=NOW)

    assert [*counts, unread_count(person.id)] == [counts[0], counts[0] + 2, counts[0] + 1]


def test_facts_out_of_open_tables_are_those_of_the_run(ids, settings):
    built = selectors.projection()
    judged = selectors.judged()
    plain = open_judged(judged.folder, built.as_of, built.receipt, library())

    for subject in ids.values():
        one, other = judged.facts_of(subject), plain.facts_of(subject)
        assert one.table.equals(other.table)
        assert one.sources.equals(other.sources)
        assert one.conflicts.equals(other.conflicts)
    assert len(judged.facts_of("s-nobody")) == 0


def test_connection_lasts_as_long_as_its_thread(tmp_path):
    assert database_of("", tmp_path)["CONN_MAX_AGE"] is None


def test_worker_reads_its_database_page_by_page_and_pages_map_it(tmp_path):
    def mapped_bytes():
        connection = ConnectionHandler({"default": database_of("", tmp_path)})["default"]
        with connection.cursor() as cursor:
            [(mapped,)] = cursor.execute("PRAGMA mmap_size").fetchall()
        connection.close()
        return mapped

    assert mapped_bytes() == 2_147_418_112
    read_page_by_page()
    try:
        assert mapped_bytes() == 0
    finally:
        connection_created.disconnect(dispatch_uid=reading.__name__)
    assert mapped_bytes() == 2_147_418_112
