"""Forty policies in force: those that ship, and variants of them with other thresholds, in a pack of their own."""

from __future__ import annotations

import datetime as dt
import random
import re
from itertools import cycle, islice
from pathlib import Path

from yumiao.packs.library import Library, Policy, load_packs

POLICIES = 40
SEED = 20_261_122

_BASES = ("tech_sme", "hnte", "innovative_sme", "srdi_sme", "little_giant")
"""The policies that most firms are judged by; the variants are made of these in turn."""

_THRESHOLD = re.compile(r"([<>]=? )(\d+)( (?:人|万元|件))")
_TITLE = re.compile(r"^(title: \{zh: [^,]+)(, en: \"?)", re.MULTILINE)
_BLOCKS = re.compile(r"^(?:grants|also_known_as):.*\n(?:[ ].*\n)*", re.MULTILINE)
_PACK = 'pack: benchmark\nterritory: "320412"\ntitle: {zh: 基准测试规则包, en: Rules of the benchmark}\n'


def write_policies(folder: Path, on: dt.date) -> int:
    """Write as many variants as are missing for `POLICIES` in force on a day; returns how many.

    A variant is the shipped text with each threshold of people, money and rights moved by up to 30 %. It grants no
    title: a title has one policy.
    """
    library = load_packs()
    in_force = [policy for family in library.families() if (policy := library.in_force(family, on))]
    missing = POLICIES - len(in_force)
    (folder / "policies").mkdir(parents=True, exist_ok=True)
    (folder / "pack.yaml").write_text(_PACK, encoding="utf-8")
    for number, family in enumerate(islice(cycle(_BASES), missing), start=1):
        text = _variant(_text_of(library, family, on), family, number)
        (folder / "policies" / f"{family}_{number:02d}.yaml").write_text(text, encoding="utf-8")
    return missing


def _text_of(library: Library, family: str, on: dt.date) -> str:
    policy: Policy | None = library.in_force(family, on)
    if policy is None:
        raise LookupError(f"{family} is not in force on {on}")
    return policy.source.text


def _variant(text: str, family: str, number: int) -> str:
    chance = random.Random(f"{SEED}/{number}")
    text = _BLOCKS.sub("", text)
    text = re.sub(rf"^policy: {family}$", f"policy: {family}_{number:02d}", text, count=1, flags=re.MULTILINE)
    text = _TITLE.sub(rf"\g<1>（变式 {number:02d}）\g<2>Variant {number:02d} - ", text, count=1)
    return _THRESHOLD.sub(lambda found: f"{found[1]}{_moved(int(found[2]), chance)}{found[3]}", text)


def _moved(threshold: int, chance: random.Random) -> int:
    return max(1, round(threshold * chance.uniform(0.7, 1.3)))
