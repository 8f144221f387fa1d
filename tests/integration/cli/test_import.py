"""From a bureau's files into the store, and out again: the commands as an officer types them."""

import json

import pytest

from yumiao.cli.app import run

CODES = ("91320412MADEM0003L", "91320412MA00003570")


@pytest.fixture
def desk(tmp_path, monkeypatch, capsys):
    """Work in an empty folder; returns what calls a command and gives back what it printed."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments, leaves=0, lang="zh"):
        left = run([*map(str, arguments), "--lang", lang], {"YUMIAO_STORE": "store"})
        told = capsys.readouterr()
        assert left == leaves, told.err
        return told.out + told.err

    monkeypatch.setenv("YUMIAO_STORE", "store")
    call.folder = tmp_path
    return call


def write(desk, name, *rows, header="统一社会信用代码,企业名称,2025年职工总数（人）"):
    text = "\n".join([header, *(",".join(row) for row in rows)]) + "\n"
    (desk.folder / name).write_text(text, encoding="utf-8")
    return name


def first_file(desk, count="21"):
    rows = [(CODES[0], "常州伟业机械有限公司", count), (CODES[1], "常州嘉禾电子有限公司", "40")]
    return write(desk, "一季度.csv", *rows)


def batch_ids(desk):
    return [row["id"] for row in json.loads(desk("batches", "--json"))]


def value_of(desk, subject):
    told = json.loads(desk("facts", subject, "--json"))
    return [(row["column"], row["value"], row["standing"], row["cell"]) for row in told["facts"]]


def test_dry_run_tells_everything_and_leaves_no_store(desk):
    told = desk("import", first_file(desk), "--source", "town", "--on", "2026-06-30", "--dry-run")

    assert "预演" in told
    assert not (desk.folder / "store").exists()


def test_import_counts_and_every_fact_is_shown_with_its_cell(desk):
    told = desk("import", first_file(desk), "--source", "town", "--on", "2026-06-30", "--as-of", "2026-07-15")

    assert "已导入，现已生效" in told
    assert value_of(desk, "伟业") == [("staff_total@2025", "21", "counts", "C2")]
    assert "镇（街道）、园区" in desk("facts", CODES[0])


def test_second_import_of_the_same_file_says_that_nothing_changes(desk):
    name = first_file(desk)
    desk("import", name, "--source", "town", "--on", "2026-06-30")

    told = desk("import", name, "--source", "town", "--on", "2026-06-30")

    assert "没有任何变化" in told
    assert len(batch_ids(desk)) == 1


def test_reverted_batch_no_longer_counts_and_comes_back(desk):
    desk("import", first_file(desk), "--source", "town", "--on", "2026-03-31")
    desk("import", write(desk, "二季度.csv", (CODES[0], "", "25")), "--source", "town", "--on", "2026-06-30")
    second = batch_ids(desk)[1]
    now = value_of(desk, "伟业")

    desk("revert", second[:7], "--why", "传错文件")
    reverted = value_of(desk, "伟业")
    desk("unrevert", second)

    assert now == [("staff_total@2025", "25", "counts", "C2"), ("staff_total@2025", "21", "superseded", "C2")]
    assert reverted == [
        ("staff_total@2025", "21", "counts", "C2"),
        ("staff_total@2025", "25", "reverted", "C2"),
    ]
    assert value_of(desk, "伟业") == now


def test_facts_as_they_were_known_earlier_are_shown(desk):
    desk("import", first_file(desk), "--source", "town", "--on", "2026-03-31")
    [first] = json.loads(desk("batches", "--json"))
    desk("import", write(desk, "二季度.csv", (CODES[0], "", "25")), "--source", "town", "--on", "2026-06-30")

    told = json.loads(desk("facts", "伟业", "--json", "--known-at", first["recorded_at"]))

    assert [(row["value"], row["standing"]) for row in told["facts"]] == [("21", "counts")]


def test_mapping_given_once_is_remembered_for_the_next_file_of_its_kind(desk):
    mapping = (
        "mapping: 镇报表\nkind: 镇报表\nsource: town\nsubject: {code: 代码, name: 单位}\n"
        "columns:\n  人数: {metric: staff_total, year: 2025}\n"
    )
    (desk.folder / "m.yaml").write_text(mapping, encoding="utf-8")
    header = "代码,单位,人数"
    desk(
        "import",
        write(desk, "四月.csv", (CODES[0], "常州伟业机械有限公司", "21"), header=header),
        "--mapping",
        "m.yaml",
    )

    told = desk("import", write(desk, "五月.csv", (CODES[0], "常州伟业机械有限公司", "22"), header=header))

    assert "变更 1" in told
    assert value_of(desk, "伟业")[0][:3] == ("staff_total@2025", "22", "counts")


def test_pair_that_may_be_one_is_listed_decided_and_undone(desk):
    desk("import", write(desk, "a.csv", (CODES[0], "常州伟业机械有限公司", "21")), "--source", "town")
    desk("import", write(desk, "b.csv", ("", "常州伟业机械制造有限公司", "22")), "--source", "tax")
    [pair] = json.loads(desk("queue", "--json"))

    told = desk("decide", pair["subject"], pair["other"], "same", "--why", "同一执照")
    number = json.loads(desk("decisions", "--json"))[0]["seq"]
    settled = json.loads(desk("queue", "--json"))
    desk("undo", number)

    assert f"第 {number} 号决定" in told
    assert settled == []
    assert len(json.loads(desk("queue", "--json"))) == 1


def test_run_can_be_made_from_what_the_store_knows(desk):
    desk("import", first_file(desk), "--source", "town", "--on", "2026-06-30")

    desk("evaluate", "--as-of", "2026-07-15", "--policy", "tech_sme", "--out", "run")
    told = json.loads(desk("explain", "伟业", "--policy", "tech_sme", "--run", "run", "--json"))

    cells = [
        fact["source"]["cell"]
        for each in told["conditions"]
        for fact in each.get("facts", [])
        if fact.get("source")
    ]
    assert "C2" in cells


def test_evaluating_an_empty_store_says_what_to_do(desk):
    told = desk("evaluate", "--as-of", "2026-07-15", leaves=1)

    assert "store.none" in told


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_unknown_batch_is_named(desk, lang):
    desk("import", first_file(desk), "--source", "town")

    told = desk("revert", "b999999", leaves=1, lang=lang)

    assert "b999999" in told
    assert "store.no_batch" in told


def test_english_words_hold_no_chinese_but_names_and_received_texts(desk):
    told = desk("import", first_file(desk), "--source", "town", "--dry-run", lang="en")

    kept = told.replace("一季度.csv", "").replace("一季度", "")
    assert [each for each in kept if "\u4e00" <= each <= "\u9fff"] == []
