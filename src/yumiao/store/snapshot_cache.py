"""Snapshots kept in the folder: read again by whoever asks the same, rebuilt whenever that is wanted."""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import polars as pl

from yumiao.model.fact_files import write_facts
from yumiao.model.facts import Facts
from yumiao.model.metrics import Metric
from yumiao.model.periods import PeriodKind
from yumiao.model.precedence import Precedence
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text
from yumiao.model.units import Kind
from yumiao.store.batches import check_file
from yumiao.store.canonical import canonical_json, hash_of, short_hash
from yumiao.store.contents import decode_problems, encode_frame
from yumiao.store.files import Files
from yumiao.store.folder import Folder
from yumiao.store.knowledge import Knowledge, Question
from yumiao.store.snapshots import build_snapshot

SNAPSHOT, TABLE = "snapshot.json", "facts.parquet"
_FRAMES = (TABLE, "sources.parquet", "conflicts.parquet")


def _described_batches(knowledge: Knowledge) -> list[list[str]]:
    return [[batch.manifest.id, batch.manifest.content] for _, batch in knowledge.counting()]


def describe_snapshot(knowledge: Knowledge, question: Question, *, with_sources: bool) -> dict[str, Any]:
    """Return everything a snapshot is a function of, as it is written beside it."""
    return {
        "batches": _described_batches(knowledge),
        "aliases": {
            "general": dict(knowledge.aliases.general),
            "by_batch": {batch: dict(found) for batch, found in knowledge.aliases.by_batch.items()},
        },
        "metrics": [[m.id, m.kind.value, m.period.value] for m in question.metrics.values()],
        "usual": list(question.precedence.usual),
        "by_metric": {metric: list(order) for metric, order in question.precedence.by_metric.items()},
        "as_of": None if question.as_of is None else question.as_of.isoformat(),
        "with_sources": with_sources,
    }


def question_of(described: Mapping[str, Any]) -> Question:
    """Return the question that a kept snapshot answers; of its metrics only what a snapshot depends on is known."""
    metrics = {
        name: Metric(name, Text(""), Kind(kind), PeriodKind(period))
        for name, kind, period in described["metrics"]
    }
    by_metric = {metric: tuple(order) for metric, order in described["by_metric"].items()}
    as_of = None if described["as_of"] is None else dt.date.fromisoformat(described["as_of"])
    return Question(metrics, Precedence(tuple(described["usual"]), by_metric), as_of)


def take_snapshot(
    folder: Folder, files: Files, knowledge: Knowledge, question: Question, *, with_sources: bool, keep: bool
) -> Facts:
    """Return the facts in effect: as kept, else built and, where the folder can be written to, kept."""
    described = describe_snapshot(knowledge, question, with_sources=with_sources)
    place = folder.snapshots() / short_hash(described)
    if keep:
        found = read_snapshot(place)
        if found is not None:
            return found
    facts = build_snapshot(knowledge, question, with_sources=with_sources)
    if keep:
        keep_snapshot(place, files, described, facts)
    return facts


def read_snapshot(place: Path) -> Facts | None:
    """Return a kept snapshot; None when there is none, or it is not as it was written (then it is built anew)."""
    try:
        raw = json.loads((place / SNAPSHOT).read_bytes())
        frames = [pl.read_parquet(check_file(place / name, raw["parts"][name])) for name in _FRAMES]
    except (OSError, ValueError, KeyError, YumiaoError, pl.exceptions.PolarsError):
        return None
    return Facts(frames[0], frames[1], frames[2], decode_problems(json.dumps(raw["problems"]).encode()))


def keep_snapshot(place: Path, files: Files, described: Mapping[str, Any], facts: Facts) -> None:
    """Keep a snapshot, aside first; a folder that cannot be written to, or a full disk, keeps none and is no error."""
    aside = place.with_name(f".{place.name}-{os.getpid()}")
    try:
        files.make_folder(aside)
        parts = {}
        for name, frame in zip(_FRAMES, (facts.table, facts.sources, facts.conflicts), strict=True):
            data = _encoded_facts(frame) if name == TABLE else encode_frame(frame)
            parts[name] = hash_of(data)
            files.write_durably(aside / name, data)
        problems = [asdict(problem) for problem in facts.problems]
        text = canonical_json({"of": described, "parts": parts, "problems": problems})
        files.write_durably(aside / SNAPSHOT, text)
        files.remove_folder(place)
        files.rename(aside, place)
    except OSError:
        shutil.rmtree(aside, ignore_errors=True)


def _encoded_facts(table: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    write_facts(table, buffer)
    return buffer.getvalue()


def drop_old_snapshots(folder: Folder, files: Files, knowledge: Knowledge) -> int:
    """Remove the kept snapshots of states that are past, and what an interrupted reader left; returns how many.

    A past snapshot that is asked for again is built again.
    """
    current, dropped = _described_batches(knowledge), 0
    for place in sorted(folder.snapshots().iterdir()):
        if place.name.startswith(".") or _batches_of(place) != current:
            files.remove_folder(place)
            dropped += 1
    return dropped


def _batches_of(place: Path) -> object:
    try:
        return json.loads((place / SNAPSHOT).read_bytes())["of"]["batches"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
