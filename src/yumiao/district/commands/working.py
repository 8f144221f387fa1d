"""``yumiao worker``: what takes longer than a page, and what happens by itself."""

from __future__ import annotations

import signal
import threading
from pathlib import Path
from types import FrameType

import typer

from yumiao.cli.session import LangOption, session_of
from yumiao.cli.storing import StoreOption
from yumiao.district.commands.preparing import DataOption, require_prepared, set_up

BEAT_SECONDS = 5.0
POLL_SECONDS = 0.25
READY_SECONDS = 30.0


def worker_command(
    context: typer.Context,
    data: DataOption = None,
    store: StoreOption = None,
    lang: LangOption = None,
) -> None:
    """Do jobs and periodic acts until interrupted; the job at hand is finished first."""
    set_up(data, store)
    from django.conf import settings
    from django.utils.crypto import get_random_string
    from django_tasks_db.management.commands.db_worker import Worker

    from yumiao.district.operations.beating import end_signs
    from yumiao.district.operations.reading import read_page_by_page
    from yumiao.district.operations.running import running

    read_page_by_page()
    require_prepared()
    session = session_of(context, lang)
    worker = Worker(
        queue_names=["default"],
        interval=POLL_SECONDS,
        batch=False,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=get_random_string(32),
        excluded_queue_names=[],
    )
    stopping = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        worker.running = False
        stopping.set()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    readier = threading.Thread(target=_ready, args=(stopping,), name="readier", daemon=True)
    keeper = threading.Thread(target=_keep, args=(stopping, worker.worker_id), name="keeper", daemon=True)
    with running(settings.YUMIAO_DATA, "worker"):
        keeper.start()
        readier.start()
        session.print(session.say("后台处理已启动。", "The worker runs."))
        worker.run()
        stopping.set()
        keeper.join(timeout=BEAT_SECONDS)
        end_signs(worker.worker_id)


def _ready(stopping: threading.Event) -> None:
    """Keep the machine code of a large district's policies at hand, beside the jobs."""
    import logging

    from django.conf import settings
    from django.db import DatabaseError, close_old_connections

    from yumiao.district.registry.packs import library
    from yumiao.district.registry.readiness import ready_judges
    from yumiao.district.registry.warming import set_apart
    from yumiao.model.problems import YumiaoError

    while not stopping.is_set():
        close_old_connections()
        try:
            if ready_judges(library(), settings.YUMIAO_DATA, Path(settings.YUMIAO_STORE)):
                set_apart()
        except (DatabaseError, OSError, YumiaoError):
            logging.getLogger(__name__).exception("nothing was compiled ahead")
        stopping.wait(READY_SECONDS)


def _keep(stopping: threading.Event, process: str) -> None:
    """Give signs of life, take up what dead workers left, run what is due; a database that is away is waited for."""
    import logging

    from django.db import DatabaseError, close_old_connections
    from django.utils import timezone

    from yumiao.district.jobs.doing import beat
    from yumiao.district.jobs.periodic import run_due
    from yumiao.district.jobs.services import take_up_left
    from yumiao.district.jobs.signs import jobs_at_work
    from yumiao.district.operations.beating import give_sign

    while not stopping.is_set():
        close_old_connections()
        try:
            give_sign(process, "worker", timezone.now())
            beat(jobs_at_work(), timezone.now())
            take_up_left(timezone.now())
            run_due(timezone.now())
        except DatabaseError:
            logging.getLogger(__name__).exception("the keeper waits for the database")
        stopping.wait(BEAT_SECONDS)
