"""The journal and the outbox from the command line: sealed, verified, tampered with, delivered."""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from tests.district.districts import PASSWORD

YUMIAO = Path(sys.executable).with_name("yumiao")


def yumiao(*arguments, typed="", **variables):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("YUMIAO_", "DJANGO_"))}
    environment = kept | {"YUMIAO_LANG": "en", "DATABASE_URL": ""} | variables
    command = [YUMIAO, *map(str, arguments)]
    return subprocess.run(command, input=typed, capture_output=True, text=True, env=environment, check=False)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    data = tmp_path_factory.mktemp("journal") / "data"
    prepared = yumiao("district", "prepare", "--data", data)
    assert prepared.returncode == 0, prepared.stderr
    created = yumiao(
        "district", "create-person", "new.officer", "--role", "officer", "--label", "post",
        "--territory", "320412", "--data", data, "--password-stdin", typed=f"{PASSWORD}\n",
        YUMIAO_CONSOLE_MESSAGES="1",
    )  # fmt: skip
    assert created.returncode == 0, created.stderr
    return data


def tamper(data, *statements):
    with closing(sqlite3.connect(data / "yumiao.sqlite3")) as database, database:
        for statement in statements:
            database.execute(statement)


def test_sealed_journal_verifies_and_a_tampered_one_is_named(site, tmp_path):
    seal = tmp_path / "seal.json"
    sealed = yumiao("district", "seal-journal", "--out", seal, "--data", site)
    whole = yumiao("journal", "verify", "--seal", seal, "--data", site)

    assert sealed.returncode == 0, sealed.stderr
    assert json.loads(seal.read_text(encoding="utf-8"))["number"] == 1
    assert whole.returncode == 0, whole.stderr
    assert "The journal is whole: 1 lines, 1 streams, 1 seals." in whole.stdout

    with pytest.raises(sqlite3.IntegrityError, match="the journal only grows"):
        tamper(site, "UPDATE journal_journalline SET actor = 'p2'")
    tamper(
        site,
        "DROP TRIGGER journal_journalline_no_update",
        "UPDATE journal_journalline SET actor = 'p2'",
    )
    found = yumiao("journal", "verify", "--seal", seal, "--data", site)

    assert found.returncode == 1
    assert "[journal.faulty]" in found.stderr
    assert "#1 was changed after it was written" in found.stderr
    assert "lacks the trigger journal_journalline_no_update" in found.stderr


def test_deliver_prints_what_waits_once_and_says_when_nothing_is_switched_on(site):
    off = yumiao("district", "deliver", "--data", site)
    first = yumiao("district", "deliver", "--data", site, YUMIAO_CONSOLE_MESSAGES="1")
    second = yumiao("district", "deliver", "--data", site, YUMIAO_CONSOLE_MESSAGES="1")

    assert "No way out is switched on" in off.stdout
    assert "Your account is open" in first.stdout
    assert "Sent 1, to be tried again 0, given up 0." in first.stdout
    assert "Sent 0" in second.stdout


def test_way_out_that_cannot_work_is_said_before_anything_runs(site):
    refused = yumiao("district", "deliver", "--data", site, YUMIAO_HOOK_URL="http://im.example/")

    assert refused.returncode == 1
    assert "[settings.messaging]" in refused.stderr
