"""Filters of the list of enterprises: held × met, how much is known; what is shown is what is exported."""

import csv
import io
import re

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from tests.district.districts import AS_OF, NOW
from tests.district.seeded import SeededDistrict

from yumiao.district.accounts.models import Person
from yumiao.district.accounts.selectors import actor_of
from yumiao.district.registry import selectors
from yumiao.district.registry.crossing import Crossing, granted_title
from yumiao.district.registry.models import OutcomeCurrent, TitleHeld
from yumiao.district.registry.packs import library
from yumiao.district.registry.remembering import forget
from yumiao.district.registry.selectors import COVERAGES, Wanted
from yumiao.district.registry.services import find_differences, rebuild
from yumiao.ladder.history_reading import read_histories
from yumiao.ladder.rows import read_rows
from yumiao.model.outcomes import Outcome

HELD = {"held": True, "not_held": False}


@pytest.fixture(scope="module")
def seeded(tmp_path_factory):
    return SeededDistrict(tmp_path_factory.mktemp("seeded"), 7).fill()


@pytest.fixture(scope="module")
def built(seeded, tmp_path_factory, django_db_setup, django_db_blocker):
    """The register of a seeded district, for all tests of this file; taken back after the last."""
    with django_db_blocker.unblock(), transaction.atomic():
        rebuild(seeded.store, library(), as_of=AS_OF, data=tmp_path_factory.mktemp("data"), now=NOW)
        yield seeded
        transaction.set_rollback(True)


@pytest.fixture
def officer(db):
    return actor_of(Person.objects.get(login="officer"))


def found(officer, **wanted):
    return {row.id for row in selectors.subjects_wanted(officer, Wanted(**wanted))}


def visible(officer):
    return found(officer)


def test_titles_of_the_register_are_those_of_the_lists(built):
    rows, _ = read_rows(built.store.state().records("titles"), library().titles)
    histories, _ = read_histories(rows, library().titles)
    expected = {(each.subject, each.title): each.is_valid(AS_OF) for each in histories}

    assert len(expected) > 50
    assert {(row.subject_id, row.title): row.held for row in TitleHeld.objects.all()} == expected
    assert set(expected.values()) == {True, False}


def test_last_day_of_a_title_is_known_only_where_a_list_bounds_it(built):
    ended = TitleHeld.objects.filter(end_known=True, held=True)

    assert ended.exists()
    assert all(row.until_low is not None and row.until_low >= AS_OF for row in ended)


@pytest.mark.parametrize("policy", ["hnte", "srdi_sme", "tech_sme"])
@pytest.mark.parametrize("crossing", list(Crossing))
def test_crossing_finds_exactly_those_with_that_title_and_that_outcome(built, officer, policy, crossing):
    version = OutcomeCurrent.objects.filter(family=policy).first().version
    title = granted_title(f"{policy}@{version}")
    held = dict(TitleHeld.objects.filter(title=title).values_list("subject_id", "held"))
    outcomes = dict(OutcomeCurrent.objects.filter(family=policy).values_list("subject_id", "outcome"))
    if crossing is Crossing.NOT_KNOWN:
        expected = {subject for subject in outcomes if held.get(subject) is None}
    else:
        outcome = (
            crossing.value.removeprefix("not_held_").removeprefix("held_").replace("open", "undetermined")
        )
        wanted = HELD["not_held" if crossing.value.startswith("not_held") else "held"]
        expected = {s for s, each in outcomes.items() if each == outcome and held.get(s) is wanted}

    assert found(officer, policy=policy, crossing=crossing) == expected & visible(officer)


def test_crossings_of_one_policy_share_out_all_subjects(built, officer):
    parts = [found(officer, policy="hnte", crossing=each) for each in Crossing]

    assert set.union(*parts) == visible(officer)
    assert sum(map(len, parts)) == len(visible(officer))


def test_crossing_without_a_policy_is_of_any_policy_that_grants_a_title(built, officer):
    families = {each.family for each in selectors.policy_choices()}
    granting = {"hnte", "tech_sme", "srdi_sme", "little_giant", "innovative_sme"}
    parts = [found(officer, policy=family, crossing=Crossing.HELD_NOT_MET) for family in families & granting]

    assert found(officer, crossing=Crossing.HELD_NOT_MET) == set.union(*parts) != set()


def test_crossing_under_a_policy_that_grants_no_title_finds_nobody(built, officer):
    assert found(officer, policy="size_class", crossing=Crossing.HELD_MET) == set()


@pytest.mark.parametrize("least", COVERAGES)
def test_coverage_finds_those_with_so_many_known_facts(built, officer, least):
    rows = OutcomeCurrent.objects.filter(family="size_class")
    expected = {row.subject_id for row in rows if row.known * 100 >= least * row.needed}

    assert found(officer, policy="size_class", coverage=least) == expected & visible(officer)


def test_coverage_counts_the_facts_that_a_policy_reads_and_has(built):
    rows = OutcomeCurrent.objects.filter(family="unicorn_gbt").values_list("known", "needed")

    assert set(rows) == {
        (1, 4)
    }  # of listed, valuation, established_on and investors only the third was received


def test_filters_combine_on_one_verdict(built, officer):
    wanted = {"policy": "tech_sme", "outcome": Outcome.UNDETERMINED, "coverage": 25}
    rows = OutcomeCurrent.objects.filter(family="tech_sme", outcome="undetermined")
    expected = {row.subject_id for row in rows if row.known * 4 >= row.needed}

    assert found(officer, **wanted) == expected & visible(officer)
    assert found(officer, crossing=Crossing.HELD_MET, **wanted) == set()


@pytest.mark.parametrize("sort", sorted(selectors.SORTS))
@pytest.mark.parametrize("policy", ["", "hnte"])
def test_every_order_lists_the_same_subjects_once(built, officer, sort, policy):
    rows = list(selectors.subjects_wanted(officer, Wanted(policy=policy, sort=sort)))

    assert len(rows) == len({row.id for row in rows}) == len(visible(officer))


def test_order_by_last_day_puts_the_title_that_ends_first_on_top(built, officer):
    rows = selectors.with_verdicts(
        selectors.subjects_wanted(officer, Wanted(policy="hnte", sort="until")), "hnte"
    )
    ends = [row.verdicts[0].granted.until for row in rows if row.verdicts[0].granted.held]
    known = [each for each in ends if each is not None]

    assert len(known) > 3
    assert known == sorted(known)


@pytest.mark.parametrize("query", ["policy=hnte&crossing=held_open", "crossing=not_held_met", "coverage=75"])
def test_list_and_file_hold_the_same_enterprises_and_titles(built, sign_in, query):
    client = sign_in("officer")
    page = client.get(f"/enterprises/?{query}").content.decode()
    file = b"".join(client.get(f"/enterprises/export.csv?{query}").streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(file)))
    names = re.findall(r'<th scope="row"><a href="/enterprises/\w+/">([^<]*)</a>', page)

    assert sorted({row["名称"] for row in rows}) == sorted(names)
    assert {row["资质"] for row in rows} <= {"", "持有", "未持有", "未知"}
    if "held_open" in query:
        assert {(row["资质"], row["结论"]) for row in rows} == {("持有", "未定")}


@pytest.mark.parametrize("queries", [("?q=试验001", "?q=试验00"), ("", "?coverage=25")])
def test_list_costs_the_same_queries_for_one_row_and_for_three(queries, built, sign_in, officer):
    client = sign_in("officer")
    client.get("/enterprises/")
    counts = set()
    for query in queries:
        forget()
        with CaptureQueriesContext(connection) as captured:
            client.get("/enterprises/" + query)
        counts.add(len(captured))

    assert len(counts) == 1


def test_check_finds_a_title_that_was_changed(built):
    row = TitleHeld.objects.filter(held=True).first()
    TitleHeld.objects.filter(pk=row.pk).update(held=None)

    found = find_differences(built.store, library())

    assert [(each.what.en, each.examples) for each in found] == [("titles", (row.subject_id,))]
