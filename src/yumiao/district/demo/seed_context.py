"""What a part of the platform gets to know of the demo district that it adds to."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from yumiao.demo.bureaus import BureauFiles
from yumiao.packs.library import Library
from yumiao.store import Store


@dataclass(frozen=True)
class SeedContext:
    """The district that is being built.

    Attributes:
        folder: its data folder.
        now: the moment of building, with its zone.
        people: login → id of the person: officer, town, enterprise, expert, system, security, audit.
        subject: the enterprise that ``enterprise`` speaks for.
        batches: file name → id of the batch that its import gave.
    """

    folder: Path
    store: Store
    library: Library
    made: BureauFiles
    seed: int
    as_of: dt.date
    now: dt.datetime
    people: dict[str, str]
    subject: str
    batches: dict[str, str]
