"""Targets and received values from a file: read with care, revised and never changed."""

from decimal import Decimal

import pytest
from tests.district.districts import NOW

from yumiao.district.indicators.models import Actual, PlanPoint, Target
from yumiao.district.indicators.selectors import indicators_of
from yumiao.district.indicators.services import Imported, import_targets
from yumiao.district.indicators.targets_file import read_targets_file
from yumiao.district.registry.packs import library
from yumiao.model.problems import YumiaoError

YAML = """
targets:
  - indicator: HT_NET
    territory: "320412"
    year: 2026
    value: 300
    sense: at_least
    document: 年度计划
    date: 2026-01-20
    plan: {6: 60, 12: 300}
  - {indicator: HT_NETT, territory: "320412", year: 2026, value: 1, document: x, date: 2026-01-20}
actuals:
  - {indicator: TALENT, territory: "320400", year: 2026, month: 6, value: "1.90", source: 月报, date: 2026-07-05}
  - {indicator: TALENT, territory: "320412", year: 2026, month: 13, value: 2, source: 月报, date: 2026-07-05}
"""
CSV = """kind,indicator,territory,year,month,value,sense,document,date
target,HT_NET,320412,2026,,300,at_least,年度计划,2026-01-20
plan,HT_NET,320412,2026,6,60,,,
plan,HT_NET,320412,2026,12,300,,,
plan,HT_VALID,320412,2026,6,60,,,
actual,TALENT,320400,2026,6,1.90,,月报,2026-07-05
actual,TALENT,320412,2026,6,many,,月报,2026-07-05
goal,TALENT,320412,2026,6,1,,月报,2026-07-05
"""


@pytest.fixture
def read(tmp_path):
    def written(text, name="targets.yaml"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return read_targets_file(path, indicators_of(library()))

    return written


def test_yaml_and_csv_state_the_same(read):
    yaml, table = read(YAML), read(CSV, "targets.csv")

    assert yaml.targets == table.targets
    assert yaml.actuals == table.actuals
    assert yaml.targets[0].plan == {6: Decimal(60), 12: Decimal(300)}
    assert yaml.actuals[0].territory == "3204"


def test_rows_that_cannot_be_used_are_named_and_the_rest_goes_on(read):
    yaml, table = read(YAML), read(CSV, "targets.csv")

    assert [(each.path, each.text.en) for each in yaml.problems] == [
        ("targets[2]", "no pack has the indicator HT_NETT; did you mean HT_NET?"),
        ("actuals[2]", "month: expected 1 to 12, found 13"),
    ]
    assert [(each.path, each.text.en) for each in table.problems] == [
        ("row 5", "no row of its target stands before this plan"),
        ("row 7", "value: expected a number, found 'many'"),
        ("row 8", "kind says 'goal'; expected one of target, plan, actual"),
    ]


@pytest.mark.parametrize("text", ["- a list", "goals: []", "targets: {}", "targets: ["])
def test_file_of_another_shape_is_refused(text, read):
    with pytest.raises(YumiaoError) as refused:
        read(text)

    assert refused.value.code == "targets.file"
    assert refused.value.problems


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"value: 300": "value: true"}, "value: expected a number"),
        ({"value: 300": "value: .nan"}, "value: expected a number"),
        ({"2026-01-20": "January"}, "date: expected a day"),
        ({"at_least": "least"}, "sense: expected one of"),
        ({"document: 年度计划": "document: ''"}, "document is missing"),
        ({"{6: 60, 12: 300}": "[6]"}, "plan: expected month: value pairs"),
        ({'"320412"': "wujin"}, "territory: no division code"),
        ({"year: 2026": "year: 26"}, "year: expected four digits"),
    ],
)
def test_each_mistake_of_a_target_is_said(changes, words, read):
    text = YAML
    for before, after in changes.items():
        text = text.replace(before, after, 1)

    found = read(text)

    assert found.targets == ()
    assert found.problems[0].text.en.startswith(words)
    assert found.problems[0].text.zh


def test_same_file_twice_adds_nothing_and_another_value_is_a_revision(read):
    first = import_targets(read(YAML), now=NOW)
    again = import_targets(read(YAML), now=NOW)
    revised = import_targets(read(YAML.replace("value: 300", "value: 280")), now=NOW)

    assert first == Imported(targets=1, revisions=0, actuals=1, known=0)
    assert again == Imported(targets=0, revisions=0, actuals=0, known=2)
    assert revised == Imported(targets=0, revisions=1, actuals=0, known=1)
    assert list(Target.objects.order_by("revision").values_list("revision", "value")) == [
        (1, "300"),
        (2, "280"),
    ]
    assert PlanPoint.objects.filter(target__revision=1).count() == 2


def test_other_word_of_the_same_source_stands_beside_the_former(read):
    import_targets(read(YAML), now=NOW)
    import_targets(read(YAML.replace('"1.90"', '"2.0"')), now=NOW)

    assert sorted(Actual.objects.values_list("value", flat=True)) == ["1.9", "2"]
