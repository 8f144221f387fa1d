"""From files to a run folder."""

import json
import os
import signal
import subprocess
import sys
import time
from io import BytesIO

import msoffcrypto
import msoffcrypto.format.ooxml
import openpyxl
import pytest
import typer
import xlsxwriter
from rich.console import Console

from yumiao.cli.app import run
from yumiao.demo.district import INPUTS, MAPPING

DATE = "2026-07-15"


def evaluate(folder, out, *more):
    files = [str(folder / name) for name in INPUTS]
    return run(
        ["evaluate", *files, "--as-of", DATE, "--mapping", str(folder / MAPPING), "--out", str(out), *more],
        {},
    )


def test_demo_writes_files_run_and_reports_and_says_all_is_invented(call, tmp_path):
    done = call("demo", "--out", tmp_path / "d", "--seed", "3")

    assert done.returncode == 0, done.stderr
    assert "均为虚构" in done.stdout
    assert "report.xlsx" in done.stdout.replace("\n", "")
    assert (tmp_path / "d" / f"run-{DATE}" / "report.html").is_file()
    assert "均为虚构" in (tmp_path / "d" / f"run-{DATE}" / "report.html").read_text(encoding="utf-8")


def test_demo_in_english_says_everything_but_names_in_english(call, tmp_path):
    done = call("demo", "--out", tmp_path / "d", "--lang", "en")

    assert done.returncode == 0, done.stderr
    assert "every enterprise, code and figure is invented" in done.stdout
    assert "Most worth asking" in done.stdout


def test_demo_does_not_write_into_a_folder_in_use(demo_folder, capsys):
    before = sorted(path.name for path in demo_folder.iterdir())

    assert run(["demo", "--out", str(demo_folder)], {}) == 1
    assert "[demo.exists]" in capsys.readouterr().err
    assert sorted(path.name for path in demo_folder.iterdir()) == before


def test_evaluate_tells_counts_questions_near_misses_problems_and_places(demo_folder, tmp_path, capsys):
    assert evaluate(demo_folder, tmp_path / "r") == 0

    out = capsys.readouterr().out
    receipt = json.loads((tmp_path / "r" / "receipt.json").read_text(encoding="utf-8"))
    assert "高新技术企业" in out
    assert "最值得先问的" in out
    assert "每项政策最近的" in out
    assert "处问题" in out
    assert str(tmp_path / "r") in out.replace("\n", "")
    assert receipt["as_of"] == DATE


def test_evaluate_judges_only_the_policies_named(demo_folder, tmp_path):
    assert evaluate(demo_folder, tmp_path / "r", "--policy", "hnte", "--policy", "gazelle_js@round-2024") == 0

    names = {path.name.partition("@")[0] for path in (tmp_path / "r" / "verdicts").iterdir()}
    assert names == {"hnte", "gazelle_js"}


def test_evaluate_takes_another_reading_of_a_switch_and_keeps_it_in_the_receipt(demo_folder, tmp_path):
    switch = "hnte.one_year_growth=interval"

    assert evaluate(demo_folder, tmp_path / "r", "--policy", "hnte", "--switch", switch) == 0
    assert "interval" in (tmp_path / "r" / "receipt.json").read_text(encoding="utf-8")


def test_same_files_and_moment_give_the_same_verdicts(demo_folder, tmp_path):
    for name in ("a", "b"):
        assert evaluate(demo_folder, tmp_path / name, "--known-at", "2026-07-15T08:00:00+08:00") == 0

    for path in sorted((tmp_path / "a" / "verdicts").iterdir()):
        assert path.read_bytes() == (tmp_path / "b" / "verdicts" / path.name).read_bytes()


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (["--policy", "hntee"], "policy.unknown"),
        (["--policy", "unicorn_js"], "policy.not_in_force"),
        (["--policy", "hnte", "--switch", "hnte.one_year_growth=maybe"], "policy.switch"),
        (["--switch", "hnte=x"], "switch.shape"),
        (["--pack", "nowhere"], "packs.invalid"),
    ],
)
def test_wrong_choice_is_told_and_nothing_is_written(demo_folder, tmp_path, capsys, more, code):
    assert evaluate(demo_folder, tmp_path / "r", *more) == 1
    assert f"[{code}]" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_mapping_with_faults_lists_each_with_its_line(demo_folder, tmp_path, capsys):
    mapping = tmp_path / "m.yaml"
    mapping.write_text(
        "subject: {name: 企业名称}\ncolumns:\n  总收入: {metric: total_incom}\n", encoding="utf-8"
    )

    code = run(
        [
            "evaluate",
            str(demo_folder / INPUTS[1]),
            "--as-of",
            DATE,
            "--mapping",
            str(mapping),
            "--out",
            str(tmp_path / "r"),
        ],
        {},
    )

    err = capsys.readouterr().err
    assert code == 1
    assert "m.yaml:3" in err
    assert "total_income" in err
    assert not (tmp_path / "r").exists()


def test_files_without_a_mapping_are_read_by_their_labels(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.csv").write_text("企业名称,年份,职工总数,科技人员\n甲,2025,200,17\n", encoding="utf-8")

    assert run(["evaluate", "a.csv", "--as-of", DATE, "--policy", "hnte"], {}) == 0
    assert run(["explain", "甲", "--policy", "hnte"], {}) == 0

    out = capsys.readouterr().out
    assert "a.csv a D2" in out
    assert "8.5%" in out


def test_run_without_a_name_never_replaces_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.csv").write_text("企业名称,年份,职工总数\n甲,2025,200\n", encoding="utf-8")

    for _ in range(2):
        assert run(["evaluate", "a.csv", "--as-of", DATE, "--policy", "tech_sme"], {}) == 0

    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", f"run-{DATE}", f"run-{DATE}-2"]


def test_named_folder_that_exists_is_refused(demo_folder, tmp_path, capsys):
    (tmp_path / "r").mkdir()

    assert evaluate(demo_folder, tmp_path / "r", "--policy", "size_class") == 1
    assert "[run.exists]" in capsys.readouterr().err


def test_verdict_that_hangs_on_whom_one_believes_is_listed_apart(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for name, staff in (("人社.csv", 17), ("自报.csv", 25)):
        text = f"企业名称,年份,职工总数,科技人员\n甲,2025,200,{staff}\n"
        (tmp_path / name).write_text(text, encoding="utf-8")

    code = run(["evaluate", "人社.csv", "自报.csv", "--as-of", DATE, "--policy", "hnte", "--out", "r"], {})

    told = "2025年科技人员 采用 17（人社.csv 人社 D2），另有 25（自报.csv 自报 D2）"
    rows = list(
        openpyxl.load_workbook(tmp_path / "r" / "report.xlsx")["来源不一致"].iter_rows(values_only=True)
    )
    assert code == 0
    assert "有 1 个结论因来源不一致待核实" in capsys.readouterr().out
    assert rows[-1] == ("甲", None, "高新技术企业", "不符合", told)
    assert told in (tmp_path / "r" / "report.html").read_text(encoding="utf-8")


@pytest.fixture
def locked_file(tmp_path):
    plain = BytesIO()
    book = xlsxwriter.Workbook(plain)
    sheet = book.add_worksheet()
    for row, cells in enumerate([("企业名称", "年份", "职工总数"), ("甲", 2025, 200)]):
        sheet.write_row(row, 0, cells)
    book.close()
    path = tmp_path / "locked.xlsx"
    with path.open("wb") as stream:
        msoffcrypto.format.ooxml.OOXMLFile(plain).encrypt("secret", stream)
    return path


def test_locked_file_without_a_terminal_is_an_error(locked_file, tmp_path, capsys):
    assert run(["evaluate", str(locked_file), "--as-of", DATE, "--out", str(tmp_path / "r")], {}) == 1
    assert "[password_needed]" in capsys.readouterr().err


def test_locked_file_is_asked_for_its_password_until_it_fits(locked_file, tmp_path, monkeypatch):
    answers = iter(["wrong", "secret"])
    monkeypatch.setattr(typer, "prompt", lambda *_, **__: next(answers))
    monkeypatch.setattr(Console, "is_terminal", property(lambda console: console.stderr))

    code = run(
        ["evaluate", str(locked_file), "--as-of", DATE, "--policy", "tech_sme", "--out", str(tmp_path / "r")],
        {},
    )

    assert code == 0
    assert list(answers) == []


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_interrupted_evaluation_leaves_nothing_half_written(demo_folder, tmp_path):
    files = [str(demo_folder / name) for name in INPUTS]
    command = [
        sys.executable,
        "-m",
        "yumiao",
        "evaluate",
        *files,
        "--as-of",
        DATE,
        "--out",
        str(tmp_path / "r"),
    ]
    process = subprocess.Popen(
        [*command, "--mapping", str(demo_folder / MAPPING)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < deadline and not list(tmp_path.iterdir()):
        time.sleep(0.01)

    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)

    assert process.returncode == 130, err
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []
