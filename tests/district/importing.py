"""Files as bureaus send them, and an intake driven through its pages as an officer does."""

import io
import re
import shutil
import zipfile
from pathlib import Path

import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from tests.district.districts import SmallDistrict

from yumiao.district.intakes.models import Intake
from yumiao.district.jobs.doing import do_job
from yumiao.district.jobs.models import Job

HEAD = ["企业名称", "统一社会信用代码", "2025年职工总数"]
HENGZHOU = ["常州衡舟精密传动有限公司", "91320412MADEM0003L", "55"]
JIAHE = ["常州嘉禾电子有限公司", "91320412MA00003570", "约三十"]
NEW = ["常州新苗科技有限公司", "91320412MA9999990X", "30"]


def own_district(folder, settings):
    """A store of a test's own, with the five firms of which the register of all tests was built, and its data."""
    made = SmallDistrict(folder).fill()
    settings.YUMIAO_STORE = made.store.path
    shutil.copytree(Path(settings.YUMIAO_DATA) / "judged", folder / "data" / "judged")
    settings.YUMIAO_DATA = folder / "data"
    return made


def csv_file(*rows, name="税务台账.csv", head=HEAD):
    text = "\n".join(",".join(row) for row in [head, *rows])
    return SimpleUploadedFile(name, text.encode("utf-8-sig"))


def xlsx_file(*rows, name="台账.xlsx", head=HEAD):
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("名单")
        for at, row in enumerate([head, *rows]):
            sheet.write_row(at, 0, row)
    return SimpleUploadedFile(name, content.getvalue())


def zip_file(members, name):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, data in members.items():
            archive.writestr(member, data)
    return SimpleUploadedFile(name, content.getvalue())


def upload(client, *files, source="tax", on="2026-06-30", password=""):
    fields = {"files": list(files), "source": source, "on": on, "password": password}
    return client.post("/imports/new/", fields)


def uploaded(client, *files, **fields):
    """The address of the intake that an upload leads to."""
    response = upload(client, *files, **fields)
    assert response.status_code == 302, page_of(response)
    return response.headers["Location"].partition("#")[0]


def work():
    """Do every job that waits, in the order in which they were asked for."""
    for job in Job.objects.filter(state="queued").order_by("queued_at"):
        do_job(job.id, timezone.now)


def checked(client, *files, **fields):
    """The address of an intake that was checked."""
    address = uploaded(client, *files, **fields)
    response = client.post(f"{address}check/")
    assert response.status_code == 302, page_of(response)
    work()
    return address


def intake_at(address):
    return Intake.objects.get(id=address.split("/")[2])


def page_of(response):
    if response.streaming:
        return b"".join(response.streaming_content).decode("utf-8-sig", "replace")
    return response.content.decode()


def problems_on(page):
    listed = re.search(r'<ul class="problems">(.*?)</ul>', page, re.DOTALL)
    return re.findall(r"<li>([^<]*)</li>", listed[1]) if listed else []
