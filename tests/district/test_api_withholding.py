"""What an enterprise is not shown of its own verdicts: everything that rests on a source kept from it."""

from dataclasses import replace

import pytest
from tests.district.calling import Program

from yumiao.district.registry import withholding
from yumiao.district.registry.packs import library


@pytest.fixture
def hidden_town(monkeypatch):
    """Packs that keep the town's reports from subjects."""
    packs = library()
    town = replace(packs.reported.sources["town"], shown_to_subject=False)
    reported = replace(packs.reported, sources={**packs.reported.sources, "town": town})
    changed = replace(packs, reported=reported)
    for module in ("facts", "verdicts"):
        monkeypatch.setattr(f"yumiao.api.{module}.library", lambda: changed)
    return changed


def test_enterprise_sees_outcomes_but_no_number_from_a_hidden_source(ids, hidden_town):
    path = f"/subjects/{ids['hengzhou']}"
    own, official = Program("enterprise"), Program("officer")
    shown, whole = (each.get(f"{path}/verdicts/hnte") for each in (own, official))
    resting = [each["id"] for each in whole["answer"]["conditions"] if each["facts"]]

    assert own.get(f"{path}/facts")["items"] == []
    assert official.get(f"{path}/facts")["total"] == 2
    assert shown["answer"]["outcome"] == whole["answer"]["outcome"]
    assert resting
    assert shown["withheld"] == resting
    assert whole["withheld"] == []
    for condition in shown["answer"]["conditions"]:
        if condition["id"] in resting:
            assert not condition["facts"]
            assert condition["value"] is condition["gap"] is None


def test_enterprise_sees_everything_where_all_sources_are_shown(ids):
    path = f"/subjects/{ids['hengzhou']}/verdicts/size_class"

    assert Program("enterprise").get(path) == Program("officer").get(path)


def fact(metric="staff_total", source=None):
    return {"metric": metric, "source": source}


def answer_of(*facts):
    condition = {
        "id": "a",
        "text": "条件",
        "outcome": "met",
        "value": 1,
        "threshold": 2,
        "facts": list(facts),
    }
    other = {**condition, "id": "b", "facts": [fact(source={"batch": "open"})]}
    return {"outcome": "met", "conditions": [condition, other], "scores": [1], "contested": [1]}


@pytest.mark.parametrize(
    ("facts", "has_hidden", "withheld"),
    [
        ([fact(source={"batch": "open"})], False, []),
        ([fact(source={"batch": "kept"})], True, ["a"]),
        ([fact(source=None)], True, ["a"]),
        ([fact(source=None)], False, []),
        ([fact(metric="secret", source={"batch": "open"})], False, ["a"]),
    ],
)
def test_condition_is_withheld_when_a_fact_of_it_is_hidden_or_derived_beside_hidden_ones(
    facts, has_hidden, withheld
):
    packs = library()
    secret = replace(packs.metrics["staff_total"], id="secret", shown_to_subject=False)
    packs = replace(packs, metrics={**packs.metrics, "secret": secret})
    answer = answer_of(*facts)

    shown, found = withholding.withhold(answer, packs, frozenset({"kept"}), has_hidden=has_hidden)

    assert found == withheld
    assert shown["conditions"][1] == answer["conditions"][1]
    if withheld or has_hidden:
        assert (shown["scores"], shown["contested"]) == ([], [])
        empty = dict.fromkeys(("value", "threshold", "gap", "least")) | {
            "parts": [],
            "facts": [],
            "missing": [],
        }
        assert shown["conditions"][0] == answer["conditions"][0] | empty
    else:
        assert shown == answer
