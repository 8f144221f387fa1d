"""Placements from files, and every list as a file."""

import csv
import datetime as dt
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook
from tests.district.chains.making import CODE, HEADS, NAME, chain_of, file_rows, placed

from yumiao.district.chains.models import Placement


def list_file(*rows, heads=HEADS, kind="csv", encoding="utf-8-sig"):
    if kind == "xlsx":
        book = Workbook()
        for row in (heads, *rows):
            book.active.append(row)
        written = io.BytesIO()
        book.save(written)
        return SimpleUploadedFile("名单.xlsx", written.getvalue())
    text = io.StringIO()
    csv.writer(text).writerows([heads, *rows])
    return SimpleUploadedFile("名单.csv", text.getvalue().encode(encoding))


def sent(client, file):
    return client.post("/chains/import/", {"file": file})


@pytest.mark.parametrize(("kind", "encoding"), [("csv", "utf-8-sig"), ("csv", "gb18030"), ("xlsx", "")])
def test_list_places_its_firms_by_code_or_name_and_can_be_taken_back(kind, encoding, robots, ids, sign_in):
    client = sign_in("officer")
    rows = [
        ["", CODE["jiahe"], "机器人", "减速器", "电机", dt.date(2023, 1, 2), "链长办 1 号"],
        ["常州衡舟轴承厂", "", "机器人@320412", "集成应用", "", "", ""],
    ]
    done = sent(client, list_file(*rows, kind=kind, encoding=encoding))

    assert done.status_code == 302
    new = Placement.objects.filter(way="imported").order_by("-note")
    assert [(row.subject, row.link_id, row.note, row.since, row.source) for row in new] == [
        (ids["jiahe"], robots["parts"], "电机", dt.date(2023, 1, 2), "链长办 1 号"),
        (ids["hengzhou"], robots["use"], "", None, f"名单.{kind}"),
    ]
    client.post(done.headers["Location"], {"act": "withdraw"})
    assert not Placement.objects.filter(way="imported", withdrawn_at=None).exists()


def test_every_faulty_row_is_told_with_its_cell_and_nothing_is_placed(robots, sign_in):
    rows = [
        [NAME["jiahe"], "", "机器人", "减速器", "", "", ""],
        ["没有这家公司", "", "机器人", "减速器", "", "", ""],
        ["", "91320412MA00000000", "机器人", "减速器", "", "", ""],
        [NAME["jiahe"], CODE["qingmu"], "机器人", "减速器", "", "", ""],
        [NAME["jiahe"], "", "人形机器人", "减速器", "", "", ""],
        [NAME["jiahe"], "", "机器人", "芯片", "", "", ""],
        [NAME["jiahe"], "", "机器人", "减速器", "", "2099-01-01", ""],
    ]
    for language, words in (("zh-hans", "第 {} 行（{}）"), ("en", "Row {} ({})")):
        client = sign_in("officer")
        client.post("/language/", {"language": language, "next": "/"})
        response = sent(client, list_file(*rows))
        body = response.content.decode()
        places = [(3, "A3"), (4, "B4"), (5, "A5"), (6, "C6"), (7, "D7"), (8, "F8")]

        assert response.status_code == 400
        assert [words.format(*place) in body for place in places] == [True] * 6
        assert body.count("<li>" + words.split()[0]) == 6
    assert not Placement.objects.filter(way="imported").exists()


def test_town_places_no_firm_of_another_division_by_a_file(robots, sign_in):
    response = sent(sign_in("town"), list_file([NAME["qingmu"], "", "机器人", "减速器", "", "", ""]))

    assert response.status_code == 400
    assert "您的辖区里没有" in response.content.decode()
    assert not Placement.objects.filter(way="imported").exists()


def test_chain_of_one_name_in_two_divisions_has_to_be_written_with_its_code(robots, officer, sign_in):
    chain_of(officer, level="town", territory="320412411")
    response = sent(sign_in("officer"), list_file([NAME["jiahe"], "", "机器人", "减速器", "", "", ""]))

    assert "机器人@320412、机器人@320412411" in response.content.decode()


@pytest.mark.parametrize(
    "file",
    [
        SimpleUploadedFile("名单.csv", b""),
        SimpleUploadedFile("名单.pdf", b"%PDF-1.7"),
        SimpleUploadedFile("名单.xlsx", b"PK\x03\x04broken"),
        SimpleUploadedFile("名单.csv", "甲,乙\n1,2\n".encode()),
    ],
)
def test_file_that_is_no_such_list_is_refused_in_words(file, robots, sign_in):
    response = sent(sign_in("officer"), file)

    assert response.status_code == 400
    assert 'role="alert"' in response.content.decode()


def test_template_has_the_heads_that_are_read(robots, sign_in):
    client = sign_in("officer")
    content = b"".join(client.get("/chains/template.xlsx").streaming_content)

    assert [cell.value for cell in next(load_workbook(io.BytesIO(content)).active.rows)] == HEADS
    text = b"".join(client.get("/chains/template.csv").streaming_content).decode("utf-8-sig")
    assert text.strip().split(",") == HEADS


def test_every_list_is_exported_and_no_cell_is_a_formula(robots, ids, officer, sign_in):
    placed(officer, robots["use"], ids["nowhere"], note="=1+1")
    client, chain = sign_in("officer"), robots["chain"]

    assert [
        (row["产业链"], row["在链企业"], row["缺口"]) for row in file_rows(client, "/chains/export.csv")
    ] == [("机器人", "4", "0")]
    assert {row["企业"] for row in file_rows(client, f"/chains/{chain}.csv")} == {
        *(NAME[f] for f in ("hengzhou", "qingmu", "jiahe")),
        "'" + NAME["nowhere"],
    }
    rows = file_rows(client, f"/chains/{chain}/placements.csv")
    assert len(rows) == 4
    assert {"'=1+1"} == {row["角色或产品"] for row in rows} - {"", "谐波减速器"}
    assert [row["企业"] for row in file_rows(client, f"/chains/{chain}/suggested.csv")] == [NAME["qingmu"]]
    for address in ("/chains/export", f"/chains/{chain}", f"/chains/{chain}/placements", "/chains/unknown"):
        assert client.get(address + ".xlsx").status_code == 200
        assert client.get(address + ".pdf").status_code == 404
