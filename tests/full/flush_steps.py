"""Steps of the test that kills a flush, each in a process of its own: ``python -m tests.full.flush_steps STEP DATA``.

``make`` builds a small district with two accepted facts that wait; ``die:NAME`` flushes and is killed where NAME would
be called; ``flush`` flushes; ``tell`` prints how many batches the store has of flushes, and how many facts wait.
"""

import datetime as dt
import os
import signal
import sys
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yumiao.config.settings.base")
django.setup()

from tests.district.districts import NOW, SmallDistrict  # noqa: E402 - Django comes first

from yumiao.district.proposals import flushing  # noqa: E402
from yumiao.district.proposals.models import Outgoing, Proposal  # noqa: E402
from yumiao.store import open_store, writing  # noqa: E402


def make(folder: Path) -> None:
    district = SmallDistrict(folder).fill()
    for number, firm in enumerate(("hengzhou", "qingmu")):
        proposal = Proposal.objects.create(
            subject=district.ids[firm],
            column="staff_total@2025",
            value=str(40 + number),
            raw=str(40 + number),
            is_answer=False,
            author="p",
            proposed_at=NOW,
            state="accepted",
        )
        Outgoing.objects.create(proposal=proposal, accepted_at=NOW)


def flush(folder: Path, minutes: int) -> None:
    flushing.flush_outbox(open_store(folder / "store"), now=NOW + dt.timedelta(minutes=minutes))


def die_at(name: str) -> None:
    def die(*_arguments: object, **_named: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(writing if name == "move_head" else flushing, name, die)


def tell(folder: Path) -> None:
    batches = open_store(folder / "store").state().batches
    flushed = [batch for batch in batches if batch.manifest.kind == flushing.KIND]
    sys.stdout.write(f"{len(flushed)} {Outgoing.objects.filter(arrived_at=None).count()}\n")


def main(step: str, folder: Path) -> None:
    if step == "make":
        make(folder)
    elif step == "tell":
        tell(folder)
    elif step == "flush":
        flush(folder, 2)
    else:
        die_at(step.removeprefix("die:"))
        flush(folder, 1)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
