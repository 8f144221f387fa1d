"""A flush killed by the system at any point: begun again, every accepted fact is in the store once."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(folder, *arguments):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("YUMIAO_", "DJANGO_"))}
    environment = {
        **kept,
        "YUMIAO_DATA": str(folder),
        "DATABASE_URL": "",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    command = [sys.executable, "-m", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def step(name, folder):
    return run(folder, "tests.full.flush_steps", name, str(folder))


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """A data folder with tables and no rows."""
    folder = tmp_path_factory.mktemp("prepared")
    done = run(folder, "yumiao", "district", "prepare", "--data", str(folder))
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.parametrize(
    ("where", "batches"), [("_begin", 0), ("_write", 0), ("_add", 0), ("move_head", 0), ("_finish", 1)]
)
def test_flush_killed_by_the_system_ends_the_same(where, batches, prepared, tmp_path):
    folder = tmp_path / "data"
    shutil.copytree(prepared, folder)
    made = step("make", folder)
    assert made.returncode == 0, made.stderr

    killed = step(f"die:{where}", folder)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert step("tell", folder).stdout.split() == [str(batches), "2"]

    again = step("flush", folder)
    assert again.returncode == 0, again.stderr
    assert step("tell", folder).stdout.split() == ["1", "0"]
