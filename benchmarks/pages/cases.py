"""What officers ask for: lists with filters, profiles, words to search by; drawn from the district by a seed."""

from __future__ import annotations

import json
import os
import random
import sqlite3
import sys
from pathlib import Path
from typing import Any

SEED = 20_261_122
PEOPLE = 400
SEARCHES = 300

FILTERS = (
    "",
    "policy=hnte",
    "policy=hnte&outcome=met",
    "policy=tech_sme&outcome=not_met",
    "policy=srdi_sme&outcome=undetermined",
    "near_miss=1",
    "policy=hnte&near_miss=1&sort=distance",
    "policy=tech_sme&coverage=50",
    "crossing=not_held_met",
    "state=held&title=hnte",
    "rung=2",
    "contested=1",
    "territory=320412100",
    "sort=code",
    "sort=territory",
)
"""Half of the lists are the plain one, on some page; the others have a filter or another order."""


def draw_cases(database: Path) -> dict[str, Any]:
    """Draw what is asked for."""
    chance = random.Random(SEED)
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        rows = connection.execute(
            "SELECT id, name, code, pinyin, initials FROM registry_subject WHERE code <> '' ORDER BY id"
        ).fetchall()
    chosen = chance.sample(rows, PEOPLE)
    lists = [_list_address(chance, len(rows)) for _ in range(200)]
    return {
        "seed": SEED,
        "subjects": [row[0] for row in chosen],
        "lists": lists,
        "plain": [f"/enterprises/?page={chance.randint(1, len(rows) // 50)}" for _ in range(200)],
        "bare": [f"/rows/?page={chance.randint(1, len(rows) // 50)}" for _ in range(200)],
        "searches": [_words(chance, chance.choice(chosen)) for _ in range(SEARCHES)],
    }


def _list_address(chance: random.Random, rows: int) -> str:
    if chance.random() < 0.5:
        return f"/enterprises/?page={min(int(chance.expovariate(1 / 8)) + 1, rows // 50)}"
    return f"/enterprises/?{chance.choice(FILTERS)}&page={chance.choice((1, 1, 2, 3))}"


def _words(chance: random.Random, row: tuple[str, str, str, str, str]) -> str:
    """Part of a name of one to four characters, its pinyin or initials, or a code; as they are typed."""
    _id, name, code, pinyin, initials = row
    place, length = chance.randrange(max(1, len(name) - 5)), chance.randint(1, 4)
    return chance.choice(
        (
            name[place : place + length],
            name[2 : 2 + chance.randint(2, 4)],
            name,
            pinyin.partition("\n")[0][: chance.randint(3, 12)],
            initials.partition("\n")[0][: chance.randint(1, 5)],
            code[: chance.randint(8, 18)],
            code,
        )
    )


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(draw_cases(Path(os.environ["YUMIAO_DATA"]) / "yumiao.sqlite3")))
