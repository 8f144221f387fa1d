"""What a data folder says of itself where it is a demo district."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from yumiao.model.text import Text

DEMO_FILE = "demo.json"
"""Says that a data folder is a demo district, and of what it is made. Written last: a folder without it is none."""


@dataclass(frozen=True)
class Account:
    """Somebody invented who can sign in to a demo; the password is no secret."""

    login: str
    password: str
    role: str
    label: Text


@dataclass(frozen=True)
class Demo:
    """What `DEMO_FILE` says.

    Attributes:
        program: what the district was made by (:func:`yumiao.district.demo.wish.program_mark`).
        facts: everything else that it states, as JSON has it.
    """

    seed: int
    size: int
    as_of: dt.date
    program: str
    accounts: tuple[Account, ...]
    facts: dict[str, Any]


def read_demo(folder: Path) -> Demo | None:
    """Return what a data folder says it shows; None where it is no demo district, or not a whole one."""
    try:
        facts = json.loads((folder / DEMO_FILE).read_text(encoding="utf-8"))
        accounts = tuple(
            Account(each["login"], each["password"], each["role"], Text(**each["label"]))
            for each in facts["accounts"]
        )
        day = dt.date.fromisoformat(facts["as_of"])
        return Demo(facts["seed"], facts["size"], day, facts["program"], accounts, facts)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_demo_file(folder: Path, facts: dict[str, Any], accounts: tuple[Account, ...]) -> None:
    """State what a folder shows; from now on it is a demo district."""
    stated = {**facts, "accounts": [asdict(account) for account in accounts]}
    text = json.dumps(stated, ensure_ascii=False, indent=2)
    (folder / DEMO_FILE).write_text(text + "\n", encoding="utf-8")
