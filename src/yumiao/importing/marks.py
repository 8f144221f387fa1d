"""What an intake leaves in the store beside its batches: a mark by which it is committed once, and who is who."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl

from yumiao.importing.imports import FileReport
from yumiao.importing.queue import decide_pair
from yumiao.model.facts import SUBJECT
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text
from yumiao.store import Draft, State
from yumiao.store.values import Act, Event

_WORDS = "intake"


@dataclass(frozen=True)
class PairChoice:
    """What a person said of a pair before the import: whether a subject of a file is one that is known.

    Attributes:
        file: name of the file.
        key: the subject's key in the file.
        other: id of the known subject.
        who: opaque id of the person.
    """

    file: str
    key: str
    other: str
    is_same: bool
    who: str = ""


@dataclass(frozen=True)
class Mark:
    """Under which id an intake is committed, and what is remembered with it.

    Attributes:
        intake: its id; a second commit under it changes nothing.
        corrections: what was read otherwise than it stands in the files, one entry for each place.
        choices: who is who, decided before.
    """

    intake: str
    corrections: Sequence[Mapping[str, Any]] = ()
    choices: Sequence[PairChoice] = field(default_factory=tuple)

    def put(self, draft: Draft, files: Sequence[FileReport]) -> None:
        """Decide the pairs and leave the mark, in the draft that holds the batches.

        Raises: YumiaoError (``import.committed``) where the intake is committed already.
        """
        if committed_batches(draft.before, self.intake) is not None:
            raise YumiaoError(
                "import.committed",
                Text("这次报送已经导入。", "This intake is imported already."),
            )
        for subject, choice in _by_subject(files, self.choices):
            why = f"{_WORDS} {self.intake}"
            if draft.state.aliases.read_as(subject) != draft.state.aliases.read_as(choice.other):
                decide_pair(draft, subject, choice.other, is_same=choice.is_same, why=why)
        batches = list(dict.fromkeys(each.batch for each in files))
        new = list(dict.fromkeys(each.batch for each in files if not each.is_repeat))
        draft.note(
            _WORDS,
            intake=self.intake,
            batches=batches,
            new=new,
            corrections=list(map(dict, self.corrections)),
        )


@dataclass(frozen=True)
class CommittedIntake:
    """What became of an intake: its batches, and those of them that were new."""

    batches: tuple[str, ...]
    new: tuple[str, ...]


def committed_batches(state: State, intake: str) -> CommittedIntake | None:
    """Return what an intake was committed as; None where it was not."""
    for event in reversed(state.events):
        if event.act is Act.NOTE and event.details.get("intake") == intake:
            return CommittedIntake(tuple(event.details["batches"]), tuple(event.details["new"]))
    return None


def decided_on_paper(
    state: State, files: Sequence[FileReport], choices: Sequence[PairChoice], *, at: str
) -> State:
    """Return a state in which the pairs of files that are not imported yet are decided."""
    events = list(state.events)
    for subject, choice in _by_subject(files, choices):
        pair = {"from": subject, "into": choice.other} if choice.is_same else None
        details = pair or {"left": subject, "right": choice.other}
        act = Act.MERGE if choice.is_same else Act.SEPARATE
        events.append(Event(len(events) + 1, at, choice.who, act, {**details, "why": ""}))
    return replace(state, events=tuple(events))


def _by_subject(files: Sequence[FileReport], choices: Sequence[PairChoice]) -> list[tuple[str, PairChoice]]:
    """Each choice with the id that its subject has, those that no longer concern a pair left out."""
    found = []
    for choice in choices:
        for each in files:
            if each.assignment is None or each.incoming.arrival.file != choice.file:
                continue
            is_meant = (pl.col("key") == choice.key) & (pl.col("other") == choice.other)
            rows = each.assignment.subjects.filter(pl.col("key") == choice.key)
            if rows.height and each.assignment.pairs.filter(is_meant).height:
                found.append((str(rows[SUBJECT][0]), choice))
    return found
