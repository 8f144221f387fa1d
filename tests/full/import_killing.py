"""An import whose worker is killed: what a process of its own does with the database and the store of ``YUMIAO_DATA``.

``set-up`` prepares an import; ``die POINT`` begins it and kills itself with SIGKILL at a point; ``resume`` is the
worker that finds what was left, and prints what it ends with as JSON.
"""

import datetime as dt
import json
import os
import signal
import sys
from pathlib import Path

from django.core.management import call_command
from tests.district.districts import AS_OF, SmallDistrict
from tests.district.importing import HENGZHOU, JIAHE, NEW, csv_file

from yumiao.district.intakes import (
    services,
    working,
)
from yumiao.district.intakes.files import Upload
from yumiao.district.intakes.following import follow_store
from yumiao.district.intakes.models import BatchListed, Intake
from yumiao.district.jobs.doing import do_job
from yumiao.district.jobs.models import Job
from yumiao.district.jobs.services import take_up_left
from yumiao.district.journal.models import JournalLine
from yumiao.district.registry.keeping import reconcile
from yumiao.district.registry.packs import library
from yumiao.district.registry.services import (
    find_differences,
    rebuild,
)
from yumiao.store import (
    open_store,
    writing,
)

NOW = dt.datetime(2026, 7, 15, 9, 0, tzinfo=dt.UTC)
LATER = NOW + dt.timedelta(hours=1)


def kill(*_arguments, **_named):
    os.kill(os.getpid(), signal.SIGKILL)


def set_up(_point=""):

    data = Path(os.environ["YUMIAO_DATA"])
    call_command("migrate", verbosity=0)
    district = SmallDistrict(data).fill()
    rebuild(district.store, library(), as_of=AS_OF, data=data, now=NOW)
    file = csv_file(HENGZHOU, [JIAHE[0], JIAHE[1], "31"], NEW)
    intake = services.receive(
        [Upload(file.name, file.read())],
        source="tax",
        on=dt.date(2026, 6, 30),
        password=None,
        by="p1",
        now=NOW,
    )
    do(services.ask_for_check(intake, by="p1", now=NOW))
    services.ask_for_commit(intake, by="p1", now=NOW)


def do(job):

    do_job(job, lambda: NOW)


def die(point):

    commit = writing.Draft.commit

    def commit_and_die(draft):
        commit(draft)
        kill()

    if point == "before-store":
        writing.move_head = kill
    elif point == "between":
        writing.Draft.commit = commit_and_die
    elif point == "in-sql":
        working.follow_store = kill
    else:
        working.drop_files = kill
    do(Job.objects.get(kind="intakes.commit").id)


def resume(_point=""):

    left = take_up_left(LATER)
    for _ in range(3):
        for job in Job.objects.filter(state="queued").order_by("queued_at"):
            do_job(job.id, lambda: LATER)
    reconcile(LATER)
    follow_store(LATER)
    store = open_store(Path(os.environ["YUMIAO_STORE"]))
    intake = Intake.objects.get()
    state = store.state()
    sys.stdout.write(
        json.dumps(
            {
                "taken_up": left,
                "state": intake.state,
                "batches": [batch.manifest.content for batch in state.batches],
                "is_listed": intake.batches == [state.batches[-1].manifest.id],
                "listed": BatchListed.objects.count(),
                "unsound": len(store.verify().problems),
                "differences": len(find_differences(store, library())),
                "acts": sorted(JournalLine.objects.values_list("act", flat=True)),
                "waiting": Job.objects.exclude(state="done").count(),
            }
        )
    )


def main():
    {"set-up": set_up, "die": die, "resume": resume}[sys.argv[1]](*sys.argv[2:])
