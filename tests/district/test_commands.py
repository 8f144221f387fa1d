"""The platform from the command line: prepared, filled, checked, served."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from tests.district.districts import FIRMS, PASSWORD

YUMIAO = Path(sys.executable).with_name("yumiao")
WAIT_SECONDS = 60


def clean_environment():
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("YUMIAO_", "DJANGO_"))}
    return {**kept, "YUMIAO_LANG": "en", "DATABASE_URL": ""}


def yumiao(*arguments, typed=""):
    command = [YUMIAO, *map(str, arguments)]
    return subprocess.run(
        command, input=typed, capture_output=True, text=True, env=clean_environment(), check=False
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory, district_store):
    data = tmp_path_factory.mktemp("site") / "data"
    prepared = yumiao("district", "prepare", "--data", data)
    assert prepared.returncode == 0, prepared.stderr
    built = yumiao(
        "district", "rebuild", "--data", data, "--store", district_store.store.path, "--as-of", "2026-07-15"
    )
    assert built.returncode == 0, built.stderr
    assert f"{len(FIRMS)} subjects" in built.stdout
    return data


def test_command_on_a_database_that_is_not_prepared_says_what_to_do(tmp_path):
    refused = yumiao("district", "rebuild", "--data", tmp_path / "data")

    assert refused.returncode == 1
    assert "yumiao district prepare" in refused.stderr
    assert "[district.unprepared]" in refused.stderr


def test_create_person_reads_the_password_and_names_every_mistake(site):
    wrong = yumiao(
        "district", "create-person", "X", "--role", "officer", "--label", "post", "--data", site,
        "--password-stdin", typed="short\n",
    )  # fmt: skip
    right = yumiao(
        "district", "create-person", "new.officer", "--role", "officer", "--label", "post",
        "--territory", "320412", "--data", site, "--password-stdin", typed=f"{PASSWORD}\n",
    )  # fmt: skip

    assert wrong.returncode == 1
    assert all(words in wrong.stderr for words in ("login “X”", "needs a division", "at least 10 characters"))
    assert right.returncode == 0, right.stderr
    assert PASSWORD not in right.stdout + right.stderr


def test_check_passes_on_a_register_just_built(site, district_store):
    checked = yumiao("district", "check", "--data", site, "--store", district_store.store.path)

    assert checked.returncode == 0, checked.stderr
    assert "says what the store says" in checked.stdout


def test_serve_answers_and_stops_when_told(site, district_store):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [YUMIAO, "serve", "--data", site, "--store", district_store.store.path, "--port", str(port)]
    server = subprocess.Popen(
        [str(part) for part in command],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=clean_environment(),
    )
    try:
        health = json.loads(fetched(f"http://127.0.0.1:{port}/health/"))
        style = fetched(f"http://127.0.0.1:{port}/static/yumiao/base.css")
    finally:
        server.terminate()
        server.wait(WAIT_SECONDS)

    assert health["register"]["subjects"] == len(FIRMS)
    assert "visually-hidden" in style


def fetched(address):
    """What an address answers, once the server is up."""
    until = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            with urllib.request.urlopen(address) as answer:  # noqa: S310 - an address of this test
                return answer.read().decode()
        except urllib.error.URLError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)
