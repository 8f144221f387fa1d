"""Rule packs checked and tested from the command line."""

import json

import pytest

from yumiao.cli.app import run

PACK = "pack: local\nterritory: '320412'\ntitle: {zh: 本地, en: Local}\n"
METRICS = "metrics:\n  local_thing: {label: {zh: 某数, en: Some number}, unit: item, period: at_application, min: 0}\n"


def write_pack(folder, need="local_thing >= 1 件"):
    (folder / "metrics").mkdir(parents=True)
    (folder / "policies").mkdir()
    (folder / "pack.yaml").write_text(PACK, encoding="utf-8")
    (folder / "metrics" / "m.yaml").write_text(METRICS, encoding="utf-8")
    policy = (
        "policy: local_policy\nversion: v1\ntitle: {zh: 本地政策, en: Local policy}\n"
        "documents: [{number: 某号, zh: 某办法, confidence: verified, sources: [x]}]\n"
        "applies: [{to: [first_application], from: 2026-01-01}]\n"
        f"conditions:\n  A: {{zh: 有, en: has, cite: 一, need: {need}}}\nmet_when: [A]\n"
    )
    (folder / "policies" / "p.yaml").write_text(policy, encoding="utf-8")
    return folder


EXAMPLE = """examples:
  - id: one
    policy: local_policy
    as_of: 2026-06-01
    title: has one
    facts: {{local_thing: 1}}
    expected: {{verdict: {verdict}}}
"""


def test_shipped_packs_have_no_problems(capsys):
    assert run(["packs", "check"], {}) == 0
    assert "没有问题" in capsys.readouterr().out


def test_problem_of_a_pack_is_told_with_file_line_and_nearest_name(tmp_path, capsys):
    write_pack(tmp_path / "local", need="local_thin >= 1 件")

    assert run(["packs", "check", str(tmp_path / "local"), "--lang", "en"], {}) == 1

    out = capsys.readouterr().out
    assert "p.yaml:7" in out
    assert "local_thing" in out


def test_examples_that_pass_are_counted(tmp_path, capsys):
    pack = write_pack(tmp_path / "local")
    examples = tmp_path / "e.yaml"
    examples.write_text(EXAMPLE.format(verdict="met"), encoding="utf-8")

    assert run(["packs", "test", str(examples), "--pack", str(pack), "--lang", "en"], {}) == 0
    assert capsys.readouterr().out.endswith("1 passed, 0 failed\n")


def test_example_that_fails_says_what_came_out_and_leaves_with_1(tmp_path, capsys):
    pack = write_pack(tmp_path / "local")
    examples = tmp_path / "e.yaml"
    examples.write_text(EXAMPLE.format(verdict="not_met"), encoding="utf-8")

    assert run(["packs", "test", str(examples), "--pack", str(pack), "--lang", "en"], {}) == 1

    out = capsys.readouterr().out
    assert "not_met" in out
    assert out.endswith("0 passed, 1 failed\n")


def test_pack_of_a_place_is_listed_with_those_that_ship(tmp_path, capsys):
    pack = write_pack(tmp_path / "local")

    assert run(["packs", "list", "--pack", str(pack)], {}) == 0
    assert "本地政策" in capsys.readouterr().out


def test_unknown_policy_names_the_nearest(capsys):
    assert run(["packs", "show", "hnt"], {}) == 1
    assert "hnte" in capsys.readouterr().err


@pytest.mark.parametrize("policy", ["hnte", "size_class", "little_giant@miit-2026-2-annex2"])
def test_policy_is_shown_with_its_conditions(policy, capsys):
    assert run(["packs", "show", policy], {}) == 0
    assert policy.partition("@")[0] in capsys.readouterr().out


def test_schemas_are_printed_as_json(capsys):
    assert run(["packs", "schema"], {}) == 0
    assert {"pack", "policy"} <= json.loads(capsys.readouterr().out).keys()


def test_schemas_are_written_into_a_folder(tmp_path):
    assert run(["packs", "schema", "--to", str(tmp_path / "s")], {}) == 0
    assert "policy.schema.json" in {path.name for path in (tmp_path / "s").iterdir()}
