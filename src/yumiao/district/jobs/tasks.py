"""The one task that the queue knows: do a job."""

from __future__ import annotations

from django.utils import timezone
from django_tasks import task

from yumiao.district.jobs.doing import do_job
from yumiao.district.jobs.signs import at_work


@task()
def do(job: str) -> None:
    """Do the job of an id; how it ends stands in the job."""
    with at_work(job):
        do_job(job, timezone.now)
