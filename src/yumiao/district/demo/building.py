"""A demo district built into an empty data folder: files, store, register, targets, people, what parts add."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction

from yumiao.demo.bureaus import make_bureau_files
from yumiao.demo.bureaus.words import bureau_words
from yumiao.district.demo.accounts import create_people
from yumiao.district.demo.describing import describe_district, write_readme
from yumiao.district.demo.goals import write_goals
from yumiao.district.demo.importing import FILES, import_files
from yumiao.district.demo.seed_context import SeedContext
from yumiao.district.demo.seeds import SEEDS
from yumiao.district.demo.stated import Account, write_demo_file
from yumiao.district.divisions.services import import_divisions, reference_texts
from yumiao.district.indicators.selectors import indicators_of
from yumiao.district.indicators.services import import_targets
from yumiao.district.indicators.targets_file import read_targets_file
from yumiao.district.proposals.flushing import flush_outbox
from yumiao.district.registry.refreshing import refresh
from yumiao.district.registry.services import rebuild
from yumiao.district.workdays.services import import_days, reference_text
from yumiao.model.text import Text
from yumiao.packs.library import Library

Tell = Callable[[Text, int, int], None]
TARGETS = "年度目标.yaml"


@dataclass(frozen=True)
class BuiltDemo:
    """What was built: what `demo.json` states, and who can sign in."""

    stated: dict[str, Any]
    accounts: tuple[Account, ...]


def build_demo(
    folder: Path,
    library: Library,
    *,
    seed: int,
    size: int,
    as_of: dt.date,
    now: dt.datetime,
    tell: Tell | None = None,
) -> BuiltDemo:
    """Build a demo district into a data folder whose database is prepared and empty.

    Args:
        folder: the data folder of this process.
        as_of: the day of the district.
        now: the moment of building, with its zone.
    Raises: YumiaoError when something of it cannot be imported; ValueError for a size without enough names.
    """
    if tell is not None:
        tell(Text("编造文件", "making up files"), 0, 0)
    made = make_bureau_files(seed, size, as_of)
    store, imported = import_files(folder, made, library, seed, tell)
    rebuild(store, library, as_of=as_of, data=folder, now=now, tell=tell)
    division = bureau_words().words.division
    for text in reference_texts().values():
        import_divisions(text, now=now)
    import_days(reference_text(), now=now)
    targets = folder / FILES / TARGETS
    targets.write_text(write_goals(made, as_of, division, seed), encoding="utf-8")
    import_targets(read_targets_file(targets, indicators_of(library)), now=now)
    people = create_people(seed, now)
    context = SeedContext(
        folder=folder,
        store=store,
        library=library,
        made=made,
        seed=seed,
        as_of=as_of,
        now=now,
        people=people.ids,
        subject=people.subject,
        batches={each.file.name: each.batch for each in imported},
    )
    with transaction.atomic():
        for add in SEEDS:
            add(context)
    accepted = flush_outbox(store, now=now)
    refresh(store, library, as_of=as_of, data=folder, now=now, tell=tell)
    stated = describe_district(
        store, library, imported, seed=seed, size=size, as_of=as_of, now=now, scope=division
    )
    stated["subject"] = people.subject
    stated["facts_accepted"] = accepted.facts
    write_readme(folder, stated, people.accounts)
    write_demo_file(folder, stated, people.accounts)
    return BuiltDemo(stated, people.accounts)
