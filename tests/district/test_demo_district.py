"""The demo district: built from files by real imports, kept while it fits, shown on this machine only."""

import datetime as dt
import json
import shutil
import signal
import socket
import sqlite3
from contextlib import closing

import pytest
from django.test import Client
from tests.district.test_commands import yumiao

from yumiao.demo.bundle import NOTICE
from yumiao.demo.bureaus import make_bureau_files
from yumiao.district.commands.demo_building import is_kept
from yumiao.district.commands.demo_running import Stopped, demo_environment, free_port, running
from yumiao.district.demo.goals import write_goals
from yumiao.district.demo.stated import DEMO_FILE, Account, Demo, read_demo
from yumiao.district.demo.wish import Wish, fits, program_mark
from yumiao.district.indicators.selectors import indicators_of
from yumiao.district.indicators.targets_file import read_targets_file
from yumiao.district.registry.packs import library
from yumiao.importing.conflicts import list_conflicts
from yumiao.importing.queue import open_pairs
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text
from yumiao.store import open_store

SEED, FIRMS, DAY = 11, 300, dt.date(2026, 7, 15)
ROLES = ["officer", "town", "enterprise", "expert", "system", "security", "audit"]


def build(folder, *more):
    return yumiao(
        "demo-district", "--build-only", "--folder", folder, "--seed", SEED, "--firms", FIRMS,
        "--as-of", DAY.isoformat(), *more,
    )  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo") / "district"
    built = build(folder)
    assert built.returncode == 0, built.stderr
    return folder


@pytest.fixture(scope="module")
def stated(folder):
    return json.loads((folder / DEMO_FILE).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def state(folder):
    return open_store(folder / "store").state()


def rows(folder, query):
    with closing(sqlite3.connect(folder / "yumiao.sqlite3")) as database:
        return database.execute(query).fetchall()


def demo_of(day=DAY, seed=SEED, size=FIRMS, program=None):
    accounts = (Account("officer", "willow-river-123", "officer", Text("高企科 · 经办", "Officer")),)
    return Demo(seed, size, day, program or program_mark(), accounts, {"subjects": 3})


# ── what it holds ─────────────────────────────────────────────────────────────────────────────────────────────


def test_demo_counts_every_outcome_of_the_ladder_as_the_register_holds_it(folder, stated):
    query = "SELECT family || '@' || version, outcome, COUNT(*) FROM registry_outcomecurrent GROUP BY 1, 2"
    held = {(policy, outcome): count for policy, outcome, count in rows(folder, query)}
    told = {
        (policy, outcome): count
        for policy, counts in stated["outcomes"].items()
        for outcome, count in counts.items()
        if outcome in {"met", "not_met", "undetermined"} and count
    }

    assert told == held
    for family in ("hnte", "tech_sme", "innovative_sme", "srdi_sme"):
        [counts] = [
            counts for policy, counts in stated["outcomes"].items() if policy.startswith(f"{family}@")
        ]
        assert min(counts["met"], counts["not_met"], counts["undetermined"]) > 0, family


def test_demo_populates_every_rung_and_some_titles_end_soon(stated):
    assert set(stated["rungs"]) == {"1", "2", "3", "4", "5"}
    assert stated["titles"]["hnte"]["ending"] > 0


def test_demo_leaves_names_to_tell_apart_and_facts_on_which_sources_disagree(state, stated):
    conflicts = list_conflicts(state, library(), DAY)

    assert 0 < open_pairs(state).height == stated["pairs_to_tell_apart"]
    assert 10 < conflicts.height == stated["facts_in_conflict"]
    assert {("tax", "statistics"), ("social_security", "enterprise")} & set(
        conflicts.select("source", "other_source").iter_rows()
    )


def test_demo_came_by_imports_of_six_kinds_of_sources_and_more_with_their_errors(state, stated):
    imported = [batch.manifest for batch in state.batches if batch.manifest.kind != "accepted-proposals"]
    batches = {each.id: each.source for each in imported}

    assert {each["batch"]: each["source"] for each in stated["files"]} == batches
    assert len(set(batches.values())) >= 6
    assert all(
        any(each["errors"] for each in stated["files"] if each["source"] == of)
        for of in ("tax", "statistics")
    )
    assert "not_a_number" in {code for each in stated["files"] for code in each["errors"]}


def test_demo_has_one_account_per_role_and_an_enterprise_that_speaks_for_its_subject(folder, stated):
    assert [each["login"] for each in stated["accounts"]] == ROLES
    people = rows(
        folder, "SELECT login FROM accounts_person WHERE login NOT LIKE 'demo-firm-%' ORDER BY login"
    )
    assert [login for (login,) in people] == sorted(ROLES)
    spoken = (
        "SELECT subject FROM accounts_membership m JOIN accounts_person p ON p.id = m.person_id "
        "WHERE p.login = 'enterprise'"
    )
    assert rows(folder, spoken) == [(stated["subject"],)]


def test_demo_shows_codes_a_campaign_on_its_way_and_proposals_that_wait(folder):
    counts = [
        rows(folder, f"SELECT COUNT(*) FROM {table}")[0][0]  # noqa: S608 - names of our own
        for table in (
            "joining_joincode",
            "campaigns_campaign",
            "campaigns_campaignfirm",
            "proposals_proposal",
        )
    ]

    assert all(counts), counts
    assert rows(folder, "SELECT COUNT(*) FROM campaigns_campaignfirm WHERE sent_at IS NOT NULL")[0][0] > 0


def test_demo_accepted_one_answer_that_is_in_the_store_and_judged(folder, state, stated):
    flushed = [each.manifest for each in state.batches if each.manifest.kind == "accepted-proposals"]
    states = dict(rows(folder, "SELECT state, COUNT(*) FROM proposals_proposal GROUP BY 1"))

    assert [each.rows for each in flushed] == [1]
    assert stated["facts_accepted"] == 1
    assert states == {"proposed": 2, "accepted": 1}
    assert rows(folder, "SELECT store_root FROM registry_projection") == [(state.root,)]


def test_demo_shows_what_officers_write_down_and_a_file_on_its_way_in(folder, stated):
    counts = {
        table: rows(folder, f"SELECT COUNT(*) FROM {table}")[0][0]  # noqa: S608 - names of our own
        for table in (
            "notes_note",
            "contacts_contact",
            "attachments_attachment",
            "filters_savedfilter",
        )
    }

    assert counts == {
        "notes_note": 3,
        "contacts_contact": 5,
        "attachments_attachment": 1,
        "filters_savedfilter": 1,
    }
    assert rows(folder, "SELECT state FROM intakes_intake") == [("mapping",)]
    assert rows(folder, "SELECT subject FROM attachments_attachment") == [(stated["subject"],)]
    asked = "SELECT COUNT(*) FROM campaigns_campaignfirm WHERE subject = ? AND sent_at IS NOT NULL"
    with closing(sqlite3.connect(folder / "yumiao.sqlite3")) as database:
        assert database.execute(asked, [stated["subject"]]).fetchone() == (1,)


def test_demo_has_targets_of_the_year_with_plan_and_actuals_up_to_its_day(folder):
    targets = dict(rows(folder, "SELECT indicator, value FROM indicators_target"))
    months = rows(folder, "SELECT indicator, MAX(month) FROM indicators_actual GROUP BY 1")

    assert {"HT_NET", "HT_VALID", "SME_LIB", "PRJ_TI", "TALENT"} <= targets.keys()
    assert set(dict(months).values()) == {DAY.month - 1}


def test_targets_of_a_district_of_full_size_are_the_published_ones(tmp_path):
    made = make_bureau_files(3, 5400, dt.date(2026, 11, 22))
    path = tmp_path / "targets.yaml"
    path.write_text(write_goals(made, dt.date(2026, 11, 22), "320412", 3), encoding="utf-8")

    read = read_targets_file(path, indicators_of(library()))

    assert read.problems == ()
    assert {
        row.indicator: (row.value, row.sense) for row in read.targets if row.indicator.startswith("HT_")
    } == {
        "HT_NET": (300, "at_least"),
        "HT_VALID": (1600, "more_than"),
    }


def test_demo_says_in_its_folder_that_everything_is_invented(folder, stated):
    readme = (folder / "README.md").read_text(encoding="utf-8")

    assert stated["notice"] == {"zh": NOTICE.zh, "en": NOTICE.words("en")}
    assert NOTICE.zh in readme
    assert all(each["name"] in readme for each in stated["files"])
    assert all(policy in readme for policy in stated["outcomes"])


# ── the folder ────────────────────────────────────────────────────────────────────────────────────────────────


def test_demo_that_fits_is_kept(folder):
    before = (folder / DEMO_FILE).stat().st_mtime_ns

    again = build(folder)

    assert again.returncode == 0, again.stderr
    assert (folder / DEMO_FILE).stat().st_mtime_ns == before
    assert is_kept(folder, Wish(SEED, FIRMS, DAY), dt.date(2027, 1, 1))


@pytest.mark.parametrize(
    ("demo", "wish", "today", "expected"),
    [
        (demo_of(), Wish(SEED, FIRMS, None), DAY, True),
        (demo_of(), Wish(SEED, FIRMS, None), DAY + dt.timedelta(days=7), True),
        (demo_of(), Wish(SEED, FIRMS, None), DAY + dt.timedelta(days=8), False),
        (demo_of(), Wish(SEED, FIRMS, None), DAY - dt.timedelta(days=1), False),
        (demo_of(), Wish(SEED, FIRMS, DAY), DAY + dt.timedelta(days=99), True),
        (demo_of(), Wish(SEED, FIRMS, DAY + dt.timedelta(days=1)), DAY, False),
        (demo_of(seed=12), Wish(SEED, FIRMS, DAY), DAY, False),
        (demo_of(size=301), Wish(SEED, FIRMS, DAY), DAY, False),
        (demo_of(program="another"), Wish(SEED, FIRMS, DAY), DAY, False),
    ],
)
def test_demo_fits_only_the_same_seed_size_day_and_program(demo, wish, today, expected):
    assert fits(demo, wish, today) is expected


def test_folder_with_anything_else_is_refused_and_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")

    refused = build(tmp_path, "--fresh")

    assert refused.returncode == 1
    assert "[demo.folder]" in refused.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"seed": 1}', '{"accounts": 3}'])
def test_folder_whose_statement_is_broken_is_no_demo(tmp_path, text):
    (tmp_path / DEMO_FILE).write_text(text, encoding="utf-8")

    assert read_demo(tmp_path) is None


# ── shown ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_page_of_a_demo_says_that_it_is_one(settings, sign_in):
    assert "ym-demo" not in sign_in("officer").get("/overview/").content.decode()
    settings.YUMIAO_DEMO = demo_of()

    for client, path in (
        (sign_in("officer"), "/overview/"),
        (sign_in("officer"), "/none/"),
        (Client(), "/sign-in/"),
    ):
        page = client.get(path).content.decode()
        assert '<p class="ym-demo"' in page, path
        assert "2026-07-15" in page, path


def test_sign_in_of_a_demo_lists_its_accounts_and_of_no_other_district(settings):
    assert "willow-river-123" not in Client().get("/sign-in/").content.decode()
    settings.YUMIAO_DEMO = demo_of()

    page = Client(headers={"accept-language": "en"}).get("/sign-in/").content.decode()

    assert "willow-river-123" in page
    assert "Demo accounts" in page


def test_serve_shows_a_demo_to_nobody_outside_this_machine(folder):
    refused = yumiao("serve", "--data", folder, "--host", "192.0.2.1", "--plain-http")

    assert refused.returncode == 1
    assert "[serve.demo]" in refused.stderr


def test_port_that_is_taken_is_refused_when_asked_for_and_passed_over_when_not():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(YumiaoError) as refused:
            free_port(port)

    assert refused.value.code == "demo.port"
    assert str(port) in refused.value.text.zh
    assert 8000 <= free_port(None) < 8020


def test_process_that_ends_by_itself_ends_the_other(tmp_path):
    with running(tmp_path / "nothing", free_port(None)) as site:
        ended = site.wait_until_ended()
        processes = list(site.processes.values())

    assert ended.code == 1
    assert all(process.returncode is not None for process in processes)


def test_being_told_to_stop_ends_both(tmp_path, folder):
    copy = tmp_path / "district"
    shutil.copytree(folder, copy)
    processes = []

    def run_until_told():
        with running(copy, free_port(None)) as site:
            processes.extend(site.processes.values())
            site.wait_until_up()
            signal.raise_signal(signal.SIGTERM)

    with pytest.raises(Stopped):
        run_until_told()
    assert [process.returncode for process in processes] == [0, 0]


def test_demo_takes_nothing_of_a_district_in_service(tmp_path):
    service = {
        "PATH": "/bin",
        "DATABASE_URL": "postgresql://office/yumiao",
        "YUMIAO_DATA": "/srv/yumiao",
        "YUMIAO_HOSTS": "yumiao.example",
        "YUMIAO_LANG": "en",
    }

    environment = demo_environment(service, tmp_path)

    assert environment["PATH"] == "/bin"
    assert environment["YUMIAO_LANG"] == "en"
    assert environment["DATABASE_URL"] == ""
    assert environment["YUMIAO_DATA"] == str(tmp_path)
    assert "YUMIAO_HOSTS" not in environment
