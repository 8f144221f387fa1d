"""After an import only what moved is judged again, and the register is what building it anew would give."""

import datetime as dt

import polars as pl
import pytest
from tests.district.districts import AS_OF, FIRMS, NOW, ON, SmallDistrict, content_of
from tests.district.seeded import SeededDistrict, title_table
from tests.district.test_rebuilding import rows

from yumiao.district.indicators.ladder import count_ladder
from yumiao.district.indicators.models import (
    LadderBuilt,
    RungState,
    SourceHeard,
    Target,
    TitleMovement,
    TitleState,
    TitleStock,
)
from yumiao.district.jobs.doing import do_job
from yumiao.district.jobs.models import Job, State
from yumiao.district.journal.models import JournalLine
from yumiao.district.registry import judged_facts, keeping, readiness, refreshing
from yumiao.district.registry.judged_facts import FOLDER, disputed_facts, judged_folder, read_judged
from yumiao.district.registry.keeping import FOLD, QUIET, TRIED_AGAIN_AFTER, ask_for_fold, reconcile
from yumiao.district.registry.models import OutcomeCurrent, Projection, Subject
from yumiao.district.registry.packs import library
from yumiao.district.registry.readiness import ready_judges
from yumiao.district.registry.refreshing import Refreshed, fold, is_behind, refresh
from yumiao.district.registry.selectors import judged
from yumiao.district.registry.services import find_differences, rebuild
from yumiao.importing.conflicts import list_conflicts
from yumiao.store import BatchContent, no_declarations

LATER = NOW + dt.timedelta(hours=1)


@pytest.fixture
def build(tmp_path, settings):
    settings.YUMIAO_DATA = tmp_path / "data"

    def built(district, act=rebuild):
        return act(district.store, library(), as_of=AS_OF, data=tmp_path / "data", now=LATER)

    return built


@pytest.fixture
def district(tmp_path, settings, build):
    made = SmallDistrict(tmp_path).fill()
    settings.YUMIAO_STORE = made.store.path
    build(made)
    return made


def import_firm(district, name, code, staff):
    with district.writing() as draft:
        [subject] = draft.mint(1)
        content = content_of([(subject, name, code, "320412", (), staff, "2020-02-02")])
        draft.add_batch(content, kind="town-list", source="town", observed_on=ON)
    return subject


def batch(district, number):
    return district.store.state().all_batches[number - 1].manifest.id


def same_as_new(district, build):
    """Whether the register holds exactly what one built anew holds."""
    assert find_differences(district.store, library()) == []
    held, receipt, said = rows(), Projection.objects.get().receipt, said_of_everybody()
    build(district)
    assert rows() == held
    assert Projection.objects.get().receipt == receipt
    assert said_of_everybody() == said


def said_of_everybody():
    """What pages read of each subject: facts that are known, where each comes from, who says otherwise."""

    def said_of(facts):
        [row] = facts.table.to_dicts()
        known = {name: value for name, value in row.items() if value is not None}
        return known, sorted(facts.sources.rows(), key=repr), facts.conflicts.rows()

    ids = Subject.objects.values_list("id", flat=True)
    return {subject: said_of(judged().facts_of(subject)) for subject in ids}


def test_new_firm_is_judged_alone_and_everything_else_stays(district, build):
    subject = import_firm(district, "常州新苗科技有限公司", "91320412MA9999990X", 30)
    assert is_behind(district.store)

    done = build(district, refresh)

    assert (done, is_behind(district.store)) == (Refreshed(1), False)
    assert Subject.objects.get(id=subject).name == "常州新苗科技有限公司"
    assert JournalLine.objects.filter(act="register.refreshed").count() == 1
    same_as_new(district, build)


def test_nothing_new_does_nothing(district, build):
    before = Projection.objects.get().built_at

    assert build(district, refresh) == Refreshed(0, is_current=True)
    assert Projection.objects.get().built_at == before


def test_answers_of_a_refreshed_subject_cite_the_later_file_and_others_the_earlier(district, build):
    district.add_staff("qingmu", 777, "town")
    district.add_staff("jiahe", 5, "town")
    build(district, refresh)
    district.add_staff("qingmu", 888, "town")
    build(district, refresh)

    def cells(firm):
        facts = judged().facts_of(district.ids[firm])
        at = facts.sources.filter(facts.sources["column"] == "staff_total@2025")
        return (facts.table["staff_total@2025"].to_list(), at["batch"].to_list())

    assert cells("qingmu") == ([888], [batch(district, 4)])
    assert cells("jiahe") == ([5], [batch(district, 3)])
    assert cells("tianning") == ([12], [batch(district, 1)])
    same_as_new(district, build)


def test_folder_of_an_earlier_release_is_read_and_followed(district, build, tmp_path):
    """Facts that came later stood in the first file then, beside sources that did not."""
    district.add_staff("qingmu", 777, "town")
    district.add_staff("jiahe", 5, "town")
    build(district, refresh)
    folder = judged_folder(tmp_path / "data", Projection.objects.get().folder)
    whole = read_judged(folder)
    (folder / "facts.later.parquet").unlink()
    (folder / "facts.parquet").unlink()
    whole.write_parquet(folder / "facts.parquet")

    def staff(firm):
        return judged().facts_of(district.ids[firm]).table["staff_total@2025"].to_list()

    assert (staff("qingmu"), staff("jiahe"), staff("tianning")) == ([777], [5], [12])
    district.add_staff("qingmu", 888, "town")
    build(district, refresh)
    assert (staff("qingmu"), staff("jiahe"), staff("tianning")) == ([888], [5], [12])
    same_as_new(district, build)


def test_what_was_said_later_of_many_becomes_part_of_what_was_said_first(
    district, build, tmp_path, monkeypatch
):
    district.add_staff("qingmu", 777, "town")
    build(district, refresh)
    before = Projection.objects.get()
    said = read_judged(judged_folder(tmp_path / "data", before.folder))
    district.add_staff("jiahe", 5, "town")
    build(district, refresh)

    monkeypatch.setattr(judged_facts, "_FEW", 0)
    ask_for_fold(LATER + QUIET)
    [job] = Job.objects.filter(kind=FOLD.name)
    do_job(job.id, lambda: LATER + QUIET)

    assert Job.objects.get(id=job.id).result == {"folded": 1}
    after = Projection.objects.get()
    folder = judged_folder(tmp_path / "data", after.folder)
    assert {each.name for each in folder.iterdir()} == {
        "facts.parquet",
        "sources.parquet",
        "conflicts.parquet",
    }
    staff = said.select("subject", "staff_total@2025").filter(pl.col("subject") != district.ids["jiahe"])
    now = read_judged(folder).select("subject", "staff_total@2025")
    assert now.filter(pl.col("subject") != district.ids["jiahe"]).equals(staff)
    facts = judged().facts_of(district.ids["jiahe"])
    assert facts.table["staff_total@2025"].to_list() == [5]
    at = facts.sources.filter(facts.sources["column"] == "staff_total@2025")
    assert at["batch"].to_list() == [batch(district, 3)]
    assert len(list((tmp_path / "data" / FOLDER).iterdir())) == 2
    district.add_staff("qingmu", 888, "town")
    build(district, refresh)
    same_as_new(district, build)


def test_register_is_current_though_putting_the_facts_together_was_cut_short(
    district, build, tmp_path, monkeypatch
):
    def cut_short(*_):
        raise OSError("no space left on device")

    district.add_staff("jiahe", 5, "town")
    build(district, refresh)
    with monkeypatch.context() as patched:
        patched.setattr(judged_facts, "_write_part", cut_short)
        with pytest.raises(OSError, match="no space left"):
            fold(tmp_path / "data")

    assert not is_behind(district.store)
    assert find_differences(district.store, library()) == []
    assert judged().facts_of(district.ids["jiahe"]).table["staff_total@2025"].to_list() == [5]
    district.add_staff("qingmu", 888, "town")
    build(district, refresh)
    assert len(list((tmp_path / "data" / FOLDER).iterdir())) == 2
    same_as_new(district, build)


def test_facts_are_put_together_when_the_worker_has_time_or_there_are_very_many(district, build, monkeypatch):
    def asked(now):
        ask_for_fold(now)
        return Job.objects.filter(kind=FOLD.name).count()

    district.add_staff("qingmu", 777, "town")
    district.add_staff("jiahe", 5, "town")
    build(district, refresh)
    assert asked(LATER + QUIET) == 0  # few were said later

    monkeypatch.setattr(judged_facts, "_FEW", 0)
    assert asked(LATER + QUIET - dt.timedelta(seconds=1)) == 0
    assert asked(LATER + QUIET) == 1
    assert asked(LATER + QUIET) == 1  # it waits already

    Job.objects.filter(kind=FOLD.name).delete()
    monkeypatch.setattr(keeping, "MUCH", 0)
    assert asked(LATER) == 1


def test_register_that_became_another_one_while_its_facts_were_put_together_stays_that(
    district, build, tmp_path, monkeypatch
):
    district.add_staff("qingmu", 777, "town")
    build(district, refresh)
    written = judged_facts.fold_judged

    def and_refresh(*given):
        district.add_staff("jiahe", 5, "town")
        build(district, refresh)
        return written(*given)

    with monkeypatch.context() as patched:
        patched.setattr(refreshing, "fold_judged", and_refresh)
        assert not fold(tmp_path / "data")

    assert judged().facts_of(district.ids["jiahe"]).table["staff_total@2025"].to_list() == [5]
    district.add_staff("qingmu", 888, "town")
    build(district, refresh)
    assert len(list((tmp_path / "data" / FOLDER).iterdir())) == 2
    same_as_new(district, build)


def test_disagreements_read_from_the_register_are_those_that_the_store_knows(district, build, tmp_path):
    district.add_staff("qingmu", 777)
    build(district, refresh)
    district.add_staff("tianning", 5)
    build(district, refresh)
    folder = judged_folder(tmp_path / "data", Projection.objects.get().folder)

    found = list_conflicts(district.store.state(), library(), AS_OF, disputed_facts(folder))

    assert set(found["subject"]) >= {district.ids["qingmu"], district.ids["tianning"]}
    assert found.to_dicts() == list_conflicts(district.store.state(), library(), AS_OF).to_dicts()


def test_register_after_any_acts_is_the_one_built_anew(tmp_path, settings, build):
    district = SeededDistrict(tmp_path, 3)
    district.fill()
    settings.YUMIAO_STORE = district.store.path
    build(district)
    ids = sorted(Subject.objects.values_list("id", flat=True))
    for act in ("import", "merge", "titles", "revert", "undo", "restore", "separate"):
        with district.writing() as draft:
            if act == "import":
                firms = [district.firm(subject, 7) for subject in ids[:9]]
                draft.add_batch(content_of(firms), kind="k", source="tax", observed_on=ON)
            elif act == "merge":
                merged = draft.merge(ids[3], into=ids[20])
            elif act == "titles":
                firm = district.firm(ids[5], 5)
                titles = title_table([(ids[5], "hnte", "granted", dt.date(2025, 3, 3), None, "320412")])
                content = content_of([firm])
                full = BatchContent(content.facts, content.identifiers, no_declarations(), {"titles": titles})
                draft.add_batch(full, kind="t", source="town", observed_on=ON)
            elif act == "undo":
                draft.undo(merged)
            elif act == "separate":
                draft.separate(ids[1], ids[2])
            else:
                getattr(draft, act)(batch(district, 2))
        done = build(district, refresh)
        assert not done.was_rebuilt, act
        if act in ("titles", "undo"):
            assert find_differences(district.store, library()) == [], act
    same_as_new(district, build)


def test_subject_of_which_nothing_is_said_any_more_leaves_the_register(district, build):
    subject = import_firm(district, "常州昙花有限公司", "91320412MA9999990X", 30)
    build(district, refresh)
    with district.writing() as draft:
        draft.revert(batch(district, 2))
    build(district, refresh)

    assert not Subject.objects.filter(id=subject).exists()
    assert not OutcomeCurrent.objects.filter(subject_id=subject).exists()
    assert judged().answers(subject) == ()
    assert Projection.objects.get().subjects == len(FIRMS)
    same_as_new(district, build)


def test_split_builds_the_register_anew(district, build):
    import_firm(district, "常州新苗科技有限公司", "91320412MA9999990X", 30)
    with district.writing() as draft:
        [new] = draft.mint(1)
        draft.split(district.ids["qingmu"], [batch(district, 1)], into=new)

    assert build(district, refresh) == Refreshed(len(FIRMS) + 1, was_rebuilt=True)
    assert find_differences(district.store, library()) == []


def test_register_of_another_store_is_built_anew(district, tmp_path, settings, build):
    other = SmallDistrict(tmp_path / "other")
    other.minute = 5
    other.fill()
    import_firm(other, "常州别处有限公司", "91320412MA9999990X", 3)
    settings.YUMIAO_STORE = other.store.path

    assert build(other, refresh).was_rebuilt
    assert Subject.objects.count() == len(FIRMS) + 1


def test_former_folder_stays_until_the_next_for_requests_that_read_it(district, build, tmp_path):
    first = Projection.objects.get().folder
    district.add_staff("qingmu", 777, "town")
    build(district, refresh)
    second = Projection.objects.get().folder
    assert {each.name for each in (tmp_path / "data" / FOLDER).iterdir()} == {first, second}

    district.add_staff("qingmu", 778, "town")
    build(district, refresh)
    assert first not in {each.name for each in (tmp_path / "data" / FOLDER).iterdir()}


def test_worker_notices_that_the_store_knows_more_and_asks_once(district):
    reconcile(LATER)
    assert not Job.objects.exists()

    district.add_staff("qingmu", 777, "town")
    reconcile(LATER)
    reconcile(LATER)
    [job] = Job.objects.all()
    do_job(job.id, lambda: LATER)

    assert Job.objects.get(kind="register.refresh").result == {"subjects": 1, "rebuilt": 0}
    assert Job.objects.get(state=State.QUEUED).kind == "register.count"
    assert not is_behind(district.store)


def test_worker_waits_after_a_refresh_that_failed(district):
    district.add_staff("qingmu", 777, "town")
    reconcile(LATER)
    Job.objects.update(state=State.FAILED, finished_at=LATER)

    reconcile(LATER + TRIED_AGAIN_AFTER - dt.timedelta(seconds=1))
    assert Job.objects.count() == 1
    reconcile(LATER + TRIED_AGAIN_AFTER)
    assert Job.objects.count() == 2


def ladder_rows():
    """Every row of the ladder with its key: another key is another writing."""
    tables = (TitleStock, TitleState, TitleMovement, RungState)
    return [list(table.objects.order_by("pk").values_list()) for table in tables]


@pytest.fixture
def seeded(tmp_path, settings, build):
    made = SeededDistrict(tmp_path, 3)
    made.fill()
    settings.YUMIAO_STORE = made.store.path
    build(made)
    return made


def import_facts(seeded, subjects, staff):
    with seeded.writing() as draft:
        content = content_of([seeded.firm(subject, staff) for subject in subjects], names=False)
        draft.add_batch(content, kind="k", source="tax", observed_on=ON)


def test_ladder_stays_uncounted_where_nothing_that_it_follows_from_moved(seeded, build, monkeypatch):
    before, ids = ladder_rows(), sorted(Subject.objects.values_list("id", flat=True))
    import_facts(seeded, ids[:9], 7)
    with monkeypatch.context() as without:
        without.setattr(refreshing, "count_ladder", None)
        build(seeded, refresh)

    assert all(before)
    assert ladder_rows() == before
    assert SourceHeard.objects.get(source="tax").batches == 1
    same_as_new(seeded, build)


def test_ladder_is_counted_anew_where_a_list_of_titles_or_a_target_came(seeded, build):
    basis = LadderBuilt.objects.get().basis
    ids = Subject.objects.exclude(title_states__title="hnte").order_by("id").values_list("id", flat=True)
    firm = ids[0]
    content = content_of([seeded.firm(firm, 5)])
    titles = title_table([(firm, "hnte", "granted", dt.date(2025, 3, 3), None, "320412")])
    full = BatchContent(content.facts, content.identifiers, no_declarations(), {"titles": titles})
    with seeded.writing() as draft:
        draft.add_batch(full, kind="t", source="town", observed_on=ON)

    build(seeded, refresh)

    assert LadderBuilt.objects.get().basis != basis
    assert TitleState.objects.filter(subject=firm, title="hnte", scope="").exists()
    same_as_new(seeded, build)
    Target.objects.create(
        indicator="hnte_valid",
        territory="320499",
        year=2026,
        revision=1,
        value="3",
        sense="exact",
        document="计划",
        set_on=AS_OF,
        recorded_at=NOW,
    )
    import_facts(seeded, [firm], 8)
    build(seeded, refresh)
    assert TitleStock.objects.filter(scope="320499").exists()


@pytest.mark.parametrize(("place", "is_counted"), [("320412", False), ("320481", True)])
def test_ladder_is_counted_anew_where_somebody_came_to_a_county_that_it_has_not(
    seeded, build, place, is_counted, monkeypatch
):
    counted = []
    monkeypatch.setattr(
        refreshing, "count_ladder", lambda *given: counted.append(given) or count_ladder(*given)
    )
    with seeded.writing() as draft:
        [subject] = draft.mint(1)
        content = content_of(
            [(subject, "常州新来有限公司", "91320412MA9999990X", place, (), 3, "2020-02-02")]
        )
        draft.add_batch(content, kind="k", source="tax", observed_on=ON)

    build(seeded, refresh)

    assert bool(counted) == is_counted
    same_as_new(seeded, build)


def test_ladder_is_counted_anew_where_what_defines_it_changed(seeded, build):
    LadderBuilt.objects.update(rules="", basis="")
    import_facts(seeded, sorted(Subject.objects.values_list("id", flat=True))[:1], 7)

    build(seeded, refresh)

    assert LadderBuilt.objects.exclude(rules="").exclude(basis="").exists()


def test_policies_compiled_ahead_judge_as_they_did(district, build, tmp_path, monkeypatch):
    assert ready_judges(library(), tmp_path / "data", district.store.path) == 0  # small: not worth it
    monkeypatch.setattr(readiness, "READY_FROM", 1)
    assert ready_judges(library(), tmp_path / "data", district.store.path) > 0
    assert ready_judges(library(), tmp_path / "data", district.store.path) == 0
    import_firm(district, "常州新苗科技有限公司", "91320412MA9999990X", 30)
    district.add_staff("qingmu", 777, "town")

    build(district, refresh)

    same_as_new(district, build)


def test_ladder_is_counted_anew_where_a_listed_subject_leaves(seeded, build):
    ids = sorted(Subject.objects.values_list("id", flat=True))
    held = TitleState.objects.values_list("subject_id", flat=True).first()
    into = next(each for each in ids if each != held)
    with seeded.writing() as draft:
        draft.merge(held, into=into)

    build(seeded, refresh)

    assert not TitleState.objects.filter(subject=held).exists()
    assert TitleState.objects.filter(subject=into).exists()
    same_as_new(seeded, build)
