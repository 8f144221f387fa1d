"""Commands that need no files, and errors shown once."""

import pytest
from typer.testing import CliRunner

from yumiao import __version__
from yumiao.cli import app as command_line
from yumiao.cli.app import app, run
from yumiao.cli.judging import batch_of, read_switches
from yumiao.cli.session import read_date
from yumiao.model.problems import Problem, YumiaoError
from yumiao.model.text import Text


def test_version_is_shown():
    result = CliRunner().invoke(app, ["--version"])

    assert (result.exit_code, result.output) == (0, f"yumiao {__version__}\n")


def test_command_without_arguments_shows_its_help(capsys):
    assert run([], {}) == 2
    out, err = capsys.readouterr()
    assert "evaluate" in out
    assert err == ""


def test_well_formed_code_leaves_with_0(capsys):
    assert run(["codes", "check", " ９１３２０４１２MADEM0003l "], {}) == 0
    assert capsys.readouterr().out == "91320412MADEM0003L  统一社会信用代码  格式正确\n"


def test_wrong_code_says_what_is_expected_and_leaves_with_1(capsys):
    assert run(["codes", "check", "91320412MADEM0003L", "91320412MADEM0003K", "--lang", "en"], {}) == 1

    first, second = capsys.readouterr().out.splitlines()
    assert first == "91320412MADEM0003L  unified social credit code  well formed"
    assert "should be “L”" in second


def test_policies_are_listed_with_their_dates(capsys):
    assert run(["packs", "list"], {}) == 0

    out = capsys.readouterr().out
    assert "hnte@most-2016-32+195" in out
    assert "2016-01-01" in out
    assert "高新技术企业" in out


@pytest.mark.parametrize(
    ("texts", "settings"),
    [
        ([], {}),
        (["hnte.one_year_growth=interval"], {"hnte": {"one_year_growth": "interval"}}),
        (
            ["hnte@most-2016-32+195.a=b", "hnte@most-2016-32+195.c=d"],
            {"hnte@most-2016-32+195": {"a": "b", "c": "d"}},
        ),
    ],
)
def test_switches_are_read(texts, settings):
    assert read_switches(texts) == settings


@pytest.mark.parametrize("text", ["", "hnte", "hnte.x", "x=y", ".x=y", "hnte.=y", "hnte.x="])
def test_switch_of_another_shape_is_refused(text):
    with pytest.raises(YumiaoError) as error:
        read_switches([text])
    assert error.value.code == "switch.shape"


@pytest.mark.parametrize("text", ["", "2026", "2026-02-30", "15.07.2026"])
def test_text_that_is_no_date_is_refused(text):
    with pytest.raises(YumiaoError) as error:
        read_date(text)
    assert error.value.code == "date.shape"


def test_intake_is_named_after_what_the_files_hold(tmp_path):
    one, same, other = (tmp_path / name for name in "abc")
    for path, text in ((one, "x"), (same, "x"), (other, "y")):
        path.write_text(text, encoding="utf-8")

    assert batch_of([one]) == batch_of([same]) != batch_of([other])


def fail_with(error):
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


def show(monkeypatch, error, *arguments):
    monkeypatch.setattr("yumiao.packs.library.load_packs", fail_with(error))
    return run(["packs", "list", *arguments], {})


def test_error_is_shown_once_with_code_sentence_and_problems(monkeypatch, capsys):
    problems = tuple(
        Problem("p", Text(f"问题{n}", f"problem {n}"), file="a.yaml", line=n) for n in range(1, 26)
    )

    assert show(monkeypatch, YumiaoError("x.y", Text("出错了。", "It failed."), problems)) == 1

    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines()[0] == "出错了。  [x.y]"
    assert err.splitlines()[1] == "  a.yaml:1: 问题1"
    assert err.splitlines()[-1] == "  另有 5 处"
    assert "Traceback" not in err


def test_error_is_shown_in_english_when_asked(monkeypatch, capsys):
    assert show(monkeypatch, YumiaoError("x.y", Text("出错了。", "It failed.")), "--lang", "en") == 1
    assert capsys.readouterr().err == "It failed.  [x.y]\n"


def test_rule_without_meaning_is_an_error_and_no_trace(monkeypatch, capsys):
    error = ValueError("x")
    error.text, error.expression = Text("没有口径 x", "no metric x"), "x >= 1"

    assert show(monkeypatch, error) == 1
    assert "没有口径 x" in capsys.readouterr().err


def test_fault_of_the_program_is_not_hidden(monkeypatch):
    with pytest.raises(ValueError, match="a fault"):
        show(monkeypatch, ValueError("a fault"))


def test_interruption_is_told_and_leaves_with_130(monkeypatch, capsys):
    assert show(monkeypatch, KeyboardInterrupt()) == command_line.CANCELLED == 130
    assert "已取消" in capsys.readouterr().err
