"""``yumiao count``: the counts of one subject, and the rows behind one of them."""

import json

import pytest
import typer
from typer.testing import CliRunner

from yumiao.cli.app import run
from yumiao.cli.counting import count_command
from yumiao.model.problems import YumiaoError

MAPPING = """\
mapping: 知识产权台账
subject: {code: 统一社会信用代码, name: 企业名称}
source: town
records:
  register: ip
  complete: true
  columns: {专利号: number, 类型: kind, 授权日: granted_on, 法律状态: state, 相关: related_to_main_product}
"""
ROWS = """\
统一社会信用代码,企业名称,专利号,类型,授权日,法律状态,相关
91320412MADEM0003L,常州伟业机械有限公司,ZL201910000001.1,发明,2021-03-05,有效,是
91320412MADEM0003L,常州伟业机械有限公司,ZL201910000002.2,发明,2021-03-05,有效,
91320412MADEM0003L,常州伟业机械有限公司,ZL201910000003.3,发明,2021-03-05,失效,是
91320412MADEM0003L,常州伟业机械有限公司,ZL201910000004.4,发明,2027-03-05,有效,是
"""

app = typer.Typer()
app.command()(count_command)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """A store with one imported register."""
    folder = tmp_path_factory.mktemp("desk")
    for name, text in (("m.yaml", MAPPING), ("知识产权.csv", ROWS)):
        (folder / name).write_text(text, encoding="utf-8")
    arguments = [
        "import",
        str(folder / "知识产权.csv"),
        "--mapping",
        str(folder / "m.yaml"),
        "--on",
        "2026-06-30",
    ]
    assert run([*arguments, "--store", str(folder / "store"), "--lang", "zh"], {}) == 0
    return folder / "store"


def call(store, *arguments, lang="en"):
    asked = ["伟业", "--as-of", "2026-07-15", "--store", str(store), "--lang", lang, *arguments]
    result = CliRunner().invoke(app, asked, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_every_filter_is_counted(store):
    told = json.loads(call(store, "--json"))

    found = {each["filter"]: (each["low"], each["high"]) for each in told["counts"]}
    assert found["ip_class1_count.tsme"] == (1, 2)
    assert found["ip_class1_count.hnte"] == (0, 2)
    assert found["ip_class2_count.tsme"] == (0, 0)


def test_table_shows_intervals(store):
    told = call(store, lang="zh")

    assert "ip_class1_count.tsme" in told
    assert "1–2" in told


def test_each_row_is_told_with_its_cell_and_reason(store):
    told = json.loads(call(store, "--by", "ip_class1_count.tsme", "--json"))

    assert [(row["number"], row["cell"], row["standing"], row["text"]["en"]) for row in told["rows"]] == [
        ("ZL201910000001.1", "C2", "counted", "Counted: every clause holds."),
        (
            "ZL201910000002.2",
            "C3",
            "open",
            "Open: Related to the main product; unknown: Related to the main product.",
        ),
        ("ZL201910000003.3", "C4", "not_counted", "Not counted, this fails: Valid and undisputed."),
        (
            "ZL201910000004.4",
            "C5",
            "not_counted",
            "Not counted, this fails: Granted on (2027-03-05) no later than 2026-07-15.",
        ),
    ]
    assert "not counted" in call(store, "--by", "ip_class1_count.tsme")


def test_unknown_filter_names_those_there_are(store):
    with pytest.raises(YumiaoError) as raised:
        call(store, "--by", "ip.x")

    assert raised.value.code == "records.no_filter"
    assert "ip_class1_count.tsme" in raised.value.text.en
