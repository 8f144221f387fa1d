"""Facts on which sources disagree: each with both cells, and the verdicts that hang on it."""

import pytest
from tests.unit.importing.stores import AS_OF, CODES, NAMES, Desk, library, staff, table

from yumiao.importing.conflicts import list_conflicts


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def test_agreeing_sources_leave_no_task(desk):
    desk.take(desk.write("a.csv", table(staff("伟业", 21))), source="social_security")
    desk.take(desk.write("b.csv", table(staff("伟业", 21))), source="town")

    assert list_conflicts(desk.state, library(), AS_OF).is_empty()


def test_disagreement_is_listed_with_both_values_sources_cells_and_verdicts(desk):
    desk.take(desk.write("a.csv", table(staff("嘉禾", 40), staff("伟业", 21))), source="social_security")
    desk.take(desk.write("b.csv", table(staff("伟业", 510))), source="town")

    [row] = list_conflicts(desk.state, library(), AS_OF).to_dicts()

    assert row["policies"] != []
    assert [policy.partition("@")[0] for policy in row.pop("policies")].count("tech_sme") == 1
    row.pop("subject")
    assert row == {
        "name": NAMES["伟业"],
        "code": CODES["伟业"],
        "column": "staff_total@2025",
        "value": "21",
        "source": "social_security",
        "place": "a.csv a C3",
        "other": "510",
        "other_source": "town",
        "other_place": "b.csv b C2",
    }


def test_disagreement_on_which_no_verdict_hangs_comes_last(desk):
    header = "统一社会信用代码,企业名称,2025年职工总数（人）,2019年营业收入（万元）"
    one = (CODES["伟业"], NAMES["伟业"], "21", "100")
    two = (CODES["伟业"], NAMES["伟业"], "510", "90")
    desk.take(desk.write("a.csv", table(one, header=header)), source="tax")
    desk.take(desk.write("b.csv", table(two, header=header)), source="town")

    found = list_conflicts(desk.state, library(), AS_OF)

    assert found["column"].to_list() == ["staff_total@2025", "operating_revenue@2019"]
    assert found["policies"].list.len().to_list()[1] == 0
