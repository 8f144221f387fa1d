"""What is asked about intakes, batches, and what waits for a person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Count, F, Q, QuerySet

from yumiao.district.accounts.models import Person
from yumiao.district.intakes.files import look_at
from yumiao.district.intakes.following import has_store, the_store
from yumiao.district.intakes.mapping import Answered, answer_columns
from yumiao.district.intakes.models import (
    BatchListed,
    ContestedFact,
    Correction,
    Intake,
    IntakeChange,
    IntakeFile,
    IntakePair,
    IntakeProblem,
    OpenPair,
    State,
)
from yumiao.district.intakes.seeing import SeenFile
from yumiao.district.registry.models import Subject
from yumiao.district.registry.packs import library, policy_title
from yumiao.model.text import Text
from yumiao.store import Event

STATES = {
    State.MAPPING: Text("对列", "columns"),
    State.CHECKING: Text("核对中", "being checked"),
    State.CHECKED: Text("待导入", "checked"),
    State.COMMITTING: Text("导入中", "being imported"),
    State.COMMITTED: Text("已导入", "imported"),
    State.CANCELLED: Text("已取消", "given up"),
}


def state_label(state: str) -> Text:
    """Return the words for a state of an intake."""
    return STATES[State(state)]


KINDS = {
    "loses": Text("符合 → 不再符合", "met → no longer met"),
    "gains": Text("→ 符合", "→ met"),
    "settles": Text("未定 → 有结论", "undetermined → decided"),
    "opens": Text("有结论 → 未定", "decided → undetermined"),
    "new": Text("新主体", "new subject"),
    "other": Text("其他变化", "other changes"),
}
"""How a verdict may change, in the order in which changes are shown."""


@dataclass(frozen=True)
class WantedIntakes:
    """What the list of intakes is asked for; empty: all."""

    source: str = ""
    state: str = ""
    who: str = ""
    text: str = ""
    sort: str = "latest"


@dataclass(frozen=True)
class WantedBatches:
    """What the list of batches is asked for; ``counts`` is ``yes``, ``no`` or empty for both."""

    source: str = ""
    counts: str = ""
    text: str = ""
    sort: str = "latest"
    kind: str = ""


INTAKE_SORTS = {"latest": ("-created_at", "id"), "oldest": ("created_at", "id"), "rows": ("-rows", "id")}
BATCH_SORTS = {
    "latest": ("-number",),
    "oldest": ("number",),
    "facts": ("-facts", "-number"),
    "observed": ("-observed_on", "-number"),
}


INTAKE_SORT_LABELS = {
    "latest": Text("最近在前", "latest first"),
    "oldest": Text("最早在前", "oldest first"),
    "rows": Text("行数", "rows"),
}
BATCH_SORT_LABELS = {
    "latest": Text("最近在前", "latest first"),
    "oldest": Text("最早在前", "oldest first"),
    "observed": Text("资料日期", "day of the data"),
    "facts": Text("事实数", "facts"),
}
COUNTING = {"yes": Text("有效", "counts"), "no": Text("已撤销", "taken back")}
"""Whether a batch counts."""


def intakes_wanted(wanted: WantedIntakes) -> QuerySet[Intake]:
    """Return the intakes asked for, each with its files at hand."""
    found = Intake.objects.prefetch_related("files").order_by(*INTAKE_SORTS[wanted.sort])
    if wanted.source:
        found = found.filter(source=wanted.source)
    if wanted.state:
        found = found.filter(state=wanted.state)
    if wanted.who:
        found = found.filter(created_by=wanted.who)
    if wanted.text:
        found = found.filter(id__in=IntakeFile.objects.filter(name__icontains=wanted.text).values("intake"))
    return found


def batches_wanted(wanted: WantedBatches) -> QuerySet[BatchListed]:
    """Return the batches asked for."""
    found = BatchListed.objects.order_by(*BATCH_SORTS[wanted.sort])
    if wanted.source:
        found = found.filter(source=wanted.source)
    if wanted.kind:
        found = found.filter(kind=wanted.kind)
    if wanted.counts:
        found = found.filter(is_reverted=wanted.counts == "no")
    if wanted.text:
        found = found.filter(Q(files__icontains=wanted.text) | Q(id__startswith=wanted.text))
    return found


def intake_of(intake: str) -> Intake | None:
    """Return an intake; None where there is none."""
    return Intake.objects.prefetch_related("files").filter(id=intake).first()


def file_of(intake: str, file: str) -> IntakeFile | None:
    """Return a file of an intake; None where there is none."""
    return IntakeFile.objects.select_related("intake").filter(id=file, intake=intake).first()


def batch_of(batch: str) -> BatchListed | None:
    """Return a batch; None where there is none."""
    return BatchListed.objects.filter(id=batch).first()


def batch_kinds() -> list[tuple[str, str]]:
    """Return the kinds of batches, as the mappings of their files name them."""
    kinds = BatchListed.objects.order_by("kind").values_list("kind", flat=True).distinct()
    return [(each, each) for each in kinds if each]


def uploaders() -> list[tuple[str, str]]:
    """Return who uploaded anything: opaque id and label, in the order of the labels."""
    ids = set(Intake.objects.order_by().values_list("created_by", flat=True).distinct())
    return sorted(labels_of(ids).items(), key=lambda each: each[1])


def labels_of(people: Iterable[str]) -> dict[str, str]:
    """Return the label of each person of some ids; what is no person's id is its own label."""
    ids = set(people)
    known = dict(Person.objects.filter(id__in=ids).values_list("id", "label"))
    return {each: known.get(each, each) for each in ids}


def source_label(source: str) -> Text:
    """Return the words for a source; its id where no pack declares it."""
    found = library().reported.sources.get(source)
    return found.label if found is not None else Text(source, source)


def source_choices() -> list[tuple[str, Text]]:
    """Return every declared source."""
    return [(each.id, each.label) for each in library().reported.sources.values()]


def look(file: IntakeFile) -> tuple[SeenFile, Answered]:
    """Return what a file looks like, and its proposal with what was answered.

    Raises: YumiaoError when it cannot be read or has no table.
    """
    seen = look_at(file, Path(settings.YUMIAO_DATA), Path(settings.YUMIAO_STORE))
    return seen, answer_columns(seen.proposal, file.answers, library())


# ── what a check found ────────────────────────────────────────────────────────────────────────────────────────


def problems_of(intake: str, severity: str = "", file: str = "") -> QuerySet[IntakeProblem]:
    """Return what is wrong in the files of an intake, in their order."""
    found = IntakeProblem.objects.filter(file__intake=intake).select_related("file")
    if severity:
        found = found.filter(severity=severity)
    if file:
        found = found.filter(file=file)
    return found.order_by("file__position", "position")


def problems_by_id(intake: str, ids: Iterable[int]) -> QuerySet[IntakeProblem]:
    """Return some of the problems of an intake, in their order; ids of others are left out."""
    return problems_of(intake).filter(id__in=list(ids))


def corrections_of_intake(intake: str) -> dict[tuple[str, str, int, str], Correction]:
    """Return what was put right: file, sheet, row and cell → the correction."""
    held = Correction.objects.filter(file__intake=intake).order_by("id")
    return {(each.file_id, each.sheet, each.row, each.cell): each for each in held}


def changes_of(intake: str, kind: str = "", policy: str = "") -> QuerySet[IntakeChange]:
    """Return the verdicts that an intake would change, or changed."""
    found = IntakeChange.objects.filter(intake=intake).order_by("position")
    if kind:
        found = found.filter(kind=kind)
    if policy:
        found = found.filter(policy=policy)
    return found


def count_changes(intake: str) -> dict[str, int]:
    """Return kind of change → how many verdicts."""
    rows = IntakeChange.objects.filter(intake=intake).order_by().values_list("kind").annotate(Count("id"))
    found = dict(rows)
    return {kind: found.get(kind, 0) for kind in KINDS}


def changed_policies(intake: str) -> list[tuple[str, Text]]:
    """Return the policies of which an intake changes a verdict, with their titles."""
    ids = IntakeChange.objects.filter(intake=intake).order_by("policy").values_list("policy", flat=True)
    return [(each, title_of(each)) for each in ids.distinct()]


def title_of(policy: str) -> Text:
    """Return the title of a policy by its id."""
    family, _, version = policy.partition("@")
    return policy_title(family, version)


def pairs_of(intake: str) -> QuerySet[IntakePair]:
    """Return the pairs of an intake, from the least sure."""
    found = IntakePair.objects.filter(file__intake=intake).select_related("file")
    return found.order_by(F("distance").asc(nulls_last=True), "id")


# ── what waits for a person ───────────────────────────────────────────────────────────────────────────────────


def open_pairs_wanted(text: str = "", step: str = "") -> QuerySet[OpenPair]:
    """Return the pairs of which nobody has said whether they are one, from the least sure."""
    found = OpenPair.objects.order_by(F("distance").asc(nulls_last=True), "id")
    if text:
        named = [Q(**{f"{each}__icontains": text}) for each in ("name", "other_name", "code", "other_code")]
        found = found.filter(named[0] | named[1] | named[2] | named[3])
    return found.filter(step=step) if step else found


def contested_wanted(text: str = "", source: str = "", *, hanging: bool = False) -> QuerySet[ContestedFact]:
    """Return the contested facts, first those on which most verdicts hang."""
    found = ContestedFact.objects.order_by("-hanging", "name", "id")
    if text:
        found = found.filter(Q(name__icontains=text) | Q(code__icontains=text) | Q(column__icontains=text))
    if source:
        found = found.filter(Q(source=source) | Q(other_source=source))
    return found.filter(hanging__gt=0) if hanging else found


def waiting_counts() -> tuple[int, int]:
    """Return how many pairs and how many contested facts wait."""
    return OpenPair.objects.count(), ContestedFact.objects.count()


def decisions() -> Sequence[Event]:
    """Return the decisions on who is who that hold, the latest first."""
    return tuple(reversed(the_store().state().decisions)) if has_store() else ()


def names_of(subjects: Iterable[str]) -> dict[str, str]:
    """Return the names of subjects in the register; the id where it has none."""
    ids = set(subjects)
    found = Subject.objects.filter(id__in=ids).values_list("id", "name", "code")
    known = {each: name or code for each, name, code in found}
    return {each: known.get(each) or each for each in ids}


def corrections_in_store(batch: str) -> tuple[dict[str, Any], ...]:
    """Return what was read otherwise than the file has it, of the intake that a batch came with."""
    for event in the_store().state().events:
        if batch in event.details.get("batches", ()) and "intake" in event.details:
            return tuple(event.details["corrections"])
    return ()
