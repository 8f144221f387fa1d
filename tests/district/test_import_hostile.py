"""Uploads that mean harm, sent as a browser sends them: refused with words, or without effect."""

import io
import re
import zipfile

import msoffcrypto
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from msoffcrypto.format.ooxml import OOXMLFile
from tests.district.importing import (
    HEAD,
    HENGZHOU,
    JIAHE,
    NEW,
    checked,
    csv_file,
    intake_at,
    own_district,
    page_of,
    problems_on,
    upload,
    uploaded,
    work,
    xlsx_file,
    zip_file,
)

from yumiao.district.intakes import services
from yumiao.district.intakes.files import plain_name
from yumiao.district.intakes.keeping import FOLDER
from yumiao.district.intakes.models import Intake
from yumiao.model.problems import YumiaoError

ROWS = [HENGZHOU, [JIAHE[0], JIAHE[1], "31"], NEW]
EVIL = '<script>alert(1)</script>"><img src=x onerror=alert(2)>'


@pytest.fixture(autouse=True)
def district(tmp_path, settings):
    return own_district(tmp_path, settings)


@pytest.fixture
def officer(sign_in):
    return sign_in("officer")


def sheet_with(dimension, cell="A1"):
    """A workbook whose sheet claims an extent and has a cell far out."""
    content = io.BytesIO(xlsx_file(*ROWS).read())
    made = io.BytesIO()
    with zipfile.ZipFile(content) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            data = old.read(member)
            if member == "xl/worksheets/sheet1.xml":
                data = re.sub(rb'<dimension ref="[^"]*"/>', f'<dimension ref="{dimension}"/>'.encode(), data)
                row = re.sub(r"[A-Z]", "", cell)
                far = f'<row r="{row}"><c r="{cell}" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
                data = data.replace(b"</sheetData>", far.encode()) if cell != "A1" else data
            new.writestr(member, data)
    return SimpleUploadedFile("台账.xlsx", made.getvalue())


def bomb():
    """A sheet of a gigabyte of blanks in a megabyte."""
    members = {"[Content_Types].xml": b"<Types/>", "xl/worksheets/sheet1.xml": b" " * (300 << 20)}
    return zip_file(members, "炸弹.xlsx")


REFUSED = {
    "a zip bomb": (bomb, "too_big|unpack|解压"),
    "a text called a workbook": (
        lambda: SimpleUploadedFile("台账.xlsx", "名称,数\n甲,1".encode()),
        "内容不是扩展名所说的格式",
    ),
    "a workbook called a text": (
        lambda: SimpleUploadedFile("台账.csv", xlsx_file(*ROWS).read()),
        "内容不是扩展名所说的格式",
    ),
    "a program": (lambda: SimpleUploadedFile("台账.exe", b"MZ\x90\x00" * 100), "不能读取此类文件"),
    "a program called a workbook": (lambda: SimpleUploadedFile("台账.xls", b"MZ\x90\x00" * 100), "."),
    "an empty file": (lambda: SimpleUploadedFile("空.csv", b""), "."),
    "a damaged workbook": (lambda: zip_file({"xl/workbook.xml": b"<workbook"}, "坏.xlsx"), "损坏"),
    "a cell at the end of the world": (lambda: sheet_with("A1:XFD1048576", "XFD1048576"), "上限|损坏"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_file_is_refused_with_words_and_nothing_is_kept(what, officer, settings):
    make, words = REFUSED[what]

    response = upload(officer, make())

    page = page_of(response)
    assert response.status_code == 400
    assert re.search(words, " ".join(problems_on(page)) + page)
    assert not Intake.objects.exists()
    folder = settings.YUMIAO_DATA / FOLDER
    assert not folder.exists() or [path.name for path in folder.iterdir() if path.is_file()] == []
    assert not any((folder / "reading").iterdir())


def test_extent_that_a_sheet_only_claims_does_no_harm(officer):
    address = uploaded(officer, sheet_with("A1:XFD1048576"))

    assert intake_at(address).files.get().mapping


def test_one_bad_file_among_several_refuses_all_and_names_it(officer):
    response = upload(officer, csv_file(*ROWS), SimpleUploadedFile("坏.xlsx", b"no workbook"))

    assert response.status_code == 400
    assert len(problems_on(page_of(response))) == 1
    assert "坏.xlsx" in problems_on(page_of(response))[0]
    assert not Intake.objects.exists()


def test_no_file_or_two_of_one_name_are_refused(officer):
    assert "请选择至少一个文件" in page_of(upload(officer))
    assert "有两个文件都叫" in page_of(upload(officer, csv_file(*ROWS), csv_file(*ROWS)))


def test_file_larger_than_may_be_uploaded_is_not_read(officer, monkeypatch):
    monkeypatch.setattr("yumiao.web.uploading.MOST_BYTES", 100)

    response = upload(officer, csv_file(*ROWS))

    assert response.status_code == 400
    assert "超过 64 MB" in page_of(response)


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("../../etc/passwd.csv", "passwd.csv"),
        ("C:\\账\\台账.xlsx", "台账.xlsx"),
        ("/abs/台账.xlsx", "台账.xlsx"),
        ("a\x00b\u202excod.xlsx", "abxcod.xlsx"),
        ("..", "file"),
        ("名" * 300 + ".csv", "名" * 120 + ".csv"),
        ('<b>"x".csv', "bx.csv"),
    ],
)
def test_name_of_a_file_is_plain(name, plain):
    assert plain_name(name) == plain


def test_path_in_a_name_leads_nowhere(officer, tmp_path):
    file = csv_file(*ROWS)
    file.name = "../../../台账.csv"
    uploaded(officer, file)

    assert [path.name for path in tmp_path.rglob("*台账*")] == []


def test_script_in_a_cell_a_label_and_a_name_is_only_text(district, officer):
    head = [*HEAD[:2], HEAD[2], EVIL.replace(",", "")]
    rows = [[EVIL, "", "55", EVIL], *([*row, "1"] for row in ROWS[1:])]
    address = checked(officer, xlsx_file(*rows, head=head))
    officer.post(f"{address}commit/")
    work()
    work()
    file = intake_at(address).files.get()

    pages = (address, f"{address}columns/{file.id}/", f"{address}problems/", f"{address}changes/")
    for page in (*pages, "/imports/", "/imports/batches/", "/imports/queue/", "/enterprises/"):
        shown = page_of(officer.get(page))
        assert "<script>alert" not in shown, page
        assert "<img src=x" not in shown, page


def test_formula_in_a_cell_is_text_here_and_in_exports(officer):
    rows = [['=HYPERLINK("http://x","甲")有限公司', "", "55"], ["+1+1公司", "", "66"], ROWS[1]]
    address = checked(officer, xlsx_file(*rows))

    file = page_of(officer.get(f"{address}changes.csv"))

    cells = [cell for line in file.splitlines() for cell in re.findall(r'(?:^|,)"?([^,"]*)', line)]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    assert "'+1+1公司" in file


def test_macros_of_a_workbook_never_run_and_its_table_is_read(officer, tmp_path):
    plain = zipfile.ZipFile(io.BytesIO(xlsx_file(*ROWS).read()))
    members = {name: plain.read(name) for name in plain.namelist()}
    address = checked(
        officer, zip_file({**members, "xl/vbaProject.bin": b"\xd0\xcf\x11\xe0macro"}, "宏.xlsm")
    )

    assert intake_at(address).counts["rows"] == 3


def locked(password):
    plain, made = io.BytesIO(xlsx_file(*ROWS).read()), io.BytesIO()
    OOXMLFile(plain).encrypt(password, made)
    return SimpleUploadedFile("加密.xlsx", made.getvalue())


def test_encrypted_file_asks_for_its_password_and_keeps_it_out_of_sight(district, officer, settings):
    assert msoffcrypto.OfficeFile(io.BytesIO(locked("秘密-seed-2026").read())).is_encrypted()
    asked, wrong = (
        upload(officer, locked("秘密-seed-2026")),
        upload(officer, locked("秘密-seed-2026"), password="x"),
    )
    assert "需要密码" in page_of(asked)
    assert "密码不对" in page_of(wrong)
    assert 'name="password" autocomplete="off"' in page_of(wrong)

    address = checked(officer, locked("秘密-seed-2026"), password="秘密-seed-2026")
    held = b"".join(path.read_bytes() for path in (settings.YUMIAO_DATA / FOLDER).glob("*") if path.is_file())
    assert "秘密-seed-2026".encode() not in held
    officer.post(f"{address}commit/")
    work()

    assert intake_at(address).state == "committed"
    assert not list((settings.YUMIAO_DATA / FOLDER).glob("*.password"))
    assert not list((settings.YUMIAO_DATA / FOLDER).glob("*.key"))


def test_web_page_called_xls_is_read_as_what_it_is(officer):
    cells = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in [HEAD, *ROWS])
    page = f"<html><body><table>{cells}</table><script>alert(1)</script></body></html>"
    address = checked(officer, SimpleUploadedFile("导出.xls", page.encode()))

    assert intake_at(address).counts["rows"] == 3


def test_correction_of_a_place_that_is_not_there_is_refused(officer):
    address = checked(officer, csv_file(*ROWS))
    file = intake_at(address).files.get()

    with pytest.raises(YumiaoError, match="没有"):
        services.correct_cells(
            file.id, {("税务台账", "ZZ999"): "1"}, by="p1", now=intake_at(address).created_at
        )


def test_intake_of_one_is_not_reached_by_guessing_a_file_of_another(officer):
    first, second = uploaded(officer, csv_file(*ROWS)), uploaded(officer, csv_file(*ROWS))
    other = intake_at(second).files.get().id

    assert officer.get(f"{first}columns/{other}/").status_code == 404
    assert officer.post(f"{first}columns/{other}/text/", {"text": ""}).status_code == 404
