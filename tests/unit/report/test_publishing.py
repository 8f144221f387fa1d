"""A run folder is there whole, or not at all."""

import datetime as dt
import os

import pytest
from tests.demo_runs import demo_run

from yumiao.model.problems import YumiaoError
from yumiao.report import publishing
from yumiao.report.publishing import free_folder, newest_run, publish

CREATED = dt.datetime(2026, 7, 15, 9, tzinfo=dt.UTC)


def test_published_run_holds_data_workbook_and_page(tmp_path):
    published = publish(demo_run(), tmp_path / "run", created=CREATED)

    names = {path.name for path in published.folder.iterdir()}
    assert {
        "facts.parquet",
        "receipt.json",
        "problems.json",
        "verdicts",
        "report.xlsx",
        "report.html",
    } <= names
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_published_run_can_be_read_by_the_office(tmp_path):
    folder = publish(demo_run(), tmp_path / "run", created=CREATED).folder

    assert folder.stat().st_mode & 0o055 == 0o055


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, OSError("disk full")])
@pytest.mark.parametrize("step", ["make_page", "write_workbook"])
def test_interruption_leaves_nothing_behind(tmp_path, monkeypatch, step, interruption):
    def interrupt(*_: object, **__: object) -> None:
        raise interruption

    monkeypatch.setattr(publishing, step, interrupt)

    with pytest.raises((KeyboardInterrupt, OSError)):
        publish(demo_run(), tmp_path / "run", created=CREATED)
    assert list(tmp_path.iterdir()) == []


def test_existing_folder_is_never_written_into(tmp_path):
    (tmp_path / "run").mkdir()

    with pytest.raises(YumiaoError) as error:
        publish(demo_run(), tmp_path / "run", created=CREATED)
    assert error.value.code == "run.exists"
    assert list((tmp_path / "run").iterdir()) == []


def test_free_folder_counts_up(tmp_path):
    names = []
    for _ in range(3):
        folder = free_folder(tmp_path / "run-2026-07-15")
        folder.mkdir()
        names.append(folder.name)

    assert names == ["run-2026-07-15", "run-2026-07-15-2", "run-2026-07-15-3"]


def test_newest_run_is_the_one_written_last(tmp_path):
    for number, name in enumerate(["b", "a"]):
        (tmp_path / name).mkdir()
        (tmp_path / name / "receipt.json").write_text("{}", encoding="utf-8")
        os.utime(tmp_path / name / "receipt.json", ns=(number, number))

    assert newest_run(tmp_path).name == "a"


def test_folder_without_runs_says_what_to_do(tmp_path):
    with pytest.raises(YumiaoError) as error:
        newest_run(tmp_path)
    assert error.value.code == "run.none_here"
    assert "evaluate" in error.value.text.zh
