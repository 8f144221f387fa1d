"""Lists whose rows are rows of a register: recognised, and asked where only a person knows."""

from functools import cache

import polars as pl
from tests.shipped_packs import shipped_packs

from yumiao.intake.evidence import Ask
from yumiao.intake.file_proposals import propose_columns
from yumiao.intake.proposals import SeenColumn, Standing
from yumiao.intake.register_proposals import with_list, with_register


@cache
def library():
    return shipped_packs()


def propose(columns, *names):
    seen = [SeenColumn(label, pl.Series(cells, dtype=pl.String)) for label, cells in columns.items()]
    packs = library()
    return with_register(
        propose_columns(seen, packs.metrics, packs.tables), packs.registers, packs.titles, names
    )


PATENTS = {
    "企业名称": ["甲公司"],
    "专利号": ["ZL202310000001.1"],
    "专利类型": ["发明专利"],
    "授权公告日": ["2024-01-02"],
}
CERTIFICATES = {
    "企业名称": ["甲公司"],
    "证书编号": ["GR202432000001"],
    "发证日期": ["2024-01-02"],
    "有效期至": ["2027-01-02"],
}


def answers(proposal):
    return [question.answer for question in proposal.questions if question.ask is Ask.RECORDS]


def test_list_that_only_one_register_fits_is_proposed_as_its_rows():
    found = propose(PATENTS)

    assert found.records.register == "ip"
    assert [rule.label for rule in found.records.fields] == ["专利号", "专利类型", "授权公告日"]
    assert [column.standing for column in found.columns] == [Standing.SUBJECT] + [Standing.FIELD] * 3
    assert answers(found) == []


def test_title_of_a_list_is_asked_with_the_one_that_the_file_is_called_after():
    found = propose(CERTIFICATES, "2024年高新技术企业培育名单")

    assert found.records is None
    columns = '{证书编号: certificate, 发证日期: "on", 有效期至: valid_until}'
    assert answers(found) == [f"records: {{register: titles, fixed: {{title: hnte}}, columns: {columns}}}"]


def test_list_that_two_registers_fit_is_asked_for_both():
    found = propose(CERTIFICATES, "名单")

    assert found.records is None
    assert sorted(answer.split(",")[0] for answer in answers(found)) == [
        "records: {register: ip",
        "records: {register: titles",
    ]
    assert 'title: "…"' in " ".join(answers(found))


def test_list_that_names_the_title_in_every_row_is_settled():
    found = propose({**CERTIFICATES, "资质名称": ["高新技术企业"]}, "资质名单")

    assert found.records.register == "titles"
    assert [rule.field for rule in found.records.fields] == ["certificate", "on", "valid_until", "title"]


def test_table_of_figures_is_no_register():
    found = propose({"企业名称": ["甲"], "年份": ["2024"], "营业收入（万元）": ["1"], "证书编号": ["GR1"]})

    assert found.records is None
    assert answers(found) == []


def test_list_of_names_is_asked_whether_it_is_complete_and_of_what():
    listed = propose({"企业名称": ["甲"], "列入日期": ["2026-01-02"]})

    named = with_list(listed, library().metrics, ["Sheet1", "经营异常名录2026年5月"])
    unnamed = with_list(listed, library().metrics, ["某某名单"])

    assert [(question.ask, question.answer) for question in named.questions] == [
        (Ask.LIST, "registers: [{metric: abnormal_or_dishonest_list, complete: true, file: …, on: …}]")
    ]
    assert [question.answer for question in unnamed.questions] == [
        "registers: [{metric: …, complete: true, file: …, on: …}]"
    ]
    assert with_list(listed, library().metrics, ["企业"]) == listed


def test_table_with_figures_is_not_asked_whether_it_is_a_list():
    figures = propose({"企业名称": ["甲"], "年份": ["2024"], "营业收入（万元）": ["1"]})

    assert with_list(figures, library().metrics, ["高企名单"]) == figures
