"""Rows in which a check found something wrong: kept as they stand, left to what the library knows, taken back."""

import re

import pytest
from tests.district.calling import Program
from tests.district.importing import checked, csv_file, intake_at, own_district, page_of, uploaded, work

from yumiao.district.intakes import row_choices
from yumiao.district.intakes.models import Correction, IntakeProblem
from yumiao.district.intakes.row_choices import Answers
from yumiao.district.journal.models import JournalLine
from yumiao.district.registry.packs import library
from yumiao.model.problems import YumiaoError

HEAD = ["企业名称", "统一社会信用代码", "2025年职工总数", "2025年科技人员数"]
HENGZHOU = ["常州衡舟精密传动有限公司", "91320412MADEM0003L"]
QINGMU = ["武进青木新材料有限公司", "91320412MA0000234Y"]
JIAHE = ["常州嘉禾电子有限公司", "91320412MA00003570"]
SHORT = "91320412MADEM0003"
"""A code of which the last character is missing."""


@pytest.fixture(autouse=True)
def district(tmp_path, settings):
    """A store of this test's own with the five firms that the register knows."""
    return own_district(tmp_path, settings)


@pytest.fixture
def officer(sign_in):
    return sign_in("officer")


def found(code):
    return IntakeProblem.objects.get(code=code)


def facts_of(district, firm, column):
    rows = district.store.state().subject_facts(
        district.ids[firm], library().metrics, library().reported.precedence
    )
    rows = rows.filter(rows["column"] == column)
    return [(row["source"], row["value"], row["cell"]) for row in rows.iter_rows(named=True)]


def with_contradiction(officer):
    """A checked intake in which a firm has more people in science than people."""
    return checked(officer, csv_file([*HENGZHOU, "20", "22"], [*QINGMU, "260", "30"], head=HEAD))


def with_unread_cell(officer):
    """A checked intake in which the staff of a firm of the library, and of one that it does not know, is no number."""
    new = ["常州新苗科技有限公司", "91320412MA9999990X"]
    rows = [[*QINGMU, "约三百", "30"], [*new, "若干", "3"], [*HENGZHOU, "41", "9"]]
    address = uploaded(officer, csv_file(*rows, head=HEAD))
    file = intake_at(address).files.get()
    officer.post(f"{address}columns/{file.id}/", {"c2-metric": "staff_total", "c3-metric": "tech_staff"})
    officer.post(f"{address}check/")
    work()
    return address


def said(problem, **fields):
    typed = {
        f"seen-{problem.id}": "1",
        f"was-{problem.id}": problem.found,
        f"fix-{problem.id}": problem.found,
    }
    return typed | {f"{name}-{problem.id}": value for name, value in fields.items()}


def part_of(page, problem):
    """The row of the table that a problem stands in."""
    return next(
        row for row in re.findall(r"<tr>.*?</tr>", page, re.DOTALL) if f'name="seen-{problem.id}"' in row
    )


# ── kept as it stands ─────────────────────────────────────────────────────────────────────────────────────────


def test_part_larger_than_its_whole_is_told_and_both_values_are_read(district, officer):
    address = with_contradiction(officer)
    problem = found("part_exceeds_whole")

    assert (problem.severity, problem.sheet, problem.cell, problem.found) == (
        "warning",
        "税务台账",
        "D2",
        "22",
    )
    told = "科技人员 22 人 大于职工总数 20 人（C2）；请改正其中一处，或说明属实并保留。"
    assert problem.text_zh == told
    assert problem.text_en.startswith(
        "Technology staff 22 persons exceeds Total staff 20 persons (C2); put one "
    )
    assert intake_at(address).counts["bad_rows"] == 0
    assert "属实，保留" in part_of(page_of(officer.get(address)), problem)


def test_value_kept_with_a_reason_is_imported_as_it_stands_and_told_with_who_said_so(district, officer):
    address = with_contradiction(officer)
    problem = found("part_exceeds_whole")

    answer = officer.post(f"{address}correct/", said(problem, keep="on", why="外派人员计入"))
    work()

    assert answer.headers["Location"] == f"{address}#now"
    [kept] = Correction.objects.all()
    person = intake_at(address).created_by
    assert (kept.choice, kept.stood, kept.value, kept.why, kept.by) == (
        "keep",
        "22",
        "22",
        "外派人员计入",
        person,
    )
    assert f'name="seen-{found("part_exceeds_whole").id}"' not in page_of(officer.get(address))
    listed = page_of(officer.get(f"{address}problems/?state=kept"))
    assert "checked> 属实，保留" in part_of(listed, found("part_exceeds_whole"))

    officer.post(f"{address}commit/")
    work()
    [batch] = intake_at(address).batches
    assert facts_of(district, "hengzhou", "tech_staff@2025") == [("tax", "22", "D2")]
    told = [
        event.details["corrections"] for event in district.store.state().events if "intake" in event.details
    ]
    assert [(each["choice"], each["cell"], each["why"], each["who"]) for each in told[0]] == [
        ("keep", "D2", "外派人员计入", person)
    ]
    assert "外派人员计入" in page_of(officer.get(f"/imports/batches/{batch}/"))


def test_keeping_is_journalled_without_what_was_typed(district, officer):
    address = with_contradiction(officer)

    officer.post(f"{address}correct/", said(found("part_exceeds_whole"), keep="on", why="外派人员计入"))

    [line] = JournalLine.objects.filter(act="intake.kept")
    assert line.stream == f"intake/{intake_at(address).id}"
    assert "外派" not in line.payload
    assert '"cells":1' in line.payload.replace(" ", "")


def test_keeping_without_a_reason_is_refused_and_what_was_typed_stays(district, officer):
    address = with_contradiction(officer)
    problem = found("part_exceeds_whole")

    response = officer.post(f"{address}correct/", said(problem, keep="on", why=" "))
    page = page_of(response)

    assert (response.status_code, "税务台账 D2：请写明为什么属实。" in page) == (400, True)
    assert f'name="keep-{problem.id}" checked' in part_of(page, problem)
    assert not Correction.objects.exists()


def test_two_answers_for_one_place_are_refused_and_nothing_is_done(district, officer):
    address = with_contradiction(officer)
    problem = found("part_exceeds_whole")

    response = officer.post(f"{address}correct/", said(problem, keep="on", why="属实", fix="12"))
    page = page_of(response)

    assert (response.status_code, "只能选一样" in page) == (400, True)
    assert 'value="12"' in part_of(page, problem)
    assert not Correction.objects.exists()


def test_keeping_is_taken_back_by_its_box_and_the_place_asks_again(district, officer):
    address = with_contradiction(officer)
    officer.post(f"{address}correct/", said(found("part_exceeds_whole"), keep="on", why="外派人员计入"))
    work()

    officer.post(f"{address}correct/", said(found("part_exceeds_whole"), why="外派人员计入"))
    work()

    assert not Correction.objects.exists()
    assert f'name="seen-{found("part_exceeds_whole").id}"' in page_of(officer.get(address))
    assert JournalLine.objects.filter(act="intake.correction_taken_back").count() == 1


def test_value_that_was_not_read_cannot_be_kept_and_the_page_says_why(district, officer):
    address = with_unread_cell(officer)
    problem = IntakeProblem.objects.get(code="not_a_number", row=2)
    row = part_of(page_of(officer.get(address)), problem)

    assert "keep-" not in row
    assert "这里没有读出值，没有可保留的" in row
    with pytest.raises(YumiaoError) as refused:
        row_choices.put_right(
            intake_at(address).id,
            Answers(kept={problem.id: "属实"}),
            by="p",
            now=intake_at(address).created_at,
        )
    assert [str(each.text) for each in refused.value.problems] == ["税务台账 C2：这里的值不能保留。"]


# ── what the library knows ────────────────────────────────────────────────────────────────────────────────────


def test_value_of_the_library_goes_on_counting_under_the_source_that_said_it(district, officer):
    address = with_unread_cell(officer)
    problem = IntakeProblem.objects.get(code="not_a_number", row=2)
    assert (problem.fact, problem.known, problem.known_source) == ("staff_total@2025", "260", "town")
    assert '用库里的 <b class="tn">260 人</b>' in part_of(page_of(officer.get(address)), problem)

    officer.post(f"{address}correct/", said(problem, known="on"))
    work()
    assert not IntakeProblem.objects.filter(code="not_a_number", row=2).exists()
    officer.post(f"{address}commit/")
    work()

    [taken] = Correction.objects.all()
    assert (taken.choice, taken.stood, taken.value) == ("known", "约三百", "")
    assert facts_of(district, "qingmu", "staff_total@2025") == [("town", "260", "D3")]
    assert facts_of(district, "qingmu", "tech_staff@2025") == [("tax", "30", "D2")]
    assert JournalLine.objects.filter(act="intake.known_taken").count() == 1


def test_nothing_is_offered_where_the_library_does_not_know_the_firm(district, officer):
    address = with_unread_cell(officer)
    problem = IntakeProblem.objects.get(code="not_a_number", row=3)
    row = part_of(page_of(officer.get(address)), problem)

    assert (problem.fact, problem.known) == ("staff_total@2025", "")
    assert "known-" not in row
    assert "库里没有这一项" in row


def test_code_too_short_is_replaced_by_the_one_that_the_library_has_of_the_name(district, officer):
    address = checked(officer, csv_file([HENGZHOU[0], SHORT, "41", "9"], [*JIAHE, "31", "9"], head=HEAD))
    problem = found("code_invalid")
    row = part_of(page_of(officer.get(f"{address}problems/")), problem)
    assert (problem.fact, problem.known) == ("code", HENGZHOU[1])
    assert "代码有误会认错企业，不能保留" in row

    officer.post(f"{address}correct/", said(problem, known="on"))
    work()
    officer.post(f"{address}commit/")
    work()

    [taken] = Correction.objects.all()
    assert (taken.choice, taken.stood, taken.value) == ("known", SHORT, HENGZHOU[1])
    assert ("tax", "9", "D2") in facts_of(district, "hengzhou", "tech_staff@2025")


# ── the list, and taking back ─────────────────────────────────────────────────────────────────────────────────


def test_what_was_done_is_listed_exported_and_taken_back(district, officer):
    address = with_unread_cell(officer)
    problem = IntakeProblem.objects.get(code="not_a_number", row=2)
    officer.post(f"{address}correct/", said(problem, known="on"))
    work()
    [taken] = Correction.objects.all()

    page = page_of(officer.get(f"{address}corrections/?choice=known"))
    assert "不读，库里的值继续有效" in page
    assert "没有符合条件的" in page_of(officer.get(f"{address}corrections/?choice=keep"))
    assert page_of(officer.get(f"{address}corrections.csv")).splitlines()[1].split(",")[:5] == [
        "税务台账.csv", "税务台账", "C2", "用库里的", "约三百",
    ]  # fmt: skip

    answer = officer.post(f"{address}corrections/{taken.id}/back/")
    work()
    assert answer.headers["Location"] == f"{address}#now"
    assert not Correction.objects.exists()
    assert IntakeProblem.objects.filter(code="not_a_number", row=2).exists()
    again = officer.post(f"{address}corrections/{taken.id}/back/")
    assert (again.status_code, "已经撤回" in page_of(again)) == (400, True)


def test_programs_read_what_is_known_and_why_a_value_is_kept(district, officer):
    address = with_contradiction(officer)
    officer.post(f"{address}correct/", said(found("part_exceeds_whole"), keep="on", why="外派人员计入"))
    work()
    unread = with_unread_cell(officer)
    program = Program("officer")

    [kept] = program.get(f"{address[:-1]}/problems")["items"]
    assert (kept["read_as"], kept["kept_because"], kept["known"]) == (None, "外派人员计入", None)
    [first, *_] = program.get(f"{unread[:-1]}/problems", severity="error")["items"]
    assert (first["cell"], first["known"]) == ("C2", {"zh": "260 人", "en": "260 persons"})


def test_problem_of_another_intake_is_not_touched(district, officer):
    other = with_contradiction(officer)
    problem = found("part_exceeds_whole")
    address = with_unread_cell(officer)

    officer.post(f"{address}correct/", said(problem, keep="on", why="属实"))

    assert intake_at(other).files.get().corrections.count() == 0


def test_who_may_not_import_takes_nothing_back(district, officer, sign_in):
    address = with_contradiction(officer)
    officer.post(f"{address}correct/", said(found("part_exceeds_whole"), keep="on", why="属实"))
    [kept] = Correction.objects.all()

    assert sign_in("expert").post(f"{address}corrections/{kept.id}/back/").status_code == 403
    assert Correction.objects.get() == kept
