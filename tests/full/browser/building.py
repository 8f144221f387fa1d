"""Build the site that browsers are sent to, in a process of its own: ``python -m tests.full.browser.building DIR``.

The folder becomes a data folder as `yumiao serve` wants it, with ``site.json`` beside: the ids that addresses need,
and the words on its pages that were received in Chinese.
"""

from __future__ import annotations

import json
import os
import random
import sys
from decimal import Decimal
from pathlib import Path

SEED = 11
ORGANISATION = "试验区科技局"
TOLD = "site.json"


def build(data: Path) -> dict[str, object]:
    """Fill a data folder: store, register, people, targets; return what tests have to know of it."""
    from django.core.management import call_command
    from tests.district.districts import AS_OF, NOW, SmallDistrict, create_people
    from tests.district.seeded import SeededDistrict

    from yumiao.district.registry.packs import library
    from yumiao.district.registry.services import rebuild

    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    district = SmallDistrict(data).fill()
    named = district.ids
    SeededDistrict.fill(seeded_after(district))
    rebuild(district.store, library(), as_of=AS_OF, data=data, now=NOW)
    create_people(named)
    mark_near_misses()
    add_targets()
    return {"ids": named, "received": sorted(received_words(), key=len, reverse=True)}


def received_words() -> set[str]:
    """Return what came in Chinese and stays so on English pages: names of firms, people, places, files, documents."""
    from tests.district.districts import FIRMS

    from yumiao.district.accounts.models import Person
    from yumiao.district.registry.models import Subject
    from yumiao.district.registry.places import place_name

    rows = Subject.objects.values_list("name", "territory")
    words = {name for name, _ in rows} | {former for firm in FIRMS.values() for former in firm[3]}
    words |= {place_name(code) for _, code in rows} | {ORGANISATION, "名单.csv", "名单", "年度计划", "月报"}
    return (words | set(Person.objects.values_list("label", flat=True))) - {""}


def seeded_after(district):
    """Return a district that goes on writing into the store of another one."""
    from tests.district.seeded import SeededDistrict

    seeded = SeededDistrict.__new__(SeededDistrict)
    seeded.__dict__.update(district.__dict__, chance=random.Random(SEED))
    return seeded


def mark_near_misses() -> None:
    """Say of some verdicts that they are near misses, so that every part of the overview has rows."""
    from yumiao.district.registry.models import OutcomeCurrent

    chance = random.Random(SEED)
    rows = list(OutcomeCurrent.objects.filter(outcome="not_met").order_by("pk"))
    for row in chance.sample(rows, min(60, len(rows))):
        row.near_miss, row.distance = True, chance.random()
        row.gap_zh, row.gap_en = "还差 3 人", "3 people short"
        row.contested = chance.random() < 0.3
    OutcomeCurrent.objects.bulk_update(rows, ["near_miss", "distance", "gap_zh", "gap_en", "contested"])


def add_targets() -> None:
    """The year's targets, and what became of them so far."""
    from tests.district.districts import AS_OF, NOW

    from yumiao.district.indicators.services import import_targets
    from yumiao.district.indicators.targets_file import ActualRow, TargetRow, TargetsFile

    day = AS_OF.replace(month=1, day=20)
    plan = {3: Decimal(1), 6: Decimal(2), 12: Decimal(24)}
    target = TargetRow("HT_VALID", "320412", 2026, Decimal(24), "at_least", "年度计划", day, plan)
    actual = ActualRow("PRJ_TI", "320412", 2026, 6, Decimal(80), "月报", AS_OF)
    import_targets(TargetsFile((target,), (actual,), ()), now=NOW)


def main(folder: str) -> None:
    """Build into a folder."""
    import django

    os.environ["YUMIAO_DATA"] = folder
    os.environ["DJANGO_SETTINGS_MODULE"] = "yumiao.config.settings.base"
    django.setup()
    (Path(folder) / TOLD).write_text(json.dumps(build(Path(folder))), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
