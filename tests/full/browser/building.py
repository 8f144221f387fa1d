"""Build the site that browsers are sent to, in a process of its own: ``python -m tests.full.browser.building DIR``.

It is a demo district of three hundred firms, made through imports, to which is added what people do afterwards: a
campaign, a proposal, a code for a firm, files on their way in. ``site.json`` beside says what tests have to know of it.
"""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from pathlib import Path

SEED, FIRMS, AS_OF = 11, 300, dt.date(2026, 7, 15)
TOLD = "site.json"
CAMPAIGN = "高企摸底"
NEW_FIRM = "常州新苗科技有限公司"
OWN = (CAMPAIGN, NEW_FIRM, "税务台账", "2025年职工总数", "2025年科技人员数", "约三十", "外派人员计入")


def build(data: Path) -> dict[str, object]:
    """Fill a data folder, and return what tests have to know of it."""
    made = ("--build-only", "--folder", str(data), "--seed", str(SEED), "--firms", str(FIRMS))
    told = ("--as-of", AS_OF.isoformat())
    subprocess.run([sys.executable, "-m", "yumiao", "demo-district", *made, *told], check=True)
    import django

    django.setup()
    demo = json.loads((data / "demo.json").read_text(encoding="utf-8"))
    ids = {"firm": demo["subject"], **add_asking(demo["subject"]), **add_intake(), **find_ids()}
    passwords = {each["login"]: each["password"] for each in demo["accounts"]}
    return {
        "ids": ids,
        "passwords": passwords,
        "received": sorted(received_words(data), key=len, reverse=True),
    }


def add_asking(subject: str) -> dict[str, str]:
    """A campaign that asks, what a firm proposed, and a code for another firm."""
    from django.utils import timezone

    from yumiao.district.accounts.models import Person
    from yumiao.district.campaigns.models import CampaignFirm
    from yumiao.district.campaigns.sending import send_questions
    from yumiao.district.campaigns.services import add_question, create_campaign, start_campaign
    from yumiao.district.joining.services import issue_code
    from yumiao.district.proposals.services import propose_fact
    from yumiao.district.registry.models import Subject

    now = timezone.now()
    officer, firm = (Person.objects.get(login=login).id for login in ("officer", "enterprise"))
    others = list(Subject.objects.exclude(id=subject).order_by("id").values_list("id", flat=True)[:8])
    campaign = create_campaign(
        name=CAMPAIGN,
        family="",
        purpose="请补全研发人员和上年收入",
        due_on=now.date() + dt.timedelta(days=30),
        subjects=[subject, *others],
        by=officer,
        now=now,
        today=now.date(),
    )
    CampaignFirm.objects.filter(campaign=campaign).update(prepared_at=now)
    for column in ("staff_total@2024", "rd_staff@2024"):
        add_question(campaign=campaign.id, column=column, by=officer, now=now)
    start_campaign(campaign=campaign.id, by=officer, now=now)
    send_questions(campaign.id, now, lambda *_: None)
    proposal = propose_fact(
        subject=subject,
        column="staff_total@2025",
        typed="44",
        unit="",
        note="社保清单第 2 页",
        author=firm,
        now=now,
    )
    issue_code(subject=others[0], days=14, by=officer, now=now)
    row = CampaignFirm.objects.get(campaign=campaign, subject=subject)
    return {"campaign": campaign.id, "asked": str(row.pk), "proposal": proposal.id, "other": others[0]}


def add_intake() -> dict[str, str]:
    """A file on its way in: uploaded, what its columns mean said, checked, one value kept, not yet imported."""
    from django.test import Client
    from tests.district.importing import HEAD, csv_file, uploaded, work

    from yumiao.district.accounts.models import Person
    from yumiao.district.intakes.models import Intake, IntakeFile, IntakeProblem
    from yumiao.district.registry.models import Subject

    client = Client(headers={"host": "localhost"})
    client.force_login(Person.objects.get(login="officer"))
    known = Subject.objects.exclude(code="").order_by("id").values_list("name", "code")[:6]
    rows = [[name, code, str(30 + at), "9"] for at, (name, code) in enumerate(known)]
    rows[1][2] = "约三十"
    rows[3][3], rows[4][3] = "44", "45"
    rows[5][1] = rows[5][1][:17]
    new = [NEW_FIRM, "91320412MA9999990X", "30", "3"]
    address = uploaded(client, csv_file(*rows, new, head=[*HEAD, "2025年科技人员数"]))
    intake = address.split("/")[2]
    file = IntakeFile.objects.get(intake=intake).id
    client.post(f"{address}columns/{file}/", {"c2-metric": "staff_total", "c3-metric": "tech_staff"})
    client.post(f"{address}check/")
    work()
    doubted = IntakeProblem.objects.filter(code="part_exceeds_whole").order_by("position")[0].id
    kept = {f"seen-{doubted}": "1", f"keep-{doubted}": "on", f"why-{doubted}": "外派人员计入"}
    assert client.post(f"{address}correct/", kept).status_code == 302
    work()
    row = Intake.objects.get(id=intake)
    return {"intake": intake, "file": file, "job": row.check_job}


def find_ids() -> dict[str, str]:
    """Let waiting jobs be done, and return what addresses need of the rows that are then there."""
    from django.utils import timezone
    from tests.district.importing import work

    from yumiao.district.accounts.models import Territory
    from yumiao.district.chains.models import Placement
    from yumiao.district.intakes.desk import ask_for_desk
    from yumiao.district.intakes.models import BatchListed, ContestedFact
    from yumiao.district.registry.models import Subject

    town = Territory.objects.get(person__login="town").code
    ask_for_desk(actor="", now=timezone.now())
    work()
    placement = (
        Placement.objects.filter(ended_on=None).select_related("link").order_by("link__place", "id")[0]
    )
    return {
        "chain": placement.link.chain_id,
        "link": placement.link_id,
        "placed": placement.subject,
        "act": placement.act,
        "hutang": Subject.objects.filter(territory=town).order_by("id")[0].id,
        "batch": BatchListed.objects.order_by("number")[0].id,
        "conflict": str(ContestedFact.objects.order_by("pk")[0].pk),
    }


def received_words(data: Path) -> set[str]:
    """Return what came in Chinese and stays so on English pages: names of firms, people, places, files, documents."""
    import polars as pl
    from django.conf import settings

    from yumiao.district.accounts.models import Person
    from yumiao.district.chains.models import Chain, Dismissal, Link, Placement
    from yumiao.district.indicators.models import Actual, Target
    from yumiao.district.indicators.places import sisters_of
    from yumiao.district.intakes.models import IntakeFile
    from yumiao.district.registry.models import Subject
    from yumiao.district.registry.places import place_name
    from yumiao.store import open_store

    rows = list(Subject.objects.exclude(territory="").values_list("name", "territory"))
    words = set(Subject.objects.values_list("name", flat=True))
    words |= {place_name(code) for _, code in rows}
    words |= {settings.YUMIAO_ORGANISATION, *OWN} | set(Person.objects.values_list("label", flat=True))
    words |= set(Actual.objects.values_list("source", flat=True)) | set(
        IntakeFile.objects.values_list("name", flat=True)
    )
    words |= set(Actual.objects.values_list("document", flat=True)) | set(
        Target.objects.values_list("document", flat=True)
    )
    for row in Chain.objects.values_list("name", "document", "source", "note"):
        words |= set(row)
    for row in Link.objects.values_list("name", "products"):
        words |= set(row)
    for row in Placement.objects.values_list("source", "ended_why", "note"):
        words |= set(row)
    for row in Dismissal.objects.values_list("why", "ended_why"):
        words |= set(row)
    for batch in open_store(data / "store").state().batches:
        words |= {file.name for file in batch.manifest.files}
    for table in data.glob("judged/*/sources.parquet"):
        words |= set(pl.read_parquet(table, columns=["file"])["file"].drop_nulls())
        words |= set(pl.read_parquet(table, columns=["sheet"])["sheet"].drop_nulls())
    words |= {place_name(code) for code in sisters_of(rows[0][1][:6])}
    return words - {""}


def main(folder: str) -> None:
    """Build into a folder."""
    told = build(Path(folder))
    (Path(folder) / TOLD).write_text(json.dumps(told), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
