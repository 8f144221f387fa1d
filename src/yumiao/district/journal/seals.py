"""Seals as files: what is kept elsewhere, so that a journal written anew from the first line is found out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from yumiao.district.journal.models import JournalSeal
from yumiao.district.personal import canonical_json
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text

FORMAT = "yumiao-journal-seal/1"


@dataclass(frozen=True, slots=True)
class ExportedSeal:
    """A seal, and the head of every stream at that time: stream, sequence, hash."""

    number: int
    at: str
    hash: str
    heads: tuple[tuple[str, int, str], ...]


def export_seal(number: int) -> ExportedSeal:
    """Return a seal with the heads that all seals up to it hold. Raises: YumiaoError (``journal.no_seal``)."""
    heads: dict[str, tuple[str, int, str]] = {}
    last: JournalSeal | None = None
    for last in JournalSeal.objects.filter(number__lte=number).order_by("number").iterator():
        heads |= {head[0]: (head[0], head[1], head[2]) for head in json.loads(last.heads)}
    if last is None or last.number != number:
        raise YumiaoError(
            "journal.no_seal",
            Text(
                f"没有第 {number} 号封印，留痕还是空的。", f"There is no seal {number}; the journal is empty."
            ),
        )
    return ExportedSeal(last.number, last.at, last.hash, tuple(heads[stream] for stream in sorted(heads)))


def write_seal(seal: ExportedSeal, path: Path) -> None:
    """Write a seal into a new file.

    Raises: YumiaoError (``journal.seal_there``) where the file exists: seals are kept, not replaced.
    """
    document = {
        "format": FORMAT,
        "number": seal.number,
        "at": seal.at,
        "hash": seal.hash,
        "heads": [list(head) for head in seal.heads],
    }
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(canonical_json(document) + "\n")
    except FileExistsError as error:
        raise YumiaoError(
            "journal.seal_there",
            Text(f"{path} 已存在，封印不覆盖，请另起文件名。", f"{path} exists; a seal is never replaced."),
        ) from error


def read_seal(path: Path) -> ExportedSeal:
    """Read a seal from a file. Raises: YumiaoError (``journal.seal_file``) for a file that holds none."""
    try:
        return _seal_of(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise YumiaoError(
            "journal.seal_file",
            Text(
                f"{path} 不是导出的封印，应为 yumiao district seal-journal --out 写出的文件。",
                f"{path} is no exported seal; expected a file written by yumiao district seal-journal --out.",
            ),
        ) from error


def _seal_of(found: Any) -> ExportedSeal:
    if found["format"] != FORMAT:
        raise ValueError(found["format"])
    heads = tuple((str(stream), int(sequence), str(kept)) for stream, sequence, kept in found["heads"])
    return ExportedSeal(int(found["number"]), str(found["at"]), str(found["hash"]), heads)
