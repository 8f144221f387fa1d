"""A finished demonstration that the tests of one session share, and a way to call the command."""

import subprocess
import sys

import pytest

from yumiao.cli.app import run


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo") / "district"
    assert run(["demo", "--out", str(folder)], {}) == 0
    return folder


@pytest.fixture
def in_demo(demo_folder, monkeypatch):
    """Work in the folder of the demonstration."""
    monkeypatch.chdir(demo_folder)
    return demo_folder


@pytest.fixture
def call():
    """Call the command as a process of its own."""

    def call_command(*arguments, cwd=None, env=None):
        command = [sys.executable, "-m", "yumiao", *map(str, arguments)]
        return subprocess.run(
            command, check=False, capture_output=True, text=True, cwd=cwd, env=env, timeout=300
        )

    return call_command
