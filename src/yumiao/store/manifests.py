"""Manifests of batches that are about to be recorded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from yumiao.store.canonical import hash_of, short_hash
from yumiao.store.contents import PROBLEMS, count_content
from yumiao.store.values import BatchContent, BatchManifest, ReceivedFile


def propose_manifest(
    content: BatchContent,
    parts: Mapping[str, bytes],
    *,
    number: int,
    at: str,
    who: str,
    kind: str,
    source: str,
    observed_on: dt.date,
    territory: str | None = None,
    files: Sequence[ReceivedFile] = (),
    mapping: str | None = None,
    rows: int = 0,
    counts: Mapping[str, int] | None = None,
    note: str = "",
) -> BatchManifest:
    """Describe a batch.

    Args:
        parts: its files.
        number: which batch of its store it is, from 1.
        counts: further numbers; subjects, facts, conflicts, problems and records are counted here.
    """
    hashes = {name: hash_of(data) for name, data in sorted(parts.items())}
    said = {name: each for name, each in hashes.items() if name != PROBLEMS}
    content_hash = short_hash(
        {"parts": said, "source": source, "observed_on": observed_on.isoformat(), "territory": territory}
    )
    name = f"b{number:06d}-{short_hash([content_hash, at, who])[:8]}"
    return BatchManifest(
        id=name,
        kind=kind,
        source=source,
        territory=territory,
        observed_on=observed_on,
        recorded_at=at,
        who=who,
        files=tuple(files),
        mapping=mapping,
        rows=rows,
        counts={**count_content(content), **(counts or {})},
        parts=hashes,
        content=content_hash,
        note=note,
    )
