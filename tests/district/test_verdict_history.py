"""An outcome that a new register gives otherwise is kept, with what had changed: the date, the rules, which facts."""

import datetime as dt
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.district.districts import AS_OF, NOW, SmallDistrict

from yumiao.district.journal.models import JournalLine
from yumiao.district.registry.changes import changes_of
from yumiao.district.registry.models import OutcomeChange, OutcomeCurrent, Projection
from yumiao.district.registry.packs import library
from yumiao.district.registry.refreshing import refresh
from yumiao.district.registry.services import rebuild
from yumiao.model.outcomes import Outcome

LATER = NOW + dt.timedelta(hours=1)
FAMILY = "tech_sme"
BIG = 777
"""Staff with which no enterprise is a technology SME."""


@pytest.fixture
def district(tmp_path, settings, ids):
    """The district of all tests in a store of its own; its register is built."""
    made = SmallDistrict(tmp_path).fill()
    settings.YUMIAO_DATA, settings.YUMIAO_STORE = tmp_path / "data", made.store.path
    build(made, rebuild)
    OutcomeChange.objects.all().delete()
    return made


def build(district, act=refresh, as_of=AS_OF, packs=None):
    data = district.folder / "data"
    act(district.store, packs or library(), as_of=as_of, data=data, now=LATER)


def outcomes():
    rows = OutcomeCurrent.objects.values_list("subject_id", "family", "outcome")
    return {(subject, family): outcome for subject, family, outcome in rows}


def kept():
    rows = OutcomeChange.objects.values_list("subject", "family", "outcome_before", "outcome_after")
    return {(subject, family): (before, after) for subject, family, before, after in rows}


def between(before, after):
    """What differs, without those that are new or gone."""
    return {
        key: (before[key], after[key]) for key in before.keys() & after.keys() if before[key] != after[key]
    }


@pytest.mark.parametrize("act", [refresh, rebuild])
def test_every_outcome_that_an_import_changes_is_kept_and_no_other(district, act):
    before = outcomes()
    district.add_staff("qingmu", BIG, "town")

    build(district, act)

    assert kept() == between(before, outcomes())
    assert kept()[(district.ids["qingmu"], FAMILY)] == ("undetermined", "not_met")
    assert {subject for subject, _ in kept()} == {district.ids["qingmu"]}
    (change,) = [each for each in changes_of([district.ids["qingmu"]]) if each.family == FAMILY]
    assert (change.before, change.after, change.at) == (Outcome.UNDETERMINED, Outcome.NOT_MET, LATER)
    assert (change.facts, change.days, change.versions, change.is_reworded) == (True, None, None, False)
    assert change.known_before < change.known_after == Projection.objects.get().receipt["known_at"]


def test_building_again_without_anything_new_keeps_nothing(district):
    build(district, rebuild)
    assert kept() == {}


def test_another_application_date_is_told_as_the_reason(district):
    before, later = outcomes(), AS_OF.replace(year=2035)
    build(district, rebuild, as_of=later)

    assert kept() == between(before, outcomes()) != {}
    change = changes_of(list(district.ids.values()))[0]
    assert (change.days, change.facts) == ((AS_OF, later), False)


def test_corrected_rules_of_one_version_are_told_as_the_reason(district):
    """As if the rules had been others before: the receipt names their hash."""
    built = Projection.objects.get()
    policy = next(each for each in built.receipt["policies"] if each.startswith(f"{FAMILY}@"))
    built.receipt["policies"][policy]["pack"] = "0" * 64
    built.save()
    OutcomeCurrent.objects.filter(family=FAMILY, subject=district.ids["hengzhou"]).update(outcome="met")

    build(district, rebuild)

    (change,) = changes_of([district.ids["hengzhou"]])
    assert (change.family, change.is_reworded, change.versions, change.facts) == (FAMILY, True, None, False)


def test_history_is_kept_where_nothing_of_the_transaction_is(district, monkeypatch):
    district.add_staff("qingmu", BIG, "town")
    lines = JournalLine.objects.count()

    def broken(*_, **__):
        raise BrokenPipeError

    monkeypatch.setattr("yumiao.district.registry.refreshing.record", broken)
    with pytest.raises(BrokenPipeError):
        build(district)
    assert (kept(), JournalLine.objects.count()) == ({}, lines)
    monkeypatch.undo()
    build(district)
    assert len(kept()) > 0


def line_of(client, subject, query="?kind=verdict"):
    response = client.get(f"/enterprises/{subject}/timeline/{query}")
    assert response.status_code == 200
    return response.content.decode()


def test_timeline_says_which_verdict_changed_and_by_which_fact(district, sign_in):
    district.add_staff("qingmu", BIG, "town")
    build(district)
    subject = district.ids["qingmu"]

    page = line_of(sign_in("officer"), subject)

    entry = next(part for part in page.split("<li") if "科技型中小企业：" in part)
    assert "未定 → 不符合" in entry
    assert "收到 2025年职工总数 777 人" in entry or "收到 职工总数" in entry
    assert "收到town" not in page
    assert page.count('class="tl-verdict"') == len([key for key in kept() if key[0] == subject])
    whole = line_of(sign_in("officer"), subject, "")
    assert {"tl-verdict", "tl-changed", "tl-received"} <= {
        part.partition('"')[0] for part in whole.split('<li class="')
    }


def test_reason_that_is_no_fact_is_told_in_words(district, sign_in):
    district.add_staff("qingmu", BIG, "town")
    build(district, rebuild, as_of=AS_OF.replace(year=2035))
    page = line_of(sign_in("officer"), district.ids["qingmu"])
    assert "申报日期 2026-07-15 → 2035-07-15" in page


def test_own_people_see_the_history_without_what_a_hidden_source_said(district, sign_in, monkeypatch):
    district.add_staff("hengzhou", BIG, "town")
    build(district)
    subject, client = district.ids["hengzhou"], sign_in("enterprise")
    assert str(BIG) in line_of(client, subject)
    reported = library().reported
    town = replace(reported.sources["town"], shown_to_subject=False)
    hiding = replace(library(), reported=replace(reported, sources={**reported.sources, "town": town}))
    monkeypatch.setattr("yumiao.web.histories.library", lambda: hiding)

    page = line_of(client, subject)

    assert ("tl-verdict" in page, "其他资料、名单" in page, str(BIG) in page) == (True, True, False)


def test_timeline_asks_the_same_number_of_queries_for_few_and_many(district, sign_in):
    client, subject = sign_in("officer"), district.ids["hengzhou"]

    def asked():
        with CaptureQueriesContext(connection) as found:
            line_of(client, subject, "")
        return len(found)

    row = OutcomeChange(
        subject=subject,
        family=FAMILY,
        version_before="2017",
        version_after="2026",
        outcome_before="met",
        outcome_after="not_met",
        as_of_before=AS_OF,
        as_of_after=AS_OF,
        known_before="",
        known_after="",
        is_reworded=False,
        at=NOW,
    )
    row.save()
    asked()
    few = asked()
    for _ in range(2):
        row.pk = None
        row.save(force_insert=True)
    assert (asked(), len(changes_of([subject]))) == (few, 3)
