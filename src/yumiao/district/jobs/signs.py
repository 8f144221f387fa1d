"""Which jobs this process is doing, for the thread that gives the signs of life."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

_AT_WORK: set[str] = set()


@contextmanager
def at_work(job: str) -> Iterator[None]:
    """Count a job as being done by this process."""
    _AT_WORK.add(job)
    try:
        yield
    finally:
        _AT_WORK.discard(job)


def jobs_at_work() -> set[str]:
    """Return the jobs that this process is doing now."""
    return set(_AT_WORK)
