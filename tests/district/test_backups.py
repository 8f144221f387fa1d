"""A backup is one point of everything, proven; it comes back on an empty machine and nowhere else."""

import datetime as dt
import json
import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from tests.district.districts import ON, PASSWORD, SmallDistrict, content_of

from yumiao.district.backups.contents import Places
from yumiao.district.backups.key_parts import decrypt_keys, encrypt_keys
from yumiao.district.backups.making import KeysTo, make_backup
from yumiao.district.backups.restoring import KeysFrom, restore_backup
from yumiao.model.problems import YumiaoError
from yumiao.store import open_store

YUMIAO = Path(sys.executable).with_name("yumiao")
AT = "2026-07-16T09:00:00+08:00"
PASSPHRASE = "four green seedlings in a row"


def yumiao(*arguments, typed=""):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("YUMIAO_", "DJANGO_"))}
    return subprocess.run(
        [YUMIAO, *map(str, arguments)],
        input=typed,
        capture_output=True,
        text=True,
        env={**kept, "YUMIAO_LANG": "en", "DATABASE_URL": ""},
        check=False,
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A data folder as a machine has it: tables, people, a store with an original, a register, an upload."""
    folder = tmp_path_factory.mktemp("site")
    district = SmallDistrict(folder).fill()
    with district.writing() as draft:
        draft.keep_original(b"name,staff", "名单.csv", dt.date(2036, 1, 1))
    data, store = folder / "data", district.store.path
    for arguments in (
        ("district", "prepare", "--data", data),
        ("district", "rebuild", "--data", data, "--store", store, "--as-of", "2026-07-15"),
    ):
        done = yumiao(*arguments)
        assert done.returncode == 0, done.stderr
    made = yumiao(
        "district", "create-person", "some.officer", "--role", "officer", "--label", "post", "--territory",
        "320412", "--data", data, "--password-stdin", typed=f"{PASSWORD}\n",
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    (data / "uploads").mkdir()
    (data / "uploads" / "one.enc").write_bytes(b"received")
    return data, store


@pytest.fixture
def places(site):
    data, store = site
    database = {"ENGINE": "django.db.backends.sqlite3", "NAME": data / "yumiao.sqlite3"}
    return Places(data, store, database)


def made_in(places, into, **keys):
    return make_backup(places, into, keys=KeysTo(**keys), at=AT, version="0.1.0")


def empty_machine(folder):
    data = folder / "machine" / "data"
    return Places(
        data, data / "store", {"ENGINE": "django.db.backends.sqlite3", "NAME": data / "yumiao.sqlite3"}
    )


def tables_of(path):
    with sqlite3.connect(path) as opened:
        return list(opened.iterdump())


def test_backup_and_restore_on_an_empty_machine_by_command_brings_everything_back(site, tmp_path):
    data, store = site
    backed = yumiao(
        "backup", tmp_path / "copies", "--keys", tmp_path / "safe", "--data", data, "--store", store
    )
    assert backed.returncode == 0, backed.stderr
    (copy,) = (tmp_path / "copies").iterdir()
    (keys,) = (tmp_path / "safe").iterdir()
    machine = tmp_path / "machine"

    restored = yumiao("restore", copy, "--keys", keys, "--data", machine)

    assert restored.returncode == 0, restored.stderr
    assert "The store is whole." in restored.stdout
    assert "The journal is whole: 3 lines." in restored.stdout  # rebuilt, created, restored
    assert "says what the store says" in restored.stdout
    original = next(iter(open_store(machine / "store").state().originals))
    assert open_store(machine / "store").read_original(original) == b"name,staff"
    assert (machine / "uploads" / "one.enc").read_bytes() == b"received"
    assert (machine / "secret-key").read_bytes() == (data / "secret-key").read_bytes()
    assert yumiao("journal", "verify", "--data", machine).returncode == 0


def test_backup_holds_no_key_unless_told_and_says_what_that_costs(places, tmp_path):
    made = made_in(places, tmp_path)

    assert not [name for name in made.manifest.files if "key" in name]
    assert [text.en for text in made.unreadable] == [
        "1 originals as they were received",
        "what these keys encrypt: data/keys/second-factor",
        "open sessions (everybody signs in again)",
    ]
    assert made.manifest.keys == "none"
    assert "data/secret-key" in made.manifest.key_names


def test_backup_manifest_names_every_file_and_lies_beside_nothing_else(places, tmp_path):
    made = made_in(places, tmp_path)
    lying = {
        path.relative_to(made.folder).as_posix() for path in made.folder.rglob("*") if path.is_file()
    } - {"manifest.json", "manifest.sha256"}

    assert lying == set(made.manifest.files)
    assert {"sql/database.sqlite3", "store/HEAD", "store/store.json", "data/uploads/one.enc"} <= lying
    assert [path.name for path in tmp_path.iterdir()] == [made.folder.name]
    assert not [
        path for path in (*places.data.iterdir(), *places.store.iterdir()) if path.name.startswith(".b")
    ]
    assert made.folder.stat().st_mode & 0o077 == 0


def test_backup_encrypted_by_a_passphrase_opens_with_it_only(places, tmp_path):
    made = made_in(places, tmp_path / "copies", passphrase=PASSPHRASE)
    target = empty_machine(tmp_path)

    with pytest.raises(YumiaoError) as refused:
        restore_backup(
            made.folder, target, keys=KeysFrom(passphrase="another long passphrase"), version="0.1.0"
        )
    assert (refused.value.code, target.data.exists()) == ("backup.wrong_passphrase", False)

    restore_backup(made.folder, target, keys=KeysFrom(passphrase=PASSPHRASE), version="0.1.0")
    assert tables_of(target.data / "yumiao.sqlite3") == tables_of(made.folder / "sql/database.sqlite3")
    assert open_store(target.store).verify().problems == []


def test_keys_that_were_encrypted_for_one_backup_do_not_open_under_another():
    sealed = encrypt_keys({"data/secret-key": b"k"}, PASSPHRASE, "one")

    assert decrypt_keys(sealed, PASSPHRASE, "one") == {"data/secret-key": b"k"}
    with pytest.raises(YumiaoError):
        decrypt_keys(sealed, PASSPHRASE, "two")


@pytest.mark.parametrize("harm", ["changed", "missing", "manifest"])
def test_restore_of_a_damaged_backup_is_refused_before_anything_is_written(places, tmp_path, harm):
    folder = made_in(places, tmp_path / "copies").folder
    victim = folder / "store" / "HEAD"
    if harm == "changed":
        victim.write_bytes(b"00000001-0000000000000000\n")
    elif harm == "missing":
        victim.unlink()
    else:
        manifest = folder / "manifest.json"
        manifest.write_text(manifest.read_text().replace('"keys":"none"', '"keys":"inside"'))

    with pytest.raises(YumiaoError) as refused:
        restore_backup(folder, empty_machine(tmp_path), keys=KeysFrom(without=True), version="0.1.0")

    assert refused.value.code == "backup.damaged"
    assert [problem.text.zh.split()[0] for problem in refused.value.problems] == [
        "manifest.json" if harm == "manifest" else "store/HEAD"
    ]
    assert not (tmp_path / "machine").exists()


def test_restore_over_anything_is_refused(places, tmp_path):
    folder = made_in(places, tmp_path / "copies").folder
    target = empty_machine(tmp_path)
    target.data.mkdir(parents=True)
    (target.data / "note.txt").write_text("mine")

    with pytest.raises(YumiaoError) as refused:
        restore_backup(folder, target, keys=KeysFrom(without=True), version="0.1.0")

    assert refused.value.code == "restore.not_empty"
    assert [path.name for path in target.data.iterdir()] == ["note.txt"]


def test_restore_of_a_later_version_is_refused(places, tmp_path):
    folder = make_backup(places, tmp_path / "copies", keys=KeysTo(), at=AT, version="0.10.0").folder

    with pytest.raises(YumiaoError) as refused:
        restore_backup(folder, empty_machine(tmp_path), keys=KeysFrom(without=True), version="0.9.0")

    assert refused.value.code == "restore.newer"


def test_restore_without_saying_anything_of_the_keys_is_refused_with_the_way(places, tmp_path):
    made = made_in(places, tmp_path / "copies", folder=tmp_path / "safe")

    with pytest.raises(YumiaoError) as refused:
        restore_backup(made.folder, empty_machine(tmp_path), keys=KeysFrom(), version="0.1.0")

    assert refused.value.code == "restore.keys"
    assert "--keys" in refused.value.text.en


def test_backup_inside_the_data_folder_is_refused(places):
    with pytest.raises(YumiaoError) as refused:
        made_in(places, places.data / "copies")

    assert refused.value.code == "backup.inside"


def test_backup_that_fails_leaves_nothing(places, tmp_path):
    gone = Places(places.data, places.store, {**places.database, "NAME": tmp_path / "none.sqlite3"})

    with pytest.raises(YumiaoError) as refused:
        made_in(gone, tmp_path / "copies")

    assert refused.value.code == "backup.no_database"
    assert list((tmp_path / "copies").iterdir()) == []
    assert not [
        path for path in (*places.data.iterdir(), *places.store.iterdir()) if path.name.startswith(".b")
    ]


def test_backup_while_others_write_is_one_point_of_store_and_tables(tmp_path):
    """A writer adds a batch and then its row, store first, as ever; no backup holds a row without batch."""
    district = SmallDistrict(tmp_path).fill()
    data = tmp_path / "data"
    data.mkdir()
    path = data / "yumiao.sqlite3"
    with sqlite3.connect(path) as opened:
        opened.execute("PRAGMA journal_mode=WAL")
        opened.execute("CREATE TABLE django_migrations (app, name)")
        opened.execute("CREATE TABLE done (batch TEXT)")
    places = Places(data, district.store.path, {"ENGINE": "django.db.backends.sqlite3", "NAME": path})
    stopping, written = threading.Event(), []

    def write():
        while not stopping.is_set() and len(written) < 400:
            with district.writing() as draft:
                row = (district.ids["qingmu"], "", "", "", (), 300 + len(written), None)
                added = draft.add_batch(
                    content_of([row], names=False), kind="more", source="town", observed_on=ON
                )
            with sqlite3.connect(path, timeout=30) as opened:
                opened.execute("INSERT INTO done VALUES (?)", [added.id])
            written.append(added.id)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        backups = [made_in(places, tmp_path / "copies").folder for _ in range(4)]
    finally:
        stopping.set()
        writer.join()

    counts = []
    for folder in backups:
        target = empty_machine(tmp_path / folder.name)
        restore_backup(folder, target, keys=KeysFrom(without=True), version="0.1.0")
        store = open_store(target.store)
        assert store.verify().problems == []
        held = {batch.manifest.id for batch in store.state().all_batches}
        with sqlite3.connect(target.data / "yumiao.sqlite3") as opened:
            rows = {row[0] for row in opened.execute("SELECT batch FROM done")}
        assert rows <= held
        assert len(held - rows) <= 2  # the first batch has no row; one more may be between store and tables
        counts.append(len(rows))
    assert counts == sorted(counts)
    assert len(written) > counts[0]  # the writer went on


def test_backup_waits_its_turn_at_the_store_and_says_who_has_it(places, tmp_path, monkeypatch):
    monkeypatch.setattr("yumiao.district.backups.making.WAIT_SECONDS", 0.1)

    with (
        open_store(places.store).writing("somebody", "2026-07-20T10:00:00+08:00"),
        pytest.raises(YumiaoError) as refused,
    ):
        made_in(places, tmp_path)

    assert refused.value.code == "store.busy"
    assert "somebody" in refused.value.text.en


def test_manifest_is_json_that_others_can_read(places, tmp_path):
    made = made_in(places, tmp_path)
    read = json.loads((made.folder / "manifest.json").read_text())

    assert read["format"] == "yumiao-backup/1"
    assert read["vendor"] == "sqlite"
    assert read["migrations"]["accounts"].startswith("0")
