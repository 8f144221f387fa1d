"""What machines read: alive, ready, figures for this machine or for whoever has the token; units for systemd."""

import datetime as dt
import re
from pathlib import Path

import pytest
from django.db import OperationalError
from django.test import Client
from tests.district.districts import FIRMS, NOW

from yumiao.config.environment import read_environment
from yumiao.district.backups.services import note_backup
from yumiao.district.jobs.models import Job
from yumiao.district.operations.beating import give_sign
from yumiao.district.operations.metrics import Sample, collect, write_text
from yumiao.district.operations.systemd import unit_files
from yumiao.model.problems import YumiaoError

LINE = re.compile(r'[a-z_]+(\{[a-z]+="[^"\n]*"\})? -?[0-9.e+]+')


def figures(now=NOW):
    return {(each.name, *each.labels): each.value for each in collect(now, "0.1.0")}


def test_alive_is_said_even_where_the_database_is_away(monkeypatch):
    def away():
        raise OperationalError("away")

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr("yumiao.web.views.monitoring.connection.ensure_connection", away)
        alive, answer = Client().get("/health/live/"), Client().get("/health/ready/")

    assert alive.json()["status"] == "ok"
    assert (answer.status_code, answer.json()["missing"]) == (503, ["database"])


def test_ready_is_said_with_database_migrations_and_store_in_order(settings, tmp_path):
    assert Client().get("/health/ready/").json() == {"status": "ready", "missing": []}

    (tmp_path / "store.json").write_text("{}")
    settings.YUMIAO_STORE = tmp_path
    assert Client().get("/health/ready/").json()["missing"] == ["store"]


def test_figures_count_jobs_workers_register_outbox_and_backups():
    now = NOW + dt.timedelta(hours=2)
    Job.objects.create(kind="x", actor="", about="", arguments={}, queued_at=now - dt.timedelta(seconds=90))
    give_sign("a", "worker", now - dt.timedelta(seconds=10))
    note_backup(backup_id="b1", digest="0" * 64, keys="none", now=now - dt.timedelta(hours=1))
    found = figures(now)

    assert found["yumiao_jobs", ("state", "queued")] == 1
    assert found["yumiao_job_oldest_wait_seconds",] == 90
    assert (found["yumiao_workers_alive",], found["yumiao_worker_sign_age_seconds",]) == (1, 10)
    assert (found["yumiao_register_subjects",], found["yumiao_register_age_seconds",]) == (len(FIRMS), 7200)
    assert found["yumiao_backup_age_seconds",] == 3600
    assert found["yumiao_outbox_waiting",] == 0


def test_figure_of_what_never_happened_is_absent():
    assert not {
        name
        for name, *_ in figures()
        if name in ("yumiao_backup_age_seconds", "yumiao_worker_sign_age_seconds")
    }


def test_text_is_what_prometheus_reads_and_holds_nobody():
    text = Client().get("/metrics").content.decode()

    lines = [line for line in text.splitlines() if not line.startswith("# ")]
    assert [line for line in lines if not LINE.fullmatch(line)] == []
    assert not [firm for firm in FIRMS.values() if firm[0] in text or firm[1] in text]
    assert (
        write_text([Sample("a", "b", 1, (("c", 'say "x"\n'),))])
        == '# HELP a b\n# TYPE a gauge\na{c="say \\"x\\"\\n"} 1\n'
    )


@pytest.mark.parametrize(
    ("request_of", "status"),
    [
        ({"REMOTE_ADDR": "127.0.0.1"}, 200),
        ({"REMOTE_ADDR": "10.0.0.9"}, 404),
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "10.0.0.9"}, 404),
    ],
)
def test_figures_are_for_this_machine_only_without_a_token(request_of, status):
    assert Client(**request_of).get("/metrics").status_code == status


def test_figures_need_the_token_where_there_is_one(settings):
    settings.YUMIAO_METRICS_TOKEN = "t" * 24

    assert Client(REMOTE_ADDR="127.0.0.1").get("/metrics").status_code == 404
    assert (
        Client(REMOTE_ADDR="10.0.0.9", HTTP_AUTHORIZATION="Bearer wrong").get("/metrics").status_code == 404
    )
    assert (
        Client(REMOTE_ADDR="10.0.0.9", HTTP_AUTHORIZATION=f"Bearer {'t' * 24}").get("/metrics").status_code
        == 200
    )


def test_token_of_monitoring_is_read_from_a_file_and_short_ones_are_refused(tmp_path):
    file = tmp_path / "token"
    file.write_text("m" * 24 + "\n")
    assert read_environment({"YUMIAO_METRICS_TOKEN_FILE": str(file)}).metrics_token == "m" * 24

    file.write_text("short")
    with pytest.raises(YumiaoError):
        read_environment({"YUMIAO_METRICS_TOKEN_FILE": str(file)})


def test_units_name_this_machines_paths_and_leave_no_mark():
    files = unit_files(
        program=Path("/opt/yumiao/bin/yumiao"),
        data=Path("/srv/y"),
        store=Path("/srv/y/store"),
        backups=Path("/mnt/b"),
    )

    assert set(files) == {
        "environment",
        "yumiao-backup.service",
        "yumiao-backup.timer",
        "yumiao-seal.service",
        "yumiao-seal.timer",
        "yumiao-web.service",
        "yumiao-worker.service",
    }
    assert not [name for name, text in files.items() if re.search(r"@[A-Z]+@", text)]
    assert "ExecStart=/opt/yumiao/bin/yumiao worker" in files["yumiao-worker.service"]
    assert "ReadWritePaths=/mnt/b" in files["yumiao-backup.service"]
    assert all("ProtectSystem=strict" in text for name, text in files.items() if name.endswith(".service"))
