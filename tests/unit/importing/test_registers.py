"""Registers through the store: rows of intellectual property counted, titles held, as facts that verdicts rest on."""

import pytest
from tests.unit.importing.stores import AS_OF, CODES, NAMES, Desk, library, staff, table

from yumiao.evaluate import evaluate
from yumiao.ladder.known import known_facts

IP = """\
mapping: 知识产权台账
source: ip_office
subject: {code: 统一社会信用代码, name: 企业名称}
records:
  register: ip
  complete: true
  columns:
    专利号: number
    专利类型: kind
    授权公告日: granted_on
    法律状态: {field: state, values: {有效: in_force}}
    境内授权: granted_in_china
    与主导产品相关: related_to_main_product
    其他权利人已使用: claimed_by_co_owner
    已用于高企: used_for_hnte
"""
IP_HEADER = (
    "统一社会信用代码,企业名称,专利号,专利类型,授权公告日,法律状态,境内授权,与主导产品相关,"
    "其他权利人已使用,已用于高企"
)
TITLES = """\
mapping: 高企名单
source: science
subject: {code: 统一社会信用代码, name: 企业名称}
records:
  register: titles
  complete: true
  fixed: {title: hnte, event: granted}
  columns: {发证日期: "on", 证书编号: certificate}
"""


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path)
    desk.take(desk.write("a.csv", table(staff("伟业", 21), staff("嘉禾", 40))))
    return desk


def right(firm, number, kind="发明专利", related="是"):
    return CODES[firm], NAMES[firm], number, kind, "2024-03-01", "有效", "是", related, "否", "否"


def known(desk):
    return known_facts(desk.state, library(), AS_OF)


def test_rows_of_the_register_are_counted_by_the_filter_of_each_policy(desk):
    rows = [right("伟业", "ZL1"), right("伟业", "ZL2", related="否"), right("伟业", "ZL3", kind="实用新型")]

    desk.take(desk.write("ip.csv", table(*rows, header=IP_HEADER), IP), source=None)

    found = known(desk).table.filter(name=NAMES["伟业"])
    assert found.select("ip_class1_count.hnte", "ip_class2_count.hnte").rows() == [(1, 1)]


def test_row_of_which_a_needed_field_is_unknown_leaves_an_interval(desk):
    rows = [right("伟业", "ZL1"), right("伟业", "ZL2", related="")]

    desk.take(desk.write("ip.csv", table(*rows, header=IP_HEADER), IP), source=None)

    found = known(desk).table.filter(name=NAMES["伟业"])
    columns = [f"ip_class1_count.hnte{end}" for end in ("", "#low", "#high")]
    assert found.select(columns).rows() == [(None, 1, 2)]


def test_title_on_a_list_is_held_until_its_term_ends_and_absence_from_a_complete_list_is_a_no(desk):
    names = f"统一社会信用代码,企业名称,发证日期,证书编号\n{CODES['伟业']},{NAMES['伟业']},2024-11-06,GR202432001234\n"

    desk.take(desk.write("hnte.csv", names, TITLES), source=None)

    facts = known(desk)
    dates = (
        facts.table.filter(name=NAMES["伟业"])
        .select("title_hnte_granted_on", "title_hnte_valid_until")
        .rows()
    )
    held = dict(facts.table.select("name", "valid_hnte_certificate").rows())
    assert [[str(day) for day in row] for row in dates] == [["2024-11-06", "2027-11-06"]]
    assert held[NAMES["嘉禾"]] is False
    run = evaluate(library(), facts, as_of=AS_OF, policies=["innovative_sme"])
    verdicts = dict(run.policies[0].verdicts.select("name", "outcome").rows())
    assert verdicts[NAMES["嘉禾"]] != "met"


def test_count_rests_on_the_cells_of_its_rows(desk):
    desk.take(desk.write("ip.csv", table(right("伟业", "ZL1"), header=IP_HEADER), IP), source=None)

    sources = known(desk).sources.filter(column="ip_class1_count.hnte")

    assert [(row["file"], row["value"]) for row in sources.to_dicts()] == [("ip.csv", "1")]
    assert "2" in sources["cell"][0]


def test_reverted_register_is_no_longer_counted(desk):
    report = desk.take(desk.write("ip.csv", table(right("伟业", "ZL1"), header=IP_HEADER), IP), source=None)

    with desk.writing() as draft:
        draft.revert(report.files[0].batch)

    assert "ip_class1_count.hnte" not in known(desk).table.columns
