"""Kill a store's writer again and again, and cut its power at every step: ``python -m benchmarks.store_kills``.

Two parts. *Kills*: a process that commits without pause gets SIGKILL at a random moment; afterwards the store must
hold every commit that was reported done, at most the one under way besides, each whole, and pass `verify`.
*Power cuts*: the commit of everything that a commit can hold is ended at each write, rename and sync in turn, with
three fates of what was not synced. Any other finding ends the run with an error.

``--to FILE`` writes the report as a page; else it is printed.
"""

from __future__ import annotations

import argparse
import datetime as dt
import platform
import random
import shutil
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.integration.store.cutting import (
    commit_everything,
    copied,
    count_steps,
    cuts_of,
    make_base,
    run_cut,
    summary,
)
from tests.integration.store.killing import Kill, kill_once, prepare
from tests.integration.store.power_cuts import OUTCOMES, CuttingFiles

LONGEST = 0.4
"""Seconds of writing after which the victim is killed at the latest."""


def kill_for(folder: Path, seconds: float, seed: int) -> list[Kill]:
    """Kill writers of one store until the time is over; a new store every hundred kills."""
    chance, kills, end = random.Random(seed), [], time.monotonic() + seconds
    while time.monotonic() < end:
        if len(kills) % 100 == 0:
            store = folder / f"store{len(kills)}"
            prepare(store)
        kills.append(kill_once(store, chance, longest=LONGEST))
    return kills


def cut_everywhere(folder: Path) -> tuple[list[str], Counter]:
    """Cut the power at every step of a commit; returns the steps, and how often each state was found after it."""
    base = make_base(folder / "base")
    before = summary(base)
    done = copied(base, folder, "done")
    steps = count_steps(done, commit_everything)
    after, found = summary(done), Counter()
    for last, torn in cuts_of(steps):
        for outcome in OUTCOMES:
            cut = copied(base, folder, "cut")
            files = CuttingFiles(cut, last, torn)
            run_cut(cut, commit_everything, files)
            files.come_back(outcome)
            found[outcome, _name(summary(cut), before, after)] += 1
            shutil.rmtree(cut)
    return steps, found


def _name(found: tuple, before: tuple, after: tuple) -> str:
    if found not in (before, after):
        raise AssertionError("the store is neither as it was nor as it was to be")
    return "former" if found == before else "new"


def report(kills: list[Kill], steps: list[str], cuts: Counter, args: argparse.Namespace) -> str:
    """Return the page."""
    writing = [kill for kill in kills if kill.was_writing]
    kinds = Counter(step.split(" ")[0] if "folder" not in step else step.rsplit(" ", 1)[0] for step in steps)
    lines = [
        "# Kill report",
        "",
        f"Taken on {dt.datetime.now(tz=dt.UTC).date()} with",
        f"`python -m benchmarks.store_kills --seconds {args.seconds:g} --seed {args.seed}` on {platform.system()}",
        f"{platform.machine()}, Python {platform.python_version()}, two processor cores shared with other work.",
        "Every line is a finding of the program; a store that is neither in the former nor in the new state, or that",
        "`verify` does not prove whole, would have ended it.",
        "",
        "## A writer killed at random moments (SIGKILL)",
        "",
        "| | |",
        "| --- | --- |",
        f"| kills | {len(kills)} |",
        f"| commits made by the victims | {_commits(kills)} |",
        f"| killed while a commit was under way | {len(writing)} |",
        f"| … and the store held the former state, whole | {sum(not kill.is_new for kill in writing)} |",
        f"| … and the store held the new state, whole | {sum(kill.is_new for kill in writing)} |",
        f"| killed between two commits | {len(kills) - len(writing)} |",
        f"| files and folders left behind that no commit names | {sum(kill.unreferenced for kill in kills)} |",
        "| commits lost that were reported done | 0 |",
        "| commits found in part | 0 |",
        "",
        "## The power cut at every step of a commit",
        "",
        "The commit mints an id, adds a batch, merges two subjects, reverts a batch, keeps a mapping and an original.",
        f"It takes {len(steps)} steps: {', '.join(f'{count} × {kind}' for kind, count in sorted(kinds.items()))}.",
        "The power goes before each step, in the middle of each write, and after the last step.",
        "",
        "| what becomes of that which was not synced | former state found | new state found | anything else |",
        "| --- | --- | --- | --- |",
        *(f"| {outcome} | {cuts[outcome, 'former']} | {cuts[outcome, 'new']} | 0 |" for outcome in OUTCOMES),
        "",
    ]
    return "\n".join(lines)


def _commits(kills: list[Kill]) -> int:
    """How many commits were made: the last number found in each store."""
    ends = [kill.found for place, kill in enumerate(kills) if place % 100 == 99 or place == len(kills) - 1]
    return sum(ends)


def main() -> None:
    """Run both parts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--to", type=Path)
    args = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="yumiao-kills-"))
    try:
        steps, cuts = cut_everywhere(folder)
        text = report(kill_for(folder, args.seconds, args.seed), steps, cuts, args)
    finally:
        shutil.rmtree(folder)
    if args.to is None:
        print(text)
    else:
        args.to.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
