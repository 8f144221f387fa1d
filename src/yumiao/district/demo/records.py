"""What a demo district shows of an officer's own records: notes, a file, contacts, a filter, files on their way in."""

from __future__ import annotations

import datetime as dt
import io

from docx import Document

from yumiao.district.attachments.services import attach
from yumiao.district.contacts.services import add_contact
from yumiao.district.demo.seed_context import SeedContext
from yumiao.district.filters.services import save_filter
from yumiao.district.intakes.files import Upload
from yumiao.district.intakes.services import receive
from yumiao.district.notes.services import write_note
from yumiao.district.registry.models import OutcomeCurrent, Subject

_NOTES = (
    "演示：电话联系过，财务说研发费用专账在整理，月底前补三年数据。",
    "演示：上门看过，有两项实用新型在审，下次带上专利代理的联系方式。",
    "演示：企业问提前一年备案行不行，已答复按政策原文的年限办。",
)
_CONTACTS = (
    ("赵演示", "财务负责人（演示）"),
    ("钱演示", "总经理助理（演示）"),
    ("孙演示", "研发部经理（演示）"),
    ("李演示", "办公室主任（演示）"),
    ("周演示", "项目申报专员（演示）"),
)
_HEAD = ("企业名称", "统一社会信用代码", "职工总数", "备注")
_ROWS = 12
_VISIT = ("演示走访记录", "本文件为演示所编，人物、数字均为虚构。", "企业需要：研发费用归集的样表。")


def seed_records(context: SeedContext) -> None:
    """Write down what an officer would of the firms nearest to the high-tech title."""
    officer, now, today = context.people["officer"], context.now, context.as_of
    subjects = _nearest(context)
    for subject, text in zip(subjects, _NOTES, strict=False):
        write_note(subject=subject, text=text, by=officer, now=now)
    for number, (subject, (name, post)) in enumerate(zip(subjects, _CONTACTS, strict=False), 1):
        # no local number begins with 0, so that nobody can be called by mistake
        sent = {"name": name, "post": post, "phone": f"0519-0000 {number:04d}"}
        add_contact(subject=subject, sent=sent, by=officer, now=now, today=today)
    attach(
        subject=context.subject,
        name="演示走访记录.docx",
        data=_visit_record(),
        keep_until=today + dt.timedelta(days=365),
        by=officer,
        now=now,
        today=today,
    )
    save_filter(name="高企差一步", query="policy=hnte&near_miss=1", is_shared=True, by=officer, now=now)
    table = Upload("演示镇街职工数.csv", _town_list().encode("utf-8-sig"))
    receive([table], source="town", on=today, password=None, by=officer, now=now)


def _nearest(context: SeedContext) -> list[str]:
    """The firm with an account first, then those nearest to the title that the officer sees."""
    near = OutcomeCurrent.objects.filter(
        family="hnte", near_miss=True, subject__territory__startswith="320412"
    )
    found = near.order_by("distance", "subject_id").values_list("subject_id", flat=True)[: len(_CONTACTS)]
    return list(dict.fromkeys([context.subject, *found]))


def _visit_record() -> bytes:
    document = Document()
    for paragraph in _VISIT:
        document.add_paragraph(paragraph)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def _town_list() -> str:
    """A town's list of known firms; it waits for somebody to say what its columns mean."""
    known = Subject.objects.exclude(code="").order_by("id").values_list("name", "code")[:_ROWS]
    rows = [(name, code, str(20 + 3 * at), "") for at, (name, code) in enumerate(known)]
    return "\n".join(",".join(row) for row in [_HEAD, *rows]) + "\n"
