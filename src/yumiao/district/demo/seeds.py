"""What else a demo district is given once everybody is judged and can sign in.

A part of the platform that wants its pages to show something adds a function to `SEEDS`, below its own comment line.
It is called once, with the district as it is, inside one transaction; it uses the part's own services, so that what
it adds is journaled, and takes its chances from the seed, so that the same district comes again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
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


Seed = Callable[[SeedContext], None]

SEEDS: list[Seed] = []
"""In the order in which they are called; one line per part."""
