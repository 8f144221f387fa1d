"""An import: shown before it counts, all or nothing, the same file twice changes nothing."""

import datetime as dt

import pytest
from tests.unit.importing.stores import AS_OF, CODES, NAMES, Desk, library, moment, staff, table

from yumiao.importing.comparing import Standing
from yumiao.importing.imports import commit_import
from yumiao.importing.linking import Acquaintance
from yumiao.model.problems import YumiaoError

STAFF = "staff_total@2025"


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def counts(report):
    return [(dict(each.assignment.counts()), dict(each.comparison.counts())) for each in report.files]


def standings(**numbers):
    return {standing: numbers.get(standing.value, 0) for standing in Standing}


def acquaintances(**numbers):
    return {each: numbers.get(each.value, 0) for each in Acquaintance}


def test_first_import_mints_a_subject_for_each_firm_and_its_facts_count(desk):
    report = desk.take(desk.write("a.csv", table(staff("伟业", 21), staff("嘉禾", 40))))

    assert counts(report) == [(acquaintances(new=2), standings(new=2))]
    assert report.is_committed
    found = desk.facts().select("name", "code", STAFF).sort("code").rows()
    assert found == sorted(
        [(NAMES[f], CODES[f], n) for f, n in (("伟业", 21), ("嘉禾", 40))], key=lambda r: r[1]
    )


def test_look_at_an_import_tells_the_same_and_writes_nothing(desk):
    path = desk.write("a.csv", table(staff("伟业", 21), staff("嘉禾", 40)))
    before = sorted(each.relative_to(desk.folder) for each in desk.folder.rglob("*"))

    seen = desk.look(path, as_of=AS_OF)

    after = sorted(each.relative_to(desk.folder) for each in desk.folder.rglob("*"))
    done = desk.take(path, as_of=AS_OF)
    assert before == after
    assert counts(seen) == counts(done)
    assert seen.effects.changes.to_dicts() == done.effects.changes.to_dicts()
    assert (seen.is_committed, desk.facts().height) == (False, 2)


def test_same_file_twice_changes_nothing_and_says_so(desk):
    path = desk.write("a.csv", table(staff("伟业", 21)))
    desk.take(path)
    before = desk.facts()

    report = desk.take(path)

    assert report.changes_nothing
    assert [each.is_repeat for each in report.files] == [True]
    assert desk.facts().equals(before)
    assert len(desk.state.batches) == 1


def test_same_rows_under_another_order_of_columns_give_the_same_facts(desk):
    desk.take(desk.write("a.csv", table(staff("伟业", 21), staff("嘉禾", 40))))
    before = desk.facts()
    moved = "2025年职工总数（人）,企业名称,统一社会信用代码\n" + "".join(
        f"{count},{NAMES[firm]},{CODES[firm]}\n" for firm, count in (("嘉禾", 40), ("伟业", 21))
    )

    report = desk.take(desk.write("b.csv", moved))

    assert counts(report) == [(acquaintances(known=2), standings(same=2))]
    assert desk.facts().equals(before)


def test_later_value_of_the_same_source_replaces_the_earlier_one(desk):
    desk.take(desk.write("a.csv", table(staff("伟业", 21))))

    report = desk.take(desk.write("b.csv", table(staff("伟业", 25))))

    assert counts(report) == [(acquaintances(known=1), standings(changed=1))]
    assert desk.facts()[STAFF].to_list() == [25]


def test_other_value_of_another_source_is_a_conflict_and_the_declared_winner_counts(desk):
    desk.take(desk.write("a.csv", table(staff("伟业", 21))), source="social_security")

    report = desk.take(desk.write("b.csv", table(staff("伟业", 25))), source="town")

    assert counts(report) == [(acquaintances(known=1), standings(conflict=1))]
    [told] = report.files[0].comparison.facts.select("value", "other", "other_source").rows()
    assert told == ("25", "21", "social_security")
    assert desk.facts()[STAFF].to_list() == [21]


def test_value_that_another_source_gave_too_is_no_news_but_is_kept_as_its_word(desk):
    desk.take(desk.write("a.csv", table(staff("伟业", 21))), source="tax")

    report = desk.take(desk.write("b.csv", table(staff("伟业", 21))), source="town")

    assert counts(report) == [(acquaintances(known=1), standings(same=1))]
    assert not report.changes_nothing
    assert len(desk.state.batches) == 2


def test_empty_cell_does_not_take_a_known_value_back(desk):
    desk.take(desk.write("a.csv", table(staff("伟业", 21))))

    desk.take(desk.write("b.csv", table((CODES["伟业"], NAMES["伟业"], ""))))

    assert desk.facts()[STAFF].to_list() == [21]


def test_bad_cell_is_reported_and_the_good_rows_go_on(desk):
    mapping = (
        "mapping: 人数\nsubject: {code: 统一社会信用代码}\nignore: [企业名称]\n"
        "columns: {2025年职工总数（人）: {metric: staff_total}}\n"
    )

    report = desk.take(desk.write("a.csv", table(staff("伟业", "约20"), staff("嘉禾", 40)), mapping))

    [file] = report.files
    assert (file.good_rows, file.bad_rows) == (1, 1)
    assert [problem.code for problem in file.problems] == ["not_a_number"]
    assert sorted(desk.facts()[STAFF].to_list(), key=str) == [40, None]


def test_verdicts_that_change_are_told_with_condition_and_fact(desk):
    header = "统一社会信用代码,企业名称,2025年职工总数（人）,2025年科技人员（人）"
    desk.take(desk.write("a.csv", table((CODES["伟业"], NAMES["伟业"], "21", "9"), header=header)))

    report = desk.look(
        desk.write("b.csv", table((CODES["伟业"], NAMES["伟业"], "510", "9"), header=header)), as_of=AS_OF
    )

    [row] = [row for row in report.effects.changes.to_dicts() if row["policy"].startswith("tech_sme@")]
    assert (row["before"], row["after"], row["columns"]) == ("undetermined", "not_met", [STAFF])
    assert "C1_staff" in row["conditions"] or row["conditions"] != []


def test_several_files_count_together_or_not_at_all(desk):
    good = desk.write("a.csv", table(staff("伟业", 21)))
    bad = desk.write("b.csv", "没有表头\n1,2\n")

    with pytest.raises(YumiaoError):
        desk.take(good, bad)

    assert (desk.state.batches, desk.facts().height) == ((), 0)


def test_second_file_knows_the_subjects_that_the_first_one_brings(desk):
    one = desk.write("a.csv", table(staff("伟业", 21)))
    two = desk.write(
        "b.csv",
        table((CODES["伟业"], NAMES["伟业"], "9"), header="统一社会信用代码,企业名称,2025年科技人员（人）"),
    )

    report = desk.take(one, two)

    assert [each[0] for each in counts(report)] == [acquaintances(new=1), acquaintances(known=1)]
    assert desk.facts().select(STAFF, "tech_staff@2025").rows() == [(21, 9)]


def test_file_of_which_nothing_says_who_reports_is_refused_with_the_sources(desk):
    path = desk.write("a.csv", table(staff("伟业", 21)))

    with pytest.raises(YumiaoError) as refused:
        desk.take(path, source=None)

    assert refused.value.code == "import.source"
    assert "tax" in refused.value.text.words("en")
    assert "税务部门" in refused.value.text.zh


def test_unknown_source_is_refused(desk):
    with pytest.raises(YumiaoError) as refused:
        desk.take(desk.write("a.csv", table(staff("伟业", 21))), source="taxes")

    assert refused.value.code == "import.unknown_source"


LIST = """\
mapping: 失信名单
subject: {name: 企业名称}
source: credit
registers:
  - {metric: abnormal_or_dishonest_list, complete: true, file: list.csv, on: 2026-06-30}
"""


def test_complete_list_makes_absence_a_known_no_for_everybody_in_the_store(desk):
    desk.take(desk.write("a.csv", table(staff("伟业", 21), staff("嘉禾", 40))))

    desk.take(desk.write("list.csv", f"企业名称\n{NAMES['嘉禾']}\n", LIST), source=None)

    found = dict(desk.facts().select("name", "abnormal_or_dishonest_list").rows())
    assert found == {NAMES["嘉禾"]: True, NAMES["伟业"]: False}


def test_reverting_the_list_takes_the_knowledge_of_absence_back(desk):
    desk.take(desk.write("a.csv", table(staff("伟业", 21))))
    report = desk.take(desk.write("list.csv", f"企业名称\n{NAMES['嘉禾']}\n", LIST), source=None)

    with desk.writing() as draft:
        draft.revert(report.files[0].batch)

    assert (
        "abnormal_or_dishonest_list" not in desk.facts().columns
        or desk.facts()["abnormal_or_dishonest_list"].drop_nulls().is_empty()
    )


def test_next_months_list_is_read_by_the_mapping_of_this_one(desk):
    desk.take(desk.write("a.csv", table(staff("伟业", 21), staff("嘉禾", 40))))
    desk.take(desk.write("list.csv", f"企业名称\n{NAMES['嘉禾']}\n", LIST), source=None)
    july = desk.write("list-7.csv", f"企业名称\n{NAMES['伟业']}\n", LIST)

    desk.take(july, source=None, on=dt.date(2026, 7, 31))

    found = dict(desk.facts().select("name", "abnormal_or_dishonest_list").rows())
    assert found == {NAMES["嘉禾"]: False, NAMES["伟业"]: True}


def test_column_of_which_something_must_be_asked_is_not_read_and_named(desk):
    header = "统一社会信用代码,企业名称,2025年职工总数（人）,2025年营业收入"

    report = desk.take(desk.write("a.csv", table((*staff("伟业", 21), "3000"), header=header)))

    assert [column for column in desk.facts().columns if "revenue" in column] == []
    [problem] = [each for each in report.files[0].problems if each.code == "column_asked"]
    assert (problem.cell, problem.found) == ("D1", "2025年营业收入")
    assert "yumiao map" in problem.text.zh


def test_file_of_which_nothing_is_settled_is_refused_with_every_question(desk):
    path = desk.write(
        "a.csv",
        table((CODES["伟业"], NAMES["伟业"], "3000"), header="统一社会信用代码,企业名称,2025年营业收入"),
    )

    with pytest.raises(YumiaoError) as refused:
        desk.take(path)

    assert refused.value.code == "import.nothing_settled"
    assert [problem.code for problem in refused.value.problems] == ["column_asked"]


def test_file_that_changes_between_reading_and_keeping_is_refused_and_nothing_is_written(desk):
    path = desk.write("a.csv", table(staff("伟业", 21)))
    arriving = desk.incoming(path)
    desk.write("a.csv", table(staff("伟业", 22)))

    with pytest.raises(YumiaoError) as refused:
        commit_import(
            desk.store,
            arriving,
            library(),
            at=moment(30),
            who="test",
            keep_originals_until=dt.date(2029, 1, 1),
        )

    assert refused.value.code == "file_changed"
    assert desk.state.batches == ()
