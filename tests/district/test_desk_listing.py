"""Lists of what waits: the same, however little of the store was looked at; what was decided does not come back."""

import random

import pytest
from django.utils import timezone
from tests.district.districts import FIRMS, NOW
from tests.district.importing import own_district, work
from tests.district.test_import_desk import add_pair

from yumiao.district.intakes import contested, desk
from yumiao.district.intakes.deciding import decide, settle
from yumiao.district.intakes.models import ContestedFact, OpenPair, StoreFollowed
from yumiao.district.jobs.doing import do_job
from yumiao.district.jobs.kinds import Work
from yumiao.district.jobs.models import Job
from yumiao.district.registry.keeping import ask_for_refresh
from yumiao.district.registry.models import OutcomeCurrent, Projection
from yumiao.district.registry.packs import library
from yumiao.importing.conflicts import list_conflicts
from yumiao.importing.naming import known_names
from yumiao.importing.queue import decide_pair, open_pairs

SIDES = ("subject", "name", "code", "other", "other_name", "other_code", "probability")
FACTS = ("subject", "name", "code", "column", "value", "source", "place", "other", "other_source")


@pytest.fixture
def district(tmp_path, settings):
    """Five firms; another source says otherwise of one; a sixth may be one of them; all listed."""
    made = own_district(tmp_path, settings)
    made.add_staff("qingmu", 310, "tax")
    add_pair(made, "常州衡舟精传动公司", "hengzhou")
    refresh()
    listing()
    return made


def refresh():
    ask_for_refresh(actor="p1", now=timezone.now())
    work()


def listing():
    return desk.run_desk(Work("j", "", {}, NOW, lambda *_: None))


def listed():
    pairs = sorted(OpenPair.objects.values_list(*SIDES))
    facts = ContestedFact.objects.values_list(*FACTS, "other_place", "policies", "hanging")
    return pairs, sorted(map(list, facts))


def wanted(district):
    """What the whole store says, judged for this alone."""
    state = district.store.state()
    named = {row["subject"]: (row["name"] or "", row["code"] or "") for row in known_names(state).to_dicts()}
    pairs = [
        (row["subject"], *named[row["subject"]], row["other"], *named[row["other"]], row["probability"])
        for row in open_pairs(state).to_dicts()
    ]
    conflicts = list_conflicts(state, library(), Projection.objects.get().as_of)
    facts = [
        [*("" if said is None else said for said in row), len(row[-1])]
        for row in conflicts.select(*FACTS, "other_place", "policies").rows()
    ]
    return sorted(pairs), sorted(facts)


@pytest.mark.parametrize("seed", range(4))
def test_lists_after_any_acts_are_those_of_the_whole_store(seed, district):
    chance = random.Random(seed)
    firms, names = list(FIRMS), iter(["青木新材料", "嘉禾电子厂", "天宁泵", "衡舟传动厂", "青木新材厂"])

    def pair():
        add_pair(district, next(names), chance.choice(firms), chance.random())

    def tell():
        district.add_staff(chance.choice(firms), chance.randint(1, 600), chance.choice(("tax", "town")))

    def revert():
        counted = district.store.state().batches
        with district.writing() as draft:
            draft.revert(chance.choice(counted[1:]).manifest.id)

    def one():
        waiting = open_pairs(district.store.state())
        if waiting.height:
            subject, other = waiting.select("subject", "other").row(0)
            with district.writing() as draft:
                decide_pair(draft, subject, other, is_same=chance.random() < 0.7)

    def undo():
        decisions = district.store.state().decisions
        if decisions:
            with district.writing() as draft:
                draft.undo(decisions[-1].seq)

    for act in chance.sample([pair, pair, tell, tell, tell, revert, one, one, undo], 7):
        act()
        if chance.random() < 0.8:
            refresh()
        listing()
        assert listed() == wanted(district), act.__name__
    StoreFollowed.objects.update(listed_root="", listed_basis="")
    before = set(ContestedFact.objects.values_list("id", flat=True))
    listing()
    assert set(ContestedFact.objects.values_list("id", flat=True)) == before


def test_after_an_import_only_those_are_looked_at_whom_it_speaks_of(district, monkeypatch):
    looked = []
    found = contested.Search.find
    monkeypatch.setattr(
        contested.Search, "find", lambda self, part: looked.append(set(part)) or found(self, part)
    )
    rows = {"pair": OpenPair.objects.get().id, "fact": ContestedFact.objects.get().id}
    district.add_staff("hengzhou", 77, "tax")
    refresh()

    assert listing() == {"pairs": 1, "contested": 2}

    assert looked == [{district.ids["hengzhou"]}]
    assert rows == {"pair": OpenPair.objects.get().id, "fact": ContestedFact.objects.order_by("id")[0].id}
    listing()
    assert looked == [{district.ids["hengzhou"]}]


def test_lists_of_other_rules_are_made_anew(district, monkeypatch):
    ContestedFact.objects.update(policies=["out of date"])
    listing()
    assert ContestedFact.objects.get().policies == ["out of date"]

    monkeypatch.setattr(contested, "ENGINE_VERSION", "0.0.1")
    listing()

    assert listed() == wanted(district)


def test_policies_that_hang_on_a_fact_are_those_that_the_register_calls_contested(district):
    OutcomeCurrent.objects.filter(subject=district.ids["qingmu"]).update(contested=False)
    StoreFollowed.objects.update(listed_basis="")

    listing()

    assert ContestedFact.objects.get().policies == []


def test_register_that_is_behind_goes_first_and_the_store_is_asked_where_it_cannot(district, monkeypatch):
    district.add_staff("hengzhou", 77, "tax")
    job = desk.ask_for_desk(actor="", now=NOW)

    do_job(job, timezone.now)

    assert Projection.objects.get().store_root == district.store.state().root
    assert listed() == wanted(district)

    monkeypatch.setattr(desk, "reconcile", lambda _now: None)
    district.add_staff("tianning", 78, "tax")
    do_job(desk.ask_for_desk(actor="", now=NOW), timezone.now)

    assert Projection.objects.get().store_root != district.store.state().root
    assert listed() == wanted(district)
    Projection.objects.all().delete()
    StoreFollowed.objects.update(listed_basis="")
    listing()
    assert ContestedFact.objects.count() == 3


def test_what_is_decided_while_the_lists_are_made_does_not_come_back(district, monkeypatch):
    """The store is read, then somebody decides a pair and settles a fact, then the lists are written."""
    found = contested.Search.find
    pair, fact = OpenPair.objects.get(), ContestedFact.objects.get()

    def find(self, part):
        rows = found(self, part)
        decide(pair.subject, pair.other, is_same=False, why="", by="p1", now=timezone.now())
        settle(fact.id, "310", why="", by="p1", now=timezone.now())
        return rows

    monkeypatch.setattr(contested.Search, "find", find)
    StoreFollowed.objects.update(listed_root="", listed_basis="")
    OpenPair.objects.all().update(name="another name")

    listing()

    assert listed() == ([], [])
    monkeypatch.undo()
    assert StoreFollowed.objects.get().listed_root != district.store.state().root
    work()
    assert listed() == wanted(district) == ([], [])
    assert StoreFollowed.objects.get().listed_root == district.store.state().root


def test_lists_of_everybody_let_a_refresh_by_and_begin_again(district, monkeypatch):
    district.add_staff("hengzhou", 77, "tax")
    refresh()
    found, parts = contested.Search.find, []

    def find(self, part):
        if not parts:  # somebody imports while the first part is looked through
            district.add_staff("tianning", 78, "tax")
            ask_for_refresh(actor="p2", now=timezone.now())
        parts.append((len(part), Projection.objects.get().store_root == district.store.state().root))
        return found(self, part)

    monkeypatch.setattr(contested.Search, "find", find)
    monkeypatch.setattr(contested, "_TOGETHER", 2)
    StoreFollowed.objects.update(listed_root="", listed_basis="")

    job = desk.ask_for_desk(actor="", now=NOW)
    do_job(job, timezone.now)

    assert parts == [(2, False), (2, True), (2, True), (2, True)]
    assert listed() == wanted(district)
    assert ContestedFact.objects.count() == 3
    assert set(Job.objects.values_list("state", flat=True)) == {"done"}
