"""The worked examples of the reference data: every one comes out as it was computed elsewhere."""

from yumiao.packs.library import load_packs
from yumiao.rules.examples import run_examples


def test_worked_examples_of_the_ladder_all_pass(shared_folder):
    report = run_examples(load_packs(), [shared_folder / "domain" / "ladder" / "examples.yaml"])

    assert [(result.example.id, result.differences, result.problems) for result in report.failed] == []
    assert report.summary.en == "73 examples, 73 passed, 0 failed"
