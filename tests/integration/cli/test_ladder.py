"""The ladder as an officer asks for it: lists imported, stock and flow printed, the same numbers as JSON."""

import json

import pytest

from yumiao.cli.app import run
from yumiao.identity.codes import check_character

MAPPING = """\
mapping: 高企变动名单
subject: {code: 统一社会信用代码, name: 企业名称}
territory: "320412"
records:
  register: titles
  fixed: {title: hnte}
  columns: {事项: event, 日期: "on", 有效期至: valid_until, 园区: zone}
"""

HEADER = "统一社会信用代码,企业名称,事项,日期,有效期至,园区"


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A store with the invented year of the statistics: 1312 at its start, 1616 at its end."""
    folder = tmp_path_factory.mktemp("desk")
    (folder / "m.yaml").write_text(MAPPING, encoding="utf-8")
    (folder / "list.csv").write_text("\n".join([HEADER, *year_of_lists()]) + "\n", encoding="utf-8")
    arguments = ["import", folder / "list.csv", "--mapping", folder / "m.yaml", "--source", "science"]
    arguments += ["--on", "2024-12-31", "--keep-until", "no", "--store", folder / "store"]
    assert run([*map(str, arguments)], {}) == 0
    return folder


def year_of_lists():
    """Rows: 920 kept, 285 renewed, 96 lapsed, 4 revoked, 7 moved out, 402 first, 9 moved in."""
    line = "{},常州虚构{}科技有限公司,{},{},{},{}".format
    for number in range(1312):
        name, code = f"{number}号", invented_code(number)
        ends = number < 285 + 96
        zone = "常州经开区" if number % 4 == 0 else "无"
        term = ("2021-11-30", "2024-11-30") if ends else ("2022-10-12", "2025-10-12")
        yield line(code, name, "认定", *term, zone)
        if number < 285:
            yield line(code, name, "重新认定", "2024-11-19", "2027-11-19", zone)
        elif 381 <= number < 385:
            yield line(code, name, "取消资格", "2024-06-03", "", "")
        elif 385 <= number < 392:
            yield line(code, name, "迁出", "2024-08-01", "", "")
    for number in range(1312, 1714):
        yield line(invented_code(number), f"{number}号", "首次认定", "2024-11-19", "2027-11-19", "无")
    for number in range(1714, 1723):
        yield line(invented_code(number), f"{number}号", "迁入", "2024-03-05", "2025-11-05", "无")


def invented_code(number):
    """A well-formed code of an organisation that does not exist."""
    body = f"91320412MADEM{number:04}"
    return body + check_character(body)


def ask(desk, capsys, *arguments, leaves=0):
    capsys.readouterr()
    left = run([*map(str, ("ladder", *arguments, "--store", desk / "store"))], {})
    told = capsys.readouterr()
    assert left == leaves, told.err
    return told


def flows(document):
    (hnte,) = (each for each in document["titles"] if each["title"] == "hnte")
    return {
        name: found["low"]
        for name, found in hnte["whole"].items()
        if isinstance(found, dict) and "low" in found and found["low"] == found["high"] != 0
    }


def test_year_of_the_reference_case_comes_out_of_the_store_as_json(desk, capsys):
    told = ask(desk, capsys, "--as-of", "2024-12-31", "--territory", "320412", "--json")

    document = json.loads(told.out)
    assert flows(document) == {
        "start": 1312,
        "first": 402,
        "moved_in": 9,
        "lapsed": 96,
        "revoked": 4,
        "moved_out": 7,
        "end": 1616,
        "net": 304,
        "renewed": 285,
    }
    (hnte,) = (each for each in document["titles"] if each["title"] == "hnte")
    assert hnte["whole"]["identity"] == {"holds": True, "gap": 0}
    assert hnte["apart"]["start"] == {"low": 984, "high": 984}
    assert document["problems"] == []


def test_same_numbers_stand_on_the_terminal_beside_the_targets_of_the_year(desk, capsys):
    told = ask(desk, capsys, "--as-of", "2024-12-31", "--territory", "320412", "--lang", "en").out

    lines = [line for line in told.splitlines() if "1,312" in line]
    assert lines[0].split()[-11:] == ["1,312", "402", "0", "9", "96", "4", "0", "7", "1,616", "304", "285"]
    assert "With and without 常州经开区" in told
    assert lines[1].split()[-6:] == ["1,312", "984", "304", "330", "1,616", "1,314"]
    targets = [line for line in told.splitlines() if "≥300" in line or ">1600" in line]
    assert ["304 / 330" in targets[0], "1,616 / 1,314" in targets[1]] == [True, True]
    assert "Titles of which there is no list: Technology-based SME, Jiangsu gazelle" in told


def test_period_starts_where_the_officer_says_and_what_ends_soon_is_listed(desk, capsys):
    period = ("--as-of", "2024-06-30", "--from", "2024-01-31", "--within", "153")

    document = json.loads(ask(desk, capsys, *period, "--json").out)

    assert flows(document) == {"start": 1312, "moved_in": 9, "revoked": 4, "end": 1317, "net": 5}
    assert len(document["ending"]) == 285 + 96
    assert {(each["until_low"], each["days_left"]) for each in document["ending"]} == {("2024-11-30", 153)}


FIRMS = """\
mapping: 企业名单
subject: {code: 统一社会信用代码, name: 企业名称}
territory: "320412"
columns: {职工总数: {metric: staff_total, year: 2025, unit: 人}}
"""

COMPLETE = """\
mapping: 高企名单
subject: {code: 统一社会信用代码, name: 企业名称}
territory: "320412"
records:
  register: titles
  fixed: {title: hnte, event: granted}
  columns: {发证日期: "on"}
  complete: true
"""


def test_complete_list_tells_who_does_not_hold_the_title(tmp_path, capsys):
    codes = [invented_code(number) for number in (1, 2)]
    rows = [f"{code},常州虚构{name}科技有限公司,20" for code, name in zip(codes, "甲乙", strict=True)]
    (tmp_path / "firms.csv").write_text(
        "\n".join(["统一社会信用代码,企业名称,职工总数", *rows]) + "\n", "utf-8"
    )
    listed = ["统一社会信用代码,企业名称,发证日期", f"{codes[0]},常州虚构甲科技有限公司,2024-11-06"]
    (tmp_path / "hnte.csv").write_text("\n".join(listed) + "\n", "utf-8")
    for name, mapping in (("firms", FIRMS), ("hnte", COMPLETE)):
        (tmp_path / f"{name}.yaml").write_text(mapping, "utf-8")
        arguments = ["import", tmp_path / f"{name}.csv", "--mapping", tmp_path / f"{name}.yaml", "--on"]
        arguments += [
            "2025-12-31",
            "--source",
            "science",
            "--keep-until",
            "no",
            "--store",
            tmp_path / "store",
        ]
        assert run([*map(str, arguments)], {}) == 0

    document = json.loads(ask(tmp_path, capsys, "--as-of", "2026-06-01", "--json").out)

    held = sorted(each["held"] for each in document["subjects"] if each["title"] == "hnte")
    assert held == [False, True]
    assert document["standings"]["hnte"]["open"] == 2
    assert [each["held"] for each in document["subjects"] if each["title"] == "srdi_sme"] == [None, None]


def test_period_that_runs_backwards_is_refused(desk, capsys):
    told = ask(desk, capsys, "--as-of", "2024-06-30", "--from", "2024-07-01", leaves=1)

    assert "期初 2024-07-01 应早于期末 2024-06-30" in told.err
    assert "ladder.period" in told.err


def test_folder_without_a_store_is_told(tmp_path, capsys):
    told = ask(tmp_path, capsys, "--as-of", "2024-06-30", leaves=1)

    assert "store.none" in told.err
