"""Lines are written with their change and never changed; tampering with the database is found and named."""

import datetime as dt
import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager

import psycopg
import pytest
from django.db import DataError, Error, connection, transaction
from tests.district.districts import NOW, PASSWORD

from yumiao.district.accounts.models import Person
from yumiao.district.accounts.roles import Role
from yumiao.district.accounts.services import create_person, disable_person, end_membership
from yumiao.district.accounts.sign_in import MOST_PER_LOGIN, try_sign_in
from yumiao.district.journal.guards import drop_statements, guard_names, guard_statements
from yumiao.district.journal.models import JournalLine, JournalSeal, OnlyGrowsError, StreamHead
from yumiao.district.journal.seals import export_seal, read_seal, write_seal
from yumiao.district.journal.services import Stream, record, seal_journal
from yumiao.district.journal.verifying import verify_journal
from yumiao.model.problems import YumiaoError

CASE = Stream("case", "c0001")
COLUMNS = ("stream", "sequence", "at", "actor", "act", "payload", "previous", "hash")


def moment(minutes):
    return NOW + dt.timedelta(minutes=minutes)


def write(count, stream=CASE):
    return [
        record(stream=stream, act="case.moved", actor="p1", at=moment(number), payload={"step": number})
        for number in range(count)
    ]


def codes(*exported):
    return [problem.code for problem in verify_journal(exported).problems]


def run_sql(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


@contextmanager
def unguarded():
    """The database as someone with all rights on it has it: without the triggers, which come back."""
    for statement in drop_statements(connection.vendor):
        run_sql(statement)
    yield
    for statement in guard_statements(connection.vendor):
        run_sql(statement)


def acts_of(stream):
    return list(
        JournalLine.objects.filter(stream=str(stream)).order_by("sequence").values_list("act", flat=True)
    )


# ── writing ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_lines_follow_each_other_and_verify():
    first, second = write(2)

    assert (first.sequence, second.sequence) == (1, 2)
    assert second.previous == first.hash
    assert second.at == "2026-07-15T09:01:00.000000Z"
    assert second.payload == '{"step":1}'
    assert verify_journal().problems == ()


def test_line_of_a_change_that_fails_is_not_kept():
    def fail():
        with transaction.atomic():
            write(1)
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        fail()

    assert acts_of(CASE) == []
    assert codes() == []


@pytest.mark.parametrize(
    "value",
    [
        "王芳", "Wang Fang", "13812345678", "+8613812345678", "320412199001011234", "32041219900101123X",
        "a.b@bureau.example", 1.5, "x" * 201, {"Key": "a"}, [{"a": "two words"}],
    ],
)  # fmt: skip
def test_payload_with_words_about_people_is_refused_without_repeating_them(value):
    with pytest.raises(YumiaoError) as caught:
        record(stream=CASE, act="case.moved", actor="p1", at=NOW, payload={"who": value})

    assert [problem.code for problem in caught.value.problems] == ["payload.value"]
    assert str(value) not in str(caught.value.problems)


def test_payload_of_ids_hashes_and_numbers_is_kept():
    payload = {"subject": "s1", "policy": "hnte@2016", "hash": "0" * 64, "n": 3, "ok": True, "none": None}

    record(stream=CASE, act="case.moved", actor="p1", at=NOW, payload=payload | {"all": ["a", {"b": 1}]})

    assert json.loads(JournalLine.objects.get(stream=str(CASE)).payload)["policy"] == "hnte@2016"


@pytest.mark.parametrize(
    ("kind", "id_"),
    [("Case", "c1"), ("case", "王芳"), ("case", "a b"), ("case", "a/b"), ("case", "13812345678")],
)
def test_stream_that_is_no_kind_and_id_is_refused(kind, id_):
    with pytest.raises(ValueError, match="a stream is"):
        Stream(kind, id_)


def test_moment_without_its_zone_is_refused():
    with pytest.raises(ValueError, match="needs its zone"):
        record(stream=CASE, act="case.moved", actor="p1", at=NOW.replace(tzinfo=None))


def test_models_refuse_to_change_or_delete():
    write(1)
    line = JournalLine.objects.get(stream=str(CASE))

    for refused in (
        line.save,
        line.delete,
        JournalLine.objects.all().delete,
        lambda: JournalLine.objects.update(actor="p2"),
        lambda: JournalLine.objects.bulk_update([line], ["actor"]),
        JournalSeal.objects.all().delete,
    ):
        with pytest.raises(OnlyGrowsError):
            refused()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal_journalline SET actor = 'p2'",
        "DELETE FROM journal_journalline",
        "UPDATE journal_journalseal SET at = 'x'",
        "DELETE FROM journal_journalseal",
        "DELETE FROM journal_streamhead",
        "UPDATE journal_streamhead SET sequence = 0",
        "UPDATE journal_streamhead SET hash = 'x'",
    ],
)
def test_database_refuses_to_change_or_delete(statement):
    write(2)
    seal_journal(now=NOW)

    with pytest.raises(Error, match="the journal only grows"), transaction.atomic():
        run_sql(statement)


def test_missing_trigger_is_named():
    for statement in drop_statements(connection.vendor):
        run_sql(statement)

    assert [problem.path for problem in verify_journal().problems] == list(guard_names())


# ── tampering ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("number", [1, 2, 3])
def test_changed_column_is_found(column, number):
    write(3)
    value = 9 if column == "sequence" else "x"

    with unguarded():
        run_sql(
            f"UPDATE journal_journalline SET {column} = %s WHERE stream = %s AND sequence = %s",  # noqa: S608
            value,
            str(CASE),
            number,
        )

    assert codes()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite keeps bytes that are no text")
def test_bytes_that_are_no_text_are_found_and_named():
    write(2)
    with unguarded():
        run_sql("UPDATE journal_journalline SET payload = CAST(x'7bff7d' AS TEXT) WHERE sequence = 2 AND "
                "stream = %s", str(CASE))  # fmt: skip

    verified = verify_journal()

    assert [problem.code for problem in verified.problems] == ["journal.changed"]
    assert "case/c0001 #2" in verified.problems[0].text.en
    assert connection.connection.text_factory is str


@pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite keeps them; they are found when verified"
)
def test_bytes_that_are_no_text_are_refused_by_postgresql():
    write(2)

    with unguarded(), pytest.raises(DataError), transaction.atomic():
        run_sql("UPDATE journal_journalline SET payload = convert_from('\\x7bff7d'::bytea, 'UTF8')")

    assert codes() == []


@pytest.mark.parametrize(
    ("number", "code"), [(1, "journal.order"), (2, "journal.order"), (3, "journal.head")]
)
def test_deleted_line_is_found(number, code):
    write(3)

    with unguarded():
        run_sql("DELETE FROM journal_journalline WHERE stream = %s AND sequence = %s", str(CASE), number)

    assert codes() == [code]


def test_deleted_stream_is_found_by_its_head_and_without_it_by_the_seal():
    write(2)
    seal_journal(now=NOW)
    with unguarded():
        run_sql("DELETE FROM journal_journalline WHERE stream = %s", str(CASE))
        assert "journal.stream_gone" in codes()
        run_sql("DELETE FROM journal_streamhead WHERE stream = %s", str(CASE))
        assert "journal.stream_gone" in codes()


def test_inserted_line_is_found():
    last = write(2)[-1]
    forged = (str(CASE), 3, last.at, "p9", "case.moved", "{}", last.hash, "0" * 64)

    run_sql(
        "INSERT INTO journal_journalline (stream, sequence, at, actor, act, payload, previous, hash) "
        "VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
        *forged,
    )

    assert codes() == ["journal.changed", "journal.head"]


def test_journal_written_anew_shows_against_an_exported_seal(tmp_path):
    write(3)
    number = seal_journal(now=NOW)
    write_seal(export_seal(number), tmp_path / "seal.json")
    kept = read_seal(tmp_path / "seal.json")
    assert codes(kept) == []

    with unguarded():
        for table in ("journal_journalline", "journal_streamhead", "journal_journalseal"):
            run_sql(f"DELETE FROM {table}")  # noqa: S608 - tables of this test
        write(2)
        seal_journal(now=NOW)

    assert codes() == []
    assert "journal.seal_other" in codes(kept)
    assert "journal.sealed_line_gone" in codes(kept)


@pytest.mark.parametrize("column", ["at", "heads", "previous", "hash"])
def test_changed_seal_is_found(column):
    write(1)
    seal_journal(now=NOW)
    write(1)
    seal_journal(now=moment(1))
    value = "[]" if column == "heads" else "x"

    with unguarded():
        run_sql(f"UPDATE journal_journalseal SET {column} = %s WHERE number = 1", value)  # noqa: S608

    assert "journal.seal_changed" in codes()


def test_deleted_seal_is_found():
    write(1)
    seal_journal(now=NOW)
    write(1)
    seal_journal(now=moment(1))

    with unguarded():
        run_sql("DELETE FROM journal_journalseal WHERE number = 1")

    assert "journal.seal_order" in codes()


# ── seals ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_seal_holds_the_heads_that_moved_and_none_is_made_for_nothing():
    seal_journal(now=NOW)
    write(2)
    write(1, Stream("case", "c0002"))

    number = seal_journal(now=moment(1))

    heads = json.loads(JournalSeal.objects.get(number=number).heads)
    assert [head[:2] for head in heads] == [["case/c0001", 2], ["case/c0002", 1]]
    assert seal_journal(now=moment(2)) == number
    assert codes() == []


def test_exported_seal_names_every_stream_and_is_never_replaced(tmp_path):
    write(1)
    path = tmp_path / "seal.json"
    exported = export_seal(seal_journal(now=NOW))
    write_seal(exported, path)

    assert read_seal(path) == exported
    assert {head[0] for head in exported.heads} == set(StreamHead.objects.values_list("stream", flat=True))
    with pytest.raises(YumiaoError) as caught:
        write_seal(exported, path)
    assert caught.value.code == "journal.seal_there"


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"format": "other"}', "\xff"])
def test_file_that_is_no_seal_is_refused(content, tmp_path):
    path = tmp_path / "seal.json"
    path.write_bytes(content.encode("latin-1"))

    with pytest.raises(YumiaoError) as caught:
        read_seal(path)

    assert caught.value.code == "journal.seal_file"


# ── what is journalled ────────────────────────────────────────────────────────────────────────────────────────


def test_life_of_an_account_is_journalled(ids):
    person = create_person(
        login="new.firm", password=PASSWORD, role=Role.ENTERPRISE, label="企业 乙", now=NOW,
        subjects=(ids["qingmu"],), by="p9",
    )  # fmt: skip
    end_membership(person_id=person.id, subject=ids["qingmu"], now=NOW)
    disable_person(person_id=person.id, now=NOW)
    disable_person(person_id=person.id, now=NOW)

    assert acts_of(f"person/{person.id}") == [
        "person.created",
        "person.membership_ended",
        "person.disabled",
    ]
    created = JournalLine.objects.get(stream=f"person/{person.id}", sequence=1)
    assert created.actor == "p9"
    assert json.loads(created.payload) == {
        "role": "enterprise",
        "subjects": [ids["qingmu"]],
        "territories": [],
    }


def test_sign_ins_are_journalled_without_login_or_address():
    person = Person.objects.get(login="officer")
    stream = f"person/{person.id}"
    before = len(acts_of(stream))
    for _ in range(MOST_PER_LOGIN + 2):
        try_sign_in(login="officer", password="wrong", address="10.9.8.7", now=NOW)
    try_sign_in(login="officer", password=PASSWORD, address="10.9.8.7", now=moment(20))

    assert acts_of(stream)[before:] == [
        *["person.sign_in_failed"] * MOST_PER_LOGIN,
        "person.sign_in_paused",
        "person.signed_in",
    ]
    written = " ".join(JournalLine.objects.filter(stream=stream).values_list("payload", flat=True))
    assert "officer" not in written.replace('"role":"officer"', "")
    assert "10.9.8.7" not in written


def test_failed_sign_in_of_nobody_is_journalled_apart():
    try_sign_in(login="nobody", password="wrong", address="10.9.8.7", now=NOW)

    assert acts_of("sign_in/unknown") == ["person.sign_in_failed"]


def test_rebuilding_is_journalled_with_what_it_was_made_from():
    line = JournalLine.objects.get(stream="register/current", sequence=1)

    assert line.act == "register.rebuilt"
    assert json.loads(line.payload)["as_of"] == "2026-07-15"


# ── several processes ─────────────────────────────────────────────────────────────────────────────────────────

WRITER = """
import datetime as dt, sys
import django
django.setup()
from django.db import transaction
from yumiao.district.journal.services import Stream, record
for number in range(25):
    with transaction.atomic():
        record(stream=Stream("case", "shared"), act="case.moved", actor=sys.argv[1],
               at=dt.datetime.now(dt.UTC), payload={"n": number})
"""
CHECK = """
import django
django.setup()
from yumiao.district.journal.verifying import verify_journal
found = verify_journal()
print(found.lines, found.streams, len(found.problems))
"""


@contextmanager
def own_database(folder):
    """The address of a database that nobody else uses, empty for a file in the data folder, and how to ask it."""
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(folder / "yumiao.sqlite3")) as database:
            yield "", lambda query: database.execute(query).fetchall()
        return
    server, name = connection.get_connection_params() | {"dbname": "postgres"}, f"writers_{os.getpid()}"
    server = {key: server[key] for key in ("dbname", "user", "password", "host", "port")}
    with psycopg.connect(**server, autocommit=True) as outside:
        outside.execute(f"CREATE DATABASE {name}")
        try:
            with psycopg.connect(**server | {"dbname": name}, autocommit=True) as database:
                address = "postgresql://{user}:{password}@{host}:{port}/".format_map(server)
                yield address + name, lambda query: database.execute(query).fetchall()
        finally:
            outside.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_writers_side_by_side_keep_one_chain(tmp_path):
    with own_database(tmp_path) as (address, ask):
        kept = {name: value for name, value in os.environ.items() if not name.startswith("YUMIAO_")}
        environment = kept | {
            "YUMIAO_DATA": str(tmp_path),
            "DATABASE_URL": address,
            "DJANGO_SETTINGS_MODULE": "yumiao.config.settings.base",
        }
        subprocess.run(
            [sys.executable, "-m", "django", "migrate", "--verbosity", "0"], env=environment, check=True
        )

        writers = [
            subprocess.Popen([sys.executable, "-c", WRITER, f"p{number}"], env=environment)
            for number in range(3)
        ]
        assert [writer.wait(60) for writer in writers] == [0, 0, 0]

        checked = subprocess.run(
            [sys.executable, "-c", CHECK], env=environment, capture_output=True, text=True, check=True
        )
        assert checked.stdout.split() == ["75", "1", "0"]
        counted = ask("SELECT actor, count(*) FROM journal_journalline GROUP BY actor ORDER BY actor")
        assert counted == [("p0", 25), ("p1", 25), ("p2", 25)]
