"""A worker killed during an import: nothing lost, nothing half, nothing twice; whoever takes it up ends the same."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CALL = "import django; django.setup(); from tests.full.import_killing import main; main()"
POINTS = ("before-store", "between", "in-sql", "after-sql")


def act(folder, *arguments):
    environment = {
        **os.environ,
        "YUMIAO_DATA": str(folder),
        "YUMIAO_STORE": str(folder / "store"),
        "DJANGO_SETTINGS_MODULE": "yumiao.config.settings.base",
        "YUMIAO_PLAIN_HTTP": "1",
    }
    environment.pop("DATABASE_URL", None)
    return subprocess.run(
        [sys.executable, "-c", CALL, *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("killed") / "data"
    folder.mkdir()
    done = act(folder, "set-up")
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def undisturbed(prepared, tmp_path_factory):
    folder = tmp_path_factory.mktemp("undisturbed") / "data"
    shutil.copytree(prepared, folder)
    return outcome(folder)


def outcome(folder):
    done = act(folder, "resume")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_undisturbed_import_is_whole(undisturbed):
    assert undisturbed["state"] == "committed"
    assert len(undisturbed["batches"]) == undisturbed["listed"] == 2
    assert (undisturbed["is_listed"], undisturbed["unsound"], undisturbed["differences"]) == (True, 0, 0)
    assert (undisturbed["waiting"], undisturbed["taken_up"]) == (0, 0)


@pytest.mark.parametrize("point", POINTS)
def test_import_killed_at_a_point_ends_as_if_nothing_had_happened(point, prepared, undisturbed, tmp_path):
    folder = tmp_path / "data"
    shutil.copytree(prepared, folder)
    died = act(folder, "die", point)
    assert died.returncode == -signal.SIGKILL, died.stderr

    assert outcome(folder) == {**undisturbed, "taken_up": 1}
