"""A process that serves is warmed beside its first pages, and holds nothing up when it cannot be."""

import gc
import logging

import pytest

from yumiao.district.registry import selectors, warming
from yumiao.district.registry.judged import Judged
from yumiao.district.registry.models import Projection
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text


@pytest.fixture(autouse=True)
def _as_before():
    thresholds = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*thresholds)


def test_warming_compiles_every_policy_of_the_register():
    judged = selectors.judged()

    assert warming.warm() == len(judged.policies)
    for policy, graph in judged.policies:
        judge = judged.judges.policy(policy, judged.as_of, graph.settings)
        assert judge.ranged({}) in judge._judges
        assert judge.ranged({}) in judge._inspectors


def test_warmed_process_sets_apart_what_stays():
    before = gc.get_freeze_count()
    warming.warm()

    assert gc.get_freeze_count() > before
    assert gc.get_threshold()[0] == warming.NEW_OBJECTS


def test_warming_changes_no_answer(ids):
    judged = selectors.judged()
    known = judged.known_of(ids["qingmu"])
    before = [judged.answer(known, policy.family, asks=False) for policy, _ in judged.policies]
    warming.warm()

    assert [judged.answer(known, policy.family, asks=False) for policy, _ in judged.policies] == before


def test_district_without_register_is_warmed_too():
    Projection.objects.all().delete()

    assert warming.warm() == 0


def test_packs_that_changed_are_told_to_the_log_alone(monkeypatch, caplog):
    def refuse(*_given):
        raise YumiaoError("registry.packs", Text("变了", "changed"))

    monkeypatch.setattr(selectors, "judged", refuse)
    monkeypatch.setattr(warming.connections, "close_all", lambda: None)
    with caplog.at_level(logging.WARNING):
        warming._warm_and_close()

    assert [record.name for record in caplog.records] == ["yumiao.district.registry.warming"]


def test_answers_of_a_warmed_process_are_those_of_judged(ids):
    assert isinstance(selectors.judged(), Judged)
    assert selectors.judged().known_of(ids["qingmu"]) is selectors.judged().known_of(ids["qingmu"])
