"""Tables of codes in packs: read whole, or refused with the line; the shipped one as its document says."""

import pytest
from tests.shipped_packs import shipped_packs
from tests.unit.packs.small_packs import policy_text, write_packs

from yumiao.model.metrics import Citation
from yumiao.model.outcomes import Confidence
from yumiao.model.prefix_tables import PrefixTable, plain_code
from yumiao.model.text import Text
from yumiao.packs.library import read_packs

TABLE = """\
table: trades
title: {zh: 行业对照, en: Trades}
from: GB/T 4754-2017
to: grade
match: longest_prefix
otherwise: needs_person
cite: {clause: 附注, document: 一号, confidence: memory, sources: [text]}
rows:
  - {is: A, section: C, codes: ["36", "37"]}
  - is: B
    codes: ["591",
            "70"]
    note: 不含其他
  - {is: C, codes: ["59"], confidence: memory, note: {zh: 其余, en: the rest}}
"""


def read(folder, table=TABLE, **more):
    root = write_packs(folder, policy_text("met_when: [always]\n"))
    (root / "cn" / "tables").mkdir()
    for name, text in {"trades": table, **more}.items():
        (root / "cn" / "tables" / f"{name}.yaml").write_text(text, encoding="utf-8")
    return read_packs([root])


def test_table_is_read_whole(tmp_path):
    library, problems = read(tmp_path)

    assert problems == ()
    assert library.tables == {
        "trades": PrefixTable(
            id="trades",
            label=Text("行业对照", "Trades"),
            by="GB/T 4754-2017",
            metric="grade",
            rows={"C": "A", "36": "A", "37": "A", "591": "B", "70": "B", "59": "C"},
            notes={"591": Text("不含其他"), "70": Text("不含其他"), "59": Text("其余", "the rest")},
            citation=Citation("附注", "一号", ("text",), Confidence.MEMORY),
        )
    }


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("to: grade", "to: grad", ("table.metric", 4, "to", "grad")),
        ("to: grade", "to: sales", ("table.metric", 4, "to", "sales")),
        ("{is: A,", "{is: D,", ("table.category", 9, "rows[0].is", "D")),
        ('"70"]', '"36"]', ("table.prefix", 12, "rows[1].codes[1]", "36")),
        ("{is: C, ", "{is: C, section: C, ", ("table.prefix", 14, "rows[2].section", "C")),
        ('"70"]', "70]", ("pack.code", 12, "rows[1].codes[1]", "70")),
        ('"70"]', '"7"]', ("pack.code", 12, "rows[1].codes[1]", "7")),
        ("section: C", "section: Z", ("pack.code", 9, "rows[0].section", "Z")),
        ("note: 不", "nots: 不", ("pack.extra_forbidden", 13, "rows[1].nots", "不含其他")),
        ("longest_prefix", "first", ("pack.literal_error", 5, "match", "first")),
    ],
)
def test_mistake_is_told_with_its_line(tmp_path, before, after, expected):
    assert TABLE.count(before) == 1

    _, problems = read(tmp_path, TABLE.replace(before, after))

    assert [(each.code, each.line, each.path, each.found) for each in problems] == [expected]
    assert problems[0].file.endswith("cn/tables/trades.yaml")
    assert problems[0].text.zh
    assert problems[0].text.en


def test_all_mistakes_of_a_table_are_told_in_one_run_with_the_nearest_name(tmp_path):
    table = TABLE.replace("{is: A,", "{is: D,").replace('"70"]', '"36"]')

    _, problems = read(tmp_path, table)

    assert [problem.code for problem in problems] == ["table.category", "table.prefix"]


def test_metric_misspelt_comes_with_the_nearest_one(tmp_path):
    _, (problem,) = read(tmp_path, TABLE.replace("to: grade", "to: grad"))

    assert problem.text == Text(
        "没有分类口径 grad；最接近的是 grade", "no metric with categories is called grad; nearest: grade"
    )


def test_one_name_is_one_table(tmp_path):
    library, (problem,) = read(tmp_path, again=TABLE.replace("GB/T 4754-2017", "GB/T 4754-2011"))

    assert (problem.code, problem.line, problem.path) == ("table.duplicate", 1, "table")
    assert problem.file.endswith("cn/tables/trades.yaml")
    assert library.tables["trades"].by == "GB/T 4754-2011"


def test_hash_of_a_policy_covers_what_a_table_says(tmp_path):
    texts = (TABLE, "# a remark\n" + TABLE, TABLE.replace('"37"', '"38"'))

    plain, remarked, changed = (
        read(tmp_path / str(number), text)[0].policies[0].hash for number, text in enumerate(texts)
    )

    assert plain == remarked != changed


# ── the shipped table, by the notes of the document ───────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("group", "codes"),
    [
        ("agriculture", "A A01 0111 05"),
        ("industry", "B C D 06 B0610 12 13 C3670 3670 43 44 D4620"),
        ("construction", "E 47 5090"),
        ("wholesale", "51 F5179"),
        ("retail", "52 F5299"),
        ("transport", "54 G5442 55 56 57 58 5810 591 5910"),
        ("warehousing", "592 5930 G5990"),
        ("post", "60 6020"),
        ("accommodation", "61 H6110"),
        ("catering", "62 6210"),
        ("information_transmission", "63 I6311 64 6450"),
        ("software_it", "65 I65 I6513"),
        ("real_estate_development", "701 7010 K7010"),
        ("property_management", "702 7020"),
        ("leasing_business_services", "L 71 72 L7291"),
        ("other_unlisted", "M 73 75 N 76 79 O 80 82 R 86 90 85 8521 703 7030 709 7090"),
        (None, "53 5310 J 66 69 6621 P 83 8310 84 Q Q84 704 7040 S 91 T 97 F G K 70 59"),
    ],
)
def test_shipped_table_follows_the_notes_of_the_document(group, codes):
    table = shipped_packs().tables["size-industry"]

    assert {code: table.category(plain_code(code)) for code in codes.split()} == dict.fromkeys(
        codes.split(), group
    )


def test_shipped_table_says_what_it_is():
    table = shipped_packs().tables["size-industry"]

    assert (table.by, table.metric) == ("GB/T 4754-2017", "size_industry")
    assert table.notes["591"] == Text("装卸搬运列入交通运输业")
    assert table.citation.document == "国统字〔2017〕213号"
    assert {*table.rows.values()} == {*shipped_packs().metrics["size_industry"].categories()}
