"""A backup of a platform on PostgreSQL comes back in another, empty database, and in no other one."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from tests.district.districts import PASSWORD, SmallDistrict

YUMIAO = Path(sys.executable).with_name("yumiao")


def yumiao(url, *arguments, typed=""):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("YUMIAO_", "DJANGO_"))}
    return subprocess.run(
        [YUMIAO, *map(str, arguments)],
        input=typed,
        capture_output=True,
        text=True,
        env={**kept, "YUMIAO_LANG": "en", "DATABASE_URL": url},
        check=False,
    )


def other_database(url, name):
    """An empty database beside one that is there."""
    with psycopg.connect(url, autocommit=True) as opened:
        opened.execute(f'CREATE DATABASE "{name}"')
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def test_backup_on_postgresql_is_restored_into_an_empty_database_only(postgresql_url, tmp_path):
    source, target = other_database(postgresql_url, "former"), other_database(postgresql_url, "latter")
    district, data = SmallDistrict(tmp_path).fill(), tmp_path / "data"
    for arguments, typed in (
        (("district", "prepare", "--data", data), ""),
        (("district", "rebuild", "--data", data, "--store", district.store.path, "--as-of", "2026-07-15"), ""),
        (
            (
                "district", "create-person", "some.expert", "--role", "expert", "--label", "post", "--data", data,
                "--password-stdin",
            ),
            f"{PASSWORD}\n",
        ),
        (("backup", tmp_path / "copies", "--data", data, "--store", district.store.path), ""),
    ):  # fmt: skip
        done = yumiao(source, *arguments, typed=typed)
        assert done.returncode == 0, done.stderr
    (copy,) = (tmp_path / "copies").iterdir()

    refused = yumiao(source, "restore", copy, "--without-keys", "--data", tmp_path / "one")
    other = yumiao("", "restore", copy, "--without-keys", "--data", tmp_path / "two")
    restored = yumiao(target, "restore", copy, "--without-keys", "--data", tmp_path / "three")

    assert (refused.returncode, "[restore.database_not_empty]" in refused.stderr) == (1, True)
    assert (other.returncode, "[restore.other_database]" in other.stderr) == (1, True)
    assert restored.returncode == 0, restored.stderr
    assert "The journal is whole: 3 lines." in restored.stdout
    assert "says what the store says" in restored.stdout
    with psycopg.connect(target) as opened:
        assert opened.execute("SELECT login FROM accounts_person").fetchall() == [("some.expert",)]
