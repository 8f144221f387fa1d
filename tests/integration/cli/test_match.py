"""``yumiao match``: two lists in, one file of pairs out."""

import csv
from pathlib import Path

import pytest
import xlsxwriter

from yumiao.cli.app import run

COLUMNS = ["left", "right", "probability", "evidence", "left_row", "right_row", "answer", "step", "relation"]
KNOWN = [
    ("统一社会信用代码", "企业名称", "住所", "曾用名"),
    (
        "91320412MADEM0003L",
        "常州伟业机械有限公司",
        "江苏省常州市武进区延政路16号",
        "常州机械二厂；常州伟业机械厂",
    ),
    (None, "常州恒立达电子有限公司", "江苏省常州市新北区通江大道8号", None),
    ("91350100M000100Y43", "江苏盛诚新材料股份有限公司", None, None),
]


def write_book(path, rows, titles=0, sheet="名单"):
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet(sheet)
        for number in range(titles):
            page.write_string(number, 0, "企业名录（第一季度）")
        for number, row in enumerate(rows, start=titles):
            for column, cell in enumerate(row):
                if cell is not None:
                    page.write_string(number, column, cell)
    return path


def read_pairs(path):
    text = path.read_bytes().decode("utf-8-sig")
    return list(csv.DictReader(text.splitlines()))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_book(tmp_path / "known.xlsx", KNOWN, titles=2)
    return tmp_path


def test_single_column_without_header_is_matched(folder, capsys):
    names = ["伟业（常州）机械有限公司", "常州机械二厂", "常州恒立达科技有限公司", "南京无关化工有限公司"]
    Path("names.csv").write_text("\n".join(names) + "\n", encoding="gb18030")

    assert run(["match", "names.csv", "known.xlsx", "--to", "pairs.csv"], {}) == 0

    rows = read_pairs(Path("pairs.csv"))
    told = [
        (row["left"], row["right"], row["left_row"], row["right_row"], row["answer"], row["step"])
        for row in rows
    ]
    assert told == [
        ("常州恒立达科技有限公司", "常州恒立达电子有限公司", "3", "5", "person", "probabilistic"),
        ("伟业（常州）机械有限公司", "常州伟业机械有限公司", "1", "4", "same", "name"),
        ("常州机械二厂", "常州伟业机械有限公司", "2", "4", "same", "change_of_name"),
    ]
    assert list(rows[0]) == COLUMNS
    out = capsys.readouterr().out
    assert "左表 names.csv：4 行（没有表头，按内容认列）" in out
    assert "右表 known.xlsx：3 行（工作表“名单”，按列：企业名称、统一社会信用代码、住所、曾用名）" in out
    assert "相同 2" in out
    assert "需要人看 1 行（1 对" in out
    assert "右表中没有 1" in out


def test_codes_addresses_and_titles_are_used(folder, capsys):
    rows = [
        ("单位名称", "信用代码", "注册地址"),
        ("伟业", "91320412MADEM0003L", None),
        ("恒立达电子有限公司", None, "常州市新北区通江大道8号"),
        ("合计", None, None),
        ("单位名称", "信用代码", "注册地址"),
    ]
    write_book(folder / "tax.xlsx", rows, titles=1)

    assert run(["match", "tax.xlsx", "known.xlsx", "--to", "pairs.csv", "--lang", "en"], {}) == 0

    told = [
        (row["left"], row["answer"], row["step"], row["probability"]) for row in read_pairs(Path("pairs.csv"))
    ]
    assert told == [("伟业", "same", "code", "1.0"), ("恒立达电子有限公司", "same", "name", "0.998")]
    out = capsys.readouterr().out
    assert "left: tax.xlsx, 2 rows (sheet “名单”, by the columns 单位名称, 信用代码, 注册地址)" in out
    assert "same: 2" in out


def test_region_of_the_lists_is_read_into_names_without_one(folder):
    Path("names.csv").write_text("企业名称\n恒立达电子有限公司\n", encoding="utf-8")

    assert run(["match", "names.csv", "known.xlsx", "--to", "without.csv"], {}) == 0
    assert run(["match", "names.csv", "known.xlsx", "--to", "with.csv", "--region", "320411"], {}) == 0

    assert [row["answer"] for row in read_pairs(Path("without.csv"))] == ["person"]
    assert [row["answer"] for row in read_pairs(Path("with.csv"))] == ["same"]


def test_codes_alone_without_header_are_matched(folder):
    Path("codes.csv").write_text("91350100M000100Y43\n91320412MADEM0003L\n", encoding="utf-8")

    assert run(["match", "codes.csv", "known.xlsx", "--to", "pairs.csv"], {}) == 0

    told = {(row["left"], row["right"]) for row in read_pairs(Path("pairs.csv")) if row["answer"] == "same"}
    assert told == {
        ("91350100M000100Y43", "江苏盛诚新材料股份有限公司"),
        ("91320412MADEM0003L", "常州伟业机械有限公司"),
    }


def test_file_of_pairs_opens_in_a_spreadsheet_and_runs_no_formula(folder):
    Path("a.csv").write_text('企业名称\n"=1+1常州伟业机械有限公司"\n常州伟业机械有限公司\n', encoding="utf-8")
    Path("b.csv").write_text('企业名称\n"=1+1常州伟业机械有限公司"\n', encoding="utf-8")

    assert run(["match", "a.csv", "b.csv", "--to", "pairs.csv"], {}) == 0

    raw = Path("pairs.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert [row["left"] for row in read_pairs(Path("pairs.csv")) if row["answer"] == "same"] == [
        "'=1+1常州伟业机械有限公司"
    ]


def test_file_that_exists_is_not_overwritten(folder, capsys):
    Path("pairs.csv").write_text("mine", encoding="utf-8")

    assert run(["match", "known.xlsx", "known.xlsx", "--to", "pairs.csv"], {}) == 1

    assert Path("pairs.csv").read_text(encoding="utf-8") == "mine"
    assert "output_exists" in capsys.readouterr().err


def test_interrupted_writing_leaves_no_file(folder, monkeypatch, capsys):
    before = sorted(path.name for path in folder.iterdir())

    def fail(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("yumiao.cli.matching.os.fsync", fail)

    assert run(["match", "known.xlsx", "known.xlsx", "--to", "pairs.csv"], {}) == 130
    assert sorted(path.name for path in folder.iterdir()) == before


@pytest.mark.parametrize(
    ("content", "arguments", "code"),
    [
        ("年份,金额\n2024,1\n2025,2\n", [], "names_not_found"),
        ("企业名称\n", [], "names_not_found"),
        ("企业名称\n常州伟业机械有限公司\n", ["--region", "武进"], "region_unknown"),
    ],
)
def test_what_cannot_be_matched_is_refused_with_advice(folder, capsys, content, arguments, code):
    Path("a.csv").write_text(content, encoding="utf-8")

    assert run(["match", "a.csv", "known.xlsx", "--to", "pairs.csv", *arguments], {}) == 1

    assert code in capsys.readouterr().err
    assert not Path("pairs.csv").exists()


def test_folder_that_does_not_exist_is_said_before_anything_is_read(folder, capsys):
    assert run(["match", "a.csv", "b.csv", "--to", "nowhere/pairs.csv"], {}) == 1

    assert "folder_missing" in capsys.readouterr().err


def test_sheet_that_tells_most_is_read(folder):
    with xlsxwriter.Workbook(folder / "two.xlsx") as book:
        book.add_worksheet("说明").write_string(0, 0, "填报说明")
        page = book.add_worksheet("企业")
        for number, text in enumerate(["企业名称", "常州伟业机械有限公司"]):
            page.write_string(number, 0, text)

    assert run(["match", "two.xlsx", "known.xlsx", "--to", "pairs.csv"], {}) == 0

    assert [row["left"] for row in read_pairs(Path("pairs.csv"))] == ["常州伟业机械有限公司"]
