"""What changes chains and links. Every act adds a line to the journal, with ids alone."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator
from dataclasses import asdict
from importlib import resources

from django.db import transaction
from django.db.models import F, Q

from yumiao.district.chains.fields import CHAIN_FIELDS, ChainEntry, LinkEntry, read_chain, refused
from yumiao.district.chains.models import Chain, Edition, Link
from yumiao.district.journal.services import Stream, record
from yumiao.district.personal import Value
from yumiao.model.problems import Problem, YumiaoError
from yumiao.model.text import Text


def count_change() -> None:
    """Let everything that was read of chains before be known as old; in the transaction of the change."""
    row, is_new = Edition.objects.get_or_create(id=1, defaults={"number": 1})
    if not is_new:
        Edition.objects.filter(id=row.id).update(number=F("number") + 1)


@transaction.atomic
def add_chain(entry: ChainEntry, *, by: str, now: dt.datetime) -> str:
    """Add a chain; returns its id. Raises: YumiaoError (``chain.refused``)."""
    _check_once(entry)
    row = Chain.objects.create(recorded_at=now, **asdict(entry))
    _journal(row.id, "chain.added", by, now)
    return row.id


@transaction.atomic
def change_chain(chain: str, entry: ChainEntry, *, by: str, now: dt.datetime) -> None:
    """Correct what is written of a chain, or say when it ends. Raises: YumiaoError (``chain.refused``)."""
    row = locked_chain(chain)
    if row.withdrawn_at is None:
        _check_once(entry, but=chain)
    for name, value in asdict(entry).items():
        setattr(row, name, value)
    row.save()
    _journal(chain, "chain.changed", by, now)


@transaction.atomic
def withdraw_chain(chain: str, *, is_withdrawn: bool, by: str, now: dt.datetime) -> None:
    """Let a chain entered by mistake no longer count, or count again. Raises: YumiaoError (``chain.refused``)."""
    row = locked_chain(chain)
    if (row.withdrawn_at is not None) == is_withdrawn:
        return
    if not is_withdrawn:
        _check_once(_entry_of(row), but=chain)
    row.withdrawn_at = now if is_withdrawn else None
    row.save(update_fields=["withdrawn_at"])
    _journal(chain, "chain.withdrawn" if is_withdrawn else "chain.brought_back", by, now)


@transaction.atomic
def add_link(chain: str, entry: LinkEntry, *, by: str, now: dt.datetime) -> str:
    """Add a link to a chain; returns its id. Raises: YumiaoError (``chain.refused``)."""
    locked_chain(chain)
    _check_named_once(chain, entry.name)
    row = Link.objects.create(chain_id=chain, **_columns(entry))
    _journal(chain, "chain.link_added", by, now, {"link": row.id})
    return row.id


@transaction.atomic
def change_link(link: str, entry: LinkEntry, *, by: str, now: dt.datetime) -> None:
    """Correct what is written of a link. Raises: YumiaoError (``chain.refused``)."""
    row = locked_link(link)
    if row.ended_on is None:
        _check_named_once(row.chain_id, entry.name, but=link)
    for name, value in _columns(entry).items():
        setattr(row, name, value)
    row.save()
    _journal(row.chain_id, "chain.link_changed", by, now, {"link": link})


@transaction.atomic
def end_link(link: str, *, is_over: bool, today: dt.date, by: str, now: dt.datetime) -> None:
    """Let a link end today, or stand again; placements in it are kept. Raises: YumiaoError (``chain.refused``)."""
    row = locked_link(link)
    if (row.ended_on is not None) == is_over:
        return
    if not is_over:
        _check_named_once(row.chain_id, row.name, but=link)
    row.ended_on = today if is_over else None
    row.save(update_fields=["ended_on"])
    _journal(row.chain_id, "chain.link_ended" if is_over else "chain.link_resumed", by, now, {"link": link})


def published_lists() -> dict[str, list[ChainEntry]]:
    """Return the lists that come with the program: name → chains, each with document, source and how sure it is."""
    folder = resources.files("yumiao.district.chains") / "reference"
    files = sorted(
        (each for each in folder.iterdir() if each.name.endswith(".csv")), key=lambda each: each.name
    )
    return {
        each.name.removesuffix(".csv"): list(_entries(each.read_text(encoding="utf-8"))) for each in files
    }


def lists_to_add() -> list[str]:
    """Return the lists that come with the program and name a chain which was never entered; one query."""
    known = _known()
    return [
        name
        for name, entries in published_lists().items()
        if any((each.name, each.level.value, each.territory) not in known for each in entries)
    ]


def _known() -> set[tuple[str, str, str]]:
    """Return name, level and division of every chain ever entered."""
    return set(Chain.objects.values_list("name", "level", "territory"))


def _entries(text: str) -> Iterator[ChainEntry]:
    for row in csv.DictReader(io.StringIO(text)):
        yield read_chain({name: row[name] or "" for name in CHAIN_FIELDS})


@transaction.atomic
def add_published(name: str, *, by: str, now: dt.datetime) -> int:
    """Add the chains of a list that comes with the program and were never entered; returns how many were added.

    Raises: YumiaoError (``chain.unknown``) for a list that does not come with it.
    """
    entries = published_lists().get(name)
    if entries is None:
        raise unknown()
    known = _known()
    missing = [each for each in entries if (each.name, each.level.value, each.territory) not in known]
    for each in missing:
        add_chain(each, by=by, now=now)
    return len(missing)


def locked_chain(chain: str) -> Chain:
    """Return the row of a chain. Raises: YumiaoError (``chain.unknown``) where there is none."""
    found = Chain.objects.select_for_update().filter(id=chain).first()
    if found is None:
        raise unknown()
    return found


def locked_link(link: str) -> Link:
    """Return the row of a link. Raises: YumiaoError (``chain.unknown``) where there is none."""
    found = Link.objects.select_for_update().filter(id=link).first()
    if found is None:
        raise unknown()
    return found


def unknown() -> YumiaoError:
    """Return the error of something that is not there."""
    text = Text("没有这条产业链、环节或归链记录。", "There is no such chain, link or placement.")
    return YumiaoError("chain.unknown", text)


def _same(entry: ChainEntry, but: str = "") -> Chain | None:
    """Return a chain of the same name and division that counts on some day on which the entry does."""
    rows = Chain.objects.filter(
        name=entry.name, level=entry.level, territory=entry.territory, withdrawn_at=None
    ).exclude(id=but)
    if entry.valid_until is not None:
        rows = rows.filter(Q(valid_from=None) | Q(valid_from__lte=entry.valid_until))
    if entry.valid_from is not None:
        rows = rows.filter(Q(valid_until=None) | Q(valid_until__gte=entry.valid_from))
    return rows.first()


def _check_once(entry: ChainEntry, but: str = "") -> None:
    if _same(entry, but) is not None:
        zh = f"“{entry.name}”在同一层级、同一区划、同一时间已有一条；请改那一条，或先写它的止日。"
        en = f"“{entry.name}” is there already for this level, division and time; change it or let it end."
        raise refused(Problem("chain.twice", Text(zh, en), path="name"))


def _check_named_once(chain: str, name: str, but: str = "") -> None:
    if Link.objects.filter(chain=chain, name=name, ended_on=None).exclude(id=but).exists():
        text = Text(f"这条产业链已有环节“{name}”。", f"The chain has a link “{name}” already.")
        raise refused(Problem("chain.twice", text, path="name"))


def _columns(entry: LinkEntry) -> dict[str, object]:
    return asdict(entry) | {"codes": " ".join(entry.codes)}


def _entry_of(row: Chain) -> ChainEntry:
    return read_chain(
        {name: str(value) for name in CHAIN_FIELDS if (value := getattr(row, name)) is not None}
    )


def _journal(
    chain: str, act: str, by: str, now: dt.datetime, payload: dict[str, Value] | None = None
) -> None:
    count_change()
    record(stream=Stream("chain", chain), act=act, actor=by, at=now, payload=payload)
