"""Persons in a file: refused unless the mapping speaks of them, dropped or counted, and never kept."""

import polars as pl
import pytest
from tests.unit.importing.stores import CODES, NAMES, Desk

from yumiao.model.problems import YumiaoError

STAFF_LIST = "统一社会信用代码,企业名称,姓名,手机,是否研发人员\n" + "".join(
    f"{CODES['伟业']},{NAMES['伟业']},{name},{phone},{is_rd}\n"
    for name, phone, is_rd in (
        ("甲某", "13800000001", "是"),
        ("乙某", "13800000002", "否"),
        ("丙某", "13800000003", "是"),
    )
)
MAPPING = """\
mapping: 人员名册
source: social_security
subject: {code: 统一社会信用代码, name: 企业名称}
persons:
  drop: [姓名, 手机]
  count:
    - {metric: staff_total, year: 2025}
    - {metric: rd_staff, year: 2025, where: {是否研发人员: [是]}}
"""


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def test_columns_about_persons_of_which_nothing_is_said_are_refused_by_name(desk):
    path = desk.write(
        "a.csv",
        STAFF_LIST.replace("是否研发人员", "2025年职工总数（人）").replace("是", "3").replace("否", "3"),
    )

    with pytest.raises(YumiaoError) as refused:
        desk.take(path)

    assert refused.value.code == "persons_undeclared"
    assert {problem.found for problem in refused.value.problems} == {"姓名", "手机"}
    assert desk.state.batches == ()


def test_one_row_per_person_becomes_counts_and_nothing_of_a_person_is_kept(desk):
    desk.take(desk.write("名册.csv", STAFF_LIST, MAPPING), source=None)

    assert desk.facts().select("staff_total@2025", "rd_staff@2025").rows() == [(3, 2)]
    kept = [
        path for path in (desk.folder / "store").rglob("*") if path.is_file() and path.name != "mapping.yaml"
    ]
    texts = [
        str(pl.read_parquet(path).to_dicts())
        if path.suffix == ".parquet"
        else path.read_text(encoding="utf-8")
        for path in kept
    ]
    assert any(NAMES["伟业"] in text for text in texts)
    for words in ("甲某", "乙某", "13800000001"):
        assert [text for text in texts if words in text] == []
