"""An upgrade checks, backs up, migrates, says which outcomes change, and how to go back."""

import csv
import datetime as dt
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from tests.district.districts import NOW, SmallDistrict
from tests.district.test_backups import yumiao

from yumiao.district.operations.beating import Alive, alive, end_signs, give_sign, last_sign
from yumiao.district.operations.outcome_changes import Change, count_changes, find_changes
from yumiao.district.operations.running import RunningProcess, find_running, running, upgrading
from yumiao.district.operations.upgrading import note_installed, plan_upgrade, require_space
from yumiao.model.problems import YumiaoError


@pytest.fixture(scope="module")
def older(tmp_path_factory):
    """A data folder as an earlier version left it: no tables of operations, one outcome that the rules now refuse."""
    folder = tmp_path_factory.mktemp("older")
    district, data = SmallDistrict(folder).fill(), folder / "data"
    for arguments in (
        ("district", "prepare", "--data", data),
        ("district", "rebuild", "--data", data, "--store", district.store.path, "--as-of", "2026-07-15"),
    ):
        done = yumiao(*arguments)
        assert done.returncode == 0, done.stderr
    environment = {**os.environ, "YUMIAO_DATA": str(data), "DATABASE_URL": ""}
    back = [
        sys.executable,
        "-m",
        "django",
        "migrate",
        "operations",
        "zero",
        "--settings",
        "yumiao.config.settings.base",
    ]
    subprocess.run(back, env=environment, check=True, capture_output=True)
    with sqlite3.connect(data / "yumiao.sqlite3") as opened:
        row = opened.execute(
            "SELECT subject_id, family, version FROM registry_outcomecurrent WHERE outcome = 'undetermined' LIMIT 1"
        ).fetchone()
        opened.execute(
            "UPDATE registry_outcomecurrent SET outcome = 'met' WHERE subject_id = ? AND family = ?", row[:2]
        )
    return data, district.store.path, row


def test_upgrade_without_a_word_about_backup_is_refused(older):
    data, store, _ = older
    refused = yumiao("upgrade", "--data", data, "--store", store)

    assert (refused.returncode, "[upgrade.backup]" in refused.stderr) == (1, True)


def test_upgrade_checks_backs_up_migrates_and_names_every_changed_outcome(older, tmp_path):
    data, store, (subject, family, version) = older
    checked = yumiao("upgrade", "--check", "--data", data, "--store", store)
    assert (checked.returncode, "operations.0001_initial" in checked.stdout) == (3, True), checked.stderr

    done = yumiao(
        "upgrade", "--backup", tmp_path / "copies", "--keys", tmp_path / "safe", "--changes",
        tmp_path / "changes.csv", "--data", data, "--store", store,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert "The upgrade changes 1 outcomes:" in done.stdout
    assert f"{family}: met → undetermined  1" in done.stdout
    (copy,) = (tmp_path / "copies").iterdir()
    assert f"yumiao restore {copy}" in done.stdout.replace("\n", "")
    with (tmp_path / "changes.csv").open(encoding="utf-8-sig") as file:
        assert list(csv.DictReader(file)) == [
            {
                "policy": family,
                "subject": subject,
                "version_before": version,
                "outcome_before": "met",
                "version_after": version,
                "outcome_after": "undetermined",
            }
        ]
    with sqlite3.connect(data / "yumiao.sqlite3") as opened:
        acts = [
            row[0]
            for row in opened.execute("SELECT act FROM journal_journalline WHERE stream LIKE 'platform/%'")
        ]
        versions = [row[0] for row in opened.execute("SELECT version FROM operations_installation")]
    assert acts == ["platform.upgraded"]
    assert len(versions) == 1

    again = yumiao("upgrade", "--check", "--data", data, "--store", store)
    assert again.returncode == 0, again.stdout
    assert yumiao("district", "check", "--data", data, "--store", store).returncode == 0


def test_upgrade_is_refused_while_the_site_or_a_worker_runs(tmp_path):
    with running(tmp_path, "worker"):
        assert find_running(tmp_path) == [RunningProcess("worker", os.getpid())]
        inside = (
            "from pathlib import Path; import sys; from yumiao.district.operations.running import upgrading\n"
            "from yumiao.model.problems import YumiaoError\n"
            "try:\n    upgrading(Path(sys.argv[1])).__enter__()\n"
            "except YumiaoError as error: print(error.code, error.text.en)"
        )
        other = subprocess.run(
            [sys.executable, "-c", inside, str(tmp_path)], capture_output=True, text=True, check=True
        )
    assert other.stdout.startswith("upgrade.running These processes still run: yumiao worker")
    assert find_running(tmp_path) == []


def test_site_does_not_start_while_the_folder_is_upgraded(tmp_path):
    with upgrading(tmp_path), pytest.raises(YumiaoError) as refused, running(tmp_path, "serve"):
        pass

    assert refused.value.code == "platform.upgrading"


def test_lock_of_a_process_that_was_killed_counts_no_more(tmp_path):
    killed = (
        "import os, sys; from pathlib import Path; from yumiao.district.operations.running import running\n"
    )
    killed += "running(Path(sys.argv[1]), 'serve').__enter__(); os._exit(9)"
    subprocess.run([sys.executable, "-c", killed, str(tmp_path)], check=False)

    with upgrading(tmp_path):
        assert [each.kind for each in find_running(tmp_path)] == ["upgrade"]


def test_signs_of_life_count_for_half_a_minute():
    give_sign("a", "worker", NOW)
    give_sign("a", "worker", NOW + dt.timedelta(seconds=20))

    assert alive(NOW + dt.timedelta(seconds=45)) == [Alive("worker", NOW, NOW + dt.timedelta(seconds=20))]
    assert alive(NOW + dt.timedelta(seconds=51)) == []
    assert last_sign("worker") == NOW + dt.timedelta(seconds=20)
    end_signs("a")
    assert last_sign("worker") is None


def test_version_is_noted_once_and_asks_for_an_upgrade_when_another_one_comes():
    note_installed("0.1.0", NOW)
    note_installed("0.1.0", NOW + dt.timedelta(days=1))

    assert (plan_upgrade("0.1.0").is_waiting, plan_upgrade("0.2.0").is_waiting) == (False, True)
    assert plan_upgrade("0.2.0").version_before == "0.1.0"


def test_changes_name_what_differs_what_came_and_what_went():
    before = {("p", "a"): ("1", "met"), ("p", "b"): ("1", "met"), ("q", "a"): ("1", "not_met")}
    after = {("p", "a"): ("1", "met"), ("p", "b"): ("2", "not_met"), ("r", "a"): ("1", "met")}

    found = find_changes(before, after)

    assert found == [
        Change("p", "b", ("1", "met"), ("2", "not_met")),
        Change("q", "a", ("1", "not_met"), ("", "")),
        Change("r", "a", ("", ""), ("1", "met")),
    ]
    assert count_changes([*found, Change("p", "c", ("1", "met"), ("2", "met"))]) == [
        ("p", "met", "not_met", 1),
        ("q", "not_met", "", 1),
        ("r", "", "met", 1),
    ]


def test_full_disk_is_named_before_anything_is_done(tmp_path):
    with pytest.raises(YumiaoError) as refused:
        require_space({Path(tmp_path / "not" / "yet"): 1 << 60})

    assert refused.value.code == "upgrade.disk"
