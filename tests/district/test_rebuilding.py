"""The register follows from the store: whole, repeatable, checked."""

import pytest
from django.db import transaction
from tests.district.districts import AS_OF, FIRMS, NOW, SmallDistrict

from yumiao.district.registry import selectors
from yumiao.district.registry.models import (
    OutcomeCurrent,
    Projection,
    SearchKey,
    Subject,
    SubjectAlias,
    TitleHeld,
)
from yumiao.district.registry.packs import library
from yumiao.district.registry.services import find_differences, rebuild
from yumiao.evaluate import evaluate
from yumiao.ladder.known import known_facts

NAMED = (Subject, SubjectAlias)
TABLES = (Subject, SubjectAlias, SearchKey, OutcomeCurrent, TitleHeld)


@pytest.fixture
def build(tmp_path):
    def built(district):
        return rebuild(district.store, library(), as_of=AS_OF, data=tmp_path / "data", now=NOW)

    return built


def rows():
    """Every row of every table, without the numbers that a database gives to rows."""
    return [
        sorted(
            table.objects.values_list(
                *(field.name for field in table._meta.concrete_fields if field.name != "id" or table in NAMED)
            ),
            key=str,
        )
        for table in TABLES
    ]


def test_register_holds_every_subject_with_all_its_names(ids):
    hengzhou = Subject.objects.get(id=ids["hengzhou"])

    assert Subject.objects.count() == len(FIRMS)
    assert hengzhou.known_as.splitlines() == [
        "常州衡舟精密传动有限公司",
        "常州衡舟轴承厂",
        "91320412madem0003l",
    ]
    assert hengzhou.pinyin.splitlines()[0] == "changzhouhengzhoujingmichuandongyouxiangongsi"
    assert hengzhou.territory == "320412100"


def test_outcomes_are_those_of_an_evaluation_of_the_store(district_store):
    run = evaluate(library(), known_facts(district_store.store.state(), library(), AS_OF), as_of=AS_OF)

    expected = {
        (subject, each.policy.family, each.policy.version, outcome)
        for each in run.policies
        for subject, outcome in each.verdicts.select("subject", "outcome").iter_rows()
    }

    assert set(OutcomeCurrent.objects.values_list("subject_id", "family", "version", "outcome")) == expected


def test_first_gap_says_what_is_short_or_missing_in_both_languages():
    waiting = OutcomeCurrent.objects.filter(outcome="undetermined", open__gt=0)

    assert waiting.exists()
    assert all(each.gap_zh.startswith("缺 ") and each.gap_en.startswith("missing: ") for each in waiting)
    assert not OutcomeCurrent.objects.filter(outcome="met").exclude(gap_zh="").exists()


def test_rebuilding_twice_gives_the_same_rows(district_store, build):
    before = rows()

    build(district_store)

    assert rows() == before


def test_rebuilding_that_fails_leaves_the_former_register(district_store, build, monkeypatch):
    before, root = rows(), Projection.objects.get().folder

    def fail(**_arguments):
        raise RuntimeError("power cut")

    monkeypatch.setattr("yumiao.district.registry.services.Projection.objects.update_or_create", fail)
    with pytest.raises(RuntimeError, match="power cut"), transaction.atomic():
        build(district_store)

    assert rows() == before
    assert Projection.objects.get().folder == root


def test_merged_subject_is_one_row_and_its_old_id_leads_to_it(tmp_path, build):
    district = SmallDistrict(tmp_path).fill()
    with district.writing() as draft:
        draft.merge(district.ids["jiahe"], into=district.ids["qingmu"], why="same firm")

    build(district)

    assert Subject.objects.count() == len(FIRMS) - 1
    assert selectors.subject_named(district.ids["jiahe"]).id == district.ids["qingmu"]
    assert find_differences(district.store, library()) == []


def test_check_names_what_differs_from_the_store(district_store, ids):
    assert find_differences(district_store.store, library()) == []

    Subject.objects.filter(id=ids["jiahe"]).update(name="别的名字")
    OutcomeCurrent.objects.filter(subject_id=ids["qingmu"], family="size_class").update(
        outcome="met", gap_zh=""
    )
    SearchKey.objects.filter(subject_id=ids["tianning"]).delete()
    found = find_differences(district_store.store, library())

    assert [(each.what.en, each.examples) for each in found] == [
        ("subjects", (ids["jiahe"],)),
        ("search keys", (ids["tianning"],)),
        ("outcomes of size_class", (ids["qingmu"],)),
    ]


def test_check_without_a_register_says_so(district_store):
    Projection.objects.all().delete()

    assert find_differences(district_store.store, library()) is None
