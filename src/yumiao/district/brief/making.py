"""Making a brief in the background, and where the file lies until it is fetched."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from yumiao.district.accounts.models import Person
from yumiao.district.accounts.selectors import Actor, actor_of
from yumiao.district.brief.contents import read_brief
from yumiao.district.brief.documents import fill_template
from yumiao.district.brief.past import past_context, read_past_brief
from yumiao.district.brief.wording import brief_context
from yumiao.district.jobs.kinds import Kind, Work, declare_kind
from yumiao.district.jobs.selectors import latest_job
from yumiao.district.jobs.services import ask_for
from yumiao.district.journal.services import Stream, record
from yumiao.district.permissions import Decision, can_see_job
from yumiao.district.registry.packs import library
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Language, Text

FOLDER = "briefs"
KEPT = dt.timedelta(days=30)
"""After so long a made file is removed; it can be made again."""
_ID = re.compile(r"[0-9a-f]{32}")
_STEP = Text("写入文档", "writing the document")


def make_brief(work: Work) -> Mapping[str, Any]:
    """Write the brief that a job asks for; done twice, it writes the same file again."""
    person = Person.objects.filter(id=work.actor, is_active=True).first()
    if person is None:
        raise YumiaoError(
            "brief.person", Text("发起人的账号已停用。", "The account of whoever asked for it is disabled.")
        )
    name, month = str(work.arguments["file"]), str(work.arguments["month"])
    language: Language = "en" if work.arguments.get("lang") == "en" else "zh"
    work.tell(0, 2)
    document = brief_document(actor_of(person), month=month, language=language, now=work.now)
    work.tell(1, 2, _STEP)
    folder = Path(settings.YUMIAO_DATA) / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    _sweep(folder, work.now)
    aside = folder / f".{name}.part"
    aside.write_bytes(document)
    aside.rename(folder / f"{name}.docx")
    with transaction.atomic():
        payload = {"file": name, "month": month}
        record(
            stream=Stream("brief", "made"), act="brief.made", actor=work.actor, at=work.now, payload=payload
        )
    return {"bytes": len(document)}


MAKE = declare_kind(
    Kind("brief.make", Text("生成月报", "Make the monthly brief"), make_brief, ("brief-made", "file"))
)


def brief_document(
    actor: Actor, *, month: str, language: Language, now: dt.datetime, template: Path | None = None
) -> bytes:
    """Return the brief of a month for a reader as a .docx file.

    Raises: YumiaoError as `read_brief` and `fill_template` do.
    """
    own = Path(settings.YUMIAO_DATA) / "templates" / "brief.docx"
    chosen = template or (own if own.is_file() else None)
    return fill_template(context_of_month(actor, month=month, language=language, now=now), chosen)


def context_of_month(actor: Actor, *, month: str, language: Language, now: dt.datetime) -> Mapping[str, Any]:
    """Return all that a brief of a month shows: the register's month, or a past one of which values were told.

    Args:
        month: ``2026-10``; empty: the month of the register's date.
    Raises: YumiaoError as `read_brief` does, of a month of which nothing is known too.
    """
    past = read_past_brief(actor, library(), month=month, now=now) if month else None
    if past is not None:
        return past_context(past, language)
    return brief_context(read_brief(actor, library(), month=month, now=now), library(), language)


@transaction.atomic
def ask_for_brief(*, actor: Actor, file: str, month: str, language: Language, now: dt.datetime) -> str:
    """Ask for a brief; returns the job.

    Args:
        file: 32 hexadecimal digits that name the file to be made.
    """
    arguments = {"file": file, "month": month, "lang": language}
    return ask_for(MAKE, actor=actor.id, arguments=arguments, about=file, now=now)


def made_brief(actor: Actor, file: str) -> tuple[Decision, Path | None]:
    """Return whether an actor may fetch a made brief, and where it lies; None where there is none (any more)."""
    job = latest_job(MAKE.name, file) if _ID.fullmatch(file) else None
    if job is None:
        return Decision(allowed=True), None
    path = Path(settings.YUMIAO_DATA) / FOLDER / f"{file}.docx"
    return can_see_job(actor, job.actor), path if path.is_file() else None


def _sweep(folder: Path, now: dt.datetime) -> None:
    for path in folder.iterdir():
        changed = dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)
        if now - changed > KEPT:
            path.unlink(missing_ok=True)
