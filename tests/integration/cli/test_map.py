"""``yumiao map``: from a bureau's file to a mapping file that reads it."""

import datetime as dt
import os
import pty
import select
import subprocess
import sys

import pytest
import xlsxwriter
from tests.shipped_packs import shipped_packs

from yumiao.cli.app import run
from yumiao.cli.mapping import propose_files
from yumiao.cli.mapping_dialogue import ask_questions
from yumiao.cli.session import Session
from yumiao.intake.facts import read_facts
from yumiao.intake.mapping import SubjectColumns
from yumiao.intake.mapping_reader import read_mapping
from yumiao.intake.proposals import Standing
from yumiao.intake.proposed_mapping import Origin, mapping_of
from yumiao.model.units import UNITS

HEADER = "统一社会信用代码,企业名称,年度,营业收入（万元）,净利润,研发费用（万元）,科技人员数,是否上市,联系人,备注\n"
ROWS = """\
91320412MADEM0003L,武进甲科技有限公司,2025,1200.5,15000,80,12,是,张三,
,武进乙机械有限公司,2025,-1.0,-1,90,0,否,李四,无
,武进丙材料有限公司,2025,830,23000,100,35,否,王五,
,武进丁电子有限公司,2025,440,-500,20,21,否,赵六,
"""


@pytest.fixture(scope="module")
def library():
    return shipped_packs()


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "tax.csv"
    path.write_text(HEADER + ROWS, encoding="utf-8")
    return path


def read_back(path, library):
    return read_mapping(path, library.metrics, library.tables, library.registers)


def test_settled_columns_are_mapped_and_open_ones_stand_as_comments(table, tmp_path, library, capsys):
    to = tmp_path / "tax.yaml"

    assert run(["map", str(table), "--to", str(to)], {}) == 0

    out, written = capsys.readouterr().out, to.read_text(encoding="utf-8")
    mapping = read_back(to, library)
    assert mapping.subject == SubjectColumns(name="企业名称", code="统一社会信用代码")
    assert mapping.year_column == "年度"
    assert [(rule.label, rule.metric, rule.unit) for rule in mapping.columns] == [
        ("营业收入（万元）", "operating_revenue", UNITS["CNY_10k"]),
        ("是否上市", "listed", None),
    ]
    assert mapping.ignore == ("备注",)
    assert mapping.shape.rows == 4
    for line in (
        '  # 净利润: {metric: net_profit, unit: …, missing: ["-1"]}',
        '  # 科技人员数: {metric: tech_staff, missing: ["0"]}',
        "  # 研发费用（万元）: {metric: rd_expense_hnte}",
        "# persons: {drop: [联系人]}",
    ):
        assert line in written
    assert "2列已定" in out
    assert [name for name in ("张三", "李四", "王五") if name in out + written] == []


def test_answers_written_into_the_file_make_it_read_everything(table, tmp_path, library):
    to = tmp_path / "tax.yaml"
    assert run(["map", str(table), "--to", str(to)], {}) == 0
    text = to.read_text(encoding="utf-8")

    answered = text.replace("unit: …", "unit: 元")
    for line in ("净利润: {metric: net_profit", "科技人员数: {metric: tech_staff", "persons: {drop"):
        assert answered.count(f"# {line}") == 1
        answered = answered.replace(f"# {line}", line)
    to.write_text(answered, encoding="utf-8")
    mapping = read_back(to, library)
    facts = read_facts(
        [table],
        metrics=library.metrics,
        mapping=mapping,
        as_of=dt.date(2026, 7, 15),
        recorded_at="2026-07-15T08:00:00+08:00",
        batch="b",
    )

    assert mapping.persons.drop == ("联系人",)
    assert facts.table["net_profit@2025"].to_list() == [1_500_000, None, 2_300_000, -50_000]
    assert facts.table["tech_staff@2025"].to_list() == [12, None, 35, 21]
    assert facts.table["operating_revenue@2025"].to_list() == [1_200_500_000, None, 830_000_000, 440_000_000]


def test_person_who_answers_settles_the_columns(table, tmp_path, library):
    session = Session("en")
    proposal = propose_files(session, [table], library)
    typed = {
        "unit": "万元",
        "missing": "y",
        "which metric": "rd_expense_audited",
        "drop": "y",
    }
    asked = []

    def answer(question, _):
        asked.append(question)
        kinds = {
            "元, 万元": "unit",
            "mean unknown": "missing",
            "which metric": "which metric",
            "drop": "drop",
        }
        return typed[next(kind for words, kind in kinds.items() if words in question)]

    answered = ask_questions(session, proposal, library, answer)

    mapping = mapping_of(answered, Origin("tax", kind="tax", source="tax"))
    assert {rule.label: (rule.metric, rule.missing) for rule in mapping.columns} == {
        "营业收入（万元）": ("operating_revenue", ("-1.0",)),
        "净利润": ("net_profit", ("-1",)),
        "研发费用（万元）": ("rd_expense_audited", ()),
        "科技人员数": ("tech_staff", ("0",)),
        "是否上市": ("listed", ()),
    }
    assert mapping.persons.drop == ("联系人",)
    assert answered.open_questions() == 0
    assert len(asked) == 6


def test_person_who_answers_nothing_leaves_everything_open(table, library):
    session = Session()
    proposal = propose_files(session, [table], library)

    assert ask_questions(session, proposal, library, lambda *_: "") == proposal


def test_answer_that_is_not_understood_is_asked_again_and_none_leaves_the_column_out(table, library):
    session = Session()
    proposal = propose_files(session, [table], library)
    answers = {"研发费用（万元）": ["nonsense", "99", "0"], "净利润": ["人", "万元", "maybe", "n"]}

    def answer(question, _):
        label = question.split("”")[0].removeprefix("“")
        left = answers.get(label, [])
        return left.pop(0) if left else ""

    answered = ask_questions(session, proposal, library, answer)

    assert answers == {"研发费用（万元）": [], "净利润": []}
    assert answered.column("研发费用（万元）").standing is Standing.UNUSED
    assert answered.column("净利润").is_settled
    assert answered.column("净利润").missing == ()


def test_next_month_what_changed_is_said_and_new_columns_are_added(table, tmp_path, library, capsys):
    old = tmp_path / "tax.yaml"
    assert run(["map", str(table), "--to", str(old)], {}) == 0
    header = HEADER.replace("营业收入（万元）", "营业收入总额（万元）").replace("备注", "资产总额（万元）")
    next_month = tmp_path / "tax-7.csv"
    next_month.write_text(header + ROWS.replace(",无", ",900"), encoding="utf-8")
    capsys.readouterr()

    assert run(["map", str(next_month), "--mapping", str(old), "--to", str(old), "--lang", "en"], {}) == 0

    out = capsys.readouterr().out
    assert "the column “营业收入（万元）” is now perhaps “营业收入总额（万元）”" in out
    assert "the column “备注” is gone" in out
    assert "the column “资产总额（万元）” is new" in out
    updated = read_back(old, library)
    assert [rule.label for rule in updated.columns] == ["营业收入（万元）", "是否上市", "资产总额（万元）"]
    assert "营业收入总额（万元）" in updated.shape.labels()


def test_same_table_in_another_order_is_as_remembered(table, tmp_path, capsys):
    old = tmp_path / "tax.yaml"
    assert run(["map", str(table), "--to", str(old)], {}) == 0
    moved = tmp_path / "moved.csv"
    lines = [line.split(",") for line in (HEADER + ROWS).splitlines()]
    moved.write_text("\n".join(",".join([*line[1:], line[0]]) for line in lines), encoding="utf-8")
    before = old.read_text(encoding="utf-8").partition("columns:")[2].partition("shape:")[0]
    capsys.readouterr()

    assert run(["map", str(moved), "--mapping", str(old), "--to", str(old)], {}) == 0

    after = old.read_text(encoding="utf-8").partition("columns:")[2].partition("shape:")[0]
    out = capsys.readouterr().out
    assert "列的顺序变了，不影响读取" in out
    assert "没有了" not in out
    assert [line for line in before.splitlines() if "#" not in line] == [
        line for line in after.splitlines() if "#" not in line
    ]


def test_what_the_author_of_a_mapping_wrote_stays_when_columns_are_added(table, tmp_path, library):
    old = tmp_path / "tax.yaml"
    old.write_text(
        """\
# the file of the tax bureau, Wang asks them for it
mapping: 税务
subject: {code: 统一社会信用代码, name: 企业名称}
year: {column: 年度}
columns:
  营业收入（万元）: {metric: operating_revenue, missing: [-1.0]} # agreed in May
  净利润: {metric: net_profit, unit: 元, missing: [-1]}

persons: {drop: [联系人]}
ignore: [备注] # nobody fills it in
""",
        encoding="utf-8",
    )

    assert run(["map", str(table), "--mapping", str(old), "--to", str(old), "--lang", "en"], {}) == 0

    written = old.read_text(encoding="utf-8")
    assert (
        written.partition("shape:")[0]
        == """\
# the file of the tax bureau, Wang asks them for it
mapping: 税务
subject: {code: 统一社会信用代码, name: 企业名称}
year: {column: 年度}
columns:
  营业收入（万元）: {metric: operating_revenue, missing: [-1.0]} # agreed in May
  净利润: {metric: net_profit, unit: 元, missing: [-1]}
  # 0.97 but for words that change nothing, it is “已上市”
  是否上市: {metric: listed}
  # ? 0.84 short for “研究开发费用”; it may also be rd_expense_total, rd_expense_audited, rd_expense_tsme
  # 研发费用（万元）: {metric: rd_expense_hnte}
  # 研发费用（万元）: {metric: rd_expense_total}
  # 研发费用（万元）: {metric: rd_expense_audited}
  # 研发费用（万元）: {metric: rd_expense_tsme}
  # ? 1.00 the label is the metric's name do these mean unknown: “0” (1)?
  # 科技人员数: {metric: tech_staff, missing: ["0"]}

persons: {drop: [联系人]}
ignore: [备注] # nobody fills it in
"""
    )
    assert read_back(old, library).shape.rows == 4
    assert run(["map", str(table), "--mapping", str(old), "--to", str(old), "--lang", "en"], {}) == 0
    assert old.read_text(encoding="utf-8") == written


def test_several_files_of_one_kind_are_looked_at_together(table, tmp_path, library):
    second = tmp_path / "second.csv"
    second.write_text(HEADER + ROWS.replace("是否上市", "").replace("否,", "待定,"), encoding="utf-8")

    proposal = propose_files(Session(), [table, second], library)

    assert proposal.shape.rows == 8
    assert "待定" in [word for column in proposal.shape.columns for word in column.words + column.codes]


def test_files_of_different_kinds_are_refused(table, tmp_path, capsys):
    other = tmp_path / "titles.csv"
    other.write_text("企业名称,证书编号,发证日期\n甲公司,GR1,2024-01-02\n", encoding="utf-8")

    assert run(["map", str(table), str(other), "--to", str(tmp_path / "m.yaml")], {}) == 1

    assert "other_kind" in capsys.readouterr().err
    assert not (tmp_path / "m.yaml").exists()


def test_line_of_units_settles_the_unit(tmp_path, library):
    table = tmp_path / "units.csv"
    table.write_text(
        "企业主要指标,,\n单位：万元,,\n企业名称,2024年营业收入,2024年净利润\n甲公司,1,2\n乙公司,3,4\n",
        encoding="utf-8",
    )
    proposal = propose_files(Session(), [table], library)

    assert [column.unit for column in proposal.columns[1:]] == [UNITS["CNY_10k"]] * 2
    assert all(column.is_settled for column in proposal.columns[1:])


def test_header_of_two_rows_is_mapped_by_its_paths_and_read_again(tmp_path, library):
    table, to = tmp_path / "made-for-the-eye.xlsx", tmp_path / "paths.yaml"
    book = xlsxwriter.Workbook(table)
    sheet = book.add_worksheet("企业")
    sheet.merge_range("A1:E1", "2025年度企业主要指标")
    sheet.write("E2", "单位：万元")
    sheet.merge_range("A3:A4", "企业名称")
    sheet.merge_range("B3:C3", "营业收入")
    sheet.merge_range("D3:E3", "人员情况")
    for column, label in enumerate(["2024年", "2025年", "2025年科技人员数（人）", "联系人"], 1):
        sheet.write(3, column, label)
    for row, cells in enumerate([("甲公司", 100.5, 120, 12, "张三"), ("乙公司", 80, 95.25, 7, "李四")], 4):
        sheet.write_row(row, 0, cells)
    sheet.write("A7", "合计")
    sheet.write("B7", 180.5)
    book.close()

    assert run(["map", str(table), "--to", str(to)], {}) == 0

    mapping = read_back(to, library)
    assert [(rule.label, rule.metric, rule.year.number, rule.unit.code) for rule in mapping.columns] == [
        ("营业收入 / 2024年", "operating_revenue", 2024, "CNY_10k"),
        ("营业收入 / 2025年", "operating_revenue", 2025, "CNY_10k"),
        ("人员情况 / 2025年科技人员数（人）", "tech_staff", 2025, "person"),
    ]
    assert '# persons: {drop: ["人员情况 / 联系人"]}' in to.read_text(encoding="utf-8")
    facts = read_facts(
        [table],
        metrics=library.metrics,
        mapping=mapping,
        as_of=dt.date(2026, 7, 15),
        recorded_at="2026-07-15T08:00:00+08:00",
        batch="b",
    )
    assert facts.table.drop("subject", "code").rows() == [
        ("甲公司", 12, 100_500_000, 120_000_000),
        ("乙公司", 7, 80_000_000, 95_250_000),
    ]


def test_table_that_names_nobody_by_a_usual_label_is_still_proposed_and_asked(tmp_path, library):
    table = tmp_path / "odd.csv"
    table.write_text(
        "获奖情况,2024年,\n,科技人员数,净利润（元）\n一等奖,3,5\n二等奖,4,6\n三等奖,9,7\n", encoding="utf-8"
    )

    proposal = propose_files(Session(), [table], library)

    assert proposal.subject == SubjectColumns()
    assert [question.answer for question in proposal.questions] == ["subject: {name: …}"]
    assert [(column.label, column.metric) for column in proposal.columns[1:]] == [
        ("2024年 / 科技人员数", "tech_staff"),
        ("2024年 / 净利润（元）", "net_profit"),
    ]


def test_file_that_exists_is_replaced_only_when_told_so(table, tmp_path, capsys):
    to = tmp_path / "tax.yaml"
    to.write_text("mine", encoding="utf-8")

    assert run(["map", str(table), "--to", str(to)], {}) == 1
    assert "file_exists" in capsys.readouterr().err
    assert to.read_text(encoding="utf-8") == "mine"
    assert run(["map", str(table), "--to", str(to), "--yes"], {}) == 0
    assert to.read_text(encoding="utf-8") != "mine"
    assert list(tmp_path.glob("*.part")) == []


def test_list_of_titles_reads_as_rows_of_the_register_once_its_title_is_confirmed(tmp_path, library):
    table = tmp_path / "2024年高新技术企业名单.csv"
    table.write_text(
        "企业名称,证书编号,发证日期,有效期至\n武进甲科技有限公司,GR1,2024-11-06,2027-11-05\n",
        encoding="utf-8",
    )
    to = tmp_path / "titles.yaml"

    assert run(["map", str(table), "--to", str(to)], {}) == 0

    text = to.read_text(encoding="utf-8")
    assert text.count("# records: {register: titles, fixed: {title: hnte}") == 1
    to.write_text(
        text.replace("# records: {register: titles", "records: {register: titles"), encoding="utf-8"
    )
    records = read_back(to, library).records
    assert (records.register, records.fixed) == ("titles", (("title", "hnte"),))
    assert {rule.label: rule.field for rule in records.fields} == {
        "证书编号": "certificate",
        "发证日期": "on",
        "有效期至": "valid_until",
    }


def test_terminal_is_asked_question_by_question(tmp_path, library):
    table, to = tmp_path / "profits.csv", tmp_path / "profits.yaml"
    table.write_text("企业名称,年度,净利润,联系人\n甲,2025,15000,张三\n乙,2025,-1,李四\n", encoding="utf-8")

    told = answer_on_terminal(["map", table, "--to", to, "--lang", "en"], ["万元", "n", "y"])

    assert [part in told for part in ("元, 万元 or 亿元?", "“-1” (1)", "drop the column?")] == [True] * 3
    mapping = read_back(to, library)
    assert [(rule.metric, rule.unit, rule.missing) for rule in mapping.columns] == [
        ("net_profit", UNITS["CNY_10k"], ())
    ]
    assert mapping.persons.drop == ("联系人",)


def answer_on_terminal(arguments, answers):
    """Run the command on a terminal of its own, type one answer at every prompt, and return what was shown."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "yumiao", *map(str, arguments)]
    with subprocess.Popen(command, stdin=theirs, stderr=theirs, stdout=subprocess.DEVNULL) as process:
        os.close(theirs)
        shown = b""
        left = list(answers)
        while select.select([ours], [], [], 60)[0]:
            try:
                shown += os.read(ours, 4096)
            except OSError:
                break  # the other end is closed: the command has ended
            if left and shown.rstrip().endswith(b":"):
                os.write(ours, left.pop(0).encode() + b"\n")
                shown += b"\n"
        assert process.wait(timeout=60) == 0
    os.close(ours)
    return shown.decode()


def test_files_of_the_demonstration_are_proposed_as_its_mapping_says(demo_folder, library):
    """The mapping of the demonstration was not written with proposals in mind."""
    truth = {}
    for rule in read_back(demo_folder / "mapping.yaml", library).columns:
        truth.setdefault(rule.label, set()).add(rule.metric)
    tables = [path for path in sorted(demo_folder.iterdir()) if path.suffix in (".xlsx", ".csv")]

    columns = [column for path in tables for column in propose_files(Session(), [path], library).columns]

    proposed = [column for column in columns if column.standing is Standing.PROPOSED]
    asked = [
        column
        for column in columns
        if column.standing is Standing.ASKED
        and truth.get(column.label, set()) & {column.metric, *(match.metric for match in column.others)}
    ]
    assert [column.label for column in proposed if column.metric not in truth.get(column.label, ())] == []
    assert len(tables) == 4
    assert len(proposed) > 2 * len(asked)
    assert {column.label for column in (*proposed, *asked)} == truth.keys() & {
        column.label for column in columns
    }


def test_folder_that_is_not_there_is_said_to_be_missing(table, tmp_path, capsys):
    assert run(["map", str(table), "--to", str(tmp_path / "no" / "m.yaml")], {}) == 1

    assert "folder_missing" in capsys.readouterr().err
